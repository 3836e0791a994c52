"""The shipped digits are digits, and what is drawn of them is uniform and independent."""

from collections.abc import Iterator
from functools import cache

import numpy as np
import pytest
import torch
from PIL import Image
from scipy import stats
from scipy.optimize import linear_sum_assignment
from sklearn.datasets import load_digits
from sklearn.metrics import confusion_matrix
from sklearn.neighbors import KNeighborsClassifier
from torch import Tensor

from ganplay.data import MNIST, PICTURES, FashionMNIST, StackedMNIST
from ganplay.data.pictures import on_device, shipped_digits


def seeded(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


@cache
def places() -> dict[bytes, int]:
    """Where among the shipped digits a picture is."""
    return {picture.tobytes(): i for i, picture in enumerate(shipped_digits()[0].numpy())}


def recognised(samples: Tensor) -> np.ndarray:
    """The place of each picture, or each colour of one; KeyError where it isn't a shipped digit."""
    pixels = ((samples + 1) * 127.5).round().to(torch.uint8).flatten(0, 1).numpy()
    return np.array([places()[picture.tobytes()] for picture in pixels])


# ---- what is shipped


def test_ten_thousand_different_digits_are_shipped() -> None:
    pictures, labels = shipped_digits()
    assert pictures.shape == (10_000, 1, 28, 28)
    assert pictures.dtype == torch.uint8
    assert labels.dtype == torch.int64
    assert len({picture.numpy().tobytes() for picture in pictures}) == 10_000
    assert torch.bincount(labels).tolist() == [1000] * 10
    assert torch.equal(MNIST().pictures(), pictures)


def test_pictures_look_as_mnist_is_described() -> None:
    """Digits in a box of 20 by 20 pixels, whose centre of mass is the centre of the picture
    (LeCun et al. 1998, sec. III A); their mean and deviation are the well-known .1307 and .3081."""
    pixels = shipped_digits()[0][:, 0].double() / 255
    assert float(pixels.mean()) == pytest.approx(0.1307, abs=0.003)
    assert float(pixels.std()) == pytest.approx(0.3081, abs=0.003)
    ink = pixels > 0
    for axis in (1, 2):
        used = ink.any(axis)
        extent = 28 - used.int().argmax(1) - used.flip(1).int().argmax(1)
        assert int(extent.max()) <= 20
        line = pixels.sum(axis)
        centre = (line * torch.arange(28)).sum(1) / line.sum(1)
        assert float((centre - 14).abs().max()) < 1.0


def test_half_of_them_tells_what_the_other_half_is() -> None:
    """As it could not if labels and pictures were mixed up: near .95 and .8 is what one expects."""
    pictures, labels = shipped_digits()
    pixels = pictures.flatten(1).double()
    known, asked = slice(0, None, 2), slice(1, None, 10)
    neighbours = KNeighborsClassifier(3).fit(pixels[known], labels[known])
    assert neighbours.score(pixels[asked], labels[asked]) > 0.93
    means = pixels[known].view(10, -1, 784).mean(1)
    nearest = torch.cdist(pixels[asked], means).argmin(1)
    assert (nearest == labels[asked]).double().mean() > 0.78


def test_digits_of_another_source_agree_what_each_is() -> None:
    """Those of UCI that scikit-learn brings along, 8 by 8, in frames that fit the ink. They are too
    unlike for each digit, but one class is most like another's."""
    pictures, labels = (part[::20].numpy() for part in shipped_digits())
    small = np.array([shrunk(picture[0]) for picture in pictures])
    theirs = load_digits()
    seen = KNeighborsClassifier(5).fit(theirs.data, theirs.target).predict(small)
    assert (seen == labels).mean() > 0.5
    _, best = linear_sum_assignment(-confusion_matrix(labels, seen))
    assert best.tolist() == list(range(10))


def shrunk(picture: np.ndarray) -> np.ndarray:
    """The square that the ink fills, as 8 by 8 values of 0 to 16."""
    rows, columns = (np.flatnonzero((picture > 64).any(axis)) for axis in (1, 0))
    top, bottom, left, right = rows[0], rows[-1] + 1, columns[0], columns[-1] + 1
    half, middle = max(bottom - top, right - left) / 2, (left + right) / 2
    box = (middle - half, float(top), middle + half, float(bottom))
    values = np.asarray(Image.fromarray(picture).resize((8, 8), Image.Resampling.BOX, box), float)
    return np.minimum(20 * values / values.max(), 16).ravel()


# ---- what is drawn


@pytest.fixture(params=[torch.float32, torch.float64], ids=str)
def dtype(request: pytest.FixtureRequest) -> Iterator[torch.dtype]:
    before = torch.get_default_dtype()
    torch.set_default_dtype(request.param)
    yield request.param
    torch.set_default_dtype(before)


@pytest.mark.parametrize("data", [MNIST(), StackedMNIST()], ids=lambda data: data.name)
def test_samples_are_the_pictures_from_minus_one_to_one(
    data: MNIST | StackedMNIST, dtype: torch.dtype
) -> None:
    samples = data.sample(500, seeded())
    assert samples.dtype == dtype
    assert samples.shape == (500, *data.shape)
    assert (samples.min(), samples.max()) == (-1, 1)
    assert len(recognised(samples)) == 500 * data.shape[0]
    levels = samples.double().unique()
    torch.testing.assert_close(levels, 2 * torch.arange(256).double() / 255 - 1, atol=1e-6, rtol=0)


def test_sampling_changes_no_picture() -> None:
    before = MNIST().pictures().clone()
    MNIST().sample(10_000, seeded()).fill_(0)
    StackedMNIST().sample(1000, seeded()).fill_(0)
    assert torch.equal(MNIST().pictures(), before)
    assert torch.equal(on_device(MNIST(), torch.device("cpu")), before)


def test_each_picture_is_as_likely_as_any_other() -> None:
    draws = np.concatenate([recognised(MNIST().sample(5000, seeded(k))) for k in range(12)])
    counts = np.bincount(draws, minlength=10_000)
    assert 1e-4 < stats.chisquare(counts).pvalue < 1 - 1e-4
    assert abs(np.corrcoef(draws[1:], draws[:-1])[0, 1]) < 4 / len(draws) ** 0.5


def test_the_colours_of_a_stack_are_independent_digits() -> None:
    samples = torch.cat([StackedMNIST().sample(4000, seeded(k)) for k in range(4)])
    assert samples.shape[1:] == (3, 28, 28)
    digits = recognised(samples).reshape(-1, 3) // 1000
    tables = [np.zeros((10, 10)) for _ in range(3)]
    for table, pair in zip(tables, ((0, 1), (0, 2), (1, 2)), strict=True):
        np.add.at(table, tuple(digits[:, pair].T), 1)
        assert 1e-4 < stats.chi2_contingency(table).pvalue < 1 - 1e-4
        assert 1e-4 < stats.chisquare(table.ravel()).pvalue < 1 - 1e-4
    modes = np.bincount(digits @ [100, 10, 1], minlength=1000)
    assert 1e-4 < stats.chisquare(modes).pvalue < 1 - 1e-4


def test_all_sets_of_pictures_have_a_side_nets_can_double() -> None:
    assert set(PICTURES) == {"mnist", "fashion_mnist", "images", "stacked_mnist", "faces"}
    shapes = {
        name: kind.model_construct().shape for name, kind in PICTURES.items() if name != "images"
    }
    assert shapes == {
        "mnist": (1, 28, 28),
        "fashion_mnist": (1, 28, 28),
        "stacked_mnist": (3, 28, 28),
        "faces": (3, 32, 32),
    }
    assert FashionMNIST.model_fields.keys() == {"name"}
