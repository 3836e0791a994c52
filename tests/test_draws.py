"""The random numbers of training: of the run alone, of the distributions asked for, and kept."""

import math
from collections.abc import Callable
from dataclasses import fields
from typing import Any

import numpy as np
import pytest
import torch
from scipy import stats
from torch import Generator, Tensor

from ganplay import draws
from ganplay.config import RunConfig, named_fields
from ganplay.data import PLANE
from ganplay.draws import Batch, Draws, noise
from ganplay.settings import choices

RUNS = 3

SmallOn = Callable[[str], RunConfig]

EVERYTHING = {"penalty.name": "gp", "aids.pack": 3, "aids.instance_noise": 0.4}


def stream(config: RunConfig, runs: int = RUNS, first: int = 0, real: bool = True) -> Draws:
    rngs = [Generator().manual_seed(first + k) for k in range(runs)]
    made = Draws(rngs, torch.float64)
    made.follow(config, real)
    return made


def taken(stream: Draws, count: int) -> list[Batch]:
    return [stream.next() for _ in range(count)]


def tensors(batch: Batch) -> dict[str, Tensor]:
    """What there is of a batch."""
    return {
        field.name: value
        for field in fields(batch)
        if (value := getattr(batch, field.name)) is not None
    }


def equal(one: Batch, other: Batch) -> bool:
    ours, theirs = tensors(one), tensors(other)
    return ours.keys() == theirs.keys() and all(
        torch.equal(ours[name], theirs[name]) for name in ours
    )


def of_run(batch: Batch, k: int) -> Batch:
    named = tensors(batch)
    return Batch(**{f.name: None if f.name not in named else named[f.name][k : k + 1]
                    for f in fields(batch)})  # fmt: skip


def many(config: RunConfig, name: str, count: int = 20_000) -> Tensor:
    """At least so many draws in a row, [n, ...]."""
    source = stream(config, 1)
    return torch.cat([getattr(source.next(), name)[0] for _ in range(count // config.batch_size)])


# ---- what is drawn


@pytest.mark.parametrize("data", [*PLANE, "mnist", "stacked_mnist", "faces"])
def test_run_k_draws_what_the_single_run_draws(data: str, small_on: SmallOn) -> None:
    """Over the ends of several blocks, which a stack reaches at the same batch."""
    config = small_on(data).updated(EVERYTHING)
    stacked = taken(stream(config, first=5), 150)
    for k in range(RUNS):
        alone = taken(stream(config, 1, 5 + k), 150)
        assert all(equal(of_run(a, k), b) for a, b in zip(stacked, alone, strict=True))
    assert not torch.equal(stacked[0].z[0], stacked[0].z[1])
    assert not torch.equal(stacked[0].z, stacked[1].z)


@pytest.mark.parametrize(
    ("changes", "real", "shapes"),
    [
        ({}, True, {"z": (9, 3), "real": (9, 2)}),
        ({}, False, {"z": (9, 3)}),
        ({"aids.instance_noise": 0.1}, True, {"z": (9, 3), "real": (9, 2), "noise": (9, 2)}),
        ({"aids.instance_noise": 0.1}, False, {"z": (9, 3), "noise": (9, 2)}),
        ({"penalty.name": "r1"}, True, {"z": (9, 3), "real": (9, 2)}),
        ({"penalty.name": "gp"}, True, {"z": (9, 3), "real": (9, 2), "portion": (9, 1)}),
        ({"penalty.name": "gp"}, False, {"z": (9, 3)}),
        (EVERYTHING, True, {"z": (9, 3), "real": (9, 2), "noise": (9, 2), "portion": (3, 1)}),
        (
            EVERYTHING | {"data.name": "stacked_mnist"},
            True,
            {"z": (9, 3), "real": (9, 3, 28, 28), "noise": (9, 3, 28, 28), "portion": (3, 1)},
        ),
    ],
    ids=str,
)
def test_only_what_is_asked_for_is_drawn(
    changes: dict[str, Any], real: bool, shapes: dict[str, tuple[int, ...]], small: RunConfig
) -> None:
    batch = stream(small.updated(changes), real=real).next()
    seen = {name: tuple(value.shape) for name, value in tensors(batch).items()}
    assert seen == {name: (RUNS, *shape) for name, shape in shapes.items()}
    assert all(value.dtype == torch.float64 for value in tensors(batch).values())


def test_real_points_are_the_data_sets(small: RunConfig) -> None:
    """The mean squared distance from 0 of points on a ring is radius^2 + 2 sigma^2."""
    real = many(small.updated({"data.sigma": 0.2}), "real")
    square = real.square().sum(1)
    expected, deviation = 2**2 + 2 * 0.2**2, 2 * 2 * 0.2
    assert float(square.mean()) == pytest.approx(expected, abs=5 * deviation / len(real) ** 0.5)
    assert len(real.unique(dim=0)) == len(real)


@pytest.mark.parametrize("strength", [0.1, 1.5])
def test_instance_noise_has_the_deviation_asked_for(strength: float, small: RunConfig) -> None:
    """On points that all lie on a line, seen across it, and on generated points."""
    line = {"data.name": "line", "data.angle": 0, "aids.instance_noise": strength}
    noisy = small.updated(line)
    plain = many(noisy.updated({"aids.instance_noise": 0}), "real")[:, 1].std()
    across, generated = many(noisy, "real")[:, 1], many(noisy, "noise")
    error = 5 / math.sqrt(2 * len(generated))
    expected = math.hypot(float(plain), strength)
    assert float(across.std()) == pytest.approx(expected, rel=2 * error)
    assert float(generated.std()) == pytest.approx(strength, rel=error)
    assert float(generated.mean()) == pytest.approx(0, abs=strength * error)
    correlation = torch.corrcoef(torch.cat((generated, across[:, None]), 1).T)
    assert (correlation - torch.eye(3, dtype=torch.float64)).abs().max() < 2 * error


def test_portion_is_uniform_with_one_number_for_each_pack(small: RunConfig) -> None:
    config = small.updated({"penalty.name": "gp", "aids.pack": 3})
    portion = many(config, "portion")[:, 0]
    assert len(portion) == 20_000 // 9 * 3
    assert 0 <= portion.min() < 0.01
    assert 0.99 < portion.max() < 1
    tenths = torch.histc(portion, 10, 0, 1) / len(portion)
    error = 5 * math.sqrt(0.1 * 0.9 / len(portion))
    torch.testing.assert_close(tenths, torch.full_like(tenths, 0.1), rtol=0, atol=error)


# ---- noise


def corners(dim: int) -> Callable[[Any], Any]:
    """The distribution of a number of a one-hot mixture: about 1 once in `dim`, else about 0."""
    zero, one = (stats.norm(at, 0.3 / math.sqrt(dim)) for at in (0, 1))
    return lambda x: (1 - 1 / dim) * zero.cdf(x) + one.cdf(x) / dim


DISTRIBUTIONS: dict[str, Callable[[int], Callable[[Any], Any]]] = {
    "normal": lambda dim: stats.norm.cdf,
    "uniform": lambda dim: stats.uniform(-1, 2).cdf,
    "one_hot_mixture": corners,
    "student_t": lambda dim: stats.t(2).cdf,
}
"""Of a single number of z."""


def test_every_prior_has_its_distribution() -> None:
    assert DISTRIBUTIONS.keys() == set(choices(named_fields("ring")["latent.prior"]))


@pytest.mark.parametrize("dim", [2, 5])
@pytest.mark.parametrize("prior", DISTRIBUTIONS)
def test_noise_has_the_distribution_of_its_prior(prior: str, dim: int, small: RunConfig) -> None:
    latent = small.updated({"latent.prior": prior, "latent.dim": dim}).latent
    z = noise(latent, 40_000, Generator().manual_seed(1))
    assert z.shape == (40_000, dim)
    for name, cdf in DISTRIBUTIONS.items():
        pvalues = [stats.kstest(column, cdf(dim)).pvalue for column in z.double().T.numpy()]
        assert (min(pvalues) > 1e-3) if name == prior else (max(pvalues) < 1e-9)
    assert (z.abs().max() <= 1) == (prior == "uniform")
    # how large one number is says nothing of the others, corners aside
    ranks = stats.spearmanr(z.double().abs().numpy()).statistic
    assert (np.abs(ranks[0, 1] if dim > 2 else ranks) < 5 / math.sqrt(len(z))) == (
        prior != "one_hot_mixture"
    )


@pytest.mark.parametrize("beyond", [1e-1, 1e-2, 1e-3])
def test_tails_of_students_t_are_heavy(beyond: float, small: RunConfig) -> None:
    """P(|z| > x) = 1 - x / sqrt(2 + x^2); the count of those beyond is binomial."""
    latent = small.updated({"latent.prior": "student_t", "latent.dim": 8}).latent
    z = noise(latent, 50_000, Generator().manual_seed(3))
    limit = math.sqrt(2) * (1 - beyond) / math.sqrt(1 - (1 - beyond) ** 2)
    assert limit == pytest.approx(stats.t(2).ppf(1 - beyond / 2), rel=1e-9)
    count, n = int((z.abs() > limit).sum()), z.numel()
    assert count == pytest.approx(n * beyond, abs=5 * math.sqrt(n * beyond))
    assert z.isfinite().all()


@pytest.mark.parametrize("dim", [2, 7])
def test_corners_of_the_mixture_are_hit_evenly(dim: int, small: RunConfig) -> None:
    latent = small.updated({"latent.prior": "one_hot_mixture", "latent.dim": dim}).latent
    z = noise(latent, 40_000, Generator().manual_seed(1))
    shares = z.argmax(1).bincount(minlength=dim) / len(z)
    error = 5 * math.sqrt((1 - 1 / dim) / dim / len(z))
    torch.testing.assert_close(shares, torch.full((dim,), 1 / dim), rtol=0, atol=error)
    assert float(z.max(1).values.mean()) == pytest.approx(1, abs=0.05)


# ---- changes


@pytest.mark.parametrize(
    "changes",
    [
        {"generator.lr": 0.5},
        {"loss": "hinge", "updates": "simultaneous"},
        {"penalty.weight": 3.0, "discriminator.activation": "tanh"},
        {"generator.ema": 0.5, "aids.unroll": 2},
        {"generator.steps": 3, "discriminator.optimizer": "sgd"},
    ],
    ids=str,
)
def test_a_change_that_has_no_part_in_it_keeps_the_draws(
    changes: dict[str, Any], small: RunConfig
) -> None:
    config = small.updated(EVERYTHING)
    changed, unchanged = stream(config), stream(config)
    taken(changed, 5), taken(unchanged, 5)
    changed.follow(config.updated(changes), True)
    for one, other in zip(taken(changed, 100), taken(unchanged, 100), strict=True):
        assert equal(one, other)


@pytest.mark.parametrize(
    ("changes", "real", "seen"),
    [
        ({"data.name": "grid"}, True, lambda batch: batch.real.abs().max() > 3),
        ({"data.radius": 0.5}, True, lambda batch: batch.real.norm(dim=-1).max() < 1),
        ({"batch_size": 12}, True, lambda batch: batch.z.shape[1] == 12),
        ({"latent.prior": "uniform"}, True, lambda batch: batch.z.abs().max() <= 1),
        ({"aids.instance_noise": 5.0}, True, lambda batch: batch.real.norm(dim=-1).max() > 5),
        ({"penalty.name": "gp"}, True, lambda batch: batch.portion is not None),
        ({}, False, lambda batch: batch.real is None),
    ],
    ids=lambda value: str(value) if isinstance(value, dict) else "",
)
def test_a_change_of_what_is_drawn_takes_effect_at_once(
    changes: dict[str, Any], real: bool, seen: Callable[[Batch], bool], small: RunConfig
) -> None:
    one = stream(small)
    assert not any(seen(batch) for batch in taken(one, 5))
    one.follow(small.updated(changes), real)
    assert seen(one.next())


# ---- keeping


@pytest.mark.parametrize("before", [0, 1, 5, 6, 7, 20])
@pytest.mark.parametrize("ahead", [1, 6])
def test_a_kept_stream_goes_on_to_the_bit(
    ahead: int, before: int, small: RunConfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From the start, the middle and the end of a block of six."""
    monkeypatch.setattr(draws, "MOST_AHEAD", ahead)
    config = small.updated(EVERYTHING)
    one = stream(config)
    taken(one, before)
    state = one.state_dict()
    expected = taken(one, 15)
    for other in (stream(config, first=50), one):
        other.load_state_dict(state)
        assert all(equal(a, b) for a, b in zip(expected, taken(other, 15), strict=True))
    assert not equal(expected[0], stream(config, first=50).next())


def test_a_stream_kept_after_a_change_goes_on_to_the_bit(small: RunConfig) -> None:
    one, changed = stream(small), small.updated({"batch_size": 7})
    taken(one, 5)
    one.follow(changed, True)
    for _ in range(2):
        state = one.state_dict()
        other = stream(changed, first=50)
        other.load_state_dict(state)
        assert all(equal(a, b) for a, b in zip(taken(one, 3), taken(other, 3), strict=True))


@pytest.mark.parametrize("size", [2, 9, 512, 8192])
@pytest.mark.parametrize(("data", "numbers"), [("ring", 2), ("mnist", 784)])
def test_no_more_is_drawn_ahead_than_fits(
    data: str, numbers: int, size: int, small: RunConfig
) -> None:
    size = min(size, 64) if data == "mnist" else size
    one = stream(small.updated({"data.name": data, "batch_size": size}), 1)
    one.next()
    assert len(one._block) == min(64, max(1, 2**16 // (size * (3 + 2 * numbers))))
