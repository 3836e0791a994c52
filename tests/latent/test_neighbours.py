"""Nearest training pictures against scikit-learn and float64, and a memory that is found out."""

import numpy as np
import pytest
import torch
from sklearn.neighbors import NearestNeighbors
from torch import Tensor

from ganplay.data.pictures import scaled, shipped_digits
from ganplay.latent.model import shipped
from ganplay.latent.neighbours import CLOSE, FRESH, NOISE, PIECE, Space, copies, nearest, spaces

from .small import small_model


def points(n: int, width: int, seed: int) -> Tensor:
    return torch.randn(n, width, generator=torch.Generator().manual_seed(seed))


@pytest.mark.parametrize("count", [1, 5])
def test_nearest_are_those_of_scikit_learn(count: int) -> None:
    some, known = points(40, 12, 0), points(2 * PIECE + 300, 12, 1)
    distances, which = nearest(some, known, count)
    truth = NearestNeighbors(n_neighbors=count, algorithm="brute").fit(known.double().numpy())
    far, indices = truth.kneighbors(some.double().numpy())
    assert which.numpy().tolist() == indices.tolist()
    assert np.allclose(distances, far, rtol=1e-5)


def test_pixels_may_be_bytes_and_a_copy_is_at_no_distance() -> None:
    known = shipped_digits()[0][::7]
    some = scaled(known[[0, 1234, len(known) - 1]])
    distances, which = nearest(some.flatten(1), known.flatten(1), 3)
    assert which[:, 0].tolist() == [0, 1234, len(known) - 1]
    assert not distances[:, 0].any()
    flat = known.flatten(1).double().div(127.5).sub(1)
    for n, row in enumerate(which.tolist()):
        all_of_them = (flat - flat[row[0]]).norm(dim=1)
        assert np.allclose(distances[n], all_of_them.sort().values[:3], rtol=1e-5)
        assert (distances[n].diff() >= 0).all()


def test_one_for_each_may_not_count() -> None:
    known = points(PIECE + 50, 6, 2)
    own = torch.tensor([3, PIECE - 1, PIECE, PIECE + 49])
    distances, which = nearest(known[own], known, 2, own)
    assert not (which == own[:, None]).any()
    truth = torch.cdist(known[own].double(), known.double())
    truth[torch.arange(4), own] = torch.inf
    assert torch.equal(which, truth.topk(2, largest=False).indices)
    assert (distances > 0).all()


def test_fewer_than_asked_for_are_all() -> None:
    distances, which = nearest(points(4, 3, 0), points(2, 3, 1), 5)
    assert distances.shape == which.shape == (4, 2)


# ---- spaces


@pytest.fixture(scope="module")
def digits() -> dict[str, Space]:
    return dict(spaces(shipped("digits"), shipped_digits()[0]))


def test_real_pictures_are_at_1_on_average(digits: dict[str, Space]) -> None:
    assert list(digits) == ["pixels", "features"]
    for space in digits.values():
        assert space.fresh.shape == (FRESH,)
        assert float(space.fresh.median()) == pytest.approx(1)
        assert float((space.fresh < space.near).double().mean()) == pytest.approx(CLOSE, abs=0.01)
        assert 0.2 < space.near < 1
    flat = scaled(shipped_digits()[0]).flatten(1)
    assert digits["pixels"].usual == pytest.approx(usual_by_hand(flat), rel=0.05)


def usual_by_hand(flat: Tensor) -> float:
    """The median distance of other digits than those that were taken from their nearest ones."""
    chosen = torch.arange(5, len(flat), 23)
    apart = torch.cdist(flat[chosen], flat)
    apart[torch.arange(len(chosen)), chosen] = torch.inf
    return float(apart.min(1).values.median())


def test_copies_are_found_out_and_other_real_pictures_are_not(digits: dict[str, Space]) -> None:
    every = scaled(shipped_digits()[0])
    remembered = copies(every[::250])
    assert float((remembered - every[::250]).std()) == pytest.approx(NOISE, rel=0.02)
    for space in digits.values():
        found, which = space.nearest(remembered, 2)
        near = (found[:, 0] < space.near).double().mean()
        assert near >= 0.9
        assert (which[:, 0] == torch.arange(0, len(every), 250)).double().mean() >= 0.9
        assert float((found[:, 1] < space.near).double().mean()) < 0.3


def test_a_generator_that_imagines_is_rarely_near() -> None:
    model = small_model()
    space = next(iter(dict(spaces(model, shipped_digits()[0][::5])).values()))
    found, _ = space.nearest(model.generate(model.noise(30, 0)), 1)
    assert float((found[:, 0] < space.near).double().mean()) < 0.2


def test_without_a_reader_there_are_only_pixels() -> None:
    some = torch.randint(0, 256, (40, 3, 28, 28), generator=torch.Generator().manual_seed(0))
    model = small_model(data__name="stacked_mnist")
    assert model.reader is None
    assert [name for name, _ in spaces(model, some.byte())] == ["pixels"]
