"""The past of a run, as curves of bounded length."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from ganplay.snapshot import Array, Snapshot

WATCHED = ("watched", "beside")
JUDGED = ("frechet", "confident", "coverage", "vae_frechet")
TOLD = ("high_quality", "covered", "sharpness", "vae_sharpness", "variety",
        "value", "best_value", "w1", *JUDGED)  # fmt: skip
COLUMNS = ("step", "loss_d", "loss_g", "norm_d", "norm_g", *TOLD, *WATCHED)
"""What is kept of each snapshot: TOLD is what a snapshot has beside losses and norms (NaN where it
does not have it), JUDGED what a judge says now and then, WATCHED the one or two measures that
somebody asked for."""

JUDGED_COLUMNS = [COLUMNS.index(name) for name in JUDGED]

LIMIT = 300


def _no_rows() -> Array:
    return np.empty((0, len(COLUMNS)), np.float32)


@dataclass(frozen=True)
class History:
    """Immutable curves: rows [n, len(COLUMNS)], n <= LIMIT, and marks, the (step, words) of each
    change. Where rows would be too many, the one goes whose neighbours are nearest to each other, so
    that the curves stay even over the whole past. `ghost` are the rows of a future that was left."""

    rows: Array = field(default_factory=_no_rows)
    marks: tuple[tuple[int, str], ...] = ()
    ghost: Array = field(default_factory=_no_rows)

    def column(self, name: str) -> Array:
        """One curve, [n]; NaN where there is no value."""
        return self.rows[:, COLUMNS.index(name)]

    def ghost_column(self, name: str) -> Array:
        """The same of the future that was left."""
        return self.ghost[:, COLUMNS.index(name)]

    def back_to(self, step: int) -> "History":
        """A history that ends at a step; what came after it is its ghost."""
        here = int(np.searchsorted(self.rows[:, 0], step, "right"))
        ghost = self.rows[max(here - 1, 0) :] if here < len(self.rows) else self.ghost
        return History(self.rows[:here], tuple(m for m in self.marks if m[0] <= step), ghost)

    def with_snapshot(self, s: Snapshot, watched: Sequence[float] = ()) -> "History":
        """A history that goes on to this snapshot."""
        told = s.told()
        values = (s.step, s.loss_d, s.loss_g, s.norm_d, s.norm_g,
                  *(told.get(name, np.nan) for name in TOLD),
                  *watched, *[np.nan] * (len(WATCHED) - len(watched)))  # fmt: skip
        rows = self.rows
        if len(rows) >= LIMIT:
            steps = rows[:, 0]
            goes = 1 + (steps[2:] - steps[:-2]).argmin()
            rows = rows.copy()
            judged = rows[goes, JUDGED_COLUMNS]
            before = rows[goes - 1, JUDGED_COLUMNS]
            # which come seldom, and would be lost one by one
            rows[goes - 1, JUDGED_COLUMNS] = np.where(np.isfinite(before), before, judged)
            rows = np.delete(rows, goes, axis=0)
        return replace(self, rows=np.vstack([rows, np.array(values, np.float32)]))

    def with_verdict(self, step: int, values: Mapping[str, float]) -> "History":
        """A history that knows what a judge, whom it took a while, said of the run at a step."""
        if not len(self.rows):
            return self
        rows = self.rows.copy()
        row = min(int(np.searchsorted(rows[:, 0], step)), len(rows) - 1)
        for name, value in values.items():
            rows[row, COLUMNS.index(name)] = value
        return replace(self, rows=rows)

    def without_watched(self) -> "History":
        """A history for watching other measures: what was watched is forgotten."""
        rows, ghost = self.rows.copy(), self.ghost.copy()
        for each in (rows, ghost):
            each[:, -len(WATCHED) :] = np.nan
        return replace(self, rows=rows, ghost=ghost)

    def with_mark(self, step: int, words: str) -> "History":
        """A history with a change noted; the last 12 are kept, and one per step."""
        marks = [mark for mark in self.marks if mark[0] != step]
        earlier = [mark[1] for mark in self.marks if mark[0] == step]
        return replace(self, marks=(*marks, (step, ", ".join([*earlier, words])))[-12:])
