"""Two data sets that are neither modes nor curves: sharp edges, and tails without end."""

import math
from functools import lru_cache
from typing import ClassVar, Literal

import torch
from torch import Tensor

from ganplay.data.base import Parts, Plane
from ganplay.data.mixtures import equal, on_circle
from ganplay.settings import setting

SHELLS = 8


class Checkerboard(Plane):
    """Points spread evenly over the dark squares of a 4 by 4 board."""

    title: ClassVar[str] = "Checkerboard"
    name: Literal["checkerboard"] = "checkerboard"

    @property
    def extent(self) -> float:
        return 2.2

    def sample(self, n: int, generator: torch.Generator) -> Tensor:
        device = generator.device
        square = torch.randint(8, (n,), generator=generator, device=device)
        corner = corners(device, torch.get_default_dtype())[square]
        return corner.add_(torch.rand(n, 2, generator=generator, device=device))

    def log_prob(self, x: Tensor) -> Tensor:
        offset = x[..., None, :] - corners(x.device, x.dtype)
        dark = ((offset >= 0) & (offset <= 1)).all(-1).any(-1)
        return torch.full_like(x[..., 0], -math.log(8)).masked_fill(~dark, -math.inf)

    def parts(self) -> Parts:
        """The eight dark squares: to each, the points on it are nearest, and those around it."""
        centres = corners(torch.device("cpu"), torch.get_default_dtype()) + 0.5
        return Parts(centres, equal(8).to(centres), sigma=None)


class HeavyTail(Plane):
    """A bell with so heavy a tail that now and then a point lies very far out (Student's t)."""

    title: ClassVar[str] = "Heavy tail"
    name: Literal["heavy_tail"] = "heavy_tail"
    df: float = setting(
        2.0,
        "Degrees of freedom: the smaller, the heavier the tail.",
        title="degrees of freedom",
        ge=0.5,
        le=30.0,
    )
    scale: float = setting(0.5, "Width of the bell's middle.", title="scale", ge=0.1, le=2.0)

    @property
    def extent(self) -> float:
        return 8 * self.scale

    def radius(self, log_beyond: Tensor) -> Tensor:
        """The radius beyond which a share of exp(log_beyond) of the data lies, of the same shape.

        The inverse of P(|x| > r) = (1 + r^2 / (df scale^2))^(-df / 2).
        """
        return self.scale * torch.sqrt(self.df * torch.expm1(log_beyond * (-2 / self.df)))

    def sample(self, n: int, generator: torch.Generator) -> Tensor:
        uniform = torch.rand(2, n, generator=generator, device=generator.device)
        radius = self.radius(torch.log1p(-uniform[0]))
        angle = 2 * math.pi * uniform[1]
        return torch.stack((radius * angle.cos(), radius * angle.sin()), -1)

    def log_prob(self, x: Tensor) -> Tensor:
        squared = x.square().sum(-1) / (self.df * self.scale**2)
        return -(self.df / 2 + 1) * squared.log1p() - math.log(2 * math.pi * self.scale**2)

    def parts(self) -> Parts:
        """Eight shells of equal mass, each with a centre on its median radius."""
        beyond = 1 - (torch.arange(SHELLS, dtype=torch.float64) + 0.5) / SHELLS
        centres = self.radius(beyond.log())[:, None] * on_circle(SHELLS, 1.0)
        dtype = torch.get_default_dtype()
        return Parts(centres.to(dtype), equal(SHELLS).to(dtype), sigma=None)

    def part_of(self, x: Tensor) -> Tensor:
        """The index of the shell each point of x [n, 2] lies in, from the inside out, [n] int64."""
        beyond = 1 - torch.arange(1, SHELLS, dtype=torch.float64) / SHELLS
        return torch.bucketize(x.norm(dim=-1), self.radius(beyond.log()).to(x))


@lru_cache(maxsize=8)
def corners(device: torch.device, dtype: torch.dtype) -> Tensor:
    """The lower left corner of each dark square, row by row from the bottom, [8, 2]."""
    squares = [(x, y) for y in range(-2, 2) for x in range(-2, 2) if (x + y) % 2 == 0]
    return torch.tensor(squares, device=device, dtype=dtype)
