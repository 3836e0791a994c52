"""A page inside a scenario, run without a browser: its scene bar, its address, and the way out."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from ganplay.config import RunConfig
from ganplay.live import shared_engine
from ganplay.measures import MEASURES
from ganplay.recipes import recipe
from ganplay.scenarios import load, names
from ganplay.ui.transport import SPEEDS

Open = Callable[..., Any]
HOPPING = load("mode-hopping")
VANISHING = load("digits-collapse")


@pytest.mark.parametrize("name", names())
def test_every_scenario_opens_at_its_first_scene(name: str, show: Open) -> None:
    scenario = load(name)
    tab = show(scenario.page, scenario=name)
    assert not tab.problem
    view = tab.view
    assert (view.state, view.config) == ("idle", scenario.config(0))
    assert view.limit == scenario.scenes[0].pace
    assert tab.app.selectbox(key="speed").value == f"{view.limit:.0f} / s"
    assert scenario.title in tab.bar
    assert scenario.scenes[0].caption in tab.bar
    assert f"scene 1 of {len(scenario.scenes)}" in tab.bar
    assert ("scene:switch" in tab.keys) is (len(scenario.scenes) > 1)
    assert ("scene:luck" in tab.keys) is (scenario.claim_of(0) is not None)
    assert tab.address == {"run": view.run, "scenario": name, "scene": "1"}
    panels = [figure["name"] for figure in tab.sent["figures"]]
    assert panels[0] == "stage"
    if claim := scenario.claim_of(0):
        titles = [
            trace["name"] for figure in tab.sent["figures"] for trace in figure["spec"]["data"]
        ]
        assert MEASURES[claim.needs()[0]].title in titles, "nothing shows whether the claim holds"


@pytest.mark.parametrize("name", names())
def test_every_pace_can_be_chosen(name: str) -> None:
    for scene in load(name).scenes:
        assert scene.pace in SPEEDS.values()
        assert f"{scene.pace:.0f} / s" in SPEEDS


def test_outside_a_scenario_there_is_no_bar(lab: Open) -> None:
    tab = lab()
    assert not {key for key in tab.keys if key.startswith("scene:")}
    assert tab.address.keys() == {"run"}
    assert "mode" not in tab.bar.lower()


def test_the_switch_goes_on_to_the_next_scene(lab: Open) -> None:
    tab = lab(scenario="mode-hopping")
    assert tab.app.button(key="scene:switch").label == "Now unroll 5 steps"
    assert tab.app.button(key="scene:back").disabled
    tab.press("do:Run")
    before = tab.wait(lambda view: view.snapshot.step >= 10)
    tab.press("scene:switch")
    view = tab.view
    assert view.run == before.run
    assert view.state == "running"
    assert (view.config.aids.unroll, view.config) == (5, HOPPING.config(1))
    assert view.snapshot.step >= before.snapshot.step
    ((step, words),) = view.history.marks
    assert (step >= 10, words) == (True, "aids.unroll=5")
    assert HOPPING.scenes[1].caption in tab.bar
    assert HOPPING.scenes[0].caption not in tab.bar
    assert "scene:switch" not in tab.keys
    assert not tab.app.button(key="scene:back").disabled
    assert tab.address == {"run": view.run, "scenario": "mode-hopping", "scene": "2"}
    tab.wait(lambda later: later.snapshot.step > view.snapshot.step)


def test_again_and_back(lab: Open) -> None:
    tab = lab(scenario="mode-hopping")
    tab.press("do:Run")
    tab.wait(lambda view: view.snapshot.step >= 10)
    tab.press("do:Pause")
    tab.press("scene:switch")
    ((begun, _),) = tab.view.history.marks
    tab.wait(lambda view: view.snapshot.step >= begun + 8)
    tab.press("scene:again")
    view = tab.view
    assert (view.state, view.config) == ("running", HOPPING.config(1))
    assert begun <= view.snapshot.step < begun + 8
    assert tab.address["scene"] == "2"
    tab.press("scene:back")
    view = tab.view
    assert (view.state, view.config) == ("running", HOPPING.config(0))
    assert view.snapshot.step < 10
    assert view.history.marks == ()
    assert tab.address["scene"] == "1"
    assert HOPPING.scenes[0].caption in tab.bar


def test_another_seed_stays_from_scene_to_scene(lab: Open) -> None:
    tab = lab(scenario="mode-hopping", seed="7")
    tab.press("do:Step")
    for key, scene in (("scene:switch", 1), ("scene:again", 1), ("scene:back", 0)):
        tab.press(key)
        view = tab.view
        assert view.config == HOPPING.config(scene).updated({"seed": 7})
        assert tab.address["seed"] == "7"
        assert len(view.history.marks) == scene, "the switch started a new run"


def test_the_claims_measure_is_watched_from_scene_to_scene(lab: Open) -> None:
    tab = lab(scenario="frozen-generator")  # whose first scene claims nothing
    tab.press("do:Step")
    assert np.isnan(tab.view.history.column("watched")).all()
    tab.press("scene:switch")
    view = tab.wait(lambda view: (view.history.column("watched") > 0).any())
    assert view.config.generator.steps == 1
    assert 0 < view.history.column("watched")[-1] < 1  # the mean distance from the origin


def test_scenes_of_digits_play_on_their_page(mnist: Open) -> None:
    tab = mnist(scenario="digits-collapse")
    config = tab.view.config
    assert (config.data.name, config.generator.kind, config.penalty.name) == (
        "mnist",
        "mlp",
        "none",
    )
    tab.press("do:Run")
    view = tab.wait(lambda view: np.isfinite(view.history.column("watched")).any())
    assert 0 <= view.history.column("watched")[-1] < 2  # the variety of pictures
    tab.press("scene:switch")  # which begins anew, and goes on training
    view = tab.view
    assert (view.state, view.config, view.history.marks) == ("running", VANISHING.config(1), ())
    assert view.limit == VANISHING.scenes[1].pace
    begun = tab.wait(lambda view: view.snapshot.step > 4)
    tab.press("scene:switch")
    view = tab.view
    ((step, words),) = view.history.marks
    assert (step >= begun.snapshot.step, words) == (True, "penalty.name=none")
    assert tab.address == {"run": view.run, "scenario": "digits-collapse", "scene": "3"}
    tab.press("scene:back")
    assert tab.view.config == VANISHING.config(1)
    tab.press("scene:leave")
    assert not {key for key in tab.keys if key.startswith("scene:")}
    assert tab.address == {"run": view.run, **VANISHING.config(1).to_query(recipe("dcgan"))}


@pytest.mark.parametrize(("page", "other"), [("Lab", "digits-collapse"), ("MNIST", "mode-hopping")])
def test_a_scenario_of_the_other_page_is_refused(page: str, other: str, show: Open) -> None:
    tab = show(page, scenario=other)
    home = load(other).page
    assert tab.problem == (
        f"scenario: {other} plays on the page {home}; open it from the home page."
    )
    assert tab.view.config == (RunConfig() if page == "Lab" else recipe("dcgan"))
    assert tab.address == {"run": tab.run}
    assert not {key for key in tab.keys if key.startswith("scene:")}


def test_each_page_of_a_tab_has_a_scene_of_its_own(show: Open) -> None:
    tab = show("Lab", scenario="mode-hopping", scene="1")
    tab.go("MNIST")
    assert not {key for key in tab.keys if key.startswith("scene:")}
    tab.go("MNIST", scenario="digits-collapse")
    assert VANISHING.scenes[0].caption in tab.bar
    tab.go("Lab")
    assert HOPPING.scenes[0].caption in tab.bar
    assert tab.view.config == HOPPING.config(0)
    tab.go("MNIST")
    assert VANISHING.scenes[0].caption in tab.bar


def test_the_speed_shown_is_the_one_in_force(lab: Open) -> None:
    tab = lab(scenario="vanishing-gradient")
    paces = [scene.pace for scene in load("vanishing-gradient").scenes]
    assert paces == [10, 50]
    assert tab.app.selectbox(key="speed").value == "10 / s"
    tab.press("scene:switch")
    assert tab.view.limit == 50
    assert tab.app.selectbox(key="speed").value == "50 / s"
    tab.press("scene:back")
    assert tab.app.selectbox(key="speed").value == "10 / s"


def test_leave_keeps_the_run_and_its_settings(lab: Open) -> None:
    tab = lab(scenario="mode-hopping")
    tab.press("do:Step")
    before = tab.view
    tab.press("scene:leave")
    view = tab.view
    assert (view.run, view.config, view.snapshot.step) == (before.run, HOPPING.config(0), 1)
    assert not {key for key in tab.keys if key.startswith("scene:")}
    assert HOPPING.scenes[0].caption not in tab.bar
    assert tab.address == {"run": view.run, **HOPPING.config(0).to_query()}
    tab.app.run()
    assert "scenario" not in tab.app.session_state
    assert not tab.problem
    again = lab(**{n.replace(".", "__"): v for n, v in tab.address.items()})
    assert again.view.run == view.run


def test_a_reload_finds_the_same_run_and_scene(lab: Open) -> None:
    tab = lab(scenario="mode-hopping")
    tab.press("scene:switch")
    tab.press("do:Pause")
    tab.app.select_slider(key=tab.key("generator.lr")).set_value(5e-3).run()
    view = tab.view
    assert view.config == HOPPING.config(1).updated({"generator.lr": 5e-3})
    where = tab.address
    assert where == {
        "run": view.run, "scenario": "mode-hopping", "scene": "2", "generator.lr": "0.005"
    }  # fmt: skip
    again = lab(**{n.replace(".", "__"): v for n, v in where.items()})
    assert again.view.run == view.run
    assert again.view.config == view.config
    assert again.view.history.marks == view.history.marks
    assert HOPPING.scenes[1].caption in again.bar
    assert again.address == where
    again.press("scene:again")
    assert again.view.config == HOPPING.config(1)


@pytest.mark.parametrize(
    ("name", "scene", "starts_at"),
    [
        ("mode-hopping", "2", 0),
        ("frozen-generator", "3", 0),
        ("momentum", "2", 1),
        ("clip", "3", 2),
    ],
)
def test_a_link_to_a_later_scene_begins_where_it_can(
    name: str, scene: str, starts_at: int, lab: Open
) -> None:
    """Where it goes on from is not in the address."""
    tab = lab(scenario=name, scene=scene, run="deadbeef")
    assert not tab.problem
    assert tab.view.config == load(name).config(starts_at)
    assert tab.address["scene"] == str(starts_at + 1)
    assert load(name).scenes[starts_at].caption in tab.bar


def test_a_link_may_change_a_scenes_settings(lab: Open) -> None:
    tab = lab(scenario="mode-hopping", loss="hinge", generator__steps="1")
    changed = {"loss": "hinge", "generator.steps": 1}
    assert tab.view.config == HOPPING.config(0).updated(changed)
    assert tab.address.keys() == {"run", "scenario", "scene", *changed}


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
    query: dict[str, str], words: str, lab: Open
) -> None:
    tab = lab(**query)
    assert words in tab.problem
    assert len(tab.problem) < 400
    assert "\n" not in tab.problem
    assert tab.view.config == RunConfig()
    assert tab.address.keys() == {"run"}
    tab.press("do:Step")
    assert not tab.problem
    assert tab.view.snapshot.step == 1


def test_a_bad_setting_in_a_scene_gets_the_scenes_own(lab: Open) -> None:
    tab = lab(scenario="mode-hopping", loss="wgann")
    assert "nearest is wgan" in tab.problem
    assert tab.view.config == HOPPING.config(0)


@pytest.mark.parametrize("name", ["packing", "digits-collapse", "vae-blur", "vae-ring"])
def test_a_card_of_the_gallery_opens_its_scenario(name: str, tabs: Open) -> None:
    tab = tabs()
    tab.update()
    opening = [b.key for b in tab.app.button if b.label == "Open"]
    assert opening == [f"open:{name}" for name in names()]
    tab.press(f"open:{name}")
    assert not tab.problem
    assert tab.app.session_state["page"].name == load(name).page
    assert tab.view.config == load(name).config(0)
    assert load(name).scenes[0].caption in tab.bar


def test_another_card_leaves_the_first_scenario(tabs: Open) -> None:
    tab = tabs()
    tab.update()
    tab.press("open:packing")
    first = tab.view
    tab.go("")
    tab.press("open:clip")
    view = tab.view
    assert view.run != first.run
    assert view.config == load("clip").config(0)
    assert tab.address["scenario"] == "clip"


def test_a_diverged_scene_begins_afresh(monkeypatch: pytest.MonkeyPatch, lab: Open) -> None:
    tab = lab(scenario="mode-hopping")
    tab.press("do:Step")

    def spoil(run: Any) -> None:
        run.trainer.stacks[0].generator.net.flat.fill_(float("nan"))
        run.publish()

    shared_engine()._command(tab.run, spoil)
    tab.app.run()
    assert tab.view.state == "diverged"
    tab.press("scene:again")
    view = tab.view
    assert (view.state, view.config, view.message) == ("running", HOPPING.config(0), "")
