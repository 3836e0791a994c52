"""K multilayer perceptrons of one shape, evaluated at once."""

import math
from collections.abc import Sequence
from itertools import pairwise

import torch
from torch import Generator, Tensor

from ganplay.nets.activations import ACTIVATIONS
from ganplay.nets.inits import INITS


class MLP:
    """K perceptrons with layers of the given `widths`, input and output included.

    All weights and biases of a net lie in one row of `flat`, [K, P], so that an optimizer, a clip
    or a copy is one elementwise operation; `layers` are views into it, (W [K, in, out],
    b [K, 1, out]), and are the leaves that autograd differentiates by.
    """

    def __init__(
        self,
        widths: Sequence[int],
        activation: str,
        init: str,
        rngs: Sequence[Generator],
        dtype: torch.dtype,
    ):
        """One net for each generator in `rngs`, on its device. Biases start uniform in
        +-1/sqrt(fan_in) under the `default` init, as in `torch.nn.Linear`, and at 0 otherwise."""
        self.activation = activation
        shapes = list(pairwise(widths))
        count = sum((n_in + 1) * n_out for n_in, n_out in shapes)
        self.flat = torch.zeros(len(rngs), count, device=rngs[0].device, dtype=dtype)
        self.layers: list[tuple[Tensor, Tensor]] = []
        start = 0
        for n_in, n_out in shapes:
            middle, end = start + n_in * n_out, start + (n_in + 1) * n_out
            weight = self.flat[:, start:middle].view(-1, n_in, n_out)
            bias = self.flat[:, middle:end].view(-1, 1, n_out)
            for k, rng in enumerate(rngs):
                INITS[init](weight[k], rng)
                if init == "default":
                    bias[k].uniform_(-1 / math.sqrt(n_in), 1 / math.sqrt(n_in), generator=rng)
            # detached, so that each view is a leaf of its own that shares the buffer's memory
            self.layers.append((weight.detach().requires_grad_(), bias.detach().requires_grad_()))
            start = end

    @property
    def leaves(self) -> list[Tensor]:
        """W and b of each layer in the order in which they lie in `flat`."""
        return [tensor for layer in self.layers for tensor in layer]

    def __call__(self, x: Tensor, run: slice = slice(None)) -> Tensor:
        """x [K, B, in] -> [K, B, out] for the nets in `run`; the last layer is linear."""
        activation = ACTIVATIONS[self.activation]
        for weight, bias in self.layers[:-1]:
            x = activation(torch.baddbmm(bias[run], x, weight[run]))
        weight, bias = self.layers[-1]
        return torch.baddbmm(bias[run], x, weight[run])
