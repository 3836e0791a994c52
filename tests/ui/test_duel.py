"""The page of a duel, run without a browser: its sides, its address, and the ways there."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from ganplay.config import RunConfig
from ganplay.data import encode_points
from ganplay.duel import Duel
from ganplay.live import shared_engine
from ganplay.recipes import recipe
from ganplay.scenarios import load
from ganplay.ui.duel import FIRST
from ganplay.ui.page import PATHS

Open = Callable[..., Any]
QUICK = {"batch_size": "8", "generator__hidden": "4", "discriminator__hidden": "4"}
TWO = {**QUICK, "b__aids__unroll": "1"}
COMMON = {name.replace("__", "."): text for name, text in QUICK.items()}


@pytest.fixture
def duel(show: Open) -> Open:
    """Opens the page with an address."""
    return lambda **query: show("Duel", **query)


def figures(tab: Any) -> list[str]:
    return [figure["name"] for figure in tab.sent["figures"]]


def configs(tab: Any) -> tuple[RunConfig, ...]:
    return tuple(side.config for side in tab.view.sides)


def test_it_opens_with_a_duel(duel: Open) -> None:
    tab = duel()
    first = Duel.of_scenario(FIRST)
    assert not tab.problem
    assert (tab.view.state, configs(tab)) == ("idle", first.configs)
    assert tab.address == {"run": tab.run, **first.to_query()}
    assert figures(tab) == ["side A", "side B", "covered", "high_quality", "loss_d", "norm_g"]
    assert [h["title"] for h in tab.sent["headings"]] == list(first.titles)
    sent = tab.sent["attributes"]
    assert (sent["data-testid"], sent["data-run"], sent["data-shown"]) == ("live-view", tab.run, 0)
    assert tab.sent["timeline"]["steps"] == [0]
    assert tab.sent["timeline"]["whatifs"] == []


@pytest.mark.parametrize(("name", "count"), [("clip", 4), ("update-ratio", 2), ("vae-blur", 2)])
def test_scenes_open_side_by_side_at_the_pace_of_the_slowest(
    name: str, count: int, duel: Open
) -> None:
    tab = duel(scenario=name)
    assert not tab.problem
    assert configs(tab) == Duel.of_scenario(name).configs
    assert len(configs(tab)) == count
    assert tab.view.limit == min(scene.pace for scene in load(name).scenes)
    assert "scenario" not in tab.address


def test_an_address_is_a_duel(duel: Open) -> None:
    tab = duel(loss="hinge", b__aids__unroll="2", c__penalty__name="gp", **QUICK)
    base = RunConfig().updated({"loss": "hinge", **COMMON})
    assert configs(tab) == (
        base, base.updated({"aids.unroll": 2}), base.updated({"penalty.name": "gp"})
    )  # fmt: skip
    assert tab.view.limit is None
    assert tab.address == {
        "run": tab.run, "loss": "hinge", "b.aids.unroll": "2", "c.penalty.name": "gp", **COMMON
    }  # fmt: skip


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ({"b__aids__unroll": "99"}, "b.aids.unroll: 99 is not allowed; it takes a whole number"),
        ({"b__seed": "3"}, "b.seed: all sides have the same seed and data"),
        ({"loss": "hinge"}, "b: a duel takes a second side"),
        ({"scenario": "good-gan"}, "scenario: good-gan has one setting only"),
        ({"data__name": "gaussian_1d", "b__loss": "wgan"}, "data.name: gaussian_1d is not for this page"),
        ({"data__name": "faces", "b__loss": "wgan"}, "data.name: faces is not for this page"),
    ],
)  # fmt: skip
def test_a_bad_address_is_said_and_the_page_starts_with_its_own(
    query: dict[str, str], says: str, duel: Open
) -> None:
    tab = duel(**query)
    assert tab.problem.startswith(says)
    assert tab.problem.endswith("The page starts with its own duel instead.")
    assert configs(tab) == Duel.of_scenario(FIRST).configs


# ---- on one clock


def test_all_sides_run_pause_and_start_again_together(duel: Open) -> None:
    tab = duel(**TWO)
    tab.press("do:Run")
    tab.wait(lambda view: view.step >= 20)
    tab.press("do:Pause")
    view = tab.view
    assert view.state == "paused"
    assert {side.snapshot.step for side in view.sides} == {view.step}
    assert tab.sent["attributes"]["data-step"] == view.step
    tab.press("do:Step")
    assert {side.snapshot.step for side in tab.view.sides} == {view.step + 1}
    tab.press("do:Reset")
    assert (tab.view.state, tab.view.step, configs(tab)) == ("idle", 0, tuple(s.config for s in view.sides))  # fmt: skip


def test_what_is_common_changes_on_all_sides_and_they_go_on(duel: Open) -> None:
    tab = duel(**TWO)
    tab.press("do:Step")
    before = tab.view
    tab.set("loss", "hinge")
    assert [(c.loss, c.aids.unroll) for c in configs(tab)] == [("hinge", 0), ("hinge", 1)]
    assert (tab.view.run, tab.view.step) == (before.run, 1)
    assert tab.address["loss"] == "hinge"
    assert tab.address["b.aids.unroll"] == "1"


def test_what_they_are_born_with_starts_all_of_them_again(duel: Open) -> None:
    tab = duel(**TWO)
    tab.press("do:Step")
    tab.set("seed", 5)
    assert [c.seed for c in configs(tab)] == [5, 5]
    assert {side.snapshot.step for side in tab.view.sides} == {0}
    assert tab.address["seed"] == "5"


def test_a_change_that_makes_sides_alike_is_refused(duel: Open) -> None:
    tab = duel(b__loss="hinge", **QUICK)
    before = configs(tab)
    tab.set("loss", "hinge")
    assert tab.problem.startswith("b: it would train as A does")
    assert configs(tab) == before
    assert tab.controls["loss"].value == "non_saturating"


def test_an_earlier_moment_of_all_sides(duel: Open) -> None:
    tab = duel(**TWO)
    for _ in range(2):
        tab.press("do:Step")
    now = tab.sent
    tab.app.session_state["looked@Duel"] = 1
    tab.update()
    assert (tab.sent["attributes"]["data-shown"], tab.sent["attributes"]["data-step"]) == (1, 2)
    assert tab.sent["timeline"]["steps"] == [0, 1, 2]
    assert "at iteration 1." in tab.sent["label"]
    assert now["attributes"]["data-shown"] == 2


# ---- its sides


def test_a_side_more_and_a_side_less(duel: Open) -> None:
    tab = duel(seed="3", **TWO)
    assert not {key for key in tab.keys if key.startswith("duel:without")}
    tab.press("do:Step")
    first, base = tab.run, configs(tab)[0]
    tab.app.menu_button(key="duel:add").click("LSGAN")
    tab.update()
    assert tab.run != first
    assert configs(tab) == (base, base.updated({"aids.unroll": 1}), base.updated({"loss": "lsgan"}))
    assert (tab.view.state, tab.view.step) == ("idle", 0)
    assert tab.address["c.loss"] == "lsgan"
    assert "LSGAN" not in tab.app.menu_button(key="duel:add").options
    tab.press("duel:without:B")
    assert configs(tab) == (base, base.updated({"loss": "lsgan"}))
    assert tab.address == {"run": tab.run, "seed": "3", "b.loss": "lsgan", **COMMON}


def test_sides_that_train_train_on_with_another(duel: Open) -> None:
    tab = duel(**TWO)
    tab.press("do:Run")
    tab.app.menu_button(key="duel:add").click("hinge")
    tab.update()
    assert len(configs(tab)) == 3
    tab.wait(lambda view: view.state == "running" and view.step > 0)


@pytest.mark.parametrize(
    ("name", "value", "found"),
    [
        ("discriminator.fourier_features", 8, 8),
        ("generator.hidden", "5,5", (5, 5)),
        ("updates", "simultaneous", "simultaneous"),
    ],
)
def test_a_side_with_any_setting(name: str, value: Any, found: Any, duel: Open) -> None:
    tab = duel(**TWO)
    base = configs(tab)[0]
    menu = tab.app.selectbox(key="duel:setting")
    assert not {option for option in menu.options if option in ("seed", "data", "modes")}
    menu.set_value(name)
    tab.update()
    widgets = (tab.app.number_input, tab.app.text_input, tab.app.selectbox)
    (control,) = (w for kind in widgets for w in kind if w.key == f"duel:value:{name}")
    control.set_value(value)
    tab.update()
    assert configs(tab)[0] == base, "choosing a value is not yet a side"
    tab.press("duel:add_other")
    assert configs(tab)[2] == base.updated({name: found})


def test_a_setting_as_it_is_makes_no_side(duel: Open) -> None:
    tab = duel(**TWO)
    run = tab.run
    tab.press("duel:add_other")
    assert tab.problem.startswith("c: it would train as A does")
    assert (tab.run, len(configs(tab))) == (run, 2)


def test_four_sides_are_all(duel: Open) -> None:
    tab = duel(c__loss="hinge", d__loss="lsgan", **TWO)
    assert len(configs(tab)) == 4
    assert not [menu for menu in tab.app.menu_button if menu.key == "duel:add"]
    assert {"duel:without:B", "duel:without:C", "duel:without:D"} <= tab.keys
    assert figures(tab)[:4] == ["side A", "side B", "side C", "side D"]


# ---- its address


def test_a_reload_finds_the_run_and_another_address_does_not(duel: Open) -> None:
    tab = duel(**TWO)
    tab.press("do:Step")
    query = {name.replace(".", "__"): text for name, text in tab.address.items()}
    again = duel(**query)
    assert (again.run, again.view.step) == (tab.run, 1)
    other = duel(**query | {"b__aids__unroll": "2"})
    assert other.run != tab.run
    assert [c.aids.unroll for c in configs(other)] == [0, 2]


def test_the_run_of_a_plain_page_is_no_duel(lab: Open, duel: Open) -> None:
    run = lab(**QUICK).run
    tab = duel(run=run, **QUICK)
    assert tab.problem.startswith("b: a duel takes a second side")
    assert tab.run != run
    assert len(configs(tab)) == 2


@pytest.mark.parametrize(
    ("page", "scenario"), [("Lab", "mode-hopping"), ("Talk", "mode-hopping"), ("MNIST", "digits-collapse")]
)  # fmt: skip
def test_its_run_is_not_for_a_page_of_one(page: str, scenario: str, show: Open) -> None:
    run = show("Duel", scenario=scenario).run
    tab = show(page, run=run, scenario=scenario)
    assert tab.run != run
    assert not tab.view.beside
    assert not tab.problem


def test_a_branch_of_all_sides_takes_no_change(duel: Open) -> None:
    tab = duel(**TWO)
    before = tab.view
    tab.send("duel", ["branch", 0, "hinge"])  # which would make them alike
    assert tab.view is before
    tab.send("duel", ["branch", 0, ""])
    assert tab.view.state == "running"


def test_the_tab_keeps_its_duel_while_other_pages_are_open(duel: Open) -> None:
    tab = duel(**TWO)
    run = tab.run
    tab.go("Lab")
    tab.go("Duel")
    assert tab.run == run
    tab.go("Duel", scenario="packing")
    assert tab.run != run


def test_a_run_that_is_gone_is_made_anew(duel: Open) -> None:
    tab = duel(run="feedbeef", **TWO)
    assert not tab.problem
    assert len(configs(tab)) == 2


# ---- the ways there


def test_from_the_lab_against_itself_with_one_change(lab: Open) -> None:
    tab = lab(seed="4", **QUICK)
    own = tab.view.config
    tab.app.menu_button(key="duel:with").click("hinge")
    tab.update()
    assert tab.app.session_state["page"].name == "Duel"
    assert configs(tab) == (own, own.updated({"loss": "hinge"}))


def test_with_more_points_of_ones_own_than_an_address_has_room_for(lab: Open) -> None:
    tab = lab(**QUICK)
    tab.go("Duel", **TWO)
    tab.go("Lab")
    points = encode_points(np.random.default_rng(0).normal(size=(3000, 2)))
    shared_engine().change(
        tab.run, tab.view.config.updated({"data.name": "points", "data.points": points})
    )
    tab.update()
    own = tab.view.config
    for title in ("hinge", "LSGAN"):
        tab.go("Lab")
        tab.app.menu_button(key="duel:with").click(title)
        tab.update()
        assert configs(tab)[0] == own
        assert configs(tab)[1].loss == {"hinge": "hinge", "LSGAN": "lsgan"}[title]
        assert not tab.problem


def test_a_duel_that_finds_no_room_is_said_where_it_was_asked_for(
    lab: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    tab = lab(**QUICK)
    engine, before = shared_engine(), tab.run
    monkeypatch.setattr(engine, "_capacity", len(engine._runs))
    for run in engine._runs:
        engine.poll(run)
    tab.app.menu_button(key="duel:with").click("hinge")
    tab.update()
    assert (tab.app.session_state["page"].name, tab.run) == ("Lab", before)
    assert "close a page" in tab.problem


def test_from_the_page_of_digits(mnist: Open) -> None:
    tab = mnist()
    assert "unroll 5 steps" not in tab.app.menu_button(key="duel:with").options
    tab.app.menu_button(key="duel:with").click("no penalty")
    tab.update()
    base = recipe("dcgan")
    assert configs(tab) == (base, base.updated({"penalty.name": "none"}))
    assert tab.app.session_state["page"].data[0] == "mnist"


def test_from_a_scenario(lab: Open) -> None:
    def links(scenario: str) -> list[Any]:
        found = (link.proto for link in lab(scenario=scenario).app.get("page_link"))
        return [link for link in found if link.label.startswith("Before and after")]

    (link,) = links("packing")
    assert PATHS[link.page].endswith("5_Duel.py")
    assert link.query_string == "scenario=packing"
    assert not links("good-gan"), "of one scene there is no other"
