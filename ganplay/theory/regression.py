"""What squared error learns where there are two answers: y = +b(x) or -b(x), and noise."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from ganplay.theory.mixture import Mixture, Values


@dataclass(frozen=True)
class Branches:
    """x is uniform in [0, 1], y is N(b(x), sigma^2) with chance `share` and else N(-b(x), sigma^2), for
    b(x) = height sin(pi x): two branches that part and meet again."""

    height: float
    share: float = 0.5
    sigma: float = 0.1

    def upper(self, x: ArrayLike) -> Values:
        """b(x)."""
        return self.height * np.sin(np.pi * np.asarray(x, float))

    def given(self, x: float) -> Mixture:
        """p(y | x), y in its own units."""
        b = float(self.upper(x))
        return Mixture((b, -b), (self.sigma, self.sigma), (self.share, 1 - self.share))

    def mean(self, x: ArrayLike) -> Values:
        """E[y | x] = (2 share - 1) b(x), which is what least squared error leads to (Bishop 2006,
        eq. 1.89)."""
        return (2 * self.share - 1) * self.upper(x)

    def deviation(self, x: ArrayLike) -> Values:
        """The standard deviation of p(y | x), sqrt(sigma^2 + 4 share (1 - share) b(x)^2).

        With E[y | x] it is the Gaussian of greatest likelihood, that is, the decoder a VAE would
        learn if z told nothing of the branch (Kingma and Welling 2014, app. C.2).
        """
        spread = 4 * self.share * (1 - self.share) * self.upper(x) ** 2
        return np.sqrt(self.sigma**2 + spread)

    def sample(self, n: int, rng: np.random.Generator) -> tuple[Values, Values]:
        """n independent pairs, x [n] and y [n]."""
        x = rng.uniform(size=n)
        side = np.where(rng.uniform(size=n) < self.share, 1, -1)
        return x, side * self.upper(x) + self.sigma * rng.normal(size=n)
