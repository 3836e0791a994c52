"""The past of a run stays bounded and keeps its ends."""

import dataclasses
import math

import numpy as np
import pytest

from ganplay.config import RunConfig
from ganplay.history import COLUMNS, LIMIT, History
from ganplay.snapshot import Snapshot
from ganplay.trainer import Trainer


@pytest.fixture(scope="module")
def snapshot(small: RunConfig) -> Snapshot:
    trainer = Trainer(small)
    trainer.advance()
    return trainer.snapshot()


def grown(snapshot: Snapshot, count: int, history: History | None = None) -> History:
    """A history of steps 10, 20, ... with the loss of D equal to the step."""
    history = history or History()
    for step in range(10, 10 * count + 1, 10):
        looks = dataclasses.replace(snapshot, step=step, loss_d=float(step))
        history = history.with_snapshot(looks)
    return history


def test_a_row_holds_what_the_snapshot_says(snapshot: Snapshot) -> None:
    cover = snapshot.coverage
    expected = {name: getattr(snapshot, name) for name in ("loss_d", "loss_g", "norm_d", "norm_g")}
    expected |= {"step": 1, "high_quality": cover.high_quality, "covered": cover.covered / 8}
    history = History().with_snapshot(snapshot, (0.25, 3.0))
    expected |= {"watched": 0.25, "beside": 3.0}
    assert expected.keys() == set(COLUMNS)
    assert {n: history.column(n).item() for n in COLUMNS} == pytest.approx(expected, rel=1e-6)


def test_only_what_was_watched_is_forgotten(snapshot: Snapshot) -> None:
    history = History().with_snapshot(snapshot, [0.25]).with_snapshot(snapshot)
    history = history.with_mark(1, "a=2")
    np.testing.assert_array_equal(history.column("watched"), [0.25, math.nan])
    forgotten = history.without_watched()
    assert np.isnan(forgotten.rows[:, -2:]).all()
    assert (forgotten.rows[:, :-2] == history.rows[:, :-2]).all()
    assert forgotten.marks == history.marks
    assert history.column("watched")[0] == 0.25


def test_what_has_no_value_is_nan(snapshot: Snapshot) -> None:
    cover = dataclasses.replace(snapshot.coverage, high_quality=None)
    history = History().with_snapshot(dataclasses.replace(snapshot, coverage=cover))
    assert math.isnan(history.column("high_quality").item())


@pytest.mark.parametrize("count", [1, LIMIT - 1, LIMIT, LIMIT + 1, 5 * LIMIT + 3])
def test_is_bounded_and_keeps_first_and_last(count: int, snapshot: Snapshot) -> None:
    steps = grown(snapshot, count).column("step")
    assert len(steps) == count if count <= LIMIT else LIMIT / 2 < len(steps) <= LIMIT
    assert (steps[0], steps[-1]) == (10, 10 * count)
    gaps = np.diff(steps)
    assert (gaps > 0).all()
    assert gaps.max(initial=10) <= 10 * max(1, 3 * count / LIMIT), "a hole in the curve"
    assert (grown(snapshot, count).column("loss_d") == steps).all()


def test_is_immutable(snapshot: Snapshot) -> None:
    short = grown(snapshot, 3)
    short.with_snapshot(snapshot)
    short.with_mark(30, "loss=wgan")
    assert (len(short.rows), short.marks) == (3, ())
    with pytest.raises(dataclasses.FrozenInstanceError):
        short.marks = ()  # type: ignore[misc]


def test_marks_of_one_step_merge() -> None:
    history = History().with_mark(5, "loss=wgan").with_mark(9, "seed=1")
    assert history.marks == ((5, "loss=wgan"), (9, "seed=1"))
    assert history.with_mark(9, "a=2").with_mark(9, "b=3").marks[1] == (9, "seed=1, a=2, b=3")


def test_marks_are_bounded_and_outlive_thinning(snapshot: Snapshot) -> None:
    history = History()
    for step in range(30):
        history = history.with_mark(step, str(step))
    assert history.marks == tuple((step, str(step)) for step in range(18, 30))
    assert grown(snapshot, LIMIT + 1, history).marks == history.marks
