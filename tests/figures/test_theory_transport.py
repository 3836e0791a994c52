"""The pictures of transport: what lies where, and that bars and words say what is so."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from ganplay.figures import theory_transport as figures
from ganplay.figures.style import BLEND, DISCRIMINATOR, GENERATED, REAL, Picture
from ganplay.theory import transport
from ganplay.theory.mixture import Mixture

Checked = Callable[[Picture], dict[str, Any]]

P, Q = Mixture((-1.5, 1.5), (0.5, 0.5), (1.0, 1.0)), Mixture((0.7,), (1.0,))
X = np.linspace(-figures.REACH, figures.REACH, 97)
EDGES = np.linspace(-9.0, 9.0, 61)
WIDE = (EDGES[1:] + EDGES[:-1]) / 2
MIDDLES = WIDE[np.abs(WIDE) < figures.REACH]


def trace(picture: Picture, name: str) -> dict[str, Any]:
    (found,) = (each for each in picture.traces if each["name"] == name)
    return found


def test_plan_lies_between_its_marginals(checked: Checked) -> None:
    masses = transport.bins(P, EDGES), transport.bins(Q, EDGES)
    shown = figures.plan(WIDE, masses, transport.independent_plan(*masses))
    checked(shown)
    shades = trace(shown, "plan")
    assert shades["z"].shape == (40, 40)
    assert (shades["x0"], shades["y0"]) == (MIDDLES[0], MIDDLES[0])
    # rows are where the mass comes from: all of real's two heaps, one column of the generated one
    rows, columns = shades["z"].max(1), shades["z"].max(0)
    assert rows[MIDDLES.searchsorted(-1.5)] > 0.9 > 0.6 > rows[20]
    assert columns.argmax() == MIDDLES.searchsorted(0.7)
    real, made = trace(shown, "real"), trace(shown, "generated")
    assert real["line"]["color"] == REAL
    assert made["line"]["color"] == GENERATED
    np.testing.assert_allclose(real["y"], MIDDLES, atol=1e-6)
    np.testing.assert_allclose(made["x"], MIDDLES, atol=1e-6)
    for away in (real["x"], made["y"]):
        assert -figures.REACH - figures.STRIP < away.min() < away.max() <= -figures.REACH


def test_ways_join_the_curves(checked: Checked) -> None:
    levels = (np.arange(figures.WAYS) + 0.5) / figures.WAYS
    w1 = transport.w1(P, Q)
    ends = transport.quantile_ways(P, Q, levels)
    shown = figures.ways(X, P.cdf(X), Q.cdf(X), ends, w1)
    checked(shown)
    ways = trace(shown, "ways")
    starts, stops = ways["x"][::3], ways["x"][1::3]
    np.testing.assert_allclose(P.cdf(starts), ways["y"][::3], atol=1e-3)
    np.testing.assert_allclose(Q.cdf(stops), ways["y"][1::3], atol=1e-3)
    assert np.isnan(ways["x"][2::3]).all()
    assert np.abs(starts - stops).mean() == pytest.approx(w1, abs=0.02)
    assert f"{w1:.3f}" in shown.layout["title"]["text"]


@pytest.mark.parametrize("value", [-1.0, 0.0, 0.7, 2.5, 9.0])
def test_bars_are_as_long_as_their_values(value: float, checked: Checked) -> None:
    rows = [("one", value, DISCRIMINATOR), ("other", 1.0, BLEND)]
    shown = figures.gauge(rows, 1.5, 4.0, 2)
    checked(shown)
    bar, line = trace(shown, "one"), trace(shown, "W1")
    np.testing.assert_allclose(bar["x"], [0, np.clip(value, 0, 4)], atol=1e-6)
    np.testing.assert_allclose(line["x"], [1.5, 1.5])
    assert trace(shown, "other")["y"][0] < bar["y"][0]
    texts = [each["text"] for each in shown.layout["annotations"]]
    assert texts == [f"<b>{value:.3f}</b> one", "<b>1.000</b> other"]
    assert all(each["x"] >= 1.5 for each in shown.layout["annotations"]), "beside the line"
    assert shown.layout["meta"]["row"] == 2


def test_clouds_lie_on_their_potential(checked: Checked) -> None:
    rng = np.random.default_rng(0)
    found = transport.matching(rng.normal(0, 1, (9, 2)), rng.normal(1.5, 1, (9, 2)))
    partner = transport.exchanged(found.partner, 4)
    shown = figures.clouds(found, partner, side=9)
    checked(shown)
    surface = trace(shown, "f*")
    at = np.linspace(-figures.PLANE, figures.PLANE, 9)
    for row, column in ((0, 0), (2, 7), (8, 3)):  # rows along y
        truth = found.potential((at[column], at[row]))
        assert surface["z"][row, column] == pytest.approx(float(truth))
    middle = (surface["zmin"] + surface["zmax"]) / 2
    assert found.potential(found.x).mean() > middle > found.potential(found.y).mean()
    plan = trace(shown, "plan")
    np.testing.assert_allclose(plan["x"][::3], found.x[:, 0], rtol=1e-6)
    np.testing.assert_allclose(plan["y"][1::3], found.y[partner, 1], rtol=1e-6)


def test_densities_and_potentials(checked: Checked) -> None:
    shown = figures.densities(X, P.pdf(X), Q.pdf(X))
    checked(shown)
    np.testing.assert_allclose(trace(shown, "real")["y"], P.pdf(X), rtol=1e-5)
    np.testing.assert_allclose(trace(shown, "generated")["y"], Q.pdf(X), rtol=1e-5)
    best = transport.potential(P, Q)(X)
    shown = figures.potentials(X, best, 0.5 * X, 0.5)
    checked(shown)
    np.testing.assert_allclose(trace(shown, "f*")["y"], best, rtol=1e-5)
    np.testing.assert_allclose(trace(shown, "yours")["y"], 0.5 * X, rtol=1e-5)
    assert trace(shown, "f*")["line"]["dash"] == "dash"
    assert "0.50 of 1" in shown.layout["title"]["text"]


def test_critics(checked: Checked) -> None:
    seen = np.abs(X) < 2
    shown = figures.critic("clipped", X, -X, 0.8 * X, seen, 1)
    checked(shown)
    thick = trace(shown, "critic")
    np.testing.assert_array_equal(np.isfinite(thick["y"]), seen)
    assert thick["line"]["color"] == DISCRIMINATOR
    np.testing.assert_allclose(trace(shown, "beyond the data")["y"], 0.8 * X, rtol=1e-5)
    shown = figures.course(np.array([0.0, 5.0]), np.array([0.1, 0.6]), 0.7, 800, 1)
    checked(shown)
    assert "0.600" in shown.layout["title"]["text"]
    np.testing.assert_allclose(trace(shown, "W1")["y"], [0.7, 0.7], rtol=1e-6)
    low, high = shown.layout["yaxis"]["range"]
    assert low < 0 < 0.7 < high
