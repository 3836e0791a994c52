"""The optimizers against `torch.optim`, step by step in float64."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
import torch
from torch import Tensor

from ganplay.optimizers import OPTIMIZERS, Optimizer

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
        optimizer.step(mine, gradient, options.lr, options)
        parameter.grad = gradient.clone()
        oracle.step()
        torch.testing.assert_close(mine, parameter.detach(), rtol=1e-12, atol=1e-12)
    assert (mine - start())[:, :-1].abs().min() > 0, "a parameter with a gradient stood still"
    assert torch.equal(mine[:, -1], start()[:, -1]), "a parameter without a gradient moved"


@every_optimizer
def test_stacked_runs_are_separate(name: str) -> None:
    options = settings(momentum=0.9)
    stacked = start()
    optimizer = OPTIMIZERS[name](stacked)
    for gradient in gradients():
        optimizer.step(stacked, gradient, options.lr, options)
    for k, alone in enumerate(start().split(1)):
        optimizer = OPTIMIZERS[name](alone)
        for gradient in gradients()[:, k : k + 1]:
            optimizer.step(alone, gradient, options.lr, options)
        # not to the bit: a vectorised kernel may take the last few of a buffer one by one
        torch.testing.assert_close(alone[0], stacked[k], rtol=1e-12, atol=1e-12)


@every_optimizer
def test_a_new_learning_rate_counts_from_the_next_step(name: str) -> None:
    mine, parameter = start(), torch.nn.Parameter(start())
    optimizer, oracle = OPTIMIZERS[name](mine), TORCH[name](parameter, settings(lr=0.1))
    for gradient, lr in zip(gradients(8), [0.1] * 4 + [0.007] * 4, strict=True):
        oracle.param_groups[0]["lr"] = lr
        optimizer.step(mine, gradient, lr, settings())
        parameter.grad = gradient.clone()
        oracle.step()
    torch.testing.assert_close(mine, parameter.detach(), rtol=1e-12, atol=1e-12)


@every_optimizer
def test_gradient_is_left_alone(name: str) -> None:
    gradient = gradients(1)[0]
    mine = start()
    OPTIMIZERS[name](mine).step(mine, gradient, 1e-3, settings(momentum=0.9))
    assert torch.equal(gradient, gradients(1)[0])


# ---- looking ahead


def followed(
    optimizer: Optimizer, flat: Tensor, steps: list[Tensor], options: SimpleNamespace
) -> Tensor:
    """Where gradients lead a flat buffer, by `ahead` alone."""
    moments = optimizer.moments
    for number, gradient in enumerate(steps, 1):
        flat, moments = optimizer.ahead(flat, gradient, moments, number, options.lr, options)
    return flat


@every_optimizer
@pytest.mark.parametrize("given", SETTINGS, ids=str)
@pytest.mark.parametrize("memory", [0, 5])
def test_ahead_is_where_the_steps_lead(name: str, given: dict[str, float], memory: int) -> None:
    options, steps = settings(**given), list(gradients(memory + 6))
    mine = start()
    optimizer = OPTIMIZERS[name](mine)
    for gradient in steps[:memory]:
        optimizer.step(mine, gradient, options.lr, options)
    kept = [mine.clone(), optimizer.count.clone(), *(m.clone() for m in optimizer.moments)]
    for count in range(1, 7):
        seen = followed(optimizer, mine, steps[memory:][:count], options)
        now = [mine, optimizer.count, *optimizer.moments]
        assert all(torch.equal(*pair) for pair in zip(now, kept, strict=True)), "it changed"
        real, real_flat = OPTIMIZERS[name](start()), start()
        for gradient in steps[: memory + count]:
            real.step(real_flat, gradient, options.lr, options)
        tiny = 5e-12 * options.lr  # what is added under the roots tells at gradients near 1e-8
        torch.testing.assert_close(seen, real_flat, rtol=1e-12, atol=1e-12 + tiny)


@every_optimizer
@pytest.mark.parametrize("given", SETTINGS, ids=str)
@pytest.mark.parametrize("memory", [0, 3])
def test_derivative_of_ahead_is_that_of_finite_differences(
    name: str, given: dict[str, float], memory: int
) -> None:
    """By the first of three gradients; each number has a derivative of its own, as an update is
    elementwise. The last number's gradient is always 0: a dead unit's."""
    options, steps = settings(**given), list(gradients(memory + 3))
    mine = torch.zeros_like(start())  # so that small moves are not lost beside the start
    optimizer = OPTIMIZERS[name](mine.clone())
    for gradient in steps[:memory]:
        optimizer.step(mine.clone(), gradient, options.lr, options)
    first, *rest = steps[memory:]
    first.requires_grad_()
    end = followed(optimizer, mine, [first, *rest], options)
    (derivative,) = torch.autograd.grad(end.sum(), first)

    step = 1e-5 * first.detach().abs() + 1e-14
    ends = [
        followed(optimizer, mine, [first.detach() + sign * step, *rest], options)
        for sign in (1, -1)
    ]
    numeric = (ends[0] - ends[1]) / (2 * step)
    assert derivative.isfinite().all()
    torch.testing.assert_close(derivative, numeric, rtol=1e-4, atol=1e-7)
    assert (derivative != 0).all()


@every_optimizer
def test_a_rate_in_a_tensor_is_the_number(name: str) -> None:
    """As on a GPU, where a recorded update reads it anew."""
    ends = []
    for rate in (0.02, torch.tensor(0.02, dtype=torch.float64)):
        mine = start()
        optimizer = OPTIMIZERS[name](mine)
        for gradient in gradients(5):
            optimizer.step(mine, gradient, rate, settings(momentum=0.5))
        ends.append(mine)
    torch.testing.assert_close(*ends, rtol=1e-12, atol=1e-12)
