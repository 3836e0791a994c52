"""The moments of a run that are kept, so that one can look back, and go on from there."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from torch import Tensor

from ganplay.config import RunConfig
from ganplay.snapshot import PictureSnapshot, Snapshot
from ganplay.trainer import Trainer

LIMIT = 60
ROOM = 48_000_000
"""Most bytes of states that are kept of each run of a Trainer; its pictures, at most 60, are small
beside them."""


@dataclass(frozen=True)
class Film:
    """Snapshots of a run, first to last, at most LIMIT. Where they would be too many, the one goes
    whose neighbours are nearest to each other in time, so that they stay even over the whole run."""

    frames: tuple[Snapshot, ...] = ()

    @property
    def steps(self) -> list[int]:
        """Of each frame."""
        return [frame.step for frame in self.frames]

    def with_frame(self, snapshot: Snapshot) -> "Film":
        """A film that goes on to this snapshot."""
        frames = [frame for frame in self.frames if frame.step < snapshot.step]
        if frames:
            snapshot = _sharing(snapshot, frames[-1])
        if len(frames) >= LIMIT:
            del frames[most_crowded([frame.step for frame in frames])]
        return Film((*frames, snapshot))

    def at(self, step: int) -> Snapshot:
        """The frame nearest to a step."""
        return min(self.frames, key=lambda frame: abs(frame.step - step))


@dataclass(frozen=True)
class Keyframe:
    """The state of a Trainer at a step, its size in bytes, and the config of each of its runs; the
    scene that was on, by its number, and what was watched."""

    step: int
    state: dict[str, Any]
    size: int
    configs: list[RunConfig]
    scene: int | None
    watch: tuple[str, ...]


class Keyframes:
    """Those at moments of a film, as many as there is ROOM for: of a run of large nets fewer than there
    are frames, but of its first moment and its last wherever two find room."""

    def __init__(self) -> None:
        self.kept: list[Keyframe] = []

    def keep(
        self,
        trainer: Trainer,
        filmed: Iterable[int],
        scene: int | None = None,
        watch: tuple[str, ...] = (),
    ) -> None:
        """Add the present state, and forget those of moments that the film no longer has."""
        state, configs = trainer.state_dict(), [stack.config for stack, _ in trainer.places]
        new = Keyframe(trainer.step, state, size_of(state), configs, scene, watch)
        steps = {step for step in filmed if step < new.step}
        self.kept = [*(key for key in self.kept if key.step in steps), new]
        room = ROOM * trainer.runs
        while len(self.kept) > 1 and sum(key.size for key in self.kept) > room:
            inner = len(self.kept) > 2
            del self.kept[most_crowded([key.step for key in self.kept]) if inner else 0]

    def at(self, step: int) -> Keyframe:
        """The latest at or before a step, else the first."""
        found = latest([key.step for key in self.kept], step)
        return next(key for key in self.kept if key.step == found)


def latest(steps: Collection[int], step: int) -> int:
    """The latest of some steps at or before one, else the first."""
    return max((each for each in steps if each <= step), default=min(steps))


def most_crowded(steps: list[int]) -> int:
    """The index of the one, neither first nor last, whose neighbours are nearest to each other."""
    gaps = [after - before for before, after in zip(steps[:-2], steps[2:], strict=True)]
    return 1 + gaps.index(min(gaps))


def size_of(state: Any) -> int:
    """Bytes of all tensors in a state."""
    if isinstance(state, Tensor):
        return state.numel() * state.element_size()
    if isinstance(state, dict):
        return sum(size_of(part) for part in state.values())
    if isinstance(state, list | tuple):
        return sum(size_of(part) for part in state)
    return 0


def _sharing(snapshot: Snapshot, before: Snapshot) -> Snapshot:
    """A snapshot that holds the real pictures of the one before where they are the same, as they
    are at each look: half of its memory."""
    if not (isinstance(snapshot, PictureSnapshot) and isinstance(before, PictureSnapshot)):
        return snapshot
    if np.array_equal(snapshot.real, before.real):
        return replace(snapshot, real=before.real)
    return snapshot
