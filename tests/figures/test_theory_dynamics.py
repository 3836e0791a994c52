"""Pictures of the Dirac-GAN show what they are given, on axes that stay."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from ganplay.figures import theory_dynamics
from ganplay.figures.style import (
    ATTENTION,
    BLEND,
    DISCRIMINATOR,
    GENERATED,
    GRADIENT,
    REAL,
    Picture,
)
from ganplay.figures.theory_dynamics import EXTENT, LONGEST, lattice

Checked = Callable[[Picture], dict[str, Any]]

PATH = np.array([[1.0, 1.0], [1.1, 0.9], [1.2, 0.8], [np.nan, np.nan]])
CIRCLE = np.array([[0.0, 1.0], [1.0, 0.0]])


def traces(picture: Picture) -> dict[str, dict[str, Any]]:
    return {trace["name"]: trace for trace in picture.traces}


def points(trace: dict[str, Any]) -> np.ndarray:
    return np.stack((trace["x"], trace["y"]), -1)


def portrait(**changed: Any) -> Picture:
    field = np.stack((lattice()[:, 1], -lattice()[:, 0]), -1)
    options = {"field": field, "states": PATH, "walked": PATH[:2], "exact": None, "bound": None}
    return theory_dynamics.portrait(**{**options, **changed})


def test_the_plane(checked: Checked) -> None:
    found = traces(portrait(exact=("circle", CIRCLE), bound=0.5))
    np.testing.assert_allclose(points(found["path"]), PATH[:2])
    np.testing.assert_allclose(points(found["all steps"]), PATH)
    np.testing.assert_allclose(points(found["now"]), PATH[1:2])
    np.testing.assert_allclose(points(found["exact"]), CIRCLE)
    np.testing.assert_allclose(points(found["equilibrium"]), [[0, 0]])
    colours = [found[name]["line"]["color"] for name in ("path", "exact", "gradients")]
    assert colours == [ATTENTION, BLEND, GRADIENT]
    assert found["equilibrium"]["marker"]["color"] == REAL
    tree = checked(portrait(exact=("circle", CIRCLE), bound=0.5))
    assert "circle" in tree["layout"]["title"]["text"]
    assert sorted(shape["y0"] for shape in tree["layout"]["shapes"]) == [-0.5, 0.5]
    assert tree["layout"]["xaxis"]["range"] == [-EXTENT, EXTENT]


def test_an_arrow_points_along_the_field_and_is_longer_where_that_is_stronger() -> None:
    field = np.zeros((len(lattice()), 2))
    field[0], field[1] = (1, 0), (0, 50)
    arrows = points(traces(portrait(field=field))["gradients"]).reshape(-1, 6, 2)
    np.testing.assert_allclose(arrows[:, 0], lattice(), atol=1e-6)
    shafts = arrows[:, 1] - arrows[:, 0]
    np.testing.assert_allclose(shafts[0], [LONGEST / 2, 0], atol=1e-6)
    np.testing.assert_allclose(shafts[1], [0, LONGEST * 50 / 51], atol=1e-6)
    assert not shafts[2:].any()


def test_a_plane_without_more(checked: Checked) -> None:
    picture = portrait()
    assert "exact" not in traces(picture)
    assert "shapes" not in checked(picture)["layout"]


def test_the_game_at_a_moment(checked: Checked) -> None:
    picture = theory_dynamics.game(1.5, -0.8, 2.0)
    found = traces(picture)
    line = points(found["D"])
    np.testing.assert_allclose(line[:, 1], -0.8 * line[:, 0], rtol=1e-6)
    np.testing.assert_allclose(points(found["generated"]), [[1.5, -1.2]])
    arrow = points(found["gradient"])
    np.testing.assert_allclose(arrow[0], [1.5, -1.2], rtol=1e-6)
    assert arrow[1, 0] > arrow[0, 0]
    assert arrow[1, 1] == arrow[0, 1]
    assert found["D"]["line"]["color"] == DISCRIMINATOR
    assert found["generated"]["marker"]["color"] == GENERATED
    checked(picture)


@pytest.mark.parametrize("beyond", [np.nan, 1e12])
def test_a_game_that_is_far_away_is_drawn_all_the_same(beyond: float) -> None:
    for picture in (
        theory_dynamics.game(beyond, beyond, beyond),
        portrait(states=np.full((3, 2), beyond), walked=np.full((2, 2), beyond)),
        theory_dynamics.distances(np.array([1.0, beyond]), np.array([1.0, np.inf]), 1),
    ):
        for trace in picture.traces:
            assert not np.isinf(np.asarray(trace["y"], np.float32)).any()


def test_eigenvalues_beside_the_unit_circle(checked: Checked) -> None:
    picture = theory_dynamics.eigenvalues(np.array([0.9 + 0.2j, 0.9 - 0.2j]))
    found = traces(picture)
    np.testing.assert_allclose(points(found["eigenvalues"]), [[0.9, 0.2], [0.9, -0.2]])
    np.testing.assert_allclose(np.hypot(*points(found["|λ| = 1"]).T), 1)
    side = checked(picture)["layout"]["xaxis"]["range"]
    assert (
        side
        == checked(theory_dynamics.eigenvalues(np.empty(0, complex)))["layout"]["xaxis"]["range"]
    )
    (low, high) = checked(theory_dynamics.eigenvalues(np.array([-3.2, 0.5j])))["layout"]["xaxis"][
        "range"
    ]
    assert low < -3.2
    assert high > 1


def test_distances(checked: Checked) -> None:
    radii, expected = np.array([1.4, 1.0, 0.7]), np.array([1.4, 1.2, 1.0])
    picture = theory_dynamics.distances(radii, expected, 2)
    found = traces(picture)
    np.testing.assert_allclose(found["distance"]["y"], radii)
    np.testing.assert_allclose(found["exact"]["y"], expected)
    tree = checked(picture)
    assert tree["layout"]["xaxis"]["range"] == [0, 2]
    assert tree["layout"]["shapes"][0]["x0"] == 2
    without = theory_dynamics.distances(radii, None, 0)
    assert "exact" not in traces(without)
    assert checked(without)["layout"]["yaxis"] == tree["layout"]["yaxis"]
