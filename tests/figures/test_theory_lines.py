"""The pictures of the parallel lines: what lies where, what is written, and whither the arrows point."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from ganplay.figures import theory_lines
from ganplay.figures.style import GENERATED, GRADIENT, REAL, Picture
from ganplay.theory.lines import DISTANCES

Checked = Callable[[Picture], dict[str, Any]]

THETAS = (-1.5, -0.4, 0.0, 0.55, 1.5)


def traces(picture: Picture, colour: str) -> list[dict[str, Any]]:
    return [t for t in picture.traces if colour in (t.get("line") or t["marker"]).values()]


@pytest.mark.parametrize("theta", THETAS)
def test_the_lines_stand_where_they_are(theta: float, checked: Checked) -> None:
    for picture in (theory_lines.plane(theta), theory_lines.learner("Hinge", theta, 2, 1)):
        checked(picture)
        (real,), (made,) = traces(picture, REAL), traces(picture, GENERATED)
        np.testing.assert_array_equal(real["x"], [0, 0])
        np.testing.assert_array_equal(made["x"], [theta, theta])
        np.testing.assert_array_equal(made["y"], [0, 1])


@pytest.mark.parametrize("theta", THETAS)
@pytest.mark.parametrize("name", DISTANCES)
def test_a_distance_is_marked_and_told(name: str, theta: float, checked: Checked) -> None:
    picture = theory_lines.distance(name, theta, 1, 0)
    tree = checked(picture)
    (mark,) = traces(picture, GENERATED)
    value, slope = DISTANCES[name].value(theta), DISTANCES[name].slope(theta)
    assert mark["x"] == theta
    assert mark["y"] == (value if np.isfinite(value) else theory_lines.NEVER)
    low, high = tree["layout"]["yaxis"]["range"]
    assert all(low < y < high for t in picture.traces for y in t["y"] if np.isfinite(y))
    words = tree["layout"]["title"]["text"]
    known = {"tv": "= 1 ", "js": "= log 2 = 0.69 nats", "kl": "= ∞"}
    told = f"= {abs(theta):.2f}" if name == "w" else known[name] if theta else "= 0 "
    assert told in words
    arrows = tree["layout"].get("annotations", [])
    if name != "w" or theta == 0:
        assert not arrows
        assert ("slope 0" in words) == bool(name in ("tv", "js") and theta)
        assert ("no slope" in words) == bool(name == "kl" or not theta)
        return
    (arrow,) = arrows
    assert (arrow["ax"], arrow["ay"]) == (theta, abs(theta))
    assert arrow["arrowcolor"] == GRADIENT
    assert np.sign(arrow["x"] - theta) == -np.sign(theta)
    assert (arrow["y"] - arrow["ay"]) / (arrow["x"] - theta) == pytest.approx(slope)
    assert f"slope {'+' if theta > 0 else '−'}1" in words


@pytest.mark.parametrize("name", DISTANCES)
def test_a_distance_is_drawn_on_both_sides(name: str) -> None:
    curve, *dots, _ = theory_lines.distance(name, 1.0, 1, 0).traces
    left, right = curve["y"][:2], curve["y"][-2:]
    np.testing.assert_allclose(left, right[::-1])
    assert np.isnan(curve["x"][2])
    # what jumps has a ring where the curve ends and a dot at 0
    assert [float(dot["y"][0]) for dot in dots] == ([] if name == "w" else [float(left[0]), 0.0])


@pytest.mark.parametrize("last", [1.0, -0.004, 0.0])
def test_a_course_says_where_it_is(last: float, checked: Checked) -> None:
    thetas = np.array([1.0, 0.5, last])
    picture = theory_lines.course(np.array([0, 10, 20]), thetas, 300, 1, 0)
    words = checked(picture)["layout"]["title"]["text"]
    assert f"θ = {'+1.00' if last == 1 else '0.00'}" in words
    (made,) = traces(picture, GENERATED)
    np.testing.assert_array_equal(made["y"], thetas)
    np.testing.assert_array_equal(traces(picture, REAL)[0]["y"], [0, 0])
