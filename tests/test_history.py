"""The past of a run stays bounded and keeps its ends."""

import dataclasses
import math
from collections.abc import Mapping

import numpy as np
import pytest

from ganplay.config import RunConfig
from ganplay.history import COLUMNS, JUDGED, LIMIT, TOLD, WATCHED, History
from ganplay.snapshot import PlaneSnapshot, Snapshot
from ganplay.trainer import Trainer

VERDICT = {name: 10.0 + i for i, name in enumerate(JUDGED)}
"""A number for each thing that a judge says."""


@pytest.fixture(scope="module")
def snapshot(small: RunConfig) -> PlaneSnapshot:
    trainer = Trainer(small)
    trainer.advance()
    return trainer.snapshot()


@pytest.fixture(scope="module")
def of_pictures(small: RunConfig) -> Snapshot:
    trainer = Trainer(small.updated({"data.name": "mnist", "vae.on": True}))
    trainer.advance()
    return trainer.snapshot()


def grown(snapshot: Snapshot, count: int, history: History | None = None) -> History:
    """A history of steps 10, 20, ... with the loss of D equal to the step."""
    history = history or History()
    for step in range(10, 10 * count + 1, 10):
        looks = dataclasses.replace(snapshot, step=step, loss_d=float(step))
        history = history.with_snapshot(looks)
    return history


def check_row(s: Snapshot, told: Mapping[str, float], watched: Mapping[str, float]) -> None:
    """A row has losses, norms, what is told and what is watched, and NaN in all other columns."""
    names = ("step", "loss_d", "loss_g", "norm_d", "norm_g")
    expected = dict.fromkeys(COLUMNS, math.nan) | {name: getattr(s, name) for name in names}
    history = History().with_snapshot(s, list(watched.values()))
    row = {name: history.column(name).item() for name in COLUMNS}
    assert row == pytest.approx(expected | told | watched, rel=1e-6, nan_ok=True)


def test_a_row_holds_what_the_snapshot_says(snapshot: PlaneSnapshot) -> None:
    cover = snapshot.coverage
    told = {"high_quality": cover.high_quality, "covered": cover.covered / 8}
    check_row(snapshot, told, {"watched": 0.25, "beside": 3.0})
    check_row(snapshot, told, {"watched": 0.25})
    check_row(snapshot, told, {})


def test_a_row_of_pictures_holds_what_they_say(of_pictures: Snapshot) -> None:
    told = {"sharpness": of_pictures.sharpness, "variety": of_pictures.variety}
    check_row(dataclasses.replace(of_pictures, vae=None), told, {})
    told["vae_sharpness"] = of_pictures.vae.sharpness
    assert len(set(told.values())) == 3
    check_row(of_pictures, told, {"watched": 0.25})


def test_the_columns_are_named_once() -> None:
    assert len(set(COLUMNS)) == len(COLUMNS)
    assert COLUMNS[-len(WATCHED) :] == WATCHED
    assert set(JUDGED) < set(TOLD) < set(COLUMNS)


def test_only_what_was_watched_is_forgotten(snapshot: Snapshot) -> None:
    history = History().with_snapshot(snapshot, [0.25]).with_snapshot(snapshot)
    history = history.with_mark(1, "a=2")
    history = history.with_verdict(1, VERDICT)
    np.testing.assert_array_equal(history.column("watched"), [0.25, math.nan])
    forgotten = history.without_watched()
    assert np.isnan(forgotten.rows[:, -2:]).all()
    np.testing.assert_array_equal(forgotten.rows[:, :-2], history.rows[:, :-2])
    assert forgotten.marks == history.marks
    assert history.column("watched")[0] == 0.25


def test_what_has_no_value_is_nan(snapshot: PlaneSnapshot) -> None:
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


# ---- going back


@pytest.mark.parametrize(
    ("step", "kept"), [(0, 0), (9, 0), (10, 1), (25, 2), (30, 3), (49, 4), (50, 5), (99, 5)]
)
def test_going_back_leaves_a_ghost_of_what_came_after(
    step: int, kept: int, snapshot: Snapshot
) -> None:
    """The ghost begins where the curve ends, so that no gap is between them."""
    history = grown(snapshot, 5).with_mark(10, "a=1").with_mark(30, "b=2").with_mark(50, "c=3")
    rows = history.rows.copy()
    back = history.back_to(step)
    np.testing.assert_array_equal(back.rows, rows[:kept])
    np.testing.assert_array_equal(back.ghost, rows[max(kept - 1, 0) :] if kept < 5 else rows[:0])
    assert back.marks == tuple(mark for mark in history.marks if mark[0] <= step)
    np.testing.assert_array_equal(history.rows, rows)
    assert (len(history.marks), len(history.ghost)) == (3, 0), "a history is immutable"


def test_several_rows_of_one_step_stay_together(snapshot: Snapshot) -> None:
    """A picture may be taken twice without an iteration between, as by an update of one player."""
    history = grown(snapshot, 2)
    for loss in (1.0, 2.0):
        history = history.with_snapshot(dataclasses.replace(snapshot, step=20, loss_d=loss))
    history = history.with_snapshot(dataclasses.replace(snapshot, step=30, loss_d=3.0))
    back = history.back_to(20)
    assert back.column("loss_d").tolist() == [10, 20, 1, 2]
    assert back.ghost_column("loss_d").tolist() == [2, 3]


def test_the_ghost_is_of_the_future_that_was_left_last(snapshot: Snapshot) -> None:
    history = grown(snapshot, 5).back_to(20)
    for step in (23, 26):
        history = history.with_snapshot(dataclasses.replace(snapshot, step=step))
    assert history.ghost_column("step").tolist() == [20, 30, 40, 50]
    history = history.with_mark(26, "a=1").with_verdict(26, VERDICT)
    assert history.ghost_column("step").tolist() == [20, 30, 40, 50]
    same = history.back_to(26)  # after which nothing came
    assert same.ghost_column("step").tolist() == [20, 30, 40, 50]
    assert history.back_to(23).ghost_column("step").tolist() == [23, 26]


def test_a_ghost_outlives_thinning(snapshot: Snapshot) -> None:
    history = grown(snapshot, LIMIT).back_to(100)
    ghost = history.ghost
    assert len(ghost) == LIMIT - 9
    np.testing.assert_array_equal(grown(snapshot, LIMIT + 20, history).ghost, ghost)


def test_a_ghost_forgets_what_was_watched_too(snapshot: Snapshot) -> None:
    history = History()
    for step in (10, 20, 30):
        history = history.with_snapshot(dataclasses.replace(snapshot, step=step), [0.25, 0.5])
    history = history.back_to(20)
    ghost = history.ghost.copy()
    forgotten = history.without_watched()
    assert np.isnan(forgotten.ghost[:, -2:]).all()
    np.testing.assert_array_equal(forgotten.ghost[:, :-2], ghost[:, :-2])
    np.testing.assert_array_equal(history.ghost, ghost)
    np.testing.assert_array_equal(history.ghost_column("beside"), [0.5, 0.5])


# ---- verdicts


@pytest.mark.parametrize(
    ("step", "at"), [(10, 10), (30, 30), (31, 40), (39, 40), (50, 50), (7, 10), (99, 50)]
)
def test_a_verdict_is_put_at_its_step_or_the_next_there_is(
    step: int, at: int, snapshot: Snapshot
) -> None:
    """A run may have been judged between two pictures of it."""
    history = grown(snapshot, 5).with_verdict(step, VERDICT)
    for name, value in VERDICT.items():
        there = np.isfinite(history.column(name))
        assert history.column("step")[there].tolist() == [at]
        assert history.column(name)[there].tolist() == [value]
    others = [name for name in COLUMNS if name not in JUDGED]
    for name in others:
        np.testing.assert_array_equal(history.column(name), grown(snapshot, 5).column(name))


def test_a_verdict_may_say_less_and_a_later_one_takes_its_place(snapshot: Snapshot) -> None:
    history = grown(snapshot, 3).with_verdict(20, VERDICT).with_verdict(20, {"frechet": 3.0})
    assert history.column("frechet")[1] == 3
    assert history.column("coverage")[1] == VERDICT["coverage"]


def test_a_verdict_on_a_run_without_a_past_is_none() -> None:
    assert len(History().with_verdict(3, VERDICT).rows) == 0


@pytest.mark.parametrize("every", [7, 40])
def test_verdicts_survive_thinning(every: int, snapshot: Snapshot) -> None:
    """They come so seldom that each one dropped would be missed; here each tells its own step."""
    history, said = History(), 0
    for look in range(1, 4 * LIMIT + 1):
        step = 10 * look
        history = history.with_snapshot(dataclasses.replace(snapshot, step=step, loss_d=step))
        if look % every == 0:
            said += 1
            history = history.with_verdict(step, dict.fromkeys(JUDGED, float(step)))
    kept = history.column(JUDGED[0])
    there = np.isfinite(kept)
    assert len(history.rows) <= LIMIT
    assert there.sum() >= min(said, LIMIT / 8)
    if said < LIMIT / 8:
        assert there.sum() == said, "one was lost"
    assert (np.diff(kept[there]) > 0).all(), "they have changed places"
    gap = np.diff(history.column("step")).max()
    assert np.abs(history.column("step")[there] - kept[there]).max() <= 2 * gap
    for name in JUDGED:
        np.testing.assert_array_equal(history.column(name), kept)
    assert (history.column("loss_d") == history.column("step")).all(), "all else stays in its row"


def test_a_verdict_does_not_push_another_out(snapshot: Snapshot) -> None:
    """Where the row before has one of its own, that stays."""
    history = grown(snapshot, LIMIT)
    for row, step in enumerate(history.column("step")):
        history = history.with_verdict(int(step), dict.fromkeys(JUDGED, float(row)))
    later = history.with_snapshot(dataclasses.replace(snapshot, step=10 * LIMIT + 10))
    kept = later.column(JUDGED[0])[:-1]
    assert len(kept) == LIMIT - 1
    assert set(kept) < set(range(LIMIT))
    assert (np.diff(kept) > 0).all()
    assert math.isnan(later.column(JUDGED[0])[-1])


# ---- marks


def test_is_immutable(snapshot: Snapshot) -> None:
    short = grown(snapshot, 3)
    before = short.rows.copy()
    short.with_snapshot(snapshot)
    short.with_mark(30, "loss=wgan")
    short.with_verdict(20, VERDICT)
    assert (len(short.rows), short.marks) == (3, ())
    np.testing.assert_array_equal(short.rows, before)
    full = grown(snapshot, LIMIT).with_verdict(20, VERDICT)
    before = full.rows.copy()
    full.with_snapshot(dataclasses.replace(snapshot, step=10 * LIMIT + 10))
    np.testing.assert_array_equal(full.rows, before)
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
