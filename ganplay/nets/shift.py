"""The generator of the parallel lines: one number."""

from collections.abc import Sequence

import torch
from torch import Tensor

from ganplay.nets.base import Net

START = 1.0
"""Where the line stands before training, one unit beside the data."""


class Shift(Net):
    """K generators with one parameter theta each, which moves an upright line sideways:
    z [K, B, 1] -> (theta, z) [K, B, 2] (Arjovsky et al. 2017, example 1)."""

    def __init__(self, runs: int, device: torch.device, dtype: torch.dtype):
        super().__init__([(1, 1)], runs, device, dtype)
        self.flat.fill_(START)

    def __call__(self, x: Tensor, leaves: Sequence[Tensor] | None = None) -> Tensor:
        (theta,) = self.leaves if leaves is None else leaves
        return torch.cat((theta.expand_as(x), x), -1)
