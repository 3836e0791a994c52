"""How weights start: registry name -> init(weight, generator), by `torch.nn.init`.

Each fills one weight [out, in, ...] in place.
"""

import math
from collections.abc import Callable

from torch import Generator, Tensor
from torch.nn import init


def default(weight: Tensor, generator: Generator) -> None:
    """Uniform in +-1/sqrt(fan_in): what `torch.nn.Linear` does."""
    init.kaiming_uniform_(weight, math.sqrt(5), generator=generator)


def xavier(weight: Tensor, generator: Generator) -> None:
    """Uniform in +-sqrt(6 / (fan_in + fan_out)) (Glorot and Bengio 2010, eq. 16)."""
    init.xavier_uniform_(weight, generator=generator)


def he(weight: Tensor, generator: Generator) -> None:
    """Normal with standard deviation sqrt(2 / fan_in) (He et al. 2015, eq. 10)."""
    init.kaiming_normal_(weight, nonlinearity="relu", generator=generator)


def orthogonal(weight: Tensor, generator: Generator) -> None:
    """A random (semi-)orthogonal matrix (Saxe et al. 2014)."""
    init.orthogonal_(weight, generator=generator)


INITS: dict[str, Callable[[Tensor, Generator], None]] = {
    "default": default,
    "xavier": xavier,
    "he": he,
    "orthogonal": orthogonal,
}
