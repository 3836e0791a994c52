"""The timeline below a live view, run without a browser: looking back, and branching."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from ganplay.config import RunConfig
from ganplay.live import shared_engine
from ganplay.scenarios import load
from ganplay.ui import timeline
from ganplay.ui.live_view import KEY
from ganplay.whatif import WHAT_IFS, options

Open = Callable[..., Any]
QUICK = {"batch_size": "8", "generator__hidden": "4", "discriminator__hidden": "4"}
HOPPING = load("mode-hopping")


@pytest.fixture
def four(lab: Open) -> Any:
    """A tab of the lab, with a run four iterations old."""
    tab = lab(**QUICK)
    steps(tab, 4)
    return tab


def steps(tab: Any, count: int) -> None:
    for _ in range(count):
        shared_engine().move(tab.run, "iteration")
    tab.update()


def do(tab: Any, *message: object) -> None:
    tab.send(KEY, list(message))


def shown(tab: Any) -> tuple[int, int]:
    """The iteration that is seen, and that at which the run is."""
    attributes = tab.sent["attributes"]
    return attributes["data-shown"], attributes["data-step"]


def iteration(tab: Any) -> str:
    values = {name: value for name, value, *_ in tab.sent["status"]}
    return str(values["iteration"])


# ---- what it shows


def test_it_shows_the_kept_moments(four: Any) -> None:
    found = four.sent["timeline"]
    assert found == {
        "steps": [0, 1, 2, 3, 4], "at": None, "keys": [0, 1, 2, 3, 4], "marks": [],
        "whatifs": list(options(four.view.config)),
    }  # fmt: skip
    four.set("loss", "hinge")
    steps(four, 1)
    found = four.sent["timeline"]
    assert (found["steps"], found["marks"]) == ([*range(6)], [[4, "loss=hinge"]])
    assert {"hinge", "non-saturating"} & {*found["whatifs"]} == {"non-saturating"}
    do(four, "look", 1)
    found = four.sent["timeline"]
    assert (found["at"], found["marks"]) == (1, [[4, "loss=hinge"]])
    assert {"hinge", "non-saturating"} & {*found["whatifs"]} == {"hinge"}, "it was not so then"


def test_it_shows_which_moments_can_be_gone_on_from(
    four: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    size = shared_engine()._runs[four.run].keyframes.kept[0].size
    monkeypatch.setattr("ganplay.live.film.ROOM", 3 * size)
    steps(four, 4)
    found = four.sent["timeline"]
    assert found["steps"] == [*range(9)]
    assert len(found["keys"]) == 3
    assert (found["keys"][0], found["keys"][-1]) == (0, 8)
    do(four, "branch", 7, "")
    assert four.view.state == "running"
    (key,) = (n for n in found["keys"] if 0 < n < 8)
    assert len(four.view.history.ghost) >= 8 - key


OWN = {"Lab": {}, "MNIST": {"generator__kind": "mlp"}, "Duel": {"b__loss": "hinge"}}


@pytest.mark.parametrize("page", OWN)
def test_every_page_with_a_run_has_one(page: str, show: Open) -> None:
    tab = show(page, **QUICK, **OWN[page])
    tab.press("do:Step")
    tab.press("do:Step")
    assert tab.sent["timeline"]["steps"] == [0, 1, 2]
    tab.send("duel" if page == "Duel" else KEY, ["look", 1])
    assert shown(tab) == (1, 2)


# ---- looking back


def test_looking_back_pauses_and_shows_what_was_seen_then(lab: Open) -> None:
    tab = lab(**QUICK)
    first = tab.sent
    tab.press("do:Run")
    tab.wait(lambda view: view.step > 20)
    tab.update()
    do(tab, "look", 0)
    step = tab.view.step
    assert (tab.view.state, shown(tab)) == ("paused", (0, step))
    assert tab.app.button(key="do:Run"), "the bar shows that it is paused"
    assert iteration(tab) == "0"
    assert tab.sent["label"] == first["label"].replace("idle", "paused")
    assert tab.sent["timeline"]["at"] == 0
    assert tab.view.step == step
    do(tab, "look", None)
    assert (tab.view.state, shown(tab), tab.sent["timeline"]["at"]) == (
        "paused",
        (step, step),
        None,
    )


def test_it_shows_the_nearest_kept_moment(four: Any) -> None:
    for asked, seen in ((2, 2), (10**30, 4), (-7, 0)):
        do(four, "look", asked)
        assert (shown(four), four.sent["timeline"]["at"]) == ((seen, 4), seen)
        assert not four.problem


def test_what_came_after_is_a_ghost(four: Any) -> None:
    def curves() -> list[list[int]]:
        (losses,) = (figure for figure in four.sent["figures"] if figure["name"] == "losses")
        return [losses["arrays"][f"{i}.x"]["shape"] for i in range(len(losses["spec"]["data"]))]

    assert curves() == [[4], [4]]
    do(four, "look", 2)
    assert curves() == [[3], [3], [2], [2]]


@pytest.mark.parametrize("button", ["Run", "Step", "D update", "G update", "Reset"])
def test_whatever_moves_the_run_returns_to_now(button: str, four: Any) -> None:
    do(four, "look", 1)
    four.press(f"do:{button}")
    assert four.sent["timeline"]["at"] is None
    if button == "Run":
        assert four.view.state == "running"
    else:
        step = {"Step": 5, "Reset": 0}.get(button, 4)
        assert shown(four) == (step, step)


def test_a_control_changes_the_run_as_it_is_now(four: Any) -> None:
    do(four, "look", 1)
    four.set("loss", "hinge")
    view = four.view
    assert (view.config.loss, view.step, view.history.marks) == ("hinge", 4, ((4, "loss=hinge"),))
    assert (shown(four), len(view.history.ghost)) == ((4, 4), 0)


def test_each_page_looks_back_by_itself(four: Any) -> None:
    do(four, "look", 1)
    four.go("MNIST", generator__kind="mlp", **QUICK)
    four.press("do:Step")
    assert shown(four) == (1, 1)
    assert four.sent["timeline"]["at"] is None
    four.go("Lab")
    assert shown(four) == (1, 4)


def test_another_run_is_seen_as_it_is_now(four: Any) -> None:
    do(four, "branch", 2, "hinge")
    four.press("do:Pause")
    do(four, "look", 1)
    state = four.app.session_state
    assert (state["looked@Lab"], state["what_if@Lab"]) == (1, "hinge")
    before = four.run
    four.go("Lab", scenario="mode-hopping")
    assert four.run != before
    assert shown(four) == (0, 0)
    assert (four.sent["timeline"]["at"], "what_if@Lab" in state) == (None, False)


def test_a_run_of_which_the_server_knows_nothing_any_more(four: Any) -> None:
    for message in (["look", 1], ["branch", 1, ""], ["branch", 1, "hinge"]):
        shared_engine().close(four.run)
        do(four, *message)
        assert four.view.state == "idle", "a new one has taken its place"
        assert (shown(four), four.sent["timeline"]["at"]) == ((0, 0), None)


# ---- branching


def test_branching_goes_on_as_it_was(four: Any) -> None:
    config, before = four.view.config, four.view
    do(four, "look", 2)
    do(four, "branch", 2, "")
    view = four.view
    assert (view.state, view.config, view.run) == ("running", config, before.run)
    assert (view.history.marks, len(view.history.ghost)) == ((), 3)
    assert four.sent["timeline"]["at"] is None
    assert four.app.session_state["what_if@Lab"] == ""
    four.press("do:Pause")
    frames = {frame.step: frame for frame in four.view.film.frames}
    for step in frames.keys() & {3, 4}:
        np.testing.assert_array_equal(frames[step].fake, before.film.at(step).fake)


@pytest.mark.parametrize("title", ["hinge", "WGAN-GP", "learning rates / 10"])
def test_branching_with_a_change(title: str, four: Any) -> None:
    config = four.view.config
    expected = config.updated(options(config)[title])
    do(four, "branch", 2, title)
    view = four.view
    assert (view.state, view.config) == ("running", expected)
    ((step, _),) = view.history.marks
    assert step == 2
    assert four.app.session_state["what_if@Lab"] == title
    assert not four.problem
    query = expected.to_query(RunConfig())
    assert {name: four.address[name] for name in query} == query
    assert four.controls["loss"].value == expected.loss, "the controls show it"
    four.press("do:Pause")
    do(four, "branch", 1, "")
    assert (four.view.config, four.app.session_state["what_if@Lab"]) == (config, "")


def test_after_a_reset_the_change_stays(four: Any) -> None:
    do(four, "branch", 2, "hinge")
    four.press("do:Reset")
    assert (four.view.config.loss, len(four.view.history.ghost)) == ("hinge", 0)
    assert four.app.session_state["what_if@Lab"] == "hinge"


def test_branching_before_a_scene_goes_back_to_the_one_before(lab: Open) -> None:
    tab = lab(scenario="mode-hopping")
    steps(tab, 3)
    tab.press("scene:switch")
    tab.press("do:Pause")
    begun = tab.view.step
    steps(tab, 3)
    do(tab, "branch", 1, "")
    assert tab.view.config == HOPPING.config(0)
    assert tab.address == {"run": tab.run, "scenario": "mode-hopping", "scene": "1"}
    assert HOPPING.scenes[0].caption in tab.bar
    tab.press("do:Pause")
    steps(tab, begun)
    here = tab.view.step
    tab.press("scene:switch")
    assert [step for step, _ in tab.view.history.marks] == [here], "it was begun before once"
    assert tab.address["scene"] == "2"
    tab.press("do:Pause")
    steps(tab, 2)
    do(tab, "branch", tab.view.step - 1, "")
    assert tab.address["scene"] == "2"
    assert tab.view.config == HOPPING.config(1)


def test_the_scene_before_has_its_own_pace_again(lab: Open) -> None:
    slow, fast = (scene.pace for scene in load("vanishing-gradient").scenes)
    assert slow != fast
    tab = lab(scenario="vanishing-gradient")
    steps(tab, 3)
    tab.press("scene:switch")
    tab.press("do:Pause")
    steps(tab, 2)
    do(tab, "branch", tab.view.step, "")
    assert (tab.address["scene"], tab.view.limit) == ("2", fast)
    do(tab, "branch", 1, "")
    assert (tab.address["scene"], tab.view.limit) == ("1", slow)
    assert tab.app.selectbox(key="speed").value == f"{slow:g} / s"


def test_a_speed_of_ones_own_stays_within_a_scene(lab: Open) -> None:
    tab = lab(scenario="vanishing-gradient")
    steps(tab, 3)
    shared_engine().hold(tab.run, 200.0)
    do(tab, "branch", 1, "")
    assert tab.view.limit == 200


@pytest.mark.parametrize("page", ["Lab", "Talk"])
def test_a_run_of_another_scenario_is_in_a_scene_of_this_one(page: str, show: Open) -> None:
    before = show("Lab", scenario="frozen-generator")
    for _ in range(2):
        before.press("scene:switch")
    before.press("do:Pause")
    assert before.view.scene == len(HOPPING.scenes)
    query = before.view.config.to_query(HOPPING.config(0))
    query = {name.replace(".", "__"): text for name, text in query.items()}
    tab = show(page, scenario="mode-hopping", run=before.run, **query)
    assert tab.run == before.run
    steps(tab, 2)
    key = {"Lab": KEY, "Talk": "talk"}[page]
    for n, message in enumerate((["look", tab.view.step - 1], ["branch", tab.view.step - 1, ""])):
        tab.send(key, message if page == "Lab" else [[n + 1, *message]])
        assert tab.address["scene"] == "1"


def test_after_a_reset_the_scene_is_the_one_that_is_on(lab: Open) -> None:
    tab = lab(scenario="mode-hopping")
    steps(tab, 3)
    tab.press("scene:switch")
    tab.press("do:Reset")
    steps(tab, 3)
    do(tab, "branch", 1, "")
    assert tab.view.config == HOPPING.config(1)
    assert tab.address["scene"] == "2"


def test_scenes_of_another_scenario_are_forgotten(lab: Open) -> None:
    tab = lab(scenario="mode-hopping")
    tab.press("scene:switch")
    tab.go("Lab", scenario="vanishing-gradient")
    steps(tab, 3)
    do(tab, "branch", 2, "")
    assert tab.address["scene"] == "1"
    assert load("vanishing-gradient").scenes[0].caption in tab.bar


# ---- what a browser should not send


@pytest.mark.parametrize(
    "message",
    [
        None, [], {}, "look", 7, ["look"], ["look", "3"], ["look", 1.5], ["look", [1]], ["look", 1, 2],
        ["branch"], ["branch", 1], ["branch", None, ""], ["branch", "1", ""], ["branch", 1.5, ""],
        ["branch", 1, None], ["branch", 1, 3], ["branch", 1, ["hinge"]], ["branch", 1, "hinge", 1],
        ["branch", 1, "no such change"], ["branch", 1, "packs of two"], ["branch", 1, "non-saturating"],
        ["branch", 1, "loss"], ["close", 1], [None, None],
    ],
    ids=str,
)  # fmt: skip
def test_what_makes_no_sense_does_nothing(message: object, four: Any) -> None:
    before = four.view
    four.send(KEY, message)
    assert four.view is before
    assert not four.problem
    assert (shown(four), four.sent["timeline"]["at"]) == ((4, 4), None)
    assert "what_if@Lab" not in four.app.session_state


@pytest.mark.parametrize(("step", "from_"), [(-(10**30), 0), (10**30, 4)])
def test_a_step_that_never_was_is_one_at_the_end(step: int, from_: int, four: Any) -> None:
    do(four, "branch", step, "hinge")
    view = four.view
    assert (view.state, view.config.loss) == ("running", "hinge")
    assert view.history.marks == (((from_, "loss=hinge"),) if from_ else ())


# ---- a side that has diverged


@pytest.mark.parametrize("lost", [0, 1])
def test_a_duel_keeps_the_moments_of_the_side_that_goes_on(lost: int, show: Open) -> None:
    tab = show("Duel", b__loss="hinge", **QUICK)
    steps(tab, 2)
    shared_engine()._runs[tab.run].trainer.stacks[lost].generator.net.flat.fill_(float("nan"))
    steps(tab, 3)
    assert [bool(side.ended) for side in tab.view.sides] == [lost == 0, lost == 1]
    found = tab.sent["timeline"]
    assert (found["steps"], found["keys"]) == ([*range(6)], [*range(6)])
    tab.send("duel", ["look", 4])
    assert tab.sent["timeline"]["at"] == 4
    tab.send("duel", ["branch", 2, ""])
    assert tab.view.state == "running"
    assert [side.ended for side in tab.view.sides] == ["", ""]


def test_every_title_is_short_enough_for_the_menu() -> None:
    assert all(len(title) <= 30 for title in WHAT_IFS)
    assert "" not in WHAT_IFS, "that is to go on as it was"
    assert callable(timeline.act)
