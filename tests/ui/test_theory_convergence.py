"""The chapter on convergence: the two games side by side, the algorithms line by line, and what is claimed
of the nets."""

from collections.abc import Callable, Mapping
from itertools import islice
from typing import Any

import numpy as np
import pytest

from ganplay import observe
from ganplay.anatomy.algorithm import count
from ganplay.anatomy.stepping import play
from ganplay.live import shared_engine
from ganplay.theory.functional import descent
from ganplay.theory.game import FLOOR
from ganplay.trainer import Trainer
from ganplay.ui.theory.chapters.convergence import RATIOS
from ganplay.ui.theory.convergence import algorithm
from ganplay.ui.theory.convergence.algorithm_words import GAN, WGAN, signed

from .conftest import Tab
from .messages import read, unpacked

Open = Callable[..., Tab]


@pytest.fixture
def chapter(show: Open) -> Open:
    return lambda **choices: show("Theory", chapter="convergence", **choices)


def curves(tab: Tab) -> Mapping[tuple[str, str], np.ndarray]:
    """What the board was sent: the y of each curve by its figure and its name."""
    (source,) = (e.proto.bytes for e in tab.app.get("bidi_component") if e.proto.bytes)
    header, buffer = unpacked(source)
    return {
        (figure["name"], trace["name"]): read(buffer, figure["arrays"][f"{i}.y"])
        for figure in header["figures"]
        for i, trace in enumerate(figure["spec"]["data"])
    }


def exact(tab: Tab, steps: int, size: float) -> np.ndarray:
    run, _ = tab.learned["convergence"]
    start: Any = shared_engine().poll(run).film.frames[0]
    return next(islice(descent(start.p_data, start.p_g, size), steps, None))


# ---- where the proof stops


@pytest.mark.parametrize("size", [0.05, 0.3])
def test_both_start_alike_and_go_on_together(size: float, chapter: Open) -> None:
    tab = chapter(size=str(size))
    first = curves(tab)
    np.testing.assert_allclose(first["density", "p_g"], first["net", "p_g"], atol=1e-6)
    for steps in (1, 2):
        tab.press("learned:step")
        now = curves(tab)
        np.testing.assert_allclose(
            now["density", "p_g"], exact(tab, steps, size), rtol=1e-5, atol=1e-30
        )
        assert (
            len(now["values", next(name for f, name in now if name.startswith("p_g itself"))])
            == steps + 1
        )
        assert not np.allclose(now["net", "p_g"], first["net", "p_g"])
    tab.press("learned:reset")
    again = curves(tab)
    for curve in (("density", "p_g"), ("net", "p_g")):
        np.testing.assert_array_equal(again[curve], first[curve])


def test_the_step_size_is_that_of_the_left_side_alone(chapter: Open) -> None:
    tab = chapter()
    tab.press("learned:step")
    before, run = curves(tab), tab.learned["convergence"]
    tab.app.slider(key="theory:size").set_value(1.0)
    tab.update()
    after = curves(tab)
    assert tab.address["size"] == "1"
    assert tab.learned["convergence"] == run
    np.testing.assert_array_equal(after["net", "p_g"], before["net", "p_g"])
    half = (after["net", "p_data"] + exact(tab, 0, 1.0)) / 2
    np.testing.assert_allclose(after["density", "p_g"], half, atol=1e-6)


def test_the_ratio_is_turned_round(chapter: Open) -> None:
    tab = chapter()
    g_ahead = tab.learned["convergence"][1]
    assert (g_ahead.generator.steps, g_ahead.discriminator.steps) == (5, 1)
    tab.app.button_group(key="theory:ahead").set_value("d")
    tab.update()
    d_ahead = tab.learned["convergence"][1]
    assert g_ahead.changes(d_ahead) == {"generator.steps": 1, "discriminator.steps": 5}
    assert tab.address == {"chapter": "convergence", "ahead": "d"}


def test_it_runs_until_paused(chapter: Open) -> None:
    tab = chapter()
    run, _ = tab.learned["convergence"]
    tab.press("learned:play")
    view = shared_engine().poll(run)
    assert view.state == "running"
    assert view.limit == 100
    tab.press("learned:play")
    assert shared_engine().poll(run).state == "paused"


def excess(ahead: str) -> np.ndarray:
    """How far C lies above its floor, on average over the last 300 of 600 iterations, on 16 seeds."""
    trainer = Trainer(RATIOS[ahead].updated({"seed": 0}), runs=16)
    trainer.advance(300)
    looks = []
    for _ in range(6):
        trainer.advance(50)
        looks.append([2 * observe.look(*place).jsd for place in trainer.places])
    return np.mean(looks, 0)


def test_what_is_said_of_g_ahead() -> None:
    found = excess("g")
    assert (found > 0.3).sum() >= 15
    assert found.max() < -FLOOR


def test_what_is_said_of_d_ahead() -> None:
    found = excess("d")
    assert (found < 0.1).sum() >= 15
    assert found.min() > 0


# ---- line by line


@pytest.fixture
def lines(chapter: Open) -> Open:
    return lambda **choices: chapter(part="algorithm", **choices)


def page(tab: Tab) -> str:
    return "\n".join(element.proto.body for element in tab.app.get("html"))


def lit(tab: Tab) -> str:
    """The words of the lit line; empty where none is."""
    rows = page(tab).split("<div style=")
    found = [row.partition(">")[2].partition("</div>")[0] for row in rows if "inset" in row]
    assert len(found) <= 1
    return "".join(found)


@pytest.mark.parametrize(("by", "code"), [("gan", GAN), ("wgan", WGAN)])
def test_next_lights_one_line_after_the_other_with_its_numbers(
    by: str, code: list[Any], lines: Open
) -> None:
    tab = lines(by=by)
    config = algorithm.RECIPES[by]
    assert lit(tab) == ""
    words = {"k": 2, "m": 4, "c": 0.5}
    of = {who_and_line: text.format(**words) for _, text, who_and_line in code if who_and_line}
    first, *moments = islice(play(config), count(config) + 1)
    np.testing.assert_allclose(curves(tab)["verdict", "D"], first.verdict, rtol=1e-6)
    for number, m in enumerate(moments, 1):
        tab.press("algorithm:Next")
        assert lit(tab) == of[m.who, m.line]
        assert tab.address["moment"] == str(number)
        shown = page(tab)
        for values in (m.z, m.fake, m.real, m.says_fake, m.says_real):
            assert all(f">{signed(value, 2)}</td>" in shown for value in values)
        if m.line == "update":
            assert f"{np.linalg.norm(m.slope):.3f}" in shown
            assert signed(m.value, 3) in shown
            assert all(
                signed(w, 3) in shown
                for w in (m.generator if m.who == "generator" else m.discriminator[:4])
            )
        np.testing.assert_allclose(curves(tab)["verdict", "D"], m.verdict, rtol=1e-5, atol=1e-6)
    tab.press("algorithm:Back")
    assert lit(tab) == of[moments[-2].who, moments[-2].line]


def test_a_whole_iteration_and_back_to_the_start(lines: Open) -> None:
    tab = lines(by="wgan", k="3")
    tab.press("algorithm:Next iteration")
    assert tab.address["moment"] == str(3 * 5 + 3)
    tab.press("algorithm:Reset")
    assert "moment" not in tab.address
    tab.press("algorithm:Back")
    assert "moment" not in tab.address, "there is nothing before the start"


def test_turns_of_d_are_chosen(lines: Open) -> None:
    tab = lines(moment="5")
    assert "turn 2 of 2" in "\n".join(text.value for text in tab.app.markdown)
    tab.app.slider(key="theory:k").set_value(5)
    tab.update()
    assert tab.address == {"chapter": "convergence", "part": "algorithm", "k": "5"}, "another game"
    assert "<b>k</b> = 5 times" in page(tab)
    tab.press("algorithm:Next")
    assert "turn 1 of 5" in "\n".join(text.value for text in tab.app.markdown)


def test_it_plays_until_held(lines: Open) -> None:
    tab = lines()
    tab.press("algorithm:play")
    assert tab.app.button(key="algorithm:play").label == "Hold"
    assert tab.app.button(key="algorithm:Next").disabled
    at = tab.app.session_state["theory:moment"]
    assert at > 0
    tab.update()
    assert tab.app.session_state["theory:moment"] > at
    tab.press("algorithm:play")
    assert not tab.app.button(key="algorithm:Next").disabled


def test_the_end_is_the_end(lines: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(algorithm, "LAST", 12)
    tab = lines(moment="11")
    tab.press("algorithm:Next")
    assert tab.address["moment"] == "12"
    tab.press("algorithm:Next iteration")
    assert tab.address["moment"] == "12"


def test_another_algorithm_starts_anew(lines: Open) -> None:
    tab = lines(moment="7")
    tab.app.button_group(key="theory:by").set_value("wgan")
    tab.update()
    assert tab.address == {"chapter": "convergence", "part": "algorithm", "by": "wgan"}
    assert "until θ has converged" in page(tab)


WRONG = {
    "part": "proofs",
    "ahead": "both",
    "size": "1.5",
    "by": "lsgan",
    "k": "0",
    "speed": "x",
    "moment": "-1",
}


@pytest.mark.parametrize("name", WRONG)
def test_a_bad_choice_gets_one_sentence(name: str, chapter: Open) -> None:
    tab = chapter(**{name: WRONG[name]})
    assert tab.problem.startswith(f"{name}: {WRONG[name]} is not allowed; it takes ")
