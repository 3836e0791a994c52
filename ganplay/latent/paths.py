"""Ways from one z to the next: straight lines, arcs, loops and grids; and the cross-fade beside them.

A cross-fade is the straight way between pictures instead of between their z.
"""

from collections.abc import Callable
from itertools import pairwise

import torch
from torch import Tensor

from ganplay.latent.model import Model

Way = Callable[[Tensor, Tensor, Tensor], Tensor]
"""What lies between a and b, both [..., d], at a portion t of the way, [..., 1]."""

PARALLEL = 1e-6
"""Sine of an angle below which rounding hides in which plane two vectors lie."""


def linear(a: Tensor, b: Tensor, t: Tensor) -> Tensor:
    """The straight line: (1 - t) a + t b, exactly a and b at its ends."""
    return torch.lerp(a, b, t)


def spherical(a: Tensor, b: Tensor, t: Tensor) -> Tensor:
    """The arc of a great circle: the direction turns from a's to b's at a constant rate (Shoemake
    1985, sec. 3.3; for z White 2016, sec. 2.1) and the length changes linearly.

    Where b points away from a any arc is as short; the one taken is always the same.
    """
    long_a, long_b = a.norm(dim=-1, keepdim=True), b.norm(dim=-1, keepdim=True)
    from_, to = _over(a, long_a), _over(b, long_b)
    along = (from_ * to).sum(-1, keepdim=True)
    aside = to - along * from_
    sine = aside.norm(dim=-1, keepdim=True)
    lost = (sine < PARALLEL) & (along < 0)
    aside = torch.where(lost, _across(from_), _over(aside, sine))
    turn = t * torch.atan2(sine, along)  # unlike acos exact for small angles, and for those near pi
    arc = (turn.cos() * from_ + turn.sin() * aside) * linear(long_a, long_b, t)
    return torch.where(t == 0, a, torch.where(t == 1, b, arc))


WAYS: dict[str, Way] = {"linear": linear, "spherical": spherical}
"""The ways through z by their names."""

FADE = "cross-fade"
"""The name of the cross-fade, beside those of the ways."""


def path(anchors: Tensor, steps: int, way: Way, closed: bool = False) -> Tensor:
    """From each of k anchors [k, ...] to the next in so many equal steps of t: [(k - 1) steps + 1,
    ...], with all anchors; a closed path goes back to the first and stops a step before it,
    [k steps, ...]."""
    ends = torch.cat((anchors, anchors[:1])) if closed else anchors
    t = torch.arange(steps, dtype=anchors.dtype).div(steps).view(-1, *[1] * (anchors.ndim - 1))
    legs = [way(a[None], b[None], t) for a, b in pairwise(ends)]
    return torch.cat(legs if closed else [*legs, ends[-1:]])


def grid(corners: Tensor, side: int, way: Way) -> Tensor:
    """What lies between four corners [4, ...], in reading order: [side * side, ...], row by row. Each
    row goes along `way` between points of the left and the right edge, which go along it too; for
    the straight one that is the bilinear mean, and for arcs rows and columns are no longer alike."""
    t = torch.linspace(0, 1, side, dtype=corners.dtype).view(-1, *[1] * (corners.ndim - 1))
    left, right = way(corners[:1], corners[2:3], t), way(corners[1:2], corners[3:], t)
    return way(left[:, None], right[:, None], t[None]).flatten(0, 1)


def between(
    model: Model, anchors: Tensor, lay: Callable[[Tensor, Way], Tensor]
) -> dict[str, Tensor]:
    """Pictures on what `lay` lays between anchors [k, latent.dim], along each of WAYS; and, under
    FADE, on what it lays straight between the anchors' pictures."""
    made = {name: model.generate(lay(anchors, way)) for name, way in WAYS.items()}
    return made | {FADE: lay(model.generate(anchors), linear)}


def lengths(z: Tensor) -> tuple[float, float]:
    """The shortest and the longest of z [n, d]."""
    long = z.norm(dim=1)
    return float(long.min()), float(long.max())


def _over(vector: Tensor, length: Tensor) -> Tensor:
    """A vector of length 1; of length 0 where its own is."""
    return vector / length.clamp_min(torch.finfo(length.dtype).tiny)


def _across(unit: Tensor) -> Tensor:
    """A vector of length 1 that is orthogonal to one."""
    axis = torch.zeros_like(unit).scatter_(-1, unit.abs().argmin(-1, keepdim=True), 1)
    aside = axis - (axis * unit).sum(-1, keepdim=True) * unit
    return _over(aside, aside.norm(dim=-1, keepdim=True))
