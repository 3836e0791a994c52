"""The lab inside a scenario, run without a browser: its scene bar, its address, and the way out."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from ganplay.config import RunConfig
from ganplay.live import EngineError, View, shared_engine
from ganplay.scenarios import load, names
from ganplay.ui import luck
from ganplay.ui.transport import SPEEDS

ROOT = Path(__file__).parents[2]
HOPPING = load("mode-hopping")


def open_lab(**query: str) -> AppTest:
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=20)
    for name, value in query.items():
        app.query_params[name.replace("__", ".")] = value
    app.switch_page("pages/1_Lab.py").run()
    assert not app.exception
    opened.append(app)
    return app


opened: list[AppTest] = []


@pytest.fixture(autouse=True)
def rest() -> Iterator[None]:
    """No run goes on after its test."""
    yield
    for app in opened:
        if "run" in app.session_state:
            shared_engine().close(app.session_state["run"])
    opened.clear()


def view_of(app: AppTest) -> View:
    view = shared_engine().poll(app.session_state["run"])
    assert view
    return view


def wait(app: AppTest, wanted: Callable[[View], bool]) -> View:
    end = time.monotonic() + 20
    while not wanted(view := view_of(app)):
        assert time.monotonic() < end, f"still {view.state} at step {view.snapshot.step}"
        time.sleep(0.02)
    return view


def address(app: AppTest) -> dict[str, str]:
    return {n: v if isinstance(v, str) else v[0] for n, v in app.query_params.items()}


def bar(app: AppTest) -> str:
    """What the sidebar says in words."""
    return "\n".join(text.value for text in app.sidebar.markdown)


def press(app: AppTest, name: str) -> None:
    app.button(key=name).click().run()
    assert not app.exception


def keys(app: AppTest) -> set[str]:
    return {button.key or "" for button in app.button}


@pytest.mark.parametrize("name", names())
def test_every_scenario_opens_at_its_first_scene(name: str) -> None:
    app, scenario = open_lab(scenario=name), load(name)
    assert not app.error
    view = view_of(app)
    assert (view.state, view.config) == ("idle", scenario.config(0))
    assert view.limit == scenario.scenes[0].pace
    assert app.selectbox(key="speed").value == f"{view.limit:.0f} / s"
    assert scenario.title in bar(app)
    assert scenario.scenes[0].caption in bar(app)
    assert f"scene 1 of {len(scenario.scenes)}" in bar(app)
    assert ("scene:switch" in keys(app)) is (len(scenario.scenes) > 1)
    assert ("scene:luck" in keys(app)) is (scenario.claim_of(0) is not None)
    assert address(app) == {"run": view.run, "scenario": name, "scene": "1"}


@pytest.mark.parametrize("name", names())
def test_every_pace_can_be_chosen(name: str) -> None:
    for scene in load(name).scenes:
        assert scene.pace in SPEEDS.values()
        assert f"{scene.pace:.0f} / s" in SPEEDS


def test_outside_a_scenario_there_is_no_bar() -> None:
    app = open_lab()
    assert not {key for key in keys(app) if key.startswith("scene:")}
    assert address(app).keys() == {"run"}
    assert "mode" not in bar(app).lower()


def test_the_switch_goes_on_to_the_next_scene() -> None:
    app = open_lab(scenario="mode-hopping")
    assert app.button(key="scene:switch").label == "Now unroll 5 steps"
    assert app.button(key="scene:back").disabled
    press(app, "do:Run")
    before = wait(app, lambda view: view.snapshot.step >= 10)
    press(app, "scene:switch")
    view = view_of(app)
    assert view.run == before.run
    assert view.state == "running"
    assert (view.config.aids.unroll, view.config) == (5, HOPPING.config(1))
    assert view.snapshot.step >= before.snapshot.step
    ((step, words),) = view.history.marks
    assert (step >= 10, words) == (True, "aids.unroll=5")
    assert HOPPING.scenes[1].caption in bar(app)
    assert HOPPING.scenes[0].caption not in bar(app)
    assert "scene:switch" not in keys(app)
    assert not app.button(key="scene:back").disabled
    assert address(app) == {"run": view.run, "scenario": "mode-hopping", "scene": "2"}
    wait(app, lambda later: later.snapshot.step > view.snapshot.step)


def test_again_and_back() -> None:
    app = open_lab(scenario="mode-hopping")
    press(app, "do:Run")
    wait(app, lambda view: view.snapshot.step >= 10)
    press(app, "do:Pause")
    press(app, "scene:switch")
    ((begun, _),) = view_of(app).history.marks
    wait(app, lambda view: view.snapshot.step >= begun + 8)
    press(app, "scene:again")
    view = view_of(app)
    assert (view.state, view.config) == ("running", HOPPING.config(1))
    assert begun <= view.snapshot.step < begun + 8
    assert address(app)["scene"] == "2"
    press(app, "scene:back")
    view = view_of(app)
    assert (view.state, view.config) == ("running", HOPPING.config(0))
    assert view.snapshot.step < 10
    assert view.history.marks == ()
    assert address(app)["scene"] == "1"
    assert HOPPING.scenes[0].caption in bar(app)


def test_another_seed_stays_from_scene_to_scene() -> None:
    app = open_lab(scenario="mode-hopping", seed="7")
    press(app, "do:Step")
    for key, scene in (("scene:switch", 1), ("scene:again", 1), ("scene:back", 0)):
        press(app, key)
        view = view_of(app)
        assert view.config == HOPPING.config(scene).updated({"seed": 7})
        assert address(app)["seed"] == "7"
        assert len(view.history.marks) == scene, "the switch started a new run"


def test_the_claims_measure_is_watched_from_scene_to_scene() -> None:
    app = open_lab(scenario="frozen-generator")  # whose first scene claims nothing
    press(app, "do:Step")
    assert np.isnan(view_of(app).history.column("watched")).all()
    press(app, "scene:switch")
    view = wait(app, lambda view: (view.history.column("watched") > 0).any())
    assert view.config.generator.steps == 1
    assert 0 < view.history.column("watched")[-1] < 1  # the mean distance from the origin


def test_the_speed_shown_is_the_one_in_force() -> None:
    app = open_lab(scenario="vanishing-gradient")
    paces = [scene.pace for scene in load("vanishing-gradient").scenes]
    assert paces == [10, 50]
    assert app.selectbox(key="speed").value == "10 / s"
    press(app, "scene:switch")
    assert view_of(app).limit == 50
    assert app.selectbox(key="speed").value == "50 / s"
    press(app, "scene:back")
    assert app.selectbox(key="speed").value == "10 / s"


def test_leave_keeps_the_run_and_its_settings() -> None:
    app = open_lab(scenario="mode-hopping")
    press(app, "do:Step")
    before = view_of(app)
    press(app, "scene:leave")
    view = view_of(app)
    assert (view.run, view.config, view.snapshot.step) == (before.run, HOPPING.config(0), 1)
    assert not {key for key in keys(app) if key.startswith("scene:")}
    assert HOPPING.scenes[0].caption not in bar(app)
    assert address(app) == {"run": view.run, **HOPPING.config(0).to_query()}
    app.run()
    assert "scenario" not in app.session_state
    assert not app.error
    again = open_lab(**{n.replace(".", "__"): v for n, v in address(app).items()})
    assert view_of(again).run == view.run


def test_a_reload_finds_the_same_run_and_scene() -> None:
    app = open_lab(scenario="mode-hopping")
    press(app, "scene:switch")
    press(app, "do:Pause")
    app.select_slider(key=f"set:generator.lr:{app.session_state['generation']}").set_value(
        5e-3
    ).run()
    view = view_of(app)
    assert view.config == HOPPING.config(1).updated({"generator.lr": 5e-3})
    where = address(app)
    assert where == {
        "run": view.run, "scenario": "mode-hopping", "scene": "2", "generator.lr": "0.005"
    }  # fmt: skip
    again = open_lab(**{n.replace(".", "__"): v for n, v in where.items()})
    assert view_of(again).run == view.run
    assert view_of(again).config == view.config
    assert view_of(again).history.marks == view.history.marks
    assert HOPPING.scenes[1].caption in bar(again)
    assert address(again) == where
    press(again, "scene:again")
    assert view_of(again).config == HOPPING.config(1)


@pytest.mark.parametrize(
    ("name", "scene", "starts_at"),
    [
        ("mode-hopping", "2", 0),
        ("frozen-generator", "3", 0),
        ("momentum", "2", 1),
        ("clip", "3", 2),
    ],
)
def test_a_link_to_a_later_scene_begins_where_it_can(name: str, scene: str, starts_at: int) -> None:
    """Where it goes on from is not in the address."""
    app = open_lab(scenario=name, scene=scene, run="deadbeef")
    assert not app.error
    assert view_of(app).config == load(name).config(starts_at)
    assert address(app)["scene"] == str(starts_at + 1)
    assert load(name).scenes[starts_at].caption in bar(app)


def test_a_link_may_change_a_scenes_settings() -> None:
    app = open_lab(scenario="mode-hopping", loss="hinge", generator__steps="1")
    changed = {"loss": "hinge", "generator.steps": 1}
    assert view_of(app).config == HOPPING.config(0).updated(changed)
    assert address(app).keys() == {"run", "scenario", "scene", *changed}


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ({"scenario": "mode-hoping"}, "the nearest is mode-hopping"),
        ({"scenario": "../config"}, "there is no"),
        ({"scenario": "mode-hopping", "scene": "3"}, "1 to 2"),
        ({"scenario": "mode-hopping", "scene": "0"}, "1 to 2"),
        ({"scenario": "mode-hopping", "scene": "-1"}, "1 to 2"),
        ({"scenario": "mode-hopping", "scene": "two"}, "1 to 2"),
        ({"scenario": "mode-hopping", "scene": "²"}, "1 to 2"),
        ({"scenario": "mode-hopping", "scene": "9" * 5000}, "1 to 2"),
        ({"scenario": "mode-hopping", "scene": "1\n\n# 1"}, "1 to 2"),
    ],
    ids=lambda value: " ".join(value.values())[:30] if isinstance(value, dict) else "",
)
def test_a_bad_address_gets_one_sentence_and_a_page_that_works(
    query: dict[str, str], words: str
) -> None:
    app = open_lab(**query)
    (error,) = app.error
    assert words in error.value
    assert len(error.value) < 400
    assert "\n" not in error.value
    assert view_of(app).config == RunConfig()
    assert address(app).keys() == {"run"}
    press(app, "do:Step")
    assert not app.error
    assert view_of(app).snapshot.step == 1


def test_a_bad_setting_in_a_scene_gets_the_scenes_own() -> None:
    app = open_lab(scenario="mode-hopping", loss="wgann")
    assert "nearest is wgan" in app.error[0].value
    assert view_of(app).config == HOPPING.config(0)


def test_a_card_of_the_gallery_opens_its_scenario() -> None:
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=20).run()
    assert not app.exception
    assert [b.key for b in app.button if b.label == "Open"] == [f"open:{name}" for name in names()]
    opened.append(app)
    press(app, "open:packing")
    assert not app.error
    assert view_of(app).config == load("packing").config(0)
    assert load("packing").scenes[0].caption in bar(app)


def test_another_card_leaves_the_first_scenario() -> None:
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=20).run()
    opened.append(app)
    press(app, "open:packing")
    first = view_of(app)
    app.query_params.clear()  # as a browser does on its way to another page
    app.switch_page("app.py").run()
    press(app, "open:clip")
    view = view_of(app)
    assert view.run != first.run
    assert view.config == load("clip").config(0)
    assert address(app)["scenario"] == "clip"
    shared_engine().close(first.run)


def test_a_diverged_scene_begins_afresh(monkeypatch: pytest.MonkeyPatch) -> None:
    app = open_lab(scenario="mode-hopping")
    press(app, "do:Step")

    def spoil(run: Any) -> None:
        run.trainer.stacks[0].generator.net.flat.fill_(float("nan"))
        run.publish()

    shared_engine()._command(app.session_state["run"], spoil)
    app.run()
    assert view_of(app).state == "diverged"
    press(app, "scene:again")
    view = view_of(app)
    assert (view.state, view.config, view.message) == ("running", HOPPING.config(0), "")


# ---- is it luck?

TILES = [[[0.0, 1.0]]] * 16


@pytest.mark.parametrize(
    ("state", "failed", "said"),
    [
        ({}, False, "Starting 16 runs"),
        ({"done": 0.25, "points": TILES, "holds": None}, False, "25% done"),
        ({"done": 1.0, "points": TILES, "holds": [True] * 16}, False, "16 of 16: not luck"),
        ({"done": 1.0, "points": TILES, "holds": [False, *[True] * 15]}, False, "15 of 16: not luck"),
        ({"done": 1.0, "points": TILES, "holds": [False] * 2 + [True] * 14}, False, "14 of 16: luck"),
        ({"done": 0.25, "points": TILES, "holds": None}, True, "ended early"),
    ],
)  # fmt: skip
def test_what_the_jury_says_is_shown(
    state: dict[str, Any], failed: bool, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []

    class Said:
        def __init__(self, *args: Any):
            asked.append(args)
            self.failed = failed

        def poll(self) -> dict[str, Any]:
            return state

    monkeypatch.setattr(luck, "Trial", Said)
    app = open_lab(scenario="mode-hopping")
    press(app, "scene:luck")
    ((name, scene, runs, seed),) = asked
    assert (name, scene, runs) == ("mode-hopping", 0, 16)
    assert seed >= 16
    assert said in shown(app)
    assert ("luck.**" in shown(app)) is (HOPPING.claims[0].text in shown(app))


def shown(app: AppTest) -> str:
    progress = [bar.proto.text for bar in app.get("progress")]
    return "\n".join([*progress, *(error.value for error in app.error)])


def test_a_trial_that_is_refused_is_explained_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*args: Any) -> None:
        raise EngineError("2 trials are running on this server already; try again in a minute.")

    monkeypatch.setattr(luck, "Trial", refuse)
    app = open_lab(scenario="mode-hopping")
    press(app, "scene:luck")
    assert "try again in a minute" in shown(app)
    app.run()
    assert view_of(app).state == "idle"
