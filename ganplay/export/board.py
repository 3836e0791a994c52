"""A board for slides: a run's stage, large, and beside it words and further figures, as one picture."""

from collections.abc import Mapping
from itertools import groupby

from ganplay.export.paper import LINE, Paper
from ganplay.export.raster import raster
from ganplay.figures.sheets import Colours
from ganplay.figures.style import FONT, Picture

HEIGHT = 540
"""In units of the board, of which all lengths here are."""
HEADING, WORDS, SMALL = 27, 19, 16
"""Sizes of letters; SMALL is that of the figures."""
STAGE = 0.53
"""Of the board's width, what the stage has."""
GAP = 12


def board(
    figures: Mapping[str, Picture], heading: str, words: str, width: int = 960, height: int = 540
) -> Colours:
    """The first of the figures at the left, and at the right a heading, words, and the other figures in
    rows by the `row` and `column` in their layout's `meta`: colours [height, width, 3]."""
    unit = height / HEIGHT
    wide = width / unit
    paper = Paper(wide, HEIGHT, unit)
    stage, *others = figures.values()
    left = STAGE * wide
    top = _write(paper, heading, HEADING, (left, HEIGHT - GAP), bold=True)
    top = _write(paper, words, WORDS, (left, top - GAP / 2), bold=False)
    frame = paper.pixels()
    _put(frame, stage, (0, 0), (left - GAP, HEIGHT), unit)
    rows = [list(row) for _, row in groupby(sorted(others, key=_place), lambda p: _place(p)[0])]
    for i, row in enumerate(rows):
        size = (wide - left) / len(row), top / len(rows)
        for j, picture in enumerate(row):
            _put(frame, picture, (left + j * size[0], HEIGHT - top + i * size[1]), size, unit)
    return frame


def _place(picture: Picture) -> tuple[int, int]:
    meta = picture.layout.get("meta", {})
    return meta.get("row", 0), meta.get("column", 0)


def _put(
    frame: Colours, picture: Picture, corner: tuple[float, float], size: tuple[float, float], unit: float
) -> None:  # fmt: skip
    """Draw a figure on the frame, so far from its left and its top."""
    zoom = SMALL / FONT
    drawn = raster(picture, size[0] / zoom, size[1] / zoom, zoom * unit)
    x, y = (int(unit * each) for each in corner)
    place = frame[y : y + drawn.shape[0], x : x + drawn.shape[1]]
    place[:] = drawn[: place.shape[0], : place.shape[1]]


def _write(paper: Paper, text: str, size: float, place: tuple[float, float], bold: bool) -> float:
    """Write words in lines from a place on; how high what is below begins."""
    x, y = place
    for line in _lines(paper, text, size, paper.width - x - GAP, bold):
        paper.write(line, x, y, size, across="left", up="top", bold=bold)
        y -= LINE * size
    return y


def _lines(paper: Paper, text: str, size: float, width: float, bold: bool) -> list[str]:
    """Words in lines that are no longer than a width, but for words that are."""
    lines: list[str] = []
    for word in text.split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and paper.length(longer, size, bold) <= width:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines
