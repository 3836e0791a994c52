"""G's two losses under the best D, against torch's autograd, SciPy's quadrature and divergences."""

import math

import numpy as np
import pytest
import torch
from scipy.integrate import quad
from scipy.stats import norm

from ganplay.theory.fixed_point import optimal, slopes, verdict

every_theta = pytest.mark.parametrize("theta", [-6.0, -2.5, -0.3, 0.0, 0.7, 1.6, 3.0, 5.0, 6.0])


def mixed(x: float, theta: float) -> float:
    return float(norm.pdf(x) + norm.pdf(x, theta))


@every_theta
def test_the_best_discriminator(theta: float) -> None:
    x = np.linspace(-8, 8, 33)
    truth = norm.pdf(x) / (norm.pdf(x) + norm.pdf(x, theta))
    np.testing.assert_allclose(optimal(x, theta), truth, rtol=1e-9)


@every_theta
def test_what_it_says_of_generated_samples(theta: float) -> None:
    truth, error = quad(
        lambda x: norm.pdf(x) * norm.pdf(x, theta) / mixed(x, theta), -20, 20, points=[0, theta],
        epsabs=1e-13, limit=200,
    )  # fmt: skip
    assert float(verdict(theta)) == pytest.approx(truth, abs=max(1e-12, error))


@every_theta
def test_slopes_by_autograd_with_the_discriminator_standing_still(theta: float) -> None:
    """On other nodes: those of Gauss and Hermite."""
    nodes, weights = np.polynomial.hermite_e.hermegauss(180)
    shift = torch.tensor(theta, dtype=torch.float64, requires_grad=True)
    logits = theta**2 / 2 - theta * (torch.tensor(nodes) + shift)
    truths = []
    for loss in (-torch.nn.functional.softplus(logits), torch.nn.functional.softplus(-logits)):
        mean = (torch.tensor(weights / math.sqrt(2 * math.pi)) * loss).sum()
        truths.append(float(torch.autograd.grad(mean, shift, retain_graph=True)[0]))
    np.testing.assert_allclose([float(s) for s in slopes(theta)], truths, atol=1e-6)


def jsd(theta: float) -> float:
    """Of N(0, 1) and N(theta, 1)."""

    def integrand(x: float) -> float:
        p, q = norm.logpdf(x), norm.logpdf(x, theta)
        m = np.logaddexp(p, q) - math.log(2)
        return float((np.exp(p) * (p - m) + np.exp(q) * (q - m)) / 2)

    return float(quad(integrand, -20, 20, points=[0, theta], epsabs=1e-13, limit=300)[0])


@pytest.mark.parametrize("theta", [-2.0, 0.4, 1.5, 3.5])
def test_slopes_are_those_of_the_divergences(theta: float) -> None:
    """Of 2 JSD, and of KL(q || p) - 2 JSD with KL = theta^2 / 2."""
    h = 1e-3
    of_jsd = (jsd(theta + h) - jsd(theta - h)) / (2 * h)
    saturating, other = (float(s) for s in slopes(theta))
    assert saturating == pytest.approx(2 * of_jsd, abs=1e-6)
    assert other == pytest.approx(theta - 2 * of_jsd, abs=1e-6)


def test_both_vanish_at_the_fixed_point_and_nowhere_else() -> None:
    assert [float(s) for s in slopes(0.0)] == [0.0, 0.0]
    theta = np.linspace(0.01, 6, 400)
    for sign in (-1, 1):
        saturating, other = (sign * s for s in slopes(sign * theta))
        assert (saturating > 0).all()
        assert (other > saturating).all()
        assert other[0] == pytest.approx(theta[0] / 2, rel=1e-3)
        assert saturating[0] == pytest.approx(theta[0] / 2, rel=1e-3)


def test_far_away_one_dies_and_the_other_grows() -> None:
    saturating, other = slopes(np.array([3.0, 6.0]))
    assert 5 < saturating[0] / saturating[1] < 50
    assert 5.9 < other[1] < 6
