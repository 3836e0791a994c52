"""What is kept of one of the runs of a Trainer: its curves, its film, and what the judge said of it."""

import math
import time
from collections.abc import Generator
from dataclasses import dataclass, replace

from ganplay import observe
from ganplay.config import RunConfig
from ganplay.history import History
from ganplay.live.exam import Verdicts, examination
from ganplay.live.film import Film
from ganplay.measures import MEASURES
from ganplay.settings import as_text
from ganplay.snapshot import Snapshot
from ganplay.trainer import Trainer

ROOM = 40
"""Letters that a mark on the curves has room for."""

Watch = tuple[str, ...]
"""Names of one or two measures to be taken with each picture; none where it is empty."""


@dataclass(frozen=True)
class Side:
    """One run as a page sees it: its settings, its latest picture, its curves and its film; `ended` is
    why it can't go on, in a sentence, and empty where it can."""

    config: RunConfig
    snapshot: Snapshot
    history: History
    film: Film
    ended: str


class Past:
    """The past of run k of a Trainer, so far empty."""

    def __init__(self, trainer: Trainer, k: int):
        self._trainer, self._k = trainer, k
        self.history, self.film, self.ended = History(), Film(), ""
        self._snapshot: Snapshot
        self.verdicts: Verdicts | None = None
        self._exam: Generator[None, None, Verdicts | None] | None = None
        self._examined, self._rested = 0.0, 0.0

    @property
    def side(self) -> Side:
        """It as a page sees it."""
        config = self._trainer.places[self._k][0].config
        return Side(config, self._snapshot, self.history, self.film, self.ended)

    def look(self, watch: Watch) -> None:
        """Take a new picture; of a run that has diverged, the last good one stays."""
        if self._trainer.diverged()[self._k]:
            self.end(
                f"Training diverged by iteration {self._trainer.step}: a weight is no longer a finite"
                " number. Reset, then try a smaller learning rate."
            )
            return
        snapshot = self._trainer.snapshot(self._k)
        if self.verdicts:
            snapshot = self.verdicts.put_into(snapshot)
        # right after a change there is nothing yet to tell, and a row of nothing would tear the curves
        if not (math.isnan(snapshot.loss_d) and math.isnan(snapshot.loss_g)):
            look = observe.look(*self._trainer.places[self._k]) if watch else None
            watched = [MEASURES[name].value(look) for name in watch if look]
            self.history = self.history.with_snapshot(snapshot, watched)
        self.film = self.film.with_frame(snapshot)
        self._snapshot = snapshot

    def end(self, sentence: str) -> None:
        """Say what ended it, below its last good picture."""
        if not self.ended:
            self.ended = sentence
            self._snapshot = replace(self._snapshot, step=self._trainer.step)

    def examine(self, portion: float) -> None:
        """Have the judge see a few more pictures; it takes a portion of the time at most."""
        start = time.monotonic()
        if start < self._rested or self.ended:
            return
        self._exam = self._exam or examination(self._trainer, self._k)
        try:
            next(self._exam)
        except StopIteration as end:
            self._exam, self._rested = None, math.inf  # unless there is somebody to judge
            if end.value:
                self.verdicts = end.value
                self._rested = start + (1 / portion - 1) * self._examined
                self.history = self.history.with_verdict(end.value.step, end.value.told())
            self._examined = 0.0
        self._examined += time.monotonic() - start

    def rest(self, seconds: float) -> None:
        """Have the judge wait."""
        self._rested = time.monotonic() + seconds

    def unjudged(self) -> None:
        """Forget what the judge has said and was about to say: it was of something else."""
        self.verdicts, self._exam, self._rested = None, None, 0.0

    def back_to(self, step: int) -> None:
        """Go back to a step; the curves of what came after it become a ghost."""
        self.history, self.ended = self.history.back_to(step), ""
        self.unjudged()

    def mark(self, old: RunConfig, new: RunConfig) -> None:
        """Note a change of settings on the curves."""
        changed = old.changes(new)
        # a new data set brings its own options: its name says it all
        told = [
            name
            for name in changed
            if name == "data.name" or "data.name" not in changed or not name.startswith("data.")
        ]
        words = in_short([f"{name}={as_text(changed[name])[:24]}" for name in told])
        self.history = self.history.with_mark(self._trainer.step, words)


def in_short(changes: list[str]) -> str:
    """The first of some changes, as many as there is ROOM for but at least one, and how many more
    there are: a recipe changes a dozen at once."""
    count = 1
    while count < len(changes) and len(", ".join(changes[: count + 1])) <= ROOM:
        count += 1
    rest = len(changes) - count
    return ", ".join(changes[:count]) + (f" and {rest} more" if rest else "")
