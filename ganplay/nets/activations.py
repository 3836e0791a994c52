"""The non-linearities between layers."""

from collections.abc import Callable

import torch
from torch import Tensor
from torch.nn import functional as F

ACTIVATIONS: dict[str, Callable[[Tensor], Tensor]] = {
    "relu": torch.relu,
    "leaky_relu": lambda x: F.leaky_relu(x, 0.2),  # the slope of DCGAN (Radford 2015, sec. 3)
    "tanh": torch.tanh,
    "silu": F.silu,
}
