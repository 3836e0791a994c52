"""Best answers in the GAN game on the line: what G does against a fixed D, and D against a fixed G.

G puts samples at places m_i, real ones lie at the places of `REAL`. D sees both through the same noise, of
density k(x) = w / (pi (x^2 + w^2)) with w = WIDTH (Cauchy's: its tails give D a slope everywhere), so that
all densities are sums of k and all here is exact. p is the density of real samples, q of generated ones;

    V(D, q) = E_p log D(x) + E_q log(1 - D(x))   in nats   (Goodfellow et al. 2014, eq. 1).
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize_scalar
from scipy.special import expit, xlogy
from scipy.stats import norm

from ganplay.theory.mixture import Values

WIDTH = 0.8
FLOOR = -math.log(4)
"""The value at q = p, in either order of play."""
SPAN = 8.0
"""Places from -SPAN to SPAN are looked at for the highest D."""
PATIENCE, STEP = 24.0, 0.2
"""How long G follows a slope at its turn, and the steps in which that is computed."""
_TABLE = np.linspace(-SPAN, SPAN, 8001)
_NODES = 512
_X = np.tan((np.arange(_NODES) + 0.5) * math.pi / _NODES - math.pi / 2)
_DX = (1 + _X**2) * math.pi / _NODES
"""Nodes and weights for integrals over the whole line with x = tan(angle), after which the integrand is
smooth and periodic: the error is below 1e-9 for all places that the page shows."""


@dataclass(frozen=True)
class Heaps:
    """The density (1/n) sum_i k(x - m_i) of samples at the places m [n] behind the noise."""

    places: Values

    def pdf(self, x: Values) -> Values:
        """The density at x [...], per unit of x."""
        return np.asarray(self._kernel(x).mean(-1))

    def slope(self, x: Values) -> Values:
        """Its derivative at x [...]."""
        kernel = self._kernel(x)
        return np.asarray(
            (-2 * math.pi / WIDTH * (x[..., None] - self.places) * kernel**2).mean(-1)
        )

    def _kernel(self, x: Values) -> Values:
        return np.asarray(WIDTH / math.pi / ((x[..., None] - self.places) ** 2 + WIDTH**2))


REAL = Heaps(np.array([-1.5, 1.5]))
"""p: real samples lie at two places."""


def spread(centre: float, count: int = 24, width: float = 0.6) -> Values:
    """Places [count] as evenly as can be under a Gaussian: where G has got to at first."""
    return np.asarray(centre + width * norm.ppf((np.arange(count) + 0.5) / count))


# ---- D's answer


def logit(q: Heaps, x: Values) -> Values:
    """log(p(x) / q(x)), the logit of D*(x) = p(x) / (p(x) + q(x)), D's best answer to q (Goodfellow et al.
    2014, eq. 2)."""
    return np.log(REAL.pdf(x)) - np.log(q.pdf(x))


def value(answered: Heaps, q: Heaps) -> float:
    """V(D, q) for the D that is the best answer to `answered`."""
    t = logit(answered, _X)
    part = -REAL.pdf(_X) * np.logaddexp(0, -t) - q.pdf(_X) * np.logaddexp(0, t)
    return float(part @ _DX)


def highest_value(q: Heaps) -> float:
    """max over D of V(D, q) = 2 JSD(p, q) - log 4 (Goodfellow et al. 2014, eq. 6), from the entropies."""
    p, g = REAL.pdf(_X), q.pdf(_X)
    m = (p + g) / 2
    return float((xlogy(p, p / m) + xlogy(g, g / m)) @ _DX) + FLOOR


# ---- G's answer


def best_place(answered: Heaps) -> tuple[float, float]:
    """argmax of D, and the highest D, for D the best answer to `answered`.

    Against a fixed D, G's part E_z log(1 - D(G(z))) of V is a mean in which each z stands alone, so it is
    least if every G(z) is this one place: all of p_g in a point (Goodfellow 2016, sec. 5.1.1; Metz et al.
    2017, sec. 2). -log D, the non-saturating loss, has the same answer.
    """
    x = np.linspace(-SPAN, SPAN, 1601)
    near = float(x[logit(answered, x).argmax()])
    found = minimize_scalar(
        lambda at: -float(logit(answered, np.array(at))), method="bounded",
        bounds=(near - 0.01, near + 0.01), options={"xatol": 1e-9},
    )  # fmt: skip
    return float(found.x), float(expit(-found.fun))


def lowest_value(answered: Heaps) -> float:
    """min over q of V(D, q) = E_p log D + log(1 - max D), for D the best answer to `answered`; q may be any
    distribution."""
    real = REAL.pdf(_X) * np.logaddexp(0, -logit(answered, _X))
    return math.log1p(-best_place(answered)[1]) - float(real @ _DX)


def climb(answered: Heaps, places: Values, frames: int) -> Values:
    """Places [frames, n] at equal times up to PATIENCE along dm/dt = d/dm log D(m), the slope that G's
    non-saturating loss gives each sample on its own while D stays the best answer to `answered`.

    By Runge and Kutta's rule of order 4 on a table of the slope; errors are below 2e-4 on the way and
    vanish where a sample comes to rest.
    """
    p, q = REAL.pdf(_TABLE), answered.pdf(_TABLE)
    slopes = (REAL.slope(_TABLE) / p - answered.slope(_TABLE) / q) * q / (p + q)

    def field(x: Values) -> Values:
        return np.asarray(np.interp(x, _TABLE, slopes))

    count = round(PATIENCE / frames / STEP)
    reached = []
    for _ in range(frames):
        for _ in range(count):
            a = field(places)
            b = field(places + STEP / 2 * a)
            c = field(places + STEP / 2 * b)
            places = places + STEP / 6 * (a + 2 * b + 2 * c + field(places + STEP * c))
        reached.append(places)
    return np.array(reached)


def leap(answered: Heaps, places: Values, frames: int) -> Values:
    """Places [frames, n] on straight ways to G's best answer."""
    portions = np.arange(1, frames + 1)[:, None] / frames
    return np.asarray(places + portions * (best_place(answered)[0] - places))


ANSWERS: dict[str, Callable[[Heaps, Values, int], Values]] = {"slope": climb, "best": leap}
"""How G answers: each sample up the slope under it, which may end on a lower hill, or the best answer."""


# ---- in turns


@dataclass(frozen=True)
class Moment:
    """G's places [n], and those that D gave its best answer to."""

    places: Values
    answered: Values


def turns(places: Values, answer: str, rounds: int, frames: int) -> list[Moment]:
    """The game of best answers, rounds * (1 + frames) moments: in each round D answers at once, and then G
    in so many frames, while D stays."""
    moments = []
    for _ in range(rounds):
        reached = ANSWERS[answer](Heaps(places), places, frames)
        moments += [Moment(each, places) for each in (places, *reached)]
        places = reached[-1]
    return moments


def one_place() -> tuple[float, float]:
    """Where a G that can hold but one place does best if D answers last, and min over m of max over D of V
    there. If G answers last the value is FLOOR: D = 1/2 everywhere leaves it no better place, and any other
    D loses to q = p, the mean of two such G."""
    found = minimize_scalar(
        lambda m: highest_value(Heaps(np.array([m]))), bounds=(0.0, SPAN), method="bounded"
    )
    return float(found.x), float(found.fun)
