"""What is read off digits, against SciPy's shears and dilations, plain bars, and wrecked digits."""

import numpy as np
import pytest
import torch
from safetensors import safe_open
from scipy import ndimage
from torch import Generator, Tensor

from ganplay.data.pictures import scaled, shipped_digits
from ganplay.metrics.attributes import DigitsReader, reader_of
from ganplay.metrics.attributes.digits import (
    BOLD,
    SLANTED,
    THIN,
    UPRIGHT,
    WEIGHTS,
    slant,
    stroke_width,
)
from ganplay.metrics.judge import judge


@pytest.fixture(scope="module")
def reader() -> DigitsReader:
    found = reader_of("mnist")
    assert isinstance(found, DigitsReader)
    return found


@pytest.fixture(scope="module")
def digits() -> tuple[Tensor, Tensor]:
    """2,000 of the shipped digits, 200 of each, and what they are."""
    pictures, labels = shipped_digits()
    return scaled(pictures[::5]), labels[::5]


def sheared(pictures: Tensor, by: float) -> Tensor:
    """Leaning to the right by so many columns a row: what was at (row, column) goes to column +
    by * (middle - row)."""
    matrix = np.array([[1.0, 0], [by, 1]])
    middle = np.array([13.5, 13.5])
    moved = [
        ndimage.affine_transform(
            each, matrix, middle - matrix @ middle, order=1, mode="constant", cval=-1
        )
        for each in pictures[:, 0].numpy()
    ]
    return torch.from_numpy(np.stack(moved))[:, None]


def dilated(pictures: Tensor) -> Tensor:
    grown = [ndimage.grey_dilation(each, (3, 3)) for each in pictures[:, 0].numpy()]
    return torch.from_numpy(np.stack(grown))[:, None]


# ---- measured on the pixels


@pytest.mark.parametrize("width", [2, 3, 4, 6])
def test_stroke_width_of_a_bar_is_its_width(width: int) -> None:
    """A bar from the top to the bottom, straight or across, has an outline of twice its length."""
    bar = torch.full((1, 1, 28, 28), -1.0)
    bar[..., 10 : 10 + width] = 1
    both = torch.cat([bar, bar.mT])
    # its two ends, half an edge each, add to the outline as much as the width to the length
    expected = 2 * 28 * width / (2 * 28 + width)
    torch.testing.assert_close(stroke_width(both), torch.full((2,), expected), rtol=0.03, atol=0)


def test_a_ring_is_as_wide_as_it_is_drawn() -> None:
    """Anti-aliased, as digits are, and as wide in all directions."""
    place = torch.linspace(0, 28, 28 * 8 + 1)[:-1] + 1 / 16 - 14
    radius = torch.hypot(place[:, None], place)
    for width in (2.5, 4.0):
        fine = ((radius - 8).abs() <= width / 2).float()[None, None]
        ring = torch.nn.functional.avg_pool2d(fine, 8) * 2 - 1
        assert stroke_width(ring).item() == pytest.approx(width, rel=0.1)


def test_dilation_makes_strokes_wider_by_two_pixels_or_a_diagonal(
    reader: DigitsReader, digits: tuple[Tensor, Tensor]
) -> None:
    pictures = digits[0][::4]
    before, after = stroke_width(pictures), stroke_width(dilated(pictures))
    assert ((after - before) > 0.5).all()
    assert 2 < (after - before).median() < 2 * 2**0.5
    assert (reader.read(dilated(pictures))[:, 0] == 1).double().mean() >= 0.98


@pytest.mark.parametrize("by", [-0.4, 0.3])
def test_shear_adds_to_slant(
    reader: DigitsReader, digits: tuple[Tensor, Tensor], by: float
) -> None:
    """x' = x + s y has cov(x', y) / var(y) = cov(x, y) / var(y) + s."""
    pictures = digits[0][::4]
    before, after = slant(pictures), slant(sheared(pictures, by))
    difference = after - before
    assert difference.median() == pytest.approx(by, abs=0.01)
    assert (difference - by).abs().quantile(0.95) < 0.03
    said, were = reader.read(sheared(pictures, by))[:, 1], reader.read(pictures)[:, 1]
    assert ((said - were) * np.sign(by) >= 0).all()
    assert (said == np.sign(by)).double().mean() >= 0.75


def test_slant_is_the_regression_of_column_on_height(digits: tuple[Tensor, Tensor]) -> None:
    picture = digits[0][1234, 0].double().numpy()
    rows, columns = np.mgrid[:28, :28]
    slope = np.polyfit(-rows.ravel(), columns.ravel(), 1, w=np.sqrt((picture.ravel() + 1) / 2))[0]
    assert slant(digits[0][1234:1235]).item() == pytest.approx(slope, rel=1e-6)


def test_a_third_of_digits_is_bold_and_a_third_thin(
    reader: DigitsReader, digits: tuple[Tensor, Tensor]
) -> None:
    """The shipped digits are a sample of those that the thirds were taken of."""
    pictures, labels = digits
    said = reader.read(pictures)[:, :2]
    for kind in (1, 0, -1):
        assert ((said == kind).double().mean(0) - 1 / 3).abs().max() < 0.045
        for digit in range(10):
            assert ((said[labels == digit] == kind).double().mean(0) > 0.1).all()
    widths, slants = stroke_width(pictures), slant(pictures)
    assert torch.equal(said[:, 0] == 1, widths >= BOLD)
    assert torch.equal(said[:, 0] == -1, widths <= THIN)
    assert torch.equal(said[:, 1] == 1, slants >= SLANTED)
    assert torch.equal(said[:, 1] == -1, slants <= UPRIGHT)


# ---- what it is


def named(said: Tensor) -> Tensor:
    """Which digit each is for sure, -1 where it is none, from readings [n, 12]."""
    one = ((said[:, 2:] == 1).sum(1) == 1) & ((said[:, 2:] == -1).sum(1) == 9)
    return torch.where(one, said[:, 2:].argmax(1), -1)


def test_it_names_digits(reader: DigitsReader, digits: tuple[Tensor, Tensor]) -> None:
    pictures, labels = digits
    right = (reader.chances(pictures).argmax(2) == labels).double().mean(1)
    assert right.min() >= 0.985, "each of both classifiers"
    said = reader.read(pictures)
    assert (said.shape, said.dtype) == ((2000, 12), torch.int8)
    assert (said.shape[1], len(reader.titles)) == (len(reader.names), len(reader.names))
    assert (named(said) == labels).double().mean() >= 0.96
    assert ((named(said) != labels) & (named(said) >= 0)).double().mean() <= 0.002


def test_what_is_no_digit_has_no_name(reader: DigitsReader, digits: tuple[Tensor, Tensor]) -> None:
    """Of noise and of blank pictures the judge alone is certain: that is what the second is for."""
    x = digits[0][:1000]
    noise = torch.randn(x.shape, generator=Generator().manual_seed(0)).clamp(-1, 1)
    for nothing in (noise, -torch.ones_like(x), torch.zeros_like(x)):
        assert (reader.chances(nothing)[0].amax(1) >= 0.9).double().mean() > 0.95
        assert (named(reader.read(nothing)) >= 0).double().mean() <= 0.1


def test_of_two_digits_in_one_it_is_mostly_unsure(
    reader: DigitsReader, digits: tuple[Tensor, Tensor]
) -> None:
    pictures, labels = digits
    mixed = torch.randperm(2000, generator=Generator().manual_seed(0))
    for share, low, high in ((0.15, 0.85, 0.97), (0.3, 0.45, 0.75), (0.5, 0.1, 0.4)):
        said = named(reader.read(torch.lerp(pictures, pictures[mixed], share)))
        known = (said >= 0) & (labels != labels[mixed])
        clear = known.double().sum() / (labels != labels[mixed]).sum()
        assert low <= clear <= high
        if share < 0.5:
            wrong = (known & (said != labels)).double().mean()
            assert wrong <= 0.01


def test_blank_pictures_and_no_numbers_have_no_attribute(
    reader: DigitsReader, digits: tuple[Tensor, Tensor]
) -> None:
    pictures = digits[0][:3].clone()
    pictures[0] = -1
    pictures[1, 0, 3, 3] = torch.nan
    said = reader.read(pictures)
    assert (said[0, :2] == 0).all()
    assert (said[1] == 0).all()
    assert (said[2, 2:] != 0).all()
    assert reader.read(pictures[:0]).shape == (0, 12)


def test_features_and_reference_are_the_judges(
    reader: DigitsReader, digits: tuple[Tensor, Tensor]
) -> None:
    some = digits[0][:50]
    assert torch.equal(reader.features(some), judge().features(some))
    torch.testing.assert_close(reader.reference.mean, judge().reference.double().mean(0))
    torch.testing.assert_close(reader.reference.covariance, torch.cov(judge().reference.double().T))


def test_the_file_is_small_and_says_what_made_it(reader: DigitsReader) -> None:
    assert WEIGHTS.stat().st_size < 0.3e6
    with safe_open(WEIGHTS, "pt") as file:
        told = file.metadata()
    assert told["command"] == "python -m ganplay pretrain reader-digits"
    assert 0.985 <= float(told["test_accuracy"]) <= 1
    assert reader.movable == ("bold", "slanted")
    assert reader.titles["3"] == "a 3"
    assert reader.titles["8"] == "an 8"
    assert reader_of("mnist") is reader
