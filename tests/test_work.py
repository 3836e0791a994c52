"""What an iteration costs, as estimated beforehand and as torch counts it."""

from typing import Any

import pytest
import torch
from torch.utils.flop_counter import FlopCounterMode

from ganplay.config import ConfigError, RunConfig
from ganplay.recipes import recipe
from ganplay.rules import MOST_WORK
from ganplay.trainer import Trainer
from ganplay.work import work_of

NETS: dict[str, dict[str, Any]] = {
    "points": {},
    "linear": {"generator.hidden": (), "discriminator.hidden": ()},
    "waves": {"discriminator.fourier_features": 7, "aids.pack": 2},
    "perceptrons": {"data.name": "mnist"},
    "packs": {"data.name": "stacked_mnist", "aids.pack": 2},
    "convolutions": {
        "data.name": "mnist", "generator.kind": "dcgan", "generator.hidden": (6, 5),
        "discriminator.kind": "dcgan", "discriminator.hidden": (4, 5, 6), "aids.pack": 2,
    },
    "stacked": {
        "data.name": "stacked_mnist", "generator.kind": "dcgan", "generator.hidden": (6,),
        "generator.norm": "none", "discriminator.kind": "dcgan", "discriminator.hidden": (4,),
        "discriminator.norm": "batch", "aids.pack": 4,
    },
    "mixed": {"data.name": "mnist", "generator.kind": "dcgan", "generator.hidden": (8, 8)},
}  # fmt: skip


def config(**fields: Any) -> RunConfig:
    return RunConfig().updated({"batch_size": 8} | fields)


def forward(rules: RunConfig) -> tuple[float, float]:
    """Multiplications on the way of one batch through G, and through D, as torch counts them."""
    (stack,) = Trainer(rules).stacks
    batch, critic, counts = stack.draws_d.next(), stack.critic, []
    assert batch.real is not None
    packs = critic._seen(critic.packs(batch.real))
    for net, x in ((stack.generator.net, batch.z), (critic.net, packs)):
        with FlopCounterMode(display=False) as counter, torch.no_grad():
            net(x)
        counts.append(counter.get_total_flops() / 2)
    return counts[0], counts[1]


@pytest.mark.parametrize("nets", NETS)
def test_work_is_three_ways_through_both_nets_for_each_update(nets: str) -> None:
    rules = config(**NETS[nets])
    of_g, of_d = forward(rules)
    once = work_of(rules) / (3 * 2)
    # there are fewer packs than samples, which an estimate need not care about
    assert of_g + of_d <= once <= of_g + of_d * rules.aids.pack
    for fields, updates in (
        ({"discriminator.steps": 5}, 6),
        ({"generator.steps": 3, "discriminator.steps": 2}, 5),
        ({"generator.steps": 0}, 1),
        ({"vae.on": True}, 3),
    ):
        assert work_of(rules.updated(fields)) == 3 * updates * once
    if len(rules.data.shape) == 1:
        assert work_of(rules.updated({"aids.unroll": 4})) == 3 * 6 * once
    assert work_of(rules.updated({"batch_size": 16})) == 2 * work_of(rules)


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"penalty.name": "none"},
        {"penalty.name": "gp", "penalty.every": 1},
        {"discriminator.steps": 5},
        {"generator.steps": 3},
        {"vae.on": True},
        {"loss": "relativistic"},
        {"generator.kind": "mlp", "generator.hidden": (32, 32)},
        {"discriminator.kind": "mlp", "discriminator.hidden": (32, 32)},
    ],
    ids=str,
)
def test_work_is_about_what_an_iteration_takes(fields: dict[str, Any]) -> None:
    rules = recipe("dcgan").updated({"batch_size": 8} | fields)
    trainer = Trainer(rules)
    trainer.advance(rules.penalty.every - 1)
    with FlopCounterMode(display=False) as counter:
        trainer.advance(rules.penalty.every)
    taken = counter.get_total_flops() / 2 / rules.penalty.every
    assert 0.6 < taken / work_of(rules) < 1.7


@pytest.mark.parametrize(
    "fields",
    [
        {"data.name": "mnist", "generator.hidden": (1024, 1024, 1024)},
        {"data.name": "stacked_mnist", "discriminator.hidden": (1024,), "aids.pack": 16},
        {"data.name": "mnist", "generator.kind": "dcgan", "generator.hidden": (256, 128)},
        {"data.name": "mnist", "discriminator.kind": "dcgan", "discriminator.hidden": (64, 128)},
    ],
    ids=str,
)
def test_too_much_work_is_refused_and_a_little_less_is_not(fields: dict[str, Any]) -> None:
    one = work_of(RunConfig().updated(fields | {"batch_size": 16}))
    most = int(MOST_WORK / (one / 16)) // 16 * 16
    allowed = RunConfig().updated(fields | {"batch_size": most})
    assert 0.8 * MOST_WORK < work_of(allowed) <= MOST_WORK
    with pytest.raises(ConfigError, match=r"batch_size, steps: together they take 2\.\de\+10 m"):
        RunConfig().updated(fields | {"batch_size": most + 16})
    with pytest.raises(ConfigError, match="together they take"):
        allowed.updated({"vae.on": True})


def test_every_recipe_is_far_from_too_much() -> None:
    for name in ("dcgan", "mlp"):
        assert work_of(recipe(name)) < MOST_WORK / 10
