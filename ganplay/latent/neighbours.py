"""Memory or imagination: how near pictures are to training pictures, beside how near real ones are.

A distance says nothing by itself. Here 1 is as far as a real picture that G has not seen is from its
nearest training picture (the median of FRESH of them), in pixels and in what a reader sees.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import torch
from torch import Generator, Tensor

from ganplay.data.pictures import scaled
from ganplay.latent import real
from ganplay.latent.model import Model

FRESH = 256
"""Real pictures that tell how far one usually is from its nearest training picture."""
CLOSE = 0.05
"""Portion of them that counts as near; as many of a G's samples are, if it imagines."""
NOISE = 0.05
"""Deviation of the noise that tells a copy from a training picture; from black to white it is 2."""
PIECE = 1000
"""Training pictures compared at once."""

See = Callable[[Tensor], Tensor]
"""Points [n, F] that pictures [n, *shape] of -1..1 are in a space."""


@dataclass(frozen=True, eq=False)
class Space:
    """Training pictures as points in a space.

    see: where pictures lie in it; known: [N, F] where the training pictures lie; fresh: [FRESH]
    how far real pictures are from their nearest training picture, over their median, `usual`.
    """

    see: See
    known: Tensor
    fresh: Tensor
    usual: float

    def nearest(self, pictures: Tensor, count: int) -> tuple[Tensor, Tensor]:
        """The distances of pictures [n, *shape] from their nearest training pictures, the nearest
        first, and which these are; both [n, count]."""
        distances, which = nearest(self.see(pictures), self.known, count)
        return distances / self.usual, which

    @property
    def near(self) -> float:
        """From which distance down a picture is nearer than all but CLOSE of real ones."""
        return float(self.fresh.quantile(CLOSE))


def spaces(model: Model, known: Tensor) -> Iterator[tuple[str, Space]]:
    """The spaces of a model's training pictures `known` [N, *shape] uint8 by their names, one after
    the other as they are measured: "pixels", and "features" where a reader knows such pictures."""
    held_out = real.fresh(model, FRESH)
    own = real.apart(len(known), FRESH)
    yield "pixels", _measured(lambda pictures: pictures.flatten(1), known.flatten(1), held_out, own)
    if reader := model.reader:
        parts = [reader.features(scaled(part)) for part in torch.split(known, PIECE)]
        yield "features", _measured(reader.features, torch.cat(parts), held_out, own)


def _measured(see: See, known: Tensor, held_out: Tensor | None, own: Tensor) -> Space:
    """A space; without held-out pictures some of its `own`, each compared with all others."""
    if held_out is not None:
        distances = nearest(see(held_out), known, 1)[0][:, 0]
    else:
        distances = nearest(_points(known[own]), known, 1, own)[0][:, 0]
    usual = float(distances.median())
    return Space(see, known, distances / usual, usual)


def nearest(
    some: Tensor, known: Tensor, count: int, without: Tensor | None = None
) -> tuple[Tensor, Tensor]:
    """The Euclidean distances of points [n, F] from the nearest of `known` [N, F], which may be
    pixels as uint8, and which these are, both [n, count], the nearest first; `without` [n] is one
    for each that doesn't count."""
    distances, which = torch.empty(len(some), 0), torch.empty(len(some), 0, dtype=torch.long)
    for first in range(0, len(known), PIECE):
        part = _points(known[first : first + PIECE])
        apart = torch.cdist(some, part)
        if without is not None:
            rows = torch.nonzero((without >= first) & (without < first + len(part)))[:, 0]
            apart[rows, without[rows] - first] = torch.inf
        here = torch.arange(first, first + len(part)).expand_as(apart)
        best = torch.cat((distances, apart), 1).topk(min(count, first + len(part)), largest=False)
        distances, which = best.values, torch.cat((which, here), 1).gather(1, best.indices)
    # what cdist multiplies out is off by too much where two points are the same
    exact = (_points(known[which.flatten()]).view(*which.shape, -1) - some[:, None]).norm(dim=2)
    ordered = exact.sort(1)
    return ordered.values, which.gather(1, ordered.indices)


def _points(pixels: Tensor) -> Tensor:
    return scaled(pixels) if pixels.dtype == torch.uint8 else pixels


def copies(pictures: Tensor) -> Tensor:
    """Pictures [n, *shape] with a little noise: what a G that remembers them might draw."""
    rng = Generator().manual_seed(0)
    return pictures + NOISE * torch.randn(pictures.shape, generator=rng)
