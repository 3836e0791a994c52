"""Forgetting to draw: maps of G are switched off, and what that takes from its pictures is counted.

Radford et al. 2015, sec. 6.3.1, let G forget windows: a logistic regression on what a layer's maps
hold finds those that speak for a window, and they are zeroed. Beside it stands a switch: the few
maps in which samples with and without an attribute differ most are shifted by that difference.

The first half of a pool's samples finds the maps, the third quarter chooses how many to shift, and
rates are of samples in the last quarter, which had no part in either.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import torch
from torch import Generator, Tensor

from ganplay.latent.logistic import logistic, standard
from ganplay.latent.model import PIECE, Model
from ganplay.latent.pool import Pool, pool_of
from ganplay.nets.dcgan import Change

STRENGTH = 1.5
"""How many times their difference the maps are shifted by, where nobody chose."""
COUNTS = (1, 2, 4, 8, 16, 32, 64)
"""How many maps may be shifted, in a layer of at least twice as many."""
ENOUGH = 0.9
"""Portion of the samples from which on a switch works."""
TRIED, MEASURED, DRAWS = 64, 200, 3
"""Samples at most that a number of maps is tried on and that rates are measured on, and random sets
of maps for the control."""
FEWEST = 16
"""Samples that each part of a pool needs with an attribute, and without."""

Place = tuple[int, int]
"""A layer, and how many of its maps are shifted."""


# ---- the changes


def without(off: Mapping[int, Sequence[int]]) -> Change:
    """Zeroes these maps of each layer at all places."""

    def change(layer: int, maps: Tensor) -> Tensor:
        return maps.index_fill(1, torch.tensor(off.get(layer, ()), dtype=torch.long), 0)

    return change


def shifted(at: int, chosen: Tensor, shift: Tensor) -> Change:
    """Subtracts `shift` [chosen, side, side] from the chosen maps of one layer."""

    def change(layer: int, maps: Tensor) -> Tensor:
        if layer != at:
            return maps
        return maps.index_add(1, chosen, -shift.expand(len(maps), -1, -1, -1))

    return change


# ---- which maps carry an attribute


@dataclass(frozen=True, eq=False)
class Traces:
    """What attributes leave in a layer's maps.

    means: [n, maps] each map's mean over its places, for the samples that find the maps.
    difference: [attributes, maps, side, side] the mean map of those that have an attribute for sure,
        less that of those that lack it for sure.
    """

    means: Tensor
    difference: Tensor


def parts(pool: Pool) -> tuple[slice, slice, slice]:
    """The samples of a pool that find the maps, that choose their number, and that are measured."""
    half, n = len(pool.z) // 2, len(pool.z)
    return slice(0, half), slice(half, (half + n) // 2), slice((half + n) // 2, n)


def known(pool: Pool, attribute: int) -> bool:
    """Whether a pool has enough samples with an attribute, and without, to say anything."""
    flags = pool.flags[:, attribute]
    counts = [(flags[part] == sign).sum() for part in parts(pool) for sign in (1, -1)]
    return int(min(counts)) >= FEWEST


@lru_cache(maxsize=4)
def traces(model: Model) -> list[Traces]:
    """Those in each layer; about a second of one core at first, and longer where its pool is new."""
    pool = pool_of(model)
    find = parts(pool)[0]
    return traces_in(model, pool.z[find], pool.flags[find])


@torch.no_grad()
def traces_in(model: Model, z: Tensor, flags: Tensor) -> list[Traces]:
    """What attributes `flags` [n, attributes] of the pictures of z leave in each layer's maps."""
    means: list[list[Tensor]] = [[] for _ in range(model.layers)]
    sums: list[dict[int, Tensor]] = [{1: torch.zeros(()), -1: torch.zeros(())} for _ in means]
    for piece, said in zip(torch.split(z, PIECE), torch.split(flags, PIECE), strict=True):
        for layer, maps in enumerate(model.grow(piece)[:-1]):
            means[layer].append(maps.mean((2, 3)))
            for sign, so_far in sums[layer].items():
                found = torch.einsum("na,nmhw->amhw", (said == sign).float(), maps)
                sums[layer][sign] = so_far + found
    counts = {sign: (flags == sign).sum(0).clamp(min=1).view(-1, 1, 1, 1) for sign in (1, -1)}
    return [
        Traces(torch.cat(means[layer]), total[1] / counts[1] - total[-1] / counts[-1])
        for layer, total in enumerate(sums)
    ]


@lru_cache(maxsize=64)
def speaking_for(model: Model, attribute: int, layer: int) -> Tensor:
    """The maps of a layer with a positive weight in a logistic regression of an attribute on the
    maps' means, as in the paper."""
    pool = pool_of(model)
    said = pool.flags[parts(pool)[0], attribute]
    weights, _ = logistic(standard(traces(model)[layer].means[said != 0]), said[said != 0] > 0)
    return torch.nonzero(weights > 0)[:, 0]


def carrying(difference: Tensor, count: int) -> Tensor:
    """So many maps of one attribute's `difference` [maps, side, side], where its mean square over the
    places is largest."""
    return difference.square().mean((1, 2)).topk(count).indices


def others(chosen: Tensor, maps: int) -> list[Tensor]:
    """DRAWS times as many random other maps of a layer's; where there are too few, some of the chosen
    too."""
    rng = Generator().manual_seed(0)
    mixed = [torch.randperm(maps, generator=rng) for _ in range(DRAWS)]
    rank = torch.zeros(maps).index_fill(0, chosen, 1)
    return [order[rank[order].argsort(stable=True)][: len(chosen)] for order in mixed]


# ---- what it does


@dataclass(frozen=True)
class Rates:
    """Of `samples` that have an attribute for sure, the portion that lacks it for sure after a
    change, and the portion that does so while all that was sure otherwise is read as before."""

    samples: int
    gone: float
    clean: float


class Effect(NamedTuple):
    """The rates of a change of some maps, and the means of those of the same change of as many random
    other maps."""

    rates: Rates
    control: Rates


def outcome(before: Tensor, after: Tensor, attribute: int) -> tuple[Tensor, Tensor]:
    """Which samples lack an attribute for sure after a change, and which do so while all that was
    sure otherwise is read as before, both [n] bool; what is read is [n, attributes]."""
    gone = after[:, attribute] == -1
    kept = (after == before) | (before == 0)
    kept[:, attribute] = True
    return gone, gone & kept.all(1)


@torch.no_grad()
def rates(model: Model, z: Tensor, before: Tensor, attribute: int, change: Change) -> Rates:
    """Those of a change for samples that are read as `before`."""
    reader = model.reader
    assert reader
    made = torch.cat([model.grow(part, change)[-1] for part in torch.split(z, PIECE)])
    gone, clean = outcome(before, reader.read(made), attribute)
    return Rates(len(z), float(gone.double().mean()), float(clean.double().mean()))


def having(model: Model, attribute: int, part: int, most: int) -> tuple[Tensor, Tensor]:
    """z and flags of the first samples in a part of the pool that have an attribute for sure."""
    pool = pool_of(model)
    z, flags = pool.z[parts(pool)[part]], pool.flags[parts(pool)[part]]
    first = torch.nonzero(flags[:, attribute] == 1)[:most, 0]
    return z[first], flags[first]


@lru_cache(maxsize=256)
def zeroing(model: Model, attribute: int, layer: int) -> Effect:
    """What it does to zero the maps that speak for an attribute; half a second of one core."""
    chosen = speaking_for(model, attribute, layer)
    return _effect(model, attribute, layer, chosen, lambda maps: without({layer: maps.tolist()}))


@lru_cache(maxsize=256)
def switching(model: Model, attribute: int, place: Place, strength: float = STRENGTH) -> Effect:
    """What it does to shift the maps that carry an attribute; half a second of one core. For the
    control other maps are shifted, by as much."""
    chosen, shift = lever(model, attribute, place, strength)
    return _effect(model, attribute, place[0], chosen, lambda maps: shifted(place[0], maps, shift))


def lever(
    model: Model, attribute: int, place: Place, strength: float = STRENGTH
) -> tuple[Tensor, Tensor]:
    """The maps that carry an attribute most in a layer, and what is subtracted from them."""
    layer, count = place
    difference = traces(model)[layer].difference[attribute]
    chosen = carrying(difference, count)
    return chosen, strength * difference[chosen]


def _effect(
    model: Model, attribute: int, layer: int, chosen: Tensor, change: Callable[[Tensor], Change]
) -> Effect:
    z, before = having(model, attribute, 2, MEASURED)
    sets = [chosen, *others(chosen, model.config.generator.hidden[layer])]
    own, *drawn = [rates(model, z, before, attribute, change(maps)) for maps in sets]
    gone = sum(each.gone for each in drawn) / DRAWS
    return Effect(own, Rates(own.samples, gone, sum(each.clean for each in drawn) / DRAWS))


# ---- where to switch


def places(model: Model) -> list[Place]:
    """Every layer with every number of maps that it leaves as many others of."""
    hidden = model.config.generator.hidden
    return [(i, count) for i, maps in enumerate(hidden) for count in COUNTS if 2 * count <= maps]


@lru_cache(maxsize=1024)
def tried(model: Model, attribute: int, place: Place) -> float:
    """The rate of clean changes in a place, by samples that are not measured later."""
    z, before = having(model, attribute, 1, TRIED)
    change = shifted(place[0], *lever(model, attribute, place))
    return rates(model, z, before, attribute, change).clean


def best(found: Mapping[Place, float]) -> Place:
    """The place with the fewest maps where a switch works, or where it works best if it nowhere
    works well enough; of several the best, and the earliest."""
    enough = [place for place in found if found[place] >= ENOUGH]
    fewest = min((count for _, count in enough), default=0)
    few = [place for place in enough if place[1] == fewest]
    return max(few or found, key=found.__getitem__)
