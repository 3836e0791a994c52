"""Do G's two losses agree? For real samples N(0, 1), generated ones N(theta, 1) and D optimal.

G(z) = z + theta, so that a loss of G has a single slope, the one by theta, D standing still.
"""

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import expit

from ganplay.theory.mixture import LOG_ROOT_TWO_PI, Values

NODES = np.linspace(-10, 10, 401)
"""Where integrals over a standard normal are evaluated; the sum converges exponentially fast, and for
abs(theta) <= 6 is exact to all digits."""
WEIGHTS = np.exp(-0.5 * NODES**2 - LOG_ROOT_TWO_PI) * (NODES[1] - NODES[0])


def optimal(x: ArrayLike, theta: float) -> Values:
    """D*(x) = p(x) / (p(x) + q(x)) = s(theta^2 / 2 - theta x), s the sigmoid (Goodfellow et al. 2014,
    prop. 1)."""
    return np.asarray(expit(theta**2 / 2 - theta * np.asarray(x, float)))


def verdict(theta: ArrayLike) -> Values:
    """What D* says of generated samples on average, E D*(G(z)) = int p q / (p + q) dx, of theta [...]:
    1/2 where q = p and about exp(-theta^2 / 8) far away.

    With u = x - theta / 2 it is exp(-theta^2 / 8) / 2 times the mean of 1 / cosh(theta u / 2) over a
    standard normal u.
    """
    shift = np.asarray(theta, float)
    return np.asarray(
        np.exp(-(shift**2) / 8) / 2 * (1 / np.cosh(shift[..., None] * NODES / 2) @ WEIGHTS)
    )


def slopes(theta: ArrayLike) -> tuple[Values, Values]:
    """The derivatives by theta of E log(1 - D(G(z))) and of -E log D(G(z)), D standing still at D*:
    theta E D*(G(z)) and theta E (1 - D*(G(z))), nats per unit of x.

    Both losses pull at each sample along D's logit, whose slope is -theta, the first with weight D
    and the second with weight 1 - D (Goodfellow et al. 2014, sec. 3). They are the derivatives of
    2 JSD and of KL(q || p) - 2 JSD (Arjovsky and Bottou 2017, thm. 2.5).
    """
    shift, seen = np.asarray(theta, float), verdict(theta)
    return shift * seen, shift * (1 - seen)
