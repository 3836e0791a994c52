"""Figures as pixels: axes, words, legend and colour bar around what is drawn."""

import math

import numpy as np
import pytest

from ganplay.export.raster import raster
from ganplay.figures.panels import title
from ganplay.figures.style import GRADIENT, REAL, TEXT, VAE
from tests.export.drawn import (
    INK,
    MARGIN,
    SIZE,
    drawn,
    extent,
    heatmap,
    like,
    middle,
    place,
    plain,
    scatter,
)


def test_axes_alike_leave_a_square_in_the_middle() -> None:
    corners = scatter([-1, 1], [-1, 1], marker={"size": 2, "color": INK})
    square = {"scaleanchor": "x", "constrain": "domain"}
    side = SIZE[1] - 70
    wide = raster(plain(heatmap([[1.0]]), y=square), *SIZE)
    left, top, right, bottom = extent((wide != 255).any(-1))
    assert (right - left, bottom - top) == (side, side)
    assert (left + right) / 2 == pytest.approx(place(0, 0)[0], abs=1)
    high = raster(plain(heatmap([[1.0]]), y=square), 150, 300)
    left, top, right, bottom = extent((high != 255).any(-1))
    assert (left, top, right, bottom) == pytest.approx((50, 105, 130, 185), abs=1)
    tall = raster(plain(heatmap([[1.0]]), corners, y=square | {"constraintoward": "top"}), 150, 300)
    left, top, right, bottom = extent((tall != 255).any(-1))
    assert (left, top, right, bottom) == pytest.approx((50, 30, 130, 110), abs=1)


def test_faint_lines_lie_at_the_ticks() -> None:
    grid = {"showgrid": True, "gridcolor": "rgba(217,95,2,0.5)", "tickvals": [-0.5, 0.5], "ticktext": ["", ""]}  # fmt: skip
    pixels = drawn(x=grid)
    column = np.abs(pixels[100].astype(int) - 255).max(-1) > 60
    assert np.flatnonzero(column) == pytest.approx([place(-0.5, 0)[0], place(0.5, 0)[0]], abs=1)
    assert np.abs(pixels[:28].astype(int) - 255).max() == 0
    pixels = drawn(y=grid)
    row = np.abs(pixels[:, 100].astype(int) - 255).max(-1) > 60
    assert np.flatnonzero(row) == pytest.approx([place(0, 0.5)[1], place(0, -0.5)[1]], abs=1)
    assert (drawn(x=grid | {"showgrid": False}, y=grid | {"showgrid": False}) == 255).all()


def test_ticks_stand_out_where_they_are_asked_for() -> None:
    ticks = {"tickvals": [-0.5, 0.5], "ticktext": ["", ""], "ticks": "outside", "ticklen": 6}
    pixels = drawn(x=ticks, y=ticks)
    for x in (-0.5, 0.5):
        at = int(place(x, 0)[0])
        near = like(pixels[:, at - 3 : at + 3], TEXT, 90)
        assert extent(near)[1::2] == pytest.approx((SIZE[1] - 40, SIZE[1] - 34), abs=1)
    for y in (-0.5, 0.5):
        at = int(place(0, y)[1])
        near = like(pixels[at - 3 : at + 3], TEXT, 90)
        assert extent(near)[::2] == pytest.approx((44, 50), abs=1)


def test_words_at_the_ticks_stand_beside_the_axes() -> None:
    words = {"tickvals": [-0.5, 0.9], "ticktext": ["H", "H"]}
    below = like(drawn(x=words), TEXT, 90)
    assert extent(below)[1] > SIZE[1] - 40
    for x in (-0.5, 0.9):
        near = slice(int(place(x, 0)[0]) - 8, int(place(x, 0)[0]) + 8)
        assert middle(below[:, near])[0] == pytest.approx(8, abs=1.5)
    beside = like(drawn(y=words), TEXT, 90)
    assert extent(beside)[2] < 50
    for y in (-0.5, 0.9):
        near = slice(int(place(0, y)[1]) - 8, int(place(0, y)[1]) + 8)
        assert middle(beside[near])[1] == pytest.approx(8, abs=1.5)


def test_words_that_would_leave_the_paper_are_left_out() -> None:
    words = {"tickvals": [-0.5, 1], "ticktext": ["100", "100000000"]}
    assert extent(like(drawn(x=words), TEXT, 90))[2] < place(0, 0)[0]
    assert not like(drawn(x=words | {"showticklabels": False}), TEXT, 90).any()


def test_names_stand_along_the_axes() -> None:
    below = extent(like(drawn(x={"title": {"text": "iterations"}}), TEXT, 90))
    assert below[1] > SIZE[1] - 40
    assert (below[0] + below[2]) / 2 == pytest.approx(place(0, 0)[0], abs=3)
    beside = extent(like(drawn(y={"title": {"text": "slope of D"}}), TEXT, 90))
    assert beside[2] < 50
    assert beside[3] - beside[1] > 2 * (beside[2] - beside[0]), "turned by a quarter"
    assert (beside[1] + beside[3]) / 2 == pytest.approx(place(0, 0)[1], abs=3)


def test_lines_and_notes_are_placed_by_the_axes_or_by_the_paper() -> None:
    upright = {"x0": 0.5, "x1": 0.5, "yref": "paper", "y0": 0, "y1": 1}
    level = {"y0": 3, "y1": 3, "xref": "paper", "x0": 0, "x1": 1}
    look = {"type": "line", "line": {"color": INK, "width": 2}}
    pixels = drawn(shapes=[look | upright])
    assert extent(like(pixels, INK, 90)) == pytest.approx((*(place(0.5, 1) - np.array((1, 0))), *(place(0.5, -1) + np.array((1, 0)))), abs=1)  # fmt: skip
    pixels = drawn(shapes=[look | level], y={"type": "log", "range": [0, 1]})
    expected = place(0, 2 * math.log10(3) - 1)
    assert middle(like(pixels, INK, 90)) == pytest.approx(expected, abs=1)
    note = {"x": 0.5, "y": 1, "yref": "paper", "text": "HHH", "showarrow": False, "yanchor": "top", "font": {"size": 13, "color": INK}}  # fmt: skip
    for anchor, within in (("left", (0, 60)), ("right", (-60, 0)), ("center", (-30, 30))):
        left, top, right, _ = extent(like(drawn(annotations=[note | {"xanchor": anchor}]), INK, 90))
        assert within[0] <= left - place(0.5, 0)[0] < right - place(0.5, 0)[0] <= within[1]
        assert 30 <= top < 38
    low = extent(like(drawn(annotations=[note | {"yshift": -16, "xshift": 8}]), INK, 90))
    high = extent(like(drawn(annotations=[note]), INK, 90))
    assert (low[0] - high[0], low[1] - high[1]) == (8, 16)


def test_a_note_has_its_ground() -> None:
    note = {"x": 0, "y": 0, "text": "a<br>b", "showarrow": False, "bgcolor": INK, "font": {"size": 13, "color": "#000000"}}  # fmt: skip
    pixels = drawn(annotations=[note])
    left, top, right, bottom = extent(like(pixels, INK))
    assert middle(np.pad(np.ones((bottom - top, right - left)), ((top, 0), (left, 0)))) == pytest.approx(place(0, 0), abs=2)  # fmt: skip
    assert bottom - top == pytest.approx(2.5 * 13, abs=3), "two lines"
    assert like(pixels, "#000000", 90).any()


def test_an_arrow_leads_to_its_tip() -> None:
    arrow = {"x": 0.5, "y": 0, "ax": -0.5, "ay": 0, "showarrow": True, "arrowcolor": INK, "arrowwidth": 3, "text": ""}  # fmt: skip
    mask = like(drawn(annotations=[arrow]), INK, 90)
    left, _, right, _ = extent(mask)
    assert (left, right) == pytest.approx((place(-0.5, 0)[0], place(0.5, 0)[0]), abs=4)
    assert mask[:, right - 8].sum() > mask[:, left + 20].sum(), "the head is at the tip"


def test_a_title_has_the_colour_of_each_curve_in_turn() -> None:
    heading = title("losses", [("D", "#ff0000"), ("G", "#0000ff")])
    pixels = drawn(title=heading)
    assert np.flatnonzero((pixels != 255).any((1, 2))).max() < 30
    ends = [extent(like(pixels, colour, 60)) for colour in (TEXT, "#ff0000", "#0000ff")]
    assert ends[0][0] == pytest.approx(50, abs=2)
    assert ends[0][2] < ends[1][0] < ends[1][2] < ends[2][0]


def test_a_legend_shows_and_names_what_can_be_seen() -> None:
    traces = [
        scatter([0], [0], name="real", marker={"size": 4, "color": REAL}),
        scatter([0, 0], [0, 0], "lines", name="path", line={"color": GRADIENT}),
        scatter([0], [0], name="none", showlegend=False, marker={"size": 4, "color": VAE}),
    ]
    pixels = drawn(*traces, legend={}, showlegend=True)[:28]
    dots, line = extent(like(pixels, REAL)), extent(like(pixels, GRADIENT))
    words = like(pixels, TEXT, 90)
    assert dots[2] < line[0]
    for key in (dots, line):
        assert words[:, key[2] : key[2] + 40].any()
    assert not like(pixels, VAE).any()
    middle_of_all = (dots[0] + np.flatnonzero(words.any(0)).max()) / 2
    assert middle_of_all == pytest.approx(place(0, 0)[0], abs=6)
    assert (drawn(*traces, legend={})[:28] == 255).all()


def test_a_colour_bar_runs_from_low_to_high_with_its_words() -> None:
    bar = {"len": 0.9, "thickness": 10, "tickvals": [0, 1], "ticktext": ["low", "high"]}
    margin = MARGIN | {"b": 64}
    pixels = raster(plain(heatmap([[0.5]], colorbar=bar), margin=margin), *SIZE)[-58:]
    strip = pixels[:, :, 1].astype(int) - pixels[:, :, 0]
    row = np.abs(np.diff(strip, axis=1)).sum(1).argmax()
    found = strip[row][np.flatnonzero(pixels[row].max(-1) < 255)]
    left, right = (place(-1, 0)[0] + 0.05 * 230, place(1, 0)[0] - 0.05 * 230)
    bar_pixels = np.flatnonzero((pixels[row] != 255).any(-1))
    assert (bar_pixels[0], bar_pixels[-1]) == pytest.approx((left, right), abs=1.5)
    assert (np.diff(found) >= -1).all()
    words = like(pixels, TEXT, 90)
    assert extent(words)[0] >= left - 1
    assert extent(words)[2] <= right + 1
    long = bar | {"ticktext": ["H" * 14, "H" * 14]}
    pixels = raster(plain(heatmap([[0.5]], colorbar=long), margin=margin), *SIZE)[-20:]
    gaps = np.diff(np.flatnonzero(like(pixels, TEXT, 90).any(0)))
    assert gaps.max() > 6, "the two do not touch"
