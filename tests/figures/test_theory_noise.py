"""What the pictures of noise show."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from ganplay.figures import theory_noise as figures
from ganplay.figures.style import GENERATED, GRADIENT, REAL, Picture
from ganplay.theory.divergences import LOG_2
from ganplay.theory.mixture import Mixture

Checked = Callable[[Picture], dict[str, Any]]


def named(picture: Picture, name: str) -> list[dict[str, Any]]:
    return [trace for trace in picture.traces if trace["name"] == name]


def test_densities_and_points(checked: Checked) -> None:
    p, q = Mixture((-1.5, 1.5), (0.3, 0.3), (1, 1)), Mixture((0.5,), (0.3,))
    picture = figures.under_noise(p, q, (-1.5, 1.5))
    checked(picture)
    for name, density, colour in (("real", p, REAL), ("generated", q, GENERATED)):
        (trace,) = named(picture, name)
        np.testing.assert_array_equal(trace["y"], density.pdf(trace["x"]))
        assert trace["line"]["color"] == colour
    assert named(picture, "points")[0]["x"].tolist() == [-1.5, 1.5]


def test_the_slope_touches_the_curve(checked: Checked) -> None:
    places = np.linspace(-6, 6, 25)
    found = 0.6 - 0.4 * np.exp(-((np.abs(places) - 1.5) ** 2))
    picture = figures.over_places(places, found, 0.5, 0.45, -0.2, [(-1.5, 0.2), (1.5, 0.21)])
    checked(picture)
    (slope,) = named(picture, "slope")
    assert slope["line"]["color"] == GRADIENT
    assert np.diff(slope["y"]) / np.diff(slope["x"]) == pytest.approx(-0.2)
    assert slope["y"].mean() == pytest.approx(0.45)
    level, dots = named(picture, "without noise")
    np.testing.assert_array_equal(level["y"], [LOG_2, LOG_2])
    assert (dots["x"].tolist(), dots["y"].tolist()) == ([-1.5, 1.5], [0.2, 0.21])
    assert [note["x"] for note in picture.layout["annotations"]] == [-1.5, 1.5]


def test_shares_over_noise(checked: Checked) -> None:
    noises = np.array([0.0, 1.0, 2.0])
    shares = {"JSD": np.array([1, 0.5, 0.1]), "W₁": np.array([1, 0.9, 0.8])}
    picture = figures.over_noise(noises, shares, 0.7)
    checked(picture)
    for name, share in shares.items():
        (curve,) = named(picture, name)
        np.testing.assert_array_equal(curve["y"], share)
    assert named(picture, "noise")[0]["x"].tolist() == [0.7, 0.7]
    assert {note["text"]: note["y"] for note in picture.layout["annotations"]} == {
        "JSD": 0.1, "W₁": 0.8
    }  # fmt: skip
