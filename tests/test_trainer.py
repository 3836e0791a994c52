"""The training loop against a plain PyTorch one, against itself, and against its claims."""

import dataclasses
import math
import re
from collections.abc import Callable, Iterable
from typing import Any, get_origin

import numpy as np
import pytest
import torch
from pydantic.fields import FieldInfo
from torch import Tensor, nn
from torch.nn.functional import binary_cross_entropy_with_logits, mse_loss, softplus

from ganplay import draws
from ganplay import trainer as trainer_module
from ganplay.config import ConfigError, RunConfig, named_fields
from ganplay.data import DATA_SETS
from ganplay.losses import LOSSES
from ganplay.observe import METRICS, SHOWN_ARROWS, Look
from ganplay.optimizers import OPTIMIZERS
from ganplay.penalties import PENALTIES
from ganplay.settings import bounds, choices, note
from ganplay.trainer import Trainer, stack_size

SmallOn = Callable[[str], RunConfig]

FIELDS = named_fields("ring")
KINDS = ["generator.kind", "discriminator.kind"]
"""What goes with the shape of the data's points, and so has one choice for those in the plane."""
LIVE = [n for n, field in FIELDS.items() if not note(field, "restart")]
BORN = [n for n, field in FIELDS.items() if note(field, "restart") and n not in KINDS]
NEEDS = {"data.name": {}, "aids.pack": {"batch_size": 8}}

PLAIN_AIDS: dict[str, dict[str, Any]] = {
    "penalty": {"penalty.name": "gp", "penalty.weight": 2.0},
    "pack": {"aids.pack": 3},
    "fourier": {"discriminator.fourier_features": 4},
    "stddev": {"aids.minibatch_stddev": True},
    "noise": {"aids.instance_noise": 0.3},
    "stddev and penalty": {"aids.minibatch_stddev": True, "penalty.name": "r1_r2"},
    "one hot": {"latent.prior": "one_hot_mixture"},
    "uniform": {"latent.prior": "uniform"},
    "all": {
        "penalty.name": "gp", "aids.pack": 3, "discriminator.fourier_features": 2,
        "aids.minibatch_stddev": True, "aids.instance_noise": 0.1, "latent.prior": "one_hot_mixture",
    },
}  # fmt: skip

AIDS: dict[str, dict[str, Any]] = PLAIN_AIDS | {
    "unroll": {"aids.unroll": 2},
    "spectral norm": {"discriminator.spectral_norm": True, "aids.unroll": 1},
    "average": {"generator.ema": 0.9, "generator.lr_decay": "linear", "generator.steps_total": 9},
    "relativistic": {"loss": "relativistic", "penalty.name": "r1_r2", "updates": "simultaneous"},
}


def flats(trainer: Trainer) -> Tensor:
    """All parameters of all runs, [K, P]; a copy."""
    players = [(stack.generator, stack.discriminator) for stack in trainer.stacks]
    return torch.cat([torch.cat((g.net.flat, d.net.flat), 1) for g, d in players])


def look(trainer: Trainer) -> Look:
    """Run 0 as it is now."""
    return Look(trainer.stacks[0], 0)


def trained(config: RunConfig, iterations: int, **options: Any) -> Trainer:
    trainer = Trainer(config, **options)
    trainer.advance(iterations)
    return trainer


def another(name: str, field: FieldInfo, config: RunConfig) -> Any:
    """A value that the config does not have."""
    now = config.flat()[name]
    if options := choices(field):
        return next(option for option in options if option != now)
    if get_origin(field.annotation) is tuple:
        return (4, 3)
    if now is None:
        return 0.01
    if field.annotation is bool:
        return not now
    if field.annotation is int:
        return now + 1
    low, high, _ = bounds(field)
    return (now + (low if now - low > high - now else high)) / 2


def prepared(name: str, config: RunConfig) -> RunConfig:
    """The config in which this setting has an effect, and another value is allowed."""
    other, _, values = note(FIELDS[name], "when").partition("=")
    needs = {f"{name.split('.')[0]}.{other}": values.split(",")[0]} if other else {}
    return config.updated(needs | NEEDS.get(name, {}))


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


def test_a_seed_decides_every_bit(small: RunConfig) -> None:
    first = trained(small, 20, runs=2)
    torch.rand(3)  # torch's own generator has no part in it
    assert torch.equal(flats(first), flats(trained(small, 20, runs=2)))
    other = trained(small.updated({"seed": 1}), 20)
    torch.testing.assert_close(flats(other)[0], flats(first)[1], rtol=0, atol=1e-4)
    assert not torch.allclose(flats(other)[0], flats(first)[0], atol=0.1)


# ---- the loop against a plain one


def entropy(logits: Tensor, label: float) -> Tensor:
    return binary_cross_entropy_with_logits(logits, torch.full_like(logits, label))


def cross_entropy(r: Tensor, f: Tensor) -> Tensor:
    return entropy(r, 1) + entropy(f, 0)


PLAIN: dict[str, tuple[Callable[[Tensor, Tensor], Tensor], Callable[[Tensor, Tensor], Tensor]]] = {
    "minimax": (cross_entropy, lambda r, f: -entropy(f, 0)),
    "non_saturating": (cross_entropy, lambda r, f: entropy(f, 1)),
    "wgan": (lambda r, f: f.mean() - r.mean(), lambda r, f: -f.mean()),
    "lsgan": (
        lambda r, f: (mse_loss(r, torch.ones_like(r)) + f.square().mean()) / 2,
        lambda r, f: mse_loss(f, torch.ones_like(f)) / 2,
    ),
    "hinge": (
        lambda r, f: (1 - r).clamp(min=0).mean() + (1 + f).clamp(min=0).mean(),
        lambda r, f: -f.mean(),
    ),
    "relativistic": (lambda r, f: softplus(f - r).mean(), lambda r, f: softplus(r - f).mean()),
}
"""What D and G minimise."""


class PlainD(nn.Module):
    """Linear layers and activations, with what the config puts before and between them."""

    def __init__(self, modules: list[nn.Module], config: RunConfig, frequencies: Tensor | None):
        super().__init__()
        self.inner, self.last = nn.Sequential(*modules[:-1]), modules[-1]
        self.aids, self.frequencies = config.aids, frequencies

    def forward(self, x: Tensor) -> Tensor:
        if self.frequencies is not None:
            phase = x @ self.frequencies
            x = torch.cat((x, torch.sin(phase), torch.cos(phase)), 1)
        x = self.inner(torch.stack([pack.flatten() for pack in x.split(self.aids.pack)]))
        if self.aids.minibatch_stddev:
            deviation = torch.sqrt(x.var(0, correction=0) + 1e-8).mean()
            x = torch.cat((x, deviation * torch.ones_like(x[:, :1])), 1)
        return self.last(x)


def plain_penalty(d: nn.Module, real: Tensor, fake: Tensor, portion: Tensor, name: str) -> Tensor:
    """`portion` is one number for each pack of points."""

    def lengths(x: Tensor) -> Tensor:
        x = x.clone().requires_grad_()
        (slope,) = torch.autograd.grad(d(x).sum(), x, create_graph=True)
        return slope.view(len(portion), -1).norm(dim=1)

    match name:
        case "none":
            return torch.zeros(())
        case "gp":
            t = portion.repeat_interleave(len(real) // len(portion), 0)
            return (lengths(t * real + (1 - t) * fake) - 1).square().mean()
        case "r1":
            return lengths(real).square().mean() / 2
        case "r2":
            return lengths(fake).square().mean() / 2
        case "r1_r2":
            return lengths(real).square().mean() / 2 + lengths(fake).square().mean() / 2
    raise AssertionError(f"no plain form of {name}")


class Plain:
    """A GAN as in a tutorial, which starts as run 0 of a new trainer and draws the same numbers."""

    def __init__(self, trainer: Trainer):
        self.config = config = trainer.config
        stack = Trainer(config, dtype=torch.float64).stacks[0]
        self.draws_d, self.draws_g = stack.draws_d, stack.draws_g
        self.nets, self.optimizers = [], []
        frequencies = stack.critic.frequencies
        for player, settings, activation in (
            (stack.discriminator, config.discriminator, nn.LeakyReLU(0.2)),
            (stack.generator, config.generator, nn.ReLU()),
        ):
            modules: list[nn.Module] = []
            for weight, bias in player.net.layers:
                linear = nn.Linear(*weight.shape[:0:-1], dtype=torch.float64)
                linear.load_state_dict({"weight": weight[0].detach(), "bias": bias[0, 0].detach()})
                modules += [linear, activation]
            if player is stack.generator:
                net = nn.Sequential(*modules[:-1])
            else:
                net = PlainD(modules[:-1], config, None if frequencies is None else frequencies[0])
            betas = (settings.beta1, settings.beta2)
            self.nets.append(net)
            self.optimizers.append(torch.optim.Adam(net.parameters(), settings.lr, betas))

    def losses(self, which: int) -> Tensor:
        (d, g), batch = self.nets, (self.draws_g if which else self.draws_d).next()
        fake = g(batch.z[0])
        if batch.noise is not None:
            fake = fake + batch.noise[0]
        if which:
            r = None if batch.real is None else d(batch.real[0]).detach()
            return PLAIN[self.config.loss][1](r, d(fake))
        real, fake, penalty = batch.real[0], fake.detach(), self.config.penalty
        packs = len(real) // self.config.aids.pack
        portion = torch.zeros(packs, 1) if batch.portion is None else batch.portion[0]
        extra = plain_penalty(d, real, fake, portion, penalty.name)
        return PLAIN[self.config.loss][0](d(real), d(fake)) + penalty.weight * extra

    def differentiate(self, which: int) -> None:
        loss, parameters = self.losses(which), list(self.nets[which].parameters())
        for p, gradient in zip(parameters, torch.autograd.grad(loss, parameters), strict=True):
            p.grad = gradient

    def step(self, which: int) -> None:
        self.optimizers[which].step()
        if which == 0 and self.config.loss == "wgan" and self.config.penalty.name == "none":
            for p in self.nets[0].parameters():
                p.data.clamp_(-0.01, 0.01)

    def iterate(self) -> None:
        counts = self.config.discriminator.steps, self.config.generator.steps
        if self.config.updates == "alternating":
            rounds = [[which] for which in (0, 1) for _ in range(counts[which])]
        else:
            rounds = [[w for w in (0, 1) if i < counts[w]] for i in range(max(counts))]
        for players in rounds:
            for which in players:
                self.differentiate(which)
            for which in players:
                self.step(which)

    def flat(self) -> Tensor:
        parts = [p.detach().flatten() for net in self.nets[::-1] for p in net.parameters()]
        return torch.cat(parts)


@pytest.mark.parametrize("loss", ["non_saturating", "wgan"])
@pytest.mark.parametrize("updates", ["alternating", "simultaneous"])
@pytest.mark.parametrize(("d_steps", "g_steps"), [(1, 1), (5, 1), (1, 3), (0, 1), (2, 0)])
def test_iterations_are_those_of_a_plain_loop(
    loss: str, updates: str, d_steps: int, g_steps: int, small: RunConfig
) -> None:
    steps = {"discriminator.steps": d_steps, "generator.steps": g_steps}
    config = small.updated(steps | {"loss": loss, "updates": updates})
    trainer = Trainer(config, dtype=torch.float64)
    plain = Plain(trainer)
    for _ in range(3):
        trainer.advance()
        plain.iterate()
        torch.testing.assert_close(flats(trainer)[0], plain.flat(), rtol=1e-10, atol=1e-12)
    assert trainer.step == 3


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize(
    "extra",
    [*({"penalty.name": name, "penalty.weight": 2.0} for name in PENALTIES), *PLAIN_AIDS.values()],
    ids=[*PENALTIES, *PLAIN_AIDS],
)
def test_every_loss_and_aid_is_that_of_a_plain_loop(
    loss: str, extra: dict[str, Any], small: RunConfig
) -> None:
    trainer = Trainer(small.updated({"loss": loss} | extra), dtype=torch.float64)
    plain = Plain(trainer)
    for _ in range(3):
        trainer.advance()
        plain.iterate()
        torch.testing.assert_close(flats(trainer)[0], plain.flat(), rtol=1e-9, atol=1e-10)


def test_turns_differ(small: RunConfig) -> None:
    """The two schemes share D's first move; G's answer tells them apart."""
    together = trained(small.updated({"updates": "simultaneous"}), 1)
    in_turn = trained(small, 1)
    assert torch.equal(
        together.stacks[0].discriminator.net.flat, in_turn.stacks[0].discriminator.net.flat
    )
    assert not torch.equal(
        together.stacks[0].generator.net.flat, in_turn.stacks[0].generator.net.flat
    )


def test_updates_by_hand_are_an_iteration(small: RunConfig) -> None:
    by_hand, whole = Trainer(small), trained(small, 1)
    by_hand.update_discriminator()
    by_hand.update_generator()
    assert torch.equal(flats(by_hand), flats(whole))
    assert (by_hand.step, whole.step) == (0, 1)


@pytest.mark.parametrize(("clip", "limit"), [(None, 0.01), (0.03, 0.03), (0, math.inf)])
def test_wgan_keeps_weights_within_the_clip(
    clip: float | None, limit: float, small: RunConfig
) -> None:
    config = small.updated({"loss": "wgan", "discriminator.clip": clip, "discriminator.lr": 0.1})
    trainer = trained(config, 10)
    largest = trainer.stacks[0].discriminator.net.flat.abs().max().item()
    assert largest == pytest.approx(limit, rel=1e-6) if clip != 0 else 0.3 < largest < limit
    assert trainer.stacks[0].generator.net.flat.abs().max() > 0.1, "the generator is not clipped"


@pytest.mark.parametrize("prior", choices(FIELDS["latent.prior"]))
def test_noise_follows_its_prior(prior: str, small: RunConfig) -> None:
    """A generator that is the identity shows its noise."""
    config = small.updated({"latent.prior": prior, "latent.dim": 2, "generator.hidden": ()})
    trainer = Trainer(config, dtype=torch.float64)
    trainer.stacks[0].generator.net.flat.copy_(torch.tensor([1.0, 0, 0, 1, 0, 0]))
    z = trainer.snapshot().fake
    mean, deviation, largest = {
        "normal": (0, 1, 5),
        "uniform": (0, 1 / math.sqrt(3), 1),
        "one_hot_mixture": (1 / 2, math.sqrt(0.3**2 / 2 + 1 / 4), 1 + 5 * 0.3 / math.sqrt(2)),
    }[prior]
    np.testing.assert_allclose(z.std(0), deviation, rtol=0.08)
    np.testing.assert_allclose(z.mean(0), mean, atol=0.13)
    assert 0.65 * largest < abs(z).max() <= largest
    if prior == "one_hot_mixture":
        assert (z[:, 0] > z[:, 1]).mean() == pytest.approx(1 / 2, abs=0.1)


# ---- changing settings


@pytest.mark.parametrize("name", LIVE)
def test_a_setting_takes_effect_in_the_middle_of_a_run(name: str, small: RunConfig) -> None:
    config = prepared(name, small)
    trainer, unchanged = trained(config, 3), trained(config, 3)
    before = flats(trainer)
    trainer.change(**{name: another(name, FIELDS[name], config)})
    assert torch.equal(flats(trainer), before)
    trainer.advance(3)
    unchanged.advance(3)
    assert trainer.step == 6
    assert trainer.diverged() == [False]
    assert not torch.equal(flats(trainer), before)
    # the average of G's weights has an effect on what is shown alone
    seen = [torch.cat((flats(run), run.stacks[0].shown.flat), -1) for run in (trainer, unchanged)]
    assert not torch.equal(*seen), f"{name} has no effect"


@pytest.mark.parametrize("name", BORN)
def test_what_a_run_is_born_with_cannot_change(name: str, small: RunConfig) -> None:
    config = prepared(name, small)
    trainer, unchanged = trained(config, 3), trained(config, 3)
    value = another(name, FIELDS[name], config)
    message = f"{name}: can't change in the middle of a run; start it again."
    with pytest.raises(ConfigError, match=re.escape(message)):
        trainer.change(**{name: value, "loss": "hinge"})
    assert trainer.config == config
    trainer.advance(3)
    unchanged.advance(3)
    assert torch.equal(flats(trainer), flats(unchanged))
    newborn, start = flats(Trainer(config.updated({name: value}))), flats(Trainer(config))
    assert newborn.shape != start.shape or not torch.equal(newborn, start)


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


# ---- looking


def test_looking_leaves_the_run_alone(small: RunConfig) -> None:
    seen, unseen = Trainer(small, 2), trained(small, 12, runs=2)
    for i in range(12):
        seen.snapshot(i % 2)
        seen.metrics(1 - i % 2)
        seen.diverged()
        seen.advance()
    assert torch.equal(flats(seen), flats(unseen))
    assert seen.snapshot(1).fake.tobytes() == unseen.snapshot(1).fake.tobytes()


def test_snapshots_show_the_same_points_each_time(small: RunConfig) -> None:
    """What moves between two pictures is the generator, not the draw."""
    trainer = Trainer(small)
    first, again = trainer.snapshot(), trainer.snapshot()
    trainer.advance()
    later = trainer.snapshot()
    assert (first.real == again.real).all()
    assert (first.real == later.real).all()
    assert (first.fake == again.fake).all()
    assert not (first.fake == later.fake).all()


@pytest.mark.parametrize("data", DATA_SETS)
def test_what_is_seen_is_the_run_asked_for(data: str, small_on: SmallOn) -> None:
    see_alike(small_on(data))


@pytest.mark.parametrize("extra", ["all", "spectral norm", "average"])
def test_what_is_seen_with_aids_is_the_run_asked_for(extra: str, small: RunConfig) -> None:
    see_alike(small.updated(AIDS[extra]))


def see_alike(config: RunConfig) -> None:
    """The second run of two, and that run alone."""
    stacked = trained(config, 2, runs=2, dtype=torch.float64)
    alone = trained(config.updated({"seed": 1}), 2, dtype=torch.float64)
    one, other = (dataclasses.asdict(t) for t in (stacked.snapshot(1), alone.snapshot()))
    for name in ("loss", "floors"):
        assert one.pop(name) == other.pop(name)
    assert one.pop("seconds") * other.pop("seconds") > 0
    one |= one.pop("coverage") | {f"metrics.{n}": v for n, v in stacked.metrics(1).items()}
    other |= other.pop("coverage") | {f"metrics.{n}": v for n, v in alone.metrics().items()}
    for name, value in one.items():
        pair = (np.array(each, float) for each in (value, other[name]))  # NaN for None
        np.testing.assert_allclose(*pair, rtol=1e-5, atol=1e-5, err_msg=name)


@pytest.mark.parametrize("pack", [1, 3])
@pytest.mark.parametrize("loss", LOSSES)
def test_arrows_are_minus_the_gradient_of_each_samples_own_loss(
    loss: str, pack: int, small: RunConfig
) -> None:
    """Of the loss of its pack, where D judges packs."""
    smooth = {"discriminator.activation": "tanh", "discriminator.clip": 0, "aids.pack": pack}
    trainer = trained(small.updated(smooth | {"loss": loss}), 5, dtype=torch.float64)
    trainer.stacks[0].discriminator.net.flat.mul_(2)  # so that the losses bend
    snapshot = trainer.snapshot()
    count = SHOWN_ARROWS // pack * pack
    assert len(snapshot.arrows) == count
    x, h = torch.from_numpy(snapshot.fake[:count]).double(), 1e-5
    real = look(trainer).logits(torch.from_numpy(snapshot.real[:count]).double()).detach()

    def own(x: Tensor) -> Tensor:
        logits = look(trainer).logits(x).detach()
        return LOSSES[loss].generator(logits[:, None], real[:, None])

    numeric = torch.zeros_like(x)
    for member in range(pack):
        for axis in range(2):
            step = torch.zeros_like(x)
            step[member::pack, axis] = h
            numeric[member::pack, axis] = (own(x - step) - own(x + step)) / (2 * h)
    np.testing.assert_allclose(snapshot.arrows, numeric, rtol=1e-4, atol=1e-6)
    assert np.linalg.norm(snapshot.arrows, axis=1).max() > 0.1


def test_arrows_are_not_the_gradient_of_what_d_says(small: RunConfig) -> None:
    trainer = trained(small, 5, dtype=torch.float64)
    snapshot = trainer.snapshot()
    x = torch.from_numpy(snapshot.fake[:SHOWN_ARROWS]).double().requires_grad_()
    logits = look(trainer).logits(x)
    for said in (logits, logits.sigmoid()):
        (gradient,) = torch.autograd.grad(said.sum(), x, retain_graph=True)
        lengths = np.linalg.norm(snapshot.arrows, axis=1) / gradient.norm(dim=1).numpy()
        assert (abs(lengths - 1) > 0.2).all()


def test_surface_has_y_along_rows_and_x_along_columns(small: RunConfig) -> None:
    trainer = trained(small, 3, dtype=torch.float64)
    surface, extent = trainer.snapshot().surface, small.data.extent
    ticks = np.linspace(-extent, extent, len(surface))
    for row, column in ((0, 0), (3, 50), (50, 3), (63, 20)):
        place = torch.tensor([[ticks[column], ticks[row]]])
        expected = look(trainer).logits(place).sigmoid().item()
        assert surface[row, column] == pytest.approx(expected, abs=1e-6)
    trainer.stacks[0].discriminator.net.layers[0][0].data[0, :, 0] = 0  # D is blind to x
    surface = trainer.snapshot().surface
    assert abs(np.diff(surface, axis=1)).max() < 1e-6
    assert abs(np.diff(surface, axis=0)).max() > 1e-4


@pytest.mark.parametrize("extra", ["pack", "stddev", "fourier", "all", "spectral norm"])
def test_surface_is_of_each_point_beside_real_ones(extra: str, small: RunConfig) -> None:
    trainer = trained(small.updated(AIDS[extra]), 3, dtype=torch.float64)
    surface, seen = trainer.snapshot().surface, look(trainer)
    ticks = np.linspace(-small.data.extent, small.data.extent, len(surface))
    feature = seen.critic.feature(seen.critic.packs(seen.real[None, : small.batch_size]))
    for row, column in ((0, 0), (3, 50), (63, 20)):
        place = torch.tensor([[ticks[column], ticks[row]]])
        pack = torch.cat((place, seen.real[: seen.critic.pack - 1]))
        logit = seen.critic(seen.critic.packs(pack[None]), feature=feature)
        assert surface[row, column] == pytest.approx(logit.sigmoid().item(), abs=1e-6)


@pytest.mark.parametrize(("size", "pack"), [(2502, 3), (7, 7), (64, 16)])
def test_every_batch_and_pack_can_be_looked_at(size: int, pack: int, small: RunConfig) -> None:
    trainer = Trainer(small.updated({"batch_size": size, "aids.pack": pack}))
    assert np.isfinite(trainer.snapshot().surface).all()
    assert 0 <= trainer.metrics()["d_accuracy"] <= 1


@pytest.mark.parametrize("loss", LOSSES)
def test_scale_is_the_targets_or_holds_nine_tenths_of_the_critic(
    loss: str, small: RunConfig
) -> None:
    trainer = trained(small.updated({"loss": loss}), 5, dtype=torch.float64)
    snapshot = trainer.snapshot()
    low, high = snapshot.scale
    if LOSSES[loss].targets:
        assert (low, high) == LOSSES[loss].targets
        return
    inside = (snapshot.surface >= low) & (snapshot.surface <= high)
    assert inside.mean() == pytest.approx(0.9, abs=0.001)
    points = (torch.from_numpy(x).double() for x in (snapshot.real, snapshot.fake))
    means = [look(trainer).logits(x).mean().item() for x in points]
    assert (low + high) / 2 == pytest.approx(np.mean(means), abs=0.1 * (high - low))


def test_losses_are_means_since_the_last_look(small: RunConfig) -> None:
    names = ("loss_d", "loss_g", "norm_d", "norm_g")
    often, seldom = Trainer(small, dtype=torch.float64), Trainer(small, dtype=torch.float64)
    assert all(math.isnan(getattr(seldom.snapshot(), name)) for name in names)
    for window in (1, 4, 6):
        looks = []
        for _ in range(window):
            often.advance()
            looks.append(often.snapshot())
        seldom.advance(window)
        whole = seldom.snapshot()
        for name in names:
            values = [getattr(look, name) for look in looks]
            assert getattr(whole, name) == pytest.approx(np.mean(values), rel=1e-9)
            assert window == 1 or np.std(values) > 0


def test_first_losses_and_norms_are_autograds(small: RunConfig) -> None:
    trainer = Trainer(small, dtype=torch.float64)
    plain = Plain(trainer)
    trainer.advance()
    for which in (0, 1):
        plain.differentiate(which)
        plain.step(which)
    seen = trainer.snapshot()
    grads = [torch.cat([p.grad.flatten() for p in net.parameters()]) for net in plain.nets]
    expected = [gradient.norm().item() for gradient in grads]
    assert [seen.norm_d, seen.norm_g] == pytest.approx(expected, rel=1e-9)
    plain = Plain(again := Trainer(small, dtype=torch.float64))
    assert seen.loss_d == pytest.approx(plain.losses(0).item(), rel=1e-9)
    assert again.step == 0


@pytest.mark.parametrize(("frozen", "name"), [("generator", "g"), ("discriminator", "d")])
def test_a_frozen_net_stands_still_and_has_no_loss(
    frozen: str, name: str, small: RunConfig
) -> None:
    trainer = trained(small, 2)
    trainer.change(**{f"{frozen}.steps": 0})
    trainer.snapshot()
    before = getattr(trainer.stacks[0], frozen).net.flat.clone()
    trainer.advance(3)
    snapshot = trainer.snapshot()
    assert torch.equal(getattr(trainer.stacks[0], frozen).net.flat, before)
    for player in "dg":
        values = [getattr(snapshot, f"loss_{player}"), getattr(snapshot, f"norm_{player}")]
        assert np.isnan(values).all() == (player == name)


@pytest.mark.parametrize(
    ("loss", "real", "fake", "expected"),
    [
        ("non_saturating", 1.0, -1.0, 1.0),
        ("non_saturating", 1.0, 1.0, 0.5),
        ("non_saturating", -1.0, 1.0, 0.0),
        ("lsgan", 0.6, 0.4, 1.0),
        ("lsgan", 0.4, 0.4, 0.5),
        ("hinge", 0.1, -0.1, 1.0),
        ("wgan", 100.1, 100.0, 1.0),
        ("wgan", 100.0, 100.1, 0.0),
        ("relativistic", 100.1, 100.0, 1.0),
        ("relativistic", 100.0, 100.1, 0.0),
        ("minimax", 1.0, -1.0, 1.0),
    ],
)
def test_accuracy_of_a_discriminator_that_knows_the_side(
    loss: str, real: float, fake: float, expected: float, small: RunConfig
) -> None:
    """D is linear in x; real points lie about x = 0, generated ones at x = -3."""
    line = {"data.name": "line", "data.angle": 90, "loss": loss, "discriminator.clip": 0}
    nets = {"generator.hidden": (), "discriminator.hidden": ()}
    trainer = Trainer(small.updated(line | nets), dtype=torch.float64)
    trainer.stacks[0].generator.net.flat.zero_()
    trainer.stacks[0].generator.net.layers[0][1].data[0, 0, 0] = -3
    weight, bias = trainer.stacks[0].discriminator.net.layers[0]
    weight.data[0, 0] = torch.tensor([(real - fake) / 3, 0.0])
    bias.data.fill_(real)
    assert trainer.metrics()["d_accuracy"] == pytest.approx(expected, abs=0.01)
    assert trainer.snapshot().d_accuracy == trainer.metrics()["d_accuracy"]


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


@pytest.mark.parametrize("data", DATA_SETS)
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
