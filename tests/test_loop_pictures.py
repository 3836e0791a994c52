"""The training loop on pictures against one written with `torch.nn` and `torch.optim`."""

from typing import Any

import pytest
import torch
from torch import Tensor

from ganplay.config import RunConfig
from ganplay.gradients import Autograd, ByHand
from ganplay.losses import LOSSES
from ganplay.penalties import PENALTIES
from ganplay.trainer import Trainer
from tests.plain import Plain
from tests.runs import flats

KINDS = [(g, d) for g in ("mlp", "dcgan") for d in ("mlp", "dcgan")]
HIDDEN = {"mlp": (7, 5), "dcgan": (4, 3)}

EXTRAS: dict[str, dict[str, Any]] = {
    **{name: {"penalty.name": name, "penalty.weight": 2.0} for name in PENALTIES},
    "lazy penalty": {"penalty.name": "r1", "penalty.every": 2},
    "lazy between": {"penalty.name": "gp", "penalty.every": 2},
    "packs": {"aids.pack": 2, "penalty.name": "gp"},
    "noise": {"aids.instance_noise": 0.3, "penalty.name": "r2"},
    "told of the batch": {"aids.minibatch_stddev": True},
    "logarithm": {"discriminator.sees_log": True},
    "turns": {"discriminator.steps": 3, "generator.steps": 2},
    "together": {"updates": "simultaneous", "discriminator.steps": 2, "generator.steps": 3},
    "clip": {"discriminator.clip": 0.03},
    "spectral norm": {"discriminator.spectral_norm": True, "discriminator.steps": 2},
    "smooth": {"generator.activation": "silu", "discriminator.activation": "tanh"},
    "stacked": {"data.name": "stacked_mnist", "aids.pack": 3},
    "generator without norm": {"generator.norm": "none"},
    "normalised": {"discriminator.norm": "batch", "penalty.name": "r1"},
    "normalised between": {"discriminator.norm": "batch", "penalty.name": "gp"},
    "normalised packs": {"discriminator.norm": "batch", "aids.pack": 3, "penalty.name": "r1_r2"},
    "normalised and normed": {"discriminator.norm": "batch", "discriminator.spectral_norm": True,
                              "aids.instance_noise": 0.1, "penalty.name": "r1"},
    "normalised and clipped": {"discriminator.norm": "batch", "discriminator.clip": 0.3},
}  # fmt: skip

FITTING = [
    (extra, g, d)
    for extra, fields in EXTRAS.items()
    for g, d in KINDS
    if not (d == "mlp" and "discriminator.norm" in fields)  # it has none
    and not (d == "dcgan" and "aids.minibatch_stddev" in fields)  # it is not told
]

every_kind = pytest.mark.parametrize(("g", "d"), KINDS)


def config(g: str, d: str, **fields: Any) -> RunConfig:
    nets = {"generator.kind": g, "generator.hidden": HIDDEN[g], "discriminator.kind": d}
    nets["discriminator.hidden"] = (4, 3, 5)
    return RunConfig().updated(
        nets | {"data.name": "mnist", "batch_size": 6, "latent.dim": 3, "seed": 5} | fields
    )


def moved(plain: Plain) -> Tensor:
    """Which parameters have a gradient. A bias before a normalisation has none but rounding, of which
    Adam makes the most."""
    kept = []
    for own, optimizer in zip(plain.parameters[::-1], plain.optimizers[::-1], strict=True):
        squares = torch.cat([optimizer.state[p]["exp_avg_sq"].flatten() for p in own])
        kept.append(squares > 1e-20 * squares.max())
    return torch.cat(kept)


def compare(rules: RunConfig, iterations: int = 2) -> None:
    trainer = Trainer(rules, dtype=torch.float64)
    plain = Plain(trainer)
    start = plain.flat()
    torch.testing.assert_close(flats(trainer)[0], start, rtol=0, atol=0)
    for _ in range(iterations):
        trainer.advance()
        plain.iterate()
    kept = moved(plain)
    assert kept.double().mean() > 0.5
    torch.testing.assert_close(flats(trainer)[0][kept], plain.flat()[kept], rtol=1e-8, atol=1e-9)
    assert (plain.flat() - start).abs().median() > 1e-4


@every_kind
@pytest.mark.parametrize("loss", LOSSES)
def test_every_loss_is_that_of_a_plain_loop(loss: str, g: str, d: str) -> None:
    compare(config(g, d, loss=loss), 3)


@pytest.mark.parametrize("loss", ["non_saturating", "relativistic"])
@pytest.mark.parametrize(("extra", "g", "d"), FITTING)
def test_every_extra_is_that_of_a_plain_loop(extra: str, loss: str, g: str, d: str) -> None:
    compare(config(g, d, loss=loss, **EXTRAS[extra]))


@pytest.mark.parametrize("normalise", ["none", "batch"])
@pytest.mark.parametrize("loss", LOSSES)
def test_every_loss_with_r1_is_that_of_a_plain_loop(loss: str, normalise: str) -> None:
    """DCGAN as the recipe has it, and with a normalised discriminator."""
    extra = {"penalty.name": "r1", "discriminator.norm": normalise}
    compare(config("dcgan", "dcgan", loss=loss, **extra))


@every_kind
def test_perceptrons_alone_go_by_hand(g: str, d: str) -> None:
    (stack,) = Trainer(config(g, d)).stacks
    assert type(stack.game) is (ByHand if g == d == "mlp" else Autograd)
