"""The pictures of the game: each curve is the one given, and what is written is what is drawn."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from ganplay.figures import theory_game
from ganplay.figures.style import BLEND, DISCRIMINATOR, GENERATED, REAL, Picture
from ganplay.theory.game import FLOOR

Checked = Callable[[Picture], dict[str, Any]]

X = np.linspace(-10, 10, 81)
P, Q, BEST, D = np.random.default_rng(0).random((4, 81))


def of(picture: Picture, colour: str) -> dict[str, Any]:
    (found,) = (t for t in picture.traces if t.get("line", {}).get("color") == colour)
    return found


@pytest.mark.parametrize("d", [None, D], ids=["alone", "with D"])
def test_the_stage_has_each_curve_in_its_colour(d: np.ndarray | None, checked: Checked) -> None:
    picture = theory_game.stage(X, P, Q, BEST, d)
    tree = checked(picture)
    for curve, colour in ((P, REAL), (Q, GENERATED), (BEST, BLEND)):
        np.testing.assert_array_equal(of(picture, colour)["y"], curve)
    assert of(picture, REAL)["line"]["dash"] == "dot"
    assert of(picture, BLEND)["line"]["dash"] == "dash"
    assert of(picture, GENERATED)["fill"] == "tozeroy"
    assert len(picture.traces) == (3 if d is None else 4)
    if d is not None:
        np.testing.assert_array_equal(of(picture, DISCRIMINATOR)["y"], d)
        assert of(picture, DISCRIMINATOR)["line"].get("dash", "solid") == "solid"
    assert ("<b>D</b>" in tree["layout"]["title"]["text"]) == (d is not None)


def test_a_density_that_is_too_high_leaves_the_picture_upwards() -> None:
    high = np.where(abs(X) < 0.3, 40.0, 0.0)
    shown = of(theory_game.stage(X, P, high, BEST, None), GENERATED)["y"]
    assert shown.max() > theory_game.TOP
    assert shown.max() < 10, "the canvas need not draw what nobody sees"


def test_axes_stay_where_they_are(checked: Checked) -> None:
    ranges = [
        checked(theory_game.stage(X, P * k, Q, BEST, None))["layout"]["yaxis"]["range"]
        for k in (0.1, 5)
    ]
    assert list(ranges[0]) == list(ranges[1])


def test_arrows_lead_from_z_to_x(checked: Checked) -> None:
    pairs = np.array([[-1.0, 0.5], [0.0, 2.0], [1.0, -1.5]])
    picture = theory_game.arrows(pairs)
    checked(picture)
    lines, heads = picture.traces
    x, y = (lines[axis].reshape(3, 3) for axis in "xy")
    np.testing.assert_array_equal(x[:, :2], pairs)
    np.testing.assert_array_equal(y[:, :2], [[0, 1]] * 3)
    assert np.isnan(x[:, 2]).all()
    np.testing.assert_array_equal(heads["x"], pairs[:, 1])
    checked(theory_game.arrows(np.empty((0, 2))))


def test_the_value_stands_beside_the_best_and_the_floor(checked: Checked) -> None:
    steps, value = np.array([0.0, 10.0, 250.0]), np.array([-1.4, -5.0, -0.81])
    best = np.array([-0.3, -0.5, -0.77])
    picture = theory_game.values(steps, value, best)
    tree = checked(picture)
    np.testing.assert_array_equal(of(picture, BLEND)["y"], best)
    shown = of(picture, DISCRIMINATOR)
    np.testing.assert_array_equal(shown["x"], steps)
    np.testing.assert_array_equal(shown["y"], [-1.4, theory_game.LOWEST, -0.81])
    words = tree["layout"]["title"]["text"]
    assert "V(D, G) = −0.81" in words
    assert "2 JSD − log 4 = −0.77 nats" in words
    (floor,) = tree["layout"]["shapes"]
    assert floor["y0"] == floor["y1"] == FLOOR
    assert f"{math.log(4):.2f}" in tree["layout"]["annotations"][0]["text"]
    assert tree["layout"]["xaxis"]["range"][1] >= 250


def test_before_any_training_there_is_the_best_alone(checked: Checked) -> None:
    picture = theory_game.values(np.empty(0), np.empty(0), np.array([-0.75]))
    words = checked(picture)["layout"]["title"]["text"]
    assert "V(D, G)" not in words
    np.testing.assert_array_equal(of(picture, BLEND)["y"], [-0.75, -0.75])
    assert len(picture.traces) == 1
