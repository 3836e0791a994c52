"""Plays a scenario over many seeds at once and checks its claims."""

import math
import os
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from typing import Any

from ganplay import observe
from ganplay.device import prepare_cpu
from ganplay.measures import MEASURES
from ganplay.scenarios.scenario import Scenario
from ganplay.trainer import Trainer, shares

Values = list[dict[str, list[float]]]
"""For each scene the measures that its claims need, look by look."""

Progress = Callable[[float], None]


@dataclass
class Play:
    """A scenario played by `runs` runs, seeds `seed` and up, as far as `scenes` scenes go; it begins
    at `first`, which starts a new run."""

    scenario: Scenario
    runs: int
    seed: int
    scenes: int
    first: int = 0

    def __post_init__(self) -> None:
        self.values: list[Values] = [[{} for _ in range(self.scenes)] for _ in range(self.runs)]
        self.total = sum(scene.looks for scene in self.scenario.scenes[self.first : self.scenes])

    def go(self) -> Iterator[Trainer]:
        """Train, with the Trainer as it is at each look."""
        trainer: Trainer | None = None
        for number in range(self.first, self.scenes):
            scene = self.scenario.scenes[number]
            config = self.scenario.config(number).updated({"seed": self.seed})
            if trainer is None or self.scenario.starts_again(number):
                trainer = Trainer(config, self.runs)
            else:
                trainer.use(config)
            claims = [claim for claim in self.scenario.claims if claim.scene == number + 1]
            needed = {name for claim in claims for name in claim.needs()}
            done = 0
            for look in range(1, scene.looks + 1):
                until = round(scene.iterations * look / scene.looks)
                trainer.advance(until - done)
                done = until
                for k in range(self.runs):
                    seen = observe.look(*trainer.places[k])
                    for name in needed:
                        value = MEASURES[name].value(seen)
                        self.values[k][number].setdefault(name, []).append(value)
                yield trainer

    def holds(self, claim: int) -> list[bool]:
        """Whether a claim, counted from 0, is true of each run."""
        about = self.scenario.claims[claim]
        return [about.holds(values[about.scene - 1]) for values in self.values]


def play(scenario: Scenario, runs: int, seed: int, progress: Progress = lambda done: None) -> Play:
    """Play all of a scenario; `progress` is told the portion done."""
    whole = Play(scenario, runs, seed, len(scenario.scenes))
    for i, _ in enumerate(whole.go(), 1):
        progress(i / whole.total)
    return whole


def play_on_all_cores(scenario: Scenario, runs: int, seed: int, progress: Progress) -> list[Play]:
    """The same in one process for each core, with a part of the runs each."""
    count = min(runs, os.cpu_count() or 1)
    own, *others = shares(range(seed, seed + runs), count)
    with ProcessPoolExecutor(max(1, count - 1), get_context("spawn"), prepare_cpu) as pool:
        parts = [pool.submit(play, scenario, len(each), each[0]) for each in others]
        return [play(scenario, len(own), seed, progress), *(part.result() for part in parts)]


def check(plays: list[Play]) -> list[dict[str, Any]]:
    """How each claim fares over all runs of some plays of one scenario, as `scenario` reports it."""
    results = []
    for i, claim in enumerate(plays[0].scenario.claims):
        held = [true for each in plays for true in each.holds(i)]
        required = math.ceil(claim.required * len(held) / plays[0].scenario.seeds)
        ok = sum(held) >= required
        results.append(
            {
                "text": claim.text,
                "holds": sum(held),
                "of": len(held),
                "required": required,
                "ok": ok,
            }
        )
    return results
