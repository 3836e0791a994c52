"""What helps a run along: the decay of the learning rate, the running average of G's weights, and
the helps against collapse."""

import math
from itertools import pairwise
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.nn.functional import softplus

from ganplay.config import RunConfig
from ganplay.draws import Batch
from ganplay.losses import LOSSES
from ganplay.nets import Critic
from ganplay.optimizers import OPTIMIZERS
from ganplay.penalties import points
from ganplay.player import Player
from ganplay.stack import Stack
from ganplay.trainer import Trainer

SMALL = {"generator.hidden": "8", "discriminator.hidden": "8", "batch_size": 16}


def trainer(runs: int = 1, **fields: object) -> Trainer:
    return Trainer(RunConfig().updated(SMALL | fields), runs, dtype=torch.float64)


@pytest.mark.parametrize("net", ["generator", "discriminator"])
def test_a_falling_rate_is_that_of_changes_by_hand(net: str) -> None:
    falling = trainer(**{f"{net}.lr_decay": "linear", f"{net}.steps_total": 4, f"{net}.lr": 0.08})
    by_hand = trainer(**{f"{net}.lr": 0.08})
    for lr in (0.08, 0.06, 0.04, 0.02):
        by_hand.change(**{f"{net}.lr": lr})
        falling.advance()
        by_hand.advance()
        for ours, theirs in zip(flats(falling), flats(by_hand), strict=True):
            torch.testing.assert_close(ours, theirs, rtol=1e-12, atol=1e-14)


def test_at_its_end_a_net_stands_still_and_the_other_goes_on() -> None:
    run = trainer(**{"generator.lr_decay": "linear", "generator.steps_total": 3})
    run.advance(3)
    g, d = flats(run)
    run.advance(5)
    assert torch.equal(flats(run)[0], g)
    assert not torch.equal(flats(run)[1], d)


def test_average_is_the_sum_written_out_and_leaves_training_alone() -> None:
    """At first it follows faster, by 9 / 10, 9 / 11, ..., until that is less than what is asked for,
    here after 20 iterations."""
    averaged, plain = trainer(2, **{"generator.ema": 0.7}), trainer(2)
    expected = plain.stacks[0].generator.net.flat.clone()
    for step in range(30):
        averaged.advance()
        plain.advance()
        share = 9 / (10 + step) if step < 20 else 0.3
        expected = (1 - share) * expected + share * plain.stacks[0].generator.net.flat
        shown = averaged.stacks[0].shown.flat
        torch.testing.assert_close(shown, expected, rtol=1e-12, atol=1e-14)
    assert torch.equal(averaged.stacks[0].generator.net.flat, plain.stacks[0].generator.net.flat)


@pytest.mark.parametrize("count", [1, 7, 60])
def test_a_long_average_reaches_over_the_last_tenth_at_first(count: int) -> None:
    """Iteration i of n has a weight of 9 (i + 9)! n! / ((i + 1)! (n + 9)!), and the start what is
    left."""
    averaged, plain = trainer(**{"generator.ema": 0.9999}), trainer()
    start, seen = plain.stacks[0].generator.net.flat.clone(), []
    for _ in range(count):
        averaged.advance()
        plain.advance()
        seen.append(plain.stacks[0].generator.net.flat.clone())

    def logarithm(i: int) -> float:
        return math.lgamma(i + 10) + math.lgamma(count + 1) - math.lgamma(i + 2) - math.lgamma(count + 10)  # fmt: skip

    weights = [9 * math.exp(logarithm(i)) for i in range(count)]
    expected = (1 - sum(weights)) * start + sum(w * x for w, x in zip(weights, seen, strict=True))
    torch.testing.assert_close(averaged.stacks[0].shown.flat, expected, rtol=1e-10, atol=1e-12)
    age = sum(weight * (count - 1 - i) for i, weight in enumerate(weights))
    assert 0.08 * (count - 1) <= age <= 0.12 * (count - 1)


@pytest.mark.parametrize("kind", ["mlp", "dcgan"])
def test_average_of_a_picture_net_is_of_all_its_parameters(kind: str) -> None:
    """Scales and shifts of the normalisations too."""
    fields = {"data.name": "mnist", "generator.kind": kind, "generator.hidden": "4,3"}
    averaged = trainer(**(fields | {"generator.ema": 0.95, "generator.lr": 0.05}))
    (stack,) = averaged.stacks
    expected = stack.shown.flat.clone()
    for step in range(4):
        averaged.advance()
        share = 9 / (10 + step)
        expected = (1 - share) * expected + share * stack.generator.net.flat
    torch.testing.assert_close(stack.shown.flat, expected, rtol=1e-12, atol=1e-14)
    apart = [(a - b).abs().max() for a, b in zip(stack.shown.leaves, stack.generator.net.leaves, strict=True)]  # fmt: skip
    assert sorted(apart)[1] > 1e-5  # a bias before a normalisation has no gradient


def test_average_is_what_is_looked_at() -> None:
    run = trainer(**{"generator.lr": 0.01})
    run.advance(400)
    run.change(**{"generator.ema": 0.99})
    z = torch.randn(50, 4, dtype=torch.float64)
    before = run.generate(z)
    run.advance(20)
    slow = (run.generate(z) - before).norm()
    run.change(**{"generator.ema": 0})
    assert 0 < slow < 0.5 * (run.generate(z) - before).norm()
    assert run.stacks[0].shown is run.stacks[0].generator.net


def test_average_begins_at_the_present_weights_and_follows_the_activation() -> None:
    run = trainer()
    run.advance(5)
    z = torch.randn(50, 4, dtype=torch.float64)
    before = run.generate(z)
    run.change(**{"generator.ema": 0.9})
    assert torch.equal(run.generate(z), before)
    run.change(**{"generator.activation": "tanh"})
    assert not torch.equal(run.generate(z), before)


def test_state_holds_the_average() -> None:
    run = trainer(**{"generator.ema": 0.9, "generator.lr_decay": "linear"})
    run.advance(4)
    other = trainer(seed=0)
    other.load_state_dict(run.state_dict())
    run.advance(3)
    other.advance(3)
    assert torch.equal(run.stacks[0].shown.flat, other.stacks[0].shown.flat)
    assert all(torch.equal(a, b) for a, b in zip(flats(run), flats(other), strict=True))


# ---- unrolling


def torch_optimizer(player: Player, flat: nn.Parameter) -> torch.optim.Optimizer:
    """The player's optimizer as torch's, with the same memory, for other parameters."""
    settings, moments, lr = player.settings, player.optimizer.moments, float(player.lr)
    first, *more = [moment.clone() for moment in moments]
    found: torch.optim.Optimizer
    match settings.optimizer:
        case "sgd":
            found = torch.optim.SGD([flat], lr, momentum=settings.momentum)
            found.state[flat] = {"momentum_buffer": first}
        case "rmsprop":
            found = torch.optim.RMSprop([flat], lr, momentum=settings.momentum)
            found.state[flat] = {"square_avg": first, "momentum_buffer": more[0]}
            found.state[flat]["step"] = torch.tensor(1.0)
        case "adam":
            found = torch.optim.Adam([flat], lr, (settings.beta1, settings.beta2))
            found.state[flat] = {"exp_avg": first, "exp_avg_sq": more[0]}
            found.state[flat]["step"] = player.optimizer.count.clone()
        case _:
            raise AssertionError(f"no oracle for {settings.optimizer}")
    return found


def loss_of_d(stack: Stack, leaves: list[Tensor], real: Tensor, fake: Tensor, t: Any) -> Tensor:
    config, d = stack.config, stack.critic
    value = LOSSES[config.loss].discriminator(d(real, leaves), d(fake, leaves))
    x = {
        "none": lambda: None, "r1": lambda: real, "r1_r2": lambda: torch.cat((real, fake), 1),
        "gp": lambda: points(real, fake, t)[:, 2 * real.shape[1] :],
    }[config.penalty.name]()  # fmt: skip
    if x is None:
        return value
    x = x.clone().requires_grad_()
    (slope,) = torch.autograd.grad(d(x, leaves).sum(), x, create_graph=True)
    square = slope.square().sum(-1)
    penalty = (square.sqrt() - 1).square() if config.penalty.name == "gp" else square / 2
    return value + config.penalty.weight * penalty.sum(-1) / real.shape[1]


def loss_of_g_after(stack: Stack, batch: Batch, steps: int) -> Tensor:
    """G's loss once D has taken so many steps of its own against this batch, [K]."""
    config, d, rules = stack.config, stack.critic, LOSSES[stack.config.loss]
    fake = stack.generator.net(batch.z).detach()
    fake = d.packs(fake if batch.noise is None else fake + batch.noise)
    real = None if batch.real is None else d.packs(batch.real)
    flat = nn.Parameter(d.net.flat.clone())
    optimizer = torch_optimizer(stack.discriminator, flat)
    for _ in range(steps):
        optimizer.zero_grad()
        leaves = d.weights(d.net.views(flat))
        loss_of_d(stack, leaves, real, fake, batch.portion).sum().backward()
        optimizer.step()
        if config.clip:
            flat.data.clamp_(-config.clip, config.clip)
    leaves = d.weights(d.net.views(flat))
    r = d(real, leaves) if rules.paired else None
    return rules.generator(d(fake, leaves), r).detach()


SMOOTH = {"generator.activation": "tanh", "discriminator.activation": "tanh",
          "generator.hidden": "5", "discriminator.hidden": "6", "batch_size": 8,
          "discriminator.lr": 0.02, "latent.dim": 3}  # fmt: skip

UNROLLED: dict[str, dict[str, Any]] = {
    "plain": {},
    "momentum": {"discriminator.momentum": 0.6},
    "r1": {"penalty.name": "r1", "penalty.weight": 0.5},
    "gp": {"penalty.name": "gp", "loss": "wgan"},
    "packs and noise": {"aids.pack": 2, "aids.instance_noise": 0.2},
    "relativistic": {"loss": "relativistic", "penalty.name": "r1_r2"},
    "clip": {"loss": "wgan", "discriminator.clip": 0.3},
    "decay": {"discriminator.lr_decay": "linear", "discriminator.steps_total": 5},
    "waves and stddev": {"discriminator.fourier_features": 2, "aids.minibatch_stddev": True},
    "spectral norm": {"discriminator.spectral_norm": True},
}


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("extra", UNROLLED)
@pytest.mark.parametrize("steps", [0, 1, 3])
def test_gradient_looks_through_the_steps_that_d_would_take(
    steps: int, extra: str, optimizer: str
) -> None:
    fields = {"discriminator.optimizer": optimizer, "aids.unroll": steps} | UNROLLED[extra]
    if optimizer == "sgd":
        fields["discriminator.lr"] = 0.3
    run = trainer(2, **(SMOOTH | fields))
    run.advance(3)  # so that the optimizer has a memory
    (stack,) = run.stacks
    batch, packs, kept = stack.draws_g.next(), stack.critic.packs, run.state_dict()["stacks"][0]
    real = None if batch.real is None else packs(batch.real)
    found = stack.game.generator([batch.z], batch.noise, real, batch.portion).gradient
    now = stack.state_dict()["discriminator"]
    assert torch.equal(now["flat"], kept["discriminator"]["flat"])
    for moment, before in zip(now["moments"], kept["discriminator"]["moments"], strict=True):
        assert torch.equal(moment, before)

    flat, step = stack.generator.net.flat, 1e-5
    for i in range(0, flat.shape[1], 3):
        ends = []
        for move in (step, -2 * step):
            flat[:, i] += move
            ends.append(loss_of_g_after(stack, batch, steps))
        flat[:, i] += step
        numeric = (ends[0] - ends[1]) / (2 * step)
        torch.testing.assert_close(found[:, i], numeric, rtol=1e-4, atol=1e-7)
    assert found.norm(dim=1).min() > 1e-3


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_unrolling_matters(optimizer: str) -> None:
    found = []
    for steps in (0, 1, 5):
        run = trainer(**(SMOOTH | {"discriminator.optimizer": optimizer}))
        run.advance(3)
        run.change(**{"aids.unroll": steps, "generator.optimizer": "sgd"})
        start = run.stacks[0].generator.net.flat.clone()
        run.update_generator()
        found.append(run.stacks[0].generator.net.flat - start)
    for one, other in pairwise(found):
        assert (one - other).norm() > 1e-3 * one.norm()


# ---- packing


@pytest.mark.parametrize("pack", [1, 2, 4])
def test_d_sees_packs(pack: int) -> None:
    run = trainer(**{"aids.pack": pack})
    (stack,) = run.stacks
    assert stack.critic.net.leaves[0].shape == (1, 8, 2 * pack)
    batch = stack.draws_d.next()
    real, fake = batch.real, stack.generator.net(batch.z).detach()

    def loss(real: Tensor) -> float:
        logits = [stack.critic(stack.critic.packs(x)).detach() for x in (real, fake)]
        return float(stack.game.loss.discriminator(*logits))

    across = real[:, torch.arange(16).view(-1, 2).flip(0).T.flatten()]
    in_order = real[:, torch.arange(16).view(-1, pack).flip(0).flatten()]
    assert loss(in_order) == pytest.approx(loss(real), rel=1e-12)
    if pack == 1:
        assert loss(across) == pytest.approx(loss(real), rel=1e-12)
    else:
        assert abs(loss(across) - loss(real)) > 1e-4


# ---- minibatch standard deviation


def test_a_point_is_judged_by_its_batch() -> None:
    x = torch.randn(1, 16, 2, dtype=torch.float64, generator=torch.Generator().manual_seed(1))
    alike = x[:, :1].expand(1, 16, 2)
    for told in (False, True):
        critic = trainer(**{"aids.minibatch_stddev": told}).stacks[0].critic
        logits = [critic(batch)[0, 0].item() for batch in (x, alike)]
        assert (logits[0] == pytest.approx(logits[1], abs=1e-12)) != told


# ---- spectral norm


def slopes(run: Trainer) -> Tensor:
    """The lengths of D's slope over the plane."""
    axis = torch.linspace(-4, 4, 30, dtype=torch.float64)
    x = torch.cartesian_prod(axis, axis)[None].requires_grad_()
    return torch.autograd.grad(run.stacks[0].critic(x).sum(), x)[0].norm(dim=-1)


def test_spectral_norm_bounds_the_slope_of_d() -> None:
    """By 1, as activations do not stretch either; a search that follows may lag a little."""
    steepest = []
    for bounded in (True, False):
        run = trainer(**{"discriminator.spectral_norm": bounded, "discriminator.lr": 0.02})
        run.advance(200)
        steepest.append(slopes(run).max())
    assert 0.3 < steepest[0] < 1.05
    assert steepest[1] > 1.5


def test_updates_under_a_spectral_norm_are_those_by_singular_values(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    refine = Critic.refine
    monkeypatch.setattr(Critic, "refine", lambda critic: [refine(critic) for _ in range(300)])
    frozen = {"generator.steps": 0, "discriminator.spectral_norm": True}
    run, twin = trainer(**frozen), trainer(**frozen)
    (stack,) = run.stacks
    net = stack.critic.net
    flat = nn.Parameter(net.flat.clone())
    optimizer = torch.optim.Adam([flat], 2e-3, (0.5, 0.999))
    for _ in range(4):
        batch = twin.stacks[0].draws_d.next()
        leaves = [
            leaf if i % 2 else leaf / torch.linalg.matrix_norm(leaf, 2, keepdim=True)
            for i, leaf in enumerate(net.views(flat))
        ]
        optimizer.zero_grad()
        real, fake = (net(x, leaves) for x in (batch.real, stack.generator.net(batch.z).detach()))
        (softplus(-real).mean() + softplus(fake).mean()).backward()
        optimizer.step()
        run.advance()
        torch.testing.assert_close(net.flat, flat.detach(), rtol=1e-7, atol=1e-9)


# ---- claims


def test_a_good_gan_with_r1_decay_and_average() -> None:
    """Seven of eight seeds: all modes, quality of .85 and more, evenly hit (no mode apart)."""
    fields = {"penalty.name": "r1", "penalty.weight": 0.1, "generator.ema": 0.99}
    for net in ("generator", "discriminator"):
        fields |= {f"{net}.lr": 1e-2, f"{net}.lr_decay": "linear", f"{net}.steps_total": 1500}
        fields |= {f"{net}.beta1": 0.0, f"{net}.beta2": 0.99}
    run = Trainer(RunConfig().updated(fields), runs=8)
    run.advance(1500)
    results = [run.metrics(k) for k in range(8)]
    good = [m["modes"] == 8 and m["high_quality"] >= 0.85 and m["mode_kl"] < 0.02 for m in results]
    assert sum(good) >= 7


def flats(run: Trainer) -> tuple[Tensor, Tensor]:
    return run.stacks[0].generator.net.flat.clone(), run.stacks[0].discriminator.net.flat.clone()
