"""The training loop against one written with `torch.nn` and `torch.optim`."""

import math
from typing import Any

import numpy as np
import pytest
import torch
from scipy import stats

from ganplay.config import RunConfig, named_fields
from ganplay.losses import LOSSES
from ganplay.penalties import PENALTIES
from ganplay.settings import choices
from ganplay.trainer import Trainer
from tests.plain import Plain
from tests.runs import PLAIN_AIDS, flats, trained

FIELDS = named_fields("ring")


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
        "student_t": (0, 1, 4.5),
    }[prior]
    if prior == "student_t":  # it has no variance: as a normal variable, by its distribution
        assert abs(z).max() > 20
        z = stats.norm.ppf(stats.t(2).cdf(z))
    np.testing.assert_allclose(z.std(0), deviation, rtol=0.08)
    np.testing.assert_allclose(z.mean(0), mean, atol=0.13)
    assert 0.65 * largest < abs(z).max() <= largest
    if prior == "one_hot_mixture":
        assert (z[:, 0] > z[:, 1]).mean() == pytest.approx(1 / 2, abs=0.1)


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
