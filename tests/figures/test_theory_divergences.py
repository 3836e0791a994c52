"""What the pictures of two distributions show: curves, areas, bars and strips that say what theory says."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from ganplay.figures import theory_divergences as figures
from ganplay.figures.style import BLEND, EDGE, GENERATED, REAL, Picture
from ganplay.theory.bands import Bands
from ganplay.theory.divergences import LOG_2, MEASURES, doubt, jsd, mutual_information, posterior
from ganplay.theory.mixture import Mixture
from ganplay.theory.quadrature import Density

Checked = Callable[[Picture], dict[str, Any]]

P = Mixture((-1.0, 2.0), (0.8, 0.6), (0.3, 0.7))
Q = Mixture((0.6,), (1.0,))
BAND, AWAY = Bands((-2.0,), (1.0,)), Bands((2.0,), (1.0,))
PAIRS: list[tuple[Density, Density]] = [
    (P, Q),
    (Q, P),
    (BAND, AWAY),
    (BAND, Bands((-1.5,), (1.0,))),
]
every_pair = pytest.mark.parametrize(("p", "q"), PAIRS)
every_measure = pytest.mark.parametrize("name", MEASURES)


def named(picture: Picture, name: str) -> list[dict[str, Any]]:
    return [trace for trace in picture.traces if trace["name"] == name]


def words(picture: Picture) -> list[str]:
    return [
        picture.layout["title"]["text"],
        *(a["text"] for a in picture.layout.get("annotations", [])),
    ]


@every_pair
def test_densities_are_those_of_p_and_q(p: Density, q: Density, checked: Checked) -> None:
    picture = figures.densities(p, q, mean=True)
    checked(picture)
    for name, density, colour in (("real", p, REAL), ("generated", q, GENERATED)):
        (trace,) = named(picture, name)
        np.testing.assert_array_equal(trace["y"], density.pdf(trace["x"]))
        assert trace["line"]["color"] == colour
        assert trace["y"].max() < figures.TALLEST
    (mean,) = named(picture, "mean")
    assert mean["line"]["color"] == BLEND
    np.testing.assert_allclose(mean["y"], (p.pdf(mean["x"]) + q.pdf(mean["x"])) / 2)
    assert not named(figures.densities(p, q), "mean")


def test_bands_have_upright_sides() -> None:
    x = figures.grid(BAND, AWAY)
    assert (np.diff(x) >= 0).all()
    y = BAND.pdf(x)
    steps = np.flatnonzero(np.diff(y))
    assert len(steps) == 2
    assert np.diff(x)[steps].max() < 1e-8


@every_pair
@every_measure
def test_the_area_is_the_measure(name: str, p: Density, q: Density, checked: Checked) -> None:
    picture = figures.integrand(name, p, q)
    checked(picture)
    (trace,) = picture.traces
    value = MEASURES[name].value(p, q)
    assert figures.amount(value, MEASURES[name].unit) in picture.layout["title"]["text"]
    low, high = picture.layout["yaxis"]["range"]
    y = trace["y"]
    assert np.isfinite(y).all()
    if y.max() < high:
        np.testing.assert_allclose(np.trapezoid(y, trace["x"]), value, rtol=2e-3)
        assert low <= y.min()


def test_it_says_where_kl_comes_from() -> None:
    far = figures.integrand("kl", Mixture((0.0,), (1.0,)), Mixture((3.0,), (0.5,)))
    # at -0.55, where ln p / q = 2 (x - 3)^2 - x^2 / 2 - ln 2 = 24.36
    assert "Most at x = −0.5: p is 10<sup>11</sup> × q" in far.layout["title"]["text"]
    back = figures.integrand("reverse_kl", Mixture((3.0,), (0.5,)), Mixture((0.0,), (1.0,)))
    assert "q is 10<sup>11</sup> × p" in back.layout["title"]["text"]
    never = figures.integrand("kl", BAND, AWAY)
    assert "the area is ∞, as q = 0 there" in never.layout["title"]["text"]
    assert "Most" not in figures.integrand("jsd", P, Q).layout["title"]["text"]


@pytest.mark.parametrize(
    ("log", "text"), [(math.log(8.4), "8.4"), (23 * math.log(10), "10<sup>23</sup>")]
)
def test_ratios(log: float, text: str) -> None:
    assert figures.many(log) == text


@every_pair
@every_measure
def test_bars_are_the_measures_and_bounds_are_drawn(
    name: str, p: Density, q: Density, checked: Checked
) -> None:
    picture = figures.values(p, q, name)
    checked(picture)
    notes = [(note["x"], note["text"]) for note in picture.layout["annotations"]]
    for place, (each, measure) in enumerate(MEASURES.items()):
        (bar,) = named(picture, each)
        value = measure.value(p, q)
        assert bar["y"] == pytest.approx([min(value, figures.MOST)])
        assert bar["x"] == [place]
        assert bar["marker"]["color"] == (BLEND if each == name else EDGE)
        arrow = "↑<br>" if value > figures.MOST else ""
        assert (place, f"{arrow}<b>{figures.amount(value, '')}</b>") in notes
        assert measure.name in picture.layout["xaxis"]["ticktext"][place]
    (bounds,) = named(picture, "bounds")
    assert sorted(set(bounds["y"][np.isfinite(bounds["y"])])) == [LOG_2, 1.0]
    assert {(2, "at most ln 2"), (3, "at most 1")} <= set(notes)


@every_pair
@pytest.mark.parametrize("sample", [-1.7, 0.0, 1.7])
def test_what_a_sample_tells(p: Density, q: Density, sample: float, checked: Checked) -> None:
    chance = float(posterior(p, q, sample))
    for picture, value, told in (
        (figures.source(p, q, sample), chance, f"at the mark {chance:.0%}"),
        (
            figures.doubts(p, q, sample),
            float(doubt(chance)),
            f"at the mark {float(doubt(chance)):.3f}",
        ),
    ):
        checked(picture)
        line, dot = named(picture, "sample")
        assert dot["x"] == [sample]
        np.testing.assert_array_equal(dot["y"], [value])
        np.testing.assert_array_equal(line["y"], [0, value])
        if math.isnan(value):
            assert "nan" not in picture.layout["title"]["text"]
        else:
            assert told in picture.layout["title"]["text"]
    (curve,) = named(figures.source(p, q, sample), "D*")
    np.testing.assert_array_equal(curve["y"], posterior(p, q, curve["x"]))
    (area,) = named(figures.doubts(p, q, sample), "doubt")
    left = doubt(posterior(p, q, area["x"]))
    np.testing.assert_array_equal(area["y"], np.where(np.isnan(left), 0, left))


@every_pair
def test_both_strips_are_as_long(p: Density, q: Density, checked: Checked) -> None:
    picture = figures.two_ways(p, q)
    checked(picture)
    ends = {}
    for trace in picture.traces:
        (middle,), width = trace["x"], trace["width"]
        ends[trace["name"]] = (middle - width / 2, middle + width / 2)
    assert ends["doubt"][0] == pytest.approx(0)
    assert ends["doubt"][1] == pytest.approx(ends["information"][0])
    assert ends["information"][1] == pytest.approx(LOG_2)
    assert LOG_2 - ends["information"][0] == pytest.approx(mutual_information(p, q))
    assert ends["half of q"][1] == pytest.approx(LOG_2)
    assert ends["half of p"][1] == pytest.approx(ends["half of q"][0])
    assert LOG_2 - ends["half of p"][0] == pytest.approx(jsd(p, q))
    text = picture.layout["title"]["text"]
    assert text.count(f"<b>{jsd(p, q):.4f}</b>") == 2


def test_words_in_a_strip_too_short_for_them_are_left_out() -> None:
    equal = words(figures.two_ways(P, P))
    assert "stays: H(Z|X)" in equal
    assert "½ KL(p‖m)" not in equal
