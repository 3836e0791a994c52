"""Vector arithmetic: the mean z of some exemplars A, less that of B, plus that of C.

Radford et al. 2015, sec. 6.3.2: "smiling woman - neutral woman + neutral man" gives smiling men where
each term is the mean of three exemplars; the arithmetic of single samples was unstable. Beside it
stands the same arithmetic on the pictures themselves, and how far from real pictures both end up.
"""

from dataclasses import dataclass
from functools import lru_cache

import torch
from torch import Generator, Tensor

from ganplay.data.pictures import scaled
from ganplay.latent import real
from ganplay.latent.model import Model
from ganplay.latent.neighbours import nearest
from ganplay.latent.pool import Pool, pool_of
from ganplay.metrics.attributes import Reader

COUNTS = (1, 3, 10, 30)
"""Exemplars of a term whose means are tried."""
MOST = max(COUNTS)
TRIALS = 200
REACH = 0.25
"""How far from a sum its neighbours lie at most, in each dimension of z (Radford et al. 2015,
fig. 7)."""
REAL, HELD_OUT = 4000, 500
"""Real pictures that distances go to, and others by which a distance is 1."""


def total(a: Tensor, b: Tensor, c: Tensor) -> Tensor:
    """mean A - mean B + mean C of exemplars [n, *] of each; how many there are may differ."""
    return a.mean(0) - b.mean(0) + c.mean(0)


def around(z: Tensor, seed: int = 0) -> Tensor:
    """A z [latent.dim] in the middle of 9, [9, latent.dim]: the others are uniform within REACH of
    it in each dimension."""
    rng = Generator().manual_seed(seed)
    away = REACH * (2 * torch.rand(9, len(z), generator=rng) - 1)
    away[4] = 0
    return z + away


# ---- equations of exemplars that are known to be alike


def kept(reader: Reader, target: int) -> list[int]:
    """The attributes that a change of one has to leave as they are: what a picture is, where that is
    among them, else all others."""
    classes = [i for i, name in enumerate(reader.names) if name not in reader.movable]
    return classes or [i for i in range(len(reader.names)) if i != target]


def agrees(read: Tensor, wanted: Tensor) -> Tensor:
    """Whether what is read [n, attributes] is as wanted, where 0 wants nothing, [n]."""
    return ((read == wanted) | (wanted == 0)).all(1)


@dataclass(frozen=True, eq=False)
class Equations:
    """Random equations that should give a target attribute to another kind of picture.

    a, b, c: [T, 30] numbers in a pool. The exemplars of a term are all read alike in the target and in
        all that is kept. A and B are of one kind and differ in the target, which A has; C, of another
        kind, lacks it.
    wanted: [T, attributes] int8, what the sum has to be read as for sure: C with the target, with all
        that is kept; 0 for other attributes.
    """

    a: Tensor
    b: Tensor
    c: Tensor
    wanted: Tensor

    def __len__(self) -> int:
        return len(self.wanted)


@lru_cache(maxsize=32)
def equations(model: Model, target: int) -> Equations:
    """TRIALS of them, always the same. Raises ValueError where its samples have no two kinds."""
    assert model.reader
    return equations_in(pool_of(model), target, kept(model.reader, target))


def equations_in(pool: Pool, target: int, keep: list[int], count: int = TRIALS) -> Equations:
    """So many random equations. A kind is what is read of the attributes that are kept; it is as
    likely as it is frequent among samples of which target and kind are sure, where 30 of them have
    the target and 30 lack it."""
    rng = Generator().manual_seed(target)
    clear = torch.nonzero((pool.flags[:, [target, *keep]] != 0).all(1))[:, 0]
    kinds, of = torch.unique(pool.flags[clear][:, keep], dim=0, return_inverse=True)
    has = pool.flags[clear, target] == 1
    on, off = ([clear[(of == k) & mask] for k in range(len(kinds))] for mask in (has, ~has))
    fewest = torch.tensor([min(len(a), len(b)) for a, b in zip(on, off, strict=True)])
    share = torch.bincount(of, minlength=len(kinds)).double() * (fewest >= MOST)
    pairs = torch.outer(share, share).fill_diagonal_(0)
    if not pairs.any():
        raise ValueError(
            f"no two kinds among {len(pool.flags):,} samples are read {MOST} times with it and {MOST}"
            " times without"
        )
    chosen = torch.multinomial(pairs.flatten(), count, True, generator=rng)
    first, second = (chosen // len(kinds)).tolist(), (chosen % len(kinds)).tolist()
    a, b, c = (
        torch.stack([some(numbers[k], MOST, rng) for k in which])
        for numbers, which in ((on, first), (off, first), (off, second))
    )
    wanted = torch.zeros(count, pool.flags.shape[1], dtype=torch.int8)
    wanted[:, keep] = pool.flags[c[:, 0]][:, keep]
    wanted[:, target] = 1
    return Equations(a, b, c, wanted)


def some(numbers: Tensor, count: int, rng: Generator) -> Tensor:
    """So many of them, in random order, none twice."""
    return numbers[torch.randperm(len(numbers), generator=rng)[:count]]


# ---- how often they work


@dataclass(frozen=True, eq=False)
class Outcome:
    """Of the pictures that T equations gave: whether each works [T], and how far from real pictures
    each is [T], as `from_real`."""

    works: Tensor
    distance: Tensor

    @property
    def rate(self) -> float:
        """The portion that works."""
        return float(self.works.double().mean())

    @property
    def far(self) -> float:
        """The median distance."""
        return float(self.distance.median())


@lru_cache(maxsize=256)
def outcomes(model: Model, target: int, n: int) -> tuple[Outcome, Outcome]:
    """What the equations of a target give with n exemplars a term: by z, and by the same arithmetic
    on the pictures. A third of a second of one core, once the pool is known."""
    assert model.reader
    read, wanted = model.reader.read, equations(model, target).wanted
    by_z, by_pixel = (
        Outcome(agrees(read(pictures), wanted), from_real(model, pictures))
        for pictures in sums(model, target, n)
    )
    return by_z, by_pixel


def sums(model: Model, target: int, n: int) -> tuple[Tensor, Tensor]:
    """The pictures of these equations, both [T, *shape] of -1..1: what G makes of the sums of z, and
    the sums of pictures, cut to that range."""
    pool, asked = pool_of(model), equations(model, target)
    terms = list(zip(asked.a[:, :n], asked.b[:, :n], asked.c[:, :n], strict=True))
    shown = torch.from_numpy(pool.pictures)
    z = torch.stack([total(*(pool.z[term] for term in each)) for each in terms])
    mixed = torch.stack([total(*(scaled(shown[term]) for term in each)) for each in terms])
    return model.generate(z), mixed.clamp(-1, 1)


# ---- how far from real pictures


def from_real(model: Model, pictures: Tensor) -> Tensor:
    """The distance of each picture to the nearest of REAL real ones in the features of the reader's
    first classifier, [n]; 1 is the median of real pictures that are not among them."""
    assert model.reader
    known, unit = _real(model)
    return nearest(model.reader.features(pictures), known, 1)[0][:, 0] / unit


@lru_cache(maxsize=4)
def _real(model: Model) -> tuple[Tensor, float]:
    """The features of real pictures, and the median distance of held-out ones to the nearest; a
    second of one core at first."""
    pictures = real.some(model, REAL + HELD_OUT)
    assert model.reader
    assert pictures is not None  # what has a reader is on this machine, or can be drawn
    found = model.reader.features(pictures)
    held_out, known = found[:HELD_OUT], found[HELD_OUT:]
    return known, float(nearest(held_out, known, 1)[0].median())
