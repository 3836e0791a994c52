"""Curves in the plane, drawn with a Gaussian pen."""

import math
from typing import ClassVar, Literal

import numpy as np
import torch
from torch import Tensor

from ganplay.data.base import Parts
from ganplay.data.blurred import Blurred, cells
from ganplay.settings import setting

ARCS = 8


class Curve(Blurred):
    """A point of a curve, c(t) with t uniform in [0, 1], plus Gaussian noise."""

    sigma: float = setting(
        0.05,
        "Standard deviation of the Gaussian noise around the curve.",
        title="thickness",
        ge=0.02,
        le=0.5,
    )

    def curve(self, t: Tensor) -> Tensor:
        """The point without noise at t [n] in [0, 1] -> [n, 2]; smooth but for a jump at t = 1/2."""
        raise NotImplementedError

    def centres(self) -> Tensor:
        return self.curve(midpoints(ARCS))

    def nodes(self) -> tuple[Tensor, Tensor]:
        # The noise makes the integrand over t a bump about sigma wide. Sixteen Gauss-Legendre nodes
        # on at most 6 sigma of curve leave a relative error below 1e-6 up to 10 sigma away from it.
        halves = self.curve(midpoints(512)).reshape(2, 256, 2)
        speed = 512 * float(halves.diff(dim=1).norm(dim=-1).max())
        panels = 2 * math.ceil(speed / (12 * self.sigma))
        abscissae, weights = np.polynomial.legendre.leggauss(16)
        offsets = torch.from_numpy(abscissae) / (2 * panels)
        masses = torch.from_numpy(weights) / (2 * panels)
        return self.curve((midpoints(panels)[:, None] + offsets).flatten()), masses.repeat(panels)

    def sample(self, n: int, generator: torch.Generator) -> Tensor:
        t = torch.rand(n, generator=generator, device=generator.device)
        noise = torch.randn(n, 2, generator=generator, device=generator.device)
        return self.curve(t).add_(noise, alpha=self.sigma)

    def parts(self) -> Parts:
        """Eight arcs of equal mass; the shares are those of the cells around their middles."""
        return Parts(*cells(self, torch.get_default_dtype()), sigma=None)


class TwoMoons(Curve):
    """Two half circles that reach into each other."""

    title: ClassVar[str] = "Two moons"
    name: Literal["two_moons"] = "two_moons"

    def curve(self, t: Tensor) -> Tensor:
        side = torch.where(t < 0.5, -1.0, 1.0).to(t)
        angle = 2 * math.pi * t
        moons = torch.stack((angle.cos() + 0.5 * side, angle.sin() + 0.25 * side), -1)
        return moons * (4 / 3)


class Spiral(Curve):
    """Two arms that wind around each other."""

    title: ClassVar[str] = "Spiral"
    name: Literal["spiral"] = "spiral"

    def curve(self, t: Tensor) -> Tensor:
        start, end = 0.5 * math.pi, 3 * math.pi
        # An angle that grows with the root of t spreads the points evenly along the arm.
        angle = torch.sqrt(start**2 + (end**2 - start**2) * (2 * t).frac())
        radius = torch.where(t < 0.5, angle, -angle) * (2 / end)
        return torch.stack((radius * angle.cos(), radius * angle.sin()), -1)


class SwissRoll(Curve):
    """One long arm rolled up around the centre."""

    title: ClassVar[str] = "Swiss roll"
    name: Literal["swiss_roll"] = "swiss_roll"

    def curve(self, t: Tensor) -> Tensor:
        angle = 1.5 * math.pi * (1 + 2 * t)
        radius = angle * (2 / (4.5 * math.pi))
        return torch.stack((radius * angle.cos(), radius * angle.sin()), -1)


class Line(Curve):
    """A straight segment through the centre."""

    title: ClassVar[str] = "Line"
    name: Literal["line"] = "line"
    length: float = setting(4.0, "Length of the segment.", title="length", ge=0.5, le=8.0)
    angle: float = setting(
        30.0,
        "Angle between the segment and the horizontal.",
        title="angle",
        unit="degrees",
        ge=-180.0,
        le=180.0,
    )

    @property
    def direction(self) -> tuple[float, float]:
        """The unit vector along the segment."""
        return math.cos(math.radians(self.angle)), math.sin(math.radians(self.angle))

    def curve(self, t: Tensor) -> Tensor:
        along = self.length * (t - 0.5)
        cos, sin = self.direction
        return torch.stack((along * cos, along * sin), -1)

    def log_prob(self, x: Tensor) -> Tensor:
        """The closed form: a uniform blurred by a Gaussian along the segment, a Gaussian across."""
        cos, sin = self.direction
        along = (cos * x[..., 0] + sin * x[..., 1]).abs() / self.sigma
        across = (cos * x[..., 1] - sin * x[..., 0]) / self.sigma
        half = self.length / 2 / self.sigma
        # log(Phi(a) - Phi(b)) without cancellation, which erf would suffer beyond the segment's end.
        upper: Tensor = torch.special.log_ndtr(half - along)
        lower = torch.special.log_ndtr(-half - along)
        uniform = upper + torch.log1p(-torch.exp(lower - upper)) - math.log(self.length)
        return uniform - across.square() / 2 - math.log(math.sqrt(2 * math.pi) * self.sigma)


def midpoints(count: int) -> Tensor:
    """The middles of `count` equal pieces of [0, 1], [count] float64."""
    return (torch.arange(count, dtype=torch.float64) + 0.5) / count
