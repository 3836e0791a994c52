"""The scenes of a scenario as the engine plays them: afresh, on from here, and once more."""

import math
import time
from collections.abc import Callable

import numpy as np
import pytest
import torch

from ganplay import observe
from ganplay.config import RunConfig
from ganplay.live import Engine, EngineError, Opening, View
from ganplay.live.past import in_short
from ganplay.measures import MEASURES
from ganplay.trainer import Trainer

HELD = 1e-6
"""Iterations per second: a run held to it is running and stands still."""

Until = Callable[[str, Callable[[View], bool]], View]


def opening(
    number: int,
    config: RunConfig,
    *watch: str,
    afresh: bool = False,
    limit: float | None = HELD,
) -> Opening:
    return Opening(number, config, afresh, watch, limit)


def state(live: Engine, run: str) -> list[torch.Tensor]:
    """All tensors that decide how a run that stands still goes on."""
    (stack,) = live._runs[run].trainer.state_dict()["stacks"]
    players = [stack[name] for name in ("discriminator", "generator")]
    found = [tensor for p in players for tensor in (p["flat"], p["count"], *p["moments"])]
    return [*found, stack["shown"]]


def same(ones: list[torch.Tensor], others: list[torch.Tensor]) -> bool:
    return all(torch.equal(*pair) for pair in zip(ones, others, strict=True))


def moved(live: Engine, run: str, count: int) -> View:
    for _ in range(count):
        view = live.move(run, "iteration")
    return view


@pytest.fixture
def three(live: Engine, small: RunConfig) -> str:
    """A run three iterations old."""
    run = live.create(small).run
    moved(live, run, 3)
    return run


def test_afresh_is_a_run_like_a_new_one(live: Engine, small: RunConfig, three: str) -> None:
    wgan = small.updated({"loss": "wgan", "generator.hidden": (4,)})
    live.change(three, small.updated({"loss": "hinge"}))
    view = live.begin(three, opening(0, wgan, afresh=True))
    assert (view.run, view.state, view.config) == (three, "running", wgan)
    assert (view.snapshot.step, len(view.history.rows), view.history.marks) == (0, 0, ())
    shown, trainer = moved(live, three, 4), Trainer(wgan)
    trainer.advance(4)
    np.testing.assert_array_equal(shown.snapshot.fake, trainer.snapshot().fake)


def test_a_scene_plays(live: Engine, small: RunConfig, until: Until, three: str) -> None:
    live.begin(three, opening(1, small, limit=None))
    until(three, lambda view: view.state == "running" and view.snapshot.step > 20)


def test_going_on_keeps_the_step_and_leaves_a_mark(
    live: Engine, small: RunConfig, three: str
) -> None:
    rows = live.poll(three).history.rows
    before = state(live, three)
    view = live.begin(three, opening(1, small.updated({"loss": "wgan", "aids.unroll": 2})))
    assert (view.state, view.snapshot.step, view.config.loss) == ("running", 3, "wgan")
    assert view.history.marks in [
        ((3, "loss=wgan, aids.unroll=2"),), ((3, "aids.unroll=2, loss=wgan"),)
    ]  # fmt: skip
    np.testing.assert_array_equal(view.history.rows[:3], rows)
    assert same(before, state(live, three))
    trainer = Trainer(small)
    trainer.advance(3)
    trainer.use(view.config)
    trainer.advance(2)
    np.testing.assert_array_equal(moved(live, three, 2).snapshot.fake, trainer.snapshot().fake)


def test_a_scene_may_change_nothing(live: Engine, small: RunConfig, three: str) -> None:
    before = state(live, three)
    view = live.begin(three, opening(1, small))
    assert (view.state, view.snapshot.step, view.history.marks) == ("running", 3, ())
    assert same(before, state(live, three))


@pytest.mark.parametrize("loss", ["wgan", "non_saturating"])  # the latter is that of scene 1
def test_again_is_from_the_very_state_it_began_with(
    loss: str, live: Engine, small: RunConfig, three: str
) -> None:
    second = opening(1, small.updated({"loss": loss}))
    first = live.begin(three, second)
    start = state(live, three)
    moved(live, three, 5)
    there, end = state(live, three), live.poll(three)
    assert not same(start, there)
    assert end.snapshot.step == 8

    again = live.begin(three, second)
    assert (again.state, again.snapshot.step) == ("running", 3)
    assert again.config == first.config
    assert same(start, state(live, three))
    assert again.history.marks == first.history.marks
    assert set(again.history.column("step")) == {1, 2, 3}
    shown = moved(live, three, 5)  # the same noise and the same points as before
    assert same(there, state(live, three))
    assert shown.snapshot.step == 8
    np.testing.assert_array_equal(shown.snapshot.fake, end.snapshot.fake)


@pytest.mark.parametrize("loss", ["wgan", "non_saturating"])
def test_again_while_it_runs(
    loss: str, live: Engine, small: RunConfig, until: Until, three: str
) -> None:
    scene = opening(1, small.updated({"loss": loss}), limit=1000)
    live.begin(three, scene)
    until(three, lambda view: view.snapshot.step > 1500)
    views = [live.begin(three, scene)]
    assert views[0].state == "running"
    for _ in range(20):
        time.sleep(0.01)
        views.append(live.poll(three))
    assert min(view.rate for view in views) >= 0, "the way back was taken for training"
    steps = [view.snapshot.step for view in views]
    assert steps[0] < 1000, "still the picture of before"
    assert steps == sorted(steps)
    for view in views:
        rows = view.history.column("step")
        assert rows[-1] == view.snapshot.step
        assert (np.diff(rows) >= 0).all()


def test_back_to_a_scene_before(live: Engine, small: RunConfig, three: str) -> None:
    """Each scene has an opening of its own."""
    second, third = opening(1, small.updated({"loss": "wgan"})), opening(2, small)
    live.begin(three, second)
    moved(live, three, 4)
    live.begin(three, third)
    at_third = state(live, three)
    moved(live, three, 2)
    assert live.begin(three, second).snapshot.step == 3
    assert live.poll(three).config.loss == "wgan"
    moved(live, three, 1)
    assert live.begin(three, third).snapshot.step == 7
    assert same(at_third, state(live, three))
    assert [step for step, _ in live.poll(three).history.marks] == [3, 7]


def test_a_new_first_scene_forgets_where_the_others_began(
    live: Engine, small: RunConfig, three: str
) -> None:
    second = opening(1, small.updated({"loss": "wgan"}))
    live.begin(three, second)
    live.begin(three, opening(0, small, afresh=True))
    moved(live, three, 6)
    assert live.begin(three, second).snapshot.step == 6


def test_what_is_watched_is_kept_with_each_picture(
    live: Engine, small: RunConfig, three: str
) -> None:
    live.begin(three, opening(0, small, "distance", "near_modes", afresh=True))
    history = moved(live, three, 4).history
    trainer = Trainer(small)
    for step in range(1, 5):
        trainer.advance()
        (row,) = np.flatnonzero(history.column("step") == step)
        look = observe.look(*trainer.places[0])
        for column, name in (("watched", "distance"), ("beside", "near_modes")):
            known = MEASURES[name].value(look)
            assert history.column(column)[row] == pytest.approx(known, rel=1e-6)
    assert len(set(history.column("watched"))) == 4


def test_another_measure_begins_anew_and_the_same_goes_on(
    live: Engine, small: RunConfig, three: str
) -> None:
    assert np.isnan(live.poll(three).history.column("watched")).all()
    live.begin(three, opening(1, small.updated({"loss": "wgan"}), "distance"))
    moved(live, three, 2)
    view = live.begin(three, opening(2, small, "distance"))
    seen, steps = view.history.column("watched"), view.history.column("step")
    assert np.isfinite(seen[steps > 3]).all()
    assert np.isnan(seen[steps < 3]).all()
    assert np.isnan(view.history.column("beside")).all()
    live.begin(three, opening(3, small, "near_modes"))
    history = moved(live, three, 1).history
    seen, steps = history.column("watched"), history.column("step")
    assert np.isnan(seen[steps < 5]).all()
    assert math.isfinite(seen[-1])
    view = live.begin(three, opening(4, small))
    assert np.isnan(view.history.column("watched")).all()
    assert len(view.history.rows) >= 6


def test_curves_have_no_gap_where_a_scene_begins(
    live: Engine, small: RunConfig, three: str
) -> None:
    live.begin(three, opening(1, small.updated({"loss": "wgan"})))
    view = moved(live, three, 2)
    assert np.isfinite(view.history.column("loss_d")).all()
    steps = view.history.column("step")
    assert (np.diff(steps) > 0).all(), "one moment is drawn twice"


def test_the_limit_is_taken(live: Engine, small: RunConfig, until: Until, three: str) -> None:
    view = live.begin(three, opening(1, small, limit=10))
    assert view.limit == 10
    start, end = time.monotonic(), time.monotonic() + 1
    until(three, lambda view: time.monotonic() > end)
    view = live.pause(three)
    assert 2 <= view.snapshot.step - 3 <= 10 * (time.monotonic() - start) + 4
    assert live.begin(three, opening(1, small, limit=None)).limit is None
    until(three, lambda view: view.snapshot.step > 100)


def test_a_run_that_ended_begins_afresh(live: Engine, small: RunConfig, until: Until) -> None:
    wild = {"optimizer": "sgd", "lr": 10, "momentum": 0.99}
    fields = {f"{n}.{o}": v for n in ("generator", "discriminator") for o, v in wild.items()}
    run = live.create(small.updated(fields | {"loss": "wgan", "discriminator.clip": 0})).run
    live.play(run)
    until(run, lambda view: view.state == "diverged")
    view = live.begin(run, opening(1, small))
    assert (view.state, view.message, view.config) == ("running", "", small)
    assert (view.snapshot.step, len(view.history.rows)) == (0, 0)
    assert moved(live, run, 2).snapshot.step == 2


def test_a_run_that_failed_begins_afresh(
    live: Engine, small: RunConfig, three: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(trainer: Trainer, iterations: int = 1) -> None:
        raise RuntimeError("out of ideas")

    with monkeypatch.context() as patch:
        patch.setattr(Trainer, "advance", fail)
        assert live.move(three, "iteration").state == "error"
    view = live.begin(three, opening(1, small))
    assert (view.state, view.message, view.snapshot.step) == ("running", "", 0)


def test_settings_changed_by_hand_end_with_the_scene(
    live: Engine, small: RunConfig, three: str
) -> None:
    """Even those that a run is born with."""
    second = opening(1, small.updated({"loss": "wgan"}))
    live.begin(three, second)
    live.change(three, second.config.updated({"generator.lr": 0.5, "data.name": "grid"}))
    moved(live, three, 1)
    assert live.begin(three, second).config == second.config
    assert live.poll(three).snapshot.step == 3
    live.change(three, second.config.updated({"generator.hidden": (4,)}))
    view = live.begin(three, second)
    assert (view.state, view.config, view.snapshot.step) == ("running", second.config, 0)


def test_an_unknown_run(live: Engine, small: RunConfig) -> None:
    with pytest.raises(EngineError, match="no run nobody"):
        live.begin("nobody", opening(0, small))


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        (["loss=wgan"], "loss=wgan"),
        (["loss=wgan", "batch_size=64"], "loss=wgan, batch_size=64"),
        (
            ["loss=wgan", "batch_size=64", "discriminator.clip=0.01"],
            "loss=wgan, batch_size=64 and 1 more",
        ),
        (["g" * 60, "a", "b"], "g" * 60 + " and 2 more"),
        (["a" * 19, "b" * 19, "c"], "a" * 19 + ", " + "b" * 19 + " and 1 more"),
        (["a" * 20, "b" * 19, "c"], "a" * 20 + " and 2 more"),
    ],
)
def test_a_mark_names_what_it_has_room_for(changes: list[str], said: str) -> None:
    assert in_short(changes) == said
