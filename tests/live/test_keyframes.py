"""The states of a run that are kept: within their room, the first and the last among them."""

import dataclasses
from collections.abc import Iterable
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch

from ganplay.config import RunConfig
from ganplay.history import History
from ganplay.live import film
from ganplay.live.film import LIMIT, ROOM, Film, Keyframe, Keyframes
from ganplay.live.run import Run
from ganplay.recipes import recipe

MOST = 64_000_000
"""Bytes that may be kept of a run in all."""


def bytes_of(*roots: Any) -> int:
    """Memory of all tensors and arrays that can be reached, each piece of it counted once."""
    pieces: dict[int, int] = {}
    seen: set[int] = set()
    left = list(roots)
    while left:
        thing = left.pop()
        if id(thing) in seen:
            continue
        seen.add(id(thing))
        if isinstance(thing, torch.Tensor):
            storage = thing.untyped_storage()
            pieces[storage.data_ptr()] = storage.nbytes()
        elif isinstance(thing, np.ndarray):
            while isinstance(thing.base, np.ndarray):
                thing = thing.base
            pieces[thing.ctypes.data] = thing.nbytes
        elif isinstance(thing, dict):
            left += thing.values()
        elif isinstance(thing, list | tuple):
            left += thing
        elif isinstance(thing, Keyframes | Keyframe | Film | History) or dataclasses.is_dataclass(
            thing
        ):
            left += vars(thing).values()
    return sum(pieces.values())


def bytes_kept(run: Run) -> int:
    of_sides = [(past.history, past.film) for past in run.pasts]
    return bytes_of(run.keyframes, of_sides, run.view, run._openings)


def trainer(step: int, size: int = 80, runs: int = 1) -> Any:
    """As much of a Trainer as is kept of it: a state of so many bytes."""
    config = RunConfig()
    return SimpleNamespace(
        step=step,
        runs=runs,
        state_dict=lambda: {"stacks": [{"flat": torch.zeros(size // 8)} for _ in range(2)]},
        places=[(SimpleNamespace(config=config), k) for k in range(runs)],
    )


def grown(
    keys: Keyframes, steps: Iterable[int], filmed: Iterable[int], size: int = 80
) -> list[int]:
    filmed = list(filmed)
    for step in steps:
        keys.keep(trainer(step, size), filmed)
    return [key.step for key in keys.kept]


@pytest.mark.parametrize("places", [2, 3, 10, 59])
@pytest.mark.parametrize("count", [1, 2, 9, 60])
def test_there_are_as_many_as_find_room(
    count: int, places: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(film, "ROOM", 80 * places + 79)
    steps = range(0, 10 * count, 10)
    kept = grown(Keyframes(), steps, steps)
    assert len(kept) == min(count, places)
    assert (kept[0], kept[-1]) == (0, 10 * count - 10)
    assert kept == sorted(set(kept))
    if places > 2:
        assert np.diff(kept).max(initial=0) <= 10 * max(1, 3 * count / places), "a hole"


def test_the_last_one_finds_room_in_any_case(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(film, "ROOM", 79)
    assert grown(Keyframes(), (0, 10, 20), (0, 10, 20)) == [20]


def test_moments_that_the_film_has_dropped_are_dropped() -> None:
    keys = Keyframes()
    assert grown(keys, (0, 10, 20, 30), range(0, 40, 10)) == [0, 10, 20, 30]
    assert grown(keys, (40,), (0, 20, 30)) == [0, 20, 30, 40]
    assert grown(keys, (25,), (0, 20, 30, 40)) == [0, 20, 25], "one went back"


def test_a_moment_has_one_the_latest() -> None:
    keys = Keyframes()
    grown(keys, (0, 10), (0, 10))
    old = keys.kept[-1]
    assert grown(keys, (10,), (0, 10)) == [0, 10]
    assert keys.kept[-1] is not old


def test_states_may_grow_and_shrink(monkeypatch: pytest.MonkeyPatch) -> None:
    """Adam remembers twice the weights, and settings change while a run goes on."""
    monkeypatch.setattr(film, "ROOM", 1000)
    keys = Keyframes()
    for step in range(0, 400, 10):
        keys.keep(trainer(step, (320, 80, 400)[step // 140]), range(400))
        assert bytes_of(keys) <= 1000
        assert (keys.kept[0].step, keys.kept[-1].step) == (0, step)
        assert all(key.size == bytes_of(key) for key in keys.kept)


def test_each_side_of_a_duel_has_room_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(film, "ROOM", 200)
    for runs, count in ((1, 2), (4, 10)):
        keys = Keyframes()
        for step in range(20):
            keys.keep(trainer(step, runs=runs), range(20))
        assert len(keys.kept) == count


@pytest.mark.parametrize(("asked", "step"), [(-1, 0), (0, 0), (9, 0), (10, 10), (34, 10), (99, 35)])
def test_at_a_step_it_is_the_latest_before(asked: int, step: int) -> None:
    keys = Keyframes()
    grown(keys, (0, 10, 35), (0, 10, 35))
    assert keys.at(asked).step == step


def test_it_keeps_the_settings_of_each_side(small: RunConfig) -> None:
    run = Run("a", [small, small.updated({"loss": "wgan"})])
    run.move("iteration")
    run.change([small, small.updated({"loss": "hinge"})])
    run.move("iteration")
    assert [[config.loss for config in key.configs] for key in run.keyframes.kept] == [
        ["non_saturating", "wgan"], ["non_saturating", "hinge"], ["non_saturating", "hinge"],
    ]  # fmt: skip


# ---- of runs


def check_kept(run: Run) -> None:
    (past, *_) = run.pasts
    steps = [key.step for key in run.keyframes.kept]
    assert set(steps) <= set(past.film.steps)
    assert set(run.view.keys) == set(steps)
    assert (
        (steps[0], steps[-1]) == (past.film.steps[0], past.film.steps[-1]) == (0, run.trainer.step)
    )


def test_a_long_run_stays_within_its_bound() -> None:
    """20,000 iterations with the largest nets of most scenarios, of which few are trained."""
    run = Run(
        "a",
        RunConfig().updated({f"{n}.hidden": (128, 128) for n in ("generator", "discriminator")}),
    )
    for step in range(250, 20_001, 250):
        run.trainer.stacks[0].step = step - 1
        run.trainer.advance()
        run.publish()
        assert len(run.keyframes.kept) <= len(run.pasts[0].film.frames) <= LIMIT
    check_kept(run)
    assert np.diff(sorted(run.view.keys)).max() <= 3 * 20_000 / LIMIT
    assert bytes_kept(run) <= MOST
    assert len(run.keyframes.kept) == LIMIT, "there is room for all of them"


@pytest.mark.parametrize("vae", [False, True])
def test_a_run_of_large_nets_stays_within_its_bound(vae: bool) -> None:
    """None of which is trained: its pictures are those of its start, as many as of a long run."""
    run = Run("a", recipe("dcgan").updated({"vae.on": vae}))
    first = run.view.snapshot
    state = run.trainer.state_dict()
    run._openings[1] = state, run.pasts[0].history
    past = run.pasts[0]
    for step in range(80, 6401, 80):
        run.trainer.stacks[0].step = step
        pictures = dataclasses.replace(
            first, step=step, fake=first.fake.copy(), real=first.real.copy()
        )
        past.film = past.film.with_frame(pictures)
        run.keyframes.keep(run.trainer, past.film.steps)
    run.publish()
    check_kept(run)
    assert len(past.film.frames) == LIMIT
    states = sum(key.size for key in run.keyframes.kept)
    assert ROOM - 2 * bytes_of(state) < states <= ROOM
    assert bytes_kept(run) <= MOST
