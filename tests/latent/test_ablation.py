"""Switching maps off: on a generator whose maps have known causes, on plain loops, and on the faces."""

from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest
import torch
from sklearn.linear_model import LogisticRegression
from torch import Generator, Tensor

from ganplay.latent import ablation
from ganplay.latent.ablation import (
    Rates,
    best,
    carrying,
    others,
    outcome,
    parts,
    shifted,
    without,
)
from ganplay.latent.model import Model, shipped
from ganplay.latent.pool import Pool, pool_of
from ganplay.nets.dcgan import Change
from tests.latent.small import small_model

MAPS = 12


class Planted:
    """A generator with known causes: its one layer has 12 maps of 2x2, each as large as its number of
    z, uniform from 0 to 1; pixel k of its picture is the mean of map k, but the last pixel is the sum
    of those of maps 0 and 1."""

    layers = 1
    shape = (1, 3, 4)
    config = SimpleNamespace(generator=SimpleNamespace(hidden=(MAPS,)))

    class Reader:
        """Attribute k is there for sure where pixel k is above .6, and missing where it is below .4;
        attribute 3 is about the last pixel."""

        names = movable = ("first", "second", "third", "sum")

        def read(self, pictures: Tensor) -> Tensor:
            values = pictures.flatten(1)[:, [0, 1, 2, -1]] - torch.tensor([0, 0, 0, 0.5])
            return (values > 0.6).to(torch.int8) - (values < 0.4).to(torch.int8)

        def features(self, pictures: Tensor) -> Tensor:
            return pictures.flatten(1)

    reader = Reader()

    def noise(self, n: int, seed: int) -> Tensor:
        return torch.rand(n, MAPS, generator=Generator().manual_seed(seed))

    def grow(self, z: Tensor, change: Change | None = None) -> list[Tensor]:
        maps = z[:, :, None, None].expand(-1, -1, 2, 2)
        maps = change(0, maps) if change else maps
        picture = maps.mean((2, 3))
        picture = torch.cat([picture[:, :-1], picture[:, :2].sum(1, keepdim=True)], 1)
        return [maps, picture.view(-1, *self.shape)]

    def generate(self, z: Tensor) -> Tensor:
        return self.grow(z)[-1]


PLANTED = cast(Model, Planted())


# ---- the changes


def test_maps_are_zeroed_and_nothing_else() -> None:
    model = small_model()
    z = model.noise(3, 0)
    with torch.no_grad():
        plain, changed = model.grow(z), model.grow(z, without({0: (1, 6)}))
        for each, same in zip(plain, model.grow(z, without({})), strict=True):
            assert torch.equal(each, same)
        assert plain[0][:, [1, 6]].any()
        assert not changed[0][:, [1, 6]].any()
        rest = [n for n in range(8) if n not in (1, 6)]
        assert torch.equal(changed[0][:, rest], plain[0][:, rest])
        assert not torch.equal(changed[1], plain[1])
        both = model.grow(z, without({0: (1, 6), 1: (3,)}))
    assert not both[1][:, 3].any()
    assert torch.equal(both[1][:, :3], changed[1][:, :3])


def test_maps_are_shifted_by_their_part() -> None:
    maps = torch.randn(2, 5, 3, 3)
    shift = torch.randn(2, 3, 3)
    made = shifted(1, torch.tensor([4, 0]), shift)(1, maps)
    truth = maps.clone()
    truth[:, 4] -= shift[0]
    truth[:, 0] -= shift[1]
    torch.testing.assert_close(made, truth)
    assert shifted(1, torch.tensor([4, 0]), shift)(0, maps) is maps


# ---- which maps


def test_traces_are_means_over_samples_that_are_sure() -> None:
    model = small_model()
    z = model.noise(300, 0)
    flags = torch.randint(-1, 2, (300, 3), generator=Generator().manual_seed(1)).to(torch.int8)
    found = ablation.traces_in(model, z, flags)
    with torch.no_grad():
        layers = model.grow(z)[:-1]
    assert len(found) == 2
    for traces, maps in zip(found, layers, strict=True):
        np.testing.assert_allclose(traces.means, maps.mean((2, 3)), atol=1e-6)
        for a in range(3):
            known = maps.double()
            truth = known[flags[:, a] == 1].mean(0) - known[flags[:, a] == -1].mean(0)
            np.testing.assert_allclose(traces.difference[a], truth, atol=1e-5)


def test_parts_of_a_pool_share_no_sample() -> None:
    pool = Pool(torch.arange(41.0)[:, None], np.zeros(41), torch.zeros(41, 1))
    cut = [pool.z[part].flatten().tolist() for part in parts(pool)]
    assert [n for each in cut for n in each] == list(range(41))
    assert [len(each) for each in cut] == [20, 10, 11]


def test_the_maps_that_carry_an_attribute_differ_most() -> None:
    difference = torch.zeros(6, 2, 2)
    difference[2] = -3
    difference[4] = torch.tensor([[0.0, 0], [0, 8]])  # mean square 16, mean without sign 2
    difference[1] = 1
    assert carrying(difference, 3).tolist() == [4, 2, 1]


@pytest.mark.parametrize("attribute", range(4))
def test_maps_that_speak_for_an_attribute_are_scikit_learns(attribute: int) -> None:
    pool = pool_of(PLANTED)
    flags = pool.flags[: len(pool.z) // 2, attribute].numpy()
    means = pool.z[: len(pool.z) // 2].double().numpy()[flags != 0]  # each map is its number of z
    means = (means - means.mean(0)) / means.std(0)
    theirs = LogisticRegression(tol=1e-10, max_iter=10_000).fit(means, flags[flags != 0] > 0)
    found = ablation.speaking_for(PLANTED, attribute, 0).tolist()
    assert found == np.flatnonzero(theirs.coef_[0] > 0).tolist()
    assert set(found) >= ({0, 1} if attribute == 3 else {attribute})


@pytest.mark.parametrize("count", [1, 4, 6, 7, 12])
def test_random_maps_are_others_where_there_are_enough(count: int) -> None:
    chosen = torch.randperm(12, generator=Generator().manual_seed(5))[:count]
    sets = others(chosen, 12)
    assert len(sets) == ablation.DRAWS
    for each in sets:
        assert len(set(each.tolist())) == count
        shared = set(each.tolist()) & set(chosen.tolist())
        assert len(shared) == max(0, 2 * count - 12)
    assert [each.tolist() for each in sets] == [each.tolist() for each in others(chosen, 12)]
    if count in (1, 4):
        assert len({tuple(sorted(each.tolist())) for each in sets}) > 1


# ---- what it does


def test_an_outcome_is_clean_if_all_that_was_sure_is_read_as_before() -> None:
    before = torch.tensor([[1, 1, -1, 0]]).repeat(6, 1)
    after = torch.tensor(
        [
            [-1, 1, -1, 0],  # as wanted
            [-1, 1, -1, 1],  # what nobody could say may change
            [-1, 0, -1, 0],  # another is no longer sure
            [-1, 1, 1, 0],  # another came
            [0, 1, -1, 0],  # not gone for sure
            [1, 1, -1, 0],  # still there
        ]
    )
    gone, clean = outcome(before, after, 0)
    assert gone.tolist() == [True, True, True, True, False, False]
    assert clean.tolist() == [True, True, False, False, False, False]


def test_zeroing_and_switching_where_the_cause_is_known() -> None:
    switched = ablation.switching(PLANTED, 2, (0, 1))
    # pixel 2 is above .6, and the means of those above .6 and below .4 are .8 and .2
    assert switched.rates == Rates(200, 1.0, 1.0)  # from .6-1 to -.3-.1
    assert switched.control.gone == 0.0
    weak = ablation.switching(PLANTED, 2, (0, 1), strength=0.5)  # by .3, to .3-.7
    assert weak.rates.clean == weak.rates.gone == pytest.approx(0.25, abs=0.1)
    assert ablation.switching(PLANTED, 2, (0, 1), strength=0.0).rates.gone == 0.0
    assert ablation.zeroing(PLANTED, 2, 0).rates.gone == 1.0
    # the last pixel goes with the first: what it loses is not always all
    first = ablation.switching(PLANTED, 0, (0, 1)).rates
    before = ablation.having(PLANTED, 0, 2, 200)[1]
    assert (before[:, 0] == 1).all()
    last_kept = (
        before[:, 3] != 1
    )  # the sum falls by .9: what was there goes, what was missing stays
    assert first.gone == 1.0
    assert first.clean == pytest.approx(float(last_kept.double().mean()), abs=1e-9)
    assert 0 < first.clean < 1


def test_rates_are_counted_over_pieces_of_any_size(monkeypatch: pytest.MonkeyPatch) -> None:
    z, before = ablation.having(PLANTED, 0, 2, 50)
    change = without({0: (0,)})
    whole = ablation.rates(PLANTED, z, before, 0, change)
    monkeypatch.setattr(ablation, "PIECE", 7)
    assert ablation.rates(PLANTED, z, before, 0, change) == whole


# ---- where to switch


BEST: list[tuple[dict[Any, float], tuple[int, int]]] = [
    ({(0, 2): 0.2, (0, 4): 0.91, (1, 4): 0.95, (0, 8): 1.0}, (1, 4)),
    ({(0, 2): 0.9, (0, 4): 1.0}, (0, 2)),
    ({(0, 2): 0.3, (1, 2): 0.8, (1, 4): 0.8}, (1, 2)),
    ({(0, 2): 0.95, (1, 2): 0.95}, (0, 2)),
    ({(2, 1): 0.0}, (2, 1)),
]


@pytest.mark.parametrize(("found", "place"), BEST)
def test_the_best_place_has_the_fewest_maps_that_are_enough(
    found: dict[Any, float], place: tuple[int, int]
) -> None:
    assert best(found) == place


def test_places_leave_as_many_other_maps() -> None:
    assert ablation.places(PLANTED) == [(0, 1), (0, 2), (0, 4)]
    assert ablation.places(small_model(generator__hidden="1,2")) == [(1, 1)]
    found = {place: ablation.tried(PLANTED, 2, place) for place in ablation.places(PLANTED)}
    assert found[0, 1] == 1.0
    assert best(found) == (0, 1)


def test_what_is_not_known_is_told() -> None:
    pool = pool_of(PLANTED)
    assert all(ablation.known(pool, a) for a in range(4))
    flags = pool.flags.clone()
    flags[-1024:, 1] = -1
    assert not ablation.known(Pool(pool.z, pool.pictures, flags), 1)


# ---- the shipped faces


def test_faces_forget_a_smile_and_a_hat_by_a_switch_and_not_by_random_maps() -> None:
    model = shipped("faces")
    assert model.reader
    for name in ("smile", "hat"):
        attribute = model.reader.names.index(name)
        assert ablation.known(pool_of(model), attribute)
        found = {place: ablation.tried(model, attribute, place) for place in ablation.places(model)}
        place = best(found)
        effect = ablation.switching(model, attribute, place)
        assert effect.rates.samples == ablation.MEASURED
        assert effect.rates.clean >= 0.8
        assert effect.rates.gone >= effect.rates.clean
        assert effect.control.gone <= 0.2
        assert effect.rates.clean == pytest.approx(found[place], abs=0.15)
        assert ablation.zeroing(model, attribute, place[0]).rates.clean < effect.rates.clean - 0.3
