"""The generator of the parallel lines: one number that shifts all it makes."""

from collections.abc import Sequence

import torch
from torch import Tensor

from ganplay.nets.base import Net


class Shift(Net):
    """K generators with one parameter theta each, `start` before training. In the plane (`size` 2)
    it moves an upright line sideways: z [K, B, 1] -> (theta, z) [K, B, 2] (Arjovsky et al. 2017,
    example 1); on a line (`size` 1) it moves the prior: z [K, B, 1] -> z + theta [K, B, 1]."""

    def __init__(
        self, size: int, start: float, runs: int, device: torch.device, dtype: torch.dtype
    ):
        super().__init__([(1, 1)], runs, device, dtype)
        self.size = size
        self.flat.fill_(start)

    def __call__(self, x: Tensor, leaves: Sequence[Tensor] | None = None) -> Tensor:
        (theta,) = self.leaves if leaves is None else leaves
        if self.size == 1:
            return x + theta
        return torch.cat((theta.expand_as(x), x), -1)
