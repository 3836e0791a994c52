"""Distributions on the real line with bounded support: bands of constant density."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from ganplay.theory.mixture import Values


@dataclass(frozen=True)
class Bands:
    """sum_k w_k Uniform(centre_k - reach_k, centre_k + reach_k), with the weights w scaled to sum to 1.

    x may have any shape; densities are per unit of x, log densities in nats, -inf where there is no
    band. They take the same arguments as those of a Mixture.
    """

    centres: tuple[float, ...]
    reaches: tuple[float, ...]
    weights: tuple[float, ...] = (1.0,)

    def pdf(self, x: ArrayLike) -> Values:
        """p(x)."""
        offset = np.abs(np.asarray(x, float)[..., None] - self.centres)
        return np.asarray((offset < self.reaches) @ (self._shares / (2 * np.array(self.reaches))))

    def log_pdf(self, x: ArrayLike) -> Values:
        """log p(x)."""
        with np.errstate(divide="ignore"):
            return np.log(self.pdf(x))

    def cdf(self, x: ArrayLike) -> Values:
        """P(X <= x)."""
        along = (np.asarray(x, float)[..., None] - self.centres) / self.reaches
        return np.asarray((np.clip(along, -1, 1) + 1) / 2 @ self._shares)

    def sample(self, n: int, rng: np.random.Generator) -> Values:
        """n independent samples [n]."""
        part = rng.choice(len(self.centres), n, p=self._shares)
        return np.take(self.centres, part) + np.take(self.reaches, part) * rng.uniform(-1, 1, n)

    def edges(self) -> Values:
        """Where bands begin or end, ascending: in between the density is constant."""
        centres, reaches = np.array(self.centres), np.array(self.reaches)
        return np.unique((centres - reaches, centres + reaches))

    @property
    def _shares(self) -> Values:
        weights = np.array(self.weights, float)
        return np.asarray(weights / weights.sum())
