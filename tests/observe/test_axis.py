"""What is seen of a run that makes numbers on a line, against SciPy, and that looking is harmless."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from scipy import integrate, stats

from ganplay import observe
from ganplay.config import RunConfig
from ganplay.data import AXIS
from ganplay.data.axis import REACH
from ganplay.draws import noise
from ganplay.losses import LOSSES
from ganplay.observe import AxisLook
from ganplay.observe.axis import ARROWS, BLUR, METRICS, perfect
from ganplay.snapshot import AxisSnapshot
from ganplay.trainer import Trainer
from tests.observe.test_plane import see_alike
from tests.runs import AIDS, flats, trained

SmallOn = Callable[[str], RunConfig]

NORMAL = {"data.name": "gaussian_1d", "data.mean": 0.0, "data.sigma": 1.0}
SHIFT = NORMAL | {"latent.dim": 1, "generator.kind": "shift"}


def shifted(small: RunConfig, theta: float, **fields: Any) -> Trainer:
    named = {name.replace("__", "."): value for name, value in fields.items()}
    return Trainer(small.updated(SHIFT | {"generator.start": theta} | named), dtype=torch.float64)


def look(trainer: Trainer) -> AxisLook:
    seen = observe.look(*trainer.places[0])
    assert isinstance(seen, AxisLook)
    return seen


def shown(trainer: Trainer) -> AxisSnapshot:
    snapshot = trainer.snapshot()
    assert isinstance(snapshot, AxisSnapshot)
    return snapshot


def quad(f: Callable[[float], float], a: float = -REACH, b: float = 2 * REACH) -> float:
    return sum(integrate.quad(f, x, x + 1, epsabs=1e-13)[0] for x in np.arange(a, b))


def jsd(p: Callable[[float], float], q: Callable[[float], float]) -> float:
    def f(x: float) -> float:
        m = (p(x) + q(x)) / 2
        return sum(a / 2 * math.log(a / m) for a in (p(x), q(x)) if a > 0)

    return quad(f)


# ---- densities


@pytest.mark.parametrize("theta", [0.0, 0.7, -2.5, 6.0])
def test_densities_and_the_best_d_are_the_closed_forms(theta: float, small: RunConfig) -> None:
    s = shown(shifted(small, theta))
    assert np.diff(s.x) == pytest.approx(s.x[1] - s.x[0])
    assert s.x[0] - -REACH == pytest.approx((s.x[1] - s.x[0]) / 2)
    # a cell's mean is off its middle by h^2 / 24 of the second derivative: 1e-5
    np.testing.assert_allclose(s.p_data, stats.norm.pdf(s.x), atol=2e-5)
    np.testing.assert_allclose(s.p_g, stats.norm.pdf(s.x, theta), atol=2e-5)
    there = (s.x > min(0, theta) - 4) & (s.x < max(0, theta) + 4)
    best = 1 / (1 + np.exp(theta * s.x - theta**2 / 2))  # the ratio of two normals
    np.testing.assert_allclose(s.best[there], best[there], atol=5e-4)


@pytest.mark.parametrize("theta", [0.0, 0.7, -2.5, 6.0])
def test_distances_are_exact(theta: float, small: RunConfig) -> None:
    s = shown(shifted(small, theta))
    assert s.w1 == pytest.approx(abs(theta), abs=1e-6)
    exact = jsd(stats.norm(0, 1).pdf, stats.norm(theta, 1).pdf)
    assert s.jsd == pytest.approx(exact, abs=3e-5)
    assert s.jsd <= exact + 1e-9, "merging points into cells can only lower it"
    assert s.best_value == pytest.approx(2 * s.jsd - 2 * math.log(2))


def test_what_lies_beyond_the_axis_counts(small: RunConfig) -> None:
    s = shown(shifted(small, 8.0, data__mean=1.0))
    assert s.p_g.sum() * (s.x[1] - s.x[0]) == pytest.approx(stats.norm.cdf(2), abs=1e-6)
    assert s.w1 == pytest.approx(7, abs=1e-5)


def test_of_a_uniform_prior(small: RunConfig) -> None:
    s = shown(shifted(small, 1.5, latent__prior="uniform"))
    inside = abs(s.x - 1.5) < 0.97
    np.testing.assert_allclose(s.p_g[inside], 0.5, atol=1e-3)
    assert (s.p_g[abs(s.x - 1.5) > 1.03] == 0).all()
    np.testing.assert_allclose(s.arrows[:, 0], np.linspace(-1, 1, 2 * ARROWS + 1)[1::2], atol=1e-9)


def test_of_a_generator_that_folds(small: RunConfig) -> None:
    """x = |z| by two ReLUs: p_g is the half normal, however G gets there."""
    s = shown(with_weights(small, [1.0, -1.0, 0.0, 0.0, 1.0, 1.0, -2.0]))
    inside = (s.x > -1.9) & (s.x < 1)
    np.testing.assert_allclose(s.p_g[inside], 2 * stats.norm.pdf(s.x + 2)[inside], atol=0.02)
    assert (s.p_g[s.x < -2.03] == 0).all()


def with_weights(small: RunConfig, weights: list[float]) -> Trainer:
    fields = NORMAL | {"latent.dim": 1, "generator.hidden": (2,), "generator.activation": "relu"}
    trainer = Trainer(small.updated(fields), dtype=torch.float64)
    trainer.stacks[0].generator.net.flat.copy_(torch.tensor([weights]))
    return trainer


def test_of_a_generator_that_knows_one_place(small: RunConfig) -> None:
    s = shown(with_weights(small, [0.0] * 6 + [0.51]))
    assert s.p_g.max() * (s.x[1] - s.x[0]) == pytest.approx(1)
    assert np.count_nonzero(s.p_g) == 1
    far = quad(lambda x: abs(x - 0.51) * stats.norm.pdf(x))
    assert s.w1 == pytest.approx(far, abs=0.01)
    assert s.jsd == pytest.approx(math.log(2), abs=0.05)


@pytest.mark.parametrize("prior", ["normal", "student_t", "one_hot_mixture"])
def test_of_more_than_one_number(prior: str, small: RunConfig) -> None:
    """By draws, blurred: what many more draws make, within the noise of the fewer."""
    trainer = trained(small.updated(NORMAL | {"latent.prior": prior}), 200)
    s, seen = shown(trainer), look(trainer)
    width = s.x[1] - s.x[0]
    rng = torch.Generator().manual_seed(5)
    many = seen.generate(noise(seen.config.latent, 100_000, rng))[:, 0].numpy()
    many = many + BLUR * torch.randn(len(many), generator=rng).numpy()
    below = (many[:, None] <= np.linspace(-2, 2, 9)).mean(0)
    mine = np.interp(np.linspace(-2, 2, 9), s.x + width / 2, s.p_g.cumsum() * width)
    np.testing.assert_allclose(mine, below, atol=0.03)
    assert s.arrows.shape == (0, 2)


def test_arrows_lead_from_evenly_spread_z_to_what_g_makes_of_them(small: RunConfig) -> None:
    trainer = trained(small.updated(NORMAL | {"latent.dim": 1}), 20, dtype=torch.float64)
    s = shown(trainer)
    z = stats.norm.ppf((np.arange(ARROWS) + 0.5) / ARROWS)
    np.testing.assert_allclose(s.arrows[:, 0], z, atol=1e-9)
    made = trainer.stacks[0].generator.net(torch.from_numpy(z)[None, :, None])[0, :, 0]
    np.testing.assert_allclose(s.arrows[:, 1], made.detach().numpy(), atol=1e-9)


# ---- D


def logit(trainer: Trainer, x: float) -> float:
    critic = trainer.stacks[0].critic
    return critic(torch.tensor([[[x]]], dtype=torch.float64)).item()


@pytest.mark.parametrize("loss", LOSSES)
def test_value_is_minus_ds_expected_loss(loss: str, small: RunConfig) -> None:
    smooth = {"discriminator__activation": "tanh", "discriminator__clip": 0.0}
    trainer = shifted(small, 1.5, loss=loss, **smooth)
    trainer.stacks[0].critic.net.flat.mul_(4)  # so that its curves bend
    kind = LOSSES[loss]
    found = shown(trainer).value
    if kind.d_fake is None:
        assert math.isnan(found)
        return

    def at(x: float) -> float:
        f = torch.tensor(logit(trainer, x), dtype=torch.float64)
        real, fake = kind.d_real.value(f).item(), kind.d_fake.value(f).item()  # type: ignore[union-attr]
        return float(-stats.norm.pdf(x) * real - stats.norm.pdf(x, 1.5) * fake)

    assert found == pytest.approx(quad(at, -9, 10), abs=1e-4)


def test_value_of_the_best_d_is_the_best_value(small: RunConfig) -> None:
    """Of two normals of one width the best logit is linear: a D without hidden layers has it."""
    trainer = shifted(small, 1.2, discriminator__hidden=())
    weight, bias = trainer.stacks[0].critic.net.leaves
    with torch.no_grad():
        weight.fill_(-1.2)
        bias.fill_(1.2**2 / 2)
    s = shown(trainer)
    assert s.value == pytest.approx(s.best_value, abs=1e-4)
    np.testing.assert_allclose(s.verdict[200:600], s.best[200:600], atol=1e-3)


@pytest.mark.parametrize(
    "extra", ["pack", "stddev", "fourier", "all", "spectral norm", "logarithm"]
)
def test_d_is_seen_on_each_number_beside_real_ones(extra: str, small: RunConfig) -> None:
    trainer = trained(small.updated(NORMAL | AIDS[extra]), 3, dtype=torch.float64)
    s, seen = shown(trainer), look(trainer)
    feature = seen.critic.feature(seen.critic.packs(seen.real[None, : small.batch_size]))
    for i in (5, 300, 401, 790):
        pack = torch.cat((torch.tensor([[s.x[i]]]), seen.real[: seen.critic.pack - 1]))
        logit = seen.critic(seen.critic.packs(pack[None]), feature=feature).item()
        assert s.logits[i] == pytest.approx(logit, abs=1e-6)
        assert s.verdict[i] == pytest.approx(1 / (1 + math.exp(-logit)), abs=1e-6)


def test_slopes_are_those_of_the_logits(small: RunConfig) -> None:
    fields = NORMAL | {"discriminator.activation": "tanh"}
    s = shown(trained(small.updated(fields), 30, dtype=torch.float64))
    np.testing.assert_allclose(s.slopes[1:-1], np.gradient(s.logits, s.x)[1:-1], atol=1e-3)
    assert abs(s.slopes).max() > 0.05


def test_a_critic_is_shown_as_it_is(small: RunConfig) -> None:
    s = shown(trained(small.updated(NORMAL | {"loss": "wgan"}), 3))
    assert (s.verdict == s.logits).all()


# ---- whole runs


@pytest.mark.parametrize("data", AXIS)
def test_what_is_seen_is_the_run_asked_for(data: str, small_on: SmallOn) -> None:
    see_alike(small_on(data))
    see_alike(small_on(data).updated({"latent.dim": 1}))


def test_looking_leaves_the_run_alone(small: RunConfig) -> None:
    config = small.updated(NORMAL)
    seen, unseen = Trainer(config, 2), trained(config, 12, runs=2)
    for i in range(12):
        seen.snapshot(i % 2)
        seen.metrics(1 - i % 2)
        seen.advance()
    assert torch.equal(flats(seen), flats(unseen))


def test_metrics_say_how_far_it_is(small: RunConfig) -> None:
    near, far = shifted(small, 0.0).metrics(), shifted(small, 3.0).metrics()
    assert tuple(near) == tuple(far) == METRICS
    assert near["emd"] == pytest.approx(0, abs=1e-5)
    assert far["emd"] == pytest.approx(3, abs=1e-5)
    assert far["jsd"] == pytest.approx(jsd(stats.norm(0, 1).pdf, stats.norm(3, 1).pdf), abs=1e-4)
    assert near["high_quality"] == pytest.approx(stats.norm.cdf(3) - stats.norm.cdf(-3), abs=0.005)
    assert far["high_quality"] == pytest.approx(0.5, abs=0.03)
    assert near["spread"] == pytest.approx(0.99, abs=0.03)
    assert near["modes"] == near["near_modes"] == 1
    floor = perfect(look(shifted(small, 0.0)).data)
    for name in ("high_quality", "spread", "sliced_w2"):
        assert near[name] == pytest.approx(floor[name], abs=0.05)


def test_a_run_that_diverged_has_no_metrics(small: RunConfig) -> None:
    trainer = trained(small.updated(NORMAL), 1)
    trainer.stacks[0].generator.net.flat.fill_(math.nan)
    assert trainer.metrics() == dict.fromkeys(METRICS)


def test_history_is_told_of_the_value(small: RunConfig) -> None:
    s = shown(shifted(small, 1.0))
    assert s.told() == {"value": s.value, "best_value": s.best_value, "w1": s.w1}
