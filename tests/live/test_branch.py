"""Going on anew from a kept moment: the same again to the last bit, or with something changed."""

import dataclasses
import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest
import torch

from ganplay.config import ConfigError, RunConfig
from ganplay.live import Engine, EngineError, Opening, View
from ganplay.live.run import Run
from ganplay.losses import LOSSES
from ganplay.snapshot import Snapshot
from ganplay.trainer import Trainer
from tests.runs import AIDS

Until = Callable[[str, Callable[[View], bool]], View]

STEPS = (0, 11, 40, 61, 71)
"""Between them lies the end of a block of 64 draws; none is at one."""
HERE = 40

SGD = {"optimizer": "sgd", "momentum": 0.9}
OPTIMIZERS: dict[str, dict[str, Any]] = {
    "momentum": {
        f"{net}.{name}": SGD[name] for net in ("generator", "discriminator") for name in SGD
    },
    "RMSProp": {"generator.optimizer": "rmsprop", "discriminator.optimizer": "rmsprop"},
}
SCHEMES: dict[str, dict[str, Any]] = {
    **{loss: {"loss": loss} for loss in LOSSES},
    **AIDS,
    **OPTIMIZERS,
    "gradient penalty": {"loss": "wgan", "penalty.name": "gp"},
    "linear decay": {
        f"{net}.{name}": value
        for net in ("generator", "discriminator")
        for name, value in (("lr_decay", "linear"), ("steps_total", 80))
    },
    "simultaneous": {"updates": "simultaneous"},
    "several steps": {"discriminator.steps": 3, "generator.steps": 2},
    "VAE": {"vae.on": True},
}  # fmt: skip


def played(run: Run, steps: Sequence[int]) -> dict[int, tuple[dict[str, Any], Snapshot]]:
    """The whole state and the picture at some steps, to each of which the run is trained."""
    found = {}
    for step in steps:
        run.trainer.advance(step - run.trainer.step)
        run.publish()
        found[step] = run.trainer.state_dict(), run.view.snapshot
    return found


def leaves(state: Any, name: str = "") -> dict[str, Any]:
    """All that a state or a snapshot holds, by where it lies."""
    if dataclasses.is_dataclass(state):
        state = {field.name: getattr(state, field.name) for field in dataclasses.fields(state)}
    if isinstance(state, list | tuple):
        state = dict(enumerate(state))
    if isinstance(state, dict):
        each = (leaves(part, f"{name}.{key}") for key, part in state.items())
        return {place: leaf for found in each for place, leaf in found.items()}
    return {name: state}


TIMED = ("seconds",)
MEANS = ("loss_d", "loss_g", "norm_d", "norm_g", "vae.loss")
"""Of what was trained since the picture before, of which there is none where one branches."""


def assert_same(ours: Any, theirs: Any, but: Sequence[str] = TIMED) -> None:
    """Equal to the last bit, all but some parts."""
    one, other = leaves(ours), leaves(theirs)
    assert one.keys() == other.keys()
    for name, value in one.items():
        if name.endswith(tuple(but)):
            continue
        if isinstance(value, torch.Tensor):
            assert torch.equal(value, other[name]), name
        else:
            np.testing.assert_array_equal(value, other[name], name)


def check_the_same_again(
    config: RunConfig | list[RunConfig], steps: Sequence[int], here: int
) -> None:
    run = Run("a", config)
    first = played(run, steps)
    film = {frame.step: frame for frame in run.view.film.frames}
    for _ in range(2):  # the kept state is as good as new after it was used
        run.branch(here, {})
        assert (run.state, run.trainer.step) == ("running", here)
        assert run.view.rate == 0, "the way back was taken for training"
        assert_same(run.trainer.state_dict(), first[here][0])
        assert_same(run.view.snapshot, film[here], TIMED + MEANS)
        again = played(run, [step for step in steps if step > here])
        for step, (state, snapshot) in again.items():
            assert_same(state, first[step][0])
            assert_same(snapshot, first[step][1])
        assert run.view.film.steps == list(steps)
        for frame in run.view.film.frames:
            assert_same(frame, film[frame.step], TIMED + MEANS * (frame.step == here))
    (start, *_, end) = first.values()
    changed = [n for n, leaf in leaves(start[0]).items() if isinstance(leaf, torch.Tensor)
               and leaf.is_floating_point() and not torch.equal(leaf, leaves(end[0])[n])]  # fmt: skip
    assert changed, "nothing has been trained"


@pytest.mark.parametrize("scheme", SCHEMES)
def test_with_the_same_settings_it_is_the_same_to_the_last_bit(
    scheme: str, small: RunConfig
) -> None:
    config = small.updated(SCHEMES[scheme])
    trainer = Trainer(config)
    trainer.advance(HERE)
    (draws, *_) = trainer.state_dict()["stacks"][0]["draws"]
    assert 0 < draws["used"] < len(trainer.stacks[0].draws_d._block), "not in the middle of a block"
    check_the_same_again(config, STEPS, HERE)


@pytest.mark.parametrize("kind", ["digits", "convolutions"])
def test_runs_that_make_pictures_are_the_same(kind: str, request: pytest.FixtureRequest) -> None:
    config = request.getfixturevalue(kind).updated({"vae.on": kind == "convolutions"})
    check_the_same_again(config, (0, 3, 5, 8), 5)  # of blocks of 4


def test_all_sides_of_a_duel_are_the_same(small: RunConfig) -> None:
    others = [SCHEMES["gradient penalty"], SCHEMES["spectral norm"], SCHEMES["VAE"]]
    check_the_same_again([small, *map(small.updated, others)], STEPS, HERE)


def test_from_the_very_start_it_is_the_same(small: RunConfig) -> None:
    check_the_same_again(small, STEPS, 0)


def test_updates_of_one_player_are_gone_on_from_too(small: RunConfig) -> None:
    run = Run("a", small)
    run.move("iteration")
    run.move("discriminator")
    state = run.trainer.state_dict()
    run.move("iteration")
    run.branch(1, {})
    assert_same(run.trainer.state_dict(), state)


# ---- with a change

CHANGES: dict[str, dict[str, Any]] = {
    "loss": {"loss": "wgan"},
    "paired": {"loss": "relativistic", "penalty.name": "r1_r2"},
    "optimizer": {"generator.optimizer": "rmsprop", "discriminator.lr": 0.01},
    "penalty": {"penalty.name": "gp"},
    "bound": {"discriminator.spectral_norm": True},
    "average": {"generator.ema": 0.9},
    "unroll": {"aids.unroll": 2},
    "noise": {"aids.instance_noise": 0.2},
    "batch": {"batch_size": 12},
    "data": {"data.name": "grid"},
    "steps": {"updates": "simultaneous", "discriminator.steps": 2},
}


@pytest.mark.parametrize(
    "later", [{}, {"loss": "hinge", "generator.optimizer": "sgd"}], ids=["", "later"]
)
@pytest.mark.parametrize("change", CHANGES)
def test_with_a_change_it_is_as_if_that_had_been_made_then(
    change: str, later: dict[str, Any], small: RunConfig
) -> None:
    """Whatever was changed later is not: the settings are those of then."""
    config = small.updated(CHANGES[change])
    run = Run("a", small)
    played(run, STEPS[:3])
    run.change([small.updated(later)])
    played(run, STEPS[3:])
    # what was changed at the moment itself belongs to it
    run.branch(HERE if not later else STEPS[1], CHANGES[change])
    begun = run.trainer.step
    assert run.configs == [config]
    ((step, words),) = run.view.history.marks
    assert step == begun
    assert next(iter(CHANGES[change])) in words
    run.trainer.advance(30)
    trainer = Trainer(small)
    trainer.advance(begun)
    trainer.use(config)
    trainer.advance(30)
    assert_same(run.trainer.state_dict(), trainer.state_dict())
    untouched = Trainer(small)
    untouched.advance(begun + 30)
    shown = [each.stacks[0].shown.flat for each in (trainer, untouched)]
    assert not torch.equal(*shown), "the change had no effect"


def test_a_moment_between_is_gone_on_from_the_kept_one_before(small: RunConfig) -> None:
    run = Run("a", small)
    played(run, (0, 10, 20))
    for asked, step in ((19, 10), (10**30, 10), (9, 0)):
        run.branch(asked, {})
        assert (run.trainer.step, run.view.step, run.view.snapshot.step) == (step, step, step)
    run.branch(-1, {})
    assert run.trainer.step == 0


def test_curves_end_where_it_goes_on_from(
    small: RunConfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of a run of large nets fewer states are kept than pictures."""
    run = Run("a", small)
    monkeypatch.setattr("ganplay.live.film.ROOM", 3 * run.keyframes.kept[0].size)
    played(run, (0, 10, 20, 30))
    run.change([small.updated({"loss": "hinge"})])
    played(run, (40, 50, 60))
    (key,) = set(run.view.keys) - {0, 60}
    run.branch(59, {})
    history = run.view.history
    assert (run.trainer.step, run.view.film.steps[-1]) == (key, key)
    assert history.column("step")[-1] == history.ghost_column("step")[0] == key
    assert history.marks == (((30, "loss=hinge"),) if key >= 30 else ())
    run.branch(key - 1, {})
    assert (run.trainer.step, len(run.view.history.rows), run.view.history.marks) == (0, 0, ())


def test_settings_of_then_may_differ_from_those_of_now_in_all_but_birth(small: RunConfig) -> None:
    fields = {"aids.unroll": 2, "generator.ema": 0.9, "discriminator.spectral_norm": True}
    fancy = small.updated(fields)
    for one, other in ((small, fancy), (fancy, small)):
        run = Run("a", one)
        first = played(run, (0, 10, 20))
        run.change([other])
        played(run, (30, 40))
        assert set(run.view.keys) == {0, 10, 20, 30, 40}
        assert (run.view.keys[10], run.view.keys[20]) == (one, other)
        run.branch(10, {})
        assert run.configs == [one]
        assert run.view.history.marks == ()
        assert_same(played(run, (20,))[20][0], first[20][0])


# ---- what is refused


def kept(run: Run) -> tuple[Any, ...]:
    past = run.pasts[0]
    keys = [key.step for key in run.keyframes.kept]
    return run.view, run.state, past.history, past.film, past.ended, keys, run._until, run.limit


@pytest.mark.parametrize("state", ["running", "paused"])
@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"generator.hidden": (4,)}, r"^generator\.hidden: can't change in the middle of a run"),
        ({"loss": "wgan", "seed": 4}, r"^seed: can't change in the middle of a run"),
        ({"generator.lr": -1}, r"^generator\.lr"),
        ({"loss": "wgann"}, r"^loss: .*wgan"),
        ({"nothing": 1}, r"^nothing"),
    ],
)
def test_a_change_that_can_not_be_is_refused_and_changes_nothing(
    fields: dict[str, Any], says: str, state: str, small: RunConfig
) -> None:
    run = Run("a", small)
    played(run, (0, 10))
    run.begin(Opening(1, small.updated({"loss": "hinge"}), False, (), 1.0))
    played(run, (20, 30))
    if state == "paused":
        run.pause()
    before, openings, whole = kept(run), dict(run._openings), run.trainer.state_dict()
    with pytest.raises(ConfigError, match=says) as caught:
        run.branch(0, fields)
    assert "\n" not in str(caught.value)
    assert all(now is was or now == was for now, was in zip(kept(run), before, strict=True))
    assert run.state == state
    assert run._openings == openings
    assert_same(run.trainer.state_dict(), whole, ())
    ours = Trainer(small)
    ours.load_state_dict(whole)
    for trainer in (run.trainer, ours):
        trainer.advance(5)
    assert_same(run.trainer.state_dict(), ours.state_dict())


def test_what_one_side_of_a_duel_refuses_none_takes(small: RunConfig) -> None:
    run = Run("a", [small.updated({"aids.pack": 3}), small])
    played(run, (0, 10))
    before = kept(run), run.configs
    with pytest.raises(ConfigError):
        run.branch(0, {"batch_size": 10})
    assert (kept(run), run.configs) == before


# ---- curves


def test_what_was_left_becomes_a_ghost(small: RunConfig) -> None:
    run = Run("a", small)
    played(run, range(0, 100, 10))
    rows = run.view.history.rows
    assert rows[:, 0].tolist() == [*range(10, 100, 10)]
    run.branch(40, {"loss": "hinge"})
    history = run.view.history
    np.testing.assert_array_equal(history.rows, rows[:4])
    np.testing.assert_array_equal(history.ghost, rows[3:])
    played(run, (45, 50))
    again = run.view.history
    assert again.column("step").tolist() == [10, 20, 30, 40, 45, 50]
    np.testing.assert_array_equal(again.ghost, rows[3:])
    assert again.marks == ((40, "loss=hinge"),)

    run.branch(45, {"loss": "wgan"})  # the ghost is the future that was left last
    history = run.view.history
    assert history.column("step").tolist() == [10, 20, 30, 40, 45]
    assert history.ghost_column("step").tolist() == [45, 50]
    assert history.marks == ((40, "loss=hinge"), (45, "loss=wgan"))
    run.branch(45, {})  # from where it is: nothing is left
    assert run.view.history.ghost_column("step").tolist() == [45, 50]
    run.branch(40, {})  # the change made there belongs to it
    assert run.view.history.marks == ((40, "loss=hinge"),)
    run.branch(30, {})
    assert run.view.history.marks == ()
    assert run.configs == [small]
    run.reset(small)
    assert len(run.view.history.ghost) == 0


def test_a_view_of_then_shows_what_came_after_as_a_ghost(small: RunConfig) -> None:
    run = Run("a", small)
    played(run, range(0, 60, 10))
    run.change([small.updated({"loss": "hinge"})])
    played(run, (60,))
    view = run.view
    for asked, step in ((0, 0), (19, 20), (31, 30), (60, 60), (10**30, 60)):
        then = view.at(asked)
        assert then.snapshot is view.film.at(asked)
        assert then.snapshot.step == step
        assert then.history.column("step").tolist() == [*range(10, step + 1, 10)]
        ghost = [*range(max(step, 10), 61, 10)] if step < 60 else []
        assert then.history.ghost_column("step").tolist() == ghost
        assert then.history.marks == (((50, "loss=hinge"),) if step >= 50 else ())
        assert (then.step, then.state, then.film, then.keys) == (
            60, view.state, view.film, view.keys
        )  # fmt: skip
    assert run.view is view


# ---- ends


def test_a_run_that_has_diverged_goes_on_from_before(small: RunConfig) -> None:
    run = Run("a", small)
    played(run, (0, 10, 20))
    run.trainer.stacks[0].generator.net.flat.fill_(math.nan)
    run.trainer.advance()
    run.publish()
    assert (run.state, run.view.step, run.view.film.steps) == ("diverged", 21, [0, 10, 20])
    assert set(run.view.keys) == {0, 10, 20}
    first = run.view.at(10)
    assert (first.snapshot.step, first.ended) == (10, "")
    run.branch(10, {"generator.lr": 1e-4})
    view = run.view
    assert (view.state, view.message, view.ended, view.step) == ("running", "", "", 10)
    assert view.history.ghost_column("step").tolist() == [10, 20]
    played(run, (15,))
    assert run.view.snapshot.step == 15
    assert not any(run.trainer.diverged())


def test_a_run_that_has_failed_goes_on_from_before(small: RunConfig) -> None:
    run = Run("a", small)
    played(run, (0, 10, 20))
    run.fail(RuntimeError("no more"))
    run.branch(10, {})
    assert (run.state, run.view.message, run.view.ended) == ("running", "", "")
    assert run.train(0.01)


# ---- scenes


def opening(number: int, config: RunConfig, *watch: str, afresh: bool = False) -> Opening:
    return Opening(number, config, afresh, watch, 1e-6)


def test_scenes_of_the_future_that_was_left_begin_anew(small: RunConfig) -> None:
    run = Run("a", small)
    second, third = (
        opening(i, small.updated({"loss": name})) for i, name in ((1, "hinge"), (2, "wgan"))
    )
    played(run, (0, 10, 20))
    run.begin(second)
    played(run, (30, 40))
    run.begin(third)
    played(run, (50,))
    assert run.view.scene == 2
    run.branch(30, {})
    assert (run.view.scene, run.view.config) == (1, second.config)
    run.begin(second)
    assert run.trainer.step == 20, "the second began before the branch"
    played(run, (30,))
    run.begin(third)
    assert run.trainer.step == 30, "the third goes on where one is"
    run.branch(20, {})
    assert (run.view.scene, run.view.config) == (1, second.config), "it was switched to there"
    played(run, (25,))
    run.begin(second)
    assert run.trainer.step == 20, "again is from where it was begun"
    run.branch(10, {})
    assert (run.view.scene, run.view.config) == (None, small)
    run.begin(second)
    assert run.trainer.step == 10


def test_a_scene_is_known_again_after_a_reset(small: RunConfig) -> None:
    run = Run("a", small)
    run.begin(opening(0, small, afresh=True))
    played(run, (10,))
    run.begin(opening(1, small.updated({"loss": "hinge"})))
    run.reset(run.configs)
    played(run, (10, 20))
    run.branch(10, {})
    assert (run.view.scene, run.view.config.loss) == (1, "hinge")


def test_what_was_watched_then_is_watched_again(small: RunConfig) -> None:
    run = Run("a", small, ("distance",))
    played(run, (0, 10, 20))
    run.begin(opening(1, small.updated({"loss": "hinge"}), "near_modes"))
    played(run, (30, 40))
    run.branch(10, {})
    played(run, (15,))
    history = run.view.history
    assert run.watch == ("distance",)
    assert np.isnan(history.ghost_column("watched")).all(), "of something else"
    assert history.column("step")[-1] == 15
    assert 0 < history.column("watched")[-1] < 2  # modes would be whole numbers
    assert history.column("watched")[-1] % 1


# ---- through the engine


def test_the_engine_branches_while_it_trains(live: Engine, small: RunConfig, until: Until) -> None:
    run = live.create(small).run
    live.play(run)
    before = until(run, lambda view: len(view.keys) > 3 and view.step > 500)
    step = sorted(before.keys)[1]
    view = live.branch(run, step, {"loss": "wgan"})
    assert (view.state, view.config.loss, view.run) == ("running", "wgan", run)
    assert view.step == view.snapshot.step == step
    assert max(view.keys) == view.film.steps[-1] == step
    assert len(view.history.ghost) > 1
    assert view.rate >= 0
    later = until(run, lambda view: view.snapshot.step > step + 50)
    assert later.rate > 0
    np.testing.assert_array_equal(later.history.ghost, view.history.ghost)


@pytest.mark.parametrize("going", [True, False])
def test_the_engine_refuses_and_goes_on(
    going: bool, live: Engine, small: RunConfig, until: Until
) -> None:
    run = live.create(small).run
    live.play(run)
    until(run, lambda view: view.step > 20)
    if not going:
        live.pause(run)
    before = live.poll(run)
    for fields in ({"generator.hidden": (4,)}, {"generator.lr": -1}):
        with pytest.raises(ConfigError):
            live.branch(run, 0, fields)
    after = live.poll(run)
    assert (after.state, after.message, after.config) == (before.state, "", small)
    assert after.step >= before.step
    with pytest.raises(EngineError, match="no run nobody"):
        live.branch("nobody", 0, {})
    if going:
        until(run, lambda view: view.step > after.step)


def test_a_run_that_starts_over_is_not_judged_at_once(digits: RunConfig, clock: Any) -> None:
    run = Run("a", digits)
    played(run, (0, 2))
    run.branch(0, {})
    run.examine()
    assert run.pasts[0]._exam is None
