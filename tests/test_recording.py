"""On a GPU an iteration that is recorded and replayed is the one that is played."""

from typing import Any

import pytest
import torch
from torch import Tensor

from ganplay.config import RunConfig
from ganplay.losses import LOSSES
from ganplay.optimizers import OPTIMIZERS
from ganplay.penalties import PENALTIES
from ganplay.recording import WARM_UP, Recording
from ganplay.stack import Stack
from ganplay.trainer import Trainer

pytestmark = pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a GPU")

ITERATIONS = 20
RUNS = 3

DECAY = {f"{net}.{name}": value for net in ("generator", "discriminator")
         for name, value in (("lr_decay", "linear"), ("steps_total", 15))}  # fmt: skip
EXTRAS: dict[str, dict[str, Any]] = {
    "decay": DECAY,
    "average": {"generator.ema": 0.9},
    "turns": {"updates": "simultaneous", "discriminator.steps": 3, "generator.steps": 2},
    "frozen": {"generator.steps": 0},
    "autograd": {"generator.activation": "silu"},
    "unroll": {"aids.unroll": 2, "aids.pack": 3},
    "spectral norm": {"discriminator.spectral_norm": True},
    "waves and stddev": {"discriminator.fourier_features": 3, "aids.minibatch_stddev": True},
    "noise": {"aids.instance_noise": 0.2, "penalty.name": "gp", "latent.prior": "one_hot_mixture"},
    "lazy": {"penalty.name": "gp", "penalty.every": 3},
    "heavy tails": {"latent.prior": "student_t", "discriminator.sees_log": True},
    "vae": {"vae.on": True, "vae.variance": "learned"},
    "perceptrons on pictures": {"data.name": "mnist", "penalty.name": "r1", "penalty.every": 2},
}
CONVOLUTIONS: dict[str, Any] = {
    "data.name": "mnist", "generator.kind": "dcgan", "generator.hidden": (4, 3),
    "discriminator.kind": "dcgan", "discriminator.hidden": (3, 4), "generator.ema": 0.99,
}  # fmt: skip


def found(stack: Stack) -> list[Tensor]:
    """Parameters and memory of both players, what is shown, and what the meter reads."""
    players = (stack.generator, stack.discriminator)
    tensors = [player.net.flat for player in players] + [stack.shown.flat]
    tensors += [moment for player in players for moment in player.optimizer.moments]
    reads = torch.tensor([stack.meter.read(k) for k in range(len(stack.seeds))])
    return [*tensors, reads]


def compare(config: RunConfig, changes: dict[str, Any] | None = None, runs: int = RUNS) -> None:
    ends = []
    for recorded in (True, False):
        trainer = Trainer(config, runs, "cuda")
        (stack,) = trainer.stacks
        for step in range(2 if changes else 1):
            if step and changes:
                trainer.change(**changes)
            assert all(isinstance(play, Recording) for play in stack._plays.values())
            if not recorded:
                stack._plays = {due: play._play for due, play in stack._plays.items()}
            trainer.advance(ITERATIONS)
        ends.append(found(stack))
    for replayed, played in zip(*ends, strict=True):
        torch.testing.assert_close(replayed, played, rtol=1e-5, atol=1e-5, equal_nan=True)
    assert ITERATIONS > 2 * WARM_UP


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("loss", LOSSES)
def test_every_loss_and_optimizer(loss: str, optimizer: str, small: RunConfig) -> None:
    both = {f"{net}.optimizer": optimizer for net in ("generator", "discriminator")}
    compare(small.updated({"loss": loss} | both))


@pytest.mark.parametrize("penalty", PENALTIES)
@pytest.mark.parametrize("loss", LOSSES)
def test_every_loss_with_decay_and_a_penalty(loss: str, penalty: str, small: RunConfig) -> None:
    compare(small.updated(DECAY | {"loss": loss, "penalty.name": penalty}))


@pytest.mark.parametrize("extra", EXTRAS)
def test_every_aid(extra: str, small: RunConfig) -> None:
    compare(small.updated(EXTRAS[extra]))


@pytest.mark.parametrize(
    "extra",
    [
        {},
        {"penalty.name": "r1", "penalty.every": 4},
        {"discriminator.norm": "batch", "discriminator.steps": 2},
        {"discriminator.spectral_norm": True, "aids.pack": 3},
        {"vae.on": True},
    ],
    ids=str,
)
def test_convolutions(extra: dict[str, Any], small: RunConfig) -> None:
    compare(small.updated(CONVOLUTIONS | extra), runs=1)


@pytest.mark.parametrize(
    "changes",
    [{"generator.lr": 0.02}, {"loss": "relativistic"}, {"batch_size": 6, "data.name": "grid"},
     {"generator.optimizer": "sgd"}, {"discriminator.activation": "tanh"}],
    ids=str,
)  # fmt: skip
def test_a_change_is_recorded_anew(changes: dict[str, Any], small: RunConfig) -> None:
    compare(small, changes)


def test_a_kept_run_goes_on(small: RunConfig) -> None:
    config = small.updated(DECAY)
    one = Trainer(config, RUNS, "cuda")
    one.advance(8)
    state = one.state_dict()
    one.advance(8)
    other = Trainer(config, RUNS, "cuda")
    other.advance(5)  # so that it has a recording, of which loading must not make use
    other.load_state_dict(state)
    other.advance(8)
    for ours, theirs in zip(found(one.stacks[0])[:-1], found(other.stacks[0])[:-1], strict=True):
        torch.testing.assert_close(ours, theirs, rtol=1e-5, atol=1e-5)
