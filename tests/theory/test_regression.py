"""Two branches and their mean, against SciPy's quadrature, its optimisers and least squares."""

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.optimize import minimize
from scipy.stats import kstest, norm

from ganplay.theory.regression import Branches

EVERY = [Branches(1.2), Branches(0.6, 0.8), Branches(1.6, 0.05, 0.2), Branches(0.0), Branches(1, 1)]
every_case = pytest.mark.parametrize("case", EVERY, ids=lambda b: f"{b.height:g}-{b.share:g}")
every_place = pytest.mark.parametrize("x", [0.0, 0.21, 0.5, 0.9])


def density(case: Branches, x: float, y: float) -> float:
    b = case.height * np.sin(np.pi * x)
    up, down = norm.pdf(y, b, case.sigma), norm.pdf(y, -b, case.sigma)
    return float(case.share * up + (1 - case.share) * down)


def moment(case: Branches, x: float, power: int, about: float = 0.0) -> float:
    b = case.height * np.sin(np.pi * x)
    return float(
        quad(
            lambda y: (y - about) ** power * density(case, x, y), -4, 4, points=[-b, b], limit=300
        )[0]
    )


@every_case
@every_place
def test_density_mean_and_deviation(case: Branches, x: float) -> None:
    for y in (-1.3, -0.1, 0.0, 0.4):
        assert float(case.given(x).pdf(y)) == pytest.approx(
            density(case, x, y), rel=1e-9, abs=1e-30
        )
    mean = moment(case, x, 1)
    assert moment(case, x, 0) == pytest.approx(1, abs=1e-8)
    assert float(case.mean(x)) == pytest.approx(mean, abs=1e-8)
    assert float(case.deviation(x)) ** 2 == pytest.approx(moment(case, x, 2, mean), abs=1e-8)


@every_case
@every_place
def test_they_are_the_gaussian_of_greatest_likelihood(case: Branches, x: float) -> None:
    """And its mean alone makes the squared error least."""
    b = case.height * np.sin(np.pi * x)
    nodes, weights = np.polynomial.hermite_e.hermegauss(40)
    y = np.concatenate((b + case.sigma * nodes, -b + case.sigma * nodes))
    mass = np.concatenate((case.share * weights, (1 - case.share) * weights)) / np.sqrt(2 * np.pi)

    def misfit(guess: np.ndarray) -> float:
        return -float(mass @ norm.logpdf(y, guess[0], np.exp(guess[1])))

    found = minimize(
        misfit, [0.1, 0.0], method="Nelder-Mead", options={"xatol": 1e-8, "fatol": 1e-14}
    )
    assert float(case.mean(x)) == pytest.approx(found.x[0], abs=1e-5)
    assert float(case.deviation(x)) == pytest.approx(np.exp(found.x[1]), abs=1e-5)
    squared = minimize(lambda m: float(mass @ (y - m[0]) ** 2), [0.3])
    assert float(case.mean(x)) == pytest.approx(squared.x[0], abs=1e-5)


def test_between_far_branches_nothing_is_real() -> None:
    case = Branches(1.2)
    at_mean, on_branch = case.given(0.5).pdf([float(case.mean(0.5)), 1.2])
    assert at_mean < 1e-20
    assert 1.9 < on_branch < 2


@every_case
def test_samples(case: Branches) -> None:
    x, y = case.sample(6000, np.random.default_rng(5))
    assert kstest(x, "uniform").pvalue > 1e-3
    b = case.height * np.sin(np.pi * x)
    below = case.share * norm.cdf(y, b, case.sigma) + (1 - case.share) * norm.cdf(y, -b, case.sigma)
    assert kstest(below, "uniform").pvalue > 1e-3


def test_least_squares_on_its_own_shape_finds_the_mean() -> None:
    case = Branches(1.2, 0.8)
    x, y = case.sample(40_000, np.random.default_rng(7))
    features = np.sin(np.pi * np.outer(x, np.arange(1, 5)))
    (first, *others), *_ = np.linalg.lstsq(features, y, rcond=None)
    assert first == pytest.approx(float(case.mean(0.5)), abs=0.03)
    np.testing.assert_allclose(others, 0, atol=0.03)
