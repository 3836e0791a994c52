"""Optimal transport, against SciPy's quadrature and assignment, POT's linear programs, and Gaussians."""

from itertools import pairwise

import numpy as np
import ot
import pytest
from scipy.integrate import quad
from scipy.optimize import linear_sum_assignment

from ganplay.theory import transport
from ganplay.theory.mixture import Mixture
from ganplay.theory.transport import BrokenLine

TWO = Mixture((-1.5, 1.5), (0.5, 0.5), (1.0, 1.0))
PAIRS = {
    "far apart": (TWO, Mixture((9.0,), (1.0,))),
    "in the middle": (TWO, Mixture((0.0,), (1.0,))),
    "to the side": (TWO, Mixture((1.2,), (1.0,))),
    "other shares": (Mixture((-2.0, 1.0, 3.0), (0.2, 1.5, 0.4), (1.0, 2.0, 0.5)), TWO),
    "other widths": (Mixture((0.0,), (1.0,)), Mixture((0.5,), (1.1,))),
    "narrow": (Mixture((0.0,), (0.01,)), Mixture((0.3,), (2.0,))),
}
every_pair = pytest.mark.parametrize(("p", "q"), PAIRS.values(), ids=PAIRS)


def integral(of, p: Mixture, q: Mixture) -> float:
    """By quadrature between all places where it may bend."""
    marks = {*transport.crossings(p, q), 0.0}
    for each in (p, q):
        for mean, sigma in zip(each.means, each.sigmas, strict=True):
            marks |= {mean + k * sigma for k in (-12, -4, -1, 1, 4, 12)}
    parts = (quad(of, a, b, epsabs=1e-13, limit=200)[0] for a, b in pairwise(sorted(marks)))
    return sum(parts)


def mean_of(f, p: Mixture, *extra: float) -> float:
    low, high = p.span()
    points = sorted({x for x in (*p.means, *extra) if low < x < high})
    return quad(
        lambda x: float(f(x) * p.pdf(x)), low, high, points=points, limit=500, epsabs=1e-12
    )[0]


# ---- on the line


@every_pair
def test_w1_is_the_area_between_the_distribution_functions(p: Mixture, q: Mixture) -> None:
    area = integral(lambda x: abs(float(p.cdf(x) - q.cdf(x))), p, q)
    assert transport.w1(p, q) == pytest.approx(area, abs=1e-8)
    assert transport.w1(q, p) == pytest.approx(transport.w1(p, q), abs=1e-12)


def test_w1_of_gaussians() -> None:
    for gap in (0.0, 0.3, -4.0):
        found = transport.w1(Mixture((1.0,), (0.7,)), Mixture((1.0 + gap,), (0.7,)))
        assert found == pytest.approx(abs(gap), abs=1e-12)
    # of one mean, it is E abs(Z) times the difference of widths
    found = transport.w1(Mixture((2.0,), (0.5,)), Mixture((2.0,), (1.5,)))
    assert found == pytest.approx(np.sqrt(2 / np.pi), abs=1e-12)


@every_pair
def test_w1_is_the_mean_way_between_quantiles(p: Mixture, q: Mixture) -> None:
    portions = (np.arange(20_000) + 0.5) / 20_000
    a, b = transport.quantile_ways(p, q, portions)
    np.testing.assert_allclose(p.cdf(a), portions, atol=2e-5)
    assert np.abs(a - b).mean() == pytest.approx(transport.w1(p, q), abs=2e-4)


@every_pair
def test_potential_gains_w1(p: Mixture, q: Mixture) -> None:
    """By quadrature of f* itself: E_p f* - E_q f* = W1."""
    f = transport.potential(p, q)
    assert set(map(abs, f.slopes)) == {1.0}
    assert all(a == -b for a, b in pairwise(f.slopes))
    gained = mean_of(f, p, *f.knots) - mean_of(f, q, *f.knots)
    assert gained == pytest.approx(transport.w1(p, q), abs=1e-8)
    assert transport.gain(p, q, f) == pytest.approx(transport.w1(p, q), abs=1e-12)


@every_pair
def test_potential_falls_where_mass_goes_right(p: Mixture, q: Mixture) -> None:
    f = transport.potential(p, q)
    x = np.linspace(-6, 6, 241)
    lead = p.cdf(x) - q.cdf(x)
    near = np.abs(np.subtract.outer(x, f.knots)).min(1, initial=np.inf) < 0.01
    slope = (f(x + 1e-3) - f(x - 1e-3)) / 2e-3
    clear = (np.abs(lead) > 1e-6) & ~near
    np.testing.assert_allclose(slope[clear], -np.sign(lead[clear]), atol=1e-9)


def mirrored(p: Mixture) -> Mixture:
    return Mixture(tuple(-mean for mean in p.means), p.sigmas, p.weights)


def test_crossings_far_right_are_as_exact_as_far_left() -> None:
    """There both functions are 1 but for digits that a difference of them loses."""
    for mean in (-3.0, -1.7, 0.0, 2.4):
        q = Mixture((mean,), (1.0,))
        found = transport.crossings(mirrored(TWO), mirrored(q))
        np.testing.assert_allclose(
            [-x for x in found[::-1]], transport.crossings(TWO, q), atol=1e-9
        )
    assert transport.crossings(TWO, Mixture((-3.0,), (1.0,)))[-1] == pytest.approx(5.923, abs=1e-3)


LINES = [
    BrokenLine((), (0.4,)),
    BrokenLine((-1.0, 0.5, 2.0), (1.0, -0.3, 0.8, -1.0)),
    transport.through([(-3.0, 1.0), (0.2, -1.5), (1.0, -1.0), (2.5, 0.2)]),
]


@every_pair
@pytest.mark.parametrize("f", LINES)
def test_gain_is_a_difference_of_means_and_at_most_w1(
    p: Mixture, q: Mixture, f: BrokenLine
) -> None:
    truth = mean_of(f, p, *f.knots) - mean_of(f, q, *f.knots)
    assert transport.gain(p, q, f) == pytest.approx(truth, abs=1e-8)
    assert f.steepest <= 1
    assert transport.gain(p, q, f) <= transport.w1(p, q) + 1e-12


def test_line_through_points() -> None:
    points = [(-3.0, 1.0), (0.2, -1.5), (1.0, -1.0)]
    f = transport.through(points)
    values = f([x for x, _ in points])
    np.testing.assert_allclose(values - values[0], [y - 1.0 for _, y in points], atol=1e-12)
    assert f.steepest == pytest.approx(2.5 / 3.2)
    assert f(4.0) - f(3.0) == pytest.approx(0.5 / 0.8), "goes on straight"


@every_pair
def test_independent_cost(p: Mixture, q: Mixture) -> None:
    """E abs(X - Y) is the integral of P(one of the two is below x and the other is not)."""

    def split(x: float) -> float:
        below, other = float(p.cdf(x)), float(q.cdf(x))
        return below * (1 - other) + other * (1 - below)

    assert transport.independent_cost(p, q) == pytest.approx(integral(split, p, q), abs=1e-8)


@every_pair
def test_reversed_cost(p: Mixture, q: Mixture) -> None:
    """By quantiles that run against each other; an error of 2e-3 is left of 20,000 of them."""
    portions = (np.arange(20_000) + 0.5) / 20_000
    a, b = transport.quantile_ways(p, q, portions)
    spent = transport.reversed_cost(p, q)
    assert spent == pytest.approx(np.abs(a - b[::-1]).mean(), abs=2e-3)
    assert spent >= transport.independent_cost(p, q) - 1e-9 >= transport.w1(p, q) - 2e-9


def test_reversed_cost_of_gaussians() -> None:
    """Of two of one mean, it is E abs(Z) times the sum of the widths."""
    found = transport.reversed_cost(Mixture((2.0,), (0.5,)), Mixture((2.0,), (1.5,)))
    assert found == pytest.approx(2 * np.sqrt(2 / np.pi), abs=1e-12)


# ---- plans

EDGES = np.linspace(-8, 12, 161)
MIDDLES = (EDGES[1:] + EDGES[:-1]) / 2
WAYS = np.abs(np.subtract.outer(MIDDLES, MIDDLES))
PLANS = {
    "monotone": transport.monotone_plan,
    "independent": transport.independent_plan,
    "reversed": transport.reversed_plan,
}


@every_pair
@pytest.mark.parametrize("name", PLANS)
def test_plan_has_its_marginals_and_is_not_cheaper(name: str, p: Mixture, q: Mixture) -> None:
    a, b = transport.bins(p, EDGES), transport.bins(q, EDGES)
    plan = PLANS[name](a, b)
    assert plan.min() >= 0
    np.testing.assert_allclose(plan.sum(1), a, atol=1e-14)
    np.testing.assert_allclose(plan.sum(0), b, atol=1e-14)
    best, spent = float(ot.emd2(a / a.sum(), b / b.sum(), WAYS)), transport.cost(plan, WAYS)
    if name == "monotone":
        assert spent == pytest.approx(best, abs=1e-9)
    elif p.span(4)[1] > q.span(4)[0]:
        assert spent > best + 0.01
    else:  # where all of p lies to the left of q, no way crosses back: all plans cost the same
        assert spent == pytest.approx(best, abs=1e-3)
    if name == "reversed":
        assert spent == pytest.approx(-float(ot.emd2(a / a.sum(), b / b.sum(), -WAYS)), abs=1e-9)


@pytest.mark.parametrize("name", ["in the middle", "to the side", "other shares"])
def test_bins_of_an_eighth_cost_what_the_densities_do(name: str) -> None:
    p, q = PAIRS[name]
    a, b = transport.bins(p, EDGES), transport.bins(q, EDGES)
    spent = [transport.cost(PLANS[each](a, b), WAYS) for each in ("monotone", "independent")]
    assert spent[0] == pytest.approx(transport.w1(p, q), abs=3e-3)
    assert spent[1] == pytest.approx(transport.independent_cost(p, q), abs=3e-3)


# ---- clouds


def clouds(seed: int, n: int = 40) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    return rng.normal(0, 1, (n, 2)), rng.normal((1.5, -0.5), (0.4, 0.9), (n, 2))


@pytest.mark.parametrize("seed", range(5))
def test_matching_is_the_best_assignment(seed: int) -> None:
    x, y = clouds(seed)
    found = transport.matching(x, y)
    ways = np.linalg.norm(x[:, None] - y, axis=-1)
    rows, columns = linear_sum_assignment(ways)
    assert sorted(found.partner) == list(range(40))
    assert found.cost == pytest.approx(ways[rows, columns].mean(), abs=1e-12)
    np.testing.assert_allclose(found.ways(found.partner).mean(), found.cost, atol=1e-12)


@pytest.mark.parametrize("seed", range(5))
def test_potential_of_clouds_meets_the_cost(seed: int) -> None:
    x, y = clouds(seed)
    found = transport.matching(x, y)
    at_x, at_y = found.potential(x), found.potential(y)
    assert at_x.mean() - at_y.mean() == pytest.approx(found.cost, abs=1e-9)
    # along each way it falls by the length of the way: slope 1 (Gulrajani et al. 2017, prop. 1)
    np.testing.assert_allclose(at_x - at_y[found.partner], found.ways(found.partner), atol=1e-9)
    middle = (x + y[found.partner]) / 2
    np.testing.assert_allclose(found.potential(middle), (at_x + at_y[found.partner]) / 2, atol=1e-9)
    # and nowhere more steeply
    a, b = np.random.default_rng(seed).uniform(-5, 5, (2, 2000, 2))
    fall = np.abs(found.potential(a) - found.potential(b))
    assert (fall <= np.linalg.norm(a - b, axis=1) + 1e-12).all()


@pytest.mark.parametrize("count", [0, 1, 2, 17, 40])
def test_exchanged_partners_are_a_dearer_plan(count: int) -> None:
    found = transport.matching(*clouds(1))
    other = transport.exchanged(found.partner, count)
    assert sorted(other) == list(range(40))
    assert (other != found.partner).sum() == (count if count > 1 else 0)
    assert found.ways(other).mean() >= found.cost - 1e-12
    if count > 16:
        assert found.ways(other).mean() > found.cost + 0.1
    # while what f* gains between the clouds is the same for every plan
    fall = found.potential(found.x) - found.potential(found.y)[other]
    assert fall.mean() == pytest.approx(found.cost, abs=1e-9)
    assert (fall <= found.ways(other) + 1e-9).all()
