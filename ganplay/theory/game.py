"""The GAN's game between densities on a line: the best D, the value, and its floor.

All of it is from Goodfellow et al. 2014. Densities p and q (p_data and p_g) are given at the
points x [n] of an even grid that holds nearly all of both, [n]; integrals are sums over it, whose
error for smooth densities is far below the grid's spacing.
"""

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import xlogy

from ganplay.theory.mixture import Values

FLOOR = -float(np.log(4))
"""The value of the game where p_g = p_data, in nats: D says 1/2 everywhere (theorem 1)."""


def best_discriminator(p: ArrayLike, q: ArrayLike) -> Values:
    """D*(x) = p(x) / (p(x) + q(x)), the D that nothing beats for a fixed G (eq. 2); NaN where
    neither has any mass, for there every D is as good."""
    p, q = np.asarray(p, float), np.asarray(q, float)
    with np.errstate(invalid="ignore"):
        return np.asarray(p / (p + q))


def value(x: Values, p: Values, q: Values, d: Values) -> float:
    """V(D, G) = E_p log D(x) + E_q log(1 - D(x)) for D(x) = d in 0..1 [n], in nats (eq. 1 and 3);
    minus infinity where D is sure and wrong."""
    return _integral(x, xlogy(p, d) + xlogy(q, 1 - d))


def best_value(x: Values, p: Values, q: Values) -> float:
    """C(G) = max_D V(D, G) = 2 JSD(p, q) - log 4, in nats (eq. 6)."""
    return 2 * jsd_on(x, p, q) + FLOOR


def jsd_on(x: Values, p: Values, q: Values) -> float:
    """The Jensen-Shannon divergence of two densities, in nats, from 0 to log 2:
    1/2 KL(p || m) + 1/2 KL(q || m) with m = (p + q) / 2 (Lin 1991, eq. 4.1)."""
    m = (p + q) / 2
    return _integral(x, (xlogy(p, p) + xlogy(q, q)) / 2 - xlogy(m, m))


def _integral(x: Values, f: Values) -> float:
    return float(f.sum() * (x[1] - x[0]))
