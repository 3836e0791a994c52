"""The game without nets: p_g itself as the unknown, moved down the slope of its value.

Goodfellow et al. 2014, prop. 2: once D answers each p_g with its best, p_g minimises

    C(p_g) = max_D V(D, p_g) = int p log p/(p + p_g) + p_g log p_g/(p + p_g) dx,    p = p_data

(`game.best_value`), which is a supremum of functions that are linear in p_g. So it is convex, and its
only minimum is -log 4, at p_g = p. Densities are given at the points of an even grid, [n].
"""

from collections.abc import Iterator

import numpy as np

from ganplay.theory.game import FLOOR, best_value
from ganplay.theory.mixture import Values

TINY = 1e-300
"""Stands for a density of 0, which no product would ever lead away from."""
SETTLED = 1e-9
"""Nats above the floor at which nothing is seen to move any more."""


def functional_gradient(p: Values, q: Values) -> Values:
    """dC/dq(x) = log q/(p + q) = log(1 - D*(x)): C(q + e h) = C(q) + e int dC/dq h dx + O(e^2) for
    changes h of mass 0.

    By q the first integrand has the slope -p/(p + q) and the second log q/(p + q) + 1 - q/(p + q); all
    but the logarithm cancels. So it is the slope of V(D, q) with D held at D*, the subgradient of a
    supremum that the proof of prop. 2 speaks of.
    """
    return np.asarray(np.log(q / (p + q)))


def growth(p: Values, q: Values) -> Values:
    """How fast p_g = q grows at each place when it descends C, for each unit of `size`:
    q (E_q log(1 - D*) - log(1 - D*)), what a step of `descent` does as its size goes to 0."""
    p, q = np.maximum(p, TINY), np.maximum(q, TINY)
    slope = functional_gradient(p, q)
    return np.asarray(q * ((q * slope).sum() / q.sum() - slope))


def descent(p: Values, q: Values, size: float) -> Iterator[Values]:
    """p_g from q on, step by step, by mirror descent: D* anew each time, then

        log p_g <- log p_g - size log(1 - D*) - log Z,    with Z such that the mass stays.

    The mirror is the entropy (Beck and Teboulle 2003, sec. 5), so steps are products and keep p_g
    positive. The curvature of C, p/(q (p + q)), is below that of the entropy, 1/q; hence C falls at
    each step of a size <= 1, and C + log 4 <= KL(p || q) / (n size) after n (Lu, Freund and Nesterov
    2018, thm. 3.1). A step of size 1 is p_g <- (p + p_g)/2. Densities of 0 are taken as 1e-300.
    """
    p, q, mass = np.maximum(p, TINY), np.maximum(q, TINY), q.sum()
    while True:
        yield q
        q = q * np.exp(-size * functional_gradient(p, q))
        q = np.maximum(q * (mass / q.sum()), TINY)


class Path:
    """A descent as far as it was asked for, from a start q at the points x."""

    def __init__(self, x: Values, p: Values, q: Values, size: float):
        self._x, self._p, self._steps = x, p, descent(p, q, size)
        self._densities: list[Values] = []
        self._values: list[float] = []

    def at(self, step: int) -> tuple[Values, Values]:
        """p_g after so many steps [n], and C from the start up to there [step + 1]. Where C is its
        floor to SETTLED nats, p_g stays."""
        while len(self._values) <= step and not self._is_settled:
            self._densities.append(next(self._steps))
            self._values.append(best_value(self._x, self._p, self._densities[-1]))
        beyond = max(0, step + 1 - len(self._values))
        values = np.pad(self._values, (0, beyond), "edge")[: step + 1]
        return self._densities[min(step, len(self._densities) - 1)], values

    @property
    def _is_settled(self) -> bool:
        return bool(self._values) and self._values[-1] - FLOOR < SETTLED
