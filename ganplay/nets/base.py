"""What all stacked nets share: one buffer for all parameters of a net, and views into it."""

import math
from collections.abc import Sequence
from copy import copy
from typing import Self

import torch
from torch import Tensor

from ganplay.nets.activations import ACTIVATIONS, Activation


class Net:
    """K nets of one architecture, their parameters in one row each of `flat`, [K, P], so that an
    optimizer, a clip or a copy is one elementwise operation.

    `activation` is what stands between layers. `leaves` are views into the buffer, [K, *shape] for
    each of `shapes`, in their order; autograd differentiates by them.
    """

    activation: Activation = ACTIVATIONS["relu"]
    takes: tuple[int, ...] = (-1,)
    """The shape in which it takes what it sees; by default flat."""
    weights = slice(None)
    """Where among the leaves weights and biases take turns; others are of normalisations."""

    def __init__(
        self, shapes: Sequence[tuple[int, ...]], runs: int, device: torch.device, dtype: torch.dtype
    ):
        self.shapes = tuple(shapes)
        count = sum(math.prod(shape) for shape in self.shapes)
        self.flat = torch.zeros(runs, count, device=device, dtype=dtype)
        self._look_into(self.flat)

    def __call__(self, x: Tensor, leaves: Sequence[Tensor] | None = None) -> Tensor:
        """x [K, B, ...] -> [K, B, ...], with `leaves` in place of the net's own parameters where
        they are given."""
        raise NotImplementedError

    def settle(self, z: Tensor) -> Tensor:
        """Judge no sample by its batch from here on, but as this z [K, B, n] would; what it gives."""
        return self(z)

    def _look_into(self, flat: Tensor) -> None:
        # detached, so that each is a leaf of its own that shares the buffer's memory
        self.leaves = [view.detach().requires_grad_() for view in self.views(flat)]

    def views(self, flat: Tensor) -> list[Tensor]:
        """A buffer [K, P] as this net's parameters, each [K, *shape]; differentiable."""
        sizes = [math.prod(shape) for shape in self.shapes]
        parts = zip(torch.split(flat, sizes, 1), self.shapes, strict=True)
        return [part.view(-1, *shape) for part, shape in parts]

    def copy(self, device: str | None = None) -> Self:
        """The same nets with the same parameters in memory of their own, on another device if one is
        named."""
        return self._with(self.flat.to(device, copy=True))

    def only(self, k: int) -> Self:
        """Net k alone, on the same memory."""
        return self._with(self.flat[k : k + 1])

    def _with(self, flat: Tensor) -> Self:
        twin = copy(self)
        twin.flat = flat
        twin._look_into(flat)
        return twin

    def gradient_of(self, value: Tensor) -> Tensor:
        """The gradient [K, P] of each run's value [K], by autograd; 0 where a parameter has no part.

        The runs share no parameter, so the gradient of the sum holds each run's own.
        """
        gradients = torch.autograd.grad(value.sum(), self.leaves, materialize_grads=True)
        return torch.cat([gradient.flatten(1) for gradient in gradients], 1)
