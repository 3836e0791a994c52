"""Talk mode without a browser: what the screen is sent, and that its keys reach the run."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from streamlit.runtime.scriptrunner import RerunData, RerunException

from ganplay.data import encode_points
from ganplay.live import View, shared_engine
from ganplay.scenarios import load, names
from ganplay.trainer import Trainer
from ganplay.ui import session, talk
from ganplay.ui.page import PATHS

Open = Callable[..., Any]
HOPPING, PACKING = load("mode-hopping"), load("packing")


class Screen:
    """The talk of a tab, and its screen as the server knows it."""

    def __init__(self, tab: Any):
        self.tab, self.number = tab, 0

    def press(self, *presses: tuple[Any, ...]) -> None:
        """Send presses, each a kind and values, as the browser does."""
        numbered = []
        for what in presses:
            self.number += 1
            numbered.append([self.number, *what])
        self.send(numbered)

    def send(self, presses: list[Any]) -> None:
        self.tab.send(talk.KEY, presses)

    @property
    def words(self) -> dict[str, Any]:
        found: dict[str, Any] = self.tab.sent["talk"]
        return found

    @property
    def place(self) -> tuple[str, int]:
        """The scenario and the scene that it says are on, and the address too."""
        address = self.tab.address
        assert (address["scenario"], address["scene"]) == (self.words["name"], str(self.words["number"]))  # fmt: skip
        return self.words["name"], self.words["number"]


@pytest.fixture
def give(show: Open) -> Open:
    """Opens a talk."""
    return lambda playlist, **query: Screen(show("Talk", talk=playlist, **query))


@pytest.mark.parametrize("name", names())
def test_every_scenario_can_be_talked_about(name: str, give: Open) -> None:
    screen, scenario = give(name), load(name)
    tab = screen.tab
    assert not tab.problem
    assert (tab.view.state, tab.view.config) == ("idle", scenario.config(0))
    assert tab.view.limit == scenario.scenes[0].pace
    assert tab.address == {"run": tab.run, "scenario": name, "scene": "1", "talk": name}
    assert screen.words["caption"] == scenario.scenes[0].caption
    assert screen.words["notes"] == scenario.scenes[0].notes
    stage, evidence = (figure["name"] for figure in tab.sent["figures"])
    assert (stage, evidence) in (("stage", "coverage_over_time"), ("stage", "quality"))
    assert tab.sent["attributes"]["data-run"] == tab.run
    assert tab.sent["timeline"]["steps"] == [0]
    assert screen.words["heard"] == 0


def test_space_runs_and_pauses(give: Open) -> None:
    screen = give("mode-hopping")
    screen.press(("toggle",))
    screen.tab.wait(lambda view: view.step >= 4)
    assert screen.tab.view.state == "running"
    screen.press(("toggle",))
    assert screen.tab.view.state == "paused"
    screen.press(("toggle",), ("toggle",))
    assert screen.tab.view.state == "paused"
    screen.press(("toggle",))
    assert screen.tab.view.state == "running"


def test_a_press_is_heard_once(give: Open) -> None:
    screen = give("mode-hopping")
    screen.press(("toggle",))
    screen.send([[1, "toggle"]])  # again, as a browser does that has not been told yet
    assert screen.tab.view.state == "running"
    screen.send([[1, "toggle"], [2, "next"]])
    assert screen.place == ("mode-hopping", 2)
    assert screen.tab.view.state == "running"
    assert screen.words["heard"] == 2


def test_the_switch_goes_on_with_the_run_and_the_way_back_restores_it(give: Open) -> None:
    screen = give("mode-hopping")
    run = screen.tab.run
    screen.press(("toggle",))
    screen.tab.wait(lambda view: view.step >= 10)
    screen.press(("switch",))
    assert screen.place == ("mode-hopping", 2)
    assert (screen.tab.run, screen.tab.view.config) == (run, HOPPING.config(1))
    begun = screen.tab.view.history.marks[0][0]
    screen.tab.wait(lambda view: view.step > begun + 5)
    screen.press(("switch",))  # there is none
    assert screen.place == ("mode-hopping", 2)
    screen.press(("restart",))
    assert begun <= screen.tab.view.step < begun + 5
    screen.press(("previous",))
    assert screen.place == ("mode-hopping", 1)
    assert screen.tab.view.step < 10
    assert screen.tab.run == run


def test_five_quick_presses_go_five_scenes_on_and_leave_one_run(give: Open) -> None:
    screen = give("mode-hopping,packing,digits-collapse")
    first = screen.tab.run
    screen.press(*[("next",)] * 4)
    assert screen.place == ("digits-collapse", 1)
    view = screen.tab.view
    assert (view.state, view.config) == ("idle", load("digits-collapse").config(0))
    assert screen.tab.run != first
    assert shared_engine().poll(first) is None
    assert screen.tab.sent["figures"][0]["spec"]["layout"].keys() >= {"annotations"}  # a sheet
    screen.press(*[("next",)] * 5)  # two too many
    assert screen.place == ("digits-collapse", 3)
    # back to scenes that a run can begin with: packing's second is one, mode hopping's is not
    screen.press(*[("previous",)] * 3)
    assert screen.place == ("packing", 2)
    screen.press(("previous",), ("previous",))
    assert screen.place == ("mode-hopping", 1)
    screen.press(("previous",))
    assert screen.place == ("mode-hopping", 1)


def test_a_playlist_names_each_scenario_once(give: Open) -> None:
    screen = give("packing,mode-hopping,packing")
    assert screen.tab.address["talk"] == "packing,mode-hopping"
    screen.press(*[("next",)] * 9)
    assert screen.place == ("mode-hopping", 2)


def test_one_looks_back_and_branches_with_another_cure(give: Open) -> None:
    screen = give("mode-hopping")
    screen.press(("toggle",))
    screen.tab.wait(lambda view: view.step >= 40 and len(view.keys) > 2)
    screen.press(("toggle",))
    key = sorted(screen.tab.view.keys)[1]
    screen.press(("look", key))
    assert screen.tab.sent["attributes"]["data-shown"] == key
    assert screen.tab.sent["timeline"]["at"] is not None
    screen.press(("branch", key, "R1 on D"))
    assert screen.words["what_if"] == "R1 on D"
    assert screen.tab.view.config == HOPPING.config(0).updated({"penalty.name": "r1"})
    assert len(screen.tab.view.history.ghost)
    assert screen.place == ("mode-hopping", 1)
    screen.press(("restart",))
    assert (screen.words["what_if"], screen.tab.view.config) == ("", HOPPING.config(0))


def test_space_goes_on_from_now_when_one_looks_back(give: Open) -> None:
    screen = give("mode-hopping")
    screen.press(("toggle",))
    screen.tab.wait(lambda view: view.step >= 20)
    screen.press(("look", 0))
    assert screen.tab.sent["timeline"]["at"] == 0
    assert screen.tab.view.state == "paused"
    screen.press(("toggle",))
    assert screen.tab.sent["timeline"]["at"] is None
    assert screen.tab.view.state == "running"


def test_what_is_refused_is_said_on_the_screen(give: Open) -> None:
    screen = give("mode-hopping", generator__lr="-1")
    assert screen.words["problem"].startswith("generator.lr")
    assert screen.place == ("mode-hopping", 1)


def test_space_begins_a_scene_anew_that_has_diverged(
    give: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    screen = give("mode-hopping")
    with monkeypatch.context() as broken:
        broken.setattr(Trainer, "diverged", lambda trainer: [True])
        screen.press(("toggle",))
        screen.tab.wait(lambda view: view.state == "diverged")
        screen.tab.update()
        assert screen.tab.sent["message"].startswith("Training diverged")
    screen.press(("toggle",))
    view = screen.tab.view
    assert (view.state, view.config) == ("running", HOPPING.config(0))


def test_dark_and_recording_are_in_the_address(give: Open) -> None:
    screen = give("mode-hopping", dark="on", seed="3")
    assert screen.tab.address["dark"] == "on"
    assert (screen.words["dark"], screen.words["recording"]) == (True, False)
    assert screen.tab.view.config.seed == 3
    screen.press(("dark", False), ("toggle",))
    assert "dark" not in screen.tab.address
    assert screen.words["dark"] is False
    screen.press(("recording", True))
    assert screen.tab.address["recording"] == "on"
    assert screen.tab.view.state == "paused"
    screen.press(("recording", False))
    assert "recording" not in screen.tab.address


def test_the_way_out_leads_to_the_scenario_with_this_run(give: Open) -> None:
    screen = give("packing,mode-hopping")
    screen.press(("toggle",), ("next",), ("next",), ("next",))
    (link,) = (
        e.proto for e in screen.tab.app.get("page_link") if e.proto.label == "Leave the talk"
    )
    assert link.page == "Lab"
    run = screen.tab.run
    assert link.query_string.split("&")[0] == f"run={run}"
    screen.tab.go("Lab", **dict(part.split("=") for part in link.query_string.split("&")))
    assert screen.tab.run == run
    assert screen.tab.address == {"run": run, "scenario": "mode-hopping", "scene": "2"}
    assert "scene 2 of 2" in screen.tab.bar


def test_another_page_hands_over_the_scene_that_is_on_now(give: Open) -> None:
    """Even where the page has shown that run before, in an earlier scene."""
    screen = give("mode-hopping")
    run = screen.tab.run
    for scene in ("1", "2"):
        screen.tab.go("Lab", run=run, scenario="mode-hopping", scene=scene)
        assert (screen.tab.run, screen.tab.address["scene"]) == (run, scene)
        screen.tab.go("Talk", talk="mode-hopping", run=run, scenario="mode-hopping", scene=scene)
        assert screen.place == ("mode-hopping", int(scene))
        assert screen.tab.run == run
        if scene == "1":
            screen.press(("next",))


UNKNOWN = "scenario: there is no mode-hoping; the nearest is mode-hopping"


def test_an_unknown_scenario_is_named_with_the_nearest(give: Open) -> None:
    tab = give("mode-hoping").tab
    assert tab.problem.startswith(UNKNOWN)
    assert not [e for e in tab.app.get("bidi_component") if "talk" in e.proto.component_name]


def test_one_that_comes_later_is_named_on_the_screen(give: Open) -> None:
    screen = give("packing,mode-hoping")
    assert screen.words["problem"].startswith(UNKNOWN)
    assert (screen.place, screen.words["next"]) == (("packing", 1), PACKING.scenes[1].switch)


def test_without_a_scenario_it_says_what_is_missing(show: Open) -> None:
    assert show("Talk").problem.startswith("talk: name the scenario")


@pytest.mark.parametrize("page", ["", "Lab", "MNIST"])
def test_any_page_with_a_talk_in_its_address_goes_to_it(page: str, tabs: Open) -> None:
    tab = tabs()
    if page:
        tab.go(page, talk="packing", dark="on")
    else:
        tab.app.query_params["talk"] = "packing"
        tab.app.query_params["dark"] = "on"
        tab.update()
    assert tab.sent["talk"]["name"] == "packing"
    assert tab.address == {
        "run": tab.run, "scenario": "packing", "scene": "1", "talk": "packing", "dark": "on"
    }  # fmt: skip


def test_the_home_page_starts_a_talk(tabs: Open) -> None:
    tab = tabs()
    tab.update()
    assert tab.app.button(key="talk:start").disabled
    tab.app.multiselect(key="talk").set_value(["packing", "clip"])
    tab.update()
    tab.press("talk:start")
    assert tab.address["talk"] == "packing,clip"
    tab = tabs()
    tab.update()
    tab.press("talk:grid-25")
    assert tab.address["talk"] == "grid-25"


@pytest.mark.parametrize("label", ["Talk mode", "Play recording"])
def test_the_scene_bar_leads_to_the_talk(label: str, show: Open) -> None:
    tab = show("Lab", scenario="mode-hopping", seed="7")
    (link,) = (e.proto for e in tab.app.get("page_link") if e.proto.label == label)
    query = dict(part.split("=") for part in link.query_string.split("&"))
    assert PATHS[link.page].endswith("6_Talk.py")
    played = {"recording": "on"} if label == "Play recording" else {}
    assert query == {
        "run": tab.run, "scenario": "mode-hopping", "scene": "1", "seed": "7", "talk": "mode-hopping"
    } | played  # fmt: skip


def test_a_press_is_done_to_its_end_whatever_is_asked_for_meanwhile(
    give: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    screen, interrupted = give("momentum,digits-collapse"), []
    old = screen.tab.run
    show_run = session.show_run

    def late(view: View) -> None:
        """As Streamlit has it, of whose session state this is the first use since the run was made."""
        if not interrupted:
            interrupted.append(view.run)
            raise RerunException(RerunData())
        show_run(view)

    monkeypatch.setattr(session, "show_run", late)
    screen.press(("next",), ("next",))
    assert interrupted
    assert screen.place == ("digits-collapse", 1)
    assert screen.tab.view.config == load("digits-collapse").config(0)
    assert shared_engine().poll(old) is None
    assert screen.words["heard"] == screen.number


def test_looking_back_the_words_are_of_the_scene_of_then(give: Open) -> None:
    screen = give("mode-hopping")
    tab = screen.tab
    screen.press(("toggle",))
    tab.wait(lambda view: view.step >= 4)
    screen.press(("switch",))
    switched = next(step for step, _ in tab.view.history.marks)
    tab.wait(lambda view: view.step >= switched + 4)
    screen.press(("look", 0))
    assert screen.words["scene"] == HOPPING.scenes[0].title
    assert screen.words["switch"] == HOPPING.scenes[1].switch
    screen.press(("look", tab.view.film.steps[-1]))
    assert screen.words["scene"] == HOPPING.scenes[1].title
    screen.press(("branch", tab.view.film.steps[-1], "R1 on D"), ("toggle",))
    assert screen.words["what_if"] == "R1 on D"
    screen.press(("look", switched))
    assert (screen.words["scene"], screen.words["what_if"]) == (HOPPING.scenes[1].title, "")
    screen.press(("look", 0), ("switch",))
    assert screen.words["number"] == 2
    assert tab.view.step >= switched


@pytest.mark.parametrize(
    "sent",
    [
        1, "toggle", {"a": 1}, [1], ["toggle"], [None], [[]], [[1]], [["1", "toggle"]], [[1, 2]],
        [[1.5, "toggle"]], [[math.inf, "toggle"]], [[None, "toggle"]], [[1, "toggle", 1]],
        [[1, "dark"]], [[1, "recording"]], [[1, "look"]], [[1, "no such thing"]],
    ],
    ids=str,
)  # fmt: skip
def test_what_makes_no_sense_does_nothing(sent: Any, give: Open) -> None:
    screen = give("mode-hopping")
    screen.send(sent)
    assert (screen.tab.view.state, screen.words["dark"]) == ("idle", False)
    screen.send([[2, "toggle"]])
    assert screen.tab.view.state == "running"


def test_the_next_scenario_has_room_where_the_last_one_was(
    give: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    screen = give("packing,mode-hopping")
    engine = shared_engine()
    for run in engine._runs:
        engine.poll(run)
    monkeypatch.setattr(engine, "_capacity", len(engine._runs))
    screen.press(("next",), ("next",))
    assert screen.place == ("mode-hopping", 1)
    assert screen.tab.view.config == HOPPING.config(0)
    assert not screen.words["problem"]


def test_points_of_ones_own_may_have_no_code(give: Open) -> None:
    drawn = encode_points(np.random.default_rng(0).normal(size=(600, 2)))
    screen = give("mode-hopping", data__name="points", data__points=drawn)
    assert screen.tab.view.config.data.points == drawn
    assert "too long" in screen.words["qr"]["note"]
