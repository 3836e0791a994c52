"""Gaussian mixtures: on a ring, on a grid, and on a ring with unequal shares."""

import math
from typing import ClassVar, Literal

import torch
from pydantic import field_validator
from torch import Tensor

from ganplay.data.base import Parts
from ganplay.data.blurred import Blurred, cells, tables
from ganplay.settings import setting


class GaussianMixture(Blurred):
    """Gaussian modes of equal width, placed and weighed by `nodes`."""

    modes: int = setting(8, "How many Gaussian modes the data has.", title="modes", ge=1, le=64)

    def centres(self) -> Tensor:
        return self.nodes()[0]

    def sample(self, n: int, generator: torch.Generator) -> Tensor:
        device = generator.device
        points, _, steps = tables(self, device, torch.get_default_dtype())
        which = torch.searchsorted(steps, torch.rand(n, generator=generator, device=device))
        noise = torch.randn(n, 2, generator=generator, device=device)
        return points[which].add_(noise, alpha=self.sigma)

    def parts(self) -> Parts:
        return Parts(*cells(self, torch.get_default_dtype()), sigma=self.sigma)


class Ring(GaussianMixture):
    """Gaussian modes of equal share, evenly spaced on a circle."""

    title: ClassVar[str] = "Ring"
    name: Literal["ring"] = "ring"
    radius: float = setting(
        2.0, "Distance of each mode from the centre.", title="radius", ge=0.5, le=5.0
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
        title="modes",
        ge=4,
        le=100,
    )
    spacing: float = setting(
        2.0, "Distance between neighbouring modes.", title="spacing", ge=0.5, le=5.0
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
    modes: int = setting(8, "How many Gaussian modes the data has.", title="modes", ge=2, le=64)
    radius: float = setting(
        2.0, "Distance of each mode from the centre.", title="radius", ge=0.5, le=5.0
    )
    ratio: float = setting(
        20.0,
        "How many times as much data the largest mode holds as the smallest.",
        title="imbalance",
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
