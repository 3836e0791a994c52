"""The future that was left lies on the curves as a faint line of the same colour."""

import dataclasses
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from ganplay import figures
from ganplay.config import RunConfig
from ganplay.figures.panels import GHOST
from ganplay.figures.style import Picture
from ganplay.history import COLUMNS, History
from ganplay.snapshot import PictureSnapshot
from ganplay.trainer import Trainer

Past = Callable[..., History]
Checked = Callable[[Picture], dict[str, Any]]

CURVES: dict[str, tuple[Callable[..., Picture], list[str]]] = {
    "losses": (figures.losses, ["loss_d", "loss_g"]),
    "gradient_norms": (figures.gradient_norms, ["norm_d", "norm_g"]),
    "coverage_over_time": (figures.coverage_over_time, ["covered", "high_quality"]),
    "evidence": (
        lambda history: figures.evidence(history, ["gap", "EMD"], [0.2]), ["watched", "beside"]
    ),
}  # fmt: skip
OF_PICTURES: dict[str, tuple[Callable[..., Picture], list[str]]] = {
    "distance": (figures.pictures.distance, ["frechet"]),
    "quality": (figures.pictures.quality, ["confident", "coverage"]),
}
EVERY = CURVES | OF_PICTURES


@pytest.fixture(scope="module")
def digits(small: RunConfig) -> PictureSnapshot:
    return Trainer(small.updated({"data.name": "mnist"})).snapshot()


@pytest.fixture
def history(past: Past) -> History:
    """Numbers of all columns at seven steps, cut at the third."""
    rows = np.random.default_rng(0).uniform(0.1, 1, (7, len(COLUMNS))).astype(np.float32)
    rows[:, 0] = [100, 200, 300, 400, 800, 1600, 3100]
    return History(rows, ((150, "a=1"), (900, "b=2"))).back_to(300)


def drawn(name: str, history: History, digits: PictureSnapshot) -> Picture:
    draw = EVERY[name][0]
    return draw(digits, history) if name in OF_PICTURES else draw(history)


every_curve = pytest.mark.parametrize("name", EVERY)


@every_curve
def test_it_lies_faint_behind_the_curve_in_its_colour(
    name: str, history: History, digits: PictureSnapshot, checked: Checked
) -> None:
    picture = drawn(name, history, digits)
    checked(picture)
    columns = EVERY[name][1]
    ghosts, curves = picture.traces[: len(columns)], picture.traces[len(columns) :]
    assert len(curves) == len(columns)
    for ghost, curve, column in zip(ghosts, curves, columns, strict=True):
        assert ghost["line"] == curve["line"]
        assert ghost["name"] == f"{curve['name']}, left"
        assert ghost["opacity"] == GHOST <= 0.5 < curve.get("opacity", 1)
        for trace, rows in ((ghost, history.ghost), (curve, history.rows)):
            np.testing.assert_array_equal(trace["x"], rows[:, 0])
            np.testing.assert_array_equal(trace["y"], rows[:, COLUMNS.index(column)])
        assert (ghost["x"][0], ghost["y"][0]) == (curve["x"][-1], curve["y"][-1]), "a gap"
    assert (
        picture.layout["title"]["text"]
        == (drawn(name, History(history.rows), digits).layout["title"]["text"])
    ), "the legend names curves once"


@every_curve
def test_the_axis_reaches_as_far_as_it_does(
    name: str, history: History, digits: PictureSnapshot
) -> None:
    def right(history: History) -> float:
        return float(drawn(name, history, digits).layout["xaxis"]["range"][1])

    assert right(History(history.rows)) < 800
    assert 3100 <= right(history) < 2 * 3100
    further = dataclasses.replace(history, rows=np.vstack([history.rows, history.rows[-1:] + 6000]))
    assert right(further) == right(History(further.rows)) > 6000


@every_curve
def test_without_one_there_are_the_curves_alone(
    name: str, history: History, digits: PictureSnapshot
) -> None:
    picture = drawn(name, History(history.rows), digits)
    assert len(picture.traces) == len(EVERY[name][1])
    assert not any("opacity" in trace for trace in picture.traces)


@pytest.mark.parametrize("name", OF_PICTURES)
def test_what_comes_seldom_is_joined_in_it_too(
    name: str, history: History, digits: PictureSnapshot
) -> None:
    ghost = history.ghost.copy()
    ghost[1::2, 5:] = np.nan
    picture = drawn(name, dataclasses.replace(history, ghost=ghost), digits)
    np.testing.assert_array_equal(picture.traces[0]["x"], [300, 800, 3100])


@every_curve
def test_broken_numbers_leave_gaps_in_it(
    name: str, history: History, digits: PictureSnapshot, checked: Checked
) -> None:
    for value in (np.nan, np.inf, -np.inf):
        ghost = np.full_like(history.ghost, value)
        ghost[:, 0] = history.ghost[:, 0]
        picture = drawn(name, dataclasses.replace(history, ghost=ghost), digits)
        checked(picture)
        assert not np.isfinite(picture.traces[0]["y"]).any()


def test_the_scale_is_that_of_the_present(history: History) -> None:
    """What was left may have blown up, or have been of another loss."""
    wild = dataclasses.replace(history, ghost=1000 * history.ghost)
    own = figures.losses(dataclasses.replace(history, ghost=history.ghost[:0]))
    assert figures.losses(wild).layout["yaxis"] == own.layout["yaxis"]


def test_evidence_has_room_for_the_ghost(history: History) -> None:
    rows = history.ghost.copy()
    rows[:, COLUMNS.index("watched")] = 8

    def top(of: History) -> float:
        return float(figures.evidence(of, ["near modes"], [2]).layout["yaxis"]["range"][1])

    assert top(history) < 8 < top(dataclasses.replace(history, ghost=rows)) <= 10
