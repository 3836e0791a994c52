"""Trainer: any number of runs, trained side by side."""

import math
import time
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import torch
from torch import Tensor

from ganplay import observe
from ganplay.config import ConfigError, RunConfig
from ganplay.nets.products import LARGE
from ganplay.snapshot import Snapshot
from ganplay.stack import Stack

CACHE = 3 << 20
"""Bytes that a stack may work on at once on a CPU; more, and they fall out of its cache."""


class Trainer:
    """`runs` runs of each config, trained side by side; run k of a config is seeded with its
    `seed + k` and gives the same numbers as a single run with that seed. Runs are numbered config
    by config.

    On a CPU they are trained in stacks small enough for its cache, one after the other; on a GPU
    the runs of a config are one stack. Nets with convolutions are trained one by one. `step` counts
    iterations, one being all updates of both players; `seconds` is the time spent.
    """

    def __init__(
        self,
        config: RunConfig | Sequence[RunConfig],
        runs: int = 1,
        device: str = "cpu",
        dtype: torch.dtype = torch.float32,
    ):
        configs = [config] if isinstance(config, RunConfig) else config
        self.runs, self.device, self.seconds = runs * len(configs), device, 0.0
        self.stacks: list[Stack] = []
        for each in configs:
            whole = device == "cuda" and not each.convolves
            count = 1 if whole else math.ceil(runs / stack_size(each))
            for seeds in shares(range(each.seed, each.seed + runs), count):
                self.stacks.append(Stack(each, seeds, device, dtype))
        self.places = [(stack, k) for stack in self.stacks for k in range(len(stack.seeds))]

    @property
    def config(self) -> RunConfig:
        """The config of run 0."""
        return self.stacks[0].config

    @property
    def step(self) -> int:
        """Iterations done."""
        return self.stacks[0].step

    # ---- training

    def advance(self, iterations: int = 1) -> None:
        """Train all runs for so many iterations."""
        start = time.perf_counter()
        for stack in self.stacks:
            stack.advance(iterations)
        if self.device == "cuda":
            torch.cuda.synchronize()
        self.seconds += time.perf_counter() - start

    def update_discriminator(self) -> None:
        """One update of D alone, for watching the game move by move; not counted as a step."""
        for stack in self.stacks:
            stack.update_discriminator()

    def update_generator(self) -> None:
        """One update of G alone; not counted as a step."""
        for stack in self.stacks:
            stack.update_generator()

    # ---- looking, which never changes the run

    def diverged(self) -> list[bool]:
        """For each run, whether a parameter of any net is no longer finite."""
        return [bad for stack in self.stacks for bad in stack.diverged()]

    def generate(self, z: Tensor, k: int = 0) -> Tensor:
        """Samples [n, *shape] of run k's generator from noise z [n, latent.dim]; of the running
        average of its weights under `generator.ema`."""
        return observe.look(*self.places[k]).generate(z)

    def metrics(self, k: int = 0) -> dict[str, float | int | None]:
        """All metrics of run k by name; None where one has no meaning for the data set or where
        the run has diverged."""
        return observe.metrics(*self.places[k])

    def snapshot(self, k: int = 0) -> Snapshot:
        """Run k as it is now; its losses are means since the last snapshot of its stack."""
        stack, place = self.places[k]
        snapshot = observe.snapshot(stack, place, self.seconds)
        stack.forget()
        return snapshot

    # ---- changing and keeping

    def change(self, **fields: Any) -> None:
        """Change settings by their dotted names and go on from the present state.

        Raises ConfigError, and changes nothing, for a bad value and for a setting that a run is
        born with (`restart` in its definition).
        """
        self._use([stack.config.updated(fields) for stack in self.stacks])

    def use(self, config: RunConfig | Sequence[RunConfig]) -> None:
        """Go on with another config, as `change` does, or with one for each stack."""
        if isinstance(config, RunConfig):
            config = [config] * len(self.stacks)
        self._use(list(config))

    def _use(self, configs: list[RunConfig]) -> None:
        for stack, config in zip(self.stacks, configs, strict=True):
            if names := stack.config.restarts(config):
                raise ConfigError(
                    f"{names[0]}: can't change in the middle of a run; start it again."
                )
        for stack, config in zip(self.stacks, configs, strict=True):
            stack.use(config)

    def state_dict(self) -> dict[str, Any]:
        """All that decides how the runs go on; a copy."""
        return {
            "seconds": self.seconds,
            "stacks": [stack.state_dict() for stack in self.stacks],
        }

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Go on from a state of a Trainer with the same number of runs and the same nets."""
        self._use([RunConfig.model_validate(each["config"]) for each in state["stacks"]])
        for stack, each in zip(self.stacks, state["stacks"], strict=True):
            stack.load_state_dict(each)
        self.seconds = state["seconds"]


def shares(seeds: range, count: int) -> list[range]:
    """Seeds in `count` parts, as equal as can be."""
    ends = [len(seeds) * i // count for i in range(count + 1)]
    return [seeds[a:b] for a, b in pairwise(ends)]


def stack_size(config: RunConfig) -> int:
    """How many runs of a config a CPU trains at once: as many as its cache holds of the values and
    slopes of D's layers, which are most of what an update works on. Runs with products so large
    that oneDNN takes them have nothing to gain."""
    if config.convolves:
        return 1
    points = 2 * config.batch_size
    widths = (math.prod(config.data.shape), *config.discriminator.hidden)
    if points * max(a * b for a, b in pairwise((*widths, 1))) >= LARGE:
        return 1
    return max(1, CACHE // (4 * 2 * points * sum(widths)))
