"""The chapter of the game: what it shows, its stages, and what the nets learn in them."""

import time
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from ganplay.live import View, shared_engine
from ganplay.recipes import recipe
from ganplay.snapshot import AxisSnapshot
from ganplay.trainer import Trainer
from ganplay.ui import address
from ganplay.ui.theory.chapters import game
from ganplay.ui.theory.chapters.game import ITERATIONS, MOST, frozen
from ganplay.ui.theory.game.stages import STAGES, settings_of

from .conftest import PATIENCE, Tab

Open = Callable[..., Tab]
SEEDS = 16


@pytest.fixture
def chapter(show: Open) -> Open:
    """Opens the chapter with choices."""
    return lambda **choices: show("Theory", chapter="game", **choices)


def handles(tab: Tab) -> dict[str, float]:
    return {handle["name"]: handle["x"] for handle in tab.sent["handles"]}


def words_of(tab: Tab, figure: str) -> str:
    (found,) = (f for f in tab.sent["figures"] if f["name"] == figure)
    return str(found["spec"]["layout"]["title"]["text"])


def view_of(tab: Tab, name: str) -> View:
    view = shared_engine().poll(tab.learned[name][0])
    assert view
    return view


def paused(tab: Tab) -> View:
    """The run of both, once it has come to the end of its stage."""
    end = time.monotonic() + PATIENCE
    while (view := view_of(tab, "game:both")).state != "paused":
        assert time.monotonic() < end, f"still {view.state} at step {view.snapshot.step}"
        time.sleep(0.02)
    return view


# ---- the best D


def test_both_hills_are_where_one_drags_them(chapter: Open) -> None:
    tab = chapter(theta="0.75", mean="-2")
    assert not tab.problem
    assert handles(tab) == {"theta": 0.75, "mean": -2}
    assert not tab.learned, "nothing trains before one asks for it"
    assert "V(D, G)" not in words_of(tab, "values")
    same = chapter(theta="1", mean="1")
    far = chapter(theta="-3", mean="3")
    assert "= −1." in words_of(same, "values")
    assert "= −0.0" in words_of(far, "values")


@pytest.mark.parametrize(
    ("x", "place"), [(0.5134, 0.51), (-0.001, 0.0), (9, MOST), (-9, -MOST), (3.0001, MOST)]
)
def test_a_hill_stays_on_the_axis(x: float, place: float, monkeypatch: pytest.MonkeyPatch) -> None:
    chosen: dict[str, Any] = {}
    monkeypatch.setattr(address, "put", chosen.__setitem__)
    game._moved("theta", x, 0.7)
    assert chosen == {"theta": place}
    assert str(chosen["theta"]) != "-0.0"


@pytest.mark.parametrize("value", ["4", "nan", "left"])
@pytest.mark.parametrize("name", ["theta", "mean", "first", "second"])
def test_a_place_beyond_gets_one_sentence(name: str, value: str, chapter: Open) -> None:
    tab = chapter(**{name: value})
    assert tab.problem == f"{name}: {value} is not allowed; it takes a number from -3 to 3."


def test_d_is_trained_for_the_hills_as_they_are(chapter: Open) -> None:
    tab = chapter(theta="0.25")
    tab.press("game:train")
    view = view_of(tab, "game:best")
    assert view.state == "running"
    assert view.config == frozen(0.25, 1.0)
    assert view.config.generator.steps == 0
    assert "V(D, G)" in words_of(tab, "values")
    tab.app.session_state["theory:theta"] = 0.5
    tab.update()
    assert "V(D, G)" not in words_of(tab, "values"), "that D was for another G"


# ---- both learn


def test_the_stages_come_one_after_the_other(chapter: Open) -> None:
    tab = chapter(part="both")
    stages = {key: tab.app.button(key=f"game:{key}") for key in STAGES}
    assert [stage.disabled for stage in stages.values()] == [False, True, True, True]
    tab.press("game:a")
    assert not any(tab.app.button(key=f"game:{key}").disabled for key in STAGES)
    done = paused(tab)
    assert done.snapshot.step == STAGES["a"].iterations
    tab.update()
    assert "V(D, G)" in words_of(tab, "values")
    tab.press("game:c")
    done = paused(tab)
    assert done.snapshot.step == STAGES["a"].iterations + STAGES["c"].iterations
    assert done.config.discriminator.steps == 0
    tab.press("game:a")
    again = paused(tab)
    assert again.snapshot.step == STAGES["a"].iterations
    assert again.config.discriminator.steps == 1


def test_the_data_can_be_moved_and_changed_in_the_middle(chapter: Open) -> None:
    tab = chapter(part="both")
    tab.press("game:a")
    paused(tab)
    tab.app.session_state["theory:mean"] = -1.5
    tab.update()
    assert handles(tab) == {"mean": -1.5}
    view = view_of(tab, "game:both")
    assert view.config.flat()["data.mean"] == -1.5
    assert view.snapshot.step == STAGES["a"].iterations
    tab.app.session_state["theory:data"] = "mixture_1d"
    tab.update()
    assert handles(tab) == {"first": -1.5, "second": 1.5}
    view = view_of(tab, "game:both")
    assert view.config.data.name == "mixture_1d"
    assert view.snapshot.step == STAGES["a"].iterations


@pytest.mark.parametrize("key", STAGES)
@pytest.mark.parametrize("step", [0, 35, 1038, 10**6])
def test_rates_are_the_recipes_at_a_stages_start_and_0_at_its_end(key: str, step: int) -> None:
    stage = STAGES[key]
    config = recipe("game").updated(settings_of(stage, step))
    for net, base in (
        (config.generator, recipe("game").generator),
        (config.discriminator, recipe("game").discriminator),
    ):
        if net.lr_decay == "none" or key == "a" or not net.steps:
            continue
        starts = net.lr * (1 - step / net.steps_total)
        assert starts == pytest.approx(base.lr, rel=1e-6) or net.lr == 10
        assert net.steps_total == step + stage.iterations


# ---- what they learn, on many seeds


def looks(trainer: Trainer) -> list[AxisSnapshot]:
    found = [trainer.snapshot(k) for k in range(SEEDS)]
    return [s for s in found if isinstance(s, AxisSnapshot)]


def miss(s: AxisSnapshot) -> float:
    """The mean of |D - D*| over samples of both kinds."""
    mass = (s.p_data + s.p_g) / (s.p_data + s.p_g).sum()
    return float(np.nansum(mass * abs(s.verdict - s.best)))


def sup(s: AxisSnapshot) -> float:
    """The largest |D - 1/2| where there are data: a hundredth of their density or more."""
    return float(abs(s.verdict - 0.5)[s.p_data > 0.01 * s.p_data.max()].max())


def most(held: list[bool]) -> bool:
    return len(held) == SEEDS and sum(held) >= 15


def test_d_alone_reaches_the_best_d_and_its_value() -> None:
    trainer = Trainer(frozen(-0.5, 1.0).updated({"seed": 400}), runs=SEEDS)
    trainer.advance(ITERATIONS)
    found = looks(trainer)
    assert most([miss(s) < 0.02 for s in found])
    assert most([abs(s.value - s.best_value) < 0.01 for s in found])
    assert most([s.best_value > -1 for s in found]), "and not for being at the floor"


def test_the_stages_show_what_is_said_of_them() -> None:
    trainer = Trainer(recipe("game").updated({"seed": 400}), runs=SEEDS)
    found = {}
    for key, stage in STAGES.items():
        trainer.use(trainer.config.updated(settings_of(stage, trainer.step)))
        trainer.advance(stage.iterations)
        found[key] = looks(trainer)
    assert most([miss(s) > 0.05 for s in found["a"]])
    assert most([miss(s) < 0.02 for s in found["b"]])
    assert most([abs(s.value - s.best_value) < 0.01 for s in found["b"]])
    assert most([now.w1 == then.w1 for now, then in zip(found["b"], found["a"], strict=True)])
    assert most([s.value < s.best_value - 0.2 for s in found["c"]])
    assert most([s.w1 < 0.1 for s in found["d"]])
    assert most([sup(s) < 0.06 for s in found["d"]])
    assert most([abs(s.value + np.log(4)) < 0.01 for s in found["d"]])
