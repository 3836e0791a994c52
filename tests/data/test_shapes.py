"""The board against counting squares, the heavy tail against scipy's Student t."""

import math

import numpy as np
import pytest
import torch
from scipy import integrate, stats

from ganplay.data import Checkerboard, HeavyTail


def test_board_has_eight_dark_squares() -> None:
    ticks = torch.arange(-2.5, 3)
    middles = torch.cartesian_prod(ticks, ticks)
    density = Checkerboard().log_prob(middles).exp().reshape(6, 6)
    dark = (torch.arange(6)[:, None] + torch.arange(6)) % 2 == 0
    dark[[0, -1]] = dark[:, [0, -1]] = False
    torch.testing.assert_close(density, dark / 8)


def test_board_holds_its_own_edges() -> None:
    corners = torch.tensor([[-2.0, -2.0], [2.0, 2.0], [0.0, 0.0]])
    assert torch.isfinite(Checkerboard().log_prob(corners)).all()


def test_points_of_the_board_belong_to_their_square() -> None:
    data = Checkerboard()
    samples = data.sample(5000, torch.Generator().manual_seed(0))
    centres = data.parts().centres
    assert torch.equal(centres[data.part_of(samples)], samples.floor() + 0.5)


def test_points_off_the_board_belong_to_the_nearest_square() -> None:
    data = Checkerboard()
    outside = torch.tensor([[2.4, 1.5], [-1.5, -9.0], [1.1, 0.5], [1.5, 0.9]])
    nearest = torch.tensor([[1.5, 1.5], [-1.5, -1.5], [0.5, 0.5], [1.5, 1.5]])
    assert torch.equal(data.parts().centres[data.part_of(outside)], nearest)


@pytest.mark.parametrize("data", [HeavyTail(), HeavyTail(df=0.5), HeavyTail(df=30.0, scale=2.0)])
def test_log_prob_is_that_of_scipys_student_t(data: HeavyTail) -> None:
    points = np.random.default_rng(0).standard_cauchy(size=(300, 2))
    expected = stats.multivariate_t(shape=data.scale**2 * np.eye(2), df=data.df).logpdf(points)
    np.testing.assert_allclose(data.log_prob(torch.from_numpy(points)), expected, rtol=1e-10)


@pytest.mark.parametrize("data", [HeavyTail(), HeavyTail(df=8.0, scale=0.1)])
def test_density_of_the_whole_plane_is_one(data: HeavyTail) -> None:
    def ring(radius: float) -> float:
        point = torch.tensor([radius, 0.0], dtype=torch.float64)
        return 2 * math.pi * radius * math.exp(float(data.log_prob(point)))

    assert integrate.quad(ring, 0, math.inf)[0] == pytest.approx(1, abs=1e-6)
    for beyond in (0.9, 0.5, 0.01):
        radius = float(data.radius(torch.tensor(beyond, dtype=torch.float64).log()))
        assert integrate.quad(ring, 0, radius)[0] == pytest.approx(1 - beyond, abs=1e-6)


@pytest.mark.parametrize("df", [0.5, 2.0, 30.0])
def test_samples_have_the_marginals_of_student_t(df: float) -> None:
    samples = HeavyTail(df=df, scale=0.5).sample(20_000, torch.Generator().manual_seed(0)).double()
    for direction in ([1.0, 0.0], [0.0, 1.0], [0.6, -0.8]):
        projected = samples @ torch.tensor(direction, dtype=torch.float64) / 0.5
        assert stats.kstest(projected.numpy(), stats.t(df).cdf).pvalue > 1e-3


def test_shells_grow_outward() -> None:
    data = HeavyTail()
    ray = torch.linspace(0, 40, 2000)[:, None] * torch.tensor([0.6, -0.8])
    shells = data.part_of(ray)
    assert torch.equal(shells.unique_consecutive(), torch.arange(8))
