"""The losses against closed forms in float64 numpy, written out here a second time."""

import math
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from torch.nn.functional import binary_cross_entropy_with_logits

from ganplay import losses
from ganplay.losses import LOSSES, Curve

Array = NDArray[np.float64]

REAL = np.array([[-7.0, -1.3, -0.2, 0.4, 1.6], [0.1, 0.9, 1.1, 3.0, 18.0]])
FAKE = np.array([[-18.0, -1.7, -0.6, 0.3, 6.0], [-0.5, -0.9, 0.7, 1.2, 2.0]])
N = REAL.shape[1]


def s(x: Array) -> Array:
    return 1 / (1 + np.exp(-x))


def mean(x: Array) -> Array:
    return x.mean(-1)


class Form(NamedTuple):
    """Both losses of logits r and f, and N times their derivatives by each logit."""

    d: Callable[[Array, Array], Array]
    d_by_real: Callable[[Array, Array], Array]
    d_by_fake: Callable[[Array, Array], Array]
    g: Callable[[Array, Array], Array]
    g_by_fake: Callable[[Array, Array], Array]


def cross_entropy(r: Array, f: Array) -> Array:
    return -mean(np.log(s(r))) - mean(np.log(s(-f)))


def softplus(x: Array) -> Array:
    return np.log(1 + np.exp(x))


FORMS = {
    "minimax": Form(
        cross_entropy,
        lambda r, f: -s(-r),
        lambda r, f: s(f),
        lambda r, f: mean(np.log(s(-f))),
        lambda r, f: -s(f),
    ),
    "non_saturating": Form(
        cross_entropy,
        lambda r, f: -s(-r),
        lambda r, f: s(f),
        lambda r, f: -mean(np.log(s(f))),
        lambda r, f: -s(-f),
    ),
    "wgan": Form(
        lambda r, f: mean(f) - mean(r),
        lambda r, f: -np.ones_like(r),
        lambda r, f: np.ones_like(f),
        lambda r, f: -mean(f),
        lambda r, f: -np.ones_like(f),
    ),
    "lsgan": Form(
        lambda r, f: mean((r - 1) ** 2) / 2 + mean(f**2) / 2,
        lambda r, f: r - 1,
        lambda r, f: f,
        lambda r, f: mean((f - 1) ** 2) / 2,
        lambda r, f: f - 1,
    ),
    "hinge": Form(
        lambda r, f: mean(np.maximum(0, 1 - r)) + mean(np.maximum(0, 1 + f)),
        lambda r, f: np.where(r < 1, -1.0, 0.0),
        lambda r, f: np.where(f > -1, 1.0, 0.0),
        lambda r, f: -mean(f),
        lambda r, f: -np.ones_like(f),
    ),
    "relativistic": Form(
        lambda r, f: mean(softplus(-(r - f))),
        lambda r, f: -s(-(r - f)),
        lambda r, f: s(-(r - f)),
        lambda r, f: mean(softplus(-(f - r))),
        lambda r, f: -s(-(f - r)),
    ),
}

CURVES: dict[str, tuple[Callable[[Array], Array], Callable[[Array], Array]]] = {
    "NOT_REAL": (lambda x: -np.log(s(x)), lambda x: s(x) - 1),
    "NOT_FAKE": (lambda x: -np.log(1 - s(x)), s),
    "MINUS_NOT_FAKE": (lambda x: np.log(1 - s(x)), lambda x: -s(x)),
    "SCORE": (lambda x: x, np.ones_like),
    "MINUS_SCORE": (lambda x: -x, lambda x: -np.ones_like(x)),
    "MISS_0": (lambda x: x**2 / 2, lambda x: x),
    "MISS_1": (lambda x: (x - 1) ** 2 / 2, lambda x: x - 1),
    "BELOW_1": (lambda x: np.maximum(1 - x, 0), lambda x: np.where(x < 1, -1.0, 0.0)),
    "ABOVE_MINUS_1": (lambda x: np.maximum(1 + x, 0), lambda x: np.where(x > -1, 1.0, 0.0)),
}
"""Each curve and its derivative."""

REGISTERED = {name: each for name, each in vars(losses).items() if isinstance(each, Curve)}

PAIRED = {"relativistic"}

every_loss = pytest.mark.parametrize("name", LOSSES)


def logits() -> tuple[torch.Tensor, torch.Tensor]:
    return torch.tensor(REAL).requires_grad_(), torch.tensor(FAKE).requires_grad_()


def generator_gradient(name: str) -> Array:
    real, fake = logits()
    loss = LOSSES[name].generator(fake, real.detach()).sum()
    return torch.autograd.grad(loss, fake)[0].numpy()


# ---- curves


def test_every_curve_and_loss_has_its_closed_form() -> None:
    assert CURVES.keys() == REGISTERED.keys()
    assert FORMS.keys() == LOSSES.keys()
    for loss in LOSSES.values():
        for curve in (loss.d_real, loss.d_fake, loss.g_fake):
            assert curve is None or curve in REGISTERED.values()


@pytest.mark.parametrize("name", REGISTERED)
def test_slope_is_the_closed_form_and_autograds(name: str) -> None:
    value, slope = CURVES[name]
    x = np.linspace(-15, 15, 301)[1:-1] + 0.01  # not on a kink
    given = torch.tensor(x).requires_grad_()
    values = REGISTERED[name].value(given)
    (by_autograd,) = torch.autograd.grad(values.sum(), given)
    slopes = REGISTERED[name].slope(given.detach())
    np.testing.assert_allclose(values.detach().numpy(), value(x), rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(slopes, slope(x), rtol=1e-12, atol=1e-15)
    np.testing.assert_allclose(slopes, by_autograd, rtol=1e-12, atol=1e-15)
    assert torch.equal(given.detach(), torch.tensor(x)), "the argument was changed"


@pytest.mark.parametrize("name", REGISTERED)
def test_curve_is_exact_where_a_sigmoid_saturates(name: str) -> None:
    x = torch.tensor([-700.0, -40.0, 40.0, 700.0], dtype=torch.float64).requires_grad_()
    (by_autograd,) = torch.autograd.grad(REGISTERED[name].value(x).sum(), x)
    slopes = REGISTERED[name].slope(x.detach())
    torch.testing.assert_close(slopes, by_autograd, rtol=1e-12, atol=0)
    assert slopes.isfinite().all()


# ---- losses


@every_loss
def test_values_are_the_closed_form_of_each_row(name: str) -> None:
    real, fake = logits()
    d, g = LOSSES[name].discriminator(real, fake), LOSSES[name].generator(fake, real)
    np.testing.assert_allclose(d.detach().numpy(), FORMS[name].d(REAL, FAKE), rtol=1e-12)
    np.testing.assert_allclose(g.detach().numpy(), FORMS[name].g(REAL, FAKE), rtol=1e-12)


@every_loss
def test_gradients_are_the_closed_form(name: str) -> None:
    real, fake = logits()
    loss = LOSSES[name].discriminator(real, fake).sum()
    by_real, by_fake = torch.autograd.grad(loss, (real, fake))
    exactly = {"rtol": 1e-12, "atol": 1e-15}
    form = FORMS[name]
    np.testing.assert_allclose(by_real, form.d_by_real(REAL, FAKE) / N, **exactly)
    np.testing.assert_allclose(by_fake, form.d_by_fake(REAL, FAKE) / N, **exactly)
    np.testing.assert_allclose(generator_gradient(name), form.g_by_fake(REAL, FAKE) / N, **exactly)


@every_loss
def test_slopes_are_autograds(name: str) -> None:
    loss, (real, fake) = LOSSES[name], logits()
    by_autograd = torch.autograd.grad(loss.discriminator(real, fake).sum(), (real, fake))
    real, fake = real.detach(), fake.detach()
    slopes = loss.discriminator_slopes(real, fake)
    torch.testing.assert_close(slopes, torch.cat(by_autograd, 1), rtol=1e-12, atol=1e-15)
    slopes = loss.generator_slopes(fake, real)
    np.testing.assert_allclose(slopes, generator_gradient(name), rtol=1e-12, atol=1e-15)
    assert torch.equal(real, torch.tensor(REAL))
    assert torch.equal(fake, torch.tensor(FAKE))


@every_loss
def test_only_a_paired_loss_compares_with_real_points(name: str) -> None:
    loss, (real, fake) = LOSSES[name], (each.detach() for each in logits())
    assert loss.paired == (name in PAIRED)
    if loss.paired:
        shift = 3.7
        for of in (loss.discriminator, lambda r, f: loss.generator(f, r)):
            torch.testing.assert_close(of(real + shift, fake + shift), of(real, fake))
            assert not torch.allclose(of(real + shift, fake), of(real, fake))
        with pytest.raises(AssertionError, match="real points"):
            loss.generator(fake)
    else:
        assert torch.equal(loss.generator(fake), loss.generator(fake, real))
        assert torch.equal(loss.generator_slopes(fake), loss.generator_slopes(fake, real))


def test_relativistic_game_is_the_same_for_both_sides() -> None:
    real, fake = (tensor.detach() for tensor in logits())
    game = LOSSES["relativistic"]
    assert torch.equal(game.discriminator(real, fake), game.generator(real, fake))
    entropy = binary_cross_entropy_with_logits(real - fake, torch.ones_like(real), reduction="none")
    torch.testing.assert_close(game.discriminator(real, fake), entropy.mean(-1), rtol=1e-12, atol=0)


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
    pair = LOSSES["relativistic"].discriminator(undecided, undecided)
    assert pair.item() == pytest.approx(math.log(2), abs=1e-14)
    for name in ("minimax", "non_saturating"):
        loss = LOSSES[name].discriminator(undecided, undecided)
        assert loss.item() == pytest.approx(2 * math.log(2), abs=1e-14)
    assert LOSSES["minimax"].generator(undecided).item() == pytest.approx(-math.log(2), abs=1e-14)
    assert LOSSES["non_saturating"].generator(undecided).item() == pytest.approx(math.log(2))


@every_loss
def test_stays_finite_where_a_sigmoid_saturates(name: str) -> None:
    far = torch.tensor([[-1e4, 1e4]], requires_grad=True)
    other = -far if name in PAIRED else far
    loss = LOSSES[name].discriminator(far, other) + LOSSES[name].generator(far, other)
    (gradient,) = torch.autograd.grad(loss.sum(), far)
    assert loss.isfinite().all()
    assert gradient.isfinite().all()
    far = far.detach()
    assert LOSSES[name].discriminator_slopes(far, -far).isfinite().all()
    assert LOSSES[name].generator_slopes(far, -far).isfinite().all()


SAID: dict[str, tuple[tuple[float, float] | None, Array]] = {
    "minimax": ((0, 1), s(FAKE)),
    "non_saturating": ((0, 1), s(FAKE)),
    "wgan": (None, FAKE),
    "lsgan": ((0, 1), FAKE),
    "hinge": ((-1, 1), FAKE),
    "relativistic": (None, FAKE),
}
"""What D aims at, and what it says of the points with logits FAKE."""


@every_loss
def test_value_targets_and_middle(name: str) -> None:
    targets, value = SAID[name]
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
