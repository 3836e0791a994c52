"""What is shown of a run: numbers, figures and words, and the message they make."""

import math
from dataclasses import replace

import numpy as np
import pytest

from ganplay.config import RunConfig
from ganplay.figures.style import picture
from ganplay.live import View
from ganplay.live.exam import Verdicts
from ganplay.live.run import Run
from ganplay.measures import MEASURES
from ganplay.metrics.pictures import Verdict
from ganplay.scenarios import Claim
from ganplay.showing import Shown, pack, show
from tests.ui.messages import read, unpacked

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
    shown = show(digits)
    found = numbers(shown)
    for name in ("Fréchet distance", "digits", "KL of shares", "clear", "coverage"):
        assert found[name][0] == "–"
        assert found[name][1], "what a perfect generator would read is known"
    assert list(shown.figures) == ["stage", "losses", "distance", "shares", "quality"]
    assert shown.label == "Generated pictures at iteration 3"


def test_what_the_judge_says_is_shown_with_its_moment(digits: View) -> None:
    snapshot = Verdicts(2, VERDICT, VERDICT).put_into(digits.snapshot)
    shown = show(replace(digits, snapshot=snapshot))
    found = numbers(shown)
    values = ("80.0", "9", "0.010", "50%", "25%")
    names = ("Fréchet distance", "digits", "KL of shares", "clear", "coverage")
    assert {name: found[name][0] for name in names} == dict(zip(names, values, strict=True))
    helps = [help for name, _, _, help in shown.status if name in names]
    assert all("at iteration 2" in help for help in helps)
    assert shown.label == "Generated pictures at iteration 3; the judge sees 9 of 10 digits"


@pytest.mark.parametrize("kind", ["digits", "points"])
def test_a_vae_beside_the_gan_has_a_number_too(kind: str, request: pytest.FixtureRequest) -> None:
    view = request.getfixturevalue(kind)
    without = {"vae": None} | ({"vae_coverage": None} if kind == "points" else {})
    alone = numbers(show(replace(view, snapshot=replace(view.snapshot, **without))))
    beside = numbers(show(view))
    assert {name for name in beside if "VAE" in name}
    assert not {name for name in alone if "VAE" in name}
    assert "D right" in alone
    assert len(alone) == len(beside)


def test_the_surface_is_shown_in_3d_when_asked_for(digits: View, points: View) -> None:
    assert "surface" not in show(points).figures
    assert list(show(points, in_3d=True).figures) == [*show(points).figures, "surface"]
    assert show(digits, in_3d=True).figures.keys() == show(digits).figures.keys()


@pytest.mark.parametrize(
    ("kind", "measure", "place"),
    [("points", "distance", "coverage_over_time"), ("digits", "variety", "quality")],
)
def test_the_evidence_for_a_claim_takes_the_place_of_a_panel(
    kind: str, measure: str, place: str, request: pytest.FixtureRequest
) -> None:
    view = request.getfixturevalue(kind)
    shown = show(view, Claim(text="It holds, mostly.", scene=1, measure=measure, at_least=0.5))
    assert list(shown.figures) == list(show(view).figures)
    assert [trace["name"] for trace in shown.figures[place].traces] == [MEASURES[measure].title]


def test_an_earlier_moment_is_shown_as_it_was_then(points: View) -> None:
    then = points.at(0)
    shown, now = show(then), show(points)
    assert (shown.step, now.step) == (0, 1)
    assert numbers(shown)["iteration"][0] == "0"
    assert "at iteration 0" in shown.label
    surfaces = [each.figures["stage"].traces[0]["z"] for each in (shown, now)]
    assert not np.array_equal(*surfaces), "the picture is of now"
    header, _ = unpacked(pack(points, shown))
    assert (header["attributes"]["data-shown"], header["attributes"]["data-step"]) == (0, 1)


# ---- the message


def test_a_message_says_what_it_shows_and_more(points: View) -> None:
    shown = show(points)
    header, _ = unpacked(pack(replace(points, message="It broke."), shown, timeline={"at": 3}))
    assert header["attributes"] == {
        "data-state": "paused", "data-step": 1, "data-frame": points.frame, "data-run": "abc",
        "data-shown": 1,
    }  # fmt: skip
    assert header["label"] == f"{shown.label}; paused."
    assert (header["message"], header["timeline"]) == ("It broke.", {"at": 3})
    assert header["status"] == [list(number) for number in shown.status]
    assert header["reading"] == (shown.reading and list(shown.reading))


@pytest.mark.parametrize("kind", ["digits", "points"])
def test_a_message_holds_every_array_of_every_figure(
    kind: str, request: pytest.FixtureRequest
) -> None:
    view = request.getfixturevalue(kind)
    shown = show(view)
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
    shown = show(view)
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
