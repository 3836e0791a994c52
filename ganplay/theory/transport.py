"""Optimal transport with cost abs(x - y): plans, their cost, and the potentials that bound it.

A plan says how much of the mass of p at x is moved to y in q; W1 is the least mean way it can be
moved, and by Kantorovich and Rubinstein also the most that a function of slope <= 1 can gain between
p and q (Villani 2009, thm. 5.10 and eq. 6.3; Arjovsky et al. 2017, eq. 1 and 2).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import brentq
from scipy.special import ndtr

from ganplay.theory.mixture import LOG_ROOT_TWO_PI, Mixture, Values

CELLS = 2001
"""Places at which a change of sign of F - G is looked for."""


# ---- on the line, exactly


@dataclass(frozen=True)
class BrokenLine:
    """A function of x that is straight between its rising `knots`, with one slope before the first,
    one between each two and one after the last; known up to a constant."""

    knots: tuple[float, ...]
    slopes: tuple[float, ...]

    def __call__(self, x: ArrayLike) -> Values:
        """f(x), of any shape, in units of x times the slope."""
        x = np.asarray(x, float)
        bends = np.diff(self.slopes)
        return np.asarray(
            self.slopes[0] * x + np.maximum(x[..., None] - self.knots, 0.0) @ bends
            if self.knots
            else self.slopes[0] * x
        )

    @property
    def steepest(self) -> float:
        """Its Lipschitz constant."""
        return max(map(abs, self.slopes))


def through(points: Sequence[tuple[float, float]]) -> BrokenLine:
    """The broken line through points (x, y) with rising x, which goes on straight at both ends."""
    slopes = [(d - b) / (c - a) for (a, b), (c, d) in pairwise(points)]
    return BrokenLine(tuple(x for x, _ in points[1:-1]), tuple(slopes))


def crossings(p: Mixture, q: Mixture) -> list[float]:
    """Where the distribution functions F of p and G of q cross, in order."""
    (a, b), (c, d) = p.span(), q.span()
    x = np.linspace(min(a, c), max(b, d), CELLS)
    sign = np.sign(_lead(p, q, x))
    x, sign = x[sign != 0], sign[sign != 0]
    at = np.flatnonzero(sign[:-1] != sign[1:])
    return [float(brentq(lambda t: float(_lead(p, q, t)), x[i], x[i + 1], xtol=1e-13)) for i in at]


def potential(p: Mixture, q: Mixture) -> BrokenLine:
    """The optimal f* on the line: slope sign(G - F), so 1 where mass has to go to the left and -1
    where to the right (Villani 2009, remark 6.5; Santambrogio 2015, sec. 2.1 for W1 on the line)."""
    knots = crossings(p, q)
    ends = np.array([*knots, np.inf])
    middles = [float(x) for x in _within(p, q, ends)]
    slopes = tuple(-float(np.sign(_lead(p, q, x))) or 1.0 for x in middles)
    return BrokenLine(tuple(knots), slopes)


def gain(p: Mixture, q: Mixture, f: BrokenLine) -> float:
    """E_p f - E_q f = integral of f' (G - F) dx, which is at most W1 for slopes within +-1
    (Arjovsky et al. 2017, eq. 2)."""
    return -float(np.dot(f.slopes, _areas(p, q, f.knots)))


def w1(p: Mixture, q: Mixture) -> float:
    """W1(p, q) = integral of abs(F - G) dx, in units of x (Vallender 1974; Villani 2009, eq. 6.2
    with the cost of the line)."""
    return float(np.abs(_areas(p, q, crossings(p, q))).sum())


def independent_cost(p: Mixture, q: Mixture) -> float:
    """E abs(X - Y) for independent X of p and Y of q, the cost of the plan p(x) q(y): a mixture of
    means of folded normals."""
    gaps = np.subtract.outer(p.means, q.means)
    sigmas = np.sqrt(np.add.outer(np.square(p.sigmas), np.square(q.sigmas)))
    u = gaps / sigmas
    folded = sigmas * 2 * np.exp(-0.5 * u**2 - LOG_ROOT_TWO_PI) + gaps * (2 * ndtr(u) - 1)
    return float(p.shares @ folded @ q.shares)


def reversed_cost(p: Mixture, q: Mixture) -> float:
    """The mean way of the plan that moves what lies furthest left to the furthest right, the dearest
    of all. For any plan it is the integral over x of P(just one of the two lies below x), here
    min(F + G, 2 - F - G), as both do with probability max(0, F + G - 1) (Frechet and Hoeffding)."""
    (a, b), (c, d) = p.span(), q.span()
    middle = brentq(lambda x: float(p.cdf(x) + q.cdf(x)) - 1, min(a, c), max(b, d), xtol=1e-13)
    below = sum(float(_cdf_area(each, np.array(middle))) for each in (p, q))
    return 2 * (below - float(middle)) + _mean(p) + _mean(q)


def _lead(p: Mixture, q: Mixture, x: ArrayLike) -> Values:
    """F - G at x, without loss of digits on either side: far right as the difference of what
    remains above x."""
    x = np.asarray(x, float)
    turned = [Mixture(tuple(-m for m in each.means), each.sigmas, each.weights) for each in (p, q)]
    below, above = p.cdf(x) - q.cdf(x), turned[1].cdf(-x) - turned[0].cdf(-x)
    return np.asarray(np.where(p.cdf(x) < 0.5, below, above))


def _within(p: Mixture, q: Mixture, ends: Values) -> Values:
    """A place inside each of the intervals that end at `ends`: where abs(F - G) is largest."""
    (a, b), (c, d) = p.span(), q.span()
    x = np.linspace(min(a, c), max(b, d), CELLS)
    part = np.searchsorted(ends, x)
    lead = np.abs(_lead(p, q, x))
    return np.array([x[part == i][lead[part == i].argmax()] for i in range(len(ends))])


def _areas(p: Mixture, q: Mixture, knots: Sequence[float]) -> Values:
    """The integral of F - G over each of the intervals that the knots make of the line."""
    inner = _cdf_area(p, np.array(knots, float)) - _cdf_area(q, np.array(knots, float))
    whole = _mean(q) - _mean(p)
    return np.asarray(np.diff(np.concatenate(([0.0], inner, [whole]))))


def _cdf_area(mixture: Mixture, x: Values) -> Values:
    """The integral of a distribution function up to x: sigma (u Phi(u) + phi(u)) for each part."""
    u = (x[..., None] - mixture.means) / mixture.sigmas
    area = u * ndtr(u) + np.exp(-0.5 * u**2 - LOG_ROOT_TWO_PI)
    return np.asarray((area * mixture.sigmas) @ mixture.shares)


def _mean(mixture: Mixture) -> float:
    return float(np.dot(mixture.shares, mixture.means))


# ---- plans on the line, as matrices over bins


def bins(mixture: Mixture, edges: Values) -> Values:
    """The mass in each bin [n] between edges [n + 1]; what lies beyond counts for the outer ones."""
    cdf = mixture.cdf(edges)
    cdf[0], cdf[-1] = 0.0, 1.0
    return np.asarray(np.diff(cdf))


def monotone_plan(a: Values, b: Values) -> Values:
    """The plan [n, m] that moves masses a [n] to b [m] without crossing ways: each share of mass
    goes to the same quantile. It is optimal for every convex cost on the line (Villani 2009, ch. 1;
    Santambrogio 2015, thm. 2.9)."""
    before, after = (np.concatenate(([0.0], np.cumsum(each))) for each in (a, b))
    upper = np.minimum.outer(before[1:], after[1:])
    lower = np.maximum.outer(before[:-1], after[:-1])
    return np.asarray(np.maximum(upper - lower, 0.0))


def independent_plan(a: Values, b: Values) -> Values:
    """The plan [n, m] that spreads the mass of each place over all of q."""
    return np.outer(a, b)


def reversed_plan(a: Values, b: Values) -> Values:
    """The plan [n, m] that moves what lies furthest left to the furthest right."""
    return monotone_plan(a, b[::-1])[:, ::-1]


def cost(plan: Values, ways: Values) -> float:
    """The mean way of the mass: the sum of plan times ways, both [n, m]."""
    return float((plan * ways).sum())


def quantile_ways(p: Mixture, q: Mixture, portions: Values) -> tuple[Values, Values]:
    """Where p and q have these portions of their mass to the left, [n] each; the optimal plan moves
    the one to the other."""
    return _quantiles(p, portions), _quantiles(q, portions)


def _quantiles(mixture: Mixture, portions: Values) -> Values:
    low, high = mixture.span()
    x = np.linspace(low, high, 20 * CELLS)
    return np.asarray(np.interp(portions, mixture.cdf(x), x))


# ---- between clouds of points


@dataclass(frozen=True)
class Matching:
    """The optimal plan between two clouds x [n, d] and y [n, d] of equal masses.

    partner: [n] the y to which each x goes; rises: [n] the potential at each y; cost: W1.
    """

    x: Values
    y: Values
    partner: NDArray[np.int64]
    rises: Values
    cost: float

    def potential(self, at: ArrayLike) -> Values:
        """f*(x) = min over j of abs(x - y_j) + f*(y_j), of slope <= 1 everywhere (Villani 2009,
        def. 5.2, for a cost that is a distance), and of slope 1 along the way from each x to its
        partner (Gulrajani et al. 2017, prop. 1). at [..., d] -> [...]."""
        at = np.asarray(at, float)[..., None, :]
        ways = np.linalg.norm(at - self.y, axis=-1)
        return np.asarray((ways + self.rises).min(-1))

    def ways(self, partner: NDArray[np.int64]) -> Values:
        """How far each x is from a partner [n]."""
        return np.asarray(np.linalg.norm(self.x - self.y[partner], axis=-1))


def matching(x: Values, y: Values) -> Matching:
    """The optimal plan between clouds of as many points, with its dual, by POT's network simplex
    (Bonneel et al. 2011)."""
    import ot  # slow to import

    n = len(x)
    ways = np.linalg.norm(x[:, None] - y, axis=-1)
    mass = np.full(n, 1 / n)
    plan, log = ot.emd(mass, mass, ways, log=True)
    return Matching(x, y, plan.argmax(1), -np.asarray(log["v"]), float(log["cost"]))


def exchanged(partner: NDArray[np.int64], count: int, seed: int = 0) -> NDArray[np.int64]:
    """Partners [n] of which `count`, drawn at random, pass theirs on in a circle: another plan."""
    who = np.random.default_rng(seed).permutation(len(partner))[:count]
    other = partner.copy()
    other[who] = partner[np.roll(who, 1)]
    return other
