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

    `slope(gradient, value)` carries a gradient back through it, in place, given its value; None
    where the value does not tell the slope. `piecewise_linear` says that this slope is a constant but for
    kinks. `fused` is oneDNN's name and parameters for it.
    """

    function: Callable[[Tensor], Tensor]
    in_place: Callable[[Tensor], Tensor]
    slope: Callable[[Tensor, Tensor], Tensor] | None = None
    piecewise_linear: bool = False
    fused: tuple[str, list[float]] | None = None


_relu_backward = torch.ops.aten.threshold_backward.grad_input
_leaky_backward = torch.ops.aten.leaky_relu_backward.grad_input
_tanh_backward = torch.ops.aten.tanh_backward.grad_input

ACTIVATIONS: dict[str, Activation] = {
    "relu": Activation(
        torch.relu,
        torch.relu_,
        lambda gradient, value: _relu_backward(gradient, value, 0.0, grad_input=gradient),
        piecewise_linear=True,
        fused=("relu", []),
    ),
    "leaky_relu": Activation(
        lambda x: F.leaky_relu(x, LEAK),
        lambda x: F.leaky_relu_(x, LEAK),
        lambda gradient, value: _leaky_backward(gradient, value, LEAK, True, grad_input=gradient),
        piecewise_linear=True,
        fused=("leaky_relu", [LEAK]),
    ),
    "tanh": Activation(
        torch.tanh,
        torch.tanh_,
        lambda gradient, value: _tanh_backward(gradient, value, grad_input=gradient),
        fused=("tanh", []),
    ),
    "silu": Activation(F.silu, lambda x: F.silu(x, inplace=True)),
}
