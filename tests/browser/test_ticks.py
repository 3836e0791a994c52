"""Ticks of exported figures against plotly's own."""

import random
from pathlib import Path
from typing import Any

import plotly
import pytest
from playwright.sync_api import Browser

from ganplay.export.ticks import ticks

PLOTLY = Path(plotly.__file__).parent / "package_data" / "plotly.min.js"
WIDTH, HEIGHT, MARGIN = 440, 180, 40
DRAWN = """async (layout) => {
  await Plotly.newPlot("plot", [{ x: [null], y: [null] }], layout);
  const { xaxis, yaxis } = document.getElementById("plot")._fullLayout;
  const read = (axis) => axis._vals.map(({ x, text }) => [axis.l2p(x), String(text)]);
  return [read(xaxis), read(yaxis)];
}"""
"""What plotly writes at the ticks of both axes, and how far from the left and the top."""


def axes(count: int) -> list[dict[str, dict[str, Any]]]:
    """Linear and logarithmic ones of all magnitudes."""
    chance, found = random.Random(0), []
    for n in range(count):
        high = chance.choice((1, 2, 5)) * 10.0 ** chance.randint(-18, 18)
        low = chance.choice((0, -1, -3 * chance.random())) * high
        across: dict[str, Any] = {"range": [low, high], "nticks": chance.choice((3, 4, 5, 6, 9))}
        if n % 3 == 0:
            del across["nticks"]
        up = across | {"nticks": 5}
        if n % 2:
            up = {"type": "log", "range": [-chance.randint(1, 7), chance.randint(0, 8)],
                  "dtick": chance.randint(1, 3),
                  "exponentformat": chance.choice(("power", "none"))}  # fmt: skip
        found.append({"xaxis": across, "yaxis": up})
    return found


def test_ticks_are_those_of_plotly(browser: Browser) -> None:
    page = browser.new_page()
    page.set_content('<div id="plot"></div>')
    page.add_script_tag(path=PLOTLY)
    size = {"width": WIDTH, "height": HEIGHT, "margin": dict.fromkeys("lrtb", MARGIN)}
    wide, tall = WIDTH - 2 * MARGIN, HEIGHT - 2 * MARGIN
    for each in axes(20):
        across, up = page.evaluate(DRAWN, each | size)
        up = [(tall - at, words) for at, words in up]
        for axis, letter, length, drawn in (
            (each["xaxis"], "x", wide, across), (each["yaxis"], "y", tall, up)
        ):  # fmt: skip
            mine, theirs = sorted(ticks(axis, letter, 0, length)), sorted(drawn)
            assert [words for _, words in mine] == [words for _, words in theirs], axis
            assert [at for at, _ in mine] == pytest.approx([at for at, _ in theirs], abs=0.1), axis
    page.close()
