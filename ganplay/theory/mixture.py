"""Distributions on the real line that are known exactly: mixtures of Gaussians."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import log_ndtr

Values = NDArray[np.float64]

LOG_ROOT_TWO_PI = 0.5 * float(np.log(2 * np.pi))


def normal_rule(reach: float, count: int) -> tuple[Values, Values]:
    """Nodes over +-reach [count] and their weights for means over N(0, 1): the trapezoid rule, exact
    to rounding for what is smooth."""
    nodes = np.linspace(-reach, reach, count)
    return nodes, np.exp(-0.5 * nodes**2 - LOG_ROOT_TWO_PI) * (nodes[1] - nodes[0])


@dataclass(frozen=True)
class Mixture:
    """sum_k w_k N(mean_k, sigma_k^2), with the weights w scaled to sum to 1.

    x may have any shape; densities are per unit of x, log densities in nats.
    """

    means: tuple[float, ...]
    sigmas: tuple[float, ...]
    weights: tuple[float, ...] = (1.0,)

    def log_pdf(self, x: ArrayLike) -> Values:
        """log p(x), exact also where p(x) itself would be 0 to all digits."""
        with np.errstate(divide="ignore"):
            heights = np.log(self.shares / self.sigmas) - LOG_ROOT_TWO_PI
        # several times faster than SciPy's logsumexp
        return np.asarray(np.logaddexp.reduce(heights - 0.5 * self._scaled(x) ** 2, -1))

    def pdf(self, x: ArrayLike) -> Values:
        """p(x)."""
        return np.exp(self.log_pdf(x))

    def cdf(self, x: ArrayLike) -> Values:
        """P(X <= x)."""
        return np.asarray(np.exp(log_ndtr(self._scaled(x))) @ self.shares)

    def sample(self, n: int, rng: np.random.Generator) -> Values:
        """n independent samples [n]."""
        part = rng.choice(len(self.means), n, p=self.shares)
        return np.asarray(rng.normal(np.take(self.means, part), np.take(self.sigmas, part)))

    def span(self, deviations: float = 10.0) -> tuple[float, float]:
        """Bounds so many standard deviations beyond every part."""
        means, reach = np.array(self.means), deviations * np.array(self.sigmas)
        return float((means - reach).min()), float((means + reach).max())

    @property
    def shares(self) -> Values:
        """The weights [k], scaled to sum to 1."""
        weights = np.array(self.weights, float)
        return np.asarray(weights / weights.sum())

    def _scaled(self, x: ArrayLike) -> Values:
        """How many standard deviations x [...] lies above each mean, [..., k]."""
        return np.asarray((np.asarray(x, float)[..., None] - self.means) / self.sigmas)
