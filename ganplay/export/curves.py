"""The curves of a run as a table for other programs."""

import csv
from io import StringIO

import numpy as np

from ganplay.history import COLUMNS, History


def curves(history: History) -> str:
    """CSV of all curves: a line of names, and a row for each look at the run.

    A cell without a value is empty, and a column without any is left out; the numbers read back as the
    very float32. `changed` says which settings had changed, at the first look from then on.
    """
    steps = history.column("step")
    changes: dict[int, str] = {}
    for step, words in history.marks:
        row = min(int(np.searchsorted(steps, step)), len(steps) - 1)
        changes[row] = f"{changes[row]}; {words}" if row in changes else words
    told = [name for name in COLUMNS if not np.isnan(history.column(name)).all()]
    buffer = StringIO()
    table = csv.writer(buffer, lineterminator="\n")
    table.writerow([*told, "changed"])
    for n, values in enumerate(zip(*map(history.column, told), strict=True)):
        table.writerow([*map(_cell, values), changes.get(n, "")])
    return buffer.getvalue()


def _cell(value: np.float32) -> str:
    """The shortest number that reads back as this one."""
    return "" if np.isnan(value) else str(value).removesuffix(".0")
