"""One live run: a Trainer with a state, a past and a face that pages may look at."""

import logging
import math
import time
from collections.abc import Generator
from dataclasses import dataclass, replace
from typing import Any, Literal

from ganplay import observe
from ganplay.config import RunConfig
from ganplay.history import History
from ganplay.live.exam import Verdicts, examination
from ganplay.live.film import Film
from ganplay.measures import MEASURES
from ganplay.settings import as_text
from ganplay.snapshot import Snapshot
from ganplay.trainer import Trainer

State = Literal["idle", "running", "paused", "diverged", "error"]
Move = Literal["iteration", "discriminator", "generator"]

PICTURE = 0.06
"""Least seconds between two pictures of a run."""
ROOM = 40
"""Letters that a mark on the curves has room for."""
UNJUDGED = 2.0
"""Seconds of training before the judge looks for the first time: at the start there is only noise."""
UNSEEN = 0.25
"""Seconds after which a picture is made that no page has asked for, so that the curves have it."""

Watch = tuple[str, ...]
"""Names of one or two measures to be taken with each picture; none where it is empty."""

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Opening:
    """How a scene begins: its number in its scenario, its settings, whether a new run is made for
    it, the measures that are watched and the most iterations per second."""

    number: int
    config: RunConfig
    afresh: bool
    watch: Watch
    limit: float | None


@dataclass(frozen=True)
class View:
    """What a page sees of a run: immutable, so that it may be read from any thread.

    state: idle before the first iteration; diverged once a parameter is no longer finite; error
    after an exception. message: why, in a sentence, in those two states. rate: iterations per
    second of late; limit: the rate it is held to, None for as fast as it goes. frame: pictures
    made so far.
    """

    run: str
    state: State
    message: str
    config: RunConfig
    snapshot: Snapshot
    history: History
    rate: float
    limit: float | None
    frame: int
    film: Film


class Run:
    """A run, to be touched by the engine's thread alone; all else reads `view` and sets `polled`."""

    def __init__(
        self,
        run: str,
        config: RunConfig,
        watch: Watch = (),
        limit: float | None = None,
        trainer: Trainer | None = None,
    ):
        """A run of a config, idle, or one that goes on with a trainer."""
        self.id, self.watch, self.limit = run, watch, limit
        self.frame = 0
        self.polled = time.monotonic()
        self.wanted = False
        self.credit, self.paid = 0.0, self.polled
        self._until = math.inf
        self._openings: dict[int, tuple[dict[str, Any], History]] = {}
        self.reset(config, trainer)

    def reset(self, config: RunConfig, trainer: Trainer | None = None) -> None:
        """Start again from the beginning, or from where a trainer is."""
        self.trainer = trainer or Trainer(config)
        self.state: State = "paused" if self.trainer.step else "idle"
        self.history, self.film = History(), Film()
        self.verdicts: Verdicts | None = None
        self._exam: Generator[None, None, Verdicts | None] | None = None
        self._examined, self._rested = 0.0, 0.0
        self._openings.clear()
        self.rate = 0.0
        self.published, self._published_step = time.monotonic(), self.trainer.step
        self.publish()

    def publish(self) -> None:
        """Make a new picture."""
        now, step = time.monotonic(), self.trainer.step
        if self.state == "running" and now > self.published:
            rate = (step - self._published_step) / (now - self.published)
            # averaged over about a second, so that the number can be read
            weight = min(1.0, now - self.published) if self.rate else 1.0
            self.rate += weight * (rate - self.rate)
        self.published, self._published_step = now, step
        if self.trainer.diverged()[0]:
            self.state = "diverged"
            self._show_end(
                f"Training diverged by iteration {step}: a weight is no longer a finite number."
                " Reset, then try a smaller learning rate."
            )
            return
        snapshot = self.trainer.snapshot()
        if self.verdicts:
            snapshot = self.verdicts.put_into(snapshot)
        # right after a change there is nothing yet to tell, and a row of nothing would tear the curves
        if not (math.isnan(snapshot.loss_d) and math.isnan(snapshot.loss_g)):
            look = observe.look(*self.trainer.places[0]) if self.watch else None
            watched = [MEASURES[name].value(look) for name in self.watch if look]
            self.history = self.history.with_snapshot(snapshot, watched)
        self.film = self.film.with_frame(snapshot)
        self.frame += 1
        self.wanted = False
        self.view = View(
            self.id,
            self.state,
            "",
            self.trainer.config,
            snapshot,
            self.history,
            self.rate,
            self.limit,
            self.frame,
            self.film,
        )
        self.cost = time.monotonic() - now

    def due(self, now: float) -> bool:
        """Whether it is time for a new picture; to make them takes a tenth of the time at most."""
        least = PICTURE if self.wanted else UNSEEN
        return now - self.published >= max(least, 9 * self.cost)

    def examine(self) -> None:
        """Have the judge see a few more pictures; it takes a tenth of the time at most."""
        start = time.monotonic()
        if start < self._rested:
            return
        self._exam = self._exam or examination(self.trainer)
        try:
            next(self._exam)
        except StopIteration as end:
            self._exam, self._rested = None, math.inf  # unless there is somebody to judge
            if end.value:
                self.verdicts, self._rested = end.value, start + 9 * self._examined
                self.history = self.history.with_verdict(self.verdicts.step, self.verdicts.told())
            self._examined = 0.0
        self._examined += time.monotonic() - start

    def fail(self, error: Exception) -> None:
        """Become a run that says what went wrong."""
        log.error("run %s failed", self.id, exc_info=error)
        self.state = "error"
        step = self.trainer.step
        self._show_end(f"Training stopped at iteration {step}: {error}. Reset to start again.")

    def _show_end(self, message: str) -> None:
        """The last good picture, with what ended the run."""
        self.frame += 1
        snapshot = replace(self.view.snapshot, step=self.trainer.step)
        self.view = replace(
            self.view, state=self.state, message=message, snapshot=snapshot, frame=self.frame
        )

    def play(self, until: float = math.inf) -> None:
        """Train from now on, and pause at an iteration if one is named; without effect on a run that
        has diverged or failed."""
        self._until = until
        if self.state in ("idle", "paused"):
            self.state = "running"
            if not self.trainer.step:
                self._rested = time.monotonic() + UNJUDGED
            self.credit, self.paid = 0.0, time.monotonic()
            self.rate = 0.0
            self.publish()

    def pause(self) -> None:
        """Stop training and show where it stopped."""
        if self.state == "running":
            self.state = "paused"
            self.publish()

    def move(self, kind: Move) -> None:
        """Make one move by hand, and pause."""
        if self.state not in ("idle", "running", "paused"):
            return
        self.state = "paused"
        match kind:
            case "iteration":
                self.trainer.advance()
            case "discriminator":
                self.trainer.update_discriminator()
            case "generator":
                self.trainer.update_generator()
        self.publish()

    def change(self, config: RunConfig) -> None:
        """Go on with another config; start again where a run is born with what changed."""
        old = self.trainer.config
        if config == old:  # a browser may send a control's old value again
            return
        if old.restarts(config):
            going = self.state == "running"
            self.reset(config)
            if going:
                self.play()
            return
        self.trainer.use(config)
        if config.data != old.data:  # of which the judge has said nothing, and may know nothing
            self.verdicts, self._exam, self._rested = None, None, 0.0
        if self.trainer.step:
            changed = old.changes(config)
            # a new data set brings its own options: its name says it all
            told = [
                name
                for name in changed
                if name == "data.name" or "data.name" not in changed or not name.startswith("data.")
            ]
            words = in_short([f"{name}={as_text(changed[name])[:24]}" for name in told])
            self.history = self.history.with_mark(self.trainer.step, words)
        self.publish()

    def begin(self, scene: Opening) -> None:
        """Play a scene: from the start, from where it was begun before, or from here."""
        if scene.watch != self.watch:
            self.watch, self.history = scene.watch, self.history.without_watched()
        self.hold(scene.limit)
        if scene.afresh or self.state in ("diverged", "error"):
            self.reset(scene.config)
        else:
            here = self.trainer.state_dict(), self.history
            state, self.history = self._openings.setdefault(scene.number, here)
            self.trainer.load_state_dict(state)
            self.verdicts = self._exam = None
            self._published_step = self.trainer.step  # the way back is no training
            self.change(scene.config)
        self.play()
        self.publish()

    def hold(self, limit: float | None) -> None:
        """Hold training to so many iterations per second."""
        self.limit = limit
        self.credit, self.paid = 0.0, time.monotonic()
        self.publish()

    def train(self, seconds: float) -> bool:
        """Train for about so long; whether there was anything to do."""
        start = time.monotonic()
        if self.limit is not None:
            # never more than a fifth of a second is made up for
            gained = min(start - self.paid, 0.2) * self.limit
            self.credit, self.paid = min(self.credit + gained, 1 + 0.2 * self.limit), start
        done = 0
        while self.limit is None or self.credit >= 1:
            self.trainer.advance()
            self.credit -= 1
            done += 1
            if self.trainer.step >= self._until:
                self.pause()
                break
            if time.monotonic() - start >= seconds:
                break
        if done and self.trainer.diverged()[0]:
            self.publish()
        return done > 0


def in_short(changes: list[str]) -> str:
    """The first of some changes, as many as there is ROOM for but at least one, and how many more
    there are: a recipe changes a dozen at once."""
    count = 1
    while count < len(changes) and len(", ".join(changes[: count + 1])) <= ROOM:
        count += 1
    rest = len(changes) - count
    return ", ".join(changes[:count]) + (f" and {rest} more" if rest else "")
