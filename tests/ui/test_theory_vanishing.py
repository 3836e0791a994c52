"""The chapter of vanishing gradients: what it shows, and what its runs learn."""

import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import numpy as np
import pytest
import streamlit as st

from ganplay import observe
from ganplay.live import shared_engine
from ganplay.measures import MEASURES
from ganplay.snapshot import AxisSnapshot
from ganplay.theory import vanishing
from ganplay.trainer import Trainer
from ganplay.ui.theory.chapters.vanishing import (
    DRIFTING,
    ITERATIONS,
    PACE,
    WATCH,
    _near,
    drifting,
    measured,
)
from ganplay.ui.theory.learned import run as run_of

from .conftest import PATIENCE, Tab

Open = Callable[..., Tab]
SEEDS = 16


@pytest.fixture
def chapter(show: Open) -> Open:
    """Opens the chapter with choices."""
    return lambda **choices: show("Theory", chapter="vanishing", **choices)


def titles(tab: Tab) -> dict[str, str]:
    layouts = {figure["name"]: figure["spec"]["layout"] for figure in tab.sent["figures"]}
    return {name: layout.get("title", {}).get("text", "") for name, layout in layouts.items()}


def test_slopes_follow_d(chapter: Open) -> None:
    tab = chapter()
    assert not tab.problem
    assert "= 0.111" in titles(tab)["ratio"]
    tab.app.slider(key="theory:d").set_value(0.02)
    tab.update()
    assert tab.address["d"] == "0.02"
    assert "= 0.0204" in titles(tab)["ratio"]
    (handle,) = tab.sent["handles"]
    assert (handle["x"], handle["y"]) == (0.02, pytest.approx(np.log(0.98)))


@pytest.mark.parametrize("part", ["slopes", "drifting"])
@pytest.mark.parametrize("end", ["least", "most"])
def test_the_ends_can_be_shown(part: str, end: str, chapter: Open) -> None:
    ends = {"slopes": {"least": ("d", "0.005"), "most": ("d", "0.995")},
            "drifting": {"least": ("apart", "0.5"), "most": ("apart", "7")}}  # fmt: skip
    name, value = ends[part][end]
    tab = chapter(part=part, **{name: value})
    assert not tab.problem
    assert tab.sent["handles"][0]["x"] == float(value)


@pytest.mark.parametrize(
    ("name", "value"), [("d", "0"), ("d", "1"), ("apart", "0"), ("apart", "8")]
)
def test_a_number_beyond_gets_one_sentence(name: str, value: str, chapter: Open) -> None:
    tab = chapter(**{name: value})
    assert tab.problem.startswith(f"{name}: {value} is not allowed; it takes a number from ")


@pytest.mark.parametrize(
    ("value", "known"), [(3.26, 3.5), (3.24, 3.0), (-2.0, 0.0), (12.0, 7.0), (0.2, 0.0)]
)
def test_dragging_goes_by_the_steps_of_the_slider(value: float, known: float) -> None:
    assert _near(value, 0.0, 7.0, 0.5) == known


def test_a_run_is_watched_under_both_losses(chapter: Open) -> None:
    tab = chapter(part="measured")
    assert titles(tab).keys() == {"norms", "ratio", "stage"}
    for _ in range(3):
        tab.press("learned:step")
    ((run, config),) = tab.learned.values()
    assert config.generator.steps == 0
    view = shared_engine().poll(run)
    assert view
    assert (view.snapshot.step, view.limit) == (3, PACE)
    seen = observe.look(*Trainer(config).places[0])
    assert MEASURES[WATCH[0]].value(seen) > 0
    for name in ("watched", "beside"):
        assert np.isfinite(view.history.column(name)).all()
    assert titles(tab)["ratio"] != "minimax over non-saturating"


def test_another_distance_starts_both_runs_anew(chapter: Open) -> None:
    tab = chapter(part="drifting", apart="2")
    before = tab.learned
    assert before.keys() == {f"drifting:{name}" for name in DRIFTING}
    assert {config.generator.start for _, config in before.values()} == {2.0}
    tab.press("learned:play")
    tab.app.slider(key="theory:apart").set_value(3.5)
    tab.update()
    after = tab.learned
    assert {config.generator.start for _, config in after.values()} == {3.5}
    views = [shared_engine().poll(run) for run, _ in after.values()]
    assert all(view and view.state == "running" for view in views)  # as they did before
    assert all(shared_engine().poll(run) is None for run, _ in before.values())
    assert tab.address["apart"] == "3.5"


def test_a_script_stopped_in_mid_drag_loses_no_run(monkeypatch: pytest.MonkeyPatch) -> None:
    class Stopped(dict[str, Any]):
        def __setitem__(self, key: str, value: object) -> None:
            raise InterruptedError

    engine, state = shared_engine(), dict[str, Any]()
    near, far = (drifting("discriminator", apart) for apart in (2.0, 3.0))
    monkeypatch.setattr(st, "session_state", state)
    first = run_of("drifting", near)
    assert first
    engine.play(first.run)
    monkeypatch.setattr(st, "session_state", Stopped(state))
    with suppress(InterruptedError):  # as Streamlit does where a script writes to its state
        run_of("drifting", far)
    monkeypatch.setattr(st, "session_state", state)
    view = run_of("drifting", far)
    assert view
    engine.close(view.run)
    assert view.state == "running"
    assert engine.poll(first.run) is None


def test_a_distance_between_two_steps_is_rounded(chapter: Open) -> None:
    tab = chapter(part="drifting", apart="2.7")
    assert not tab.problem
    assert tab.sent["handles"][0]["x"] == 2.5


# ---- what the words say of the runs


def test_the_minimax_gradient_vanishes_as_d_learns() -> None:
    trainer = Trainer(measured().updated({"seed": 300}), runs=SEEDS)

    def norms() -> np.ndarray:
        return np.array([
            [MEASURES[name].value(observe.look(*place)) for name in WATCH]
            for place in trainer.places
        ])  # fmt: skip

    at_first = norms()
    trainer.advance(100)
    early = norms()
    trainer.advance(300)
    late = norms()
    ratio = at_first[:, 0] / at_first[:, 1]
    assert ((ratio > 0.7) & (ratio < 1.4)).sum() >= 15
    assert (early[:, 0] / early[:, 1] < 0.1).sum() >= 15
    assert (late[:, 0] / late[:, 1] < 0.005).sum() >= 15
    assert (late[:, 1] > at_first[:, 1]).sum() >= 15  # the other grows
    assert (late[:, 0] < 0.5 * at_first[:, 0]).sum() >= 15


def learned(name: str, apart: float) -> list[AxisSnapshot]:
    trainer = Trainer(drifting(name, apart).updated({"seed": 300}), runs=SEEDS)
    trainer.advance(300)
    found = [trainer.snapshot(k) for k in range(SEEDS)]
    assert all(isinstance(each, AxisSnapshot) for each in found)
    return found  # type: ignore[return-value]


@pytest.mark.parametrize("apart", [1.0, 5.0])
def test_d_learns_to_be_the_best_one_and_to_pull_as_little(apart: float) -> None:
    exact = float(vanishing.minimax_gradient(apart))
    good = []
    for s in learned("discriminator", apart):
        cell = float(s.x[1] - s.x[0])
        best = vanishing.optimal_discriminator(s.x, apart)
        error = ((s.p_data + s.p_g) / 2 * abs(s.verdict - best)).sum() * cell
        pull = vanishing.shift_gradient(s.p_g, s.slopes, vanishing.minimax_slope(s.logits), cell)
        good.append(error < 0.02 and abs(pull - exact) < min(0.04, 0.6 * exact))
    assert sum(good) >= 15


@pytest.mark.parametrize("apart", [1.0, 7.0])
def test_a_clipped_critic_is_nowhere_flat_and_nowhere_too_steep(apart: float) -> None:
    good = []
    for s in learned("critic", apart):
        slopes = s.slopes[(s.x > -3) & (s.x < apart + 3)]
        pull = vanishing.shift_gradient(s.p_g, s.slopes, -np.ones_like(s.x), float(s.x[1] - s.x[0]))
        good.append(slopes.min() > -1.02 and slopes.max() < -0.35 and 0.4 < pull < 0.95)
    assert sum(good) >= 15


def test_what_is_measured_pauses_where_its_curves_end(chapter: Open) -> None:
    tab = chapter(part="measured")
    run = tab.app.session_state["learned:measured"][0]
    tab.press("learned:play")
    shared_engine().hold(run, None)
    end = time.monotonic() + PATIENCE
    while shared_engine().poll(run).state == "running" and time.monotonic() < end:
        time.sleep(0.05)
    view = shared_engine().poll(run)
    assert (view.state, view.snapshot.step) == ("paused", ITERATIONS)
    tab.update()
    tab.press("learned:play")
    assert shared_engine().poll(run).state == "running", "and goes on when it is asked again"
