"""K multilayer perceptrons of one shape, evaluated at once."""

import math
from collections.abc import Sequence
from copy import copy
from itertools import pairwise

import torch
from torch import Generator, Tensor

from ganplay.nets.activations import ACTIVATIONS
from ganplay.nets.inits import INITS


class MLP:
    """K perceptrons with layers of the given `widths`, input and output included.

    All weights and biases of a net lie in one row of `flat`, [K, P], so that an optimizer, a clip
    or a copy is one elementwise operation; `layers` are views into it, (W [K, in, out],
    b [K, 1, out]), and are the leaves that autograd differentiates by. `gradient` and `gradients`
    are the same for the gradient that `pull_back` leaves there.
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
        self.activation = ACTIVATIONS[activation]
        self._shapes = list(pairwise(widths))
        count = sum((n_in + 1) * n_out for n_in, n_out in self._shapes)
        self.flat = torch.zeros(len(rngs), count, device=rngs[0].device, dtype=dtype)
        self.layers = self._views(self.flat)
        self.gradient = torch.zeros_like(self.flat)
        self.gradients = self._views(self.gradient)
        for weight, bias in self.layers:
            bound = 1 / math.sqrt(weight.shape[1])
            for k, rng in enumerate(rngs):
                INITS[init](weight[k], rng)
                if init == "default":
                    bias[k].uniform_(-bound, bound, generator=rng)
        for leaf in self.leaves:
            leaf.requires_grad_()

    def copy(self) -> "MLP":
        """The same nets with the same parameters in memory of their own."""
        twin = copy(self)
        twin.flat = self.flat.clone()
        twin.layers = twin._views(twin.flat)
        twin.gradient = torch.zeros_like(self.flat)
        twin.gradients = twin._views(twin.gradient)
        return twin

    def _views(self, flat: Tensor) -> list[tuple[Tensor, Tensor]]:
        views, start = [], 0
        for n_in, n_out in self._shapes:
            middle, end = start + n_in * n_out, start + (n_in + 1) * n_out
            weight = flat[:, start:middle].view(-1, n_in, n_out)
            bias = flat[:, middle:end].view(-1, 1, n_out)
            # detached, so that each is a leaf of its own that shares the buffer's memory
            views.append((weight.detach(), bias.detach()))
            start = end
        return views

    @property
    def leaves(self) -> list[Tensor]:
        """W and b of each layer in the order in which they lie in `flat`."""
        return [tensor for layer in self.layers for tensor in layer]

    def __call__(self, x: Tensor, run: slice = slice(None)) -> Tensor:
        """x [K, B, in] -> [K, B, out] for the nets in `run`; the last layer is linear."""
        for weight, bias in self.layers[:-1]:
            x = self.activation.function(torch.baddbmm(bias[run], x, weight[run]))
        weight, bias = self.layers[-1]
        return torch.baddbmm(bias[run], x, weight[run])

    def gradient_of(self, value: Tensor) -> Tensor:
        """The gradient [K, P] of each run's value [K], by autograd; 0 where a parameter has no part.

        The runs share no parameter, so the gradient of the sum holds each run's own.
        """
        gradients = torch.autograd.grad(value.sum(), self.leaves, materialize_grads=True)
        return torch.cat([gradient.flatten(1) for gradient in gradients], 1)

    @torch.no_grad()
    def trace(self, x: Tensor) -> list[Tensor]:
        """x and what each layer makes of it, the output last, each [K, B, width]."""
        values = [x]
        for weight, bias in self.layers[:-1]:
            values.append(self.activation.in_place(torch.baddbmm(bias, values[-1], weight)))
        weight, bias = self.layers[-1]
        return [*values, torch.baddbmm(bias, values[-1], weight)]

    @torch.no_grad()
    def pull_back(self, values: list[Tensor], slopes: Tensor, parameters: bool) -> Tensor:
        """Carry a gradient by the output, `slopes` [K, B, out], back through what `trace` gave.

        With `parameters` it leaves the gradient by them in `gradient` and stops at the first
        layer; without, it returns the gradient by x [K, B, in]. Needs `activation.slope`.
        """
        carry = self.activation.slope
        assert carry
        for i in reversed(range(len(self.layers))):
            if parameters:
                by_weight, by_bias = self.gradients[i]
                torch.bmm(values[i].mT, slopes, out=by_weight)
                torch.sum(slopes, 1, keepdim=True, out=by_bias)
                if i == 0:
                    break
            slopes = torch.bmm(slopes, self.layers[i][0].mT)
            if i > 0:
                slopes = carry(slopes, values[i])
        return slopes
