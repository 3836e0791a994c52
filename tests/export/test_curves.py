"""The table of curves as another program reads it."""

import csv
from collections.abc import Mapping
from io import StringIO

import numpy as np
import pytest

from ganplay.export.curves import curves
from ganplay.history import COLUMNS, History


def past(marks: tuple[tuple[int, str], ...] = (), **columns: list[float]) -> History:
    rows = np.full((len(columns["step"]), len(COLUMNS)), np.nan, np.float32)
    for name, values in columns.items():
        rows[:, COLUMNS.index(name)] = values
    return History(rows, marks)


def table(history: History) -> list[dict[str, str]]:
    return list(csv.DictReader(StringIO(curves(history))))


def column(rows: list[Mapping[str, str]], name: str) -> list[float]:
    return [float(row[name]) if row[name] else np.nan for row in rows]


def test_every_number_reads_back_as_it_was() -> None:
    values = [1 / 3, -1e-45, 3.4028235e38, 0.1, -0.0, np.inf, 16777216.0]
    history = past(step=list(range(0, 7 * 300, 300)), loss_d=values, w1=[np.nan, *values[1:]])
    rows = table(history)
    assert list(rows[0]) == ["step", "loss_d", "w1", "changed"]
    for name in ("step", "loss_d", "w1"):
        read = np.array(column(rows, name), np.float32)
        assert read.tobytes() == history.column(name).tobytes()
    assert [row["step"] for row in rows[:2]] == ["0", "300"], "whole numbers without a point"


@pytest.mark.parametrize("name", COLUMNS[1:])
def test_a_column_is_there_once_it_has_a_value(name: str) -> None:
    rows = table(past(step=[0, 20, 40], **{name: [np.nan, 2.5, np.nan]}))
    assert list(rows[0]) == ["step", name, "changed"]
    assert [row[name] for row in rows] == ["", "2.5", ""]


def test_columns_stand_in_one_order() -> None:
    values = {name: [1.0] for name in COLUMNS}
    assert list(table(past(**values))[0]) == [*COLUMNS, "changed"]


def test_changes_stand_at_the_first_look_from_then_on() -> None:
    marks = (
        (10, "loss=wgan"),
        (11, 'data.name=ring, "quoted"'),
        (20, "batch_size=64"),
        (99, "lr=1"),
    )
    rows = table(past(marks, step=[0, 10, 20, 30], loss_d=[1.0] * 4))
    changed = [row["changed"] for row in rows]
    assert changed == ["", "loss=wgan", 'data.name=ring, "quoted"; batch_size=64', "lr=1"]


def test_what_was_left_is_left_out() -> None:
    whole = past(step=[0, 10, 20, 30], loss_d=[1.0, 2.0, 3.0, 4.0])
    back = whole.back_to(10)
    assert len(back.ghost)
    assert column(table(back), "loss_d") == [1, 2]


def test_before_the_first_look_there_is_a_heading_alone() -> None:
    assert table(History()) == []
    assert curves(History().with_mark(0, "loss=wgan")).count("\n") == 1
