"""Ticks against what plotly itself wrote at them, in a browser; tests/browser compares many more."""

from typing import Any

import pytest

from ganplay.export.ticks import ticks

CASES: list[tuple[dict[str, Any], list[str]]] = [
    ({"range": [0, 2000], "nticks": 6}, ["0", "500", "1000", "1500", "2000"]),
    ({"range": [0, 500], "nticks": 5}, ["0", "200", "400"]),
    ({"range": [0, 20000], "nticks": 6}, ["0", "5k", "10k", "15k", "20k"]),
    ({"range": [0, 5e6], "nticks": 5}, ["0", "1M", "2M", "3M", "4M", "5M"]),
    ({"range": [-0.02, 0], "nticks": 5}, ["−0.02", "−0.015", "−0.01", "−0.005", "0"]),
    ({"range": [0, 5e-7], "nticks": 5}, ["0", "200n", "400n"]),
    ({"range": [-5e-6, 5e-6]}, ["−5μ", "0", "5μ"]),
    ({"range": [0, 1e-17], "nticks": 4}, ["0", "0.5×10<sup>−17</sup>", "1×10<sup>−17</sup>"]),
    ({"range": [-5e18, 5e18]}, ["−5×10<sup>18</sup>", "0", "5×10<sup>18</sup>"]),
    ({"range": [0.4, 8.6], "nticks": 10, "tickformat": "d"}, list("12345678")),
    ({"range": [0, 0.25], "nticks": 4, "tickformat": ".0%"}, ["0%", "10%", "20%"]),
    ({"range": [-1.5, 1.5], "dtick": 0.5}, ["−1.5", "−1", "−0.5", "0", "0.5", "1", "1.5"]),
    ({"range": [-0.1, 1.04], "tickvals": [0, 0.5, 1, 2], "ticktext": ["0", "½", "1", "2"]}, ["0", "½", "1"]),
    ({"range": [-3, 3], "tickvals": [-2, 0, 2]}, ["−2", "0", "2"]),
    ({"type": "log", "range": [-2, 1], "dtick": 1, "exponentformat": "none"}, ["0.01", "0.1", "1", "10"]),
    ({"type": "log", "range": [2, 5], "dtick": 1, "exponentformat": "none"}, ["100", "1000", "10,000", "100,000"]),
    ({"type": "log", "range": [-5, 1], "dtick": 2, "exponentformat": "power"}, ["10<sup>−4</sup>", "10<sup>−2</sup>", "1"]),
    ({"type": "log", "range": [-1, 2], "dtick": 1, "exponentformat": "power"}, ["10<sup>−1</sup>", "1", "10", "10<sup>2</sup>"]),
    ({"type": "log", "range": [-3, 0], "tickvals": [0.001, 0.01, 1], "ticktext": ["a", "b", "c"]}, ["a", "b", "c"]),
]  # fmt: skip


@pytest.mark.parametrize(("axis", "words"), CASES, ids=lambda case: str(case)[:60])
def test_words_are_those_of_the_page(axis: dict[str, Any], words: list[str]) -> None:
    assert [text for _, text in ticks(axis, "x", 0, 320)] == words


def test_ticks_lie_where_their_values_do() -> None:
    even = ticks({"range": [-1, 3], "dtick": 1}, "x", 100, 400)
    assert [at for at, _ in even] == pytest.approx([100, 200, 300, 400, 500])
    given = ticks({"type": "log", "range": [-3, 1], "tickvals": [0.01, 1]}, "y", 20, 80)
    assert [at for at, _ in given] == pytest.approx([40, 80])


@pytest.mark.parametrize(
    ("letter", "length", "count"), [("x", 880, 6), ("y", 440, 6), ("y", 40, 3)]
)
def test_a_long_axis_has_more_of_them(letter: str, length: float, count: int) -> None:
    """As many as plotly puts on it: one for each 80 pixels, or 40 upwards, and at least four or so."""
    assert len(ticks({"range": [0, 10]}, letter, 0, length)) == count
