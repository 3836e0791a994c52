"""The two paths to a gradient agree, with each other and with finite differences, for all that can
be combined."""

from itertools import product
from typing import Any

import pytest
import torch
from torch import Tensor

from ganplay.config import RunConfig
from ganplay.draws import Batch
from ganplay.gradients import Autograd, ByHand, Found, Game
from ganplay.losses import LOSSES
from ganplay.nets import ACTIVATIONS
from ganplay.optimizers import OPTIMIZERS
from ganplay.penalties import PENALTIES, points
from ganplay.stack import Stack
from ganplay.trainer import Trainer

PATHS = [ByHand, Autograd]
BY_HAND = [name for name, activation in ACTIVATIONS.items() if activation.slope]
STRAIGHT = [name for name, activation in ACTIVATIONS.items() if activation.piecewise_linear]
NETS = ("generator", "discriminator")
RUNS = 2


def config(**fields: Any) -> RunConfig:
    """Nets of a handful, for both of which `hidden`, `activation`, `optimizer` and `lr` stand."""
    both = {name: fields.pop(name) for name in ("hidden", "activation", "optimizer", "lr")
            if name in fields}  # fmt: skip
    sizes = {"generator.hidden": (7, 5), "discriminator.hidden": (8, 6), "batch_size": 16}
    sizes |= {f"{net}.{name}": value for net in NETS for name, value in both.items()}
    return RunConfig().updated(sizes | {"latent.dim": 3} | fields)


def stack_of(config: RunConfig, runs: int = RUNS) -> Stack:
    (stack,) = Trainer(config, runs, dtype=torch.float64).stacks
    return stack


def game(path: type[Game], stack: Stack) -> Game:
    return path(stack.config, stack.generator.net, stack.critic, stack.discriminator)


def of_both(path: type[Game], stack: Stack, for_d: Batch, for_g: Batch) -> tuple[Found, Found]:
    """What D and G find against the same batches, from where both stand."""
    rules, packs = game(path, stack), stack.critic.packs
    fake = rules.blurred(rules.make(for_d.z)[-1], for_d.noise)
    d = rules.discriminator(packs(for_d.real), fake, for_d.portion)
    real = None if for_g.real is None else packs(for_g.real)
    made = rules.make(for_g.z)
    return d, rules.generator(made, for_g.noise, real, for_g.portion)


# ---- a single gradient


@pytest.mark.parametrize("hidden", [(), (7,), (8, 6, 5)], ids=str)
@pytest.mark.parametrize("activation", BY_HAND)
@pytest.mark.parametrize("loss", LOSSES)
def test_paths_agree(loss: str, activation: str, hidden: tuple[int, ...]) -> None:
    stack = stack_of(config(loss=loss, activation=activation, hidden=hidden))
    for_d, for_g = stack.draws_d.next(), stack.draws_g.next()
    found = [of_both(path, stack, for_d, for_g) for path in PATHS]
    for by_hand, by_autograd in zip(*found, strict=True):
        for ours, theirs in zip(by_hand, by_autograd, strict=True):
            torch.testing.assert_close(ours, theirs, atol=1e-12, rtol=1e-10)
        assert by_autograd.gradient.norm(dim=1).min() > 1e-3


def d_value(stack: Stack, batch: Batch, fake: Tensor) -> Tensor:
    """What D minimises, written out, [K]."""
    rules, critic, weight = stack.config, stack.critic, stack.config.penalty.weight
    real = critic.packs(batch.real)
    value = LOSSES[rules.loss].discriminator(critic(real), critic(fake))
    if penalty := PENALTIES[rules.penalty.name]:
        count = real.shape[1]
        x = points(real, fake, batch.portion)[:, penalty.rows(count)].requires_grad_()
        (slope,) = torch.autograd.grad(critic(x).sum(), x)
        value = value + weight * penalty.value(slope, count)
    return value.detach()


def g_value(stack: Stack, batch: Batch) -> Tensor:
    critic = stack.critic
    made = stack.generator.net(batch.z)
    fake = critic(critic.packs(made if batch.noise is None else made + batch.noise))
    real = None if batch.real is None else critic(critic.packs(batch.real))
    return LOSSES[stack.config.loss].generator(fake, real).detach()


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("penalty", PENALTIES)
@pytest.mark.parametrize("loss", LOSSES)
def test_gradients_are_those_of_finite_differences(
    loss: str, penalty: str, path: type[Game]
) -> None:
    fields = {"penalty.name": penalty, "penalty.weight": 0.7, "aids.instance_noise": 0.2}
    stack = stack_of(config(loss=loss, activation="leaky_relu", **fields, **{"aids.pack": 2}))
    for_d, for_g = stack.draws_d.next(), stack.draws_g.next()
    fake = stack.critic.packs(stack.generator.net(for_d.z).detach() + for_d.noise)
    found_d, found_g = of_both(path, stack, for_d, for_g)
    for flat, found, value in (
        (stack.discriminator.net.flat, found_d, lambda: d_value(stack, for_d, fake)),
        (stack.generator.net.flat, found_g, lambda: g_value(stack, for_g)),
    ):
        step = 1e-6
        for i in range(0, flat.shape[1], 6):
            ends = []
            for move in (step, -2 * step):
                flat[:, i] += move
                ends.append(value())
            flat[:, i] += step
            numeric = (ends[0] - ends[1]) / (2 * step)
            torch.testing.assert_close(found.gradient[:, i], numeric, rtol=1e-5, atol=1e-7)


# ---- whole runs


def run_on_both_paths(config: RunConfig, iterations: int = 8) -> None:
    flats = []
    for path in PATHS:
        trainer = Trainer(config, RUNS, dtype=torch.float64)
        (stack,) = trainer.stacks
        stack.game = game(path, stack)
        players = (stack.generator, stack.discriminator)
        starts = [player.net.flat.clone() for player in players]
        trainer.advance(iterations)
        assert type(stack.game) is path
        flats.append([player.net.flat for player in players])
    torch.testing.assert_close(flats[0], flats[1], atol=1e-10, rtol=0)
    for start, flat in zip(starts, flats[0], strict=True):
        assert (flat - start).norm(dim=1).min() > 1e-9, "a net stood still"


@pytest.mark.parametrize(
    ("loss", "penalty", "optimizer", "updates"),
    list(product(LOSSES, PENALTIES, OPTIMIZERS, ("alternating", "simultaneous"))),
)
def test_runs_agree(loss: str, penalty: str, optimizer: str, updates: str) -> None:
    """Where a loss does not see D's last bias, its gradient is 0 but for rounding, which Adam and
    RMSprop enlarge: the rate is low, and a batch of 16 spares some of it."""
    fields = {"penalty.name": penalty, "discriminator.steps": 2, "generator.momentum": 0.5}
    run_on_both_paths(config(loss=loss, optimizer=optimizer, updates=updates, lr=5e-4, **fields))


@pytest.mark.parametrize("penalty", PENALTIES)
@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize(
    "extra",
    [
        {"aids.pack": 2},
        {"aids.instance_noise": 0.3},
        {"latent.prior": "one_hot_mixture"},
        {"aids.pack": 4, "aids.instance_noise": 0.1, "latent.prior": "one_hot_mixture"},
        {"generator.steps": 3, "generator.ema": 0.5, "generator.activation": "tanh"},
    ],
    ids=str,
)
def test_runs_with_aids_agree(extra: dict[str, Any], loss: str, penalty: str) -> None:
    run_on_both_paths(config(loss=loss, **{"penalty.name": penalty}, **extra), 4)


@pytest.mark.parametrize("activation", BY_HAND)
@pytest.mark.parametrize("loss", LOSSES)
def test_runs_of_every_activation_agree(loss: str, activation: str) -> None:
    run_on_both_paths(config(loss=loss, activation=activation), 4)


PICTURES = {"data.name": "mnist", "batch_size": 6}


@pytest.mark.parametrize("activation", STRAIGHT)
@pytest.mark.parametrize("penalty", PENALTIES)
@pytest.mark.parametrize("loss", LOSSES)
def test_runs_on_pictures_agree(loss: str, penalty: str, activation: str) -> None:
    """Where G ends in a tanh, in packs and with instance noise."""
    fields = {"penalty.name": penalty, "aids.pack": 2, "aids.instance_noise": 0.1}
    nets = {"generator.activation": "tanh", "discriminator.activation": activation, "lr": 5e-4}
    run_on_both_paths(config(loss=loss, **fields, **nets, **PICTURES), 3)


@pytest.mark.parametrize("loss", LOSSES)
def test_paths_agree_on_pictures_in_single_precision(loss: str) -> None:
    """Of sizes at which products are left to oneDNN."""
    big = {"generator.hidden": (64, 48), "discriminator.hidden": (48, 32), "batch_size": 64}
    rules = config(loss=loss, **(PICTURES | big | {"penalty.name": "r1"}))
    (stack,) = Trainer(rules).stacks
    stack.discriminator.net.flat.mul_(2)
    for_d, for_g = stack.draws_d.next(), stack.draws_g.next()
    found = [of_both(path, stack, for_d, for_g) for path in PATHS]
    for by_hand, by_autograd in zip(*found, strict=True):
        scale = by_autograd.gradient.abs().max()
        close = (by_hand.gradient - by_autograd.gradient).abs().max() / scale
        assert close < 1e-4
        assert scale > 1e-4


# ---- the choice


def path_of(**fields: Any) -> type[Game]:
    return type(stack_of(config(**fields), runs=1).game)


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("net", NETS)
def test_an_activation_goes_by_hand_if_its_value_tells_its_slope(net: str, activation: str) -> None:
    path = path_of(**{f"{net}.activation": activation})
    assert path is (ByHand if activation in BY_HAND else Autograd)


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("penalty", PENALTIES)
def test_a_penalty_goes_by_hand_if_d_is_piecewise_linear(penalty: str, activation: str) -> None:
    alone = path_of(**{"discriminator.activation": activation})
    path = path_of(**{"discriminator.activation": activation, "penalty.name": penalty})
    assert path is (alone if penalty == "none" or activation in STRAIGHT else Autograd)


@pytest.mark.parametrize(
    ("fields", "path"),
    [
        ({}, ByHand),
        ({"aids.unroll": 1}, Autograd),
        ({"aids.minibatch_stddev": True}, Autograd),
        ({"discriminator.spectral_norm": True}, Autograd),
        ({"discriminator.fourier_features": 1}, Autograd),
        ({"generator.activation": "tanh", "penalty.name": "r1"}, ByHand),
        ({"aids.pack": 2, "aids.instance_noise": 0.5, "generator.ema": 0.9}, ByHand),
        ({"latent.prior": "one_hot_mixture", "hidden": ()}, ByHand),
        ({"discriminator.clip": 0.1, "updates": "simultaneous"}, ByHand),
        ({"generator.steps": 0}, ByHand),
        ({"discriminator.sees_log": True}, Autograd),
        ({"latent.prior": "student_t", "penalty.every": 4, "penalty.name": "gp"}, ByHand),
        (PICTURES, ByHand),
        (PICTURES | {"aids.pack": 3, "penalty.name": "r1_r2"}, ByHand),
        (PICTURES | {"generator.kind": "dcgan"}, Autograd),
        (PICTURES | {"discriminator.kind": "dcgan"}, Autograd),
        (PICTURES | {"discriminator.sees_log": True}, Autograd),
        ({"vae.on": True}, ByHand),
    ],
    ids=str,
)
def test_what_stands_before_the_layers_takes_autograd(
    fields: dict[str, Any], path: type[Game]
) -> None:
    assert path_of(**fields) is path


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_every_loss_and_optimizer_goes_by_hand(loss: str, optimizer: str) -> None:
    assert path_of(loss=loss, optimizer=optimizer) is ByHand


@pytest.mark.parametrize(
    "fields",
    [
        {"generator.activation": "silu"},
        {"discriminator.activation": "silu"},
        {"discriminator.activation": "tanh", "penalty.name": "r1"},
        {"aids.unroll": 2},
        {"discriminator.spectral_norm": True},
        {"discriminator.sees_log": True},
    ],
    ids=str,
)
def test_a_change_in_the_middle_of_a_run_changes_the_path(fields: dict[str, Any]) -> None:
    trainer = Trainer(config(), RUNS)
    for changes, path in ((fields, Autograd), (trainer.config.flat(), ByHand)):
        assert type(trainer.stacks[0].game) is not path
        trainer.advance(2)
        trainer.change(**changes)
        assert type(trainer.stacks[0].game) is path
        assert trainer.stacks[0].game.config == trainer.config
        trainer.advance(2)
    assert trainer.step == 8
    assert trainer.diverged() == [False] * RUNS
