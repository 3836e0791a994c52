"""A board: what stands where, and that its words can be read."""

import numpy as np
import pytest

from ganplay.export.board import GAP, STAGE, board
from ganplay.figures.style import TEXT, Picture
from tests.export.drawn import extent, like, plain

COLOURS = ("#ff0000", "#00cc00", "#0000ff", "#ff00ff")
WORDS = "Before its samples reach the modes, D tells them apart at once, and no slope is left to go down."


def filled(colour: str, row: int, column: int) -> Picture:
    """A figure that is a single colour within its margins."""
    numbers = {"x": np.zeros(1), "y": np.full(1, 2.0), "base": -1.0, "width": 4.0}
    bar = {"type": "bar", "name": "it", **numbers, "marker": {"color": colour}}
    return plain(bar, meta={"row": row, "column": column})


def made(count: int, *size: int, heading: str = "Collapse", words: str = WORDS) -> np.ndarray:
    places = [(0, 0), (2, 1), (0, 0), (2, 0)]
    figures = {str(i): filled(COLOURS[i], *places[i]) for i in range(count)}
    return board(figures, heading, words, *size)


@pytest.mark.parametrize("size", [(960, 540), (1920, 1080), (640, 480), (961, 543)])
def test_the_stage_is_at_the_left_and_the_others_below_the_words(size: tuple[int, int]) -> None:
    pixels = made(4, *size)
    width, height = size
    assert pixels.dtype == np.uint8
    assert pixels.shape == (height, width, 3)
    stage, right_one, first, left_one = (extent(like(pixels, colour)) for colour in COLOURS)
    _, top, right, bottom = stage
    assert right < STAGE * width < first[0]
    assert bottom - top > 0.8 * height
    text = like(pixels, TEXT, 60)
    assert text.any()
    assert np.flatnonzero(text.any(1)).max() < first[1]
    assert first[3] < left_one[1] == right_one[1], "rows by their number"
    assert left_one[2] < right_one[0], "and in a row by their column"
    assert first[2] == pytest.approx(right_one[2], abs=3)
    assert right_one[2] <= width


def test_figures_have_all_the_room_that_words_leave() -> None:
    def tall(**more: str) -> int:
        _, top, _, bottom = extent(like(made(3, **more), COLOURS[2]))
        return bottom - top

    assert tall(heading="", words="") > tall(words="") > tall() > tall(words=2 * WORDS)


def test_the_stage_may_stand_alone() -> None:
    assert extent(like(made(1), COLOURS[0]))[2] < STAGE * 960


def test_words_are_large_and_broken_within_their_column() -> None:
    """Capitals and lower-case letters of 19 pixels: an x of 10 pixels, as 19 px letters have."""
    text = like(made(1, heading="", words=2 * WORDS), TEXT, 90)
    left, top, right, _ = extent(text)
    assert left >= STAGE * 960
    assert right <= 960 - GAP + 1
    lines = np.flatnonzero(np.diff(np.pad(text.any(1), 1).astype(int)) == 1)
    assert len(lines) >= 4
    assert np.diff(lines) == pytest.approx(1.3 * 19, abs=2)
    one = like(made(1, heading="", words="xxx"), TEXT, 90)
    _, top, _, bottom = extent(one)
    assert 9 <= bottom - top <= 12
    heading = like(made(1, heading="xxx", words=""), TEXT, 90)
    _, top, _, bottom = extent(heading)
    assert 13 <= bottom - top <= 17


def test_a_long_word_does_not_hold_up_the_others() -> None:
    text = like(made(1, heading="", words=f"a {'w' * 60} b"), TEXT, 90)
    lines = np.flatnonzero(np.diff(np.pad(text.any(1), 1).astype(int)) == 1)
    assert len(lines) == 3
