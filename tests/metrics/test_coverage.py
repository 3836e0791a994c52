"""Coverage of samples whose answer is known."""

import math

import numpy as np
import pytest
import torch
from scipy import stats
from torch import Tensor

from ganplay.data import PLANE, Grid, Plane, Points, Ring, Unbalanced, encode_points
from ganplay.metrics import Coverage, coverage
from ganplay.metrics.coverage import FAIR_PART, PERFECT_HQ

N = 2500
MIXTURES = [Ring(), Ring(modes=5, radius=1.5, sigma=0.02), Grid(), Unbalanced(modes=6, ratio=4.0)]

every_mixture = pytest.mark.parametrize("data", MIXTURES, ids=repr)


def perfect(data: Plane, n: int = N, seed: int = 0) -> Tensor:
    return data.sample(n, torch.Generator().manual_seed(seed)).double()


def at_centres(data: Plane, counts: list[int]) -> Tensor:
    """So many points exactly on each centre."""
    return data.parts().centres.double().repeat_interleave(torch.tensor(counts), 0)


def test_perfect_quality_is_the_mass_within_three_sigma() -> None:
    assert pytest.approx(stats.chi2.cdf(9, df=2), abs=1e-12) == PERFECT_HQ


@every_mixture
def test_perfect_samples(data: Plane) -> None:
    seen, modes = coverage(perfect(data), data), len(data.parts().centres)
    assert (seen.modes, seen.near_modes) == (modes, modes)
    assert seen.high_quality == pytest.approx(PERFECT_HQ, abs=0.01)
    # the variance of a 2-D normal cut off at 3 sigma, per coordinate
    assert seen.spread == pytest.approx(math.sqrt(1 - 4.5 / (math.exp(4.5) - 1)), abs=0.03)
    assert 0 <= seen.mode_kl < 0.01
    np.testing.assert_allclose(seen.shares, seen.fair, atol=0.035)


@every_mixture
def test_blurred_shrunken_and_shifted_samples(data: Plane) -> None:
    centres, samples = data.parts().centres.double(), perfect(data)
    nearest = centres[data.part_of(samples)]
    shrunken = coverage((samples + nearest) / 2, data)
    assert shrunken.high_quality > 0.999
    assert shrunken.spread == pytest.approx(0.5, abs=0.02)
    blurred = coverage(nearest + 2 * (samples - nearest), data)
    assert blurred.high_quality == pytest.approx(stats.chi2.cdf(9 / 4, df=2), abs=0.03)
    shifted = coverage(samples + torch.tensor([0, 10.0]) * data.parts().sigma, data)
    assert shifted.high_quality < 0.01


def test_a_missing_mode() -> None:
    data = Ring()
    samples = perfect(data, 4 * N)
    seen = coverage(samples[data.part_of(samples) != 3], data)
    assert (seen.modes, seen.near_modes) == (7, 7)
    assert seen.shares[3] == 0
    assert seen.mode_kl == pytest.approx(math.log(8 / 7), abs=0.005)


def test_collapse_on_one_mode() -> None:
    data = Grid()
    samples = perfect(data, 20 * N)
    seen = coverage(samples[data.part_of(samples) == 7], data)
    assert (seen.modes, seen.near_modes) == (1, 1)
    assert seen.mode_kl == pytest.approx(math.log(25), abs=1e-6)
    assert seen.shares[7] == 1
    assert seen.spread == pytest.approx(0.97, abs=0.03)


def test_nothing_of_high_quality() -> None:
    seen = coverage(perfect(Ring(radius=4.0, sigma=0.01)), Ring(radius=1.0, sigma=0.01))
    assert (seen.modes, seen.near_modes) == (0, 8)
    assert (seen.high_quality, seen.spread, seen.mode_kl) == (0, None, None)


@pytest.mark.parametrize(("hits", "covered"), [(24, False), (25, True), (26, True), (0, False)])
def test_a_mode_counts_from_a_fifth_of_its_fair_share(hits: int, covered: bool) -> None:
    seen = coverage(at_centres(Ring(), [hits, 1000 - hits, 0, 0, 0, 0, 0, 0]), Ring())
    assert FAIR_PART * 1000 / 8 == 25
    assert (seen.modes, seen.near_modes) == (1 + covered, 1 + covered)


def test_fair_shares_may_be_unequal() -> None:
    data = Unbalanced(modes=3, ratio=4.0)  # 4 : 2 : 1
    seen = coverage(at_centres(data, [400, 200, 100]), data)
    np.testing.assert_allclose(seen.fair, np.array([4, 2, 1]) / 7, atol=1e-6)
    np.testing.assert_allclose(seen.shares, np.array([4, 2, 1]) / 7)
    assert seen.mode_kl == pytest.approx(0, abs=1e-6)
    # 20 % of the fair 4/7, 2/7, 1/7 of 700 are 80, 40, 20
    assert coverage(at_centres(data, [79, 600, 21]), data).modes == 2
    assert coverage(at_centres(data, [81, 580, 39]), data).modes == 3
    equal = coverage(at_centres(data, [100, 100, 100]), data)
    assert equal.mode_kl == pytest.approx(stats.entropy([1, 1, 1], [4, 2, 1]), abs=1e-6)


def test_spread_is_about_each_modes_own_mean() -> None:
    """Two points, sigma apart, at a mode: their variance about their mean is known by hand."""
    data = Ring(modes=2)
    samples = at_centres(data, [2, 0]) + torch.tensor([[0.15, 0.05], [0.15, -0.05]])
    # sum of squares 2 x .05^2 over 2 x (2 - 1) degrees of freedom
    assert coverage(samples, data).spread == pytest.approx(0.05 / 0.1, rel=1e-5)
    assert coverage(samples[:1], data).spread is None


CLOUD = Points(points=encode_points(np.random.default_rng(0).normal(size=(400, 2))))


@pytest.mark.parametrize("name", PLANE)
def test_without_a_sigma_only_shares_are_counted(name: str) -> None:
    data = CLOUD if name == "points" else PLANE[name]()
    parts = data.parts()
    seen = coverage(perfect(data), data)
    assert seen.near_modes == len(parts.centres)
    np.testing.assert_allclose(seen.shares, parts.shares, atol=0.04)
    assert seen.shares.sum() == pytest.approx(1)
    modal = (seen.modes, seen.high_quality, seen.spread, seen.mode_kl)
    assert all((value is None) == (parts.sigma is None) for value in modal)


def test_is_the_same_in_any_precision_and_order() -> None:
    samples = perfect(Ring())
    mixed = samples[torch.randperm(N, generator=torch.Generator().manual_seed(1))].float()
    one, other = coverage(samples, Ring()), coverage(mixed.requires_grad_(), Ring())
    assert isinstance(other, Coverage)
    assert (one.shares == other.shares).all()
    assert one.spread == pytest.approx(other.spread, rel=1e-5)
