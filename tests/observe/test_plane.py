"""What is seen of a run that makes points, and that looking never changes it."""

import dataclasses
import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from ganplay import observe
from ganplay.config import RunConfig
from ganplay.data import PLANE
from ganplay.losses import LOSSES
from ganplay.metrics import coverage
from ganplay.observe import PlaneLook
from ganplay.observe.plane import SHOWN_ARROWS, SHOWN_SAMPLES
from ganplay.trainer import Trainer
from tests.runs import AIDS, flats, trained

SmallOn = Callable[[str], RunConfig]


def look(trainer: Trainer) -> PlaneLook:
    """Run 0 as it is now."""
    seen = observe.look(*trainer.places[0])
    assert isinstance(seen, PlaneLook)
    return seen


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


@pytest.mark.parametrize("data", PLANE)
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
        assert one.pop(name, "") == other.pop(name, "")
    assert one.pop("seconds") * other.pop("seconds") > 0
    for seen in (one, other):
        seen |= seen.pop("coverage", {}) | seen.pop("inside", {})
    one |= {f"metrics.{n}": v for n, v in stacked.metrics(1).items()}
    other |= {f"metrics.{n}": v for n, v in alone.metrics().items()}
    for name, value in one.items():
        pair = (np.array(each, float) for each in (value, other[name]))  # NaN for None
        np.testing.assert_allclose(*pair, rtol=1e-5, atol=1e-5, err_msg=name)


HEAVY = {"data.name": "heavy_tail", "latent.prior": "student_t", "discriminator.sees_log": True}


@pytest.mark.parametrize("data", [{}, HEAVY], ids=["ring", "heavy tail"])
@pytest.mark.parametrize("pack", [1, 3])
@pytest.mark.parametrize("loss", LOSSES)
def test_arrows_are_minus_the_gradient_of_each_samples_own_loss(
    loss: str, pack: int, data: dict[str, Any], small: RunConfig
) -> None:
    """Of the loss of its pack, where D judges packs."""
    smooth = {"discriminator.activation": "tanh", "discriminator.clip": 0, "aids.pack": pack} | data
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
    assert np.linalg.norm(snapshot.arrows, axis=1).max() > 0.05


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


def test_a_vae_is_seen_beside_the_gan(small: RunConfig) -> None:
    trainer = trained(small.updated({"vae.on": True, "vae.variance": "learned"}), 40, runs=2)
    for k in range(2):
        seen, shown = observe.look(trainer.stacks[0], k), trainer.snapshot(k)
        assert seen.by_vae.shape == seen.real.shape
        assert np.array_equal(shown.vae, seen.by_vae[:SHOWN_SAMPLES].numpy())
        np.testing.assert_array_equal(
            shown.vae_coverage.shares, coverage(seen.by_vae, small.data).shares
        )
        assert not np.array_equal(shown.vae, shown.fake)
    alone = trained(small, 40, runs=2).snapshot()
    assert (alone.vae, alone.vae_coverage) == (None, None)


def test_looking_at_a_vae_leaves_it_alone(small: RunConfig) -> None:
    config = small.updated({"vae.on": True, "vae.variance": "learned", "generator.ema": 0.9})
    seen, unseen = Trainer(config, 2), Trainer(config, 2)
    for i in range(6):
        seen.snapshot(i % 2)
        seen.metrics(i % 2)
        for trainer in (seen, unseen):
            trainer.advance()
    for one, other in zip(seen.stacks, unseen.stacks, strict=True):
        assert torch.equal(one.vae.encoder.net.flat, other.vae.encoder.net.flat)
        assert torch.equal(one.vae.decoder.net.flat, other.vae.decoder.net.flat)
        assert torch.equal(one.shown.flat, other.shown.flat)
