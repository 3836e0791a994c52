"""Drawings as text, as pixels, and as MNIST would have them."""

import numpy as np
import pytest
import torch
from torch import Tensor

from ganplay.data.pictures import shipped_digits
from ganplay.data.strokes import BOX, LETTERS, LONGEST, PEN, as_digit, decode, draw, encode

SEVEN = [np.array([[0.3, 0.2], [0.7, 0.2], [0.45, 0.85]]), np.array([[0.35, 0.5], [0.65, 0.5]])]


def centre(picture: Tensor) -> tuple[float, float]:
    """The mean place of the ink of a picture [1, side, side], in pixels from the top left."""
    ink = picture[0].double()
    place = torch.arange(len(ink)) + 0.5
    return float((ink.sum(0) * place).sum() / ink.sum()), float(
        (ink.sum(1) * place).sum() / ink.sum()
    )


def box(picture: Tensor, least: int = 60) -> tuple[int, int]:
    rows, columns = torch.nonzero(picture[0] > least).unbind(1)
    return int(rows.max() - rows.min()) + 1, int(columns.max() - columns.min()) + 1


def test_strokes_survive_their_text_to_a_63rd() -> None:
    text = encode(SEVEN)
    assert len(text) == 2 * 5 + 1
    for stroke, again in zip(SEVEN, decode(text), strict=True):
        assert np.abs(stroke - again).max() <= 0.5 / (len(LETTERS) - 1) + 1e-9
    assert encode(decode(text)) == text
    assert decode("") == []
    assert encode([]) == ""
    assert decode("0_")[0].tolist() == [[0, 1]]


@pytest.mark.parametrize(
    "text", ["0", "000", ".", "00.", ".00", "00..00", "0é", "00 11", "<b>>", "00\n", "00" * LONGEST]
)
def test_what_the_pad_does_not_write_is_refused(text: str) -> None:
    with pytest.raises(
        ValueError, match=r"^strokes as the pad writes them, 2,000 characters at most$"
    ):
        decode(text)


@pytest.mark.parametrize("side", [28, 32, 64])
def test_a_line_is_as_wide_as_the_pen(side: int) -> None:
    drawn = draw([np.array([[0.2, 0.5], [0.8, 0.5]])], side)
    assert drawn.shape == (1, side, side)
    assert drawn.dtype == torch.uint8
    width = drawn[0, :, side // 2].double().sum() / 255
    assert float(width) == pytest.approx(PEN * side, abs=0.2)
    length = drawn[0].amax(0).double().sum() / 255
    assert float(length) == pytest.approx((0.6 + PEN) * side, abs=0.6)
    assert centre(drawn) == pytest.approx((side / 2, side / 2), abs=0.2)


def test_a_dot_is_a_disc_and_nothing_is_black() -> None:
    dot = draw([np.array([[0.25, 0.75]])], 28)
    assert float(dot.double().sum() / 255) == pytest.approx(np.pi / 4 * (28 * PEN) ** 2, rel=0.15)
    assert centre(dot) == pytest.approx((7, 21), abs=0.1)
    assert not draw([], 28).any()
    assert not as_digit([]).any()


@pytest.mark.parametrize(("size", "x", "y"), [(1, 0, 0), (0.3, 0.6, 0.1), (0.5, -0.1, 0.4)])
def test_as_digit_wherever_and_however_large_it_was_drawn(size: float, x: float, y: float) -> None:
    moved = [stroke * size + [x, y] for stroke in SEVEN]
    digit = as_digit(moved)
    assert centre(digit) == pytest.approx((14, 14), abs=0.1)
    assert max(box(digit)) in (20, 21)
    reference = as_digit(SEVEN).int()
    assert (digit.int() - reference).abs().double().mean() < 1.5


def test_mnist_has_its_digits_like_that() -> None:
    """Their larger side is 20 pixels, and the mean of the ink is in the middle to a pixel."""
    every = shipped_digits()[0][::20]
    sizes = [max(box(picture, 0)) for picture in every]
    assert np.mean(np.abs(np.array(sizes) - BOX * 28) <= 1) > 0.95
    middles = np.array([centre(picture) for picture in every])
    assert np.abs(middles - 14).max() < 1


def test_a_dot_as_digit_does_not_fill_the_box() -> None:
    dot = as_digit([np.array([[0.1, 0.1]])])
    assert max(box(dot)) <= 4
    assert centre(dot) == pytest.approx((14, 14), abs=0.1)
