"""The Trainer's speed against the plain loops of `bench.plain`, in turns in one process.

Rates drift with the machine, so each workload's variants take turns of TURN seconds, and the
figure is the median over ROUNDS of the ratio within a round. One thread each. The Trainer is asked
for CALL iterations at a time, as a command or a scenario asks for many.
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from statistics import median
from typing import Any

import torch
from torch import Tensor

from bench import plain
from ganplay.config import RunConfig
from ganplay.device import prepare_cpu
from ganplay.trainer import Trainer

ROUNDS = 7
TURN = 0.4
"""Seconds."""
CALL = 10
"""Iterations."""

WGAN = {
    "loss": "wgan",
    "discriminator.steps": 5,
    "discriminator.optimizer": "rmsprop",
    "generator.optimizer": "rmsprop",
    "discriminator.lr": 5e-5,
    "generator.lr": 5e-5,
}

ADAM_GP = {"optimizer": "adam", "lr": 1e-4, "beta1": 0.0, "beta2": 0.9}
WGAN_GP = {
    "loss": "wgan",
    "penalty.name": "gp",
    "penalty.weight": 10.0,
    "discriminator.steps": 5,
    **{f"{net}.{name}": v for net in ("generator", "discriminator") for name, v in ADAM_GP.items()},
}


@dataclass(frozen=True)
class Workload:
    """One training job: the plain loop for data and a batch size, and what the engine is told to
    do the same."""

    loop: Callable[[Tensor, int], Iterator[None]]
    config: RunConfig
    runs: tuple[int, ...]


def on_the_ring(
    loop: Callable[[Tensor, int, int], Iterator[None]],
    hidden: int,
    batch_size: int,
    settings: dict[str, Any],
    *runs: int,
) -> Workload:
    """Nets with two hidden layers of so many units on the ring of 8."""
    widths = (hidden, hidden)
    nets = {"generator.hidden": widths, "discriminator.hidden": widths}
    sizes = {"latent.dim": plain.LATENT, "batch_size": batch_size}
    config = RunConfig().updated(nets | sizes | settings)
    return Workload(lambda points, size: loop(points, hidden, size), config, runs)


def dcgan() -> Workload:
    """The DCGAN of `plain.dcgan`, on the shipped digits."""
    config = RunConfig().updated(
        {
            "data.name": "mnist",
            "batch_size": 64,
            "latent.dim": 64,
            "generator.kind": "dcgan",
            "generator.hidden": (64, 32),
            "generator.activation": "leaky_relu",
            "discriminator.kind": "dcgan",
            "discriminator.hidden": (32, 64, 128),
        }
    )
    return Workload(lambda pictures, size: plain.dcgan(pictures, 64, size), config, (1,))


WORKLOADS = {
    "W1": on_the_ring(plain.gan, 128, 256, {}, 1, 16, 64),
    "W2": on_the_ring(plain.wgan, 128, 256, WGAN, 1, 16),
    "W3": on_the_ring(plain.wgan_gp, 128, 256, WGAN_GP, 1, 16),
    "small W1": on_the_ring(plain.gan, 32, 64, {}, 1, 16, 64),
    "small W2": on_the_ring(plain.wgan, 32, 64, WGAN, 1, 16),
    "small W3": on_the_ring(plain.wgan_gp, 32, 64, WGAN_GP, 1, 16),
    "DCGAN 28x28": dcgan(),
}


GOALS = {
    ("W1", "engine K=1"): 2.4,
    ("W2", "engine K=1"): 2.7,
    ("W3", "engine K=1"): 2.7,
    ("small W1", "engine K=1"): 5.5,
    ("small W1", "engine K=16"): 17.0,
    ("DCGAN 28x28", "engine K=1"): 1.05,
}
"""Ratios to the plain loop that the engine is held to, by workload and variant."""


def measure() -> Iterator[dict[str, Any]]:
    """A row for each workload and variant, as `python -m ganplay bench` prints them. The rate of
    K runs at once is their sum."""
    prepare_cpu()
    for name, workload in WORKLOADS.items():
        config = workload.config
        points = config.data.sample(10_000, torch.Generator().manual_seed(0))
        loop = workload.loop(points, config.batch_size)
        turns: dict[str, tuple[int, Callable[[], object]]] = {"naive": (1, loop.__next__)}
        for runs in workload.runs:
            turns[f"engine K={runs}"] = (CALL * runs, partial(Trainer(config, runs).advance, CALL))
        rates: dict[str, list[float]] = {variant: [] for variant in turns}
        for _ in range(ROUNDS + 1):
            for variant, (count, advance) in turns.items():
                rates[variant].append(count * _rate(advance))
        for variant, (_, *measured) in rates.items():  # the first round warms up
            ratios = [a / b for a, b in zip(measured, rates["naive"][1:], strict=True)]
            yield {
                "workload": name,
                "variant": variant,
                "iterations_per_second": median(measured),
                "ratio_to_naive": median(ratios),
            }


def sgemm_gflops(n: int = 1024) -> float:
    """The machine's rate of single-precision matrix products on one thread, in 1e9 operations/s."""
    torch.set_num_threads(1)
    a = torch.randn(n, n)
    return 2 * n**3 * _rate(lambda: a @ a) / 1e9


def _rate(advance: Callable[[], object]) -> float:
    count, start = 0, time.perf_counter()
    while (seconds := time.perf_counter() - start) < TURN:
        advance()
        count += 1
    return count / seconds
