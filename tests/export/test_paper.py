"""Words on paper: their places, colours and sizes."""

import numpy as np
import pytest

from ganplay.export.paper import Paper
from ganplay.figures.style import TEXT
from tests.export.drawn import extent, like

RED, BLUE = "#ff0000", "#0000ff"


def red(text: str) -> str:
    return f'<span style="color:{RED}">{text}</span>'


def written(
    text: str, x: float = 100, y: float = 50, scale: float = 1, **more: object
) -> np.ndarray:
    paper = Paper(200, 100, scale)
    paper.write(text, x, y, 16, **more)
    return paper.pixels()


@pytest.mark.parametrize(
    ("across", "left", "right"), [("left", 0, 40), ("center", -20, 20), ("right", -40, 0)]
)
@pytest.mark.parametrize(
    ("up", "low", "high"), [("bottom", 0, 18), ("middle", -9, 9), ("top", -18, 0)]
)
def test_words_are_held_where_it_says(
    across: str, left: float, right: float, up: str, low: float, high: float
) -> None:
    first, top, last, bottom = extent(like(written("HHH", across=across, up=up), TEXT, 90))
    assert left - 1 <= first - 100 < last - 100 <= right + 1
    assert low - 1 <= 50 - bottom < 50 - top <= high + 1
    if across == "center":
        assert (first + last) / 2 == pytest.approx(100, abs=1.5)
    if up == "middle":
        assert (top + bottom) / 2 == pytest.approx(50, abs=1.5)


def test_a_part_in_a_colour_ends_where_it_does() -> None:
    pixels = written(f"H {red('H')} H", colour=BLUE)
    blue, middle = like(pixels, BLUE, 60), extent(like(pixels, RED, 60))
    assert blue[:, : middle[0]].any()
    assert blue[:, middle[2] :].any()
    assert not blue[:, middle[0] + 2 : middle[2] - 2].any()


@pytest.mark.parametrize("scale", [1, 2, 3])
def test_runs_follow_each_other_at_every_scale(scale: float) -> None:
    """As one run they would be as long."""
    parts = written(f"HHHHHHHH{red('HH')}", scale=scale)
    whole = written("HHHHHHHHHH", scale=scale)
    assert extent((parts != 255).any(-1)) == pytest.approx(extent((whole != 255).any(-1)), abs=2)
    length = Paper(200, 100, scale).length("HHHHHHHHHH", 16)
    left, _, right, _ = extent((whole != 255).any(-1))
    assert scale * length == pytest.approx(right - left, abs=3 * scale)


def test_bold_words_are_heavier_until_they_end() -> None:
    def ink(text: str, **more: object) -> int:
        return int((255 - written(text, **more).astype(int)).sum())

    assert ink("<b>H</b>H") > 1.1 * ink("HH")
    assert ink("<b>H</b>H") < ink("HH", bold=True) == ink("<b>HH</b>")


def test_an_exponent_is_small_and_raised() -> None:
    pixels = written(f"H<sup>{red('H')}</sup>{red('')}H", across="left", x=50)
    plain, raised = extent(like(pixels, TEXT, 60)), extent(like(pixels, RED, 60))
    assert raised[1] < plain[1]
    assert raised[3] < plain[3] - 3
    assert 0.5 < (raised[3] - raised[1]) / (plain[3] - plain[1]) < 0.9


@pytest.mark.parametrize("up", ["bottom", "middle", "top"])
def test_a_line_stands_below_another(up: str) -> None:
    pixels = written(f"HHHH<br>{red('H')}", up=up)
    above, below = extent(like(pixels, TEXT, 60)), extent(like(pixels, RED, 60))
    assert below[1] - above[1] == pytest.approx(1.3 * 16, abs=1.5)
    assert (above[0] + above[2]) / 2 == pytest.approx((below[0] + below[2]) / 2, abs=1.5)
    whole = (above[1], below[3])
    assert {
        "bottom": whole[1] <= 51,
        "middle": abs(sum(whole) / 2 - 50) < 2,
        "top": whole[0] >= 49,
    }[up]


def test_turned_words_run_upwards_to_the_left_of_their_place() -> None:
    pixels = written(f"{red('H')}HHHHH", up="bottom", turned=True)
    left, top, right, bottom = extent((pixels != 255).any(-1))
    assert right - left < bottom - top
    assert right <= 100
    assert (top + bottom) / 2 == pytest.approx(50, abs=1.5)
    assert extent(like(pixels, RED, 60))[1] > extent(like(pixels, TEXT, 60))[3] - 4, "from below"


def test_dollars_and_signs_of_mathematics_are_words() -> None:
    """And no warning says that a letter is missing."""
    left, _, right, _ = extent(
        (written("$a_b$ × − → ½ ∞ ‖ λ μ é", x=5, across="left") != 255).any(-1)
    )
    assert right - left > 120
