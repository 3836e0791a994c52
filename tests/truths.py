"""What measures read off runs whose nets are set by hand, so that the answer is known."""

import math
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
import pytest
import torch
from scipy import stats
from scipy.optimize import linear_sum_assignment
from torch import nn

from ganplay import observe
from ganplay.config import RunConfig
from ganplay.measures import COURSES, MEASURES, TAIL
from ganplay.metrics import EMD_SAMPLES, coverage
from ganplay.player import Player
from ganplay.trainer import Trainer
from tests.picture_truths import PICTURE_TRUTHS

SMALL = {"generator.hidden": (7, 5), "discriminator.hidden": (6,), "batch_size": 9, "latent.dim": 3}
LINE = {"data.name": "line", "data.angle": 90.0, "latent.dim": 1, "generator.kind": "shift"}


def trained(steps: int = 30, **fields: Any) -> Trainer:
    """A run like any other; in `fields` __ stands for a dot."""
    named = {name.replace("__", "."): value for name, value in fields.items()}
    trainer = Trainer(RunConfig().updated(SMALL | named), dtype=torch.float64)
    trainer.advance(steps)
    return trainer


def look(trainer: Trainer) -> Any:
    return observe.look(*trainer.places[0])


def players(trainer: Trainer) -> tuple[Player, Player]:
    return trainer.stacks[0].discriminator, trainer.stacks[0].generator


@torch.no_grad()
def point_at(place: Sequence[float], **fields: Any) -> Trainer:
    """A run whose generator puts every sample on one place."""
    trainer = trained(0, **fields)
    g = trainer.stacks[0].generator.net
    g.flat.zero_()
    g.leaves[-1].copy_(torch.tensor(place))
    return trainer


@torch.no_grad()
def judge(trainer: Trainer, weight: Sequence[float], bias: float = 0.0) -> Trainer:
    """The run with D(x) = weight x + bias; it has no hidden layers."""
    own = trainer.stacks[0].critic.net.leaves
    own[0].copy_(torch.tensor(weight))
    own[1].fill_(bias)
    return trainer


LINEAR: dict[str, Any] = {"discriminator__hidden": ()}
D_ALONE: dict[str, Any] = {"generator__steps": 0, "discriminator__hidden": (16, 8)}
TANH: dict[str, Any] = {"discriminator__activation": "tanh"}
MODE_3 = [2 * math.cos(3 * math.pi / 4), 2 * math.sin(3 * math.pi / 4)]
"""A centre of the ring of eight, radius 2."""

Pairs = Iterator[tuple[float, Any]]
"""What a measure reads, and what it should."""


def of_coverage(name: str, at_centre: float, far_off: float) -> Callable[[], Pairs]:
    def pairs() -> Pairs:
        measure = MEASURES[name].value
        yield measure(look(point_at(MODE_3))), pytest.approx(at_centre, nan_ok=True)
        yield measure(look(point_at([40, 3]))), pytest.approx(far_off, nan_ok=True)
        wide = trained(0, generator__hidden=(), generator__init="he")
        for seen in (look(trained(400)), look(wide)):
            yield measure(seen), getattr(coverage(seen.fake, seen.data), name)
        without = name not in ("near_modes", "main_mode")
        moons = measure(look(trained(0, data__name="two_moons")))
        yield math.isnan(moons), without

    return pairs


def main_mode() -> Pairs:
    yield MEASURES["main_mode"].value(look(point_at(MODE_3))), 3
    yield MEASURES["main_mode"].value(look(point_at([9, -0.1]))), 0
    seen = look(trained(400))
    shares = coverage(seen.fake, seen.data).shares
    assert len(set(shares)) > 2
    yield shares[int(MEASURES["main_mode"].value(seen))], shares.max()


def distance() -> Pairs:
    yield MEASURES["distance"].value(look(point_at(MODE_3))), pytest.approx(2)
    yield MEASURES["distance"].value(look(point_at([3, -4]))), pytest.approx(5)
    trainer = trained(0, generator__hidden=(), latent__dim=2)
    with torch.no_grad():
        weight, bias = trainer.stacks[0].generator.net.leaves
        weight.copy_(3 * torch.eye(2))
        bias.zero_()
    # the mean of a Rayleigh distribution; its own deviation over the root of 2500 is 1 %
    yield MEASURES["distance"].value(look(trainer)), pytest.approx(stats.rayleigh.mean() * 3, 0.04)


def offset() -> Pairs:
    trainer = Trainer(RunConfig().updated(LINE))
    yield MEASURES["offset"].value(look(trainer)), pytest.approx(1)
    trainer.stacks[0].generator.net.flat.fill_(-0.3)
    yield MEASURES["offset"].value(look(trainer)), pytest.approx(0.3)
    yield MEASURES["offset"].value(look(point_at([-2, 7]))), pytest.approx(2)


def emd() -> Pairs:
    seen = look(point_at([1, -3]))
    by_hand = (seen.real[:EMD_SAMPLES] - torch.tensor([1.0, -3.0])).norm(dim=-1).mean().item()
    yield MEASURES["emd"].value(seen), pytest.approx(by_hand)
    seen = look(trained(100))
    cost = torch.cdist(seen.fake[:EMD_SAMPLES], seen.real[:EMD_SAMPLES]).numpy()
    yield MEASURES["emd"].value(seen), pytest.approx(cost[linear_sum_assignment(cost)].mean())
    yield MEASURES["emd"].value(look(point_at([math.inf, 0]))), pytest.approx(math.nan, nan_ok=True)


def estimate() -> Pairs:
    measure = MEASURES["estimate"].value
    for loss in ("minimax", "non_saturating"):
        at_10 = point_at([10, 0], loss=loss, **LINEAR)
        yield measure(look(judge(at_10, [-100, 0], 500))), pytest.approx(math.log(2), abs=1e-9)
        yield measure(look(judge(at_10, [0, 0]))), pytest.approx(0, abs=1e-9)
        yield measure(look(judge(at_10, [100, 0], -500))), pytest.approx(-500, rel=0.1)
        # a guess of 1/4 everywhere: log 2 + (log 1/4 + log 3/4) / 2
        guess = math.log(2) + math.log(3 / 16) / 2
        yield measure(look(judge(at_10, [0, 0], -math.log(3)))), pytest.approx(guess)
    seen = look(judge(point_at([10, 0], loss="wgan", **LINEAR), [-0.5, 2], 7))
    gap = float(
        (seen.real.mean(0) - torch.tensor([10.0, 0.0])) @ torch.tensor([-0.5, 2.0]).double()
    )
    yield measure(seen), pytest.approx(gap)
    packed = point_at([10, 0], aids__pack=3, loss="wgan", **LINEAR)
    seen = look(judge(packed, [0, 0, -1, 0, 0, 0], 7))  # the middle one of each pack
    middle = seen.real[1 : 2500 // 3 * 3 : 3, 0].mean().item()
    yield measure(seen), pytest.approx(10 - middle)


def plain(net: Any, activation: nn.Module) -> nn.Sequential:
    """A net of one run as torch writes it."""
    layers: list[nn.Module] = []
    for weight, bias in zip(net.leaves[::2], net.leaves[1::2], strict=True):
        linear = nn.Linear(weight.shape[2], weight.shape[1], dtype=weight.dtype)
        linear.load_state_dict({"weight": weight[0].detach(), "bias": bias[0, 0].detach()})
        layers += [linear, activation]
    return nn.Sequential(*layers[:-1])


def gradient_ratio() -> Pairs:
    measure = MEASURES["gradient_ratio"].value
    for loss in ("minimax", "hinge"):  # whatever G itself is trained with
        trainer = trained(200, loss=loss, **D_ALONE)
        seen = look(trainer)
        norms = [_norm_of_g(trainer, of_fake) for of_fake in OF_FAKE.values()]
        assert not 0.95 < norms[0] / norms[1] < 1.05
        yield measure(seen), pytest.approx(norms[0] / norms[1])
    for p in (0.5, 0.9, 0.001):
        same = judge(point_at([1, 2], **LINEAR), [0.2, 0.1], math.log(p / (1 - p)) - 0.4)
        yield measure(look(same)), pytest.approx(p / (1 - p), rel=1e-6)
    blind = judge(point_at([1, 2], **LINEAR), [0, 0], 1)
    yield measure(look(blind)), pytest.approx(math.nan, nan_ok=True)


OF_FAKE = {"minimax": lambda p: torch.log(1 - p), "non_saturating": lambda p: -torch.log(p)}
"""What G lowers, of D's probability of its points."""


def _norm_of_g(trainer: Trainer, of_fake: Callable[[torch.Tensor], torch.Tensor]) -> float:
    """That of the gradient by all of G's parameters, by PyTorch's own nets."""
    (stack,) = trainer.stacks
    g, d = plain(stack.generator.net, nn.ReLU()), plain(stack.critic.net, nn.LeakyReLU(0.2))
    value = of_fake(torch.sigmoid(d(g(look(trainer).z)))).mean()
    slopes = torch.autograd.grad(value, tuple(g.parameters()))
    return math.sqrt(sum(slope.square().sum().item() for slope in slopes))


def gradient_norm(loss: str) -> Callable[[], Pairs]:
    def pairs() -> Pairs:
        for steps in (0, 50, 200):
            trainer = trained(steps, **D_ALONE)
            norm = _norm_of_g(trainer, OF_FAKE[loss])
            assert norm > 0
            yield MEASURES[f"gradient_{loss}"].value(look(trainer)), pytest.approx(norm)

    return pairs


def at_clip() -> Pairs:
    trainer = trained(0, discriminator__clip=0.5)
    first, first_bias, second, second_bias = trainer.stacks[0].critic.net.leaves
    with torch.no_grad():
        trainer.stacks[0].critic.net.flat.fill_(0.1)
        first_bias.fill_(0.5)  # biases are no weights
        second_bias.fill_(0.5)
    yield MEASURES["at_clip"].value(look(trainer)), 0
    with torch.no_grad():
        first[0, :, 0] = torch.tensor([0.5, -0.5, 0.4951, -0.4951, 0.4949, -0.4949])
        second[0, 0, 2] = -0.5
    yield MEASURES["at_clip"].value(look(trainer)), pytest.approx(5 / (2 * 6 + 6))
    yield MEASURES["at_clip"].value(look(trained(0))), pytest.approx(math.nan, nan_ok=True)


def layer_slope() -> Pairs:
    for factor in (0.1, 1.0, 3.0):
        for loss in ("wgan", "minimax"):
            trainer = trained(0, loss=loss, discriminator__hidden=(4,) * 5)
            with torch.no_grad():
                first, bias, *rest = trainer.stacks[0].critic.net.leaves
                first.fill_(0.01)
                bias.fill_(1)  # so that all units are on
                for weight, other in zip(rest[::2], rest[1::2], strict=True):
                    weight.copy_(factor * torch.eye(4).double()[: weight.shape[1]])
                    other.zero_()
            yield (
                MEASURES["layer_slope"].value(look(trainer)),
                pytest.approx(math.log10(factor), abs=1e-9),
            )
    trainer = trained(50, loss="wgan", discriminator__hidden=(6, 5, 4), **TANH)
    seen, kept = look(trainer), []
    x = torch.cat((seen.real[:256], seen.fake[:256]))
    for layer in plain(trainer.stacks[0].critic.net, nn.Tanh()):
        x = layer(x)
        if isinstance(layer, nn.Tanh):
            x.retain_grad()
            kept.append(x)
    (x[256:].mean() - x[:256].mean()).backward()
    logs = [math.log10(result.grad.norm()) for result in kept]
    by_hand = -stats.linregress(range(3), logs).slope
    assert abs(by_hand) > 0.05
    yield MEASURES["layer_slope"].value(seen), pytest.approx(by_hand)


def nan() -> Any:
    return pytest.approx(math.nan, nan_ok=True)


@torch.no_grad()
def spread(net: Any, scale: float, centre: Sequence[float] = (0, 0)) -> None:
    """Let a linear net of two inputs make centre + scale z."""
    weight, bias = net.leaves
    weight.copy_(scale * torch.eye(2))
    bias.copy_(torch.tensor(centre))


def off_mode() -> Pairs:
    measure = MEASURES["off_mode"].value
    yield measure(look(point_at(MODE_3))), 0
    yield measure(look(point_at([40, 3]))), 1
    edge = [2 + 6 * 0.1, 0.0]
    yield measure(look(point_at([edge[0] - 1e-4, 0]))), 0
    yield measure(look(point_at([edge[0] + 1e-4, 0]))), 1
    one = {"data__modes": 1, "data__sigma": 0.05, "generator__hidden": (), "latent__dim": 2}
    for scale in (0.15, 0.4):  # a Rayleigh distribution about the mode
        trainer = trained(0, **one)
        spread(trainer.stacks[0].generator.net, scale, (2, 0))
        share = math.exp(-((6 * 0.05) ** 2) / (2 * scale**2))
        yield measure(look(trainer)), pytest.approx(share, abs=5 * math.sqrt(share / 2500))
    yield measure(look(trained(0, data__name="spiral"))), nan()
    yield measure(look(point_at([math.nan, 0]))), nan()


def vae_off_mode() -> Pairs:
    measure = MEASURES["vae_off_mode"].value
    one = {"data__modes": 1, "data__sigma": 0.1, "generator__hidden": (), "latent__dim": 2}
    for scale, noise in ((0.0, 1.0), (0.5, 1.0), (0.3, 0.4), (0.0, 0.0)):
        trainer = trained(0, vae__on=True, latent__prior="student_t", **one)
        vae = trainer.stacks[0].vae
        assert vae
        spread(vae.decoder.net, scale, (2, 0))
        vae.sigma = lambda k, noise=noise: noise  # type: ignore[method-assign]
        variance = scale**2 + noise**2
        share = math.exp(-(0.6**2) / (2 * variance)) if variance else 0.0
        yield measure(look(trainer)), pytest.approx(share, abs=5 * math.sqrt(share / 2500))
    yield measure(look(trained(0))), nan()
    yield measure(look(trained(0, vae__on=True, data__name="spiral"))), nan()


def reach(prior: str, of_vae: bool, scale: float, **more: Any) -> float:
    """What the measure reads where G, or the decoder, only scales its noise."""
    data = {"data__name": "heavy_tail", "data__scale": 0.5, "data__df": 2.0}
    nets = {"generator__hidden": (), "latent__dim": 2, "latent__prior": prior, "vae__on": of_vae}
    trainer = trained(0, **(data | nets | more))
    (stack,) = trainer.stacks
    if of_vae:
        assert stack.vae
        spread(stack.vae.decoder.net, scale)
    else:
        spread(stack.generator.net, scale)
    return MEASURES["vae_tail" if of_vae else "tail"].value(look(trainer))


def rarest(df: float, scale: float) -> float:
    """Where P(|x| > r) is a thousandth for the data, which are of the plane's Student's t: |x|^2 / 2
    scale^2 is F distributed with 2 and df degrees of freedom."""
    assert TAIL == 1e-3
    return scale * math.sqrt(2 * stats.f(2, df).isf(1e-3))


def tail() -> Pairs:
    # 50 of 50,000 lie beyond: the quantile's relative error is 1 % for a normal, 7 % for Student's t
    normal = stats.rayleigh.isf(1e-3)
    yield reach("normal", False, 0.0), 0
    yield reach("normal", False, 1.0), pytest.approx(normal / rarest(2, 0.5), rel=0.04)
    yield reach("normal", False, 9.0), pytest.approx(9 * normal / rarest(2, 0.5), rel=0.04)
    wide = reach("normal", False, 2.0, data__df=5.0, data__scale=0.7)
    yield wide, pytest.approx(2 * normal / rarest(5, 0.7), rel=0.04)
    # the norm of two numbers is hardly more than the larger, which is beyond r about twice as often
    heavy = stats.t(2).isf(1e-3 / 4)
    yield reach("student_t", False, 0.5), pytest.approx(0.5 * heavy / rarest(2, 0.5), rel=0.25)
    square = reach("uniform", False, 3.0)
    yield square, pytest.approx(3 * math.sqrt(2) / rarest(2, 0.5), rel=0.05)
    yield MEASURES["tail"].value(look(trained(0))), nan()
    yield reach("normal", False, math.nan), nan()


def vae_tail() -> Pairs:
    normal = stats.rayleigh.isf(1e-3)
    for prior in ("normal", "student_t"):  # a VAE's is normal
        yield reach(prior, True, 2.0), pytest.approx(2 * normal / rarest(2, 0.5), rel=0.04)
    yield reach("normal", True, 0.0), 0  # the decoder's noise is left away
    yield MEASURES["vae_tail"].value(look(trained(0, data__name="heavy_tail"))), nan()
    yield MEASURES["vae_tail"].value(look(trained(0, vae__on=True))), nan()


def modes_visited() -> Pairs:
    course = COURSES["modes_visited"].value
    yield course({"main_mode": [0, 0, 3, 3, 0]}), 2
    yield course({"main_mode": [7.0]}), 1
    yield course({"main_mode": list(range(8)) * 3}), 8


def correlation() -> Pairs:
    course = COURSES["correlation"].value
    rng = np.random.default_rng(0)
    a = rng.normal(size=30)
    b = 0.5 * a + rng.normal(size=30)
    yield course({"estimate": list(a), "emd": list(b)}), pytest.approx(stats.pearsonr(a, b)[0])
    yield course({"estimate": list(a), "emd": list(2 * a + 1)}), pytest.approx(1)
    yield course({"estimate": list(a), "emd": list(-a)}), pytest.approx(-1)
    for bad in (math.nan, math.inf):
        values = {"estimate": [1.0, bad, 2.0], "emd": [1.0, 2.0, 3.0]}
        yield course(values), pytest.approx(math.nan, nan_ok=True)


TRUTHS: dict[str, Callable[[], Pairs]] = {
    "near_modes": of_coverage("near_modes", 1, 1),
    "modes": of_coverage("modes", 1, 0),
    "high_quality": of_coverage("high_quality", 1, 0),
    "mode_kl": of_coverage("mode_kl", math.log(8), math.nan),
    "main_mode": main_mode,
    "distance": distance,
    "offset": offset,
    "emd": emd,
    "estimate": estimate,
    "gradient_ratio": gradient_ratio,
    "gradient_minimax": gradient_norm("minimax"),
    "gradient_non_saturating": gradient_norm("non_saturating"),
    "at_clip": at_clip,
    "layer_slope": layer_slope,
    "off_mode": off_mode,
    "vae_off_mode": vae_off_mode,
    "tail": tail,
    "vae_tail": vae_tail,
    **PICTURE_TRUTHS,
    "modes_visited": modes_visited,
    "correlation": correlation,
}
