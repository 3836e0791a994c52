"""Each measure on runs whose nets are set by hand, so that its answer is known."""

import math
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
import pytest
import torch
from scipy import stats
from scipy.optimize import linear_sum_assignment
from torch import nn

from ganplay.config import RunConfig
from ganplay.measures import COURSES, MEASURES
from ganplay.metrics import EMD_SAMPLES, coverage
from ganplay.observe import Look
from ganplay.player import Player
from ganplay.trainer import Trainer

SMALL = {"generator.hidden": (7, 5), "discriminator.hidden": (6,), "batch_size": 9, "latent.dim": 3}
LINE = {"data.name": "line", "data.angle": 90.0, "latent.dim": 1, "generator.kind": "shift"}


def trained(steps: int = 30, **fields: Any) -> Trainer:
    """A run like any other; in `fields` __ stands for a dot."""
    named = {name.replace("__", "."): value for name, value in fields.items()}
    trainer = Trainer(RunConfig().updated(SMALL | named), dtype=torch.float64)
    trainer.advance(steps)
    return trainer


def look(trainer: Trainer) -> Look:
    return Look(*trainer.places[0])


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
        seen, (stack,) = look(trainer), trainer.stacks
        g, d = plain(stack.generator.net, nn.ReLU()), plain(stack.critic.net, nn.LeakyReLU(0.2))
        norms = []
        for of_fake in (lambda p: torch.log(1 - p), lambda p: -torch.log(p)):
            value = of_fake(torch.sigmoid(d(g(seen.z)))).mean()
            slopes = torch.autograd.grad(value, tuple(g.parameters()))
            norms.append(math.sqrt(sum(slope.square().sum().item() for slope in slopes)))
        assert not 0.95 < norms[0] / norms[1] < 1.05
        yield measure(seen), pytest.approx(norms[0] / norms[1])
    for p in (0.5, 0.9, 0.001):
        same = judge(point_at([1, 2], **LINEAR), [0.2, 0.1], math.log(p / (1 - p)) - 0.4)
        yield measure(look(same)), pytest.approx(p / (1 - p), rel=1e-6)
    blind = judge(point_at([1, 2], **LINEAR), [0, 0], 1)
    yield measure(look(blind)), pytest.approx(math.nan, nan_ok=True)


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
    "at_clip": at_clip,
    "layer_slope": layer_slope,
    "modes_visited": modes_visited,
    "correlation": correlation,
}


@pytest.mark.parametrize("name", MEASURES | COURSES)
def test_reads_what_is_known(name: str) -> None:
    pairs = list(TRUTHS[name]())
    assert len(pairs) > 2
    for seen, known in pairs:
        assert seen == known


def test_truths_are_of_what_there_is() -> None:
    assert TRUTHS.keys() == MEASURES.keys() | COURSES.keys()
    assert not MEASURES.keys() & COURSES.keys()
    for course in COURSES.values():
        assert set(course.of) <= MEASURES.keys()
        assert len(course.of) <= 2  # as many as a history has room for


@pytest.mark.parametrize("name", MEASURES)
def test_looking_changes_nothing(name: str) -> None:
    looked, alone = (trained(5, discriminator__hidden=(6, 5)) for _ in range(2))
    first = MEASURES[name].value(look(looked))
    assert type(first) is float
    assert MEASURES[name].value(look(looked)) == pytest.approx(first, rel=0, nan_ok=True)
    ends = []
    for trainer in (looked, alone):
        trainer.advance(5)
        ends.append([player.net.flat for player in players(trainer)])
    assert all(torch.equal(*pair) for pair in zip(*ends, strict=True))


UNUSUAL: dict[str, dict[str, Any]] = {
    "one layer": {"discriminator__hidden": (6,)},
    "no layers": {"discriminator__hidden": (), "generator__hidden": ()},
    "packs": {"aids__pack": 8, "batch_size": 16, "discriminator__hidden": (6, 5)},
    "odd packs": {"aids__pack": 3, "discriminator__hidden": (6, 5)},
    "waves": {"discriminator__fourier_features": 4, "discriminator__hidden": (6, 5)},
    "told of the batch": {"aids__minibatch_stddev": True, "discriminator__hidden": (6, 5)},
    "spectral norm": {"discriminator__spectral_norm": True, "discriminator__hidden": (6, 5)},
    "relativistic": {"loss": "relativistic", "discriminator__hidden": (6, 5)},
    "average": {"generator__ema": 0.9, "discriminator__hidden": (6, 5)},
    "no modes": {"data__name": "spiral", "discriminator__hidden": (6, 5)},
}


@pytest.mark.parametrize("kind", UNUSUAL)
@pytest.mark.parametrize("name", MEASURES)
def test_takes_any_run(name: str, kind: str) -> None:
    """As somebody may change the settings while a scene goes on."""
    assert type(MEASURES[name].value(look(trained(1, **UNUSUAL[kind])))) is float


@pytest.mark.parametrize("name", MEASURES)
def test_of_a_run_that_diverged_nothing_is_known(name: str) -> None:
    """So that no claim holds of it."""
    trainer = trained(0, loss="wgan", discriminator__hidden=(6, 5))
    for player in players(trainer):
        player.net.flat.fill_(math.nan)
    assert math.isnan(MEASURES[name].value(look(trainer)))


def test_a_course_of_what_is_not_known_is_not_known() -> None:
    for name, course in COURSES.items():
        values = {measure: [1.0, math.nan, 2.0] for measure in course.of}
        assert math.isnan(course.value(values)), name


def test_what_stands_still_goes_with_nothing() -> None:
    course = COURSES["correlation"].value
    assert math.isnan(course({"estimate": [math.log(2)] * 5, "emd": [5.0, 4.0, 3.0, 2.0, 1.0]}))
