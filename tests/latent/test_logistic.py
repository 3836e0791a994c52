"""The ridge logistic regression against scikit-learn and against its own gradient."""

import numpy as np
import pytest
import torch
from sklearn.linear_model import LogisticRegression
from torch import Tensor

from ganplay.latent.logistic import logistic, standard


def data(n: int, columns: int, seed: int = 0) -> tuple[Tensor, Tensor]:
    rng = torch.Generator().manual_seed(seed)
    x = torch.randn(n, columns, generator=rng, dtype=torch.float64)
    slope = torch.randn(columns, generator=rng, dtype=torch.float64)
    chance = (x @ slope - 0.7).sigmoid()
    return x, torch.rand(n, generator=rng) < chance


@pytest.mark.parametrize("ridge", [0.1, 1.0, 30.0])
@pytest.mark.parametrize("columns", [1, 20])
def test_it_is_scikit_learns(ridge: float, columns: int) -> None:
    x, y = data(300, columns)
    theirs = LogisticRegression(C=1 / ridge, tol=1e-10, max_iter=10_000).fit(x.numpy(), y.numpy())
    weights, offset = logistic(x, y, ridge)
    np.testing.assert_allclose(weights.numpy(), theirs.coef_[0], atol=1e-5)
    assert offset == pytest.approx(theirs.intercept_[0], abs=1e-5)


@pytest.mark.parametrize("scale", [1.0, 1e3])
def test_classes_that_are_apart_and_columns_that_repeat_have_a_finite_answer(scale: float) -> None:
    x, _ = data(200, 5)
    y = x[:, 0] > 0
    x = scale * torch.cat([x, x[:, :1], torch.zeros(200, 1)], 1)
    weights, offset = logistic(x.float(), y)
    at = torch.cat([weights, torch.tensor([offset])]).requires_grad_()
    fit = (1 - 2 * y.double()) * (x.float().double() @ at[:-1] + at[-1])
    loss = torch.nn.functional.softplus(fit).sum() + at[:-1].square().sum() / 2
    (slope,) = torch.autograd.grad(loss, at)
    assert slope.abs().max() < 1e-5 * scale
    assert weights[0] == pytest.approx(float(weights[5]), rel=1e-6)
    assert weights[6] == 0


def test_columns_are_standardised() -> None:
    x, _ = data(500, 3)
    x = torch.cat([5 + 3 * x, torch.full((500, 1), 7.0, dtype=torch.float64)], 1)
    made = standard(x.float())
    assert made.dtype == torch.float64
    np.testing.assert_allclose(made.mean(0), 0, atol=1e-6)
    np.testing.assert_allclose(made.std(0, correction=0)[:3], 1, atol=1e-6)
    assert (made[:, 3] == 0).all()
