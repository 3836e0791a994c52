"""The chapter on dynamics: what is chosen is shown, told in numbers, and kept in the address."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from ganplay.theory.dirac import LOSSES
from ganplay.theory.integrators import METHODS
from ganplay.ui.theory.dynamics import answers, dirac

from .conftest import Tab
from .messages import read, unpacked

Open = Callable[..., Tab]


@pytest.fixture
def dynamics(show: Open) -> Open:
    """Opens the chapter with choices."""
    return lambda **choices: show("Theory", chapter="dynamics", **choices)


def words(tab: Tab) -> str:
    return "\n".join(text.value for text in tab.app.main.markdown)


def boards(tab: Tab) -> dict[str, tuple[dict[str, Any], bytes]]:
    """What each board was sent, by its key."""
    sent = (e.proto.bytes for e in tab.app.get("bidi_component") if e.proto.bytes)
    return {header["key"]: (header, arrays) for header, arrays in map(unpacked, sent)}


def line(tab: Tab, key: str, figure: str, name: str) -> np.ndarray:
    """The points of a trace."""
    header, arrays = boards(tab)[key]
    (spec,) = (each for each in header["figures"] if each["name"] == figure)
    (i,) = (i for i, trace in enumerate(spec["spec"]["data"]) if trace["name"] == name)
    return np.stack([read(arrays, spec["arrays"][f"{i}.{axis}"]) for axis in "xy"], -1)


# ---- the point and the line


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("method", METHODS)
def test_every_method_is_shown_with_what_it_comes_to(
    method: str, loss: str, dynamics: Open
) -> None:
    tab = dynamics(method=method, loss=loss, step="3")
    assert not tab.problem
    assert dirac.SAID[method] in words(tab)
    assert len(line(tab, "dynamics:plane", "plane", "path")) == 4
    assert len(line(tab, "dynamics:plane", "plane", "all steps")) == dirac.STEPS + 1
    limit = METHODS[method].limit(LOSSES[loss], dirac.WEIGHTS["gamma"].default)
    assert (f"h < {limit:.4g}" if limit else "no step size") in words(tab)
    own = METHODS[method].weight
    sliders = {slider.key for slider in tab.app.slider}
    assert {name for name in dirac.WEIGHTS if f"theory:{name}" in sliders} == (
        {own.name} if own else set()
    )


def test_there_are_words_for_every_method() -> None:
    assert METHODS.keys() == dirac.SAID.keys()


def test_the_numbers_of_the_bilinear_game(dynamics: Open) -> None:
    told = words(dynamics())
    assert f"|λ|\u00a0=\u00a0{math.sqrt(1.01):.5f}" in told
    assert f"1.414 → {math.sqrt(2) * 1.01**250:.3f}" in told
    assert "**driven away**" in told
    assert "0.000 → 0.000" in words(dynamics(theta="0", psi="0"))
    assert "converges**" in words(dynamics(method="r1"))
    assert "**goes round**" in words(dynamics(method="alternating"))
    assert "**jumps**" in words(dynamics(method="gradient_penalty"))


def test_a_step_size_beyond_the_limit_is_told(dynamics: Open) -> None:
    assert "converges**" in words(dynamics(method="extragradient", h="0.98"))
    beyond = words(dynamics(method="extragradient", h="4.2"))
    assert "**driven away**" in beyond
    assert "→ more than 10¹²" in beyond


def test_the_start_can_be_dragged(dynamics: Open) -> None:
    tab = dynamics()
    header, _ = boards(tab)["dynamics:plane"]
    (handle,) = header["handles"]
    assert (handle["x"], handle["y"], handle["along"]) == (1, 1, "xy")
    np.testing.assert_allclose(line(tab, "dynamics:plane", "plane", "path")[0], [1, 1])


@pytest.mark.parametrize("where", [(-0.5, 2.0), (9.0, -9.0)])
def test_where_it_is_dragged_to_is_kept_within_bounds(
    where: tuple[float, float], monkeypatch: pytest.MonkeyPatch
) -> None:
    kept: dict[str, float] = {}
    monkeypatch.setattr(dirac.address, "put", kept.__setitem__)
    dirac._move("start", *where)
    for name, value in zip(("theta", "psi"), where, strict=True):
        assert kept[name] == min(max(value, -dirac.REACH), dirac.REACH)
        assert dirac.FIELDS[name].parse(dirac.FIELDS[name].text(kept[name])) == kept[name]


def test_the_start_comes_from_the_address(dynamics: Open) -> None:
    tab = dynamics(theta="-0.5", psi="2", step="0")
    np.testing.assert_allclose(line(tab, "dynamics:plane", "plane", "path"), [[-0.5, 2]])
    np.testing.assert_allclose(line(tab, "dynamics:beside", "game", "generated"), [[-0.5, -1]])
    assert tab.address == {"chapter": "dynamics", "theta": "-0.5", "psi": "2", "step": "0"}


def test_the_film_goes_on_to_the_end_and_begins_again(dynamics: Open) -> None:
    tab = dynamics(step=str(dirac.STEPS - dirac.STRIDE - 1))
    tab.press("play:step")
    assert tab.app.button(key="play:step").label == "Hold"
    assert tab.app.session_state["theory:step"] == dirac.STEPS - 1
    tab.update()
    assert tab.app.session_state["theory:step"] == dirac.STEPS
    tab.update()
    assert tab.app.button(key="play:step").label == "Play"
    tab.press("play:step")
    assert tab.app.session_state["theory:step"] == dirac.STRIDE
    tab.press("play:step")
    assert tab.app.button(key="play:step").label == "Play"


# ---- who answers last


@pytest.mark.parametrize("answer", answers.WAYS)
def test_g_and_d_answer_each_other(answer: str, dynamics: Open) -> None:
    tab = dynamics(part="answers", answer=answer)
    assert not tab.problem
    (best,) = line(tab, "dynamics:answers", "line", "best place")
    tab.press("answers:G")
    assert tab.address["moment"] == str(answers.FRAMES)
    samples = line(tab, "dynamics:answers", "line", "samples")
    np.testing.assert_allclose(line(tab, "dynamics:answers", "line", "best place")[0], best)
    at_best = np.abs(samples[:, 0] - best[0]) < 0.01
    assert at_best.all() if answer == "best" else at_best.any()
    assert tab.app.button(key="answers:G").disabled
    tab.press("answers:D")
    assert tab.address["moment"] == str(answers.FRAMES + 1)
    np.testing.assert_allclose(line(tab, "dynamics:answers", "line", "samples"), samples)
    moved = line(tab, "dynamics:answers", "line", "best place")[0]
    assert abs(moved[0] - best[0]) > 0.2, "D is highest elsewhere now"
    assert tab.app.button(key="answers:D").disabled


def test_the_last_moment_has_no_further_answer(dynamics: Open) -> None:
    tab = dynamics(part="answers", moment=str(answers.LAST))
    assert tab.app.button(key="answers:G").disabled
    assert tab.app.button(key="answers:D").disabled
    values = line(tab, "dynamics:answers", "values", "V")
    assert len(values) == answers.LAST + 1
    highest = line(tab, "dynamics:answers", "values", "most D can reach")[:, 1]
    lowest = line(tab, "dynamics:answers", "values", "least G can reach")[:, 1]
    assert (lowest < values[:, 1]).all()
    assert (values[:, 1] <= highest + 1e-6).all()
    assert (lowest < -math.log(4)).all()
    assert (highest > -math.log(4)).all()
    turns = values[:: answers.FRAMES + 1, 1]
    np.testing.assert_allclose(turns, highest[:: answers.FRAMES + 1], atol=1e-6)


def test_the_values_of_both_orders_are_told(dynamics: Open) -> None:
    told = words(dynamics(part="answers"))
    assert f"{-math.log(4):.3f}" in told
    assert "-1.236 (at ±0.97)" in told


@pytest.mark.parametrize("part", ["dirac", "answers"])
def test_wrong_choices_are_told_in_a_sentence(part: str, dynamics: Open) -> None:
    for name, bad in {
        "h": "5",
        "theta": "nan",
        "step": "501",
        "method": "sgd",
        "moment": "-1",
    }.items():
        tab = dynamics(part=part, **{name: bad})
        assert f"{name}: {bad} is not allowed" in tab.problem
