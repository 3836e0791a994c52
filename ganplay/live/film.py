"""The pictures of a run that are kept, so that one can look back."""

from dataclasses import dataclass, replace

import numpy as np

from ganplay.snapshot import PictureSnapshot, Snapshot

LIMIT = 60


@dataclass(frozen=True)
class Film:
    """Snapshots of a run, first to last, at most LIMIT. Where they would be too many, the one goes
    whose neighbours are nearest to each other in time, so that they stay even over the whole run."""

    frames: tuple[Snapshot, ...] = ()

    def with_frame(self, snapshot: Snapshot) -> "Film":
        """A film that goes on to this snapshot."""
        frames = [frame for frame in self.frames if frame.step < snapshot.step]
        if frames:
            snapshot = _sharing(snapshot, frames[-1])
        if len(frames) >= LIMIT:
            gaps = [
                after.step - before.step
                for before, after in zip(frames[:-2], frames[2:], strict=True)
            ]
            del frames[1 + gaps.index(min(gaps))]
        return Film((*frames, snapshot))

    def at(self, portion: float) -> Snapshot:
        """The frame nearest to a portion of the run's iterations, 0 to 1."""
        wanted = portion * self.frames[-1].step
        return min(self.frames, key=lambda frame: abs(frame.step - wanted))


def _sharing(snapshot: Snapshot, before: Snapshot) -> Snapshot:
    """A snapshot that holds the real pictures of the one before where they are the same, as they
    are at each look: half of its memory."""
    if not (isinstance(snapshot, PictureSnapshot) and isinstance(before, PictureSnapshot)):
        return snapshot
    if np.array_equal(snapshot.real, before.real):
        return replace(snapshot, real=before.real)
    return snapshot
