"""The mixtures against scipy's Gaussians and against counting."""

import numpy as np
import pytest
import torch
from pydantic import ValidationError
from scipy import stats

from ganplay.data import Grid, Ring, Unbalanced
from ganplay.data.blurred import CHUNK
from ganplay.data.mixtures import GaussianMixture


@pytest.mark.parametrize(
    "data", [Ring(), Ring(sigma=0.5), Grid(sigma=0.3), Unbalanced(sigma=0.7)], ids=repr
)
def test_log_prob_is_that_of_scipys_gaussians(data: GaussianMixture) -> None:
    centres, masses = data.nodes()
    points = np.random.default_rng(0).uniform(-3, 3, size=(200, 2))
    density = sum(
        mass * stats.multivariate_normal(centre, data.sigma**2).pdf(points)
        for centre, mass in zip(centres.numpy(), masses.numpy(), strict=True)
    )
    near = density > 1e-30
    assert near.sum() > 100
    log_prob = data.log_prob(torch.from_numpy(points)).numpy()
    np.testing.assert_allclose(log_prob[near], np.log(density[near]), rtol=1e-10)


def test_log_prob_is_finite_far_away() -> None:
    far = Ring(modes=1).log_prob(torch.tensor([[102.0, 0.0]], dtype=torch.float64))
    assert float(far) == pytest.approx(-(1000**2) / 2 - np.log(2 * np.pi * 0.01))


def test_log_prob_is_the_same_in_chunks() -> None:
    data = Ring()
    points = torch.randn(CHUNK // data.modes + 5, 2, dtype=torch.float64)
    torch.testing.assert_close(data.log_prob(points)[-9:], data.log_prob(points[-9:]))


def test_ring_lies_on_its_circle() -> None:
    centres = Ring(modes=6, radius=1.5).parts().centres
    torch.testing.assert_close(centres.norm(dim=-1), torch.full((6,), 1.5))
    torch.testing.assert_close(centres[0], torch.tensor([1.5, 0.0]))
    assert len(Ring(modes=1).parts().centres) == 1


def test_grid_is_centred_with_its_spacing() -> None:
    centres = Grid(modes=9, spacing=1.5).parts().centres.tolist()
    assert sorted(map(tuple, centres)) == [(x, y) for x in (-1.5, 0, 1.5) for y in (-1.5, 0, 1.5)]
    assert Grid().parts().centres.abs().max() == 4


@pytest.mark.parametrize("modes", [5, 24, 99])
def test_grid_refuses_what_is_not_square(modes: int) -> None:
    with pytest.raises(ValidationError, match="square number"):
        Grid(modes=modes)


def test_unbalanced_shares_fall_geometrically() -> None:
    shares = Unbalanced(modes=5, ratio=16.0).parts().shares
    torch.testing.assert_close(shares[1:] / shares[:-1], torch.full((4,), 0.5))
    assert shares[0] / shares[-1] == pytest.approx(16)


def test_shares_are_exact_where_modes_lie_apart() -> None:
    torch.testing.assert_close(Ring().parts().shares, torch.full((8,), 0.125), atol=1e-7, rtol=0)
    assert Ring(sigma=0.02).parts().sigma == 0.02


def test_shares_of_overlapping_modes_are_those_of_their_cells() -> None:
    data = Grid(modes=9, spacing=0.5, sigma=0.4)
    ticks = np.array([-0.5, 0.0, 0.5])
    below = stats.norm.cdf((np.array([-0.25, 0.25])[:, None] - ticks) / 0.4).mean(1)
    column = np.diff([0, *below, 1])
    shares = data.parts().shares.numpy()
    np.testing.assert_allclose(shares, np.outer(column, column).ravel(), rtol=0.01)
    assert shares.min() < 0.1 < 0.115 < shares.max()
