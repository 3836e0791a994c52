"""Attribute directions: the mean z of samples with an attribute less that of those without.

Radford et al. 2015, sec. 6.3.2, turn faces by adding the difference of two means to z. Beside it
stand random directions of the same length.
"""

from dataclasses import dataclass
from functools import lru_cache

import torch
from torch import Generator, Tensor

from ganplay.latent.arithmetic import agrees, kept
from ganplay.latent.model import Model
from ganplay.latent.pool import SEED, Pool, pool_of

TRIALS = 200
CANDIDATES = 1024
"""Samples among which those that a direction is tried on are looked for; they are none of the
pool's."""
FEWEST = 16
"""Samples with an attribute, and without, that a direction needs."""


@lru_cache(maxsize=64)
def direction(model: Model, attribute: int, alone: bool) -> Tensor:
    """That of an attribute over a model's pool, [latent.dim]. Raises ValueError."""
    return direction_in(pool_of(model), attribute, alone)


def direction_in(pool: Pool, attribute: int, alone: bool) -> Tensor:
    """mean z where an attribute is there for sure - mean z where it is missing for sure. `alone`
    takes away what of it lies in the span of the other attributes' directions. Raises ValueError
    where the pool has too few of one."""
    own = _difference(pool, attribute)
    if own is None:
        raise ValueError(f"fewer than {FEWEST} of its samples have it for sure, or lack it")
    others = (_difference(pool, i) for i in range(pool.flags.shape[1]) if i != attribute)
    span = [other for other in others if other is not None]
    if not alone or not span:
        return own
    basis = torch.stack(span, 1).double()
    along: Tensor = basis @ (torch.linalg.pinv(basis, rtol=1e-3) @ own.double())
    return own - along.float()


def _difference(pool: Pool, attribute: int) -> Tensor | None:
    flags = pool.flags[:, attribute]
    on, off = pool.z[flags == 1], pool.z[flags == -1]
    return on.mean(0) - off.mean(0) if min(len(on), len(off)) >= FEWEST else None


def random_like(direction: Tensor, count: int) -> Tensor:
    """So many random directions, each as long as another, [count, latent.dim]."""
    drawn = torch.randn(count, len(direction), generator=Generator().manual_seed(0))
    unit = drawn / drawn.norm(dim=1, keepdim=True)
    return torch.mul(unit, direction.norm())


@dataclass(frozen=True)
class Switched:
    """Of `samples` that lack an attribute, or that have it where alpha is below 0, the portion of
    which it is sure after a step that this has changed and all that is kept has not; and the portion after a
    step of the same length in a random direction, another for each sample."""

    samples: int
    rate: float
    control: float


@lru_cache(maxsize=512)
def switched(model: Model, attribute: int, alone: bool, alpha: float) -> Switched:
    """What alpha times a direction does to samples that had no part in finding it. A third of a
    second of one core. Raises ValueError."""
    reader, along = model.reader, direction(model, attribute, alone)
    assert reader
    z, flags = candidates(model)
    sign, keep = -1 if alpha < 0 else 1, kept(reader, attribute)
    sure = (flags[:, keep] != 0).all(1)
    start = torch.nonzero(sure & (flags[:, attribute] == -sign))[:TRIALS, 0]
    if len(start) == 0:
        raise ValueError("none of its samples can be changed so")
    wanted = torch.zeros_like(flags[start])
    wanted[:, keep] = flags[start][:, keep]
    wanted[:, attribute] = sign
    steps = (alpha * along, alpha * random_like(along, len(start)))
    rates = [
        float(agrees(reader.read(model.generate(z[start] + step)), wanted).double().mean())
        for step in steps
    ]
    return Switched(len(start), *rates)


@lru_cache(maxsize=4)
def candidates(model: Model) -> tuple[Tensor, Tensor]:
    """z of fresh samples [CANDIDATES, latent.dim], and what is read off each; half a second of one
    core at first."""
    assert model.reader
    z = model.noise(CANDIDATES, SEED + 1)
    return z, model.reader.read(model.generate(z))
