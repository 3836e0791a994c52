"""How weights start: registry name -> init(weight, generator), in place, for one weight [in, out].

The bound or standard deviation of each is that of `torch.nn.init`, whose functions read their
fans from the transposed shape.
"""

import math
from collections.abc import Callable

import torch
from torch import Generator, Tensor


def default(weight: Tensor, generator: Generator) -> None:
    """Uniform in +-1/sqrt(fan_in): what `torch.nn.Linear` does."""
    bound = 1 / math.sqrt(weight.shape[0])
    weight.uniform_(-bound, bound, generator=generator)


def xavier(weight: Tensor, generator: Generator) -> None:
    """Uniform in +-sqrt(6 / (fan_in + fan_out)) (Glorot and Bengio 2010, eq. 16)."""
    bound = math.sqrt(6 / sum(weight.shape))
    weight.uniform_(-bound, bound, generator=generator)


def he(weight: Tensor, generator: Generator) -> None:
    """Normal with standard deviation sqrt(2 / fan_in) (He et al. 2015, eq. 10)."""
    weight.normal_(0, math.sqrt(2 / weight.shape[0]), generator=generator)


def orthogonal(weight: Tensor, generator: Generator) -> None:
    """A random (semi-)orthogonal matrix (Saxe et al. 2014)."""
    tall = weight.new_empty(max(weight.shape), min(weight.shape))
    tall.normal_(generator=generator)
    q, r = torch.linalg.qr(tall)
    q *= r.diagonal().sign()  # makes the draw uniform over orthogonal matrices
    weight.copy_(q if weight.shape[0] >= weight.shape[1] else q.T)


INITS: dict[str, Callable[[Tensor, Generator], None]] = {
    "default": default,
    "xavier": xavier,
    "he": he,
    "orthogonal": orthogonal,
}
