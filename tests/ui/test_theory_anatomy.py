"""The chapter that takes a step apart: it shows the lab's run, and tells the numbers of its next iteration."""

import math
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch

from ganplay.anatomy.moments import Trace, Update
from ganplay.anatomy.trace import trace
from ganplay.config import RunConfig, named_fields
from ganplay.figures.theory_anatomy import PICTURES
from ganplay.live import EngineError, shared_engine
from ganplay.losses import LOSSES
from ganplay.trainer import Trainer
from ganplay.ui.theory.anatomy.graph import BACK, COLOURS, FORWARD, LIT, TITLES
from ganplay.ui.theory.anatomy.words import NAMES, STAGES, TERMS, number, tell, vector
from ganplay.ui.theory.chapters.anatomy import ABOUT, SETTINGS, SPEEDS, WHOLE

from .conftest import Tab

Open = Callable[..., Tab]


@pytest.fixture
def anatomy(show: Open) -> Open:
    """Opens the chapter with choices."""
    return lambda **choices: show("Theory", chapter="anatomy", **choices)


def told(tab: Tab) -> dict[str, Any]:
    found: dict[str, Any] = tab.sent["told"]
    return found


def lit(tab: Tab) -> set[str]:
    """Parts and paths that are lit."""
    parts = {part["name"] for part in tab.sent["parts"] if part["lit"]}
    return parts | {f"{path['from']}>{path['to']}" for path in tab.sent["paths"] if path["lit"]}


# ---- whose run it is


def test_it_shows_the_run_of_the_lab(lab: Open) -> None:
    tab = lab(loss="wgan")
    tab.press("do:Step")
    run = tab.run
    tab.go("Theory", chapter="anatomy")
    assert not tab.problem
    assert tab.run == run
    assert tab.sent["attributes"] == {
        "data-state": "paused", "data-step": 1, "data-frame": 2, "data-run": run
    }  # fmt: skip
    tab.press("do:Step")
    tab.go("Lab")
    assert (tab.run, tab.view.snapshot.step, tab.view.config.loss) == (run, 2, "wgan")


def test_it_makes_the_labs_run_where_there_is_none(anatomy: Open) -> None:
    tab = anatomy()
    run = tab.run
    assert (tab.view.state, tab.view.config) == ("idle", RunConfig())
    assert tab.address == {"run": run}
    tab.go("Lab")
    assert tab.run == run


def test_its_address_finds_the_run_again(anatomy: Open) -> None:
    first = anatomy()
    first.press("do:Step")
    again = anatomy(run=first.run)
    assert (again.run, again.view.snapshot.step) == (first.run, 1)
    elsewhere = anatomy(run="0badc0de")
    assert not elsewhere.problem
    assert elsewhere.run not in ("0badc0de", first.run)


def test_a_run_that_is_not_for_the_lab_is_not_shown(anatomy: Open, mnist: Open) -> None:
    digits = mnist(data__name="mnist", generator__kind="mlp", discriminator__kind="mlp")
    tab = anatomy(run=digits.run)
    assert tab.run != digits.run
    assert tab.view.config == RunConfig()


def test_a_scenario_in_the_lab_goes_on_here(lab: Open) -> None:
    tab = lab(scenario="update-ratio")
    run = tab.run
    tab.go("Theory", chapter="anatomy")
    assert tab.run == run
    tab.go("Lab")
    assert tab.run == run
    assert tab.address["scenario"] == "update-ratio"


@pytest.mark.parametrize(
    ("name", "value"), [("part", "z"), ("speed", "3"), ("run", "a" * 40), ("run", "<b>")]
)
def test_a_bad_choice_gets_one_sentence(name: str, value: str, anatomy: Open) -> None:
    tab = anatomy(**{name: value})
    assert f"{name}: " in tab.problem
    assert tab.problem.endswith(".")
    assert told(tab)["title"] == "Draw a batch"


# ---- moment by moment


def test_next_goes_through_the_iteration_and_then_does_it(anatomy: Open) -> None:
    tab = anatomy()
    found = shared_engine().trace(tab.run)
    assert "anatomy:Back" in tab.keys
    assert tab.app.button(key="anatomy:Back").disabled
    for place, moment in enumerate(found.moments):
        assert told(tab)["head"].endswith(f"moment {place + 1} of {len(found.moments)}")
        assert told(tab)["head"].startswith("Iteration 1, ")
        player = found.updates[moment.update].player
        assert lit(tab) == set(LIT[player, moment.stage].split())
        assert tab.sent["strip"]["now"] == place
        assert tab.view.snapshot.step == 0
        tab.press("anatomy:Next")
    assert tab.view.snapshot.step == 1
    assert told(tab)["head"].startswith("Iteration 2, D's turn · moment 1 of ")
    tab.press("anatomy:Next")
    tab.press("anatomy:Back")
    assert told(tab)["title"] == "Draw a batch"


def test_the_numbers_are_those_of_the_run(anatomy: Open) -> None:
    tab = anatomy()
    found = shared_engine().trace(tab.run)
    d, g = found.updates
    for _ in range(2):
        tab.press("anatomy:Next")
    captions = {part["name"]: part["caption"] for part in tab.sent["parts"]}
    assert [text for text, _ in captions["losses"]] == ["D –", "G –"], "not known yet"
    for _ in range(3):
        tab.press("anatomy:Next")
    assert told(tab)["rows"][0][1] == number(d.moved)
    assert told(tab)["rows"][2:] == [
        ["loss of this batch, before", number(d.loss)],
        ["loss of this batch, now", number(d.after)],
    ]
    captions = {part["name"]: part["caption"] for part in tab.sent["parts"]}
    assert [text for text, _ in captions["losses"]] == [f"D {number(d.loss)}", "G –"]
    for _ in range(6):
        tab.press("anatomy:Next")
    assert told(tab)["rows"][0] == ["length of the gradient, |dL/dw|", number(g.norm)]
    captions = {part["name"]: part["caption"] for part in tab.sent["parts"]}
    assert [text for text, _ in captions["losses"]] == [
        f"D {number(d.loss)}", f"G {number(g.loss)}"
    ]  # fmt: skip
    assert captions["gradients"][1][0].endswith(number(g.norm))


def test_another_iteration_begins_with_its_first_moment(anatomy: Open) -> None:
    tab = anatomy()
    tab.press("anatomy:Next")
    tab.press("do:Step")
    assert told(tab)["title"] == "Draw a batch"
    tab.press("anatomy:Next")
    tab.press("do:Reset")
    assert tab.sent["strip"]["now"] == 0


def test_a_change_of_settings_keeps_the_moment(anatomy: Open) -> None:
    tab = anatomy(part="generator")
    for _ in range(3):
        tab.press("anatomy:Next")
    tab.set("generator.lr", 0.01)
    assert tab.view.config.generator.lr == 0.01
    assert told(tab)["title"] == "D's loss"
    tab.set("generator.hidden", "8")
    assert tab.view.config.generator.hidden == (8,)
    assert tab.view.snapshot.step == 0


def test_it_is_live_while_the_run_trains(anatomy: Open) -> None:
    tab = anatomy()
    tab.press("do:Run")
    tab.wait(lambda view: view.snapshot.step > 20)
    tab.update()
    assert told(tab)["title"] == "Training, live"
    assert not lit(tab)
    assert tab.sent["strip"]["groups"] == []
    assert tab.sent["attributes"]["data-step"] > 0
    tab.press("anatomy:Next")
    assert tab.view.state == "paused"
    assert told(tab)["title"] == "Draw a batch"


def test_slow_motion_goes_on_by_itself(anatomy: Open) -> None:
    tab = anatomy(speed="8")
    tab.press("anatomy:play")
    start = tab.sent["strip"]["now"]
    for _ in range(3):
        time.sleep(0.13)
        tab.update()
    assert tab.sent["strip"]["now"] == start + 3
    tab.update()
    tab.press("anatomy:play")
    here = tab.sent["strip"]["now"]
    time.sleep(0.13)
    tab.update()
    assert tab.sent["strip"]["now"] == here


def test_slow_motion_pauses_a_run_and_run_ends_it(anatomy: Open) -> None:
    tab = anatomy(speed="0.25")
    tab.press("do:Run")
    tab.press("anatomy:play")
    assert tab.view.state == "paused"
    tab.update()
    assert tab.sent["strip"]["now"] == 0, "drawn again, but not four seconds later"
    tab.press("do:Run")
    assert tab.view.state == "running"
    assert tab.app.button(key="anatomy:play").label == "Slow motion"


def test_a_run_that_is_started_in_the_lab_ends_slow_motion(anatomy: Open) -> None:
    tab = anatomy(speed="0.25")
    tab.press("anatomy:play")
    run = tab.run
    tab.go("Lab")
    tab.press("do:Run")
    tab.go("Theory", chapter="anatomy")
    assert (tab.run, told(tab)["title"]) == (run, "Training, live")
    assert tab.app.button(key="anatomy:play").label == "Slow motion"


def test_speeds_are_numbers() -> None:
    assert [float(speed) for speed in SPEEDS] == sorted(2.0**n for n in range(-2, 4))


def test_to_look_ahead_touches_no_run(anatomy: Open) -> None:
    tab, engine = anatomy(), shared_engine()
    before = engine.save(tab.run)
    first, again = engine.trace(tab.run), engine.trace(tab.run)
    assert first.updates == again.updates
    assert np.array_equal(engine.parts(tab.run).fake, first.before.fake)
    assert engine.save(tab.run) == before
    for ask in (engine.trace, engine.parts):
        with pytest.raises(EngineError, match="no run nobody"):
            ask("nobody")


# ---- every part


@pytest.mark.parametrize("part", PICTURES)
def test_every_part_opens_with_what_belongs_to_it(part: str, anatomy: Open) -> None:
    tab = anatomy(part=part)
    assert not tab.problem
    assert tab.sent["open"] == part
    assert [figure["name"] for figure in tab.sent["figures"]] == [*PICTURES, "enlarged"]
    assert tab.controls.keys() <= {
        *SETTINGS[part],
        *(n for n in named_fields("ring") if "data." in n),
    }
    assert tab.controls.keys() & set(SETTINGS[part])
    assert ABOUT[part] in "\n".join(text.value for text in tab.app.markdown)


def test_real_points_have_the_options_of_their_data(anatomy: Open) -> None:
    tab = anatomy(part="real")
    assert {"data.name", "data.modes", "data.radius", "data.sigma"} == tab.controls.keys()
    tab.set("data.name", "two_moons")
    assert tab.view.config.data.name == "two_moons"
    assert "data.modes" not in tab.controls


def test_a_refused_value_is_told_once(anatomy: Open) -> None:
    tab = anatomy(part="generator")
    tab.set("generator.hidden", "9999")
    assert "generator.hidden" in tab.problem
    assert tab.view.config == RunConfig()


def test_all_is_said_and_drawn_of_every_part() -> None:
    assert PICTURES.keys() == TITLES.keys() == COLOURS.keys() == SETTINGS.keys() == ABOUT.keys()
    assert WHOLE not in PICTURES
    known = named_fields("ring")
    assert {name for names in SETTINGS.values() for name in names} <= known.keys()


UNUSUAL: dict[str, dict[str, str]] = {
    "packs": {"aids__pack": "4"},
    "stddev": {"aids__minibatch_stddev": "true"},
    "unroll": {"aids__unroll": "3"},
    "vae": {"vae__on": "true"},
    "ema": {"generator__ema": "0.9"},
    "shift": {"data__name": "line", "generator__kind": "shift", "latent__dim": "1"},
    "critic": {"loss": "wgan", "discriminator__steps": "5"},
    "paired": {"loss": "relativistic", "penalty__name": "r1_r2"},
    "lazy": {"penalty__name": "r1", "penalty__every": "4"},
    "together": {"updates": "simultaneous", "generator__steps": "5"},
    "one": {"discriminator__steps": "0"},
    "noise": {"aids__instance_noise": "0.3", "latent__prior": "one_hot_mixture", "latent__dim": "30"},
    "uniform": {"latent__dim": "2", "latent__prior": "uniform"},
    "norm": {"discriminator__spectral_norm": "true"},
    "tiny": {"batch_size": "2"},
}  # fmt: skip


def test_a_loss_of_pairs_has_its_real_points_lit(lab: Open) -> None:
    tab = lab(loss="relativistic", discriminator__steps="0")
    tab.go("Theory", chapter="anatomy")
    assert lit(tab) == {"noise", "real"}
    assert told(tab)["rows"][0] == ["", "noise z", "real x"]
    tab.press("anatomy:Next")
    tab.press("anatomy:Next")
    assert "real>discriminator" in lit(tab)
    assert told(tab)["rows"][0][-1] == "D(x)"


@pytest.mark.parametrize("kind", UNUSUAL)
def test_unusual_runs_are_taken_apart_as_well(kind: str, lab: Open) -> None:
    tab = lab(**UNUSUAL[kind])
    assert not tab.problem
    tab.go("Theory", chapter="anatomy")
    found = shared_engine().trace(tab.run)
    config = tab.view.config
    for place in range(len(found.moments)):
        said = tell(found, place, config)
        assert said.sentence.endswith(".")
        assert not any("nan" in cell for row in said.rows for cell in row)
        assert len({len(row) for row in said.rows}) == 1, "a table"
    tab.press("anatomy:Next")
    assert not tab.problem
    tab.press("anatomy:Back")
    notes = {"vae": "The VAE", "ema": "running average", "packs": "pack", "stddev": "batch of real"}
    assert notes.get(kind, "") in told(tab)["sentence"]


def test_a_run_that_diverged_says_so(lab: Open) -> None:
    sure = {"optimizer": "sgd", "lr": "10", "momentum": "0.99"}
    fields = {f"{p}__{n}": v for p in ("generator", "discriminator") for n, v in sure.items()}
    tab = lab(loss="lsgan", **fields)
    tab.go("Theory", chapter="anatomy")
    tab.press("do:Run")
    tab.wait(lambda view: view.state == "diverged")
    tab.update()
    assert told(tab)["title"] == "It is over"
    assert "smaller learning rate" in tab.sent["message"]
    captions = [text for part in tab.sent["parts"] for text, _ in part["caption"]]
    assert not any("nan" in text for text in captions)
    assert tab.app.button(key="anatomy:Next").disabled
    tab.press("do:Reset")
    assert told(tab)["title"] == "Draw a batch"


# ---- words and paths


def test_every_stage_has_its_words_and_its_path() -> None:
    assert STAGES.keys() == NAMES.keys()
    found = trace(Trainer(RunConfig()))
    reached = {(found.updates[m.update].player, m.stage) for m in found.moments}
    assert reached == LIT.keys()
    paths = {f"{a}>{b}" for a, b in (*FORWARD, *BACK)}
    assert {end for way in (FORWARD, BACK) for pair in way for end in pair} == TITLES.keys()
    used = {name for names in LIT.values() for name in names.split()}
    assert used == paths | TITLES.keys()
    for names in LIT.values():
        ends = {name.split(">")[1] for name in names.split() if ">" in name}
        starts = {name.split(">")[0] for name in names.split()}
        assert ends <= starts, "each path leads on, or to a part that is lit"


def average(term: str, r: np.ndarray, f: np.ndarray) -> float:  # type: ignore[type-arg]
    """The mean of a term, read as it is written."""
    python = term.replace("−", "-").replace("½ ", "0.5*").replace("²", "**2")
    python = python.replace("D(G(z))", "F").replace("D(x)", "R")
    python = (
        python.replace("log σ(", "logsig(")
        .replace("log(", "np.log(")
        .replace("max(", "np.maximum(")
    )
    python = python.replace("log R", "np.log(R)").replace("log F", "np.log(F)")
    names = {"np": np, "R": r, "F": f, "logsig": lambda x: -np.log1p(np.exp(-x))}
    return float(np.mean(eval(python, names)))


@pytest.mark.parametrize("loss", LOSSES)
def test_the_formulas_are_those_of_the_numbers(loss: str) -> None:
    trainer = Trainer(RunConfig().updated({"loss": loss}), dtype=torch.float64)
    trainer.advance(5)
    found = trace(trainer)
    *of_d, of_g = TERMS[loss]
    for place, update in enumerate(found.updates):
        judged = next(m.parts for m in found.moments if m.update == place and m.stage == "judge")
        terms = of_d if update.player == "discriminator" else [of_g]
        values = [average(term, judged.says_real, judged.says_fake) for term in terms]
        assert update.terms == pytest.approx(values, abs=1e-5)


def test_the_table_of_a_loss_adds_up() -> None:
    config = RunConfig().updated({"penalty.name": "r1", "penalty.weight": 2.0})
    found = trace(Trainer(config))
    rows = tell(found, 3, config).rows
    assert rows[2][0] == "2 × R1"
    values = [float(row[1].split()[0].replace("−", "-")) for row in rows]
    assert sum(values[:-1]) == pytest.approx(values[-1], abs=2e-3)
    assert rows[-1][1].endswith(" nats")


def test_a_penalty_that_waits_is_told_with_its_weight() -> None:
    config = RunConfig().updated({"penalty.name": "r1", "penalty.weight": 0.5, "penalty.every": 4})
    trainer = Trainer(config)
    assert tell(trace(trainer), 3, config).rows[2][0] == "2 × R1"
    trainer.advance(1)
    assert tell(trace(trainer), 3, config).rows[2] == ["0 × R1 (every 4 iterations)", "0.000"]


def one(**fields: Any) -> Trace:
    """An iteration of one update that has these numbers."""
    found = trace(Trainer(RunConfig()))
    update = Update(**{**vars(found.updates[0]), **fields})
    return Trace(found.step, found.before, (update, *found.updates[1:]), found.moments)


def test_an_update_is_told_by_its_length_and_what_it_brought() -> None:
    config = RunConfig().updated({"loss": "wgan"})
    said = tell(one(moved=0.5, size=2.0, lr=0.0123, loss=1.5, after=1.25), 5, config)
    assert "at learning rate 0.0123. Then each weight is cut to ±0.01." in said.sentence
    assert [row[1] for row in said.rows] == ["0.500", "25.00%", "1.500", "1.250"]


@pytest.mark.parametrize(
    ("value", "text"),
    [(0, "0.000"), (1.23456, "1.235"), (-0.5, "−0.500"), (1234.5, "1.23e+03"), (-2e-5, "−2.00e−05"), (math.nan, "–")],
)  # fmt: skip
def test_numbers_can_be_read(value: float, text: str) -> None:
    assert number(value) == text


def test_long_noise_is_cut() -> None:
    assert vector(np.array([1.0, -2.0])) == "(1.00, −2.00)"
    assert vector(np.arange(5.0)) == "(0.00, 1.00, 2.00, 3.00, …)"
