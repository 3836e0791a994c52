"""The chapter on divergences: what its parts show, and that dots and buttons do what they say."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import streamlit as st

from ganplay.figures.style import Picture
from ganplay.theory.divergences import jsd, kl, wasserstein_1
from ganplay.theory.mixture import Mixture
from ganplay.ui.theory.divergences import (
    distances,
    information,
    likelihood,
    noise,
)

from .conftest import Tab
from .messages import unpacked

Open = Callable[..., Tab]
PARTS = {
    "distances": distances,
    "information": information,
    "likelihood": likelihood,
    "noise": noise,
}


@pytest.fixture
def chapter(show: Open) -> Open:
    return lambda **choices: show("Theory", chapter="divergences", **choices)


def sent(tab: Tab) -> dict[str, Any]:
    (source,) = (e.proto.bytes for e in tab.app.get("bidi_component") if e.proto.bytes)
    return unpacked(source)[0]


def handles(tab: Tab) -> dict[str, dict[str, Any]]:
    return {handle["name"]: handle for handle in sent(tab)["handles"]}


def said(tab: Tab) -> str:
    return "\n".join(text.value for text in tab.app.markdown)


def choices(tab: Tab) -> dict[str, str]:
    """What differs from what is at first."""
    return {n: v for n, v in tab.address.items() if n not in ("chapter", "part")}


@pytest.fixture
def drag(chapter: Open, monkeypatch: pytest.MonkeyPatch) -> Callable[..., dict[str, str]]:
    """Opens a part, drags a dot, and returns what the address says then."""

    def drag(part: str, name: str, x: float, y: float = 0.0, **query: str) -> dict[str, str]:
        def board(*_: Any, moved: Callable[[str, float, float], None], **__: Any) -> None:
            st.button("Drag", key="drag", on_click=moved, args=(name, x, y))

        monkeypatch.setattr(PARTS[part], "board", board)
        tab = chapter(part=part, **query)
        tab.press("drag")
        assert not tab.problem
        return choices(tab)

    return drag


@pytest.mark.parametrize("shape", ["bell", "band"])
@pytest.mark.parametrize("part", PARTS)
def test_each_part_opens(part: str, shape: str, chapter: Open) -> None:
    tab = chapter(part=part, shape=shape, p_bumps="two")
    assert not tab.problem
    figures = {figure["name"] for figure in sent(tab)["figures"]}
    assert (
        figures
        == {
            "distances": {"densities", "integrand", "values"},
            "information": {"densities", "source", "doubts", "ways"},
            "likelihood": {"densities", "means", "sums"},
            "noise": {"densities", "places", "noises"},
        }[part]
    )
    assert {handle["figure"] for handle in handles(tab).values()} == {"densities"}


# ---- dots


def test_a_dot_sits_on_the_top_and_on_the_side_of_its_bump(chapter: Open) -> None:
    dots = handles(chapter(p_mean="-2", p_width="0.5", q_bumps="two", q_weight="0.2", q_mean2="3"))
    p = Mixture((-2.0,), (0.5,))
    assert (dots["p_mean"]["x"], dots["p_mean"]["y"]) == (-2, pytest.approx(p.pdf(-2)))
    assert (dots["p_width"]["x"], dots["p_width"]["y"]) == (-1.5, pytest.approx(p.pdf(-1.5)))
    assert dots["p_mean"]["along"] == "x"
    second = Mixture((3.0,), (0.6,))
    assert dots["q_mean2"]["y"] == pytest.approx(0.8 * second.pdf(3))
    assert dots["q_mean2"]["along"] == "xy"
    assert dots.keys() == {"p_mean", "p_width", "q_mean", "q_width", "q_mean2", "q_width2"}


def test_bands_have_dots_at_their_ends(chapter: Open) -> None:
    dots = handles(chapter(shape="band", p_mean="-2", p_width="0.5"))
    assert dots["p_width"]["x"] == pytest.approx(-2 + 0.5 * math.sqrt(3))
    assert dots["p_mean"]["y"] == pytest.approx(1 / math.sqrt(3))


@pytest.mark.parametrize("shape", ["bell", "band"])
@pytest.mark.parametrize("mean", ["-5", "0.8", "3.5", "5"])
def test_no_dot_is_outside_the_picture(shape: str, mean: str, chapter: Open) -> None:
    dots = handles(chapter(shape=shape, q_mean=mean, q_width="3"))
    assert all(abs(dot["x"]) <= 6 for dot in dots.values())


@pytest.mark.parametrize("part", ["distances", "information"])
@pytest.mark.parametrize(
    ("name", "x", "y", "query", "expected"),
    [
        ("p_mean", 2.5, 0.9, {}, {"p_mean": "2.5"}),
        ("p_mean", 99, 0, {}, {"p_mean": "5"}),
        ("q_width", 2.1, 0, {}, {"q_width": "1.5"}),
        ("q_width", -3, 0, {}, {"q_width": "0.4"}),
        ("q_width", 0.6 + 2 * math.sqrt(3), 0, {"shape": "band"}, {"q_width": "2"}),
        ("p_mean", 0, 0.3 / (math.sqrt(2 * math.pi) * 0.8), {"p_bumps": "two"}, {"p_mean": "0", "p_weight": "0.3"}),
        ("p_mean2", 4, 0.3 / (math.sqrt(2 * math.pi) * 0.6), {"p_bumps": "two"}, {"p_mean2": "4", "p_weight": "0.7"}),
        ("p_mean2", 4, 9, {"p_bumps": "two"}, {"p_mean2": "4", "p_weight": "0.05"}),
        ("p_width2", 3.5, 9, {"p_bumps": "two"}, {"p_width2": "1.5"}),
        ("q_width", 3.5, 0, {"q_mean": "5"}, {"q_width": "1.5"}),
    ],
)  # fmt: skip
def test_dragging_a_dot(
    part: str, name: str, x: float, y: float, query: dict[str, str], expected: dict[str, str],
    drag: Callable[..., dict[str, str]],
) -> None:  # fmt: skip
    assert drag(part, name, x, y, **query) == query | expected


def test_dragging_a_sample_and_a_point(drag: Callable[..., dict[str, str]]) -> None:
    assert drag("information", "sample", 1.234, 0.5) == {"sample": "1.23"}
    assert drag("information", "sample", -6) == {"sample": "-5"}
    assert drag("noise", "place", -1.5, 0.5) == {"place": "-1.5"}
    assert drag("noise", "place", 6) == {"place": "4"}
    assert drag("likelihood", "q_mean", -1.5) == {"q_mean": "-1.5"}


# ---- buttons and numbers


def button(tab: Tab, label: str) -> None:
    (found,) = (each for each in tab.app.button if each.label == label)
    found.click()
    tab.update()


def test_making_them_equal_makes_all_measures_0(chapter: Open) -> None:
    tab = chapter(p_bumps="two", p_mean="-2.5", p_weight="0.3")
    button(tab, "Make them equal")
    dots = handles(tab)
    for name in ("mean", "width", "mean2", "width2"):
        assert [dots[f"p_{name}"][at] for at in "xy"] == [dots[f"q_{name}"][at] for at in "xy"]
    (bars,) = (each for each in sent(tab)["figures"] if each["name"] == "values")
    notes = [note["text"] for note in bars["spec"]["layout"]["annotations"]]
    assert notes.count("<b>0.000</b>") == 5


def test_fitting_a_bell_finds_mean_and_deviation(chapter: Open) -> None:
    tab = chapter(part="likelihood", samples="20", p_mean="-2", p_width="1.5")
    for seed in range(2):
        samples = Mixture((-2.0,), (1.5,)).sample(20, np.random.default_rng(seed))
        button(tab, "Fit")
        found = [float(tab.address[name]) for name in ("q_mean", "q_width")]
        assert found == pytest.approx([samples.mean(), samples.std()], abs=0.006)
        button(tab, "New samples")


@pytest.mark.parametrize("seed", range(4))
def test_fitting_a_band_holds_all_samples(seed: int, chapter: Open) -> None:
    tab = chapter(part="likelihood", shape="band", seed=str(seed), p_bumps="two")
    (figure,) = (each for each in sent(tab)["figures"] if each["name"] == "densities")
    assert "excludes" in figure["spec"]["layout"]["title"]["text"]
    button(tab, "Fit")
    (figure,) = (each for each in sent(tab)["figures"] if each["name"] == "densities")
    assert "excludes" not in figure["spec"]["layout"]["title"]["text"]


def test_the_table_of_noise_is_right(chapter: Open) -> None:
    tab = chapter(part="noise", noise="0.5", place="0.9")
    p, q = Mixture((-1.5, 1.5), (0.5, 0.5), (1, 1)), Mixture((0.9,), (0.5,))
    table = said(tab)
    assert f"| KL(p‖q) | ∞ | {kl(p, q):.3f} nats |" in table
    assert f"| JSD | 0.693 nats | {jsd(p, q):.3f} nats |" in table
    assert f"| W₁ | 1.500 | {wasserstein_1(p, q):.3f} |" in table


def test_the_curves_of_noise_are_right(chapter: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    figures: dict[str, Picture] = {}
    monkeypatch.setattr(noise, "board", lambda _, each, *__, **___: figures.update(each))
    assert not chapter(part="noise", noise="0.5", place="0.9").problem
    places, noises = (
        {(t["name"], t["mode"]): t for t in figures[name].traces} for name in ("places", "noises")
    )
    slope = places["slope", "lines"]
    p, q = Mixture((-1.5, 1.5), (0.5, 0.5), (1, 1)), Mixture((0.9,), (0.5,))
    x = np.linspace(-9, 9, 20_001)
    # of JSD: half the integral of dq/dx0 log(q / m), with dq/dx0 = q (x - x0) / s^2
    log_m = np.log((p.pdf(x) + q.pdf(x)) / 2)
    exact = 0.5 * np.trapezoid(q.pdf(x) * (x - 0.9) / 0.5**2 * (q.log_pdf(x) - log_m), x)
    assert np.diff(slope["y"]) / np.diff(slope["x"]) == pytest.approx(exact, abs=1e-3)
    curve = places["with noise", "lines"]
    assert np.interp(0.9, curve["x"], curve["y"]) == pytest.approx(jsd(p, q), abs=1e-9)
    assert slope["y"].mean() == pytest.approx(jsd(p, q))
    # at a real point, the masses are 1/2 and 1 there, and 1/2 elsewhere
    met = (0.5 * math.log(2 / 3) + 0.5 * math.log(2) + math.log(4 / 3)) / 2
    assert places["without noise", "markers"]["y"] == pytest.approx([met, met])
    for name, measure, bare in (("JSD", jsd, math.log(2)), ("W₁", wasserstein_1, 1.5)):
        share = noises[name, "lines"]
        wide = Mixture((-1.5, 1.5), (2.5, 2.5), (1, 1)), Mixture((0.9,), (2.5,))
        assert (share["x"][0], share["y"][0]) == (0, 1)
        assert (share["x"][-1], share["y"][-1]) == (2.5, pytest.approx(measure(*wide) / bare))


def test_much_noise_draws_the_point_to_where_there_are_no_data(chapter: Open) -> None:
    """As the words say: with s below 1 the least JSD is at the data, from 1 on in the middle."""
    least = {}
    for level in ("0.3", "1"):
        (figure,) = (
            each
            for each in sent(chapter(part="noise", noise=level))["figures"]
            if each["name"] == "places"
        )
        least[level] = [note["x"] for note in figure["spec"]["layout"]["annotations"]]
    assert np.abs(least["0.3"]) == pytest.approx([1.5, 1.5])
    assert least["1"] == [0]


@pytest.mark.parametrize("measure", ["kl", "reverse_kl", "jsd", "tv", "w1"])
def test_each_measure_is_explained(measure: str, chapter: Open) -> None:
    assert distances.SAID[measure] in said(chapter(measure=measure))
