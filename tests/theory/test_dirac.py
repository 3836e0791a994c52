"""The Dirac-GAN's fields against autograd on its value, and what its flow keeps."""

import math
from collections.abc import Callable

import numpy as np
import pytest
import torch
from scipy.integrate import solve_ivp
from torch import Tensor
from torch.nn.functional import logsigmoid

from ganplay.theory import dirac
from ganplay.theory.dirac import LOSSES, Field

Objective = Callable[[Tensor], Tensor]

# what G and D raise, as functions of t = D(G(z)), written down once more from the papers
GAINS: dict[str, tuple[Objective, Objective]] = {
    "wgan": (lambda t: t, lambda t: -t),
    "minimax": (lambda t: -logsigmoid(-t), lambda t: logsigmoid(-t)),
    "non_saturating": (lambda t: logsigmoid(t), lambda t: logsigmoid(-t)),
}
# what D pays besides, as a function of its slope at the samples
PRICES: dict[str, Callable[[Tensor], Tensor]] = {
    "plain": lambda slope: 0 * slope,
    "r1": lambda slope: 0.5 * slope**2,
    "gradient_penalty": lambda slope: 0.5 * (slope.abs() - 1) ** 2,
}
SPEEDS = {"wgan": 1.0, "minimax": 0.5, "non_saturating": 0.5}
every_loss = pytest.mark.parametrize("loss", LOSSES)
STATES = np.random.default_rng(0).normal(0, 1.5, (40, 2))
WEIGHT = 0.7


def gradients(loss: str, state: Tensor, price: str = "plain") -> Tensor:
    """Each player's own gradient at a state [2], by autograd through D(x) = psi x."""
    theta, psi = state
    gain_g, gain_d = GAINS[loss]
    x = theta.detach().requires_grad_()
    (slope,) = torch.autograd.grad(psi * x, x, create_graph=True)
    (g,) = torch.autograd.grad(gain_g(psi * theta), theta, create_graph=True)
    paid = gain_d(psi * theta) - WEIGHT * PRICES[price](slope)
    (d,) = torch.autograd.grad(paid, psi, create_graph=True)
    return torch.stack((g, d))


def by_autograd(loss: str, price: str) -> np.ndarray:
    return np.array(
        [
            gradients(loss, torch.tensor(each, requires_grad=True), price).detach().numpy()
            for each in STATES
        ]
    )


def test_there_is_a_truth_for_every_loss() -> None:
    assert LOSSES.keys() == GAINS.keys() == SPEEDS.keys()


@every_loss
@pytest.mark.parametrize("price", PRICES)
def test_a_field_is_the_gradient_of_what_each_player_wants(loss: str, price: str) -> None:
    field: Field = getattr(dirac, price)(LOSSES[loss], WEIGHT)
    np.testing.assert_allclose(field(STATES), by_autograd(loss, price), atol=1e-12)


@every_loss
def test_the_jacobian(loss: str) -> None:
    found = dirac.jacobian(LOSSES[loss], STATES)
    for state, jacobian in zip(STATES, found, strict=True):
        x = torch.tensor(state, requires_grad=True)
        true = torch.autograd.functional.jacobian(lambda y: gradients(loss, y), x)
        np.testing.assert_allclose(jacobian, true, atol=1e-12)


@every_loss
def test_consensus_goes_down_the_squared_gradients_too(loss: str) -> None:
    found = dirac.consensus(LOSSES[loss], WEIGHT)(STATES)
    for state, direction in zip(STATES, found, strict=True):
        x = torch.tensor(state, requires_grad=True)
        v = gradients(loss, x)
        (down,) = torch.autograd.grad(0.5 * v.square().sum(), x)
        np.testing.assert_allclose(direction, (v - WEIGHT * down).detach(), atol=1e-12)


@every_loss
def test_fields_take_states_of_any_shape(loss: str) -> None:
    for make in (dirac.plain, dirac.r1, dirac.gradient_penalty, dirac.consensus):
        field = make(LOSSES[loss], WEIGHT)
        before = STATES.copy()
        np.testing.assert_array_equal(field(STATES.reshape(4, 10, 2)).reshape(-1, 2), field(STATES))
        np.testing.assert_array_equal(STATES, before)


@every_loss
def test_the_equilibrium_is_the_only_place_without_gradients(loss: str) -> None:
    field = dirac.plain(LOSSES[loss])
    assert not field(np.zeros(2)).any()
    assert (np.linalg.norm(field(STATES), axis=-1) > 1e-3).all()


@every_loss
def test_a_loss_knows_its_speed_and_who_wins_what(loss: str) -> None:
    assert LOSSES[loss].speed == pytest.approx(SPEEDS[loss], abs=1e-15)
    v = by_autograd(loss, "plain")
    opposed = np.allclose((v * STATES).sum(-1), 0)  # theta v_theta + psi v_psi = t g(t) - t d(t)
    assert LOSSES[loss].zero_sum == opposed


def flow(loss: str, start: list[float], end: float) -> np.ndarray:
    field = dirac.plain(LOSSES[loss])
    found = solve_ivp(lambda _, x: field(x), (0, end), start, rtol=1e-10, atol=1e-12, max_step=0.1)
    return found.y.T


@pytest.mark.parametrize("loss", ["wgan", "minimax"])
def test_infinitely_small_steps_stay_on_the_circle(loss: str) -> None:
    start = np.array([1.2, -0.7])
    radii = dirac.radius(flow(loss, list(start), 30))
    np.testing.assert_allclose(radii, dirac.radius(start), rtol=1e-7)
    np.testing.assert_allclose(dirac.radius(dirac.circle(start)), dirac.radius(start), rtol=1e-14)


def test_the_non_saturating_flow_comes_nearer_but_ever_more_slowly() -> None:
    first, second, third = (
        dirac.radius(flow("non_saturating", [1, 1], t)[-1]) for t in (0, 60, 120)
    )
    assert second < 0.7 * first
    assert 0.6 * second < third < second


@pytest.mark.parametrize("step", [0.0, 0.1, 1.0, 1.9])
def test_the_ellipse_is_where_the_kept_form_is_that_of_the_start(step: float) -> None:
    start = np.array([1.3, 0.4])
    ellipse = dirac.ellipse(start, step)
    np.testing.assert_allclose(dirac.kept(ellipse, step), dirac.kept(start, step), rtol=1e-12)
    np.testing.assert_allclose(ellipse[0], ellipse[-1], atol=1e-12)
    assert np.linalg.norm(ellipse - start, axis=-1).min() < 0.05, "it goes through the start"


def test_growth_is_that_of_pythagoras() -> None:
    assert dirac.growth(0.1, 500) == pytest.approx(math.sqrt(1.01) ** 500, rel=1e-12)
    assert dirac.growth(0.5, 2) == pytest.approx(1.25)
