"""Penalties against closed forms, finite differences and a plain torch module."""

from collections.abc import Callable

import pytest
import torch
from torch import Generator, Tensor, nn

from ganplay.config import ConfigError, RunConfig
from ganplay.nets import MLP
from ganplay.penalties import PENALTIES, Penalty, penalty_gradient
from ganplay.trainer import Trainer

RUNS = 2
REAL, FAKE = ([1.0, 2.0], [3.0, -1.0]), ([-2.0, 0.5], [0.5, 1.5])

# for D(x) = |x|^2 / 2, whose slope at x is x itself: each penalty of the slopes' squared lengths
EXPECTED: dict[str, Callable[[Tensor, Tensor, Tensor], Tensor]] = {
    "gp": lambda real, fake, portion: (
        ((portion * real + (1 - portion) * fake).norm(dim=-1) - 1).square().mean(-1)
    ),
    "r1": lambda real, fake, portion: real.square().sum(-1).mean(-1) / 2,
    "r2": lambda real, fake, portion: fake.square().sum(-1).mean(-1) / 2,
    "r1_r2": lambda real, fake, portion: (
        (real.square().sum(-1).mean(-1) + fake.square().sum(-1).mean(-1)) / 2
    ),
}

penalties = pytest.mark.parametrize("name", EXPECTED)


def penalty_of(name: str) -> Penalty:
    penalty = PENALTIES[name]
    assert penalty
    return penalty


def case(name: str) -> tuple[Tensor, Tensor, Tensor]:
    rng = Generator().manual_seed(3)
    real, fake = (torch.tensor(x, dtype=torch.float64).repeat(RUNS, 1, 1) for x in (REAL, FAKE))
    return real, fake, torch.rand(RUNS, 2, 1, dtype=torch.float64, generator=rng)


def net(activation: str = "tanh") -> MLP:
    rngs = [Generator().manual_seed(k) for k in range(RUNS)]
    return MLP((2, 6, 5, 1), activation, "xavier", rngs, torch.float64)


def test_every_penalty_has_its_closed_form() -> None:
    assert EXPECTED.keys() | {"none"} == PENALTIES.keys()


@penalties
def test_value_for_a_bowl(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    d = net()
    monkeypatch.setattr(MLP, "__call__", lambda self, x: x.square().sum(-1, keepdim=True) / 2)
    real, fake, portion = case(name)
    value = penalty_of(name).value(d, real, fake, portion)
    torch.testing.assert_close(value, EXPECTED[name](real, fake, portion), rtol=1e-12, atol=0)


@pytest.mark.parametrize("activation", ["tanh", "leaky_relu"])
@penalties
def test_gradient_is_that_of_finite_differences(name: str, activation: str) -> None:
    d, step = net(activation), 1e-6
    found = penalty_gradient(penalty_of(name), d, 0.7, *case(name))
    assert found.norm() > 1e-2
    for i in range(0, d.flat.shape[1], 5):
        values = []
        for sign in (1, -1):
            d.flat[:, i] += sign * step
            values.append(0.7 * penalty_of(name).value(d, *case(name)).detach())
            d.flat[:, i] -= sign * step
        numeric = (values[0] - values[1]) / (2 * step)
        torch.testing.assert_close(found[:, i], numeric, rtol=1e-5, atol=1e-7)


def test_dead_net_has_a_finite_gradient() -> None:
    d = net()
    d.flat.zero_()
    assert penalty_gradient(penalty_of("gp"), d, 1.0, *case("gp")).isfinite().all()


@penalties
def test_trainer_adds_the_weighted_penalty(name: str) -> None:
    config = RunConfig().updated({"penalty.name": name, "penalty.weight": 3.0, "batch_size": 8})
    with_it = Trainer(config, dtype=torch.float64)
    without = Trainer(config.updated({"penalty.name": "none"}), dtype=torch.float64)
    rng = Generator().manual_seed(0)
    rng.set_state(with_it.rngs[0].get_state())
    extra = with_it._gradient_d() - without._gradient_d()

    real = config.data.sample(8, rng)[None].double()
    fake = with_it.generate(torch.randn(8, 4, generator=rng))[None]
    portion = torch.rand(8, 1, generator=rng)[None].double()
    module = nn.Sequential(nn.Linear(2, 64), nn.LeakyReLU(0.2), nn.Linear(64, 64),
                           nn.LeakyReLU(0.2), nn.Linear(64, 1)).double()  # fmt: skip
    for (weight, bias), layer in zip(with_it.discriminator.net.layers, module[::2], strict=True):
        layer.load_state_dict({"weight": weight[0].detach().T, "bias": bias[0, 0].detach()})
    points = {
        "gp": portion * real + (1 - portion) * fake, "r1": real, "r2": fake,
        "r1_r2": torch.cat((real, fake), 1),
    }[name].requires_grad_()  # fmt: skip
    slope = torch.autograd.grad(module(points).sum(), points, create_graph=True)[0].norm(dim=-1)
    per_point = {"gp": (slope - 1).square(), "r1_r2": slope.square()}
    loss = 3.0 * per_point.get(name, slope.square() / 2).mean()
    loss.backward()
    gradients = [
        torch.zeros_like(parameter) if parameter.grad is None else parameter.grad
        for parameter in module.parameters()
    ]
    expected = torch.cat([(g.mT if g.ndim == 2 else g).flatten() for g in gradients])
    torch.testing.assert_close(extra[0], expected, rtol=1e-7, atol=1e-9)


def test_gp_looks_everywhere_between_real_and_generated(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[Tensor] = []
    gp = penalty_of("gp")
    spy = Penalty(gp.title, gp.source, lambda *a: seen.append(a[3]) or gp.value(*a))
    monkeypatch.setitem(PENALTIES, "gp", spy)
    Trainer(RunConfig().updated({"penalty.name": "gp", "batch_size": 2000})).advance()
    quarters = torch.histc(seen[0], 4, 0, 1) / 2000
    torch.testing.assert_close(quarters, torch.full((4,), 0.25), atol=0.05, rtol=0)


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
