"""Best answers against SciPy's quadrature and distributions, grids, and an integrator of its own."""

import math
from itertools import pairwise

import numpy as np
import pytest
from scipy.integrate import quad, solve_ivp
from scipy.special import expit
from scipy.stats import cauchy

from ganplay.theory import responses
from ganplay.theory.responses import ANSWERS, FLOOR, PATIENCE, REAL, WIDTH, Heaps, spread, turns

PLACES = {
    "spread": spread(-0.8),
    "one": np.array([1.7]),
    "two": np.array([-1.6, -1.6, 1.8]),
    "far": np.array([-6.0, 4.0]),
    "real": REAL.places,
}
every_g = pytest.mark.parametrize("name", PLACES)
X = np.linspace(-9, 9, 181)


def density(places: np.ndarray, x: float) -> float:
    return float(cauchy.pdf(x, places, WIDTH).mean())


def over_the_line(integrand) -> float:  # type: ignore[no-untyped-def]
    """By scipy, in the angle of x, as the densities have long tails."""
    half = math.pi / 2 - 1e-10
    value, error = quad(
        lambda a: integrand(math.tan(a)) / math.cos(a) ** 2, -half, half,
        points=[math.atan(x) for x in (-6, -1.7, 0, 1.7, 6)], limit=500, epsabs=1e-11,
    )  # fmt: skip
    assert error < 1e-7
    return float(value)


def value_by_scipy(answered: np.ndarray, q: np.ndarray) -> float:
    def integrand(x: float) -> float:
        p = density(REAL.places, x)
        d = p / (p + density(answered, x))
        return p * math.log(d) + density(q, x) * math.log(1 - d)

    return over_the_line(integrand)


@every_g
def test_the_density_and_its_slope(name: str) -> None:
    q = Heaps(PLACES[name])
    true = [density(PLACES[name], x) for x in X]
    np.testing.assert_allclose(q.pdf(X), true, rtol=1e-12)
    slope = (q.pdf(X + 1e-5) - q.pdf(X - 1e-5)) / 2e-5
    np.testing.assert_allclose(q.slope(X), slope, atol=1e-9)


@every_g
@pytest.mark.parametrize("answered", PLACES)
def test_the_value(name: str, answered: str) -> None:
    found = responses.value(Heaps(PLACES[answered]), Heaps(PLACES[name]))
    assert found == pytest.approx(value_by_scipy(PLACES[answered], PLACES[name]), abs=1e-8)


@every_g
def test_the_best_answer_of_d(name: str) -> None:
    """2 JSD - log 4, by quadrature; and no other D does better."""
    q = Heaps(PLACES[name])

    def integrand(x: float) -> float:
        p, g = density(REAL.places, x), density(PLACES[name], x)
        m = (p + g) / 2
        return p * math.log(p / m) + g * math.log(g / m)

    best = responses.highest_value(q)
    assert best == pytest.approx(over_the_line(integrand) - math.log(4), abs=1e-8)
    assert best == pytest.approx(responses.value(q, q), abs=1e-9)
    assert best == pytest.approx(FLOOR) if name == "real" else best > FLOOR + 1e-3
    for other in PLACES:
        gap = best - responses.value(Heaps(PLACES[other]), q)
        assert gap > 1e-3 if other != name else abs(gap) < 1e-9


@every_g
def test_the_best_answer_of_g(name: str) -> None:
    """The highest D by a fine grid, and no place or mixture of places does better."""
    answered = PLACES[name]
    place, highest = responses.best_place(Heaps(answered))
    x = np.linspace(-8, 8, 160001)
    p, q = cauchy.pdf(x[:, None], REAL.places, WIDTH), cauchy.pdf(x[:, None], answered, WIDTH)
    d = p.mean(-1) / (p.mean(-1) + q.mean(-1))
    assert highest == pytest.approx(d.max(), abs=1e-9)
    if name != "real":  # D is 1/2 everywhere
        assert place == pytest.approx(x[d.argmax()], abs=2e-4)

    def real_part(at: float) -> float:
        real = density(REAL.places, at)
        return real * math.log(real / (real + density(answered, at)))

    lowest = over_the_line(real_part) + math.log(1 - d.max())
    assert responses.lowest_value(Heaps(answered)) == pytest.approx(lowest, abs=1e-8)


@pytest.mark.parametrize("answered", PLACES)
def test_the_two_best_answers_enclose_the_value_and_the_equilibrium(answered: str) -> None:
    lowest = responses.lowest_value(Heaps(PLACES[answered]))
    assert lowest == pytest.approx(FLOOR) if answered == "real" else lowest < FLOOR - 1e-3
    for q in map(Heaps, PLACES.values()):
        value, highest = responses.value(Heaps(PLACES[answered]), q), responses.highest_value(q)
        assert lowest < value <= highest + 1e-9 or answered == "real"
        assert lowest <= FLOOR + 1e-12 <= highest + 2e-12
        if answered == "real":  # D plays 1/2, and any q will do
            assert value == pytest.approx(FLOOR, abs=1e-9)


# ---- up the slope


@pytest.mark.parametrize("name", ["spread", "one", "two"])
def test_samples_follow_the_slope_of_log_d(name: str) -> None:
    answered = PLACES["spread"] if name == "one" else PLACES[name]
    start = PLACES[name]

    def log_d(x: np.ndarray) -> np.ndarray:
        p, q = cauchy.pdf(x[:, None], REAL.places, WIDTH), cauchy.pdf(x[:, None], answered, WIDTH)
        return np.log(p.mean(-1) / (p.mean(-1) + q.mean(-1)))

    def field(_: float, x: np.ndarray) -> np.ndarray:
        return (log_d(x + 1e-6) - log_d(x - 1e-6)) / 2e-6

    found = responses.climb(Heaps(answered), start, 10)
    times = np.linspace(0, PATIENCE, 11)[1:]
    true = solve_ivp(field, (0, PATIENCE), start, t_eval=times, rtol=1e-8, atol=1e-9)
    np.testing.assert_allclose(found, true.y.T, atol=2e-4)
    risen = log_d(found.ravel()).reshape(found.shape)
    assert (np.diff(np.vstack((log_d(start), risen)), axis=0) > -1e-7).all()


def test_they_end_on_the_hills_of_d_or_still_climb() -> None:
    places = spread(-0.8)
    last = responses.climb(Heaps(places), places, 10)[-1]
    logit = responses.logit(Heaps(places), X)
    hills = X[1:-1][(logit[1:-1] > logit[:-2]) & (logit[1:-1] > logit[2:])]
    assert len(hills) == 2
    assert np.abs(last[:, None] - hills).min(-1).max() < 0.1, "two heaps"


def test_a_best_answer_is_one_place_for_all() -> None:
    places = spread(0.4)
    reached = responses.leap(Heaps(places), places, 4)
    best, _ = responses.best_place(Heaps(places))
    np.testing.assert_allclose(reached[-1], best)
    np.testing.assert_allclose(reached[1], (places + best) / 2)


# ---- in turns


@pytest.mark.parametrize("answer", ANSWERS)
def test_turns(answer: str) -> None:
    """D answers at once, and stays while G moves."""
    moments = turns(spread(-0.8), answer, 3, 5)
    assert len(moments) == 18
    np.testing.assert_array_equal(moments[0].places, spread(-0.8))
    for n, (before, after) in enumerate(pairwise(moments), 1):
        if n % 6 == 0:
            np.testing.assert_array_equal(after.places, before.places)
            np.testing.assert_array_equal(after.answered, after.places)
        else:
            np.testing.assert_array_equal(after.answered, before.answered)
            assert np.abs(after.places - before.places).max() > 1e-6 or answer == "slope"


@pytest.mark.parametrize("centre", np.linspace(-1.2, 1.2, 9))
def test_after_each_best_answer_all_of_g_is_at_the_other_mode(centre: float) -> None:
    ends = [each.places for each in turns(spread(centre), "best", 6, 4)[4::5]]
    heaps = np.array([places.mean() for places in ends])
    assert max(np.ptp(places) for places in ends) < 1e-9, "collapsed"
    assert (np.sign(heaps[1:]) == -np.sign(heaps[:-1])).all(), "hopping"
    assert (np.abs(np.abs(heaps) - 1.5) < 0.45).all(), "about the modes"


@pytest.mark.parametrize("centre", [-1.2, -0.8, 0.8, 1.2])
def test_up_the_slope_the_heaps_meet_and_hop(centre: float) -> None:
    ends = [each.places for each in turns(spread(centre), "slope", 6, 10)[10::11]]
    assert np.ptp(ends[0]) > 2, "first two heaps"
    assert all(np.ptp(places) < 0.01 for places in ends[3:]), "then one"
    assert np.sign(ends[-1][0]) != np.sign(ends[-2][0]), "which hops"


def test_a_g_of_one_place() -> None:
    place, value = responses.one_place()
    grid = np.linspace(0, 8, 801)
    values = [responses.highest_value(Heaps(np.array([m]))) for m in grid]
    assert value == pytest.approx(min(values), abs=1e-5)
    assert place == pytest.approx(grid[int(np.argmin(values))], abs=0.01)
    assert value == pytest.approx(value_by_scipy(np.array([place]), np.array([place])), abs=1e-8)
    assert value > FLOOR + 0.1, "the order of play counts"


def test_with_one_place_and_g_last_no_d_beats_one_half() -> None:
    """The mean of the two answers at the real places is p, against which no D gets more than FLOOR."""
    rng = np.random.default_rng(0)
    x = np.linspace(-60, 60, 24001)
    kernels = cauchy.pdf(x[:, None], REAL.places, WIDTH)
    p, mass = kernels.mean(-1), np.trapezoid(kernels.mean(-1), x)
    for _ in range(50):
        waves = np.sin(np.outer(x, rng.normal(0, 2, 5)) + rng.uniform(0, 6, 5))
        d = expit(waves @ rng.normal(0, 1, 5))
        real = np.trapezoid(p * np.log(d), x) / mass
        answers = [np.trapezoid(k * np.log(1 - d), x) / mass for k in kernels.T]
        assert real + min(answers) < FLOOR + 1e-3
