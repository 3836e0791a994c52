"""The pictures of weight clipping: made of a run, they show what is inside it."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from ganplay.figures import theory_clipping as figures
from ganplay.figures.style import GRADIENT, Picture
from ganplay.snapshot import Inside, PlaneSnapshot
from ganplay.trainer import Trainer
from ganplay.ui.theory.chapters.clipping import config

Checked = Callable[[Picture], dict[str, Any]]

CLIPPED = Inside(np.array([0.4, 0.05, 0.05, 0.5], np.float32), 0.01, (1e-6, 1e-4, 1e-2, 1.0))
PENALISED = Inside(np.full(4, 0.25, np.float32), 1.0, (1.0, 1.0, 1.0, 1.0))


def trace(picture: Picture, name: str) -> dict[str, Any]:
    (found,) = (each for each in picture.traces if each["name"] == name)
    return found


def test_surface_and_points(checked: Checked) -> None:
    s = Trainer(config(0.1)).snapshot()
    assert isinstance(s, PlaneSnapshot)
    shown = figures.surface(s, "clipped", 1)
    checked(shown)
    np.testing.assert_array_equal(trace(shown, "D")["z"], s.surface)
    np.testing.assert_array_equal(trace(shown, "real")["x"], s.real[:, 0])
    np.testing.assert_array_equal(trace(shown, "generated")["y"], s.fake[:, 1])
    assert {each["name"] for each in shown.traces} == {"D", "undecided", "real", "generated"}
    flat = replace(s, surface=np.zeros_like(s.surface), scale=(0.0, 0.0))
    checked(figures.surface(flat, "flat", 0))


def test_weights_are_drawn_from_limit_to_limit(checked: Checked) -> None:
    shown = figures.weights(CLIPPED, 0.01, 0)
    checked(shown)
    bars = trace(shown, "weights")
    np.testing.assert_allclose(bars["x"], [-0.75, -0.25, 0.25, 0.75])
    np.testing.assert_array_equal(bars["y"], CLIPPED.weights)
    assert shown.layout["xaxis"]["ticktext"] == ["−c", "0", "c"]
    for clip in (0.0, 0.01):  # none, or one that has not held them yet
        free = figures.weights(PENALISED, clip, 1)
        assert free.layout["xaxis"]["ticktext"] == ["−1", "0", "1"]


def test_norms_go_back_from_the_output(checked: Checked) -> None:
    shown = figures.norms(CLIPPED, PENALISED, 0.01, 32)
    checked(shown)
    np.testing.assert_allclose(trace(shown, "clipped")["y"], [1, 1e-2, 1e-4, 1e-6], rtol=1e-5)
    np.testing.assert_allclose(trace(shown, "clipped")["x"], [0, 1, 2, 3])
    np.testing.assert_allclose(trace(shown, "penalised")["y"], np.ones(4))
    np.testing.assert_allclose(trace(shown, "random signs")["y"], 0.04 ** np.arange(4), rtol=1e-5)
    np.testing.assert_allclose(trace(shown, "at most")["y"], 0.32 ** np.arange(4), rtol=1e-5)
    assert shown.layout["yaxis"]["type"] == "log"


def test_a_gradient_of_nothing_can_be_drawn(checked: Checked) -> None:
    dead = Inside(CLIPPED.weights, 0.001, (0.0, 0.0, 0.0, 0.0))
    checked(figures.norms(dead, PENALISED, 0.001, 32))
    checked(figures.factors(dead, 0.001, 32))


@pytest.mark.parametrize("limit", [0.001, 0.1, 0.5])
def test_factors_over_c(limit: float, checked: Checked) -> None:
    shown = figures.factors(CLIPPED, limit, 32)
    checked(shown)
    dot = trace(shown, "measured")
    assert dot["x"] == pytest.approx(limit)
    assert dot["y"] == pytest.approx(0.01)
    assert dot["marker"]["color"] == GRADIENT
    np.testing.assert_allclose(trace(shown, "random signs")["y"], [0.002, 4.0], rtol=1e-5)
    np.testing.assert_allclose(trace(shown, "at most")["y"], [0.016, 32.0], rtol=1e-5)
    assert "0.01" in shown.layout["title"]["text"]
