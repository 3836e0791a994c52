"""One live run: a Trainer with a state, a past and a face that pages may look at."""

import logging
import math
import time
from collections.abc import Mapping, Sequence
from typing import Any, Literal

from ganplay.config import ConfigError, RunConfig
from ganplay.history import History
from ganplay.live.film import Keyframes
from ganplay.live.past import Past, Watch
from ganplay.live.view import Opening, State, View
from ganplay.trainer import Trainer

Move = Literal["iteration", "discriminator", "generator"]
Configs = RunConfig | Sequence[RunConfig]
"""Of a run, or of each side of a duel."""

PICTURE = 0.06
"""Least seconds between two pictures of a run."""
UNJUDGED = 2.0
"""Seconds of training before the judge looks for the first time: at the start there is only noise."""
UNSEEN = 0.25
"""Seconds after which a picture is made that no page has asked for, so that the curves have it."""

log = logging.getLogger(__name__)


class Run:
    """A run, to be touched by the engine's thread alone; all else reads `view` and sets `polled`."""

    def __init__(
        self,
        run: str,
        configs: Configs,
        watch: Watch = (),
        limit: float | None = None,
        trainer: Trainer | None = None,
    ):
        """A run of a config, or a duel of several, idle; or one that goes on with a trainer."""
        self.id, self.watch, self.limit = run, watch, limit
        self.frame = 0
        self.polled = time.monotonic()
        self.wanted = False
        self.credit, self.paid = 0.0, self.polled
        self._until = math.inf
        self.scene: int | None = None
        self._openings: dict[int, tuple[dict[str, Any], History]] = {}
        self.reset(configs, trainer)

    @property
    def configs(self) -> list[RunConfig]:
        """Those of all sides."""
        return [stack.config for stack, _ in self.trainer.places]

    def reset(self, configs: Configs, trainer: Trainer | None = None) -> None:
        """Start again from the beginning, or from where a trainer is."""
        self.trainer = trainer or Trainer(configs)
        self.state: State = "paused" if self.trainer.step else "idle"
        self.pasts = [Past(self.trainer, k) for k in range(self.trainer.runs)]
        self.keyframes = Keyframes()
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
        for past in self.pasts:
            past.look(self.watch)
        going = [past for past in self.pasts if not past.ended]
        if going:
            filmed = going[0].film.steps
            self.keyframes.keep(self.trainer, filmed, self.scene, self.watch)
        else:
            self.state = "diverged"
        self.wanted = False
        self._show(self.pasts[0].ended if self.state == "diverged" else "")
        self.cost = time.monotonic() - now

    def _show(self, message: str) -> None:
        self.frame += 1
        first, *others = (past.side for past in self.pasts)
        self.view = View(
            **vars(first),
            run=self.id,
            state=self.state,
            message=message,
            step=self.trainer.step,
            rate=self.rate,
            limit=self.limit,
            frame=self.frame,
            keys={key.step: key.configs[0] for key in self.keyframes.kept},
            scene=self.scene,
            scenes={key.step: key.scene for key in self.keyframes.kept},
            beside=tuple(others),
        )

    def due(self, now: float) -> bool:
        """Whether it is time for a new picture; to make them takes a tenth of the time at most, and a
        fifth in a duel, which has a picture for each side."""
        least = PICTURE if self.wanted else UNSEEN
        rest = 9 if len(self.pasts) == 1 else 4
        return now - self.published >= max(least, rest * self.cost)

    def examine(self) -> None:
        """Have the judge see a few more pictures; it takes a tenth of the time at most."""
        for past in self.pasts:
            past.examine(0.1 / len(self.pasts))

    def fail(self, error: Exception) -> None:
        """Become a run that says what went wrong."""
        log.error("run %s failed", self.id, exc_info=error)
        self.state = "error"
        step = self.trainer.step
        message = f"Training stopped at iteration {step}: {error}. Reset to start again."
        for past in self.pasts:
            past.end(message)
        self._show(message)

    def play(self, until: float = math.inf) -> None:
        """Train from now on, and pause at an iteration if one is named; without effect on a run that
        has diverged or failed."""
        self._until = until
        if self.state in ("idle", "paused"):
            self.state = "running"
            if not self.trainer.step:
                for past in self.pasts:
                    past.rest(UNJUDGED)
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

    def change(self, configs: Sequence[RunConfig]) -> None:
        """Go on with another config on each side; start again where a run is born with what changed."""
        old = self.configs
        if list(configs) == old:  # a browser may send a control's old value again
            return
        both = list(zip(self.pasts, old, configs, strict=True))
        if any(was.restarts(now) for _, was, now in both):
            going = self.state == "running"
            self.reset(configs)
            if going:
                self.play()
            return
        self.trainer.use(configs)
        for past, was, now in both:
            if now.data != was.data:  # of which the judge has said nothing, and may know nothing
                past.unjudged()
            if self.trainer.step and now != was:
                past.mark(was, now)
        self.publish()

    def branch(self, step: int, fields: Mapping[str, Any]) -> None:
        """Go on anew from the latest kept moment up to a step, with the settings it had but for these;
        what came after it becomes a ghost on the curves. Raises ConfigError, before anything has
        changed, for what a run can't go on with."""
        key = self.keyframes.at(step)
        wanted = [config.updated(fields) for config in key.configs]
        for had, config in zip(key.configs, wanted, strict=True):
            if born := had.restarts(config):
                raise ConfigError(
                    f"{born[0]}: can't change in the middle of a run; start it again."
                )
        self.trainer.load_state_dict(key.state)
        self.scene = key.scene
        openings = self._openings.items()
        self._openings = {n: opening for n, opening in openings if _step(opening[0]) <= key.step}
        for past in self.pasts:
            past.back_to(key.step)
        self._watch(key.watch)
        self.state = "paused" if key.step else "idle"
        self._published_step = key.step  # the way back is no training
        self.change(wanted)
        self.play()

    def begin(self, scene: Opening) -> None:
        """Play a scene: from the start, from where it was begun before, or from here."""
        past = self.pasts[0]
        self._watch(scene.watch)
        self.scene = scene.number
        self.hold(scene.limit)
        if scene.afresh or self.state in ("diverged", "error"):
            self.reset(scene.config)
        else:
            here = self.trainer.state_dict(), past.history
            state, past.history = self._openings.setdefault(scene.number, here)
            self.trainer.load_state_dict(state)
            past.unjudged()
            self._published_step = self.trainer.step  # the way back is no training
            self.change([scene.config])
        self.play()
        self.publish()

    def _watch(self, watch: Watch) -> None:
        """Take other measures from now on: of what was watched before, the curves know nothing."""
        if watch != self.watch:
            self.watch = watch
            for past in self.pasts:
                past.history = past.history.without_watched()

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
        if done and self.trainer.diverged() != [bool(past.ended) for past in self.pasts]:
            self.publish()
        return done > 0


def _step(state: dict[str, Any]) -> int:
    """Of a Trainer's state."""
    return int(state["stacks"][0]["step"])
