"""The chapter of the parallel lines: what it shows at each θ, and what its six runs learn."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from ganplay.live import shared_engine
from ganplay.trainer import Trainer
from ganplay.ui import address
from ganplay.ui.theory.chapters import lines
from ganplay.ui.theory.chapters.lines import ITERATIONS, LOSSES, config

from .conftest import Tab

Open = Callable[..., Tab]
SEEDS = 16


@pytest.fixture
def chapter(show: Open) -> Open:
    """Opens the chapter with choices."""
    return lambda **choices: show("Theory", chapter="lines", **choices)


def titles(tab: Tab) -> dict[str, str]:
    return {f["name"]: f["spec"]["layout"]["title"]["text"] for f in tab.sent["figures"]}


def test_it_follows_theta(chapter: Open) -> None:
    tab = chapter()
    assert not tab.problem
    assert tab.sent["handles"][0]["x"] == 1
    assert titles(tab).keys() == {"plane", "tv", "js", "kl", "w"}
    tab.app.slider(key="theory:theta").set_value(-0.45)
    tab.update()
    assert tab.address["theta"] == "-0.45"
    assert tab.sent["handles"][0]["x"] == -0.45
    assert "0.45" in titles(tab)["w"]


@pytest.mark.parametrize("theta", ["0", "-0", "1e-12", "-1.5", "1.5", "0.123"])
def test_any_place_can_be_shown(theta: str, chapter: Open) -> None:
    tab = chapter(theta=theta)
    assert not tab.problem
    assert ("no slope" in titles(tab)["w"]) == (abs(float(theta)) < 0.01)
    assert ("= 0 " in titles(tab)["js"]) == (abs(float(theta)) < 0.01)


@pytest.mark.parametrize("theta", ["2", "nan", "inf", "left"])
def test_a_place_beyond_gets_one_sentence(theta: str, chapter: Open) -> None:
    tab = chapter(theta=theta)
    assert tab.problem == f"theta: {theta} is not allowed; it takes a number from -1.5 to 1.5."
    assert tab.sent["handles"][0]["x"] == 1


@pytest.mark.parametrize(
    ("x", "theta"), [(0.513, 0.5), (-0.02, 0.0), (9, 1.5), (-9, -1.5), (0.976, 1.0)]
)
def test_dragging_goes_by_the_steps_of_the_slider(
    x: float, theta: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    chosen: dict[str, Any] = {}
    monkeypatch.setattr(address, "put", chosen.__setitem__)
    lines._moved("line", x, 0.7)
    assert chosen == {"theta": theta}


def test_six_runs_start_together_and_are_drawn(chapter: Open) -> None:
    tab = chapter(part="learn")
    assert tab.learned.keys() == {f"lines:{name}" for name in LOSSES}
    assert {c.loss for _, c in tab.learned.values()} == set(LOSSES) - {"wgan_gp"}
    tab.press("learned:step")
    views = [shared_engine().poll(run) for run, _ in tab.learned.values()]
    assert [view.snapshot.step for view in views if view] == [1] * 6
    assert [view.limit for view in views if view] == [lines.PACE] * 6
    shown = titles(tab)
    for name, (title, _) in LOSSES.items():
        assert title in shown[f"{name} lines"]
        assert "θ = +1.00" in shown[name] or "θ = +0.9" in shown[name]
    again = chapter(part="learn")  # another tab has runs of its own
    assert {run for run, _ in again.learned.values()}.isdisjoint(r for r, _ in tab.learned.values())


# ---- what the words say of the runs


def paths(name: str, iterations: int = ITERATIONS) -> np.ndarray:
    """θ of each run after each iteration, [iterations + 1, SEEDS]."""
    trainer = Trainer(config(name).updated({"seed": 300}), runs=SEEDS)
    thetas = []
    for i in range(iterations + 1):
        trainer.advance(int(i > 0))
        thetas.append(np.concatenate([s.generator.net.flat[:, 0].numpy() for s in trainer.stacks]))
    return np.array(thetas)


def test_minimax_stops_at_once() -> None:
    thetas = paths("minimax")
    assert (thetas[0] == 1).all()
    assert (thetas[-1] > 0.9).sum() >= 15
    assert (np.ptp(thetas[20:], axis=0) < 0.01).sum() >= 15


@pytest.mark.parametrize("name", ["wgan", "wgan_gp"])
def test_wgan_walks_to_the_data_and_stays(name: str) -> None:
    thetas = paths(name)
    assert (np.abs(thetas[-1]) < 0.05).sum() >= 15
    way = np.abs(np.diff(thetas, axis=0)).sum(0)
    assert ((way > 0.95) & (way < 5)).sum() >= 15


def test_non_saturating_is_thrown_to_and_fro() -> None:
    thetas = paths("non_saturating", ITERATIONS // 2)
    way = np.abs(np.diff(thetas, axis=0)).sum(0)
    assert (way > 4).sum() >= 15  # where 1 would do
    assert (thetas.min(0) < -0.25).sum() >= 15
