"""What the drawing of a transposed convolution says: its numbers, its sentence, its marks."""

import re
from xml.etree import ElementTree

import numpy as np
import pytest
from numpy.typing import NDArray

from ganplay.figures.drawing import PLAIN, Box, Drawing, Words
from ganplay.figures.explorer_growing import sliding, stamping
from ganplay.figures.style import ATTENTION
from ganplay.latent.growing import EXAMPLE

X, KERNEL = EXAMPLE.x.numpy(), EXAMPLE.kernel.numpy()
SPREAD, OUTPUT = EXAMPLE.spread.numpy(), EXAMPLE.output.numpy()
STAMPS = EXAMPLE.stamps.numpy()


def slid(at: int) -> Drawing:
    return sliding(X, KERNEL, SPREAD, OUTPUT, at)


def stamped(at: int) -> Drawing:
    return stamping(X, KERNEL, STAMPS, at, EXAMPLE.stride)


EVERY = [(slid, at) for at in range(25)] + [(stamped, at) for at in range(4)]


def number(text: str) -> float:
    return float(text.strip("() ").replace("−", "-"))


def grid(drawing: Drawing, title: str) -> NDArray[np.float64]:
    """The large numbers of the square below a title, NaN where a cell is empty."""
    places = [w for w in drawing.parts if isinstance(w, Words)]
    (head,) = [w for w in places if w.text.startswith(title)]
    heads = [w for w in places if w.anchor == "start" and w.y >= head.y and w is not head]
    right = min((w.x for w in heads if w.x > head.x), default=drawing.width)
    bottom = min((w.y for w in heads if w.x == head.x), default=drawing.height)
    cells = [
        (w.y, w.x, w.text) for w in places
        if w.size == 18 and head.x < w.x < right and head.y < w.y < bottom
    ]  # fmt: skip
    side = round(len(cells) ** 0.5)
    assert len(cells) == side**2
    by_place = sorted(((y - head.y) // 48, x, text) for y, x, text in cells)
    return np.array([number(t) if t else np.nan for _, _, t in by_place]).reshape(side, side)


@pytest.mark.parametrize("at", range(25))
def test_the_sentence_and_the_grids_are_right_at_each_place(at: int) -> None:
    drawing = slid(at)
    row, column = divmod(at, 5)
    sentence = drawing.parts[-1]
    assert isinstance(sentence, Words)
    where, sums, result = re.split(r":  | = ", sentence.text)
    assert where == f"row {row + 1}, column {column + 1}"
    products = [[number(t) for t in part.split(" · ")] for part in sums.split(" + ")]
    assert sum(a * b for a, b in products) == number(result) == OUTPUT[row, column]
    assert len(products) == (SPREAD[row : row + 3, column : column + 3] != 0).sum()

    np.testing.assert_array_equal(grid(drawing, "input"), X)
    np.testing.assert_array_equal(grid(drawing, "kernel, turned"), KERNEL[::-1, ::-1])
    np.testing.assert_array_equal(grid(drawing, "zeros between"), SPREAD)
    made = np.where(np.arange(25).reshape(5, 5) <= at, OUTPUT, np.nan)
    np.testing.assert_array_equal(grid(drawing, "output"), made)
    times = [w.text for w in drawing.parts if isinstance(w, Words) and w.text.startswith("× ")]
    assert [number(t[2:]) for t in times] == KERNEL[::-1, ::-1].flatten().tolist()


@pytest.mark.parametrize("at", range(4))
def test_stamps_add_up_to_the_output(at: int) -> None:
    drawing = stamped(at)
    np.testing.assert_array_equal(np.nan_to_num(grid(drawing, f"{X.flat[at]:g} × the")), STAMPS[at])
    so_far = grid(drawing, "output")
    np.testing.assert_array_equal(np.nan_to_num(so_far), STAMPS[: at + 1].sum(0))
    assert np.isnan(so_far).sum() == {0: 16, 1: 10, 2: 4, 3: 0}[at]
    np.testing.assert_array_equal(grid(drawing, "kernel"), KERNEL)
    if at == 3:
        np.testing.assert_array_equal(so_far, OUTPUT)


@pytest.mark.parametrize(("draw", "at"), EVERY)
def test_all_of_it_lies_inside_and_can_be_read_as_svg(draw: object, at: int) -> None:
    drawing: Drawing = draw(at)  # type: ignore[operator]
    for part in drawing.parts:
        assert 0 < part.x < drawing.width
        assert 0 < part.y < drawing.height
        if isinstance(part, Box):
            assert part.x + part.width < drawing.width
            assert part.y + part.height < drawing.height
        else:
            assert part.size >= 13
    root = ElementTree.fromstring(drawing.svg())
    assert len(root) == len(drawing.parts)
    assert sum(each.get("stroke") == ATTENTION for each in root) in (2, 3)
    texts = {each.text or "" for each in root if each.tag.endswith("text")}
    assert texts == {part.text for part in drawing.parts if isinstance(part, Words)}


def test_pixels_show_the_same_at_any_size() -> None:
    drawing = Drawing(40, 30, [Box(4, 5, 20, 10, "#ff0000", "#0000ff", 2), Words(20, 22, "0 × −1")])
    for times in (1, 3):
        made = drawing.pixels(times)
        assert made.shape == (30 * times, 40 * times, 3)
        assert made[10 * times, 14 * times].tolist() == [255, 0, 0]
        assert made[10 * times, 4 * times].tolist() == [0, 0, 255]
        assert made[2, 2].tolist() == [255, 255, 255]
        assert (made[18 * times :] < 128).all(2).any(), "there are words"
    one, two = drawing.pixels(1), Drawing(40, 30, drawing.parts[:1]).pixels(1)
    assert (one[:17] == two[:17]).all()


@pytest.mark.parametrize("draw", [slid, stamped])
def test_pillows_own_font_has_every_sign(draw: object) -> None:
    from PIL import ImageFont

    font = ImageFont.load_default(20)
    missing = font.getmask("\u2603").getbbox(), bytes(font.getmask("\u2603"))
    texts = [part.text for part in draw(1).parts if isinstance(part, Words)]  # type: ignore[operator]
    for sign in set("".join(texts).translate(PLAIN)) - {" "}:
        assert (font.getmask(sign).getbbox(), bytes(font.getmask(sign))) != missing, sign
