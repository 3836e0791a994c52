"""A transposed convolution at one of its places, with all its numbers."""

from collections.abc import Callable, Sequence
from typing import NamedTuple, SupportsFloat

import numpy as np
from numpy.typing import NDArray

from ganplay.figures.drawing import Box, Drawing, Words
from ganplay.figures.style import ATTENTION, EDGE, FAINT, GENERATED, LOUD, PAPER, TEXT, TINT

Numbers = NDArray[np.float32]
Parts = list[Box | Words]

CELL = 48
TOP = 46
WIDTH, HEIGHT = 900, 440
LEFT, MIDDLE, RIGHT = 10, 220, 650
"""Where the input and the kernel, what is between, and the output begin."""

OWN, TOUCHED = TINT[GENERATED], TINT[ATTENTION]
"""Grounds of cells that hold numbers of the input or the output, and of those that the present place
takes or gives."""


class Cell(NamedTuple):
    """A number in a box; `times` is a second one below it."""

    text: str
    ground: str = PAPER
    colour: str = TEXT
    times: str = ""


def sliding(x: Numbers, kernel: Numbers, spread: Numbers, output: Numbers, at: int) -> Drawing:
    """The turned kernel on the input with zeros between and around, at place `at` of the output, row
    by row; the places to come are empty. `kernel` is not turned yet."""
    k, turned = len(kernel), kernel[::-1, ::-1]
    row, column = divmod(at, len(output))

    def below(r: int, c: int) -> Cell:
        value, ground = spread[r, c], OWN if spread[r, c] else PAPER
        colour = TEXT if value else FAINT
        if not _inside(r - row, c - column, k):
            return Cell(_text(value), ground, colour)
        times = f"× {_text(turned[r - row, c - column])}"
        return Cell(_text(value), TOUCHED, colour, times)

    def made(r: int, c: int) -> Cell:
        if (r, c) == (row, column):
            return Cell(_text(output[r, c]), TOUCHED)
        return Cell(_text(output[r, c]), OWN) if r * len(output) + c < at else Cell("")

    window = spread[row : row + k, column : column + k]
    taken = [(v, w) for v, w in zip(window.flat, turned.flat, strict=True) if v]
    sums = " + ".join(f"{_text(v)} · {_signed(w)}" for v, w in taken)
    side = f"{len(spread)}×{len(spread)}"
    return _drawn(
        _left(x, "kernel, turned by 180°", turned)
        + _grid(MIDDLE, f"zeros between and around: {side}", len(spread), below)
        + [_frame(MIDDLE, row, column, k)]
        + _grid(RIGHT, f"output {len(output)}×{len(output)}", len(output), made)
        + [_frame(RIGHT, row, column, 1)],
        f"row {row + 1}, column {column + 1}:  {sums} = {_text(output[row, column])}",
    )


def stamping(x: Numbers, kernel: Numbers, stamps: Numbers, at: int, stride: int) -> Drawing:
    """The kernel times number `at` of the input, row by row, where it is added to the output;
    `stamps` [numbers of the input, side, side] are all of them."""
    k, m, side = len(kernel), len(x), stamps.shape[1]
    corners = [(stride * (n // m), stride * (n % m)) for n in range(at + 1)]
    row, column = corners[-1]
    so_far = stamps[: at + 1].sum(0)

    def stamp(r: int, c: int) -> Cell:
        here = _inside(r - row, c - column, k)
        return Cell(_text(stamps[at, r, c]), TOUCHED) if here else Cell("")

    def made(r: int, c: int) -> Cell:
        if not any(_inside(r - top, c - left, k) for top, left in corners):
            return Cell("")
        return Cell(_text(so_far[r, c]), TOUCHED if _inside(r - row, c - column, k) else OWN)

    value, left = _text(x.flat[at]), MIDDLE + CELL
    return _drawn(
        _left(x, "kernel", kernel, at)
        + _grid(left, f"{value} × the kernel, where it falls", side, stamp)
        + [_frame(left, row, column, k)]
        + _grid(RIGHT, f"output {side}×{side}: stamps so far", side, made)
        + [_frame(RIGHT, row, column, k)],
        f"number {at + 1} of {m * m}:  {value} × the kernel is added, {row} places down and {column} to the right",
    )


# ---- its parts


def _left(x: Numbers, title: str, kernel: Numbers, marked: int | None = None) -> Parts:
    """The input, one number of it framed, and below it the kernel."""
    m, k = len(x), len(kernel)
    below = TOP + m * CELL + 60
    parts = _grid(LEFT, f"input {m}×{m}", m, lambda r, c: Cell(_text(x[r, c]), OWN))
    if marked is not None:
        parts.append(_frame(LEFT, *divmod(marked, m), 1))
    return parts + _grid(LEFT, title, k, lambda r, c: Cell(_text(kernel[r, c]), colour=LOUD), below)


def _grid(
    left: int, title: str, side: int, cell: Callable[[int, int], Cell], top: int = TOP
) -> Parts:
    """A square of cells under a title."""
    parts: Parts = [Words(left, top - 20, title, 16, anchor="start", bold=True)]
    for r, c in np.ndindex(side, side):
        text, ground, colour, times = cell(r, c)
        x, y = left + c * CELL, top + r * CELL
        parts.append(Box(x, y, CELL, CELL, ground, EDGE))
        height = y + CELL * (0.34 if times else 0.5)
        parts.append(Words(x + CELL / 2, height, text, 18, colour))
        if times:
            parts.append(Words(x + CELL / 2, y + CELL * 0.76, times, 14, LOUD))
    return parts


def _frame(left: int, row: int, column: int, count: int) -> Box:
    """Around so many cells on each side."""
    side = count * CELL
    return Box(left + column * CELL, TOP + row * CELL, side, side, edge=ATTENTION, thick=4)


def _drawn(parts: Sequence[Box | Words], sentence: str) -> Drawing:
    """With what happens at this place in a sentence."""
    line = Words(MIDDLE, HEIGHT - 24, sentence, 19, anchor="start", bold=True)
    return Drawing(WIDTH, HEIGHT, [*parts, line])


def _inside(r: int, c: int, k: int) -> bool:
    return 0 <= r < k and 0 <= c < k


def _text(value: SupportsFloat) -> str:
    return f"{float(value):g}".replace("-", "−")


def _signed(value: SupportsFloat) -> str:
    return f"({_text(value)})" if float(value) < 0 else _text(value)
