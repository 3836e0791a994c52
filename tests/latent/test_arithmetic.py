"""Arithmetic in z: sums and equations against slow loops, and what they reach on the shipped faces."""

import math

import numpy as np
import pytest
import torch
from scipy import stats

from ganplay.data.pictures import scaled
from ganplay.latent import real
from ganplay.latent.arithmetic import (
    HELD_OUT,
    MOST,
    REACH,
    REAL,
    TRIALS,
    Outcome,
    agrees,
    around,
    equations,
    equations_in,
    from_real,
    kept,
    outcomes,
    sums,
    total,
)
from ganplay.latent.model import Model
from ganplay.latent.pool import Pool, pool_of
from ganplay.metrics.attributes import READERS


def pool_with(flags: torch.Tensor) -> Pool:
    n = len(flags)
    return Pool(torch.randn(n, 3), np.zeros((n, 1, 4, 4), np.uint8), flags)


# ---- sums


def test_a_sum_is_that_of_the_means() -> None:
    a, b, c = torch.randn(3, 5), torch.randn(2, 5), torch.randn(7, 5)
    truth = [sum(a[:, i]) / 3 - sum(b[:, i]) / 2 + sum(c[:, i]) / 7 for i in range(5)]
    torch.testing.assert_close(total(a, b, c), torch.stack(truth))


def test_neighbours_are_uniform_around_the_sum() -> None:
    z = torch.linspace(-5, 5, 500)
    found = around(z)
    assert found.shape == (9, 500)
    assert torch.equal(found[4], z)
    away = (found - z)[[n for n in range(9) if n != 4]].flatten().double().numpy()
    assert stats.kstest(away, stats.uniform(-REACH, 2 * REACH).cdf).pvalue > 1e-3
    assert torch.equal(found, around(z))
    assert not torch.equal(found, around(z, 1))


# ---- equations


@pytest.mark.parametrize("keep", [[0, 2, 3], [2, 3]])
def test_equations_are_of_exemplars_as_they_should_be(keep: list[int]) -> None:
    rng = torch.Generator().manual_seed(1)
    flags = torch.randint(-1, 2, (3000, 4), generator=rng, dtype=torch.int8)
    pool, target = pool_with(flags), 1
    asked = equations_in(pool, target, keep, 100)
    assert len(asked) == 100
    for t in range(100):
        of = {name: flags[getattr(asked, name)[t]].tolist() for name in "abc"}
        kinds = {}
        for name, rows in of.items():
            assert len(set(getattr(asked, name)[t].tolist())) == MOST, "an exemplar stands twice"
            assert {row[target] for row in rows} == {1 if name == "a" else -1}
            (kinds[name],) = {tuple(row[i] for i in keep) for row in rows}
            assert 0 not in kinds[name]
        assert kinds["a"] == kinds["b"] != kinds["c"]
        wanted = asked.wanted[t].tolist()
        assert tuple(wanted[i] for i in keep) == kinds["c"]
        assert wanted[target] == 1
        assert all(wanted[i] == 0 for i in range(4) if i not in (*keep, target))
    if len(keep) < 3:
        assert len({tuple(flags[row[0]].tolist()) for row in asked.a}) > 4, "others are free"


def test_kinds_are_as_likely_as_they_are_frequent() -> None:
    """Of three kinds with weights 1, 2 and 4, a pair of different ones has the first as C with
    probability (2 + 4) / 28."""
    counts = {-1: 1, 1: 2}
    rows = [
        row
        for first, weight in counts.items()
        for row in [[first, -1, on] for on in (-1, 1) for _ in range(40 * weight)]
    ]
    rows += [[1, 1, on] for on in (-1, 1) for _ in range(160)]
    asked = equations_in(pool_with(torch.tensor(rows, dtype=torch.int8)), 2, [0, 1], 4000)
    share = float((asked.wanted[:, 0] == -1).double().mean())
    assert share == pytest.approx(6 / 28, abs=4 * math.sqrt(6 / 28 * 22 / 28 / 4000))


@pytest.mark.parametrize(("rare", "works"), [(MOST, True), (MOST - 1, False)])
def test_a_kind_needs_enough_exemplars(rare: int, works: bool) -> None:
    rows = [[-1, -1]] * 50 + [[-1, 1]] * 50 + [[1, -1]] * 50 + [[1, 1]] * rare
    pool = pool_with(torch.tensor(rows, dtype=torch.int8))
    if works:
        assert len(equations_in(pool, 1, [0])) == TRIALS
    else:
        with pytest.raises(
            ValueError, match=r"no two kinds among 1[0-9]+ samples are read 30 times"
        ):
            equations_in(pool, 1, [0])


def test_what_is_kept() -> None:
    people, digits = READERS["faces"](), READERS["mnist"]()
    assert kept(people, 2) == [0, 1, 3, 4]
    for name in digits.movable:
        found = kept(digits, digits.names.index(name))
        assert [digits.names[i] for i in found] == list("0123456789")


def test_agreeing_is_to_be_sure_of_all_that_is_wanted() -> None:
    wanted = torch.tensor([[1, -1, 0]], dtype=torch.int8)
    cases = {
        (1, -1, 1): True,
        (1, -1, 0): True,
        (0, -1, 1): False,
        (1, 0, 1): False,
        (1, 1, 1): False,
    }
    for read, truth in cases.items():
        assert agrees(torch.tensor([read], dtype=torch.int8), wanted).item() is truth


# ---- what they give


def test_outcomes_are_those_of_a_slow_loop(faces: Model) -> None:
    pool, asked, reader = pool_of(faces), equations(faces, 0), faces.reader
    assert reader
    pictures, found = sums(faces, 0, 3), outcomes(faces, 0, 3)
    for t in (0, 17, 199):
        terms = [getattr(asked, name)[t, :3].tolist() for name in "abc"]
        z = sum(
            sign * pool.z[n] / 3 for sign, term in zip((1, -1, 1), terms, strict=True) for n in term
        )
        mixed = sum(
            sign * (pool.pictures[n].astype(float) / 127.5 - 1) / 3
            for sign, term in zip((1, -1, 1), terms, strict=True)
            for n in term
        )
        torch.testing.assert_close(pictures[0][t], faces.generate(z[None])[0], atol=1e-4, rtol=0)
        truth = torch.from_numpy(np.clip(mixed, -1, 1)).float()
        torch.testing.assert_close(pictures[1][t], truth, atol=1e-5, rtol=0)
        for made, outcome in zip(pictures, found, strict=True):
            read = reader.read(made[t : t + 1])[0]
            assert bool(outcome.works[t]) == (read.tolist() == asked.wanted[t].tolist())
    assert found[0].rate == sum(found[0].works.tolist()) / TRIALS


def test_distances_are_to_the_nearest_real_picture(faces: Model) -> None:
    reader, known = faces.reader, real.some(faces, REAL + HELD_OUT)
    assert reader
    assert known is not None
    held_out = known[:HELD_OUT]
    found = from_real(faces, held_out).double().numpy()
    assert np.median(found) == pytest.approx(1, abs=0.02)
    seen = reader.features(known).double().numpy()
    apart = np.linalg.norm(seen[:40, None] - seen[None, HELD_OUT:], axis=2).min(1)
    np.testing.assert_allclose(found[:40], apart / apart[0] * found[0], rtol=1e-3)
    noise = scaled(torch.randint(0, 256, (20, 3, 32, 32), dtype=torch.uint8))
    assert from_real(faces, noise).min() > 2


def test_what_is_real_is_at_no_distance(faces: Model) -> None:
    known = real.some(faces, REAL + HELD_OUT)
    assert known is not None
    assert from_real(faces, known[-5:]).max() < 0.01


@pytest.mark.parametrize("target", [0, 4])
def test_one_exemplar_is_not_enough_and_ten_are(target: int, faces: Model) -> None:
    found = {n: outcomes(faces, target, n) for n in (1, 3, 10)}
    rates = [by_z.rate for by_z, _ in found.values()]
    for rate, (least, most) in zip(rates, ((0.05, 0.45), (0.35, 0.8), (0.75, 1)), strict=True):
        assert least < rate <= most
    assert rates == sorted(rates)
    for by_z, by_pixel in found.values():
        assert 0.6 < by_z.far < 2.2
        assert by_z.far < 0.9 * by_pixel.far
    by_z, by_pixel = found[10]
    assert by_pixel.rate < by_z.rate - 0.2


def test_rate_and_distance_of_an_outcome() -> None:
    some = Outcome(torch.tensor([True, False, True, True]), torch.arange(4.0))
    assert some.rate == 0.75
    assert some.far == 1
