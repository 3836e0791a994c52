"""Settings that change in the middle of a run, and those that can't."""

import math
import re
from typing import Any, get_origin

import pytest
import torch
from torch import Tensor

from ganplay.config import ConfigError, RunConfig, named_fields
from ganplay.settings import bounds, choices, note
from ganplay.trainer import Trainer
from tests.runs import flats, trained

WORLDS: dict[str, dict[str, Any]] = {
    "ring": {},
    "mnist": {
        "data.name": "mnist", "generator.kind": "dcgan", "generator.hidden": (4, 3),
        "discriminator.kind": "dcgan", "discriminator.hidden": (3, 4), "discriminator.norm": "batch",
    },
}  # fmt: skip
"""A data set of points and one of pictures, and nets for them."""
ELSEWHERE = {
    "ring": {"generator.kind", "discriminator.kind", "generator.norm", "discriminator.norm",
             "precision"},
    "mnist": {"data.name", "data.whole", "aids.unroll", "discriminator.fourier_features",
              "aids.minibatch_stddev", "generator.start"},
}  # fmt: skip
"""What has one choice there, or no effect."""
NEEDS = {"aids.pack": {"batch_size": 8}, "generator.start": {"latent.dim": 1}}

EVERY = [(world, name) for world in WORLDS for name in named_fields(world)]
LIVE, BORN = (
    [
        (world, name)
        for world, name in EVERY
        if note(named_fields(world)[name], "restart") is born and name not in ELSEWHERE[world]
    ]
    for born in (False, True)
)


def another(name: str, config: RunConfig) -> Any:
    """A value that the config does not have."""
    now, field = config.flat()[name], named_fields(config.data.name)[name]
    if options := choices(field):
        return next(option for option in options if option != now)
    if get_origin(field.annotation) is tuple:
        return (5,)
    if now is None:
        return 0.01
    if field.annotation is bool:
        return not now
    if field.annotation is int:
        return now + 1
    low, high, _ = bounds(field)
    return (now + (low if now - low > high - now else high)) / 2


def prepared(world: str, name: str, small: RunConfig) -> RunConfig:
    """The config in which this setting has an effect, and another value is allowed."""
    config = small.updated(WORLDS[world])
    other, _, values = note(named_fields(world)[name], "when").partition("=")
    needs = {f"{name.split('.')[0]}.{other}": values.split(",")[0]} if other else {}
    return config.updated(needs | NEEDS.get(name, {}))


def all_of(trainer: Trainer) -> Tensor:
    """All parameters of a run, those that are shown and those of its VAE included; a copy."""
    (stack,) = trainer.stacks
    vae = (
        [player.net.flat for player in (stack.vae.encoder, stack.vae.decoder)] if stack.vae else []
    )
    return torch.cat([flats(trainer), stack.shown.flat, *vae], 1)


def test_every_setting_has_its_turn() -> None:
    tried = {name for _, name in LIVE + BORN}
    known = {name for world in WORLDS for name in named_fields(world)}
    assert known - tried == {"data.whole"}  # which has to be fetched


@pytest.mark.parametrize(("world", "name"), LIVE)
def test_a_setting_takes_effect_in_the_middle_of_a_run(
    world: str, name: str, small: RunConfig
) -> None:
    config = prepared(world, name, small)
    trainer, unchanged = trained(config, 3), trained(config, 3)
    before = flats(trainer)
    trainer.change(**{name: another(name, config)})
    assert torch.equal(flats(trainer), before)
    trainer.advance(3)
    unchanged.advance(3)
    assert trainer.step == 6
    assert trainer.diverged() == [False]
    assert not torch.equal(flats(trainer), before)
    assert not torch.equal(all_of(trainer), all_of(unchanged)), f"{name} has no effect"


@pytest.mark.parametrize(("world", "name"), BORN)
def test_what_a_run_is_born_with_cannot_change(world: str, name: str, small: RunConfig) -> None:
    config = prepared(world, name, small)
    trainer, unchanged = trained(config, 3), trained(config, 3)
    value = another(name, config)
    message = f"{name}: can't change in the middle of a run; start it again."
    with pytest.raises(ConfigError, match=re.escape(message)):
        trainer.change(**{name: value, "loss": "hinge"})
    assert trainer.config == config
    trainer.advance(3)
    unchanged.advance(3)
    assert torch.equal(all_of(trainer), all_of(unchanged))
    newborn, start = all_of(Trainer(config.updated({name: value}))), all_of(Trainer(config))
    assert newborn.shape != start.shape or not torch.equal(newborn, start)


@pytest.mark.parametrize(
    ("first", "then"), [("ring", "mnist"), ("mnist", "ring"), ("mnist", "stacked_mnist")]
)
def test_data_of_another_shape_cannot_come_in_the_middle_of_a_run(
    first: str, then: str, small: RunConfig
) -> None:
    """Its samples are not what the nets are made for."""
    trainer = trained(small.updated({"data.name": first}), 2)
    with pytest.raises(ConfigError, match=r"data\.name: can't change in the middle of a run"):
        trainer.change(**{"data.name": then})
    trainer.advance(2)
    assert (trainer.step, trainer.config.data.name) == (4, first)


def test_losses_are_told_across_another_batch_size(small: RunConfig) -> None:
    trainer = trained(small, 3)
    trainer.change(batch_size=12)
    trainer.advance(40)
    assert math.isfinite(trainer.snapshot().loss_d)


def test_a_bad_change_changes_nothing(small: RunConfig) -> None:
    trainer, unchanged = trained(small, 2), trained(small, 2)
    with pytest.raises(ConfigError, match=r"generator\.lr: -1"):
        trainer.change(**{"loss": "wgan", "generator.lr": -1})
    trainer.advance(2)
    unchanged.advance(2)
    assert trainer.config == small
    assert torch.equal(flats(trainer), flats(unchanged))


def test_a_new_optimizer_starts_without_memory_and_the_other_keeps_its_own(
    small: RunConfig,
) -> None:
    trainer = trained(small, 3)
    trainer.change(**{"generator.optimizer": "rmsprop"})
    assert not any(moment.any() for moment in trainer.stacks[0].generator.optimizer.moments)
    assert all(moment.any() for moment in trainer.stacks[0].discriminator.optimizer.moments)
