"""DCGAN (Radford et al. 2015): transposed convolutions draw pictures, strided ones judge them.

A picture is [channels, side, side]. These nets are large enough to be trained one by one: K is 1.
"""

import math
from collections.abc import Callable, Sequence
from itertools import pairwise

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
Moments = tuple[Tensor, Tensor]
"""Mean and variance of each map, both [maps]."""

Change = Callable[[int, Tensor], Tensor]
"""The maps [B, maps, side, side] that go on from a layer, given its number and what it made."""


class DCGANGenerator(Net):
    """G: a linear layer to `channels[0]` maps, then transposed convolutions, each doubling the
    side, to the others and at last to the picture; an activation between them, before it with
    `normalise` a batch normalisation, and tanh at the end. z [1, B, latent] -> [1, B, *picture].

    What is normalised is so by the moments of the batch, or by fixed ones once `settle` was called.
    """

    def __init__(
        self,
        latent: int,
        channels: Sequence[int],
        picture: tuple[int, ...],
        normalise: bool,
        activation: str,
        init: str,
        rngs: Sequence[Generator],
        dtype: torch.dtype,
    ):
        depth, side, _ = picture
        self.start = (channels[0], side // 2 ** len(channels), side // 2 ** len(channels))
        shapes: Shapes = [(math.prod(self.start), latent), (1, math.prod(self.start))]
        for n_in, n_out in pairwise([*channels, depth]):
            shapes += [(n_in, n_out, KERNEL, KERNEL), (1, n_out)]
        self.weights = slice(0, len(shapes))
        if normalise:
            shapes += [(1, n) for n in channels for _ in ("scale", "shift")]
        super().__init__(shapes, len(rngs), rngs[0].device, dtype)
        self.activation = ACTIVATIONS[activation]
        self.moments: list[Moments] | None = None
        """What it normalises by, where that is fixed."""
        _start(self.leaves, self.weights, init, rngs)

    def __call__(self, x: Tensor, leaves: Sequence[Tensor] | None = None) -> Tensor:
        return self._through(x, leaves, self.moments)

    @torch.no_grad()
    def settle(self, z: Tensor) -> Tensor:
        """Normalise by the moments of what this z [1, B, latent] gives from here on, so that one
        picture does not depend on the others made with it; what it gives."""
        moments: list[Moments] = []
        made = self._through(z, None, None, moments)
        self.moments = moments
        return made

    def grow(self, z: Tensor, change: Change | None = None) -> list[Tensor]:
        """What each layer makes of z [B, latent] on the way to a picture: its maps
        [B, maps, side, side] after the activation, and at last the picture. Layers are counted from
        0, and with `change` its maps go on in place of a layer's own."""
        seen: list[Tensor] = []

        def keep(layer: int, maps: Tensor) -> Tensor:
            seen.append(change(layer, maps) if change else maps)
            return seen[-1]

        made = self._through(z[None], None, self.moments, change=keep)
        return [*seen, made[0]]

    def _through(
        self,
        x: Tensor,
        leaves: Sequence[Tensor] | None,
        moments: list[Moments] | None,
        seen: list[Moments] | None = None,
        change: Change | None = None,
    ) -> Tensor:
        own = _of_one(self.leaves if leaves is None else leaves)
        (weight, bias), *rest = _pairs(own[self.weights])
        norms = _pairs(own[self.weights.stop :])
        maps = F.linear(x[0], weight, bias[0]).view(-1, *self.start)
        for i, (kernel, bias) in enumerate(rest):
            if norms:
                maps = _normalised(maps, norms[i], moments[i] if moments else None, seen)
            maps = self.activation.in_place(maps)
            if change:
                maps = change(i, maps)
            maps = F.conv_transpose2d(maps, kernel, bias[0], STRIDE, PADDING)
        return maps.tanh().to(x.dtype)[None]


class DCGANDiscriminator(Net):
    """D: strided convolutions, each halving the side, as long as it is even and larger than 4; the
    `widths` left over are of fully connected layers, and the last gives `outputs` numbers. With
    `normalise` the convolutions but the first are followed by a batch normalisation, by the
    moments of the batch. Pictures [1, B, channels, side, side] -> [1, B, outputs]."""

    def __init__(
        self,
        picture: tuple[int, ...],
        widths: Sequence[int],
        normalise: bool,
        activation: str,
        init: str,
        rngs: Sequence[Generator],
        dtype: torch.dtype,
        outputs: int = 1,
    ):
        depth, side, _ = picture
        self.takes, self.convolutions = picture, halvings(side, len(widths))
        shapes: Shapes = []
        for width in widths[: self.convolutions]:
            shapes += [(width, depth, KERNEL, KERNEL), (1, width)]
            depth, side = width, side // 2
        for n_in, n_out in pairwise((depth * side**2, *widths[self.convolutions :], outputs)):
            shapes += [(n_out, n_in), (1, n_out)]
        self.weights = slice(0, len(shapes))
        if normalise:
            shapes += [(1, n) for n in widths[1 : self.convolutions] for _ in ("scale", "shift")]
        super().__init__(shapes, len(rngs), rngs[0].device, dtype)
        self.activation = ACTIVATIONS[activation]
        _start(self.leaves, self.weights, init, rngs)

    @property
    def normalises(self) -> bool:
        """Whether a logit depends on the others of its batch."""
        return len(self.leaves[self.weights]) < len(self.leaves)

    def __call__(self, x: Tensor, leaves: Sequence[Tensor] | None = None) -> Tensor:
        return self._through(x, leaves)

    def see(self, x: Tensor, leaves: Sequence[Tensor] | None = None) -> list[Tensor]:
        """What each convolution makes of pictures [B, channels, side, side]: its maps
        [B, maps, side, side] after the activation, and at last the outputs [B, outputs]."""
        seen: list[Tensor] = []
        outputs = self._through(x[None], leaves, seen)
        return [*seen, outputs[0]]

    def _through(
        self, x: Tensor, leaves: Sequence[Tensor] | None, seen: list[Tensor] | None = None
    ) -> Tensor:
        own = _of_one(self.leaves if leaves is None else leaves)
        layers, norms = _pairs(own[self.weights]), _pairs(own[self.weights.stop :])
        maps = x[0]
        for i, (kernel, bias) in enumerate(layers[: self.convolutions]):
            maps = F.conv2d(maps, kernel, bias[0], STRIDE, PADDING)
            if norms and i:
                maps = _normalised(maps, norms[i - 1])
            maps = self.activation.in_place(maps)
            if seen is not None:
                seen.append(maps)
        flat = maps.flatten(1)
        for weight, bias in layers[self.convolutions : -1]:
            flat = self.activation.in_place(F.linear(flat, weight, bias[0]))
        weight, bias = layers[-1]
        return F.linear(flat, weight, bias[0]).to(x.dtype)[None]


def doublings(side: int) -> int:
    """How many layers G may have: as often as a picture's side can be halved to a whole number."""
    return (side & -side).bit_length() - 1


def halvings(side: int, widths: int) -> int:
    """How many of so many layers of D are convolutions."""
    count = 0
    while count < widths and side % 2 == 0 and side > SMALLEST:
        side, count = side // 2, count + 1
    return count


def work_of_generator(latent: int, channels: Sequence[int], picture: Sequence[int]) -> int:
    """Multiplications that one picture takes."""
    depth, side, _ = picture
    side //= 2 ** len(channels)
    total: int = latent * channels[0] * side**2
    for n_in, n_out in pairwise([*channels, depth]):
        total += n_in * n_out * (KERNEL * side) ** 2
        side *= STRIDE
    return total


def work_of_discriminator(picture: Sequence[int], widths: Sequence[int]) -> int:
    """Multiplications that judging one picture takes."""
    depth, side, _ = picture
    convolutions = halvings(side, len(widths))
    total = 0
    for width in widths[:convolutions]:
        side //= STRIDE
        total += depth * width * (KERNEL * side) ** 2
        depth = width
    flat = (depth * side**2, *widths[convolutions:], 1)
    return total + sum(a * b for a, b in pairwise(flat))


def _normalised(
    maps: Tensor,
    scale_and_shift: tuple[Tensor, Tensor],
    moments: Moments | None = None,
    seen: list[Moments] | None = None,
) -> Tensor:
    """Batch normalisation by the given moments, or by the batch's own, which `seen` is told."""
    mean, variance = moments or (None, None)
    if seen is not None:
        dims = (0, 2, 3)
        mean, variance = maps.mean(dims), maps.var(dims, correction=0)
        seen.append((mean, variance))
    scale, shift = scale_and_shift
    return F.batch_norm(maps, mean, variance, scale[0], shift[0], training=mean is None)


def _of_one(leaves: Sequence[Tensor]) -> list[Tensor]:
    """The parameters of the one net of a stack."""
    return [leaf[0] for leaf in leaves]


def _pairs(leaves: Sequence[Tensor]) -> list[tuple[Tensor, Tensor]]:
    return list(zip(leaves[::2], leaves[1::2], strict=True))


@torch.no_grad()
def _start(leaves: Sequence[Tensor], weights: slice, init: str, rngs: Sequence[Generator]) -> None:
    """Weights and biases by the init; a normalisation changes no scale at first."""
    for weight, bias in _pairs(leaves[weights]):
        for k, rng in enumerate(rngs):
            INITS[init](weight[k], rng)
            if init == "default":
                bound = 1 / math.sqrt(weight[k, 0].numel())
                bias[k].uniform_(-bound, bound, generator=rng)
    for scale in leaves[weights.stop :: 2]:
        scale.fill_(1)
