"""Losses and norms are means of each iteration's, written out."""

import math

import pytest
import torch
from torch import Generator, Tensor

from ganplay.config import RunConfig
from ganplay.gradients import Found
from ganplay.losses import LOSSES
from ganplay.meter import EVERY, Meter
from ganplay.trainer import Trainer

RUNS = 2
COUNTS = [1, EVERY - 1, EVERY, EVERY + 1, 2 * EVERY + 5]

every_loss = pytest.mark.parametrize("name", LOSSES)


def found(count: int, seed: int, real: bool) -> list[Found]:
    """What one player found in so many iterations."""
    rng = Generator().manual_seed(seed)

    def draw(size: int) -> Tensor:
        return torch.randn(RUNS, size, generator=rng, dtype=torch.float64)

    return [Found(3 * draw(7), draw(5) if real else None, draw(5) - 1) for _ in range(count)]


def norm(one: Found, k: int) -> float:
    return math.sqrt(sum(float(x) ** 2 for x in one.gradient[k]))


def mean(values: list[float]) -> float:
    return sum(values) / len(values)


@every_loss
@pytest.mark.parametrize("count", COUNTS)
def test_means_are_those_of_each_iteration(count: int, name: str) -> None:
    loss = LOSSES[name]
    meter, of_d, of_g = Meter(loss), found(count, 0, True), found(count, 1, loss.paired)
    for d, g in zip(of_d, of_g, strict=True):
        meter.add(d, g)
    for k in range(RUNS):
        expected = (
            mean([float(loss.discriminator(d.real, d.fake)[k]) for d in of_d]),
            mean([norm(d, k) for d in of_d]),
            mean([float(loss.generator(g.fake, g.real)[k]) for g in of_g]),
            mean([norm(g, k) for g in of_g]),
        )
        for _ in range(2):  # reading changes nothing
            assert meter.read(k) == pytest.approx(expected, rel=1e-12)
    assert meter.read(0) != meter.read(1)


def test_reading_does_not_begin_anew() -> None:
    whole, read = Meter(LOSSES["hinge"]), Meter(LOSSES["hinge"])
    both = list(zip(found(50, 0, True), found(50, 1, False), strict=True))
    for d, g in both:
        whole.add(d, g)
        read.add(d, g)
        read.read(1)
    assert read.read(1) == pytest.approx(whole.read(1), rel=1e-12)


@pytest.mark.parametrize("count", COUNTS)
@pytest.mark.parametrize("frozen", ["d", "g"])
def test_a_player_without_updates_has_no_numbers(frozen: str, count: int) -> None:
    meter, both = Meter(LOSSES["lsgan"]), Meter(LOSSES["lsgan"])
    for d, g in zip(found(count, 0, True), found(count, 1, False), strict=True):
        meter.add(None if frozen == "d" else d, None if frozen == "g" else g)
        both.add(d, g)
    seen, whole = meter.read(1), both.read(1)
    for player, part in (("d", slice(0, 2)), ("g", slice(2, 4))):
        if player == frozen:
            assert all(math.isnan(value) for value in seen[part])
        else:
            assert seen[part] == pytest.approx(whole[part], rel=1e-12)


def test_a_new_meter_has_nothing_to_say() -> None:
    assert all(math.isnan(value) for value in Meter(LOSSES["wgan"]).read(0))


@pytest.mark.parametrize("activation", ["relu", "silu"])
@pytest.mark.parametrize("name", ["non_saturating", "relativistic"])
def test_a_stack_tells_its_meter_of_each_iteration(
    name: str, activation: str, small: RunConfig
) -> None:
    """On both paths, with two updates of D, of which the last counts."""
    changes = {"loss": name, "generator.activation": activation, "discriminator.steps": 2}
    config = small.updated(changes)
    often, seldom = (Trainer(config, RUNS, dtype=torch.float64).stacks[0] for _ in range(2))
    count = 2 * EVERY + 5
    reads = []
    for _ in range(count):
        often.forget()
        often.advance(1)
        reads.append([often.meter.read(k) for k in range(RUNS)])
    seldom.advance(count)
    for k in range(RUNS):
        means = [mean([read[k][i] for read in reads]) for i in range(4)]
        assert seldom.meter.read(k) == pytest.approx(means, rel=1e-9)


def test_a_new_loss_and_a_snapshot_begin_anew_and_nothing_else(small: RunConfig) -> None:
    trainer = Trainer(small, 2)
    for begin in (lambda: trainer.snapshot(1), lambda: trainer.change(loss="lsgan")):
        trainer.advance(3)
        before = trainer.stacks[0].meter.read(0)
        trainer.change(**{"generator.lr": 0.1})
        assert trainer.stacks[0].meter.read(0) == before
        begin()
        assert math.isnan(trainer.stacks[0].meter.read(0)[0])


def test_a_player_frozen_in_the_middle_keeps_its_mean(small: RunConfig) -> None:
    trainer, unfrozen = Trainer(small), Trainer(small)
    for each in (trainer, unfrozen):
        each.advance(3)
    trainer.change(**{"generator.steps": 0})
    trainer.advance(5)
    seen, known = trainer.stacks[0].meter.read(0), unfrozen.stacks[0].meter.read(0)
    assert seen[2:] == pytest.approx(known[2:], rel=1e-9)
    assert seen[:2] != pytest.approx(known[:2], rel=1e-3)
