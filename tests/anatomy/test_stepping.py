"""The algorithms line by line, against the trainer and against plain PyTorch."""

from itertools import islice, pairwise

import numpy as np
import pytest
import torch
from torch import Tensor, nn
from torch.nn.functional import logsigmoid

from ganplay.anatomy.algorithm import Moment, count, lines
from ganplay.anatomy.stepping import play
from ganplay.config import RunConfig
from ganplay.recipes import recipe
from ganplay.trainer import Trainer

RECIPES = ["algorithm", "algorithm_wgan"]
every_recipe = pytest.mark.parametrize("name", RECIPES)
every_k = pytest.mark.parametrize("k", [1, 3])


def game(name: str, k: int, **fields: object) -> RunConfig:
    return recipe(name).updated({"discriminator.steps": k, **fields})


def moments(config: RunConfig, iterations: int) -> list[Moment]:
    return list(islice(play(config), iterations * count(config) + 1))


# as the two papers have them
ORDER = {
    "algorithm": {
        "discriminator": ("noise", "examples", "update"),
        "generator": ("noise", "update"),
    },
    "algorithm_wgan": {
        "discriminator": ("examples", "noise", "slope", "update", "clip"),
        "generator": ("noise", "slope", "update"),
    },
}


@every_recipe
@every_k
def test_lines_come_in_the_order_of_the_algorithm(name: str, k: int) -> None:
    config, of = game(name, k), ORDER[name]
    assert lines(config) == of
    one = [
        ("discriminator", turn, line) for turn in range(1, k + 1) for line in of["discriminator"]
    ]
    one += [("generator", 0, line) for line in of["generator"]]
    assert len(one) == count(config)
    first, *rest = moments(config, 2)
    assert (first.iteration, first.line) == (0, None)
    assert [(m.who, m.turn, m.line) for m in rest] == 2 * one
    assert [m.iteration for m in rest] == [1] * len(one) + [2] * len(one)


@every_recipe
@every_k
def test_weights_are_those_of_the_trainer(name: str, k: int) -> None:
    config = game(name, k, seed=3)
    found = moments(config, 5)
    trainer = Trainer(config, dtype=torch.float64)
    (stack,) = trainer.stacks
    for i in range(6):
        moment = found[i * count(config)]
        for net, mine in (
            (stack.generator.net, moment.generator),
            (stack.critic.net, moment.discriminator),
        ):
            np.testing.assert_array_equal(net.flat[0].numpy(), mine)
        trainer.advance()


# ---- by plain PyTorch


def double(values: np.ndarray) -> Tensor:
    return torch.from_numpy(values)[:, None]


class Plain:
    """The same two nets and optimizers, by torch.nn and torch.optim, that start where a moment is."""

    def __init__(self, config: RunConfig, start: Moment):
        wgan = config.loss == "wgan"
        width = config.discriminator.hidden[0]
        self.g = nn.Linear(1, 1).double()
        self.d = nn.Sequential(nn.Linear(1, width), nn.Tanh(), nn.Linear(width, 1)).double()
        for net, values in ((self.g, start.generator), (self.d, start.discriminator)):
            nn.utils.vector_to_parameters(torch.from_numpy(values), net.parameters())
        rule = torch.optim.RMSprop if wgan else torch.optim.SGD
        self.rules = {
            net: rule(net.parameters(), lr=rate)
            for net, rate in ((self.g, config.generator.lr), (self.d, config.discriminator.lr))
        }
        self.wgan, self.clip = wgan, config.clip

    def says(self, x: Tensor) -> Tensor:
        return self.d(x) if self.wgan else self.d(x).sigmoid()

    def value(self, m: Moment) -> Tensor:
        """What D raises, and what G lowers."""
        fake = self.d(self.g(double(m.z)))
        if m.who == "generator":
            return -fake.mean() if self.wgan else logsigmoid(-fake).mean()
        real = self.d(double(m.real))
        if self.wgan:
            return real.mean() - fake.mean()
        return logsigmoid(real).mean() + logsigmoid(-fake).mean()

    def slope(self, m: Moment) -> np.ndarray:
        net = self.g if m.who == "generator" else self.d
        found = torch.autograd.grad(self.value(m), list(net.parameters()))
        return nn.utils.parameters_to_vector(found).numpy()

    def update(self, m: Moment) -> None:
        net = self.g if m.who == "generator" else self.d
        self.rules[net].zero_grad()
        value = self.value(m)
        (value if m.who == "generator" else -value).backward()
        self.rules[net].step()

    def cut(self) -> None:
        with torch.no_grad():
            for weights in self.d.parameters():
                weights.clamp_(-self.clip, self.clip)


def flat(net: nn.Module) -> np.ndarray:
    return nn.utils.parameters_to_vector(net.parameters()).detach().numpy()


@every_recipe
@every_k
def test_each_number_of_each_line_is_that_of_plain_pytorch(name: str, k: int) -> None:
    config = game(name, k, seed=5)
    first, *rest = moments(config, 4)
    plain = Plain(config, first)

    def same(a: np.ndarray, b: np.ndarray) -> None:
        np.testing.assert_allclose(a, b, rtol=0, atol=1e-12)

    for m in rest:
        turn = plain.g if m.who == "generator" else plain.d
        if m.line == lines(config)[m.who][0]:
            began = flat(turn).copy()
        same(m.before, began)
        if m.line == "update":
            same(m.slope, plain.slope(m))
            plain.update(m)
        elif m.line == "slope":
            same(m.slope, plain.slope(m))
        elif m.line == "clip":
            plain.cut()
            assert np.abs(m.discriminator).max() <= config.clip
        elif m.line in ("noise", "examples"):
            assert not len(m.slope)
        same(m.generator, flat(plain.g))
        same(m.discriminator, flat(plain.d))
        with torch.no_grad():
            fake = plain.g(double(m.z))
            same(m.fake, fake[:, 0].numpy())
            same(m.says_fake, plain.says(fake)[:, 0].numpy())
            same(m.says_real, plain.says(double(m.real))[:, 0].numpy())
            same(m.verdict, plain.says(double(m.x))[:, 0].numpy())
            known = len(m.z) and (m.who == "generator" or len(m.real))
            assert np.isnan(m.value) == (not known)
            if known:
                assert m.value == pytest.approx(float(plain.value(m)), abs=1e-12)


@every_recipe
def test_what_is_drawn_is_new_in_each_turn_and_stays_in_it(name: str) -> None:
    config = game(name, 2)
    _, *rest = moments(config, 3)
    seen: list[np.ndarray] = []
    for before, m in pairwise(rest):
        same_turn = (before.iteration, before.who, before.turn) == (m.iteration, m.who, m.turn)
        if same_turn and len(before.z):
            np.testing.assert_array_equal(before.z, m.z)
        if m.line == "noise":
            assert len(m.z) == config.batch_size
            assert all(not np.array_equal(m.z, each) for each in seen)
            seen.append(m.z)
        if not same_turn:
            assert len(m.z) == (config.batch_size if m.line == "noise" else 0)
    assert all(len(m.real) == 0 for m in rest if m.who == "generator")


def test_moments_keep_their_numbers() -> None:
    """Nothing that comes later writes into them."""
    config = game("algorithm_wgan", 2)
    film = play(config)
    early = [next(film) for _ in range(9)]
    kept = [m.discriminator.copy() for m in early]
    for _ in range(30):
        next(film)
    for m, values in zip(early, kept, strict=True):
        np.testing.assert_array_equal(m.discriminator, values)


@every_recipe
def test_a_step_up_and_a_step_down(name: str) -> None:
    """On the same batch SGD and RMSProp raise D's value and lower G's, in nearly every turn."""
    config = game(name, 2, **{"generator.lr": 0.01, "discriminator.lr": 0.002})
    pairs = [(a, b) for a, b in pairwise(moments(config, 40)) if b.line == "update"]
    for who, sign in (("discriminator", 1), ("generator", -1)):
        changes = np.array([sign * (b.value - a.value) for a, b in pairs if b.who == who])
        assert (changes > 0).mean() > 0.95


@every_recipe
def test_it_learns(name: str) -> None:
    """After 200 iterations of 5 turns of D, p_g's mean is near that of the data."""
    config = game(name, 5)
    trainer = Trainer(config, runs=16)
    trainer.advance(200)
    means = np.concatenate([s.generator.net.flat[:, 1].numpy() for s in trainer.stacks])
    assert (np.abs(means - config.data.mean) < 0.5).sum() >= 15
    assert (np.abs(means) < 1).sum() <= 1, "where they began"
