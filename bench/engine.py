"""The Trainer's speed against the plain loops of `bench.plain`, in turns in one process.

Rates drift with the machine, so each workload's variants take turns of TURN seconds, and the
figure is the median over ROUNDS of the ratio within a round. One thread each.
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from statistics import median
from typing import Any

import torch
from torch import Tensor

from bench import plain
from ganplay.config import RunConfig
from ganplay.trainer import Trainer

ROUNDS = 7
TURN = 0.4
"""Seconds."""

WGAN = {
    "loss": "wgan",
    "discriminator.steps": 5,
    "discriminator.optimizer": "rmsprop",
    "generator.optimizer": "rmsprop",
    "discriminator.lr": 5e-5,
    "generator.lr": 5e-5,
}


@dataclass(frozen=True)
class Workload:
    """One training job: the plain loop, and what the engine is told to do the same."""

    loop: Callable[[Tensor, int, int], Iterator[None]]
    hidden: int
    batch_size: int
    settings: dict[str, Any]
    runs: tuple[int, ...]

    def config(self) -> RunConfig:
        widths = (self.hidden, self.hidden)
        nets = {"generator.hidden": widths, "discriminator.hidden": widths}
        sizes = {"latent.dim": plain.LATENT, "batch_size": self.batch_size}
        return RunConfig().updated(nets | sizes | self.settings)


WORKLOADS = {
    "W1": Workload(plain.gan, 128, 256, {}, (1, 16, 64)),
    "W2": Workload(plain.wgan, 128, 256, WGAN, (1, 16)),
    "small W1": Workload(plain.gan, 32, 64, {}, (1, 16, 64)),
    "small W2": Workload(plain.wgan, 32, 64, WGAN, (1, 16)),
}


def measure() -> Iterator[dict[str, Any]]:
    """A row for each workload and variant, as `python -m ganplay bench` prints them. The rate of
    K runs at once is their sum."""
    torch.set_num_threads(1)
    for name, workload in WORKLOADS.items():
        config = workload.config()
        points = config.data.sample(10_000, torch.Generator().manual_seed(0))
        loop = workload.loop(points, workload.hidden, workload.batch_size)
        turns: dict[str, tuple[int, Callable[[], object]]] = {"naive": (1, loop.__next__)}
        for runs in workload.runs:
            turns[f"engine K={runs}"] = (runs, Trainer(config, runs).advance)
        rates: dict[str, list[float]] = {variant: [] for variant in turns}
        for _ in range(ROUNDS + 1):
            for variant, (runs, advance) in turns.items():
                rates[variant].append(runs * _rate(advance))
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
