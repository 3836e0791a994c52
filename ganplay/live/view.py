"""What a page sees of a run, and asks of it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal, TypeVar

from ganplay.config import RunConfig
from ganplay.live.film import Film, latest
from ganplay.live.past import Side, Watch

State = Literal["idle", "running", "paused", "diverged", "error"]


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
class View(Side):
    """What a page sees of a run: immutable, so that it may be read from any thread.

    run: its id. state: idle before the first iteration; diverged once a parameter is no longer finite;
    error after an exception. message: why, in a sentence, in those two states. step: iterations
    done. rate: iterations per second of late; limit: the rate it is held to, None for as fast as it
    goes. frame: pictures made so far. keys: the moments that it can go on from anew, with the settings
    of then. scene: the number of the scene that was begun last, None before any; scenes: those of the
    moments of `keys`. beside: the other sides of a duel; the view itself is of the first.
    """

    run: str
    state: State
    message: str
    step: int
    rate: float
    limit: float | None
    frame: int
    keys: Mapping[int, RunConfig]
    scene: int | None
    scenes: Mapping[int, int | None]
    beside: tuple[Side, ...] = ()

    @property
    def sides(self) -> tuple[Side, ...]:
        """All sides, the first among them."""
        return (self, *self.beside)

    @property
    def longest(self) -> Film:
        """The film of the side that got furthest."""
        return max((side.film for side in self.sides), key=lambda film: film.steps[-1])

    def at(self, step: int) -> "View":
        """The view as it was at the kept moment nearest to a step, with what came after as a ghost."""
        return replace(
            _at(self, step),
            scene=self.scenes[self.key(step)],
            beside=tuple(_at(side, step) for side in self.beside),
        )

    def key(self, step: int) -> int:
        """The latest of its keys at or before a step, else the first."""
        return latest(self.keys, step)


S = TypeVar("S", bound=Side)


def _at(side: S, step: int) -> S:
    snapshot = side.film.at(step)
    ended = side.ended if step > side.film.steps[-1] else ""
    return replace(
        side, snapshot=snapshot, history=side.history.back_to(snapshot.step), ended=ended
    )
