"""Convolutions in bfloat16: near what single precision gives, and nothing else is any coarser."""

from collections.abc import Iterator
from contextlib import nullcontext
from typing import Any

import pytest
import torch
from torch import Tensor

from ganplay.config import RunConfig
from ganplay.draws import Batch
from ganplay.gradients import Found
from ganplay.losses import LOSSES
from ganplay.stack import Stack
from ganplay.trainer import Trainer

KINDS = [("mlp", "dcgan"), ("dcgan", "mlp"), ("dcgan", "dcgan")]
EXTRAS: dict[str, dict[str, Any]] = {
    "plain": {},
    "r1": {"penalty.name": "r1"},
    "gp": {"penalty.name": "gp", "aids.pack": 2},
    "noise": {"aids.instance_noise": 0.1, "penalty.name": "r1_r2"},
    "normalised": {"discriminator.norm": "batch", "penalty.name": "r1"},
    "spectral norm": {"discriminator.spectral_norm": True},
    "told of the batch": {"aids.minibatch_stddev": True},
    "logarithm": {"discriminator.sees_log": True},
    "turns": {"discriminator.steps": 2, "generator.steps": 3, "updates": "simultaneous"},
    "average": {"generator.ema": 0.9, "vae.on": True},
}

every_kind = pytest.mark.parametrize(("g", "d"), KINDS)


def config(g: str = "dcgan", d: str = "dcgan", **fields: Any) -> RunConfig:
    sizes = {"batch_size": 12, "latent.dim": 3, "generator.hidden": (8, 6)}
    nets = {"generator.kind": g, "discriminator.kind": d, "discriminator.hidden": (6, 8)}
    if d == "dcgan":  # which is not told of its batch
        fields.pop("aids.minibatch_stddev", None)
    return RunConfig().updated({"data.name": "mnist"} | sizes | nets | fields)


def found_by(stack: Stack, for_d: Batch, for_g: Batch, precision: str) -> tuple[Found, Found]:
    """What the players find from where they stand."""
    coarse = torch.autocast("cpu", torch.bfloat16, cache_enabled=False)
    rules, packs = stack.game, stack.critic.packs
    with coarse if precision == "bfloat16" else nullcontext():
        fake = rules.blurred(rules.make(for_d.z)[-1], for_d.noise)
        assert for_d.real is not None
        d = rules.discriminator(packs(for_d.real), fake, for_d.portion)
        real = None if for_g.real is None else packs(for_g.real)
        return d, rules.generator([for_g.z], for_g.noise, real, for_g.portion)


@every_kind
@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("extra", EXTRAS)
def test_gradients_are_near_those_of_single_precision(
    extra: str, loss: str, g: str, d: str
) -> None:
    (stack,) = Trainer(config(g, d, loss=loss, **EXTRAS[extra])).stacks
    stack.advance(1)
    for_d, for_g = stack.draws_d.next(), stack.draws_g.next()
    kept = [u.clone() for u in stack.critic.directions or []]
    fine = found_by(stack, for_d, for_g, "float32")
    for u, before in zip(stack.critic.directions or [], kept, strict=True):
        u.copy_(before)
    coarse = found_by(stack, for_d, for_g, "bfloat16")
    for one, other in zip(fine, coarse, strict=True):
        assert 1e-4 < (one.gradient - other.gradient).norm() / one.gradient.norm() < 0.15
        torch.testing.assert_close(one.fake, other.fake, rtol=0.05, atol=0.05)
        assert other.gradient.dtype == other.fake.dtype == torch.float32


def tensors_of(state: Any) -> Iterator[Tensor]:
    if isinstance(state, dict):
        state = [part for name, part in state.items() if name != "starts"]
    if isinstance(state, list):
        for part in state:
            yield from tensors_of(part)
    elif isinstance(state, Tensor):
        yield state


@every_kind
@pytest.mark.parametrize("extra", EXTRAS)
def test_what_is_kept_of_a_run_is_in_single_precision(extra: str, g: str, d: str) -> None:
    trainer = Trainer(config(g, d, precision="bfloat16", **EXTRAS[extra]))
    trainer.advance(3)
    kinds = {tensor.dtype for tensor in tensors_of(trainer.state_dict())}
    assert kinds == {torch.float32}
    assert trainer.diverged() == [False]
    (stack,) = trainer.stacks
    coarse = stack.generator.net.flat.bfloat16().float()
    assert not torch.equal(coarse, stack.generator.net.flat)


@every_kind
def test_a_run_stays_near_the_one_in_single_precision(g: str, d: str) -> None:
    """As far from its start, and nearer to it than to the start."""
    ends = []
    for precision in ("float32", "bfloat16"):
        trainer = Trainer(config(g, d, precision=precision, **{"penalty.name": "r1"}))
        start = trainer.stacks[0].critic.net.flat.clone()
        trainer.advance(12)
        ends.append(trainer.stacks[0].critic.net.flat.clone())
    way = (ends[0] - start).norm()
    assert 0 < (ends[1] - ends[0]).norm() < 0.5 * way
    assert (ends[1] - start).norm() == pytest.approx(way.item(), rel=0.1)


def test_a_run_goes_on_in_single_precision_to_the_bit() -> None:
    coarse = Trainer(config(precision="bfloat16", **{"generator.ema": 0.9}))
    coarse.advance(3)
    fine = Trainer(config(**{"generator.ema": 0.9}))
    state = coarse.state_dict()
    state["stacks"][0]["config"]["precision"] = "float32"
    fine.load_state_dict(state)
    coarse.change(precision="float32")
    for trainer in (coarse, fine):
        trainer.advance(3)
    pair = [trainer.stacks[0].generator.net.flat for trainer in (coarse, fine)]
    assert torch.equal(*pair)
    coarse.change(precision="bfloat16")
    for trainer in (coarse, fine):
        trainer.advance(1)
    assert not torch.equal(*pair)


def test_a_kept_run_goes_on_to_the_bit() -> None:
    one = Trainer(config(precision="bfloat16", **EXTRAS["spectral norm"]))
    one.advance(3)
    other = Trainer(one.config)
    other.advance(1)
    other.load_state_dict(one.state_dict())
    for trainer in (one, other):
        trainer.advance(3)
    assert torch.equal(one.stacks[0].critic.net.flat, other.stacks[0].critic.net.flat)


def test_pictures_are_looked_at_in_single_precision() -> None:
    coarse = Trainer(config(precision="bfloat16"))
    coarse.advance(2)
    fine = Trainer(config())
    fine.stacks[0].generator.net.flat.copy_(coarse.stacks[0].generator.net.flat)
    z = torch.randn(20, 3)
    assert torch.equal(coarse.generate(z), fine.generate(z))
