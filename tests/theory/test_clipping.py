"""What a clip allows, against singular values, random weights, and autograd on whole nets."""

import itertools
from itertools import pairwise

import numpy as np
import pytest
import torch

from ganplay.theory import clipping

WIDTHS = [(2, 1), (2, 3, 1), (2, 8, 5, 1), (2, 32, 32, 32, 1)]
LIMITS = [0.01, 0.1, 0.5]


def weights(widths: tuple[int, ...], c: float, draw) -> list[np.ndarray]:
    return [c * draw((n_out, n_in)) for n_in, n_out in pairwise(widths)]


def slope_at(layers: list[np.ndarray], biases: list[np.ndarray], x: np.ndarray) -> np.ndarray:
    """The norm of a ReLU net's gradient at each x [n, 2], by autograd."""
    at = torch.tensor(x, requires_grad=True)
    value = at
    for i, (weight, bias) in enumerate(zip(layers, biases, strict=True)):
        value = value @ torch.tensor(weight).T + torch.tensor(bias)
        value = value.relu() if i < len(layers) - 1 else value
    return torch.autograd.grad(value.sum(), at)[0].norm(dim=1).numpy()


@pytest.mark.parametrize("c", LIMITS)
@pytest.mark.parametrize(("n_in", "n_out"), [(2, 32), (32, 32), (32, 1), (5, 8)])
def test_no_weights_within_the_clip_stretch_more(c: float, n_in: int, n_out: int) -> None:
    bound = clipping.factor_at_most(c, n_in, n_out)
    rng = np.random.default_rng(0)
    for _ in range(50):
        largest = np.linalg.svd(rng.uniform(-c, c, (n_out, n_in)), compute_uv=False)[0]
        assert largest <= bound
    alike = np.full((n_out, n_in), c)
    assert np.linalg.svd(alike, compute_uv=False)[0] == pytest.approx(bound, rel=1e-12)


def test_no_signs_stretch_more() -> None:
    """All 512 ways to have nine weights at the limits."""
    bound = clipping.factor_at_most(0.3, 3, 3)
    largest = [
        np.linalg.svd(0.3 * np.reshape(signs, (3, 3)), compute_uv=False)[0]
        for signs in itertools.product((-1, 1), repeat=9)
    ]
    assert max(largest) == pytest.approx(bound, rel=1e-12)


@pytest.mark.parametrize("c", LIMITS)
@pytest.mark.parametrize("widths", WIDTHS)
def test_steepest_net(widths: tuple[int, ...], c: float) -> None:
    """The net with all weights at +c is as steep where all its units are open; no other is steeper."""
    bound = clipping.steepest(c, widths)
    open_up = [np.full(n, 1.0) for n in widths[1:]]
    alike = weights(widths, c, np.ones)
    np.testing.assert_allclose(slope_at(alike, open_up, np.ones((1, 2))), bound, rtol=1e-12)
    rng = np.random.default_rng(1)
    x = rng.uniform(-3, 3, (500, 2))
    for draw in (lambda s: rng.uniform(-1, 1, s), lambda s: rng.choice([-1.0, 1.0], s)) * 5:
        biases = [rng.uniform(-c, c, n) for n in widths[1:]]
        assert slope_at(weights(widths, c, draw), biases, x).max() <= bound * (1 + 1e-12)


@pytest.mark.parametrize("c", LIMITS)
def test_expected_factor_is_that_of_random_signs(c: float) -> None:
    """Norms of gradients before and after a layer of random signs and half open ReLUs."""
    rng, width = np.random.default_rng(2), 32
    ratios = []
    for _ in range(2000):
        gradient = rng.normal(size=width)
        back = rng.choice([-c, c], (width, width)).T @ (gradient * rng.integers(0, 2, width))
        ratios.append((back**2).sum() / (gradient**2).sum())
    assert np.sqrt(np.mean(ratios)) == pytest.approx(clipping.factor_expected(c, width), rel=0.02)


def test_where_a_gradient_comes_through() -> None:
    low, high = clipping.even_clip(32)
    assert clipping.factor_at_most(low, 32, 32) == pytest.approx(1)
    assert clipping.factor_expected(high, 32) == pytest.approx(1)
    assert low < high


def test_growth_of_what_grows_evenly() -> None:
    assert clipping.growth([8.0, 4.0, 2.0, 1.0]) == pytest.approx(2)
    assert clipping.growth([1e-30, 1e-20, 1e-10]) == pytest.approx(1e-10)
    assert clipping.growth([0.0, 0.0, 0.0]) == pytest.approx(1), "a gradient of nothing stays so"
