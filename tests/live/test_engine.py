"""The engine: one thread that trains, parks, holds and survives the runs of all pages."""

import dataclasses
import threading
import time
from collections.abc import Callable

import numpy as np
import pytest
import torch

from ganplay.config import RunConfig
from ganplay.live import Engine, EngineError, View, engine
from ganplay.trainer import Trainer

PATIENCE = 20.0
"""Seconds to wait for what comes at once on an idle machine."""

WILD = {"optimizer": "sgd", "lr": 10, "momentum": 0.99}

Until = Callable[[str, Callable[[View], bool]], View]


def weights(live: Engine, run: str) -> tuple[torch.Tensor, torch.Tensor]:
    """Copies of the parameters of D and G of a run that stands still."""
    (stack,) = live._runs[run].trainer.stacks
    return stack.discriminator.net.flat.clone(), stack.generator.net.flat.clone()


def test_a_new_run_is_idle_and_shown(live: Engine, small: RunConfig) -> None:
    view = live.create(small)
    assert (view.state, view.message, view.config) == ("idle", "", small)
    assert (view.snapshot.step, len(view.history.rows), view.frame) == (0, 0, 1)
    time.sleep(0.05)
    assert live.poll(view.run) is view
    assert live.create(small).run != view.run


def test_play_and_pause(live: Engine, small: RunConfig, until: Until) -> None:
    run = live.create(small).run
    assert live.play(run).state == "running"
    moving = until(run, lambda view: view.snapshot.step > 5)
    assert moving.rate > 0
    assert moving.frame > 2
    paused = live.pause(run)
    assert paused.state == "paused"
    assert paused.snapshot.step >= moving.snapshot.step
    assert paused.history.column("step")[-1] == paused.snapshot.step
    time.sleep(0.1)
    assert live.poll(run) is paused
    live.play(run)
    until(run, lambda view: view.snapshot.step > paused.snapshot.step)


def test_it_pauses_at_the_iteration_that_is_named(
    live: Engine, small: RunConfig, until: Until
) -> None:
    run = live.create(small).run
    live.play(run, 7)
    at_7 = until(run, lambda view: view.state == "paused")
    assert at_7.snapshot.step == 7
    live.play(run, 9)
    live.play(run, 13)  # the last word counts, also while it runs
    assert until(run, lambda view: view.state == "paused").snapshot.step in (9, 13)
    live.play(run, 3)  # which is past: one iteration, and no more
    until(run, lambda view: view.state == "paused")
    live.play(run)
    until(run, lambda view: view.snapshot.step > 60)
    assert live.pause(run).state == "paused"


def test_what_is_shown_is_what_a_trainer_gives(
    live: Engine, small: RunConfig, until: Until
) -> None:
    run = live.create(small).run
    live.play(run)
    until(run, lambda view: view.frame > 4)
    shown = live.pause(run).snapshot
    trainer = Trainer(small)
    trainer.advance(shown.step)
    np.testing.assert_array_equal(shown.fake, trainer.snapshot().fake)
    np.testing.assert_array_equal(shown.surface, trainer.snapshot().surface)


@pytest.mark.parametrize(
    ("kind", "moved", "step"),
    [
        ("iteration", (True, True), 1),
        ("discriminator", (True, False), 0),
        ("generator", (False, True), 0),
    ],
)
def test_moves_by_hand(
    kind: str, moved: tuple[bool, bool], step: int, live: Engine, small: RunConfig
) -> None:
    run = live.create(small).run
    before = weights(live, run)
    view = live.move(run, kind)  # type: ignore[arg-type]
    changed = [not torch.equal(*pair) for pair in zip(before, weights(live, run), strict=True)]
    assert tuple(changed) == moved
    assert (view.state, view.snapshot.step, view.frame) == ("paused", step, 2)


def test_a_move_stops_a_running_run(live: Engine, small: RunConfig, until: Until) -> None:
    run = live.create(small).run
    live.play(run)
    until(run, lambda view: view.snapshot.step > 0)
    view = live.move(run, "iteration")
    assert view.state == "paused"
    time.sleep(0.1)
    assert live.poll(run) is view


def test_reset_keeps_the_settings(live: Engine, small: RunConfig) -> None:
    run = live.create(small).run
    start = weights(live, run)
    live.change(run, small.updated({"loss": "hinge", "generator.lr": 0.1}))
    live.move(run, "iteration")
    view = live.reset(run)
    assert (view.config.loss, view.config.generator.lr) == ("hinge", 0.1)
    assert (view.state, view.snapshot.step, len(view.history.rows)) == ("idle", 0, 0)
    assert all(torch.equal(*pair) for pair in zip(start, weights(live, run), strict=True))


def test_a_change_goes_on_and_leaves_a_mark(live: Engine, small: RunConfig) -> None:
    run = live.create(small).run
    for _ in range(3):
        live.move(run, "iteration")
    view = live.change(run, small.updated({"data.name": "grid", "loss": "wgan"}))
    assert (view.state, view.snapshot.step, view.snapshot.loss) == ("paused", 3, "wgan")
    assert view.snapshot.extent == view.config.data.extent > small.data.extent
    ((step, words),) = view.history.marks
    assert step == 3
    assert set(words.split(", ")) == {"data.name=grid", "loss=wgan"}
    assert live.move(run, "iteration").snapshot.step == 4


def test_a_change_before_the_start_leaves_no_mark(live: Engine, small: RunConfig) -> None:
    view = live.change(live.create(small).run, small.updated({"loss": "wgan"}))
    assert (view.state, view.history.marks, view.snapshot.loss) == ("idle", (), "wgan")


@pytest.mark.parametrize("going", [True, False])
def test_a_change_of_birth_starts_again(
    going: bool, live: Engine, small: RunConfig, until: Until
) -> None:
    run = live.create(small).run
    live.play(run)
    steps = until(run, lambda view: view.snapshot.step > 20).snapshot.step
    if not going:
        live.pause(run)
    view = live.change(run, small.updated({"generator.hidden": (4,), "seed": 8}))
    assert view.state == ("running" if going else "idle")
    assert (view.config.generator.hidden, view.config.seed) == ((4,), 8)
    assert view.snapshot.step < steps
    if going:
        until(run, lambda view: view.snapshot.step > 0)


def test_a_run_is_held_to_its_limit(live: Engine, small: RunConfig, until: Until) -> None:
    run = live.create(small).run
    assert live.hold(run, 10).limit == 10
    live.play(run)
    start, end = time.monotonic(), time.monotonic() + 1.5
    until(run, lambda view: time.monotonic() > end)
    steps, elapsed = live.pause(run).snapshot.step, time.monotonic() - start
    assert 3 <= steps <= 10 * elapsed + 4
    assert live.hold(run, None).limit is None
    live.play(run)
    until(run, lambda view: view.snapshot.step > steps + 100)


def test_a_run_nobody_looks_at_is_parked(
    live: Engine, small: RunConfig, until: Until, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "PARK", 0.2)
    run = live.create(small).run
    live.hold(run, 100)
    live.play(run)
    time.sleep(1.2)  # 120 iterations if it went on, some 20 if it is parked
    parked = live._runs[run].trainer.step
    assert parked < 60
    time.sleep(0.2)
    assert live._runs[run].trainer.step == parked
    until(run, lambda view: view.snapshot.step > parked + 10)


def test_two_runs_share_the_thread(live: Engine, small: RunConfig, until: Until) -> None:
    runs = [live.create(small.updated({"seed": seed})).run for seed in range(2)]
    for run in runs:
        live.play(run)
    starts = [live._runs[run].trainer.step for run in runs]
    for run in runs:
        until(run, lambda view: view.snapshot.step > max(starts) + 500)
    steps = [live._runs[run].trainer.step for run in runs]
    done = [step - start for step, start in zip(steps, starts, strict=True)]
    assert min(done) > 0.4 * max(done)


def test_a_full_engine_forgets_who_was_away_longest(
    live: Engine, small: RunConfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "PARK", 0.1)
    old, kept = live.create(small).run, live.create(small).run
    time.sleep(0.15)
    live.poll(kept)
    new = live.create(small).run
    assert live.poll(old) is None
    assert live.poll(kept)
    assert live.poll(new)
    monkeypatch.setattr(engine, "PARK", 60)
    with pytest.raises(EngineError, match="2 runs at once"):
        live.create(small)
    live.close(kept)
    assert live.poll(kept) is None
    assert live.create(small).state == "idle"


def test_a_run_that_fails_leaves_the_others_alone(
    live: Engine, small: RunConfig, until: Until, monkeypatch: pytest.MonkeyPatch
) -> None:
    advance = Trainer.advance

    def failing(trainer: Trainer, iterations: int = 1) -> None:
        if trainer.config.seed == 7 and trainer.step == 3:
            raise RuntimeError("out of ideas")
        advance(trainer, iterations)

    monkeypatch.setattr(Trainer, "advance", failing)
    good, bad = live.create(small).run, live.create(small.updated({"seed": 7})).run
    live.play(good)
    live.play(bad)
    failed = until(bad, lambda view: view.state == "error")
    assert "iteration 3" in failed.message
    assert "out of ideas" in failed.message
    assert failed.snapshot.step == 3
    steps = until(good, lambda view: view.snapshot.step > 5).snapshot.step
    until(good, lambda view: view.snapshot.step > steps)
    for act in (live.play, live.pause):
        assert act(bad).state == "error"
    assert live.reset(bad).state == "idle"


def test_a_run_that_diverges_shows_its_last_good_picture(
    live: Engine, small: RunConfig, until: Until, monkeypatch: pytest.MonkeyPatch
) -> None:
    wild = {f"{n}.{o}": v for n in ("generator", "discriminator") for o, v in WILD.items()}
    run = live.create(small.updated(wild | {"loss": "wgan", "discriminator.clip": 0})).run
    good = live.move(run, "iteration")
    assert good.state == "paused"
    live.play(run)
    monkeypatch.setattr(engine, "PARK", 2 * PATIENCE)
    end = time.monotonic() + PATIENCE
    while live._runs[run].state == "running" and time.monotonic() < end:
        time.sleep(0.01)
    assert live._runs[run].state == "diverged", "it stops by itself, though nobody polls"
    view = until(run, lambda view: view.state == "diverged")
    assert "no longer a finite number" in view.message
    assert f"iteration {view.snapshot.step}" in view.message
    assert view.snapshot.step > 1
    assert np.isfinite(view.snapshot.fake).all()
    assert live.play(run).state == "diverged"
    assert live.move(run, "iteration").state == "diverged"
    assert live.reset(run).message == ""


def test_views_are_frozen(live: Engine, small: RunConfig) -> None:
    view = live.create(small)
    for part in (view, view.snapshot, view.history, view.snapshot.coverage):
        field = dataclasses.fields(part)[0].name
        with pytest.raises(dataclasses.FrozenInstanceError):
            setattr(part, field, None)


def test_an_unknown_run(live: Engine, small: RunConfig) -> None:
    assert live.poll("nobody") is None
    live.close("nobody")
    acts = (live.play, live.pause, live.reset, lambda run: live.move(run, "iteration"))
    for act in (*acts, lambda run: live.hold(run, 3), lambda run: live.change(run, small)):
        with pytest.raises(EngineError, match="no run nobody"):
            act("nobody")


def test_stop_ends_the_thread(small: RunConfig) -> None:
    before = threading.active_count()
    stopped = Engine()
    run = stopped.create(small).run
    stopped.play(run)
    assert threading.active_count() == before + 1
    stopped.stop()
    assert threading.active_count() == before
    for call in (lambda: stopped.create(small), lambda: stopped.play(run)):
        with pytest.raises(EngineError, match="stopped"):
            call()
    stopped.stop()  # once more does no harm
