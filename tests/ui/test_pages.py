"""Each page run without a browser: what it shows, and that its controls reach the run."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ganplay.config import RunConfig, named_fields
from ganplay.data import PICTURES, PLANE
from ganplay.live import shared_engine
from ganplay.recipes import recipe
from ganplay.ui.page import PAGES, PATHS, TALK

ROOT = Path(__file__).parents[2]
Open = Callable[..., Any]

STARTS = {"Lab": RunConfig(), "MNIST": recipe("dcgan")}
"""The pages with a live run, and the settings they start with."""

every_page = pytest.mark.parametrize("page", STARTS)


def test_the_home_page_runs(tabs: Open) -> None:
    tab = tabs()
    tab.update()
    assert not tab.problem
    assert tab.run == ""


def test_pages_and_list_agree() -> None:
    there = {f"pages/{p.name}" for p in (ROOT / "pages").glob("*.py")} | {"app.py"}
    assert there == {*PAGES, TALK}
    assert STARTS.keys() | {"Explorer", "Theory", "Duel", "Talk"} == PATHS.keys() - {""}


@every_page
def test_a_page_begins_with_an_idle_run_and_its_picture(page: str, show: Open) -> None:
    tab = show(page)
    assert not tab.problem
    assert (tab.view.state, tab.view.config) == ("idle", STARTS[page])
    assert tab.address == {"run": tab.run}
    components = [e.proto.component_name for e in tab.app.get("bidi_component")]
    assert components.count("ganplay.view") == 1
    assert tab.sent["attributes"] == {
        "data-state": "idle", "data-step": 0, "data-frame": 1, "data-run": tab.run, "data-shown": 0
    }  # fmt: skip
    assert tab.sent["figures"][0]["name"] == "stage"
    assert len(tab.sent["figures"]) == 5
    assert tab.sent["label"].endswith("; idle.")
    names = [name for name, *_ in tab.sent["status"]]
    assert names[:2] == ["iteration", "iterations/s"]
    assert len(set(names)) == len(names) > 6


NEEDS_MORE = {
    "Lab": {"generator.kind", "discriminator.kind", "precision"}  # have one choice for points
    | {"generator.norm", "discriminator.norm"}  # mean nothing to perceptrons
    | {"generator.steps_total", "discriminator.steps_total"}  # nor without a decay
    | {"generator.start"},  # nor to what is no shift
    "MNIST": {"discriminator.fourier_features", "discriminator.sees_log", "aids.unroll"}
    | {"generator.start"}
    | {"aids.minibatch_stddev"},  # of which a DCGAN's discriminator is not told
}
"""Settings that mean nothing beside the others of a page, besides the momentum of Adam."""


@every_page
def test_every_setting_that_matters_has_a_control_with_its_help(page: str, show: Open) -> None:
    tab = show(page, penalty__name="r1", vae__on="true")
    tab.unfold()
    without = NEEDS_MORE[page] | {"generator.momentum", "discriminator.momentum"}
    fields = named_fields(STARTS[page].data.name)
    shown = tab.controls
    assert without < fields.keys()
    assert shown.keys() == fields.keys() - without
    for name, control in shown.items():
        assert control.help.startswith(fields[name].description), name
        assert ("starts the run again" in control.help) is (
            bool(fields[name].json_schema_extra["restart"])
        )


@every_page
def test_the_vae_has_more_settings_once_it_is_on(page: str, show: Open) -> None:
    tab = show(page)
    tab.unfold()
    assert {n for n in tab.controls if n.startswith("vae.")} == {"vae.on"}
    tab.press("do:Step")
    tab.set("vae.on", True)
    assert {n for n in tab.controls if n.startswith("vae.")} == {
        "vae.on", "vae.beta", "vae.variance", "vae.lr"
    }  # fmt: skip
    view = tab.view
    assert (view.config.vae.on, view.snapshot.step) == (True, 0)
    assert view.snapshot.vae is not None
    tab.press("do:Step")
    tab.set("vae.on", False)
    assert (tab.view.snapshot.step, tab.view.snapshot.vae) == (0, None)


@every_page
def test_run_step_pause_reset_reach_the_run(page: str, show: Open) -> None:
    tab = show(page)
    tab.press("do:Step")
    assert (tab.view.state, tab.view.snapshot.step) == ("paused", 1)
    assert tab.sent["attributes"]["data-step"] == 1
    tab.press("do:Run")
    assert tab.view.state == "running"
    tab.wait(lambda view: view.snapshot.step > 1)
    tab.press("do:Pause")
    assert tab.view.state == "paused"
    tab.press("do:Reset")
    assert (tab.view.state, tab.view.snapshot.step) == ("idle", 0)


def test_one_update_of_one_player(lab: Open) -> None:
    tab = lab()
    for player in ("D", "G"):
        tab.press(f"do:{player} update")
        assert (tab.view.state, tab.view.snapshot.step) == ("paused", 0)


@every_page
def test_a_control_changes_the_run_in_its_middle(page: str, show: Open) -> None:
    tab = show(page)
    tab.press("do:Step")
    tab.set("loss", "wgan")
    view = tab.view
    assert (view.config.loss, view.snapshot.step) == ("wgan", 1)
    assert view.history.marks == ((1, "loss=wgan"),)
    assert tab.address == {"run": view.run, "loss": "wgan"}


def test_an_old_value_sent_again_is_no_change(lab: Open) -> None:
    """As browsers do when a group of settings is closed."""
    tab = lab()
    tab.press("do:Step")
    frame = tab.view.frame
    view = shared_engine().change(tab.run, tab.view.config)
    assert (view.history.marks, view.frame) == ((), frame)


def test_an_aid_is_switched_on_by_a_checkbox(lab: Open) -> None:
    tab = lab()
    tab.unfold()
    tab.set("discriminator.spectral_norm", True)
    assert not tab.problem
    assert tab.view.config.discriminator.spectral_norm
    assert tab.address["discriminator.spectral_norm"] == "true"


@every_page
def test_reset_keeps_settings(page: str, show: Open) -> None:
    tab = show(page)
    tab.set("generator.lr", 0.01)
    tab.press("do:Step")
    tab.press("do:Reset")
    assert tab.view.config.generator.lr == 0.01


@every_page
def test_a_page_offers_the_data_it_can_show(page: str, show: Open) -> None:
    offered = set(show(page).controls["data.name"].options)
    kinds = PLANE if page == "Lab" else PICTURES
    without = {"images", "stacked_mnist", "faces"}  # which have to be given first, and need colour
    assert offered == {kind.title for name, kind in kinds.items() if name not in without}


def test_a_new_data_set_brings_its_own_controls(lab: Open) -> None:
    tab = lab()
    tab.unfold()
    assert "data.modes" in tab.controls
    tab.press("do:Step")
    tab.set("data.name", "swiss_roll")
    assert (tab.view.config.data.name, tab.view.snapshot.step) == ("swiss_roll", 1)
    assert "data.modes" not in tab.controls
    tab.set("data.name", "grid")
    assert "data.modes" in tab.controls


def test_bad_width_is_refused_and_the_run_unharmed(lab: Open) -> None:
    tab = lab()
    tab.press("do:Step")
    tab.unfold()
    tab.set("generator.hidden", "64,0")
    assert "1 to 1024" in tab.problem
    assert tab.view.snapshot.step == 1
    assert tab.controls["generator.hidden"].value == "64,64"
    tab.set("generator.hidden", "32")
    assert not tab.problem
    assert tab.view.config.generator.hidden == (32,)


@pytest.mark.parametrize(("page", "penalty"), [("Lab", "none"), ("Lab", "gp"), ("MNIST", "r1")])
def test_wgan_paper_settings_are_one_click_away(page: str, penalty: str, show: Open) -> None:
    tab = show(page, penalty__name=penalty)
    next(b for b in tab.app.button if b.label == "WGAN as in the paper").click()
    tab.update()
    assert not tab.problem
    config = tab.view.config
    assert (config.loss, config.clip, config.batch_size) == ("wgan", 0.01, 64)
    assert config.discriminator.lr == config.generator.lr == 5e-5
    assert (config.discriminator.steps, config.discriminator.optimizer) == (5, "rmsprop")


def test_a_stale_control_changes_nothing(lab: Open) -> None:
    """A picture asked for before a change by a button may still bring the old values."""
    tab = lab()
    old = tab.key("generator.lr")
    next(b for b in tab.app.button if b.label == "WGAN as in the paper").click()
    tab.update()
    assert tab.key("generator.lr") != old
    tab.app.session_state[old] = 0.5
    tab.update()
    assert tab.view.config.generator.lr == 5e-5


@pytest.mark.parametrize("name", ["dcgan", "mlp"])
def test_a_recipe_is_one_click_away_and_keeps_data_and_seed(name: str, mnist: Open) -> None:
    other = {"dcgan": "mlp", "mlp": "dcgan"}[name]
    tab = mnist(seed="7")
    tab.press(f"recipe:{other}")
    tab.press("do:Step")
    tab.set("loss", "wgan")
    tab.press(f"recipe:{name}")
    assert not tab.problem
    view = tab.view
    assert view.config == recipe(name).updated({"seed": 7})
    assert view.snapshot.step == 0, "other nets are a new run"
    assert tab.address["seed"] == "7"
    assert tab.controls["generator.lr"].value == recipe(name).generator.lr
