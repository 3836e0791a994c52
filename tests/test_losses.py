"""The losses against closed forms in float64 numpy, written out here a second time."""

import math
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from torch.nn.functional import binary_cross_entropy_with_logits

from ganplay.losses import LOSSES

Array = NDArray[np.float64]

REAL = np.array([[-7.0, -1.3, -0.2, 0.4, 1.6], [0.1, 0.9, 1.1, 3.0, 18.0]])
FAKE = np.array([[-18.0, -1.7, -0.6, 0.3, 6.0], [-0.5, -0.9, 0.7, 1.2, 2.0]])
N = REAL.shape[1]


def s(x: Array) -> Array:
    return 1 / (1 + np.exp(-x))


def mean(x: Array) -> Array:
    return x.mean(-1)


class Form(NamedTuple):
    """Both losses, and N times their derivatives by each logit."""

    d: Callable[[Array, Array], Array]
    d_by_real: Callable[[Array], Array]
    d_by_fake: Callable[[Array], Array]
    g: Callable[[Array], Array]
    g_by_fake: Callable[[Array], Array]


def cross_entropy(r: Array, f: Array) -> Array:
    return -mean(np.log(s(r))) - mean(np.log(s(-f)))


FORMS = {
    "minimax": Form(
        cross_entropy,
        lambda r: -s(-r),
        s,
        lambda f: mean(np.log(s(-f))),
        lambda f: -s(f),
    ),
    "non_saturating": Form(
        cross_entropy,
        lambda r: -s(-r),
        s,
        lambda f: -mean(np.log(s(f))),
        lambda f: -s(-f),
    ),
    "wgan": Form(
        lambda r, f: mean(f) - mean(r),
        lambda r: -np.ones_like(r),
        np.ones_like,
        lambda f: -mean(f),
        lambda f: -np.ones_like(f),
    ),
    "lsgan": Form(
        lambda r, f: mean((r - 1) ** 2) / 2 + mean(f**2) / 2,
        lambda r: r - 1,
        lambda f: f,
        lambda f: mean((f - 1) ** 2) / 2,
        lambda f: f - 1,
    ),
    "hinge": Form(
        lambda r, f: mean(np.maximum(0, 1 - r)) + mean(np.maximum(0, 1 + f)),
        lambda r: np.where(r < 1, -1.0, 0.0),
        lambda f: np.where(f > -1, 1.0, 0.0),
        lambda f: -mean(f),
        lambda f: -np.ones_like(f),
    ),
}

every_loss = pytest.mark.parametrize("name", LOSSES)


def logits() -> tuple[torch.Tensor, torch.Tensor]:
    return torch.tensor(REAL).requires_grad_(), torch.tensor(FAKE).requires_grad_()


def generator_gradient(name: str) -> Array:
    _, fake = logits()
    return torch.autograd.grad(LOSSES[name].generator(fake).sum(), fake)[0].numpy()


def test_every_loss_has_its_closed_form() -> None:
    assert FORMS.keys() == LOSSES.keys()


@every_loss
def test_values_are_the_closed_form_of_each_row(name: str) -> None:
    real, fake = logits()
    d, g = LOSSES[name].discriminator(real, fake), LOSSES[name].generator(fake)
    np.testing.assert_allclose(d.detach().numpy(), FORMS[name].d(REAL, FAKE), rtol=1e-12)
    np.testing.assert_allclose(g.detach().numpy(), FORMS[name].g(FAKE), rtol=1e-12)


@every_loss
def test_gradients_are_the_closed_form(name: str) -> None:
    real, fake = logits()
    loss = LOSSES[name].discriminator(real, fake).sum()
    by_real, by_fake = torch.autograd.grad(loss, (real, fake))
    exactly = {"rtol": 1e-12, "atol": 1e-15}
    np.testing.assert_allclose(by_real, FORMS[name].d_by_real(REAL) / N, **exactly)
    np.testing.assert_allclose(by_fake, FORMS[name].d_by_fake(FAKE) / N, **exactly)
    np.testing.assert_allclose(generator_gradient(name), FORMS[name].g_by_fake(FAKE) / N, **exactly)


@pytest.mark.parametrize("name", ["minimax", "non_saturating"])
def test_discriminator_loss_is_torchs_cross_entropy(name: str) -> None:
    real, fake = (tensor.detach() for tensor in logits())
    entropy = binary_cross_entropy_with_logits
    for r, f, loss in zip(real, fake, LOSSES[name].discriminator(real, fake), strict=True):
        expected = entropy(r, torch.ones_like(r)) + entropy(f, torch.zeros_like(f))
        torch.testing.assert_close(loss, expected, rtol=1e-12, atol=0)


def test_minimax_is_a_zero_sum_game() -> None:
    real, fake = (tensor.detach() for tensor in logits())
    game = LOSSES["minimax"]
    about_real = np.log1p(np.exp(-REAL)).mean(-1)
    sum_of_both = (game.discriminator(real, fake) + game.generator(fake)).numpy()
    np.testing.assert_allclose(sum_of_both, about_real, rtol=1e-12)


def test_minimax_gradient_vanishes_beside_the_non_saturating_one() -> None:
    """Per sample their ratio is D / (1 - D) = e^f: one where D is undecided, 1e-8 at f = -18."""
    ratio = generator_gradient("minimax") / generator_gradient("non_saturating")
    np.testing.assert_allclose(ratio, np.exp(FAKE), rtol=1e-12)


def test_value_at_the_optimum_is_minus_log_4() -> None:
    undecided = torch.zeros(1, 6, dtype=torch.float64)
    for name in ("minimax", "non_saturating"):
        loss = LOSSES[name].discriminator(undecided, undecided)
        assert loss.item() == pytest.approx(2 * math.log(2), abs=1e-14)
    assert LOSSES["minimax"].generator(undecided).item() == pytest.approx(-math.log(2), abs=1e-14)
    assert LOSSES["non_saturating"].generator(undecided).item() == pytest.approx(math.log(2))


@every_loss
def test_stays_finite_where_a_sigmoid_saturates(name: str) -> None:
    far = torch.tensor([[-1e4, 1e4]], requires_grad=True)
    loss = LOSSES[name].discriminator(far, far) + LOSSES[name].generator(far)
    (gradient,) = torch.autograd.grad(loss.sum(), far)
    assert loss.isfinite().all()
    assert gradient.isfinite().all()


@pytest.mark.parametrize(
    ("name", "targets", "value"),
    [
        ("minimax", (0, 1), s(FAKE)),
        ("non_saturating", (0, 1), s(FAKE)),
        ("wgan", None, FAKE),
        ("lsgan", (0, 1), FAKE),
        ("hinge", (-1, 1), FAKE),
    ],
)
def test_value_targets_and_middle(name: str, targets: tuple[float, float], value: Array) -> None:
    loss = LOSSES[name]
    np.testing.assert_allclose(loss.value(torch.tensor(FAKE)), value, rtol=1e-12)
    assert loss.targets == targets
    middle = loss.middle(torch.tensor(REAL), torch.tensor(FAKE))
    assert middle == pytest.approx(np.mean(targets or (FAKE.mean(), REAL.mean())), rel=1e-12)


@every_loss
def test_discriminator_is_content_at_its_targets(name: str) -> None:
    """With `targets` as scores D's gradient is zero; a probability only nears its targets."""
    loss = LOSSES[name]
    low, high = loss.targets or (-1.0, 1.0)
    ends = (-40.0, 40.0) if loss.probability else (low, high)
    fake, real = (torch.full((1, 2), end, dtype=torch.float64) for end in ends)
    real.requires_grad_(), fake.requires_grad_()
    gradients = torch.autograd.grad(loss.discriminator(real, fake).sum(), (real, fake))
    at_rest = all(gradient.abs().max() < 1e-15 for gradient in gradients)
    assert at_rest == (loss.targets is not None)


@every_loss
def test_explains_itself(name: str) -> None:
    loss = LOSSES[name]
    assert loss.title
    assert loss.help
    assert "et al." in loss.source
    assert len({other.title for other in LOSSES.values()}) == len(LOSSES)
