"""K multilayer perceptrons of one shape, evaluated at once."""

import math
from collections.abc import Sequence
from itertools import pairwise

import torch
from torch import Generator, Tensor

from ganplay.nets.activations import ACTIVATIONS
from ganplay.nets.base import Net
from ganplay.nets.inits import INITS
from ganplay.nets.products import LARGE, linear, onednn_takes, outer, times


class MLP(Net):
    """K perceptrons with layers of the given `widths`, input and output included.

    `layers` are pairs of leaves (W [K, out, in] as in `torch.nn.Linear`, b [K, 1, out]), and
    `gradients` the same for `gradient` [K, P], where `collect` leaves its result.

    With `bounded` the output goes through tanh. With `batch_feature` the last layer has one more
    input: how much what it sees varies over the batch, a mean of standard deviations (Karras et al.
    2018, sec. 3, for pictures).
    """

    def __init__(
        self,
        widths: Sequence[int],
        activation: str,
        init: str,
        rngs: Sequence[Generator],
        dtype: torch.dtype,
        batch_feature: bool = False,
        bounded: bool = False,
    ):
        """One net for each generator in `rngs`, on its device. Biases start uniform in
        +-1/sqrt(fan_in) under the `default` init, as in `torch.nn.Linear`, and at 0 otherwise."""
        shapes: list[tuple[int, ...]] = []
        for n_in, n_out in pairwise(widths):
            last = len(shapes) == 2 * (len(widths) - 2)
            shapes += [(n_out, n_in + (batch_feature and last)), (1, n_out)]
        super().__init__(shapes, len(rngs), rngs[0].device, dtype)
        self.activation = ACTIVATIONS[activation]
        self.batch_feature, self.bounded = batch_feature, bounded
        with torch.no_grad():
            for weight, bias in self.layers:
                bound = 1 / math.sqrt(weight.shape[2])
                for k, rng in enumerate(rngs):
                    INITS[init](weight[k], rng)
                    if init == "default":
                        bias[k].uniform_(-bound, bound, generator=rng)

    def _look_into(self, flat: Tensor) -> None:
        super()._look_into(flat)
        self.layers = _pairs(self.leaves)
        # without the leaves' tie to autograd, which costs time at each use: W, W^T, b
        self._plain = [(w.detach(), w.detach().mT, b.detach()) for w, b in self.layers]

    def prepare_gradients(self) -> None:
        """Make room for what `collect` leaves behind."""
        self.gradient = torch.zeros_like(self.flat)
        self.gradients = _pairs(self.views(self.gradient))

    def __call__(
        self, x: Tensor, leaves: Sequence[Tensor] | None = None, feature: Tensor | None = None
    ) -> Tensor:
        """x [K, B, in] -> [K, B, out]. `feature` [K, 1, 1] stands for the
        variation over the batch where x is no batch."""
        *inner, (weight, bias) = self.layers if leaves is None else _pairs(leaves)
        dtype = x.dtype  # which it need not keep on the way, under autocast
        x = self._inner(x, inner)
        if self.batch_feature:
            feature = variation(x) if feature is None else feature
            x = torch.cat((x, feature.expand(*x.shape[:2], 1)), -1)
        x = torch.baddbmm(bias, x, weight.mT)
        return (x.tanh() if self.bounded else x).to(dtype)

    def _inner(self, x: Tensor, layers: list[tuple[Tensor, Tensor]]) -> Tensor:
        for weight, bias in layers:
            x = self.activation.function(torch.baddbmm(bias, x, weight.mT))
        return x

    def feature(self, x: Tensor, leaves: Sequence[Tensor]) -> Tensor:
        """The variation over the batch x [K, B, in] that the last layer is told of, [K, 1, 1]."""
        return variation(self._inner(x, _pairs(leaves)[:-1]))

    # ---- by hand, for activations with a `slope` and without `batch_feature`

    def trace(self, x: Tensor) -> list[Tensor]:
        """x and what each layer makes of it, the output last, each [K, B, width]."""
        act, fused = self.activation.in_place, self.activation.fused
        values, last = [x], len(self._plain) - 1
        for i, (weight, turned, bias) in enumerate(self._plain):
            large = x.numel() * weight.shape[1] >= LARGE and onednn_takes(x)
            if large and fused and i < last:
                x = linear(x, weight, bias, fused)
            else:
                x = torch.baddbmm(bias, x, turned)
                if i < last:
                    act(x)
            values.append(x)
        if self.bounded:
            x.tanh_()
        return values

    def pull_back(self, values: list[Tensor], slopes: Tensor) -> list[Tensor]:
        """Carry a gradient by the output, `slopes` [K, B, out], back through what `trace` gave: the
        gradient by each layer's result before the activation, in the order of the layers."""
        carry = self.activation.slope
        assert carry
        if self.bounded:
            slopes = slopes * (1 - values[-1].square())
        chain = [slopes]
        for i in range(len(self._plain) - 1, 0, -1):
            slopes = carry(times(slopes, self._plain[i][0]), values[i])
            chain.append(slopes)
        return chain[::-1]

    def to_input(self, chain: list[Tensor]) -> Tensor:
        """The gradient by x [K, B, in], from what `pull_back` gave."""
        return times(chain[0], self._plain[0][0])

    def collect(
        self, values: Sequence[Tensor], chain: list[Tensor], counts: Tensor | None = None
    ) -> Tensor:
        """The gradient [K, P] by the parameters, from what `trace` and `pull_back` gave; good until
        the next call. `counts` [K, B, 1], 1 where not given, is how much each row counts for the
        biases."""
        for value, slopes, (by_weight, by_bias) in zip(values, chain, self.gradients, strict=False):
            outer(slopes, value, by_weight)
            if counts is None:
                torch.sum(slopes, 1, keepdim=True, out=by_bias)
            else:
                torch.bmm(counts.mT, slopes, out=by_bias)
        return self.gradient

    def push_forward(self, values: list[Tensor], direction: Tensor) -> list[Tensor]:
        """The derivative of what each layer gets as x moves in `direction` [K, B, in], for each of
        the layers; `values` are those of `trace` there."""
        carry = self.activation.slope
        assert carry
        moves = [direction]
        for i, (_, turned, _) in enumerate(self._plain[:-1]):
            moves.append(carry(times(moves[-1], turned), values[i + 1]))
        return moves


def variation(x: Tensor) -> Tensor:
    """The standard deviation of each feature over the batch x [K, B, n], averaged: [K, 1, 1]."""
    # the root has no slope at 0, where all of a batch may be the same
    return (x.var(1, correction=0, keepdim=True) + 1e-8).sqrt().mean(-1, keepdim=True)


def _pairs(leaves: Sequence[Tensor]) -> list[tuple[Tensor, Tensor]]:
    return list(zip(leaves[::2], leaves[1::2], strict=True))
