"""Where gradients vanish, against autograd, SciPy's quadrature and distances, and derivatives of
divergences."""

import inspect

import numpy as np
import pytest
import torch
from scipy.integrate import quad
from scipy.special import rel_entr
from scipy.stats import norm, wasserstein_distance

from ganplay.theory import vanishing

LOGITS = np.linspace(-12, 12, 25)
DISTANCES = (0.0, 0.3, 1.0, 2.5, 4.0, 7.0)
every_distance = pytest.mark.parametrize("distance", DISTANCES)
BY_TORCH = {
    "minimax": lambda logit: torch.log(1 - torch.sigmoid(logit)),
    "non_saturating": lambda logit: -torch.log(torch.sigmoid(logit)),
}


@pytest.mark.parametrize("name", BY_TORCH)
def test_losses_and_slopes_are_those_of_autograd(name: str) -> None:
    logit = torch.tensor(LOGITS, requires_grad=True)
    value = BY_TORCH[name](logit)
    (slope,) = torch.autograd.grad(value.sum(), logit)
    found = getattr(vanishing, f"{name}_loss")(LOGITS)
    np.testing.assert_allclose(found, value.detach(), rtol=1e-9, atol=1e-10)
    found = getattr(vanishing, f"{name}_slope")(LOGITS)
    np.testing.assert_allclose(found, slope, rtol=1e-9, atol=1e-10)


def test_where_d_is_sure_nothing_is_lost() -> None:
    assert vanishing.minimax_slope(-800.0) == 0
    assert vanishing.minimax_slope(-300.0) == pytest.approx(-np.exp(-300.0), rel=1e-9)
    assert vanishing.non_saturating_slope(-800.0) == -1
    assert vanishing.non_saturating_loss(-800.0) == pytest.approx(800)
    assert vanishing.minimax_loss(-300.0) == pytest.approx(-np.exp(-300.0), rel=1e-9)


@pytest.mark.parametrize("at", [-4.0, 0.3, 2.0])
def test_ratio_is_that_of_the_gradients_of_any_net(at: float) -> None:
    """Of all weights of a G, for one point, through a D that says `at` of it."""
    rng = torch.Generator().manual_seed(3)
    weights = torch.randn(3, 2, generator=rng, dtype=torch.float64, requires_grad=True)
    z, d = (torch.randn(n, generator=rng, dtype=torch.float64) for n in (3, 2))
    made = torch.tanh(z @ weights)
    logit = made @ d
    logit = logit + (at - logit.detach())
    minimax, other = (
        torch.autograd.grad(f(logit), weights, retain_graph=True)[0] for f in BY_TORCH.values()
    )
    ratio = vanishing.gradient_ratio(float(torch.sigmoid(logit.detach())))
    torch.testing.assert_close(minimax, other * float(ratio), rtol=1e-9, atol=0)


# ---- two Gaussians


@every_distance
def test_best_d_is_the_ratio_of_the_densities(distance: float) -> None:
    x = np.linspace(-4, distance + 4, 33)
    p, q = norm.pdf(x), norm.pdf(x, distance)
    np.testing.assert_allclose(vanishing.optimal_discriminator(x, distance), p / (p + q), rtol=1e-9)
    np.testing.assert_allclose(
        vanishing.optimal_logit(x, distance), np.log(p) - np.log(q), atol=1e-9
    )


@every_distance
def test_pull_is_that_of_autograd(distance: float) -> None:
    x = torch.linspace(-1, 9, 25, dtype=torch.float64, requires_grad=True)
    (slope,) = torch.autograd.grad(
        torch.log1p(-torch.sigmoid(-distance * (x - distance / 2))).sum(), x
    )
    found = vanishing.minimax_pull(x.detach().numpy(), distance)
    np.testing.assert_allclose(found, slope, rtol=1e-6, atol=1e-9)


@every_distance
def test_gradient_is_that_of_quadrature(distance: float) -> None:
    """The derivative of the loss by the shift, D* held fixed where it was."""
    h = 1e-4

    def loss(shift: float) -> float:
        def density(x: float) -> float:
            logit = distance * (distance / 2 - x)
            return float(-np.logaddexp(0, logit) * norm.pdf(x, distance + shift))

        return quad(density, distance - 12, distance + 12, epsabs=1e-12, limit=300)[0]

    slope = (loss(h) - loss(-h)) / (2 * h)
    assert vanishing.minimax_gradient(distance) == pytest.approx(slope, abs=1e-6)


def jsd(distance: float) -> float:
    def density(x: float) -> float:
        p, q = norm.pdf(x), norm.pdf(x, distance)
        return float(rel_entr(p, (p + q) / 2) + rel_entr(q, (p + q) / 2)) / 2

    return quad(density, -12, distance + 12, epsabs=1e-13, points=[distance / 2], limit=300)[0]


@every_distance
def test_gradients_are_derivatives_of_divergences(distance: float) -> None:
    """2 JSD under minimax (Goodfellow et al. 2014, thm. 1), KL - 2 JSD otherwise (Arjovsky and Bottou
    2017, thm. 2.5), where KL = d^2 / 2."""
    h = 1e-3
    slope = 2 * (jsd(distance + h) - jsd(distance - h)) / (2 * h)
    assert vanishing.minimax_gradient(distance) == pytest.approx(slope, abs=1e-6)
    assert vanishing.non_saturating_gradient(distance) == pytest.approx(distance - slope, abs=1e-6)


@pytest.mark.parametrize("distance", [*DISTANCES, -2.5, -6.0])
def test_what_d_says_of_generated_points(distance: float) -> None:
    def mixed(x: float) -> float:
        p, q = norm.pdf(x), norm.pdf(x, distance)
        return float(p * q / (p + q))

    truth, error = quad(mixed, -20, 20, points=[0, distance], epsabs=1e-13, limit=200)
    assert float(vanishing.mean_verdict(distance)) == pytest.approx(truth, abs=max(1e-12, error))


def test_both_losses_are_flat_where_p_g_is_p_data_and_nowhere_else() -> None:
    gradients = (vanishing.minimax_gradient, vanishing.non_saturating_gradient)
    assert [float(gradient(0.0)) for gradient in gradients] == [0.0, 0.0]
    distance = np.linspace(0.01, 6, 400)
    for sign in (-1, 1):
        saturating, other = (sign * gradient(sign * distance) for gradient in gradients)
        assert (saturating > 0).all()
        assert (other > saturating).all()
        for slope in (saturating, other):
            assert slope[0] == pytest.approx(distance[0] / 2, rel=1e-2)


def test_minimax_gradient_dies_as_is_said() -> None:
    d = np.linspace(0.1, 12, 50)
    found, bound = vanishing.minimax_gradient(d), d / 2 * np.exp(-(d**2) / 8)
    assert (found < bound).all()
    assert (found > 0).all()
    # and no faster than that, but for a factor that shrinks like 1/d
    far = found[d > 4] / bound[d > 4] * d[d > 4]
    np.testing.assert_allclose(far, np.sqrt(2 * np.pi) * 1.0, rtol=0.2)


@every_distance
def test_best_critic_finds_the_distance_and_is_not_too_steep(distance: float) -> None:
    x = (np.arange(4000) + 0.5) / 4000
    real, fake = norm.ppf(x), norm.ppf(x, distance)
    values = [vanishing.optimal_critic(points, distance) for points in (real, fake)]
    gap = values[0].mean() - values[1].mean()
    assert gap == pytest.approx(wasserstein_distance(real, fake), abs=1e-9)
    rise = np.diff(vanishing.optimal_critic(np.array([-2.0, 1.0, 5.0]), distance))
    np.testing.assert_allclose(rise, [-3, -4])
    assert vanishing.optimal_critic(distance / 2, distance) == 0
    ahead = wasserstein_distance(real, fake + 1e-3)
    assert vanishing.critic_gradient(distance) == pytest.approx((ahead - gap) / 1e-3, abs=1e-6)


@pytest.mark.parametrize("name", BY_TORCH)
def test_gradient_of_a_learned_d_is_that_of_autograd(name: str) -> None:
    x = torch.linspace(-6, 10, 1601, dtype=torch.float64)
    p_g = torch.exp(-((x - 1.5) ** 2) / 2) / np.sqrt(2 * np.pi)
    shift = torch.zeros((), dtype=torch.float64, requires_grad=True)

    def logit(at: torch.Tensor) -> torch.Tensor:
        return torch.sin(at) - 0.7 * at

    (wanted,) = torch.autograd.grad((BY_TORCH[name](logit(x + shift)) * p_g).sum() * 0.01, shift)
    found = vanishing.shift_gradient(
        p_g.numpy(),
        (torch.cos(x) - 0.7).numpy(),
        getattr(vanishing, f"{name}_slope")(logit(x).numpy()),
        0.01,
    )
    assert found == pytest.approx(float(wanted), abs=1e-9)


def test_all_that_is_public_has_a_source() -> None:
    for name, function in inspect.getmembers(vanishing, inspect.isfunction):
        if function.__module__ == vanishing.__name__:
            words = " ".join((function.__doc__ or "").split())
            assert "et al. 20" in words or "Arjovsky and Bottou 2017" in words, name
