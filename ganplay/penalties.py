"""What keeps D smooth: registry name -> penalty on its gradient by the input.

Each is a function of D and points [K, B, 2] that gives [K], to be weighted and added to D's loss.
Evaluated at every step.
"""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from ganplay.nets import MLP


@dataclass(frozen=True)
class Penalty:
    """`value(d, real, fake, portion)`, where `portion` [K, B, 1], uniform in 0..1, says where
    between a real and a generated point to look."""

    title: str
    source: str
    value: Callable[[MLP, Tensor, Tensor, Tensor], Tensor]


def squared_slope(d: MLP, x: Tensor) -> Tensor:
    """|grad D(x)|^2 for points [K, B, 2] -> [K, B]; differentiable by D's parameters."""
    x = x.detach().requires_grad_()
    (slope,) = torch.autograd.grad(d(x).sum(), x, create_graph=True)
    return slope.square().sum(-1)


def gradient_penalty(d: MLP, real: Tensor, fake: Tensor, portion: Tensor) -> Tensor:
    """E (|grad D(x)| - 1)^2, x uniform between a real and a generated point
    (Gulrajani et al. 2017, eq. 3)."""
    between = portion * real + (1 - portion) * fake
    # the root has no slope at 0, where a dead net may be
    norm = squared_slope(d, between).clamp(min=1e-24).sqrt()
    return (norm - 1).square().mean(-1)


def r1(d: MLP, real: Tensor, fake: Tensor, portion: Tensor) -> Tensor:
    """1/2 E |grad D(x)|^2 at real points (Mescheder et al. 2018, eq. 9)."""
    return 0.5 * squared_slope(d, real).mean(-1)


def r2(d: MLP, real: Tensor, fake: Tensor, portion: Tensor) -> Tensor:
    """1/2 E |grad D(x)|^2 at generated points (Mescheder et al. 2018, eq. 10)."""
    return 0.5 * squared_slope(d, fake).mean(-1)


def r1_r2(d: MLP, real: Tensor, fake: Tensor, portion: Tensor) -> Tensor:
    """R1 + R2 (Huang et al. 2025, sec. 2.2)."""
    # the mean over both kinds is half the sum of their means
    return squared_slope(d, torch.cat((real, fake), 1)).mean(-1)


PENALTIES: dict[str, Penalty | None] = {
    "none": None,
    "gp": Penalty("Gradient penalty", "Gulrajani et al. 2017, eq. 3", gradient_penalty),
    "r1": Penalty("R1", "Mescheder et al. 2018, eq. 9", r1),
    "r2": Penalty("R2", "Mescheder et al. 2018, eq. 10", r2),
    "r1_r2": Penalty("R1 + R2", "Huang et al. 2025, sec. 2.2", r1_r2),
}


def penalty_gradient(
    penalty: Penalty, d: MLP, weight: float, real: Tensor, fake: Tensor, portion: Tensor
) -> Tensor:
    """The weighted penalty's gradient by D's parameters, [K, P]."""
    return d.gradient_of(weight * penalty.value(d, real, fake, portion))
