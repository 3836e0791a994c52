"""Mixtures on the line, against SciPy's own Gaussians and its quadrature."""

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.stats import kstest, norm

from ganplay.theory.mixture import Mixture, normal_rule

MIXTURES = [
    Mixture((0.0,), (1.0,)),
    Mixture((-2.0, 1.5), (0.3, 1.2), (0.25, 0.75)),
    Mixture((-1.0, 0.0, 4.0), (0.1, 2.0, 0.5), (1.0, 1.0, 2.0)),
]
every_mixture = pytest.mark.parametrize("mixture", MIXTURES)
X = np.linspace(-9, 9, 61)


def by_scipy(mixture: Mixture, what: str) -> np.ndarray:
    weights = np.array(mixture.weights) / sum(mixture.weights)
    parts = zip(weights, mixture.means, mixture.sigmas, strict=True)
    return sum(w * getattr(norm(m, s), what)(X) for w, m, s in parts)


@every_mixture
def test_density_and_distribution(mixture: Mixture) -> None:
    np.testing.assert_allclose(mixture.pdf(X), by_scipy(mixture, "pdf"), rtol=1e-12)
    np.testing.assert_allclose(mixture.cdf(X), by_scipy(mixture, "cdf"), rtol=1e-12)
    np.testing.assert_allclose(np.exp(mixture.log_pdf(X)), mixture.pdf(X), rtol=1e-12)


@every_mixture
def test_its_mass_is_1_within_its_span(mixture: Mixture) -> None:
    low, high = mixture.span()
    mass, error = quad(mixture.pdf, low, high, points=mixture.means, limit=500)
    assert abs(mass - 1) < max(1e-9, error)
    assert mixture.cdf(low) < 1e-20
    assert mixture.cdf(high) == pytest.approx(1)


def test_log_density_far_out_is_finite() -> None:
    assert MIXTURES[0].log_pdf(100.0) == pytest.approx(norm.logpdf(100.0), rel=1e-12)


@every_mixture
def test_samples_follow_it(mixture: Mixture) -> None:
    found = mixture.sample(4000, np.random.default_rng(3))
    assert kstest(found, mixture.cdf).pvalue > 1e-3


@pytest.mark.parametrize("rule", [(8, 129), (10, 401)])
def test_means_over_a_normal(rule: tuple[float, int]) -> None:
    nodes, weights = normal_rule(*rule)
    for power, moment in enumerate((1, 0, 1, 0, 3, 0, 15)):
        assert weights @ nodes**power == pytest.approx(moment, abs=1e-9)
    assert weights @ np.cos(nodes) == pytest.approx(np.exp(-0.5), abs=1e-12)
