"""The curves of success, and the equation as one picture."""

import numpy as np
import pytest
from numpy.typing import NDArray

from ganplay.figures.explorer_arithmetic import equation, steps, success
from ganplay.figures.explorer_paths import BLEND
from ganplay.figures.style import ATTENTION, DISCRIMINATOR, GENERATED, REAL

COUNTS = (1, 3, 10, 30)
RATES = ((0.2, 0.5, 0.9, 1.0), (0.1, 0.2, 0.4, 0.5))
FAR = ((1.5, 1.1, 0.9, 0.8), (2.8, 1.9, 1.7, 1.6))


def test_success_by_z_and_by_pixel_in_both_panels() -> None:
    figure = success(COUNTS, RATES, FAR, 10).figure()
    assert [trace.name for trace in figure.data] == ["by z", "by pixel"] * 2
    for trace, values in zip(figure.data, (*RATES, *FAR), strict=True):
        assert list(trace.x) == ["1", "3", "10", "30"]
        np.testing.assert_allclose(trace.y, values, rtol=1e-6)
        assert trace.line.color == {"by z": GENERATED, "by pixel": BLEND}[trace.name]
    assert [trace.xaxis for trace in figure.data] == [None, None, "x2", "x2"]
    assert figure.data[0].text == ("20\u00a0%", "50\u00a0%", "90\u00a0%", "100\u00a0%")
    assert 2.8 < figure.layout.yaxis2.range[1] < 4
    *marks, real = figure.layout.shapes
    assert [mark.x0 for mark in marks] == [2, 2]
    assert {mark.line.color for mark in marks} == {ATTENTION}
    assert (real.y0, real.y1, real.yref, real.line.color) == (1, 1, "y2", REAL)


def test_the_axis_of_distances_always_holds_that_of_real_pictures() -> None:
    figure = success((1, 3), ((0, 0), (0, 0)), ((0.1, 0.1), (0.2, 0.2)), 3).figure()
    assert figure.layout.yaxis2.range[1] > 1


def test_steps_beside_random_ones() -> None:
    alphas, rates, control = (-1.0, 0.0, 1.0), (0.8, 0.0, 0.7), (0.1, 0.0, 0.2)
    figure = steps(alphas, rates, control, -0.75).figure()
    for trace, values in zip(figure.data, (rates, control), strict=True):
        assert list(trace.x) == list(alphas)
        np.testing.assert_allclose(trace.y, values, rtol=1e-6)
    assert [trace.line.color for trace in figure.data] == [GENERATED, DISCRIMINATOR]
    (mark,) = figure.layout.shapes
    assert (mark.x0, mark.x1) == (-0.75, -0.75)


def place(whole: NDArray[np.uint8], grey: int, side: int) -> tuple[int, int]:
    """Where the one square of a grey begins: row and column."""
    rows, columns = np.nonzero((whole == grey).all(2))
    assert len(rows) == side**2
    assert int(rows.max() - rows.min()) == int(columns.max() - columns.min()) == side - 1
    return int(rows.min()), int(columns.min())


@pytest.mark.parametrize("count", [1, 3, 10])
def test_an_equation_as_one_picture_holds_each_part_in_its_place(count: int) -> None:
    side, greys = 16, iter(range(60, 255))

    def some(n: int) -> NDArray[np.uint8]:
        return np.stack([np.full((side, side, 3), next(greys), np.uint8) for _ in range(n)])

    stacks, means, sums, by_pixel = [some(count) for _ in range(3)], some(3), some(9), some(4)
    whole = equation(stacks, means, sums, by_pixel)

    def at(picture: NDArray[np.uint8], size: int) -> tuple[int, int]:
        return place(whole, int(picture[0, 0, 0]), size)

    large = side * {1: 1, 3: 2, 10: 4}[count]
    rows = [[at(picture, large) for picture in pictures] for pictures in (means, by_pixel)]
    for row in rows:
        assert len({y for y, _ in row}) == 1, "they stand side by side"
        assert [x for _, x in row] == sorted(x for _, x in row)
    assert rows[0][0][0] + large < rows[1][0][0]
    for term, stack in enumerate(stacks):
        found = [at(picture, side) for picture in stack]
        assert all(y + side <= rows[0][term][0] for y, _ in found), "above their mean"
        left, right = min(x for _, x in found), max(x for _, x in found) + side
        middle = rows[0][term][1] + large / 2
        assert abs((left + right) / 2 - middle) <= 1
    grid = [at(picture, large) for picture in sums]
    assert grid == sorted(grid)
    assert len({y for y, _ in grid}) == len({x for _, x in grid}) == 3
    assert min(x for _, x in grid) == rows[1][3][1] > rows[0][2][1] + large
    signs = whole[rows[0][0][0] : rows[0][0][0] + large]
    between = [signs[:, rows[0][i][1] + large : rows[0][i + 1][1]] for i in (0, 1)]
    assert [(part == 40).all(2).any() for part in between] == [True, True]
    assert (between[1] == 40).sum() > (between[0] == 40).sum(), "a plus has more ink than a minus"
