"""DCGAN (Radford et al. 2015): transposed convolutions draw pictures, strided ones judge them.

A picture is [channels, side, side]. These nets are large enough to be trained one by one: K is 1.
"""

import math
from collections.abc import Sequence

import torch
from torch import Generator, Tensor
from torch.nn import functional as F

from ganplay.nets.activations import ACTIVATIONS
from ganplay.nets.base import Net
from ganplay.nets.inits import INITS

KERNEL, STRIDE, PADDING = 4, 2, 1
"""With these a layer doubles the side of a picture, or halves it."""
SMALLEST = 4
"""Side down to which D halves a picture."""

Shapes = list[tuple[int, ...]]


class Painter(Net):
    """G: a linear layer to `channels[0]` maps, then transposed convolutions, each doubling the
    side, to the others and at last to the picture; batch normalisation by the statistics of the
    batch and an activation between them, tanh at the end. z [1, B, latent] -> [1, B, *picture]."""

    def __init__(
        self,
        latent: int,
        channels: Sequence[int],
        picture: tuple[int, ...],
        activation: str,
        init: str,
        rngs: Sequence[Generator],
        dtype: torch.dtype,
    ):
        depth, side, _ = picture
        self.start = (channels[0], side // 2 ** len(channels), side // 2 ** len(channels))
        shapes: Shapes = [(math.prod(self.start), latent), (1, math.prod(self.start))]
        for n_in, n_out in zip(channels, [*channels[1:], depth], strict=True):
            shapes += [(1, n_in), (1, n_in)]  # batch normalisation: scale and shift
            shapes += [(n_in, n_out, KERNEL, KERNEL), (1, n_out)]
        super().__init__(shapes, len(rngs), rngs[0].device, dtype)
        self.activation = ACTIVATIONS[activation]
        with torch.no_grad():
            for scale in self.leaves[2::4]:
                scale.fill_(1)
        _start(self.leaves[::4], self.leaves[1::4], init, rngs)

    def __call__(self, x: Tensor, leaves: Sequence[Tensor] | None = None) -> Tensor:
        weight, bias, *rest = _of_one(self.leaves if leaves is None else leaves)
        maps = F.linear(x[0], weight, bias[0]).view(-1, *self.start)
        for i in range(0, len(rest), 4):
            scale, shift, kernel, bias = rest[i : i + 4]
            maps = F.batch_norm(maps, None, None, scale[0], shift[0], training=True)
            maps = self.activation.in_place(maps)
            maps = F.conv_transpose2d(maps, kernel, bias[0], STRIDE, PADDING)
        return maps.tanh()[None]


class Judge(Net):
    """D: strided convolutions, each halving the side, as long as it is even and larger than 4; the
    `widths` left over are of fully connected layers, and the last gives one logit. No
    normalisation. Pictures [1, B, channels, side, side] -> [1, B, 1]."""

    def __init__(
        self,
        picture: tuple[int, ...],
        widths: Sequence[int],
        activation: str,
        init: str,
        rngs: Sequence[Generator],
        dtype: torch.dtype,
    ):
        depth, side, _ = picture
        shapes: Shapes = []
        self.convolutions = 0
        for width in widths:
            if side % 2 or side <= SMALLEST:
                break
            shapes += [(width, depth, KERNEL, KERNEL), (1, width)]
            depth, side = width, side // 2
            self.convolutions += 1
        n_in = depth * side**2
        for width in (*widths[self.convolutions :], 1):
            shapes += [(width, n_in), (1, width)]
            n_in = width
        super().__init__(shapes, len(rngs), rngs[0].device, dtype)
        self.activation = ACTIVATIONS[activation]
        _start(self.leaves[::2], self.leaves[1::2], init, rngs)

    def __call__(self, x: Tensor, leaves: Sequence[Tensor] | None = None) -> Tensor:
        own = _of_one(self.leaves if leaves is None else leaves)
        layers = list(zip(own[::2], own[1::2], strict=True))
        maps = x[0]
        for kernel, bias in layers[: self.convolutions]:
            maps = self.activation.in_place(F.conv2d(maps, kernel, bias[0], STRIDE, PADDING))
        flat = maps.flatten(1)
        for weight, bias in layers[self.convolutions : -1]:
            flat = self.activation.in_place(F.linear(flat, weight, bias[0]))
        weight, bias = layers[-1]
        return F.linear(flat, weight, bias[0])[None]


def _of_one(leaves: Sequence[Tensor]) -> list[Tensor]:
    """The parameters of the one net of a stack."""
    return [leaf[0] for leaf in leaves]


@torch.no_grad()
def _start(
    weights: Sequence[Tensor], biases: Sequence[Tensor], init: str, rngs: Sequence[Generator]
) -> None:
    for weight, bias in zip(weights, biases, strict=True):
        for k, rng in enumerate(rngs):
            INITS[init](weight[k], rng)
            if init == "default":
                bound = 1 / math.sqrt(weight[k, 0].numel())
                bias[k].uniform_(-bound, bound, generator=rng)
