"""What the live view is sent: numbers, figures and words of now, or of the moment looked back to."""

import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from ganplay.config import RunConfig
from ganplay.figures.style import picture
from ganplay.live import View
from ganplay.live.exam import Verdicts
from ganplay.live.run import Run
from ganplay.metrics.pictures import Verdict
from ganplay.ui import pictures, plane
from ganplay.ui.live_view import Shown, pack

from .messages import read, unpacked

Open = Callable[..., Any]
FAIR = np.full(10, 0.1)
VERDICT = Verdict(2000, FAIR, FAIR, 9, 0.01, 0.5, 80.0, 0.9, 0.9, 1.0, 0.25)


@pytest.fixture(scope="module")
def digits(small: RunConfig) -> View:
    """A run of digits three iterations old, with a VAE beside it."""
    run = Run("abc", small.updated({"data.name": "mnist", "vae.on": True}))
    for _ in range(3):
        run.move("iteration")
    return run.view


@pytest.fixture(scope="module")
def points(small: RunConfig) -> View:
    run = Run("abc", small.updated({"vae.on": True}))
    run.move("iteration")
    return run.view


def numbers(shown: Shown) -> dict[str, tuple[str, str]]:
    """Value and what is perfect, by name."""
    assert all(help.endswith(".") for *_, help in shown.status)
    return {name: (value, perfect) for name, value, perfect, _ in shown.status}


def test_before_the_judge_has_spoken_its_numbers_are_open(digits: View) -> None:
    shown = pictures.shown(digits, None)
    found = numbers(shown)
    for name in ("Fréchet distance", "digits", "KL of shares", "clear", "coverage"):
        assert found[name][0] == "–"
        assert found[name][1], "what a perfect generator would read is known"
    assert list(shown.figures) == ["stage", "losses", "distance", "shares", "quality"]
    assert shown.label == "Generated pictures at iteration 3"


def test_what_the_judge_says_is_shown_with_its_moment(digits: View) -> None:
    snapshot = Verdicts(2, VERDICT, VERDICT).put_into(digits.snapshot)
    shown = pictures.shown(replace(digits, snapshot=snapshot), None)
    found = numbers(shown)
    values = ("80.0", "9", "0.010", "50%", "25%")
    names = ("Fréchet distance", "digits", "KL of shares", "clear", "coverage")
    assert {name: found[name][0] for name in names} == dict(zip(names, values, strict=True))
    helps = [help for name, _, _, help in shown.status if name in names]
    assert all("at iteration 2" in help for help in helps)
    assert shown.label == "Generated pictures at iteration 3; the judge sees 9 of 10 digits"


@pytest.mark.parametrize("page", [pictures, plane])
def test_a_vae_beside_the_gan_has_a_number_too(page: Any, digits: View, points: View) -> None:
    view = digits if page is pictures else points
    own = replace(view.snapshot, vae=None)
    if page is plane:
        own = replace(own, vae_coverage=None)
    alone = numbers(page.shown(replace(view, snapshot=own), None))
    beside = numbers(page.shown(view, None))
    assert {name for name in beside if "VAE" in name}
    assert not {name for name in alone if "VAE" in name}
    assert "D right" in alone
    assert len(alone) == len(beside)


def test_looking_back_shows_an_earlier_frame(mnist: Open) -> None:
    tab = mnist()
    for _ in range(4):
        tab.press("do:Step")
    assert iteration(tab) == "4"
    for percent, step in ((0, "0"), (24, "1"), (50, "2"), (99, "4"), (100, "4")):
        tab.app.slider(key="look_back").set_value(percent)
        tab.update()
        assert iteration(tab) == step
        assert tab.sent["attributes"]["data-step"] == 4, "the run itself has not gone back"
        assert f"at iteration {step}" in tab.sent["label"]
    tab.app.slider(key="look_back").set_value(50)
    tab.update()
    tab.press("do:Step")
    assert tab.view.snapshot.step == 5
    assert iteration(tab) in ("2", "3")
    tab.press("do:Reset")
    assert (iteration(tab), tab.sent["attributes"]["data-step"]) == ("0", 0)
    tab.go("Lab")
    tab.press("do:Step")
    assert iteration(tab) == "1", "the lab looks back with it"


def iteration(tab: Any) -> str:
    values = {name: value for name, value, *_ in tab.sent["status"]}
    return values["iteration"]


# ---- the message


@pytest.mark.parametrize("page", [pictures, plane])
def test_a_message_holds_every_array_of_every_figure(page: Any, digits: View, points: View) -> None:
    view = digits if page is pictures else points
    shown = page.shown(view, None)
    header, buffer = unpacked(pack(view, shown))
    assert header["attributes"]["data-run"] == "abc"
    assert [figure["name"] for figure in header["figures"]] == list(shown.figures)
    for figure, made in zip(header["figures"], shown.figures.values(), strict=True):
        arrays = {
            f"{i}.{key}": value
            for i, trace in enumerate(made.traces)
            for key, value in trace.items()
            if isinstance(value, np.ndarray)
        }
        assert figure["arrays"].keys() == arrays.keys()
        for name, value in arrays.items():
            seen = read(buffer, figure["arrays"][name])
            exact = value.ndim == 1 or value.dtype == np.uint8
            step = 0 if exact else np.ptp(value) / 255
            np.testing.assert_allclose(seen, value, atol=0.51 * step + 1e-6)


def test_pictures_are_sent_byte_for_byte(digits: View) -> None:
    """Not as levels between their extremes, which would make a faint picture look bold."""
    faint = replace(digits.snapshot, fake=np.full((100, 1, 28, 28), 3, np.uint8))
    view = replace(digits, snapshot=faint)
    shown = pictures.shown(view, None)
    header, buffer = unpacked(pack(view, shown))
    place = header["figures"][0]["arrays"]["0.z"]
    assert place["type"] == "u1"
    assert {"scale", "bias"}.isdisjoint(place)
    assert set(read(buffer, place).ravel().tolist()) == {0, 3}
    assert len(pack(view, shown)) < 250_000


@pytest.mark.parametrize("values", [[], [1.0], [1.0, math.nan, -math.inf]])
def test_curves_of_any_length_can_be_sent(values: list[float], digits: View) -> None:
    curve = {"x": np.arange(len(values), dtype=np.float32), "y": np.array(values, np.float32)}
    bytes_before = {"x": np.arange(3, dtype=np.uint8), "y": np.array([7, 8, 9], np.uint8)}
    shown = Shown({"stage": picture([bytes_before, curve])}, [], None, "Nothing", 0)
    header, buffer = unpacked(pack(digits, shown))
    arrays = header["figures"][0]["arrays"]
    assert all(place["offset"] % 4 == 0 for place in arrays.values())
    np.testing.assert_array_equal(read(buffer, arrays["0.y"]), [7, 8, 9])
    np.testing.assert_array_equal(read(buffer, arrays["1.y"]), np.array(values, np.float32))
