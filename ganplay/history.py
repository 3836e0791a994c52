"""The past of a run, as curves of bounded length."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from ganplay.snapshot import Array, Snapshot

WATCHED = ("watched", "beside")
COLUMNS = ("step", "loss_d", "loss_g", "norm_d", "norm_g", "high_quality", "covered", *WATCHED)
"""What is kept of each snapshot; `covered` is the portion of the modes that are, WATCHED the one or
two measures that somebody asked for."""

LIMIT = 300


@dataclass(frozen=True)
class History:
    """Immutable curves: rows [n, len(COLUMNS)], n <= LIMIT, and marks, the (step, words) of each
    change. Where rows would be too many, the one goes whose neighbours are nearest to each other, so
    that the curves stay even over the whole past."""

    rows: Array = field(default_factory=lambda: np.empty((0, len(COLUMNS)), np.float32))
    marks: tuple[tuple[int, str], ...] = ()

    def column(self, name: str) -> Array:
        """One curve, [n]; NaN where there is no value."""
        return self.rows[:, COLUMNS.index(name)]

    def with_snapshot(self, s: Snapshot, watched: Sequence[float] = ()) -> "History":
        """A history that goes on to this snapshot."""
        hq = s.coverage.high_quality
        values = (s.step, s.loss_d, s.loss_g, s.norm_d, s.norm_g, np.nan if hq is None else hq,
                  s.coverage.covered / len(s.coverage.fair),
                  *watched, *[np.nan] * (len(WATCHED) - len(watched)))  # fmt: skip
        rows = self.rows
        if len(rows) >= LIMIT:
            steps = rows[:, 0]
            rows = np.delete(rows, 1 + (steps[2:] - steps[:-2]).argmin(), axis=0)
        return History(np.vstack([rows, np.array(values, np.float32)]), self.marks)

    def without_watched(self) -> "History":
        """A history for watching other measures: what was watched is forgotten."""
        rows = self.rows.copy()
        rows[:, -len(WATCHED) :] = np.nan
        return History(rows, self.marks)

    def with_mark(self, step: int, words: str) -> "History":
        """A history with a change noted; the last 12 are kept, and one per step."""
        marks = [mark for mark in self.marks if mark[0] != step]
        earlier = [mark[1] for mark in self.marks if mark[0] == step]
        return History(self.rows, (*marks, (step, ", ".join([*earlier, words])))[-12:])
