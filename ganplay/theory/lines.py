"""Two parallel lines: four distances between distributions whose supports never meet.

p_data is uniform on the upright line (0, z) and p_g on (theta, z), z in 0..1 (Arjovsky et al. 2017,
example 1).
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from ganplay.theory.mixture import Values


def total_variation(theta: ArrayLike) -> Values:
    """sup_A |P(A) - Q(A)|: 1 for disjoint lines, 0 for equal ones (Arjovsky et al. 2017, ex. 1)."""
    return _unless_equal(theta, 1.0)


def jensen_shannon(theta: ArrayLike) -> Values:
    """JSD in nats: log 2 for disjoint lines, 0 for equal ones (Arjovsky et al. 2017, ex. 1)."""
    return _unless_equal(theta, float(np.log(2)))


def kullback_leibler(theta: ArrayLike) -> Values:
    """KL in nats, the same both ways: infinite for disjoint lines, 0 for equal ones (Arjovsky et al.
    2017, ex. 1)."""
    return _unless_equal(theta, np.inf)


def wasserstein(theta: ArrayLike) -> Values:
    """Earth mover's distance W_1 = |theta|, in units of theta (Arjovsky et al. 2017, ex. 1)."""
    return np.asarray(np.abs(np.asarray(theta, float)))


def _unless_equal(theta: ArrayLike, apart: float) -> Values:
    return np.where(np.asarray(theta, float) == 0, 0.0, apart)


def flat_slope(theta: ArrayLike) -> Values:
    """The derivative by theta of what is constant but for a jump at 0; NaN there, where it has none."""
    return np.where(np.asarray(theta, float) == 0, np.nan, 0.0)


def no_slope(theta: ArrayLike) -> Values:
    """The derivative by theta of what is infinite: NaN, there is none."""
    return np.full_like(np.asarray(theta, float), np.nan)


def wasserstein_slope(theta: ArrayLike) -> Values:
    """d|theta|/dtheta = sign(theta); NaN at the kink at 0."""
    theta = np.asarray(theta, float)
    return np.where(theta == 0, np.nan, np.sign(theta))


@dataclass(frozen=True)
class Distance:
    """A distance between the lines: its value over theta and its derivative by theta, NaN where there
    is none. `unit` is empty where it has none."""

    title: str
    unit: str
    value: Callable[[ArrayLike], Values]
    slope: Callable[[ArrayLike], Values]


DISTANCES = {
    "tv": Distance("total variation", "", total_variation, flat_slope),
    "js": Distance("Jensen-Shannon", "nats", jensen_shannon, flat_slope),
    "kl": Distance("Kullback-Leibler", "nats", kullback_leibler, no_slope),
    "w": Distance("earth mover's", "", wasserstein, wasserstein_slope),
}
