"""Runs that make pictures, in an engine beside others: judged, filmed, and never in the way."""

import time
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch

from ganplay import checkpoint
from ganplay.checkpoint import CheckpointError
from ganplay.config import RunConfig
from ganplay.data.images import hold
from ganplay.live import Engine, EngineError, Opening, View, engine
from ganplay.live.engine import SLICE
from ganplay.live.run import PICTURE, UNSEEN, Run
from ganplay.recipes import recipe
from ganplay.snapshot import PictureSnapshot, PlaneSnapshot
from ganplay.trainer import Trainer

Until = Callable[[str, Callable[[View], bool]], View]

WILD = {"optimizer": "sgd", "lr": 10, "momentum": 0.99}


@pytest.fixture
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Small exams from the first iteration on."""
    monkeypatch.setattr("ganplay.live.exam.LIVE_SAMPLES", 250)
    monkeypatch.setattr("ganplay.live.run.UNJUDGED", 0.0)


def own(side: int) -> dict[str, Any]:
    """Settings for pictures of one's own, of so many pixels."""
    rng = torch.Generator().manual_seed(side)
    pictures = torch.randint(0, 256, (20, 1, side, side), generator=rng, dtype=torch.uint8)
    return {"data.name": "images", "data.key": hold(pictures)}


def is_judged(view: View) -> bool:
    return view.snapshot.verdict is not None


def judged_at(view: View, name: str = "frechet") -> dict[float, float]:
    """The steps at which the curves have something that the judge said."""
    values, steps = view.history.column(name), view.history.column("step")
    there = np.isfinite(values)
    return dict(zip(steps[there].tolist(), values[there].tolist(), strict=True))


@pytest.mark.usefixtures("soon")
def test_a_run_is_judged_while_it_trains(live: Engine, digits: RunConfig, until: Until) -> None:
    view = live.create(digits.updated({"vae.on": True}))
    assert isinstance(view.snapshot, PictureSnapshot)
    assert view.snapshot.floor
    assert not is_judged(view)
    live.play(view.run)
    view = until(view.run, lambda view: is_judged(view) and view.snapshot.judged > 50)
    s = view.snapshot
    assert s.judged <= s.step
    for name, value in (("frechet", s.verdict.frechet), ("vae_frechet", s.vae.verdict.frechet)):
        curve = judged_at(view, name)
        assert max(curve) <= s.step
        assert curve[max(curve)] == pytest.approx(value, rel=1e-6)
        assert len(curve) > 1
    assert live.pause(view.run).snapshot.verdict, "pausing forgets it"
    view = live.reset(view.run)
    assert (is_judged(view), view.snapshot.judged, len(view.history.rows)) == (False, 0, 0)


@pytest.mark.usefixtures("soon")
@pytest.mark.parametrize("how", ["paused", "parked"])
def test_who_does_not_train_is_not_judged(
    how: str, live: Engine, digits: RunConfig, until: Until, monkeypatch: pytest.MonkeyPatch
) -> None:
    pieces = []
    examine = Run.examine
    monkeypatch.setattr(Run, "examine", lambda run: pieces.append(run.id) or examine(run))
    run = live.create(digits).run
    live.play(run)
    until(run, is_judged)
    if how == "parked":
        monkeypatch.setattr(engine, "PARK", 0.1)
        time.sleep(0.3)
    else:
        live.pause(run)
    pieces.clear()
    time.sleep(0.3)
    assert not pieces
    live.play(run)
    until(run, lambda view: len(pieces) > 2)


@pytest.mark.usefixtures("soon")
def test_other_data_is_judged_anew_or_not_at_all(
    live: Engine, digits: RunConfig, until: Until
) -> None:
    run = live.create(digits).run
    live.play(run)
    until(run, is_judged)
    view = live.change(run, digits.updated(own(28)))
    assert view.snapshot.step > 0
    assert [words for _, words in view.history.marks] == ["data.name=images"]
    later = until(run, lambda v: v.snapshot.step > view.snapshot.step + 100)
    assert not is_judged(later), "the judge knows nothing of these"
    assert later.snapshot.floor is None
    view = live.change(run, digits)
    back = until(run, is_judged)
    assert back.snapshot.judged >= view.snapshot.step >= later.snapshot.step


@pytest.mark.parametrize(
    "fields",
    [
        {"vae.on": True},
        {"generator.kind": "dcgan", "generator.hidden": (4, 3)},
        {"generator.norm": "none"},
        {"data.name": "images"},
    ],
    ids=lambda fields: next(reversed(fields)),
)
def test_what_a_run_is_born_with_starts_it_again(
    fields: dict[str, Any], live: Engine, digits: RunConfig, until: Until
) -> None:
    run = live.create(digits).run
    live.move(run, "iteration")
    config = digits.updated(own(32) if "data.name" in fields else fields)
    view = live.change(run, config)
    assert (view.state, view.message, view.config) == ("idle", "", config)
    assert (view.snapshot.step, len(view.history.rows)) == (0, 0)
    assert (view.snapshot.vae is not None) is config.vae.on
    assert view.snapshot.fake.shape == (100, *config.data.shape)
    assert live.move(run, "iteration").snapshot.step == 1
    live.play(run)
    until(run, lambda view: view.snapshot.step > 1)
    view = live.change(run, digits)
    assert (view.state, view.config) == ("running", digits)
    until(run, lambda view: view.snapshot.step > 0)


@pytest.mark.usefixtures("soon")
def test_a_scene_begun_again_is_not_yet_judged(
    live: Engine, digits: RunConfig, until: Until
) -> None:
    run = live.create(digits).run
    scene = Opening(1, digits.updated({"loss": "hinge"}), False, ("variety",), 200)
    live.begin(run, scene)
    until(run, is_judged)
    view = live.begin(run, scene)
    assert not is_judged(view)
    view = until(run, is_judged)
    assert np.isfinite(view.history.column("watched")).any()


@pytest.mark.parametrize("kind", ["digits", "convolutions"])
def test_divergence_is_a_state_with_its_sentence(
    kind: str, live: Engine, until: Until, request: pytest.FixtureRequest
) -> None:
    fields = {f"{n}.{o}": v for n in ("generator", "discriminator") for o, v in WILD.items()}
    config = request.getfixturevalue(kind).updated(
        fields | {"loss": "wgan", "discriminator.clip": 0}
    )
    run = live.create(config).run
    live.move(run, "iteration")
    live.play(run)
    view = until(run, lambda view: view.state == "diverged")
    assert f"diverged by iteration {view.snapshot.step}" in view.message
    assert "Reset, then try a smaller learning rate." in view.message
    assert view.snapshot.fake.shape == (100, 1, 28, 28)
    assert live.play(run).state == "diverged"
    assert live.reset(run).message == ""


# ---- a run among others


@pytest.mark.parametrize(("wanted", "least"), [(True, PICTURE), (False, UNSEEN)])
@pytest.mark.parametrize("cost", [0.001, 0.05, 0.4])
def test_pictures_take_a_tenth_of_the_time_at_most(
    cost: float, wanted: bool, least: float, digits: RunConfig, clock: Any
) -> None:
    run = Run("a", digits)
    run.play()
    shown = run.view.snapshot

    def slow(k: int) -> Any:
        clock.now += cost
        return shown

    run.trainer.snapshot = slow  # type: ignore[method-assign]
    run.publish()
    start, frames, seconds = clock.now, run.frame, 20.0
    while clock.now < start + seconds:
        clock.now += SLICE
        run.wanted = wanted
        if run.due(clock.now):
            run.publish()
    # a picture is due so long after the one before was begun
    expected = seconds / max(least, 9 * cost)
    assert 0.8 * expected <= run.frame - frames <= expected + 1
    assert (run.frame - frames) * cost <= 0.13 * seconds


def test_no_piece_of_work_holds_the_engine_up() -> None:
    """Processor time of this thread, as the machine may be busy with other things."""
    run = Run("a", recipe("dcgan").updated({"vae.on": True}))
    run.play()
    run.pasts[0]._rested = 0.0
    pieces: dict[str, list[float]] = {"train": [], "examine": [], "publish": []}

    def take(name: str, work: Callable[[], Any]) -> None:
        start = time.thread_time()
        work()
        pieces[name].append(time.thread_time() - start)

    while not run.pasts[0].verdicts:
        take("examine", run.examine)
        if len(pieces["examine"]) % 4 == 0:
            take("train", lambda: run.train(SLICE))
            take("publish", run.publish)
    assert len(pieces["train"]) > 4
    for name, each in pieces.items():
        assert max(each) < 0.3, name


def test_a_run_in_the_plane_keeps_its_pictures_beside_one_with_convolutions(
    live: Engine,
) -> None:
    """In pictures per second of this process's work, as other processes may take the machine."""
    plane, other = live.create(RunConfig()).run, live.create(recipe("dcgan")).run
    for run in (plane, other):
        live.play(run)
    frames, steps = live.poll(plane).frame, live.poll(other).snapshot.step
    start, end, limit = time.process_time(), time.process_time() + 2.5, time.monotonic() + 25
    while time.process_time() < end and time.monotonic() < limit:
        time.sleep(0.05)
        for run in (plane, other):
            assert live.poll(run).state == "running"
    seconds = time.process_time() - start
    assert (live.poll(plane).frame - frames) / seconds >= 2
    assert live.poll(other).snapshot.step > steps + 4


# ---- saving and going on


@pytest.mark.parametrize("kind", ["small", "digits", "convolutions"])
def test_a_saved_run_goes_on_as_if_never_stopped(
    kind: str, live: Engine, request: pytest.FixtureRequest
) -> None:
    config = request.getfixturevalue(kind).updated({"vae.on": kind == "digits"})
    run = live.create(config).run
    for _ in range(3):
        view = live.move(run, "iteration")
    saved = live.save(run)
    loaded = live.load(saved)
    assert loaded.run != run
    assert (loaded.state, loaded.config, loaded.snapshot.step) == ("paused", config, 3)
    assert isinstance(loaded.snapshot, PlaneSnapshot if kind == "small" else PictureSnapshot)
    np.testing.assert_array_equal(loaded.snapshot.fake, view.snapshot.fake)
    ours, theirs = live.move(run, "iteration"), live.move(loaded.run, "iteration")
    np.testing.assert_array_equal(ours.snapshot.fake, theirs.snapshot.fake)
    assert not np.array_equal(ours.snapshot.fake, view.snapshot.fake)
    assert theirs.snapshot.step == 4


def test_a_run_saved_before_its_start_is_idle(live: Engine, digits: RunConfig) -> None:
    view = live.load(live.save(live.create(digits).run))
    assert (view.state, view.snapshot.step, view.config) == ("idle", 0, digits)


def test_what_can_not_be_gone_on_with_is_refused(live: Engine, small: RunConfig) -> None:
    with pytest.raises(CheckpointError):
        live.load(b"PK\x03\x04 no checkpoint")
    with pytest.raises(EngineError, match=r"holds 2 runs .* train --load"):
        live.load(checkpoint.dumps(Trainer(small, runs=2)))
    diverged = Trainer(small)
    diverged.advance()
    diverged.stacks[0].generator.net.flat.fill_(float("nan"))
    with pytest.raises(EngineError, match="had diverged"):
        live.load(checkpoint.dumps(diverged))
    with pytest.raises(EngineError, match="no run nobody"):
        live.save("nobody")
    assert live.create(small).state == "idle", "the engine goes on"


def test_a_loaded_run_needs_a_place_too(
    live: Engine, small: RunConfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    saved = live.save(live.create(small).run)
    live.load(saved)
    with pytest.raises(EngineError, match="2 runs at once"):
        live.load(saved)
