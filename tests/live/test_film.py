"""The pictures of a run that are kept: its first and its last, and evenly what lies between."""

import dataclasses
from collections.abc import Sequence

import numpy as np
import pytest

from ganplay.config import RunConfig
from ganplay.live import Engine, Opening
from ganplay.live.film import LIMIT, Film
from ganplay.snapshot import Snapshot
from ganplay.trainer import Trainer


@pytest.fixture(scope="module")
def snapshot(small: RunConfig) -> Snapshot:
    return Trainer(small).snapshot()


def filmed(snapshot: Snapshot, steps: Sequence[int], film: Film | None = None) -> Film:
    film = film or Film()
    for step in steps:
        film = film.with_frame(dataclasses.replace(snapshot, step=step))
    return film


def steps_of(film: Film) -> list[int]:
    return [frame.step for frame in film.frames]


@pytest.mark.parametrize("count", [1, 2, LIMIT - 1, LIMIT, LIMIT + 1, 10 * LIMIT + 7])
def test_is_bounded_even_and_keeps_first_and_last(count: int, snapshot: Snapshot) -> None:
    steps = steps_of(filmed(snapshot, range(0, 10 * count, 10)))
    assert len(steps) == min(count, LIMIT)
    assert (steps[0], steps[-1]) == (0, 10 * count - 10)
    gaps = np.diff(steps)
    assert (gaps > 0).all()
    assert gaps.max(initial=10) <= 10 * max(1, 3 * count / LIMIT), "a hole in the film"


def test_is_even_in_iterations_not_in_pictures(snapshot: Snapshot) -> None:
    """A run that was slow at first has taken many pictures of its beginning."""
    slow, fast = range(500), range(500, 50_000, 100)
    steps = steps_of(filmed(snapshot, [*slow, *fast]))
    assert steps[0] == 0
    assert np.diff(steps).max() <= 3 * 50_000 / LIMIT
    assert sum(step < 500 for step in steps) < LIMIT / 10


def test_a_moment_has_one_frame_the_latest(snapshot: Snapshot) -> None:
    """Settings may change, and a picture be taken, without an iteration."""
    film = filmed(snapshot, [0, 5])
    wgan = dataclasses.replace(snapshot, step=5, loss="wgan")
    assert film.with_frame(wgan).frames == (film.frames[0], wgan)


@pytest.mark.parametrize("count", [10, 4 * LIMIT])
def test_going_back_forgets_what_came_after(count: int, snapshot: Snapshot) -> None:
    film = filmed(snapshot, range(0, 10 * count, 10))
    before = steps_of(film)
    again = filmed(snapshot, [45], film)
    assert steps_of(again) == [*(step for step in before if step < 45), 45]
    assert steps_of(film) == before, "a film is immutable"
    steps = steps_of(filmed(snapshot, range(50, 20 * count, 10), again))
    assert (steps[0], steps[-1]) == (0, 20 * count - 10)
    assert steps == sorted(set(steps))
    assert len(steps) <= LIMIT


@pytest.mark.parametrize(
    ("asked", "step"), [(0, 0), (4, 0), (6, 10), (24, 20), (34, 35), (47, 50), (50, 50), (90, 50)]
)
def test_at_a_step_it_shows_the_nearest(asked: int, step: int, snapshot: Snapshot) -> None:
    film = filmed(snapshot, [0, 10, 20, 35, 50])
    assert film.at(asked).step == step


def test_a_run_that_has_not_begun_shows_its_one_frame(snapshot: Snapshot) -> None:
    film = filmed(snapshot, [0])
    assert film.at(0) is film.at(7) is film.frames[0]


# ---- the film of a run


def test_a_run_is_filmed_from_its_start(live: Engine, small: RunConfig) -> None:
    run = live.create(small).run
    for _ in range(3):
        view = live.move(run, "iteration")
    assert steps_of(view.film) == [0, 1, 2, 3]
    assert view.film.frames[-1] is view.snapshot
    assert view.film.at(0).step == 0
    assert not np.array_equal(view.film.at(0).fake, view.snapshot.fake)
    assert steps_of(live.reset(run).film) == [0]


def test_a_scene_begun_again_is_filmed_again(live: Engine, small: RunConfig) -> None:
    run = live.create(small).run
    for _ in range(2):
        live.move(run, "iteration")
    scene = Opening(1, small.updated({"loss": "wgan"}), False, (), 1e-6)
    live.begin(run, scene)
    for _ in range(3):
        view = live.move(run, "iteration")
    assert steps_of(view.film) == [0, 1, 2, 3, 4, 5]
    assert steps_of(live.begin(run, scene).film) == [0, 1, 2]
    assert steps_of(live.move(run, "iteration").film) == [0, 1, 2, 3]
