"""The chapter of questions: each part shows what its choices say, points can be dragged, and what its
runs are said to do holds on 16 seeds."""

import json
import re
from base64 import b64decode
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import streamlit as st

from ganplay import observe
from ganplay.figures.theory_step import STAGES
from ganplay.live import shared_engine
from ganplay.measures import MEASURES
from ganplay.observe.axis import AxisLook
from ganplay.theory.lag import play
from ganplay.theory.regression import Branches
from ganplay.theory.vanishing import minimax_gradient, non_saturating_gradient
from ganplay.trainer import Trainer
from ganplay.ui import board as board_module
from ganplay.ui.theory import learned
from ganplay.ui.theory.chapters.questions import PARTS
from ganplay.ui.theory.questions.blur import gan_of
from ganplay.ui.theory.questions.level import good
from ganplay.ui.theory.questions.through import KINDS

from .conftest import Tab
from .messages import read, unpacked

Open = Callable[..., Tab]


@pytest.fixture
def asked(show: Open) -> Open:
    """Opens a part of the chapter."""
    return lambda part, **choices: show("Theory", chapter="questions", part=part, **choices)


def board(tab: Tab) -> tuple[dict[str, Any], dict[str, Any]]:
    """What the board was sent last, and its arrays by `figure.trace.axis`."""
    (feed,) = (e.proto for e in tab.app.get("bidi_component") if e.proto.bytes)
    header, buffer = unpacked(feed.bytes)
    arrays = {
        f"{figure['name']}.{figure['spec']['data'][int(key.partition('.')[0])]['name']}.{key[-1]}":
        read(buffer, place)
        for figure in header["figures"] for key, place in figure["arrays"].items()
    }  # fmt: skip
    return header, arrays


def text(tab: Tab) -> str:
    return "\n".join(each.value for each in tab.app.markdown)


@pytest.mark.parametrize("part", PARTS)
def test_a_part_opens_and_starts_with_its_question(part: str, asked: Open) -> None:
    tab = asked(part)
    assert not tab.problem
    words = [each.value for each in tab.app.markdown][1]
    assert re.match(r"\*\*[^*]+\?\*\*|\*\*[^*]+\?[^*]+\*\*", words), words
    assert tab.app.get("button_group")


def test_the_fixed_point(asked: Open) -> None:
    tab = asked("bce", distance="2.5")
    for value in (minimax_gradient(2.5), non_saturating_gradient(2.5)):
        assert f"**{float(value):.3f}**" in text(tab)
    header, arrays = board(tab)
    (handle,) = header["handles"]
    assert (handle["name"], handle["x"], handle["along"]) == ("distance", 2.5, "x")
    np.testing.assert_allclose(arrays["slopes.here.x"], [2.5, 2.5])


@pytest.mark.parametrize("kind", KINDS)
def test_a_step_is_gone_through_and_back(kind: str, asked: Open) -> None:
    tab = asked("through", step=kind)
    pictures, said = [], []
    for stage in range(1, len(STAGES) + 1):
        assert f"stage {stage} of {len(STAGES)}" in text(tab)
        (html,) = (h.proto.body for h in tab.app.get("html") if "<img" in h.proto.body)
        pictures.append(b64decode(re.search(r"base64,([^\"]*)", html)[1]))
        said.append(text(tab))
        buttons = {button.label: button for button in tab.app.button}
        assert buttons["Back"].disabled == (stage == 1)
        assert buttons["Next"].disabled == (stage == len(STAGES))
        if stage < len(STAGES):
            buttons["Next"].click()
            tab.update()
    # at the first logits the detached step shows nothing new for G
    assert len(set(pictures)) >= len(STAGES) - 1
    assert len(set(said)) == len(STAGES)
    next(button for button in tab.app.button if button.label == "Back").click()
    tab.update()
    assert tab.address["stage"] == str(len(STAGES) - 1)
    tab.app.slider[0].set_value(-2.5)
    tab.update()
    assert tab.address["z"] == "-2.5"
    assert "−2.50" in drawing(tab)


def drawing(tab: Tab) -> str:
    (html,) = (h.proto.body for h in tab.app.get("html") if "<img" in h.proto.body)
    return b64decode(re.search(r"base64,([^\"]*)", html)[1]).decode()


@pytest.mark.parametrize("words", ["5:1", "1:20"])
def test_a_game_at_a_moment(words: str, asked: Open) -> None:
    tab = asked("ratio", ratio=words, moment="90")
    game = play(*map(int, words.split(":")), 600)
    header, arrays = board(tab)
    np.testing.assert_allclose(arrays["way.G.y"], game.theta, atol=1e-5)
    (handle,) = header["handles"]
    assert (handle["x"], handle["y"]) == (90, pytest.approx(game.theta[90]))
    assert f"**{game.error()[90]:.3f}**" in text(tab)
    bars = {f["name"]: f for f in header["figures"]}["prices"]["spec"]["data"]
    assert [bar["name"] for bar in bars] == ["5:1", "1:1", "1:2", "1:5", "1:20"]


def test_branches_and_their_mean(asked: Open) -> None:
    case = Branches(1.4, 0.8)
    tab = asked("vae", height="1.4", share="0.8", at="0.25")
    header, arrays = board(tab)
    at = np.linspace(0, 1, 101)
    np.testing.assert_allclose(arrays["pairs.E[y | x].y"], case.mean(at), atol=1e-6)
    assert np.abs(arrays["pairs.learned.y"] - case.mean(at)).mean() < 0.15
    places = {h["name"]: (h["x"], h["y"], h["along"]) for h in header["handles"]}
    assert places == {
        "height": (0.5, 1.4, "y"), "at": (0.25, pytest.approx(float(case.mean(0.25))), "x")
    }  # fmt: skip


@pytest.mark.parametrize(
    ("part", "name", "to", "choice"),
    [
        ("bce", "distance", (-1.236, 0.3), {"distance": "-1.24"}),
        ("bce", "distance", (6.0, 0.3), {"distance": "5"}),
        ("ratio", "moment", (200.4, 9.0), {"moment": "200"}),
        ("ratio", "moment", (-3.0, 9.0), {"moment": "0"}),
        ("vae", "height", (0.9, -0.7), {"height": "0"}),
        ("vae", "height", (0.9, 0.704), {"height": "0.7"}),
        ("vae", "at", (1.02, 0.7), {"at": "1"}),
        ("vae", "at", (0.123, 0.7), {"at": "0.12"}),
    ],
)
def test_a_point_that_is_dragged_changes_the_address(
    part: str, name: str, to: tuple[float, float], choice: dict[str, str],
    asked: Open, monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    def place(_: str, moved: Callable[[str, float, float], None]) -> None:
        st.button("Drag", key="drag", on_click=moved, args=(name, *to))

    for module in (board_module, learned):
        monkeypatch.setattr(module, "place", place)
    tab = asked(part)
    tab.press("drag")
    assert {n: tab.address[n] for n in choice} == choice
    assert not tab.problem


@pytest.mark.parametrize(
    "extreme", [{"share": "0"}, {"share": "1", "at": "1"}, {"height": "0", "at": "0"}]
)
def test_a_gan_at_any_slice(extreme: dict[str, str], asked: Open) -> None:
    tab = asked("vae", gan="on", **extreme)
    assert not tab.problem
    run = tab.app.session_state["learned:blur"][0]
    tab.press("learned:step")
    assert shared_engine().poll(run).snapshot.step == 1
    assert "slice.GAN.x" in board(tab)[1]
    shared_engine().close(run)


def test_a_run_whose_losses_stay(asked: Open) -> None:
    tab = asked("losses")
    run = tab.app.session_state["learned:level"][0]
    for _ in range(2):
        tab.press("learned:step")
    header, arrays = board(tab)
    assert header["attributes"]["data-step"] == 2
    distance = arrays["distance.earth mover’s distance of the generated samples.y"]
    assert len(distance) == 2
    assert (distance > 1).all()
    json.dumps(header)
    shared_engine().close(run)


# ---- what is said of the runs


def test_losses_stay_while_the_distance_falls() -> None:
    """Seen of 32 seeds from 200 to 400 iterations: D's loss 1.35 to 1.37 and G's .725 to .774, beside
    1.386 and .693, and the earth mover's distance 5.3 to 7.4 times less than at the start. From 1000 to 2000
    the losses are 1.379 to 1.386 and .693 to .705, and it ends 6.5 to 13 times less."""
    trainer = Trainer(good(), runs=16)
    before = distances(trainer)
    trainer.advance(200)
    for stack in trainer.stacks:
        stack.forget()
    losses = []
    for _ in range(2):
        trainer.advance(100)
        told = [stack.meter.read(k) for stack, k in trainer.places]
        losses.append([(d, g) for d, _, g, _ in told])
        for stack in trainer.stacks:
            stack.forget()
    d, g = np.moveaxis(losses, 2, 0)
    assert ((d > 1.32) & (d < 1.39)).all(0).sum() >= 15
    assert ((g > 0.68) & (g < 0.83)).all(0).sum() >= 15
    fell = before / distances(trainer)
    assert ((fell > 4) & (fell < 10)).sum() >= 15


def distances(trainer: Trainer) -> np.ndarray:
    looks = [observe.look(*place) for place in trainer.places]
    return np.array([MEASURES["emd"].value(look) for look in looks])


def test_a_gan_keeps_off_the_mean() -> None:
    """Portion between the branches, that is nearer to 0 than half way: of a Gaussian 38 %, of the GAN
    .7 to 2 % on 16 seeds; the upper branch has 47 to 53 %."""
    case = Branches(1.2)
    config = gan_of(case, 0.5)
    trainer = Trainer(config, runs=16)
    trainer.advance(config.generator.steps_total)
    between, upper = [], []
    for place in trainer.places:
        look = observe.look(*place)
        assert isinstance(look, AxisLook)
        made, masses = look.made
        between.append(masses @ (np.abs(made) < 0.6))
        upper.append(masses @ (made > 0))
    assert (np.array(between) < 0.05).sum() >= 15
    assert (np.abs(np.array(upper) - 0.5) < 0.1).sum() >= 15
    blurred = np.random.default_rng(0).normal(case.mean(0.5), case.deviation(0.5), 10_000)
    assert (np.abs(blurred) < 0.6).mean() > 0.3
