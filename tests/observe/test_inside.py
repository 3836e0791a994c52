"""Inside a critic: its weights counted by numpy, its gradients by finite differences and by torch."""

import numpy as np
import pytest
import torch

from ganplay import observe
from ganplay.config import RunConfig
from ganplay.observe.inside import BINS, FEW, inside, layer_norms
from ganplay.trainer import Trainer


def trained(**fields: object) -> Trainer:
    changed = {name.replace("__", "."): value for name, value in fields.items()}
    trainer = Trainer(RunConfig().updated(changed))
    trainer.advance(30)
    return trainer


@pytest.mark.parametrize("clip", [None, 0.05])
def test_weights_are_counted(clip: float | None) -> None:
    trainer = trained(loss="wgan", discriminator__clip=clip or 0, discriminator__hidden="16,16")
    weights = [leaf.detach().numpy().ravel() for leaf in trainer.stacks[0].critic.net.leaves[::2]]
    found = trainer.snapshot().inside
    assert found.limit == (clip or 1.0)
    inner = np.clip(np.concatenate(weights), -found.limit, found.limit)
    truth = np.histogram(inner, BINS, (-found.limit, found.limit))[0] / len(inner)
    np.testing.assert_allclose(found.weights, truth, atol=1.01 / len(inner))
    assert found.weights.sum() == pytest.approx(1)


def test_a_clip_counts_from_its_first_update_on() -> None:
    config = RunConfig().updated({"loss": "wgan", "discriminator.clip": 0.01})
    trainer = Trainer(config)
    assert trainer.snapshot().inside.limit == 1
    assert trainer.snapshot().inside.weights.max() < 0.5
    trainer.advance(1)
    assert trainer.snapshot().inside.limit == 0.01


def test_weights_beyond_count_as_the_outermost() -> None:
    trainer = trained(discriminator__hidden="4")
    with torch.no_grad():
        trainer.stacks[0].critic.net.flat.fill_(7.0)
    assert trainer.snapshot().inside.weights[-1] == 1


@pytest.mark.parametrize("loss", ["non_saturating", "wgan"])
def test_norms_are_those_of_torch(loss: str) -> None:
    """A copy of the critic in torch's own layers gives the gradients by its hidden results."""
    look = observe.look(
        *trained(loss=loss, discriminator__hidden="8,6,5", discriminator__activation="relu").places[
            0
        ]
    )
    hidden, x = [], torch.cat((look.real[:FEW], look.fake[:FEW]))
    leaves = [leaf[0].detach() for leaf in look.critic.net.leaves]
    for weight, bias in zip(leaves[:-2:2], leaves[1:-2:2], strict=True):
        x = torch.nn.functional.relu(torch.nn.functional.linear(x, weight, bias[0]))
        x.requires_grad_() if not hidden else x.retain_grad()
        hidden.append(x)
    real, fake = torch.nn.functional.linear(x, leaves[-2], leaves[-1][0]).squeeze(-1).chunk(2)
    own = look.loss.discriminator(real[None], fake[None]).sum()
    own.backward()
    truth = [float(h.grad.double().norm()) for h in hidden]
    np.testing.assert_allclose(layer_norms(look, FEW), truth, rtol=1e-4)
    assert inside(look).norms == pytest.approx(truth, rel=1e-4)


def test_a_critic_that_is_more_than_its_layers_has_no_norms() -> None:
    assert trained(discriminator__fourier_features=4).snapshot().inside.norms == ()
    assert trained(discriminator__spectral_norm=True).snapshot().inside.norms == ()


def test_looking_inside_changes_nothing() -> None:
    looked, other = trained(), trained()
    looked.snapshot()
    for trainer in (looked, other):
        trainer.advance(3)
    a, b = (trainer.stacks[0].critic.net.flat for trainer in (looked, other))
    torch.testing.assert_close(a, b, rtol=0, atol=0)
