"""A step by hand, against torch's autograd."""

import numpy as np
import pytest
import torch
from torch.nn.functional import binary_cross_entropy_with_logits as bce

from ganplay.theory.backprop import OF_D, OF_G, RATE, REAL, START, Kind, Step, Z, step

KINDS: tuple[Kind, ...] = ("discriminator", "attached", "generator")
every_kind = pytest.mark.parametrize("kind", KINDS)
NOISE = [np.array([first, *Z]) for first in (-3.0, -0.7, 0.0, 1.2, 3.0)]
every_noise = pytest.mark.parametrize("z", NOISE, ids=lambda z: f"{z[0]:g}")


class Torch:
    """The same step as one would write it in torch."""

    def __init__(self, kind: Kind, z: np.ndarray):
        self.kind, self.z = kind, torch.tensor(z)
        self.weights = {n: torch.tensor(v, requires_grad=True) for n, v in START.items()}
        self.x = self.weights["w"] * self.z + self.weights["b"]
        self.x.retain_grad()
        self.loss, self.logits = self.forward(self.x)
        self.loss.backward()

    def forward(self, x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        fake = self.judge(x.detach() if self.kind == "discriminator" else x)
        if self.kind == "generator":
            return bce(fake, torch.ones_like(fake)), fake
        real = self.judge(torch.tensor(REAL))
        loss = bce(real, torch.ones_like(real)) + bce(fake, torch.zeros_like(fake))
        return loss, torch.cat((fake, real))

    def judge(self, x: torch.Tensor) -> torch.Tensor:
        a, c, v, e = (self.weights[name] for name in OF_D)
        return torch.tanh(x[:, None] * a + c) @ v + e


@every_kind
@every_noise
def test_values_and_gradients_are_those_of_autograd(kind: Kind, z: np.ndarray) -> None:
    mine, truth = step(kind, z), Torch(kind, z)
    assert mine.loss == pytest.approx(truth.loss.item(), rel=1e-12)
    np.testing.assert_allclose(mine.x, truth.x.detach().numpy(), rtol=1e-12)
    logits = np.concatenate((mine.logits, mine.real_logits))
    np.testing.assert_allclose(logits, truth.logits.detach().numpy(), rtol=1e-12)
    for name, weight in truth.weights.items():
        if weight.grad is None:
            assert name not in mine.gradients
        else:
            np.testing.assert_allclose(
                mine.gradients[name], weight.grad.numpy(), rtol=1e-9, atol=1e-15
            )
    if truth.x.grad is None:
        assert "x" not in mine.gradients
    else:
        np.testing.assert_allclose(mine.gradients["x"], truth.x.grad.numpy(), rtol=1e-9)


@every_kind
def test_slopes_by_the_logits(kind: Kind) -> None:
    mine = step(kind, NOISE[3])
    fake, real = (torch.tensor(v, requires_grad=True) for v in (mine.logits, mine.real_logits))
    if kind == "generator":
        loss = bce(fake, torch.ones_like(fake))
    else:
        loss = bce(fake, torch.zeros_like(fake)) + bce(real, torch.ones_like(real))
        (slope,) = torch.autograd.grad(loss, real, retain_graph=True)
        np.testing.assert_allclose(mine.gradients["real_logits"], slope.numpy(), rtol=1e-9)
    (slope,) = torch.autograd.grad(loss, fake)
    np.testing.assert_allclose(mine.gradients["logits"], slope.numpy(), rtol=1e-9)


@every_kind
@every_noise
def test_only_one_player_is_updated(kind: Kind, z: np.ndarray) -> None:
    mine, truth = step(kind, z), Torch(kind, z)
    own, other = (OF_G, OF_D) if kind == "generator" else (OF_D, OF_G)
    for name in own:
        with torch.no_grad():
            truth.weights[name] -= RATE * truth.weights[name].grad
        assert not np.array_equal(mine.weights[name], START[name])
        np.testing.assert_allclose(
            mine.weights[name], truth.weights[name].detach().numpy(), rtol=1e-9
        )
    for name in other:
        np.testing.assert_array_equal(mine.weights[name], START[name])
    x = truth.weights["w"] * truth.z + truth.weights["b"]
    assert mine.loss_after == pytest.approx(truth.forward(x)[0].item(), rel=1e-12)


def test_who_gets_gradients() -> None:
    def told(kind: Kind) -> set[str]:
        return set(step(kind, NOISE[3]).gradients) & {"x", *OF_G, *OF_D}

    assert told("discriminator") == set(OF_D)
    assert told("attached") == told("generator") == {"x", *OF_G, *OF_D}


@every_noise
def test_detaching_changes_nothing_for_the_discriminator(z: np.ndarray) -> None:
    with_it, without = step("discriminator", z), step("attached", z)
    for name in OF_D:
        np.testing.assert_array_equal(with_it.gradients[name], without.gradients[name])
    # and what it spares G is the way to where its samples are told apart more easily
    wanted = step("generator", z).gradients
    assert sum(float(without.gradients[n] @ wanted[n]) for n in OF_G) < 0


@every_kind
@every_noise
def test_the_loss_of_the_batch_falls(kind: Kind, z: np.ndarray) -> None:
    taken: Step = step(kind, z)
    assert taken.loss_after < taken.loss
