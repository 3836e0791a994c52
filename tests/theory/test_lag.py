"""The game with a D that lags, against torch's autograd and SciPy's quadrature."""

import itertools
import math

import numpy as np
import pytest
import torch
from scipy.integrate import quad
from torch.nn.functional import softplus

from ganplay.theory.lag import RATE, START, Play, ideal, play

RATIOS = [(5, 1), (1, 1), (1, 5), (3, 2)]
every_ratio = pytest.mark.parametrize("ratio", RATIOS, ids=lambda r: f"{r[0]}:{r[1]}")


def bell(x: float, mean: float = 0.0) -> float:
    """The density of N(mean, 1)."""
    return math.exp(-((x - mean) ** 2) / 2) / math.sqrt(2 * math.pi)


def by_autograd(of_g: int, of_d: int, updates: int) -> np.ndarray:
    """The way of theta, a and c, by gradients of the expected losses on nodes of Gauss and Hermite."""
    nodes, weights = (torch.tensor(v) for v in np.polynomial.hermite_e.hermegauss(150))
    weights = weights / math.sqrt(2 * math.pi)
    theta, a, c = (
        torch.tensor(v, dtype=torch.float64, requires_grad=True) for v in (START, 0.0, 0.0)
    )
    way = [[START, 0.0, 0.0]]
    for update in range(updates):
        fake = a * (nodes + theta) + c
        if update % (of_d + of_g) < of_d:
            own, loss = [a, c], (weights * (softplus(-a * nodes - c) + softplus(fake))).sum()
        else:
            own, loss = [theta], (weights * softplus(-fake)).sum()
        slopes = torch.autograd.grad(loss, own)
        with torch.no_grad():
            for value, slope in zip(own, slopes, strict=True):
                value -= RATE * slope
        way.append([theta.item(), a.item(), c.item()])
    return np.array(way).T


@every_ratio
def test_updates_are_those_of_autograd(ratio: tuple[int, int]) -> None:
    mine = play(*ratio, 90)
    np.testing.assert_allclose(
        [mine.theta, mine.a, mine.c], by_autograd(*ratio, 90), rtol=0, atol=1e-9
    )


@pytest.mark.parametrize("moment", [0, 25, 120, 299])
def test_error_and_slopes_at_a_moment(moment: int) -> None:
    game = play(5, 1, 300)
    theta, a, c = game.theta[moment], game.a[moment], game.c[moment]

    def best(x: float) -> float:
        return float(bell(x) / (bell(x) + bell(x, theta)))

    def given(x: float) -> float:
        return 1 / (1 + math.exp(-a * x - c))

    def integral(f: object) -> float:
        ends = np.linspace(min(0, theta) - 12, max(0, theta) + 12, 60)
        return sum(quad(f, low, high, epsabs=1e-12)[0] for low, high in itertools.pairwise(ends))

    error = integral(lambda x: abs(given(x) - best(x)) * (bell(x) + bell(x, theta)) / 2)
    # the absolute value has a corner, which sums on even nodes see to 1e-3 of the error
    assert game.error()[moment] == pytest.approx(error, abs=1e-3)
    slope = integral(lambda x: -(1 - given(x)) * a * bell(x, theta))
    assert game.slope()[moment] == pytest.approx(slope, abs=1e-9)
    wanted = integral(lambda x: (1 - best(x)) * theta * bell(x, theta))
    assert game.wanted()[moment] == pytest.approx(wanted, abs=1e-9)
    x = np.linspace(-6, 6, 5)
    np.testing.assert_allclose(game.discriminator(x, moment), [given(each) for each in x])


def test_a_discriminator_that_trains_on_becomes_the_best() -> None:
    """With G standing still, a = -theta and c = theta^2 / 2; `of_d` exceeds all updates."""
    game = play(1, 10**6, 20_000)
    assert (game.theta == START).all()
    assert game.a[-1] == pytest.approx(-START, abs=1e-3)
    assert game.c[-1] == pytest.approx(START**2 / 2, abs=1e-3)
    assert game.error()[-1] < 1e-4 < 0.3 < game.error()[0]
    assert game.slope()[-1] == pytest.approx(game.wanted()[-1], abs=1e-3)


@every_ratio
def test_the_ideal_way(ratio: tuple[int, int]) -> None:
    """One player's updates only, each down the slope that quadrature gives."""
    of_g, of_d = ratio
    way = ideal(of_g, of_d, 40)
    for update, (before, after) in enumerate(itertools.pairwise(way)):
        if update % (of_g + of_d) < of_d:
            assert after == before
            continue
        slope, _ = quad(
            lambda x, t=before: t * bell(x, t) ** 2 / (bell(x) + bell(x, t)), -15, 15,
            points=[0, before], epsabs=1e-12,
        )  # fmt: skip
        assert after == pytest.approx(before - RATE * slope, abs=1e-9)
    assert (np.diff(ideal(of_g, of_d, 400)) <= 0).all(), "with the best D, G never runs past"


def test_settled_is_when_it_stays_near() -> None:
    def of(*theta: float) -> Play:
        return Play(np.array(theta), np.zeros(len(theta)), np.zeros(len(theta)))

    assert of(3, 0.05, -0.2, 0.05, 0.0).settled() == 3
    assert of(3, 0.05, -0.2).settled() is None
    assert of(0.0, 0.0).settled() == 0
    assert of(3.0, 0.4).settled(near=0.5) == 1


def test_what_the_ratio_does() -> None:
    """G ahead runs past the real samples, D far ahead comes late; what lies between is soonest."""
    games = {ratio: play(*ratio, 600) for ratio in ((5, 1), (1, 1), (1, 2), (1, 5), (1, 20))}
    past = {ratio: -game.theta.min() for ratio, game in games.items()}
    assert 0.8 < past[5, 1] < 1
    assert 0.25 < past[1, 1] < 0.4
    assert past[1, 5] < 0.01
    errors = [game.error().mean() for game in games.values()]
    assert errors[0] > 2 * errors[3]
    settled = [game.settled() for game in games.values()]
    assert settled[-1] is None
    assert settled[0] is not None
    assert settled[0] > 550
    assert all(each is not None and 200 < each < 320 for each in settled[1:-1])
