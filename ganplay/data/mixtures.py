"""Gaussian mixtures, and what they share with every other data set that is blurred by Gaussian noise."""

import math
from functools import lru_cache
from typing import ClassVar, Literal

import torch
from pydantic import field_validator
from torch import Tensor

from ganplay.data.base import DataSet, Parts
from ganplay.settings import setting

CHUNK = 2**16
"""How many distances log_prob holds at once: few enough to stay in a CPU's cache."""


class Blurred(DataSet):
    """Points of the plane, blurred: p(x) = sum_k w_k N(x; c_k, sigma^2 I)."""

    name: str
    sigma: float = setting(
        0.1,
        "Standard deviation of the Gaussian noise around each mode.",
        title="Mode width",
        ge=0.005,
        le=1.0,
    )

    def nodes(self) -> tuple[Tensor, Tensor]:
        """The points c before the blur, [K, 2], and their masses w, [K]; float64, on the CPU."""
        raise NotImplementedError

    def centres(self) -> Tensor:
        """The centres of the parts, [M, 2]; float64, on the CPU."""
        raise NotImplementedError

    @property
    def extent(self) -> float:
        points, _, _ = tables(self, torch.device("cpu"), torch.float64)
        return 1.05 * float(points.abs().max()) + 4 * self.sigma

    def log_prob(self, x: Tensor) -> Tensor:
        points, log_masses, _ = tables(self, x.device, x.dtype)
        constant = math.log(2 * math.pi * self.sigma**2)
        rows = max(1, CHUNK // len(points))
        densities = [
            log_sum_exp(log_masses - squared_distances(chunk, points) / (2 * self.sigma**2))
            for chunk in torch.split(x.reshape(-1, 2), rows)
        ]
        return torch.cat(densities).reshape(x.shape[:-1]) - constant


class GaussianMixture(Blurred):
    """Gaussian modes of equal width, placed and weighed by `nodes`."""

    modes: int = setting(8, "How many Gaussian modes the data has.", title="Modes", ge=1, le=64)

    def centres(self) -> Tensor:
        return self.nodes()[0]

    def sample(self, n: int, generator: torch.Generator) -> Tensor:
        device = generator.device
        points, _, steps = tables(self, device, torch.get_default_dtype())
        which = torch.searchsorted(
            steps, torch.rand(n, generator=generator, device=device), right=True
        )
        noise = torch.randn(n, 2, generator=generator, device=device)
        return points[which].add_(noise, alpha=self.sigma)

    def parts(self) -> Parts:
        return Parts(*cells(self, torch.get_default_dtype()), sigma=self.sigma)


class Ring(GaussianMixture):
    """Gaussian modes of equal share, evenly spaced on a circle."""

    title: ClassVar[str] = "Ring"
    name: Literal["ring"] = "ring"
    radius: float = setting(
        2.0, "Distance of each mode from the centre.", title="Radius", ge=0.5, le=5.0
    )

    def nodes(self) -> tuple[Tensor, Tensor]:
        return on_circle(self.modes, self.radius), equal(self.modes)


class Grid(GaussianMixture):
    """Gaussian modes of equal share on a square grid."""

    title: ClassVar[str] = "Grid"
    name: Literal["grid"] = "grid"
    modes: int = setting(
        25,
        "How many Gaussian modes the data has: a square number, such as 9, 25 or 100.",
        title="Modes",
        ge=4,
        le=100,
    )
    spacing: float = setting(
        2.0, "Distance between neighbouring modes.", title="Spacing", ge=0.5, le=5.0
    )

    @field_validator("modes")
    @classmethod
    def _is_square(cls, modes: int) -> int:
        if math.isqrt(modes) ** 2 != modes:
            raise ValueError("give a square number (4, 9, 16, 25, 36, 49, 64, 81 or 100)")
        return modes

    def nodes(self) -> tuple[Tensor, Tensor]:
        side = math.isqrt(self.modes)
        ticks = (torch.arange(side, dtype=torch.float64) - (side - 1) / 2) * self.spacing
        return torch.cartesian_prod(ticks, ticks), equal(self.modes)


class Unbalanced(GaussianMixture):
    """Gaussian modes on a circle, each rarer than the one before by the same factor."""

    title: ClassVar[str] = "Unbalanced ring"
    name: Literal["unbalanced"] = "unbalanced"
    modes: int = setting(8, "How many Gaussian modes the data has.", title="Modes", ge=2, le=64)
    radius: float = setting(
        2.0, "Distance of each mode from the centre.", title="Radius", ge=0.5, le=5.0
    )
    ratio: float = setting(
        20.0,
        "How many times as much data the largest mode holds as the smallest.",
        title="Imbalance",
        ge=1.0,
        le=1000.0,
    )

    def nodes(self) -> tuple[Tensor, Tensor]:
        falling = torch.linspace(0, -math.log(self.ratio), self.modes, dtype=torch.float64)
        return on_circle(self.modes, self.radius), falling.softmax(0)


def equal(count: int) -> Tensor:
    """Masses that are all the same, [count] float64."""
    return torch.full((count,), 1 / count, dtype=torch.float64)


def on_circle(count: int, radius: float) -> Tensor:
    """Points evenly spaced on a circle, counter-clockwise from (radius, 0), [count, 2] float64."""
    angles = torch.arange(count, dtype=torch.float64) * (2 * math.pi / count)
    return radius * torch.stack((angles.cos(), angles.sin()), -1)


def squared_distances(x: Tensor, points: Tensor) -> Tensor:
    """|x - c|^2 for x [n, 2] and points [K, 2] -> [n, K]."""
    # torch.cdist multiplies out the square, which in float32 costs the digits a small sigma needs.
    return (x[:, :1] - points[:, 0]).square() + (x[:, 1:] - points[:, 1]).square()


def log_sum_exp(terms: Tensor) -> Tensor:
    """log sum_k exp(terms) over the last dimension."""
    top = terms.amax(-1, keepdim=True)
    # torch.logsumexp spends nearly all its time on exponentials that underflow; e^-80 adds nothing.
    return (terms - top).clamp(min=-80).exp().sum(-1).log() + top.squeeze(-1)


@lru_cache(maxsize=64)
def tables(
    data: Blurred, device: torch.device, dtype: torch.dtype
) -> tuple[Tensor, Tensor, Tensor]:
    """The nodes [K, 2], their log masses [K], and where a uniform t steps from one to the next."""
    points, masses = data.nodes()
    columns = (points, masses.log(), masses.cumsum(0)[:-1])
    points, log_masses, steps = (column.to(device, dtype) for column in columns)
    return points, log_masses, steps


@lru_cache(maxsize=64)
def cells(data: Blurred, dtype: torch.dtype) -> tuple[Tensor, Tensor]:
    """The centres [M, 2] and the mass of p_data nearest to each, [M].

    Each node's mass is spread over points laid like N(0, sigma^2 I), 65,536 in all: exact where the
    parts lie apart, and good to 0.1 % of all data where they overlap.
    """
    centres = data.centres()
    points, masses = data.nodes()
    copies = max(64, 2**16 // len(points))
    index = torch.arange(copies, dtype=torch.float64)
    # A sunflower: the radii are the normal's quantiles, each turned by the golden angle.
    radii = data.sigma * torch.sqrt(-2 * torch.log((index + 0.5) / copies))
    angles = index * math.pi * (3 - math.sqrt(5))
    noise = torch.stack((radii * angles.cos(), radii * angles.sin()), -1)

    nearest = torch.cdist((points[:, None] + noise).flatten(0, 1), centres).argmin(-1)
    shares = torch.zeros(len(centres), dtype=torch.float64)
    shares.index_add_(0, nearest, (masses / copies).repeat_interleave(copies))
    return centres.to(dtype), shares.to(dtype)
