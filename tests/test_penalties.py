"""Penalties against closed forms, autograd and a plain torch module."""

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Generator, Tensor, nn

from ganplay import gradients, penalties
from ganplay.config import ConfigError, RunConfig
from ganplay.gradients import Autograd, ByHand, Game
from ganplay.losses import Curve
from ganplay.penalties import PENALTIES, Penalty, points
from ganplay.trainer import Trainer

RUNS = 2
BATCH = 6


def length(x: Tensor) -> Tensor:
    return x.flatten(2).norm(dim=-1)


# for D(x) = |x|^2 / 2, whose slope at x is x itself: each penalty by the lengths of the slopes
EXPECTED: dict[str, Callable[[Tensor, Tensor, Tensor], Tensor]] = {
    "gp": lambda real, fake, between: (length(between) - 1).square().mean(-1),
    "r1": lambda real, fake, between: length(real).square().mean(-1) / 2,
    "r2": lambda real, fake, between: length(fake).square().mean(-1) / 2,
    "r1_r2": lambda real, fake, between: (
        (length(real).square().mean(-1) + length(fake).square().mean(-1)) / 2
    ),
}
CURVES = {
    "SQUARED": (lambda q: q / 2, lambda q: torch.full_like(q, 1 / 2)),
    "OFF_1": (lambda q: (q.sqrt() - 1) ** 2, lambda q: (q.sqrt() - 1) / q.sqrt()),
}
"""Each curve of the squared length, and its derivative."""

every_penalty = pytest.mark.parametrize("name", EXPECTED)
every_shape = pytest.mark.parametrize("shape", [(2,), (6,), (3, 4, 4)], ids=str)


def penalty_of(name: str) -> Penalty:
    penalty = PENALTIES[name]
    assert penalty
    return penalty


def case(shape: tuple[int, ...]) -> tuple[Tensor, Tensor, Tensor]:
    """Real and generated points, and where to look between them."""
    rng = Generator().manual_seed(3)
    real, fake = torch.randn(2, RUNS, BATCH, *shape, dtype=torch.float64, generator=rng).unbind()
    return real, fake - 1, torch.rand(RUNS, BATCH, 1, dtype=torch.float64, generator=rng)


def test_every_penalty_has_its_closed_form() -> None:
    assert EXPECTED.keys() | {"none"} == PENALTIES.keys()
    used = {name: each for name, each in vars(penalties).items() if isinstance(each, Curve)}
    assert CURVES.keys() == used.keys()
    assert all(penalty_of(name).curve in used.values() for name in EXPECTED)


@every_penalty
def test_explains_itself(name: str) -> None:
    assert penalty_of(name).title
    assert "et al." in penalty_of(name).source


@pytest.mark.parametrize("name", CURVES)
def test_curves_are_the_closed_forms(name: str) -> None:
    q = torch.logspace(-6, 6, 50, dtype=torch.float64).requires_grad_()
    curve, (value, slope) = getattr(penalties, name), CURVES[name]
    (by_autograd,) = torch.autograd.grad(curve.value(q).sum(), q)
    q = q.detach()
    torch.testing.assert_close(curve.value(q), value(q), rtol=1e-12, atol=0)
    torch.testing.assert_close(curve.slope(q), slope(q), rtol=1e-9, atol=1e-15)
    torch.testing.assert_close(curve.slope(q), by_autograd, rtol=1e-9, atol=1e-15)


# ---- points and values


@every_shape
def test_points_are_real_generated_and_between(shape: tuple[int, ...]) -> None:
    real, fake, portion = case(shape)
    all_points = points(real, fake, portion)
    assert torch.equal(all_points[:, :BATCH], real)
    assert torch.equal(all_points[:, BATCH : 2 * BATCH], fake)
    for k in range(RUNS):
        for i in range(BATCH):
            t = float(portion[k, i])
            expected = t * real[k, i] + (1 - t) * fake[k, i]
            between = all_points[k, 2 * BATCH + i]
            torch.testing.assert_close(between, expected, rtol=1e-12, atol=1e-12)
    assert torch.equal(points(real, fake, None), torch.cat((real, fake), 1))


@every_shape
@every_penalty
def test_value_for_a_bowl(name: str, shape: tuple[int, ...]) -> None:
    real, fake, portion = case(shape)
    penalty, all_points = penalty_of(name), points(real, fake, portion)
    value = penalty.value(all_points[:, penalty.rows(BATCH)], BATCH)
    expected = EXPECTED[name](real, fake, all_points[:, 2 * BATCH :])
    torch.testing.assert_close(value, expected, rtol=1e-12, atol=0)
    assert value.shape == (RUNS,)


@every_shape
@every_penalty
def test_derivative_is_autograds(name: str, shape: tuple[int, ...]) -> None:
    penalty = penalty_of(name)
    slope = points(*case(shape))[:, penalty.rows(BATCH)].requires_grad_()
    (expected,) = torch.autograd.grad(penalty.value(slope, BATCH).sum(), slope)
    found = penalty.by_slope(slope.detach(), BATCH)
    torch.testing.assert_close(found, expected, rtol=1e-10, atol=1e-13)
    assert found.norm() > 0.1


@every_penalty
def test_derivative_is_finite_where_there_is_no_slope(name: str) -> None:
    penalty = penalty_of(name)
    slope = torch.zeros(RUNS, BATCH, 2, dtype=torch.float64)
    assert not penalty.by_slope(slope, BATCH).any()
    assert penalty.value(slope, BATCH).isfinite().all()


# ---- in the game


def game(path: type[Game], trainer: Trainer) -> Game:
    stack = trainer.stacks[0]
    return path(stack.config, stack.generator.net, stack.critic, stack.discriminator)


def moves(trainer: Trainer) -> tuple[Tensor, Tensor, Tensor | None]:
    """Real and generated points of D's next update, and where to look between them."""
    stack = trainer.stacks[0]
    batch = stack.draws_d.next()
    return batch.real, stack.generator.net(batch.z).detach(), batch.portion


def config_with(name: str, **fields: Any) -> RunConfig:
    return RunConfig().updated(
        {"penalty.name": name, "penalty.weight": 3.0, "batch_size": 8} | fields
    )


@pytest.mark.parametrize("pack", [1, 4])
@pytest.mark.parametrize(
    ("path", "activation"), [(ByHand, "leaky_relu"), (Autograd, "leaky_relu"), (Autograd, "tanh")]
)
@every_penalty
def test_trainer_adds_the_weighted_penalty(
    name: str, path: type[Game], activation: str, pack: int
) -> None:
    aids = {"aids.pack": pack, "discriminator.activation": activation}
    with_it = Trainer(config_with(name, **aids), dtype=torch.float64)
    without = Trainer(config_with("none", **aids), dtype=torch.float64)
    real, fake, portion = moves(with_it)
    packed = [with_it.stacks[0].critic.packs(each) for each in (real, fake)]
    gradient = game(path, with_it).discriminator(*packed, portion).gradient.clone()
    extra = gradient - game(path, without).discriminator(*packed, None).gradient

    act = {"tanh": nn.Tanh(), "leaky_relu": nn.LeakyReLU(0.2)}[activation]
    module = nn.Sequential(nn.Linear(2 * pack, 64), act, nn.Linear(64, 64), act,
                           nn.Linear(64, 1)).double()  # fmt: skip
    for (weight, bias), layer in zip(
        with_it.stacks[0].discriminator.net.layers, module[::2], strict=True
    ):
        layer.load_state_dict({"weight": weight[0].detach(), "bias": bias[0, 0].detach()})
    real, fake = (each[0].reshape(8 // pack, 2 * pack) for each in (real, fake))
    x = {
        "gp": lambda: portion[0] * real + (1 - portion[0]) * fake, "r1": lambda: real,
        "r2": lambda: fake, "r1_r2": lambda: torch.cat((real, fake)),
    }[name]().requires_grad_()  # fmt: skip
    slope = torch.autograd.grad(module(x).sum(), x, create_graph=True)[0].norm(dim=-1)
    per_point = {"gp": (slope - 1).square(), "r1_r2": slope.square()}
    loss = 3.0 * per_point.get(name, slope.square() / 2).mean()
    parameters = list(module.parameters())
    expected = torch.autograd.grad(loss, parameters, materialize_grads=True)
    expected = torch.cat([each.flatten() for each in expected])
    torch.testing.assert_close(extra[0], expected, rtol=1e-7, atol=1e-9)
    assert expected.norm() > 1e-3


@pytest.mark.parametrize("path", [ByHand, Autograd])
def test_dead_net_has_a_finite_gradient(path: type[Game]) -> None:
    trainer = Trainer(config_with("gp"), dtype=torch.float64)
    batch = moves(trainer)
    trainer.stacks[0].discriminator.net.flat.zero_()
    gradient = game(path, trainer).discriminator(*batch).gradient
    assert gradient.isfinite().all()
    assert gradient.norm() == pytest.approx(0, abs=1e-12)  # it is undecided, and has no slope


def test_gp_looks_everywhere_between_real_and_generated(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[Tensor] = []
    monkeypatch.setattr(gradients, "points", lambda *given: seen.append(given[2]) or points(*given))
    Trainer(config_with("gp", batch_size=2000)).advance()
    quarters = torch.histc(seen[0], 4, 0, 1) / 2000
    torch.testing.assert_close(quarters, torch.full((4,), 0.25), atol=0.05, rtol=0)


# ---- now and then


def with_path(trainer: Trainer, path: type[Game]) -> Trainer:
    trainer.stacks[0].game = game(path, trainer)
    return trainer


def flats(trainer: Trainer) -> Tensor:
    (stack,) = trainer.stacks
    return torch.cat((stack.generator.net.flat, stack.discriminator.net.flat), 1)


@pytest.mark.parametrize("steps", [1, 2])
@pytest.mark.parametrize("path", [ByHand, Autograd])
@every_penalty
def test_a_lazy_penalty_is_a_stronger_one_now_and_then(
    name: str, path: type[Game], steps: int
) -> None:
    """Every fourth iteration, the first being one, four times as strong; from the sixth on every
    third."""
    own = config_with(name, **{"discriminator.steps": steps, "penalty.every": 4})
    lazy = with_path(Trainer(own, RUNS, dtype=torch.float64), path)
    by_hand = Trainer(own.updated({"penalty.every": 1}), RUNS, dtype=torch.float64)
    unpunished = Trainer(own.updated({"penalty.weight": 0}), RUNS, dtype=torch.float64)
    every = 4
    for step in range(12):
        if step == 6:
            every = 3
            lazy.change(**{"penalty.every": every})
            with_path(lazy, path)
        by_hand.change(**{"penalty.weight": 0.0 if step % every else 3.0 * every})
        with_path(by_hand, path)
        for trainer in (lazy, by_hand, unpunished):
            trainer.advance()
        torch.testing.assert_close(flats(lazy), flats(by_hand), rtol=1e-9, atol=1e-12)
    assert not torch.allclose(flats(lazy), flats(unpunished), atol=1e-3)


@pytest.mark.parametrize("step", [0, 1, 3, 4])
def test_an_update_by_hand_has_the_penalty_of_its_iteration(step: int) -> None:
    config = config_with("r1", **{"penalty.every": 4})
    by_hand, whole = (Trainer(config, dtype=torch.float64) for _ in range(2))
    for trainer in (by_hand, whole):
        trainer.advance(step)
    state = by_hand.state_dict()
    whole.advance()
    for trainer in (by_hand, Trainer(config, dtype=torch.float64)):
        trainer.load_state_dict(state)
        trainer.update_discriminator()
        trainer.update_generator()
        torch.testing.assert_close(flats(trainer), flats(whole), rtol=1e-12, atol=1e-14)


def test_clip_and_gp_together_are_refused_and_a_penalty_replaces_the_clip() -> None:
    gp = RunConfig().updated({"loss": "wgan", "penalty.name": "gp"})
    assert gp.clip == 0
    with pytest.raises(ConfigError, match=r"discriminator\.clip, penalty\.name: clip and gp"):
        gp.updated({"discriminator.clip": 0.1})
    assert gp.updated({"penalty.name": "none"}).clip == 0.01


def test_r1_brings_the_generated_points_nearer() -> None:
    """The distance to the data, averaged over 8 seeds, with R1 and without."""
    distances = []
    for name in ("r1", "none"):
        trainer = Trainer(RunConfig().updated({"penalty.name": name}), runs=8)
        trainer.advance(1000)
        distances.append(sum(trainer.metrics(k)["emd"] or 9.0 for k in range(8)) / 8)
    assert distances[0] < 0.95 * distances[1]
