"""The optimizers against `torch.optim`, step by step in float64."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
import torch
from torch import Tensor

from ganplay.optimizers import OPTIMIZERS

TORCH: dict[str, Callable[[Tensor, Any], torch.optim.Optimizer]] = {
    "sgd": lambda p, s: torch.optim.SGD([p], lr=s.lr, momentum=s.momentum),
    "rmsprop": lambda p, s: torch.optim.RMSprop([p], lr=s.lr, momentum=s.momentum),
    "adam": lambda p, s: torch.optim.Adam([p], lr=s.lr, betas=(s.beta1, s.beta2)),
}

SETTINGS = [
    {"lr": 1e-3},
    {"lr": 0.3, "momentum": 0.9, "beta1": 0.9},
    {"lr": 0.02, "momentum": 0.5, "beta1": 0.0, "beta2": 0.9},
    {"lr": 1.0, "beta1": 0.99, "beta2": 0.0},
]

every_optimizer = pytest.mark.parametrize("name", OPTIMIZERS)


def settings(**given: float) -> SimpleNamespace:
    return SimpleNamespace(**{"lr": 1e-3, "beta1": 0.5, "beta2": 0.999, "momentum": 0.0} | given)


def gradients(steps: int = 25, runs: int = 3) -> Tensor:
    """[steps, runs, 11], over ten orders of magnitude and with zeros."""
    rng = torch.Generator().manual_seed(0)
    size = 10 ** torch.linspace(-8, 2, 10, dtype=torch.float64)
    noise = torch.randn(steps, runs, 10, generator=rng, dtype=torch.float64)
    return torch.cat((size * noise, torch.zeros(steps, runs, 1, dtype=torch.float64)), -1)


def start(runs: int = 3) -> Tensor:
    rng = torch.Generator().manual_seed(1)
    return torch.randn(runs, 11, generator=rng, dtype=torch.float64)


def test_every_optimizer_has_its_oracle() -> None:
    assert TORCH.keys() == OPTIMIZERS.keys()


@every_optimizer
@pytest.mark.parametrize("given", SETTINGS, ids=str)
def test_is_that_of_torch_at_every_step(name: str, given: dict[str, float]) -> None:
    options = settings(**given)
    mine, parameter = start(), torch.nn.Parameter(start())
    optimizer, oracle = OPTIMIZERS[name](mine), TORCH[name](parameter, options)
    for gradient in gradients():
        optimizer.step(mine, gradient, options)
        parameter.grad = gradient.clone()
        oracle.step()
        torch.testing.assert_close(mine, parameter.detach(), rtol=1e-12, atol=1e-12)
    assert optimizer.steps == 25
    assert (mine - start())[:, :-1].abs().min() > 0, "a parameter with a gradient stood still"
    assert torch.equal(mine[:, -1], start()[:, -1]), "a parameter without a gradient moved"


@every_optimizer
def test_stacked_runs_are_separate(name: str) -> None:
    options = settings(momentum=0.9)
    stacked = start()
    optimizer = OPTIMIZERS[name](stacked)
    for gradient in gradients():
        optimizer.step(stacked, gradient, options)
    for k, alone in enumerate(start().split(1)):
        optimizer = OPTIMIZERS[name](alone)
        for gradient in gradients()[:, k : k + 1]:
            optimizer.step(alone, gradient, options)
        assert torch.equal(alone[0], stacked[k])


@every_optimizer
def test_a_new_learning_rate_counts_from_the_next_step(name: str) -> None:
    mine, parameter = start(), torch.nn.Parameter(start())
    optimizer, oracle = OPTIMIZERS[name](mine), TORCH[name](parameter, settings(lr=0.1))
    for gradient, lr in zip(gradients(8), [0.1] * 4 + [0.007] * 4, strict=True):
        oracle.param_groups[0]["lr"] = lr
        optimizer.step(mine, gradient, settings(lr=lr))
        parameter.grad = gradient.clone()
        oracle.step()
    torch.testing.assert_close(mine, parameter.detach(), rtol=1e-12, atol=1e-12)


@every_optimizer
def test_gradient_is_left_alone(name: str) -> None:
    gradient = gradients(1)[0]
    mine = start()
    OPTIMIZERS[name](mine).step(mine, gradient, settings(momentum=0.9))
    assert torch.equal(gradient, gradients(1)[0])
