"""How two players take steps along a field, and the registry of the methods made of both.

A step of size h turns an eigenvalue mu of the field's Jacobian into one of the update's, lambda. Near the
equilibrium the distance is multiplied by |lambda| at each step: the method converges where all |lambda|
are below 1 (Bertsekas 1999, prop. 4.4.1, which Mescheder et al. 2017 and 2018 build on).
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ganplay.theory import dirac
from ganplay.theory.dirac import Field, Loss, Rates, State
from ganplay.theory.mixture import Values

Multipliers = NDArray[np.complex128]
FAR = 1e12
"""A path that comes so far ends there."""
ROUNDING = 1e-12
"""Within which |lambda| counts as 1."""


@dataclass(frozen=True)
class Step:
    """A rule for one step: from a field and a state [..., 2] the next state; from mu the lambda; and the
    supremum of the h with all |lambda| < 1, which is 0 where there is none."""

    take: Callable[[Field, State, float], State]
    multipliers: Callable[[Rates, float], Multipliers]
    limit: Callable[[Rates], float]


# ---- simultaneous: both players see the same state


def _simultaneous(field: Field, x: State, h: float) -> State:
    return x + h * field(x)


def _simultaneous_multipliers(rates: Rates, h: float) -> Multipliers:
    """lambda = 1 + h mu (Mescheder et al. 2018, lemma 2.4)."""
    return 1 + h * rates


def _simultaneous_limit(rates: Rates) -> float:
    """|1 + h mu| < 1 iff h < -2 Re(mu) / |mu|^2 (Mescheder et al. 2017, lemma 4)."""
    return max(0.0, float((-2 * rates.real / np.abs(rates) ** 2).min()))


SIMULTANEOUS = Step(_simultaneous, _simultaneous_multipliers, _simultaneous_limit)


# ---- alternating: D moves, then G sees the new D


def _alternating(field: Field, x: State, h: float) -> State:
    x = x + h * field(x) * (0, 1)
    return x + h * field(x) * (1, 0)


def _alternating_multipliers(rates: Rates, h: float) -> Multipliers:
    """lambda = 1 - a^2/2 +- sqrt((1 - a^2/2)^2 - 1) with a = h |mu|, for mu = +-i w only: on the unit circle
    up to a = 2 (Mescheder et al. 2018, lemma 2.5)."""
    real = complex(1 - float(np.abs(rates[0]) * h) ** 2 / 2)
    root = np.sqrt(real**2 - 1)
    return np.array([real + root, real - root])


ALTERNATING = Step(_alternating, _alternating_multipliers, lambda rates: 0.0)


# ---- extragradient: step as if, look at the field there, and step by that


def _extragradient(field: Field, x: State, h: float) -> State:
    """Korpelevich 1976; for GANs Gidel et al. 2019, sec. 3.2."""
    return x + h * field(x + h * field(x))


def _extragradient_multipliers(rates: Rates, h: float) -> Multipliers:
    """lambda = 1 + h mu + h^2 mu^2."""
    return 1 + h * rates + (h * rates) ** 2


def _extragradient_limit(rates: Rates) -> float:
    """1 / w for mu = +-i w only, as |lambda|^2 = 1 - (h w)^2 + (h w)^4."""
    return 1 / float(np.abs(rates[0]))


EXTRAGRADIENT = Step(_extragradient, _extragradient_multipliers, _extragradient_limit)


# ---- methods


@dataclass(frozen=True)
class Weight:
    """The one number that a method has besides the step size."""

    name: str
    title: str
    default: float
    least: float
    most: float


GAMMA = Weight("gamma", "Weight of the penalty, γ", 1.0, 0.1, 4.0)
BOUND = Weight("bound", "Bound of D's slope, c", 1.0, 0.1, 2.0)
MEMORY = Weight("memory", "Memory of the average, β", 0.98, 0.0, 0.999)


def _kept(x: State, weight: float) -> State:
    return x


def _clipped(x: State, weight: float) -> State:
    """psi within [-c, c] (Arjovsky et al. 2017, algorithm 1)."""
    return np.stack((x[..., 0], x[..., 1].clip(-weight, weight)), -1)


@dataclass(frozen=True)
class Method:
    """A way to train: the field that is followed, the rule for a step, what is done after it, and the
    field's exact eigenvalues at the equilibrium, where it has any."""

    title: str
    field: Callable[[Loss, float], Field]
    rates: Callable[[float, float], Rates] | None = dirac.plain_rates
    step: Step = SIMULTANEOUS
    after: Callable[[State, float], State] = _kept
    weight: Weight | None = None
    averages: bool = False
    """Whether what is looked at is the average of the states, of which `weight` is the memory."""

    def update(self, loss: Loss, h: float, weight: float) -> Callable[[State], State]:
        """The operator F: states [..., 2] -> the states [..., 2] one step later."""
        field = self.field(loss, weight)
        return lambda x: self.after(self.step.take(field, x, h), weight)

    def eigenvalues(self, loss: Loss, h: float, weight: float) -> Multipliers:
        """Those of dF at the equilibrium, in closed form; none where the field jumps there. Averages add
        the eigenvalue `weight`, twice."""
        if self.rates is None:
            return np.empty(0, complex)
        found = self.step.multipliers(self.rates(loss.speed, weight), h)
        return np.append(found, [weight, weight]) if self.averages else found

    def limit(self, loss: Loss, weight: float) -> float:
        """The step size below which all |eigenvalues| are below 1; 0 where there is none."""
        return 0.0 if self.rates is None else self.step.limit(self.rates(loss.speed, weight))


METHODS = {
    "simultaneous": Method("Simultaneous", dirac.plain),
    "alternating": Method("Alternating", dirac.plain, step=ALTERNATING),
    "r1": Method("R1", dirac.r1, dirac.r1_rates, weight=GAMMA),
    "gradient_penalty": Method("Gradient penalty", dirac.gradient_penalty, None, weight=GAMMA),
    "clipping": Method("Clipping", dirac.plain, after=_clipped, weight=BOUND),
    "consensus": Method("Consensus", dirac.consensus, dirac.consensus_rates, weight=GAMMA),
    "extragradient": Method("Extragradient", dirac.plain, step=EXTRAGRADIENT),
    "average": Method("Average", dirac.plain, step=ALTERNATING, weight=MEMORY, averages=True),
}


def path(update: Callable[[State], State], start: State, count: int) -> Values:
    """The states [count + 1, 2] from a start [2]; nan once it is too far away to go on."""
    states = np.full((count + 1, 2), np.nan)
    states[0] = start
    for n in range(count):
        if not np.abs(states[n]).max() < FAR:
            break
        states[n + 1] = update(states[n])
    return states


def averaged(states: Values, memory: float) -> Values:
    """The exponential moving average y' = b y + (1 - b) x' of states [N, 2], that begins at the first of
    them (Yazici et al. 2019)."""
    means = states.copy()
    for n in range(1, len(states)):
        means[n] = memory * means[n - 1] + (1 - memory) * states[n]
    return means


def shrinkage(multipliers: Multipliers, memory: float) -> float:
    """(1 - b) / |lambda - b|: the size of an average's orbit in the end, as a portion of that of the states
    it is of, where these go round with |lambda| = 1 (b below 1).

    From x_n = Re(c lambda^n) and y_n = b y_(n-1) + (1 - b) x_n.
    """
    return float((1 - memory) / abs(multipliers[0] - memory))


def expected(
    method: Method, loss: Loss, h: float, weight: float, start: State, count: int
) -> Values | None:
    """The distances [count + 1] that the eigenvalues foretell, |lambda|^n of the first; of an average, that
    of the orbit it ends on. None where there are no eigenvalues."""
    found = method.eigenvalues(loss, h, weight)
    if not len(found):
        return None
    first = float(dirac.radius(start)) * (shrinkage(found, weight) if method.averages else 1)
    with np.errstate(over="ignore", invalid="ignore"):
        return np.asarray(first * float(np.abs(found).max()) ** np.arange(count + 1.0))


def orbit(
    method: Method, loss: Loss, h: float, weight: float, start: State
) -> tuple[str, Values] | None:
    """A closed curve [M, 2] that is exactly known, and what it is: that of the alternating steps of the
    bilinear game, or else the circle of infinitely small steps of a game that has no penalty."""
    if not loss.zero_sum or method.field is not dirac.plain or method.after is not _kept:
        return None
    if method.step is ALTERNATING and loss is dirac.LOSSES["wgan"] and h < 2:
        found = method.eigenvalues(loss, h, weight)
        size = shrinkage(found, weight) if method.averages else 1.0
        return "exact orbit", size * dirac.ellipse(start, h)
    return None if method.averages else ("infinitely small steps", dirac.circle(start))


def verdict(eigenvalues: Multipliers) -> str:
    """What happens near the equilibrium: "converges", "orbits", "leaves" or "jumps"."""
    if not len(eigenvalues):
        return "jumps"
    largest = float(np.abs(eigenvalues).max())
    if math.isclose(largest, 1, rel_tol=0, abs_tol=ROUNDING):
        return "orbits"
    return "converges" if largest < 1 else "leaves"
