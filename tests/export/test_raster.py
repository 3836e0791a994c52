"""Figures as pixels: what a trace says is where it belongs."""

import math
from typing import Any

import numpy as np
import pytest

from ganplay.export.raster import raster
from ganplay.figures.style import GENERATED, pale
from tests.export.drawn import (
    INK,
    SIZE,
    bars,
    drawn,
    extent,
    heatmap,
    like,
    middle,
    place,
    plain,
    rgb,
    scatter,
)

# ---- points and lines


@pytest.mark.parametrize("scale", [1, 1.5, 2])
@pytest.mark.parametrize("at", [(0, 0), (0.5, 0.75), (-0.9, 0.2), (0.8, -0.8)])
def test_a_point_is_where_it_belongs(at: tuple[float, float], scale: float) -> None:
    pixels = raster(plain(scatter([at[0]], [at[1]])), *SIZE, scale)
    assert pixels.dtype == np.uint8
    assert pixels.shape == (SIZE[1] * scale, SIZE[0] * scale, 3)
    mask = like(pixels, INK)
    assert middle(mask) == pytest.approx([scale * each for each in place(*at)], abs=1.1)
    assert mask.sum() == pytest.approx(math.pi * (4 * scale) ** 2, rel=0.25)


@pytest.mark.parametrize(("value", "portion"), [(0.01, 0), (0.1, 0.25), (31.6228, 0.875), (1, 0.5)])
@pytest.mark.parametrize("along", ["x", "y"])
def test_a_logarithmic_axis_has_even_decades(along: str, value: float, portion: float) -> None:
    trace = scatter([value], [0]) if along == "x" else scatter([0], [value])
    pixels = drawn(trace, **{along: {"type": "log", "range": [-2, 2]}})
    at = 2 * portion - 1
    expected = place(at, 0) if along == "x" else place(0, at)
    if portion:
        assert middle(like(pixels, INK)) == pytest.approx(expected, abs=1.1)
    else:  # half of it lies outside
        assert like(pixels, INK)[int(expected[1]) - 1, int(expected[0]) + 1]


def test_values_without_a_place_leave_a_gap() -> None:
    for gap in (np.nan, np.inf, -np.inf):
        pixels = drawn(scatter([-0.8, -0.4, 0, 0.4, 0.8], [0, 0, gap, 0, 0], "lines"))
        row = like(pixels, INK).any(0)
        ends = [place(x, 0)[0] for x in (-0.8, -0.4, 0.4, 0.8)]
        assert row.sum() == pytest.approx(ends[1] - ends[0] + ends[3] - ends[2], abs=4)
        assert not row[int(ends[1]) + 2 : int(ends[2]) - 2].any()
    pixels = drawn(scatter([-0.5, 0.5], [0, 10], "lines"), y={"type": "log", "range": [-1, 2]})
    assert not like(pixels, INK).any(), "0 has no place on a logarithmic axis"


def test_lines_have_their_width_dash_and_opacity() -> None:
    def line(**more: Any) -> np.ndarray:
        return drawn(scatter([-1, 1], [0, 0], "lines", line={"color": INK, "width": 6, **more}))

    solid = like(line(), INK)
    left, top, right, bottom = extent(solid)
    assert (right - left, bottom - top) == (SIZE[0] - 70, pytest.approx(6, abs=1))
    for dash, share in (("dot", 1 / 3), ("dash", 4 / 7), ("longdash", 7 / 11), ("dashdot", 5 / 9)):
        assert like(line(dash=dash), INK).sum() / solid.sum() == pytest.approx(share, abs=0.06)
    faint = drawn(scatter([-1, 1], [0, 0], "lines", opacity=0.5, line={"color": INK, "width": 6}))
    row, column = int(place(0, 0)[1]), int(place(0, 0)[0])
    assert faint[row, column] == pytest.approx((rgb(INK) + 255) / 2, abs=2)


def test_nothing_is_drawn_beyond_the_axes() -> None:
    huge = [3e38, -3e38, 1.5, -1.5]
    far = [
        scatter([-2, 2, *huge], [1.2, -1.2, *huge], "lines+markers", fill="tozeroy", fillcolor=INK),
        bars([-1, 1], [5, 3e38]),
    ]
    mask = drawn(*far) != 255
    left, top, right, bottom = extent(mask.any(-1))
    assert (left, top) == (50, 30)
    assert (right, bottom) == (SIZE[0] - 20, SIZE[1] - 40)


def test_an_area_reaches_from_its_line_down_to_0() -> None:
    area = scatter([-0.5, 0.5], [0.5, 0.5], "lines", fill="tozeroy", fillcolor=pale(INK, 0.5))
    pixels = drawn(area)
    half = (rgb(INK) + 255) / 2
    for x, y, inside in ((0, 0.25, True), (0.45, 0.05, True), (0, -0.1, False), (0, 0.7, False), (0.6, 0.25, False)):  # fmt: skip
        column, row = (int(each) for each in place(x, y))
        assert pixels[row, column] == pytest.approx(half if inside else 255, abs=2), (x, y)


def test_words_stand_beside_their_point() -> None:
    words = {"text": "H", "textfont": {"size": 14, "color": INK}}
    left, top, right, bottom = extent(like(drawn(scatter([0], [0], "text", **words)), INK, 90))
    x, y = place(0, 0)
    assert x + 3 <= left < right <= x + 20
    assert (top + bottom) / 2 == pytest.approx(y, abs=1.5)


def test_a_ring_has_its_own_colour() -> None:
    marker = {"size": 12, "color": GENERATED, "line": {"color": INK, "width": 3}, "opacity": 1}
    pixels = drawn(scatter([0], [0], marker=marker))
    assert middle(like(pixels, GENERATED)) == pytest.approx(place(0, 0), abs=1.1)
    left, _, right, _ = extent(like(pixels, INK))
    assert right - left == pytest.approx(15, abs=1)


# ---- cells and bars


def test_the_first_row_of_cells_is_at_the_bottom() -> None:
    z = np.array([[0, 0.2, 0.4], [0.6, 0.8, 1.0]])
    pixels = drawn(heatmap(z))
    for row in range(2):
        for column in range(3):
            x, y = place(-1 + (column + 0.5) * 2 / 3, -1 + (row + 0.5))
            assert pixels[int(y), int(x)] == pytest.approx([0, 255 * z[row, column], 0], abs=12)
    left, top, right, bottom = extent((pixels != 255).any(-1))
    assert (left, top, right, bottom) == (50, 30, SIZE[0] - 20, SIZE[1] - 40)


def test_cells_are_smoothed_and_kept_within_their_scale() -> None:
    between = drawn(heatmap([[0, 1]]))[100, 50 : SIZE[0] - 20, 1].astype(int)
    assert (np.diff(between) >= 0).all()
    assert len(np.unique(between)) > 50
    beyond = drawn(heatmap([[-5.0, 7.0]]))
    assert beyond[100, 60] == pytest.approx([0, 0, 0], abs=2)
    assert beyond[100, 270] == pytest.approx([0, 255, 0], abs=2)


def test_what_is_no_number_has_no_colour() -> None:
    column = drawn(heatmap([[np.nan, 1.0]]))[100]
    assert (column[60] == 255).all()
    assert column[270] == pytest.approx([0, 255, 0], abs=2)
    assert drawn(heatmap([[np.inf, -np.inf]]))[100, 60] == pytest.approx([0, 255, 0], abs=2)


def test_a_contour_is_where_the_cells_cross_its_level() -> None:
    ramp = np.tile(np.linspace(-1, 1, 21), (21, 1))
    for level in (-0.5, 0.33):
        grid = {"x0": -1, "dx": 0.1, "y0": -1, "dy": 0.1, "line": {"color": INK, "width": 2}}
        for z, horizontal in ((ramp, False), (ramp.T, True)):
            pixels = drawn({"type": "contour", "name": "it", "z": z, "contours": {"start": level}, **grid})  # fmt: skip
            found = middle(like(pixels, INK, 90))
            expected = place(0, level) if horizontal else place(level, 0)
            assert found == pytest.approx(expected, abs=1)
    flat = {"type": "contour", "name": "it", "z": np.zeros((4, 4)), "contours": {"start": 1.0}}
    assert (drawn(flat | grid) == 255).all()


@pytest.mark.parametrize("base", [0, -0.5])
def test_bars_reach_from_their_base_up(base: float) -> None:
    pixels = drawn(bars([-0.5, 0.5], [0.25, 0.75], base=base))
    for x, y in ((-0.5, 0.25), (0.5, 0.75)):
        half = like(pixels, INK) & ((np.arange(SIZE[0]) < place(0, 0)[0]) == (x < 0))
        left, top = place(x - 0.2, base + y)
        right, bottom = place(x + 0.2, base)
        assert extent(half) == pytest.approx((left, top, right, bottom), abs=1)


def test_bars_are_as_opaque_as_they_say() -> None:
    thin = {"marker": {"color": INK, "opacity": 0.5}, "opacity": 0.5}
    column, row = (int(each) for each in place(0, 0.2))
    assert drawn(bars([0], [0.5], **thin))[row, column] == pytest.approx(255 - (255 - rgb(INK)) / 4, abs=2)  # fmt: skip
