"""The non-linearities between layers."""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional as F

LEAK = 0.2
"""The slope of DCGAN's leaky ReLU on the left (Radford et al. 2015, sec. 3)."""


@dataclass(frozen=True)
class Activation:
    """A function of each element, and the same in place, which spares the cache.
    `slope(gradient, value)` carries a gradient back through it, given its value; None where the
    value does not tell the slope."""

    function: Callable[[Tensor], Tensor]
    in_place: Callable[[Tensor], Tensor]
    slope: Callable[[Tensor, Tensor], Tensor] | None


ACTIVATIONS: dict[str, Activation] = {
    "relu": Activation(
        torch.relu,
        torch.relu_,
        lambda gradient, value: torch.ops.aten.threshold_backward(gradient, value, 0.0),
    ),
    "leaky_relu": Activation(
        lambda x: F.leaky_relu(x, LEAK),
        lambda x: F.leaky_relu_(x, LEAK),
        lambda gradient, value: torch.ops.aten.leaky_relu_backward(gradient, value, LEAK, True),
    ),
    "tanh": Activation(torch.tanh, torch.tanh_, torch.ops.aten.tanh_backward),
    "silu": Activation(F.silu, lambda x: F.silu(x, inplace=True), None),
}
