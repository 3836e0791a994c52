"""The palette, for whoever looks: what is told apart by its colour can be, and words can be read."""

from collections.abc import Iterable
from itertools import combinations

import numpy as np
import pytest

from ganplay.figures import style
from ganplay.figures.style import DARK, PAPER, TINT, VERDICT, WORDS
from tests.colours import GREY, LACKING, SIGHTS, contrast, difference, lab

POINTS = (style.REAL, style.GENERATED, style.VAE)
PLAYERS = (style.DISCRIMINATOR, style.GENERATED)
HOLDS = (style.REAL, style.ATTENTION)
"""Frames of what holds and of what doesn't."""
MARKS = {*POINTS, *PLAYERS, *HOLDS, style.GRADIENT}
ENDS = (VERDICT[0][1], VERDICT[-1][1])

BY_DAY: dict[str, str] = {}
THEMES = pytest.mark.parametrize("inks", [BY_DAY, DARK], ids=["light", "dark"])


def all_apart(pairs: Iterable[tuple[str, str]], inks: dict[str, str], *sights: str) -> None:
    """Half of the viewers tell each pair apart even on points, so nearly all do on lines and areas."""
    for one, other in pairs:
        for sight in sights:
            found = difference(inks.get(one, one), inks.get(other, other), sight)
            assert found > 1, (one, other, sight, found)


@THEMES
def test_what_is_real_differs_from_what_each_net_makes(inks: dict[str, str]) -> None:
    all_apart(combinations(POINTS, 2), inks, *SIGHTS)


@THEMES
def test_points_and_arrows_stand_out_from_the_verdict(inks: dict[str, str]) -> None:
    pairs = [(mark, end) for mark in (*POINTS, style.GRADIENT) for end in ENDS]
    all_apart(pairs, inks, *SIGHTS, GREY)


@THEMES
def test_the_verdicts_two_ends_differ(inks: dict[str, str]) -> None:
    all_apart([ENDS, *((end, VERDICT[2][1]) for end in ENDS)], inks, *SIGHTS)


@THEMES
def test_the_players_curves_differ(inks: dict[str, str]) -> None:
    all_apart([PLAYERS], inks, *SIGHTS, GREY)


def test_what_counts_for_and_against_differs() -> None:
    all_apart([(style.GRADIENT, style.DISCRIMINATOR)], BY_DAY, *SIGHTS, GREY)


def test_frames_of_what_holds_differ_from_others() -> None:
    all_apart([HOLDS], BY_DAY, *SIGHTS)


@THEMES
def test_marks_stand_out_from_the_paper(inks: dict[str, str]) -> None:
    """A contrast of 3 (WCAG 2.2, 1.4.11)."""
    for mark in MARKS:
        assert contrast(inks.get(mark, mark), inks.get(PAPER, PAPER)) >= 3, mark


@THEMES
def test_words_can_be_read(inks: dict[str, str]) -> None:
    """A contrast of 4.5 (WCAG 2.2, 1.4.3), of titles in the colour of a curve too."""
    titles = {WORDS.get(mark, mark) for mark in MARKS}
    for words in (style.TEXT, style.FAINT, style.LOUD, *titles):
        assert contrast(inks.get(words, words), inks.get(PAPER, PAPER)) >= 4.5, words


@pytest.mark.parametrize("ground", TINT.values())
def test_words_can_be_read_on_a_tint(ground: str) -> None:
    for words in (style.TEXT, style.FAINT, style.LOUD):
        assert contrast(words, ground) >= 4.5, words


RED = {"no red": "#6d5f00", "no green": "#a39100", "no blue": "#ff000f"}
"""What red is to each sight: the first columns of the matrices of Machado et al. 2009, as sRGB."""


@pytest.mark.parametrize("sight", LACKING)
def test_a_sight_without_a_kind_of_cones_is_as_published(sight: str) -> None:
    np.testing.assert_allclose(lab("#ff0000", sight), lab(RED[sight]), atol=0.7)
    np.testing.assert_allclose(lab("#808080", sight), lab("#808080"), atol=0.7)


def test_the_measures_know_what_is_known() -> None:
    np.testing.assert_allclose(lab("#ff0000"), (53.24, 80.09, 67.20), atol=0.05)
    np.testing.assert_allclose(lab("#ff0000", GREY), (53.24, 0, 0), atol=0.05)
    assert contrast("#000000", "#ffffff") == pytest.approx(21, abs=0.01)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.005)
    # in the paper, half of the viewers tell 7.3 of lightness on a third of a degree
    assert difference("#000000", "#ffffff", GREY, 1 / 3) == pytest.approx(100 / 7.33, rel=0.01)
    assert difference("#000000", "#ffffff", GREY) < difference("#000000", "#ffffff", GREY, 1)
