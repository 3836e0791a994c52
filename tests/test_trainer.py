"""Runs side by side and one by one, kept and broken, and what the default one reaches."""

import math
from collections.abc import Callable, Iterable
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from ganplay import draws
from ganplay import trainer as trainer_module
from ganplay.config import ConfigError, RunConfig
from ganplay.data import PLANE
from ganplay.losses import LOSSES
from ganplay.observe.plane import METRICS
from ganplay.optimizers import OPTIMIZERS
from ganplay.trainer import Trainer, stack_size
from tests.runs import AIDS, flats, trained

SmallOn = Callable[[str], RunConfig]


# ---- stacked runs and seeds


@pytest.mark.parametrize("updates", ["alternating", "simultaneous"])
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("loss", LOSSES)
def test_stacked_runs_are_single_runs(
    loss: str, optimizer: str, updates: str, small: RunConfig
) -> None:
    both = {f"{net}.optimizer": optimizer for net in ("generator", "discriminator")}
    config = small.updated({"loss": loss, "updates": updates, "seed": 40} | both)
    stacked = trained(config, 12, runs=3, dtype=torch.float64)
    single = alone([config.updated({"seed": 40 + k}) for k in range(3)], 12)
    torch.testing.assert_close(flats(stacked), single, rtol=1e-10, atol=1e-10)
    start = flats(Trainer(config, 3, dtype=torch.float64))
    assert (flats(stacked) - start).norm(dim=1).min() > 1e-3, "a run stood still"


def alone(configs: Iterable[RunConfig], iterations: int) -> Tensor:
    """The parameters of single runs."""
    return torch.cat([flats(trained(one, iterations, dtype=torch.float64)) for one in configs])


def test_runs_of_several_configs_are_single_runs(small: RunConfig) -> None:
    configs = [
        small.updated({"loss": "hinge", "penalty.name": "r1", "penalty.weight": 2.0}),
        small.updated({"loss": "wgan", "generator.lr": 0.02, "seed": 7}),
        small.updated({"loss": "wgan", "penalty.name": "gp", "penalty.weight": 5.0}),
    ]
    trainer = trained(configs, 12, runs=2, dtype=torch.float64)
    assert (trainer.runs, trainer.step, trainer.config) == (6, 12, configs[0])
    seeds = [config.updated({"seed": config.seed + k}) for config in configs for k in range(2)]
    torch.testing.assert_close(flats(trainer), alone(seeds, 12), rtol=1e-10, atol=1e-10)
    trainer.change(**{"generator.lr": 0.01, "loss": "lsgan"})
    assert [stack.config.loss for stack in trainer.stacks] == ["lsgan"] * 3
    assert [stack.config.penalty.name for stack in trainer.stacks] == ["r1", "none", "gp"]


@pytest.mark.parametrize("extra", AIDS)
def test_runs_in_several_stacks_are_single_runs(
    extra: str, small: RunConfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = small.updated(AIDS[extra] | {"seed": 11})
    expected = alone([config.updated({"seed": 11 + k}) for k in range(5)], 8)
    monkeypatch.setattr(trainer_module, "stack_size", lambda config: 2)
    trainer = trained(config, 8, runs=5, dtype=torch.float64)
    assert sorted(len(stack.seeds) for stack in trainer.stacks) == [1, 2, 2]
    torch.testing.assert_close(flats(trainer), expected, rtol=1e-10, atol=1e-10)


def test_what_is_seen_of_several_stacks_is_the_run_asked_for(
    small: RunConfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trainer_module, "stack_size", lambda config: 2)
    trainer = trained(small, 3, runs=5, dtype=torch.float64)
    z = torch.randn(4, 3, dtype=torch.float64)
    for k in range(5):
        single = trained(small.updated({"seed": k}), 3, dtype=torch.float64)
        torch.testing.assert_close(trainer.generate(z, k), single.generate(z), rtol=0, atol=1e-9)
        assert trainer.metrics(k)["emd"] == pytest.approx(single.metrics()["emd"], rel=1e-6)
        np.testing.assert_allclose(trainer.snapshot(k).fake, single.snapshot().fake, atol=1e-6)
    trainer.stacks[1].generator.net.flat[1, 0] = math.nan
    assert trainer.diverged() == [False, False, True, False, False]


def test_changes_reach_every_stack(small: RunConfig, monkeypatch: pytest.MonkeyPatch) -> None:
    changes = {"loss": "lsgan", "generator.optimizer": "sgd"}
    whole = trained(small, 4, runs=5, dtype=torch.float64)
    monkeypatch.setattr(trainer_module, "stack_size", lambda config: 2)
    split, used = (trained(small, 4, runs=5, dtype=torch.float64) for _ in range(2))
    whole.change(**changes)
    split.change(**changes)
    used.use(small.updated(changes))
    for trainer in (whole, split, used):
        trainer.advance(4)
        trainer.update_discriminator()
        trainer.update_generator()
        assert trainer.config == small.updated(changes)
        torch.testing.assert_close(flats(trainer), flats(whole), rtol=1e-10, atol=1e-10)
    with pytest.raises(ConfigError, match="seed: can't change"):
        split.change(seed=2)


def test_the_last_seed_is_like_any_other(small: RunConfig, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trainer_module, "stack_size", lambda config: 1)
    config = small.updated({"seed": 2**31 - 1})
    trainer = trained(config, 2, runs=2)
    trainer.change(loss="hinge")
    state = trainer.state_dict()
    other = Trainer(config, 2)
    other.load_state_dict(state)
    assert torch.equal(flats(other), flats(trainer))


@pytest.mark.parametrize("hidden", [(), (1,), (64, 64)], ids=str)
def test_a_stack_is_smaller_the_more_its_runs_work_on(
    hidden: tuple[int, ...], small: RunConfig
) -> None:
    net = small.updated({"discriminator.hidden": hidden})
    sizes = [stack_size(net.updated({"batch_size": size})) for size in (2, 64, 512, 8192)]
    assert sizes == sorted(sizes, reverse=True)
    assert sizes[0] > sizes[-1] >= 1
    assert stack_size(small.updated({"discriminator.hidden": (1024, 1024)})) == 1


@pytest.mark.parametrize("net", ["generator", "discriminator"])
@pytest.mark.parametrize("device", ["cpu", "cuda"])
def test_convolutions_are_trained_one_by_one(
    device: str, net: str, small: RunConfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As they take one run at a time."""
    config = small.updated({"data.name": "mnist", f"{net}.kind": "dcgan", "seed": 4})
    monkeypatch.setattr(
        trainer_module, "Stack", lambda config, seeds, *others: SimpleNamespace(seeds=seeds)
    )
    stacks = Trainer(config, 3, device).stacks
    assert [list(stack.seeds) for stack in stacks] == [[4], [5], [6]]


def test_a_seed_decides_every_bit(small: RunConfig) -> None:
    first = trained(small, 20, runs=2)
    torch.rand(3)  # torch's own generator has no part in it
    assert torch.equal(flats(first), flats(trained(small, 20, runs=2)))
    other = trained(small.updated({"seed": 1}), 20)
    torch.testing.assert_close(flats(other)[0], flats(first)[1], rtol=0, atol=1e-4)
    assert not torch.allclose(flats(other)[0], flats(first)[0], atol=0.1)


# ---- keeping and breaking a run


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_a_kept_run_goes_on_to_the_bit(optimizer: str, small: RunConfig) -> None:
    config = small.updated({"generator.optimizer": optimizer, "generator.momentum": 0.5})
    one = trained(config, 4, runs=2)
    one.change(**{"loss": "lsgan", "data.name": "two_moons", "generator.activation": "silu"})
    one.advance(2)
    state = one.state_dict()
    one.advance(5)
    other = trained(small, 3, runs=2)
    other.load_state_dict(state)
    assert (other.step, other.config.loss) == (6, "lsgan")
    other.advance(5)
    assert torch.equal(flats(one), flats(other))
    assert other.metrics(1) == one.metrics(1)
    other.load_state_dict(state)  # it was not used up
    other.advance(5)
    assert torch.equal(flats(one), flats(other))


@pytest.mark.parametrize("extra", AIDS)
def test_stacks_with_aids_go_on_to_the_bit(
    extra: str, small: RunConfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Kept in the middle of a drawn block, and on into the next ones."""
    monkeypatch.setattr(trainer_module, "stack_size", lambda config: 2)
    monkeypatch.setattr(draws, "MOST_AHEAD", 4)
    config = small.updated(AIDS[extra] | {"discriminator.steps": 2})
    one = trained(config, 3, runs=3)
    state = one.state_dict()
    assert [each["used"] for each in state["stacks"][0]["draws"]] == [2, 3]
    one.advance(5)
    for other in (Trainer(config, 3), trained(config, 2, runs=3), one):
        end = flats(one)
        other.load_state_dict(state)
        assert not torch.equal(flats(other), end)
        other.advance(5)
        assert torch.equal(flats(other), end)
    shown = [torch.cat([stack.shown.flat for stack in run.stacks]) for run in (one, other)]
    assert torch.equal(*shown)


PICTURES: dict[str, dict[str, Any]] = {
    "perceptrons": {"vae.on": True},
    "convolutions": {
        "generator.kind": "dcgan", "discriminator.kind": "dcgan", "discriminator.hidden": (3, 4),
        "discriminator.norm": "batch", "generator.ema": 0.9, "vae.on": True,
        "vae.variance": "learned", "penalty.name": "r1", "penalty.every": 3,
    },
    "mixed": {"generator.kind": "dcgan", "discriminator.spectral_norm": True, "aids.pack": 3},
    "stacked": {"data.name": "stacked_mnist", "discriminator.kind": "dcgan", "vae.on": True,
                "precision": "bfloat16", "aids.instance_noise": 0.1},
}  # fmt: skip


@pytest.mark.parametrize("case", PICTURES)
def test_runs_on_pictures_go_on_to_the_bit(
    case: str, small: RunConfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of one run or two, their VAEs and averages included, from the middle of a drawn block."""
    monkeypatch.setattr(draws, "MOST_AHEAD", 4)
    config = small.updated({"data.name": "mnist", "generator.hidden": (4, 3)} | PICTURES[case])
    one = trained(config, 2, runs=2)
    state = one.state_dict()
    one.advance(5)
    for other in (Trainer(config, 2), trained(config, 3, runs=2), one):
        end = everything(one)
        other.load_state_dict(state)
        assert other.step == 2
        assert not torch.equal(everything(other), end)
        other.advance(5)
        assert torch.equal(everything(other), end)
        for k in range(2):
            assert np.array_equal(other.snapshot(k).fake, one.snapshot(k).fake)


def everything(trainer: Trainer) -> Tensor:
    """All parameters of nets, averages and VAEs, one after the other; a copy."""
    parts = [flats(trainer).flatten()]
    for stack in trainer.stacks:
        parts += [stack.shown.flat.flatten()]
        parts += [p.net.flat.flatten() for p in (stack.vae.encoder, stack.vae.decoder)] if stack.vae else []  # fmt: skip
    return torch.cat(parts)


def test_a_spectral_norm_begins_alike_in_a_kept_run(small: RunConfig) -> None:
    config = small.updated({"discriminator.hidden": (40, 40)})
    one = trained(config, 1)
    for on in (True, False):
        one.change(**{"discriminator.spectral_norm": on})
    other = Trainer(config)
    other.load_state_dict(one.state_dict())
    for run in (one, other):
        run.change(**{"discriminator.spectral_norm": True})
        run.advance(3)
    assert torch.equal(flats(one), flats(other))


def test_a_state_of_another_architecture_is_refused(small: RunConfig) -> None:
    trainer = trained(small, 2)
    before = flats(trainer)
    with pytest.raises(ConfigError, match=r"generator\.hidden"):
        trainer.load_state_dict(Trainer(small.updated({"generator.hidden": (4,)})).state_dict())
    assert torch.equal(flats(trainer), before)


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
@pytest.mark.parametrize("player", ["generator", "discriminator"])
def test_only_the_broken_run_has_diverged(player: str, value: float, small: RunConfig) -> None:
    broken, whole = trained(small, 2, runs=3), trained(small, 2, runs=3)
    assert broken.diverged() == [False] * 3
    getattr(broken.stacks[0], player).net.flat[1, 4] = value
    assert broken.diverged() == [False, True, False]
    for trainer in (broken, whole):
        trainer.advance(5)
    assert torch.equal(flats(broken)[[0, 2]], flats(whole)[[0, 2]])
    assert broken.metrics(1) == dict.fromkeys(METRICS)
    assert broken.metrics(2) == whole.metrics(2)


@pytest.mark.parametrize("data", PLANE)
def test_samples_too_large_for_floats_have_no_metrics(data: str, small_on: SmallOn) -> None:
    """Just before a run diverges its parameters are finite, but its samples need not be."""
    trainer = Trainer(small_on(data))
    trainer.stacks[0].generator.net.flat.fill_(1e30)
    assert trainer.diverged() == [False]
    assert trainer.metrics() == dict.fromkeys(METRICS)
    assert trainer.snapshot().coverage.high_quality in (0, None)


# ---- claims


def test_default_gan_covers_the_ring() -> None:
    trainer = trained(RunConfig(), 2000, runs=8)
    seen = [trainer.metrics(k) for k in range(8)]
    assert sum(metrics["near_modes"] == 8 for metrics in seen) >= 7
    assert all(metrics["sliced_w2"] < 0.5 for metrics in seen)
