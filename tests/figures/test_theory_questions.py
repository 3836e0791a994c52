"""The pictures of the questions: curves lie in their axes, which stay, and marks where they belong."""

import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from ganplay import observe
from ganplay.config import RunConfig
from ganplay.figures import theory_questions, theory_regression
from ganplay.figures.style import (
    ATTENTION,
    BLEND,
    DISCRIMINATOR,
    GENERATED,
    GRADIENT,
    REAL,
    VAE,
    Picture,
)
from ganplay.history import History
from ganplay.recipes import recipe
from ganplay.snapshot import AxisSnapshot, PlaneSnapshot
from ganplay.theory.lag import ideal, play
from ganplay.theory.regression import Branches
from ganplay.theory.vanishing import minimax_gradient, non_saturating_gradient
from ganplay.trainer import Trainer

Checked = Callable[[Picture], dict[str, Any]]
Numbers = np.ndarray[Any, Any]


def named(picture: Picture, name: str) -> dict[str, Any]:
    (found,) = (trace for trace in picture.traces if trace["name"] == name)
    return found


def ranges(pictures: dict[str, Picture]) -> dict[str, Any]:
    return {n: [p.layout[a]["range"] for a in ("xaxis", "yaxis")] for n, p in pictures.items()}


def within(picture: Picture, name: str, part: float = 1.0) -> None:
    """A curve lies in the axes, or this portion of its points."""
    trace = named(picture, name)
    inside = np.ones(np.size(trace["x"]), bool)
    for axis in "xy":
        low, high = picture.layout[f"{axis}axis"]["range"]
        values = np.asarray(trace[axis])
        inside &= (low <= values) & (values <= high)
    assert inside.mean() >= part


# ---- the fixed point


@pytest.mark.parametrize("theta", [-5.0, -1.3, 0.0, 2.0, 5.0])
def test_both_slopes_and_where_one_is(theta: float, checked: Checked) -> None:
    pictures = theory_questions.fixed_point(theta)
    for picture in pictures.values():
        checked(picture)
    assert ranges(pictures) == ranges(theory_questions.fixed_point(1.0))
    mark = pictures["slopes"].traces[-1]
    np.testing.assert_array_equal(mark["x"], [theta, theta])
    np.testing.assert_allclose(
        mark["y"], [float(s) for s in (minimax_gradient(theta), non_saturating_gradient(theta))]
    )
    for name, values in zip(
        ("log(1 − D)", "−log D"), (minimax_gradient, non_saturating_gradient), strict=True
    ):
        curve = named(pictures["slopes"], name)
        assert curve["line"]["color"] == GRADIENT
        assert np.interp(0.5, curve["x"], curve["y"]) == pytest.approx(float(values(0.5)), abs=1e-3)
        within(pictures["slopes"], name)
    peak = named(pictures["samples"], "generated")
    assert peak["x"][peak["y"].argmax()] == pytest.approx(theta, abs=0.03)
    for name in ("real", "generated", "best D"):
        within(pictures["samples"], name)


# ---- losses


@pytest.fixture(scope="module")
def snapshot() -> PlaneSnapshot:
    trainer = Trainer(RunConfig())
    found = observe.snapshot(*trainer.places[0], 0.0)
    assert isinstance(found, PlaneSnapshot)
    return found


def test_losses_stay_beside_what_they_are_at_the_end(
    snapshot: PlaneSnapshot, past: Callable[..., History], checked: Checked
) -> None:
    history = past([[50, 1.3, 0.9, 1, 1, 0.5, 0, 1.2], [100, 1.37, 0.7, 1, 1, 0.5, 0, 0.4]])
    pictures = theory_questions.losses(snapshot, history, 0.17)
    for picture in pictures.values():
        checked(picture)
    told = pictures["losses"]
    np.testing.assert_allclose(named(told, "D")["y"], [1.3, 1.37], rtol=1e-6)
    np.testing.assert_allclose(named(told, "G")["y"], [0.9, 0.7], rtol=1e-6)
    assert named(told, "D")["line"]["color"] == DISCRIMINATOR
    levels = [shape["y0"] for shape in told.layout["shapes"]]
    assert levels == pytest.approx([math.log(2), math.log(4)])
    (distance,) = pictures["distance"].traces
    np.testing.assert_allclose(distance["y"], [1.2, 0.4], rtol=1e-6)
    (floor,) = pictures["distance"].layout["shapes"]
    assert (floor["y0"], floor["line"]["color"]) == (0.17, REAL)
    later = theory_questions.losses(replace(snapshot, step=1999), history, 0.17)
    assert ranges(later) == ranges(pictures)
    beyond = theory_questions.losses(replace(snapshot, step=5000), history, 0.17)
    assert beyond["losses"].layout["xaxis"]["range"] == [0, 5000]
    assert not pictures["samples"].layout["showlegend"]
    assert {p.layout["meta"]["row"] for p in pictures.values()} == {0, 1}


# ---- the lag


@pytest.mark.parametrize(
    ("ratio", "moment"), [((5, 1), 0), ((5, 1), 180), ((1, 20), 600), ((1, 5), 40)]
)
def test_a_moment_of_a_game(ratio: tuple[int, int], moment: int, checked: Checked) -> None:
    game = play(*ratio, 600)
    pictures = theory_questions.lag(game, ideal(*ratio, 600), moment)
    for picture in pictures.values():
        checked(picture)
    assert ranges(pictures) == ranges(theory_questions.lag(play(1, 1, 600), ideal(1, 1, 600), 3))
    within(pictures["way"], "G")
    within(pictures["way"], "ideal")
    within(pictures["slopes"], "given")
    within(pictures["slopes"], "best")
    for name in ("way", "slopes"):
        marks = [
            s["x0"] for s in pictures[name].layout["shapes"] if s["line"]["color"] == ATTENTION
        ]
        assert marks == [moment]
    shown = named(pictures["samples"], "D")
    np.testing.assert_allclose(shown["y"], game.discriminator(shown["x"], moment))
    peak = named(pictures["samples"], "generated")
    assert peak["x"][peak["y"].argmax()] == pytest.approx(game.theta[moment], abs=0.03)


def test_prices(checked: Checked) -> None:
    picture = theory_questions.prices(["1:1", "1:2", "1:9"], [200, 300, None], 1, 600)
    tree = checked(picture)
    heights = [float(bar["y"][0]) for bar in picture.traces]
    assert heights == [200, 300, 600]
    assert [bar["opacity"] for bar in picture.traces] == [1, 1, 0.25]
    assert [bar["marker"]["color"] for bar in picture.traces] == [GENERATED, ATTENTION, GENERATED]
    assert tree["layout"]["xaxis"]["ticktext"] == ["1:1", "1:2", "1:9"]


# ---- the mean of branches


@pytest.fixture(scope="module")
def gan() -> AxisSnapshot:
    found = observe.snapshot(*Trainer(recipe("branches")).places[0], 0.0)
    assert isinstance(found, AxisSnapshot)
    return found


@pytest.mark.parametrize(
    "case", [Branches(1.2), Branches(0.0), Branches(1.6, 0.0), Branches(1, 0.9)]
)
@pytest.mark.parametrize("place", [0.0, 0.3, 1.0])
def test_the_mean_and_a_slice(
    case: Branches, place: float, gan: AxisSnapshot, checked: Checked
) -> None:
    pairs, noise = case.sample(50, np.random.default_rng(0)), np.linspace(-2, 2, 50)
    learned = case.mean(theory_regression.UNIT) + 0.02
    alone = theory_regression.regression(case, pairs, learned, noise, place, None)
    beside = theory_regression.regression(case, pairs, learned, noise, place, gan)
    for picture in (*alone.values(), *beside.values()):
        checked(picture)
    assert ranges(alone) == ranges(beside)
    assert ranges(alone)["pairs"][1] == ranges(alone)["slice"][1], "the slice lies beside"
    np.testing.assert_array_equal(named(alone["pairs"], "learned")["y"], learned)
    np.testing.assert_array_equal(
        named(alone["pairs"], "E[y | x]")["y"], case.mean(theory_regression.UNIT)
    )
    blurred = named(alone["pairs"], "Gaussian")
    mean = case.mean(pairs[0]) + 0.02
    np.testing.assert_allclose((blurred["y"] - mean) / case.deviation(pairs[0]), noise, atol=0.02)
    for name in ("real", "Gaussian"):
        curve = named(alone["slice"], name)
        mass = np.trapezoid(curve["x"], curve["y"])
        assert 0.9 < mass < 1.001, "all but what lies beyond the axis"
        within(alone["slice"], name)
    assert named(alone["slice"], "Gaussian")["line"]["color"] == VAE
    level = named(alone["slice"], "mean")
    assert level["y"] == pytest.approx([float(case.mean(place))] * 2)
    assert level["line"]["color"] == BLEND
    assert [trace["name"] for trace in alone["slice"].traces].count("GAN") == 0
    np.testing.assert_array_equal(named(beside["slice"], "GAN")["x"], gan.p_g)
