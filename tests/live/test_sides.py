"""A duel in the engine: several runs on one clock, each with a past of its own."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch

from ganplay.config import ConfigError, RunConfig
from ganplay.live import Engine, View
from ganplay.live.run import Run
from ganplay.trainer import Trainer

Until = Callable[[str, Callable[[View], bool]], View]

WILD = {
    f"{net}.{name}": value
    for net in ("generator", "discriminator")
    for name, value in (("optimizer", "sgd"), ("lr", 10), ("momentum", 0.99))
} | {"loss": "lsgan"}


@pytest.fixture
def three(small: RunConfig) -> list[RunConfig]:
    others: list[dict[str, Any]] = [{"loss": "wgan"}, {"aids.unroll": 2}]
    return [small, *map(small.updated, others)]


def test_each_side_is_the_run_that_it_would_be_alone(live: Engine, three: list[RunConfig]) -> None:
    view = live.create(three)
    assert (view.state, view.message, view.step) == ("idle", "", 0)
    assert [side.config for side in view.sides] == three
    assert view.sides[0] is view
    run = view.run
    for _ in range(7):
        view = live.move(run, "iteration")
    for side, config in zip(view.sides, three, strict=True):
        alone = Run("b", config)
        for _ in range(7):
            alone.move("iteration")
        ours, theirs = side.snapshot, alone.view.snapshot
        np.testing.assert_array_equal(ours.fake, theirs.fake)
        assert (ours.step, ours.loss, ours.loss_d, ours.norm_g) == (
            7, config.loss, theirs.loss_d, theirs.norm_g
        )  # fmt: skip
        np.testing.assert_array_equal(side.history.rows, alone.view.history.rows)
        assert side.film.steps == alone.view.film.steps == list(range(8))
        state = live._runs[run].trainer.state_dict()["stacks"][three.index(config)]
        (alone_state,) = alone.trainer.state_dict()["stacks"]
        for player in ("generator", "discriminator"):
            assert torch.equal(state[player]["flat"], alone_state[player]["flat"])
    fakes = [side.snapshot.fake for side in view.sides]
    assert not np.array_equal(fakes[0], fakes[1])


def test_all_sides_train_while_it_plays(live: Engine, three: list[RunConfig], until: Until) -> None:
    run = live.create(three, limit=None).run
    live.play(run)
    view = until(run, lambda view: view.step > 30)
    assert {side.snapshot.step for side in view.sides} == {view.step}
    assert all(len(side.history.rows) > 1 for side in view.sides)
    view = live.pause(run)
    assert {side.snapshot.step for side in view.sides} == {view.step}
    view = live.reset(run)
    assert (view.state, view.step, len(view.sides)) == ("idle", 0, 3)
    assert [side.config for side in view.sides] == three
    for side in view.sides:
        assert (side.snapshot.step, len(side.history.rows), side.film.steps) == (0, 0, [0])


def test_a_change_of_all_sides_leaves_a_mark_where_something_changed(
    three: list[RunConfig],
) -> None:
    run = Run("a", three)
    for _ in range(3):
        run.move("iteration")
    run.change(
        [three[0], three[1].updated({"loss": "hinge"}), three[2].updated({"generator.lr": 0.1})]
    )
    assert [side.history.marks for side in run.view.sides] == [
        (), ((3, "loss=hinge"),), ((3, "generator.lr=0.1"),)
    ]  # fmt: skip
    assert (run.state, run.view.step) == ("paused", 3)
    trainer = Trainer(three)
    trainer.advance(3)
    trainer.use(run.configs)
    trainer.advance(4)
    run.trainer.advance(4)
    run.publish()
    for k, side in enumerate(run.view.sides):
        np.testing.assert_array_equal(side.snapshot.fake, trainer.snapshot(k).fake)


@pytest.mark.parametrize("going", [True, False])
def test_what_one_side_is_born_with_starts_all_again(going: bool, three: list[RunConfig]) -> None:
    run = Run("a", three)
    for _ in range(3):
        run.move("iteration")
    if going:
        run.play()
    configs = [*three[:2], three[2].updated({"generator.hidden": (4,)})]
    run.change(configs)
    assert (run.state, run.trainer.step) == ("running" if going else "idle", 0)
    assert [side.config for side in run.view.sides] == configs
    assert [side.film.steps for side in run.view.sides] == [[0]] * 3
    assert set(run.view.keys) == {0}


def test_then_is_then_on_all_sides(three: list[RunConfig]) -> None:
    run = Run("a", three)
    for _ in range(5):
        run.move("iteration")
    then = run.view.at(2)
    assert [side.config for side in then.sides] == three
    for side, now in zip(then.sides, run.view.sides, strict=True):
        assert side.snapshot is now.film.at(2)
        assert (side.snapshot.step, now.snapshot.step) == (2, 5)
        assert side.history.column("step").tolist() == [1, 2]
        assert side.history.ghost_column("step").tolist() == [2, 3, 4, 5]


def test_all_sides_branch_together(live: Engine, three: list[RunConfig]) -> None:
    run = live.create(three, limit=1e-6).run
    for _ in range(5):
        before = live.move(run, "iteration")
    view = live.branch(run, 3, {"generator.lr": 0.01})
    assert [side.config.generator.lr for side in view.sides] == [0.01] * 3
    assert [side.config.loss for side in view.sides] == [config.loss for config in three]
    for side, old in zip(view.sides, before.sides, strict=True):
        assert side.history.marks == ((3, "generator.lr=0.01"),)
        np.testing.assert_array_equal(side.history.rows, old.history.rows[:3])
        np.testing.assert_array_equal(side.history.ghost, old.history.rows[2:])
        assert side.film.steps == [0, 1, 2, 3]


# ---- sides that diverge


def lost(run: Run, *sides: int) -> None:
    """Have some sides diverge in the next iteration."""
    for k in sides:
        run.trainer.stacks[k].generator.net.flat.fill_(math.nan)
    run.move("iteration")


@pytest.mark.parametrize("which", [0, 1, 2])
def test_one_that_diverges_ends_by_itself(which: int, three: list[RunConfig]) -> None:
    run = Run("a", three)
    for _ in range(3):
        run.move("iteration")
    last = run.view.sides[which].snapshot
    lost(run, which)
    run.move("iteration")
    view = run.view
    assert (view.state, view.message, view.step) == ("paused", "", 5)
    for k, side in enumerate(view.sides):
        ended = k == which
        assert bool(side.ended) is ended
        assert side.film.steps == [*range(4 if ended else 6)]
        assert side.history.column("step")[-1] == (3 if ended else 5)
        assert np.isfinite(side.snapshot.fake).all()
    side = view.sides[which]
    assert "diverged by iteration 4" in side.ended
    assert "smaller learning rate" in side.ended
    np.testing.assert_array_equal(side.snapshot.fake, last.fake)
    assert view.longest.steps == [*range(6)]
    assert sorted(view.keys) == [*range(6)], "one can go on from all moments of the others"

    assert [bool(side.ended) for side in view.at(3).sides] == [False] * 3
    late = view.at(5)
    assert late.sides[which].snapshot.step == 3
    assert late.sides[which].ended == side.ended


def test_when_the_last_side_has_diverged_the_duel_has(three: list[RunConfig]) -> None:
    run = Run("a", three)
    run.move("iteration")
    lost(run, 1)
    assert run.state == "paused"
    lost(run, 0)
    assert run.state == "paused"
    lost(run, 2)
    view = run.view
    assert run.state == "diverged"
    assert ["by iteration 3" in view.sides[0].ended, "by iteration 2" in view.sides[1].ended] == [
        True, True
    ]  # fmt: skip
    assert view.message == view.sides[0].ended
    assert view.longest.steps == [0, 1, 2, 3]
    assert set(view.keys) == {0, 1, 2, 3}
    run.play()
    assert run.state == "diverged"

    run.branch(1, {})
    assert (run.state, [side.ended for side in run.view.sides]) == ("running", [""] * 3)
    run.branch(2, {})
    assert run.trainer.step == 1, "what has not been trained yet is no moment any more"
    run.reset(three)
    assert [side.ended for side in run.view.sides] == [""] * 3


def test_a_side_that_had_diverged_then_has_still(three: list[RunConfig]) -> None:
    run = Run("a", three)
    run.move("iteration")
    lost(run, 0)
    run.move("iteration")
    run.branch(2, {})
    view = run.view
    assert [bool(side.ended) for side in view.sides] == [True, False, False]
    assert (view.state, view.longest.steps, sorted(view.keys)) == ("running", [0, 1, 2], [0, 1, 2])
    run.train(0.001)
    assert run.state == "running"


def test_a_learning_rate_of_ten_ends_its_side_alone(
    live: Engine, small: RunConfig, until: Until
) -> None:
    run = live.create([small.updated(WILD), small]).run
    live.play(run)
    at_end = until(run, lambda view: bool(view.ended))
    view = until(run, lambda view: view.step > at_end.step + 30)
    assert view.state == "running"
    assert (view.beside[0].ended, view.beside[0].snapshot.step) == ("", view.step)
    assert view.ended == at_end.ended
    assert len(view.longest.frames) > len(view.film.frames)
    assert set(view.keys) <= set(view.longest.steps)


def test_a_duel_plays_no_bad_change(live: Engine, three: list[RunConfig]) -> None:
    run = live.create(three).run
    live.move(run, "iteration")
    with pytest.raises(ConfigError):
        live.branch(run, 0, {"seed": 5})
    assert live.poll(run).step == 1
