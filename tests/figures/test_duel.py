"""The pictures of a duel: the same axes and colours on all sides, and curves that can be told apart."""

import dataclasses
import itertools
import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from ganplay.config import RunConfig
from ganplay.figures.duel import DASHES, LETTER, TITLES, apart, overlaid, picture_of
from ganplay.figures.stage import stage
from ganplay.figures.style import PAPER, REAL, SIDES, WORDS, Picture
from ganplay.history import COLUMNS, History
from ganplay.metrics.coverage import PERFECT_HQ
from ganplay.snapshot import PictureSnapshot, PlaneSnapshot
from ganplay.trainer import Trainer
from tests.colours import SIGHTS, contrast, lab

Checked = Callable[[Picture], dict[str, Any]]
Past = Callable[..., History]


@pytest.mark.parametrize("sight", SIGHTS)
def test_whoever_sees_them_tells_the_sides_apart(sight: str) -> None:
    for one, other in itertools.combinations(SIDES.values(), 2):
        assert np.linalg.norm(lab(one, sight) - lab(other, sight)) >= 15


def test_letters_of_sides_can_be_read() -> None:
    for colour in SIDES.values():
        assert contrast(WORDS.get(colour, colour), PAPER) >= 4.5


# ---- curves


def lines(picture: Picture, mode: str = "lines") -> list[dict[str, Any]]:
    return [trace for trace in picture.traces if trace["mode"] == mode]


def rows(values: list[float], column: str, every: float = 10) -> list[list[float]]:
    """Rows of a history in which one of the first columns has these values."""
    place = COLUMNS.index(column)
    steps = [every * (i + 1) for i in range(len(values))]
    return [
        [step, *(value if i == place else math.nan for i in range(1, 7))]
        for step, value in zip(steps, values, strict=True)
    ]


@pytest.mark.parametrize("count", [2, 3, 4])
def test_a_curve_for_each_side(count: int, past: Past, checked: Checked) -> None:
    sides = [past(rows([0.1 * k, 0.2 * k, 0.25 * k], "covered")) for k in range(count)]
    made = overlaid("covered", sides)
    tree = checked(made)
    curves, letters = lines(made), lines(made, "text")
    assert [curve["name"] for curve in curves] == list("ABCD"[:count])
    assert [curve["line"]["color"] for curve in curves] == list(SIDES.values())[:count]
    assert [curve["line"]["dash"] for curve in curves] == list(DASHES[:count])
    assert len(set(DASHES)) == len(DASHES) == 4
    for k, (curve, letter) in enumerate(zip(curves, letters, strict=True)):
        np.testing.assert_allclose(curve["x"], [10, 20, 30])
        np.testing.assert_allclose(curve["y"], [0.1 * k, 0.2 * k, 0.25 * k], atol=1e-6)
        assert (letter["text"], letter["x"].tolist()) == (curve["name"], [30])
    assert tree["layout"]["title"]["text"].startswith("modes covered")
    assert all(letter in tree["layout"]["title"]["text"] for letter in "ABCD"[:count])


def test_letters_stand_at_the_ends_of_their_curves(past: Past) -> None:
    sides = [past(rows([0.5, end], "covered")) for end in (0.2, 0.8, 0.5)]
    letters = lines(overlaid("covered", sides), "text")
    np.testing.assert_allclose([letter["y"][0] for letter in letters], [0.2, 0.8, 0.5], atol=1e-6)
    sides = [past(rows([0.5, end], "norm_g")) for end in (0.02, 3.0)]
    letters = lines(overlaid("norm_g", sides), "text")
    np.testing.assert_allclose([letter["y"][0] for letter in letters], [0.02, 3.0], rtol=1e-3)


@pytest.mark.parametrize(
    "places",
    [[0.0], [0.0, 0.0, 0.0, 0.0], [1.0, 1.0, 1.0], [0.5, 0.51, 0.49], [0.9, 1.0, 0.0], [2.0, -1.0]],
)
def test_letters_do_not_touch_and_stay_inside(places: list[float]) -> None:
    found = apart(places)
    for one, other in itertools.combinations(found, 2):
        assert abs(one - other) >= LETTER - 1e-9
    assert all(LETTER / 2 - 1e-9 <= place <= 1 - LETTER / 2 + 1e-9 for place in found)
    # far enough from each other they keep their order
    for i, j in itertools.combinations(range(len(places)), 2):
        if abs(places[i] - places[j]) > 0.2:
            assert (found[i] < found[j]) == (places[i] < places[j])


def test_letters_that_have_room_stay_where_they_are() -> None:
    assert apart([0.3, 0.7, 0.5]) == pytest.approx([0.3, 0.7, 0.5])


def test_letters_of_curves_that_nearly_meet_do_not_swap() -> None:
    one, other = apart([0.501, 0.499]), apart([0.499, 0.501])
    assert (one[0] < one[1]) is (other[0] < other[1]) is True


def test_what_comes_seldom_is_joined(past: Past) -> None:
    known = past(rows([1.0] * 4, "loss_d"), frechet=[50.0, math.nan, math.nan, 20.0])
    none = past(rows([1.0] * 4, "loss_d"))
    made = overlaid("frechet", [known, none], floor=3.0)
    first, second = lines(made)
    assert first["y"].tolist() == [50, 20]
    assert first["x"].tolist() == [10, 40]
    assert len(second["y"]) == 0
    assert [len(letter["y"]) for letter in lines(made, "text")] == [1, 0]
    assert (made.layout["shapes"][0]["y0"], made.layout["shapes"][0]["line"]["color"]) == (3, REAL)


def test_the_axis_reaches_as_far_as_the_side_that_lasts(past: Past) -> None:
    short, long = past(rows([0.5], "covered")), past(rows([0.5] * 90, "covered"))
    for sides in ([short, long], [long, short]):
        assert overlaid("covered", sides).layout["xaxis"]["range"][1] > 900


def test_a_future_that_was_left_lies_faint_behind(past: Past) -> None:
    whole = past(rows([0.1, 0.2, 0.3, 0.4], "covered"))
    made = overlaid("covered", [whole.back_to(20), whole])
    ghost, *curves = lines(made)
    assert ghost["opacity"] < 0.5
    np.testing.assert_allclose(ghost["y"], [0.2, 0.3, 0.4], atol=1e-6)
    assert [curve["line"]["dash"] for curve in curves] == list(DASHES[:2])
    assert [curve["name"] for curve in curves] == ["A", "B"]


@pytest.mark.parametrize("column", TITLES)
@pytest.mark.parametrize(
    "values", [[], [math.nan], [0.0], [0.3, 0.4], [-5.0, -2.0], [1e9, 1e-9], [3.4e38, -3.4e38]]
)
def test_figures_of_every_column_and_value(
    column: str, values: list[float], past: Past, checked: Checked
) -> None:
    history = past([[10.0 * (i + 1)] for i in range(len(values))], **{column: values})
    made = overlaid(column, [history, past([])], floor=2.0)
    checked(made)
    assert len(lines(made)) == 2
    assert len(lines(made, "text")) == 2


@pytest.mark.parametrize(
    ("column", "line"),
    [("high_quality", PERFECT_HQ), ("variety", 1.0), ("covered", None), ("vae_sharpness", 1.0)],
)
def test_what_a_perfect_generator_reaches_is_a_line(
    column: str, line: float | None, past: Past
) -> None:
    shapes = overlaid(column, [past([]), past([])]).layout["shapes"]
    assert [shape["y0"] for shape in shapes] == ([] if line is None else [line])


def test_usual_losses_lie_on_the_axis_and_rare_ones_beyond(past: Past) -> None:
    sides = [past(rows([800.0, *[1.0] * 99], "loss_d")), past(rows([-3.0] * 100, "loss_d"))]
    low, high = overlaid("loss_d", sides).layout["yaxis"]["range"]
    assert -10 <= low <= -3
    assert 1 <= high <= 10


# ---- stages


def snapshot(config: RunConfig) -> Any:
    trainer = Trainer(config)
    trainer.advance(3)
    return trainer.snapshot()


@pytest.mark.parametrize("loss", ["minimax", "wgan", "lsgan"])
def test_verdicts_are_on_one_scale_whatever_the_loss(
    loss: str, small: RunConfig, checked: Checked
) -> None:
    s: PlaneSnapshot = snapshot(small.updated({"loss": loss}))
    low, high = s.scale
    made, plain = picture_of(s), stage(s)
    surface, contour = made.traces[:2]
    assert (surface["zmin"], surface["zmax"]) == (0, 1)
    np.testing.assert_allclose(low + (high - low) * surface["z"], s.surface, atol=1e-5)
    assert contour["z"] is surface["z"]
    assert contour["contours"]["start"] == contour["contours"]["end"] == 0.5
    assert made.layout["xaxis"] == plain.layout["xaxis"]
    for mine, own in zip(made.traces[2:], plain.traces[2:], strict=True):
        assert mine["name"] == own["name"]
        np.testing.assert_array_equal(mine["x"], own["x"])
    checked(made)


def test_what_seldom_changes_is_the_same_in_each_picture(small: RunConfig) -> None:
    """Or the browser would draw axes anew with each picture of a critic, whose scale is free."""
    trainer = Trainer(small.updated({"loss": "wgan"}))
    seen = []
    for _ in range(2):
        trainer.advance()
        made = picture_of(trainer.snapshot())
        traces = [
            {key: value for key, value in trace.items() if not isinstance(value, np.ndarray)}
            for trace in made.traces
        ]
        seen.append((traces, made.layout))
    assert seen[0] == seen[1]


def test_digits_are_a_sheet(small: RunConfig, checked: Checked) -> None:
    s = snapshot(small.updated({"data.name": "mnist"}))
    assert isinstance(s, PictureSnapshot)
    checked(picture_of(s))
    assert [trace["name"] for trace in picture_of(s).traces][-1] == "real"
    words = [each["text"] for each in picture_of(s).layout["annotations"]]
    assert words == ["<b>generated</b>", "<b>real</b>"], "there is room for no more"


def test_a_stage_of_numbers_that_are_none(small: RunConfig, checked: Checked) -> None:
    s = snapshot(small)
    for value in (math.nan, math.inf, 3.4e38):
        broken = np.full_like(s.surface, value)
        with np.errstate(over="ignore", invalid="ignore"):
            checked(picture_of(dataclasses.replace(s, surface=broken, scale=(0.0, 0.0))))
