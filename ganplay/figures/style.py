"""The one palette and the one look. A colour has the same meaning on every page."""

import math
from dataclasses import dataclass
from typing import Any

import plotly.graph_objects as go

# ColorBrewer Dark2 for things, PRGn for D's verdict: both safe for the colour-blind
REAL = "#1b9e77"
GENERATED = "#7570b3"
DISCRIMINATOR = "#4d4d4d"
VAE = "#a6761d"
GRADIENT = "#e7298a"
ATTENTION = "#d95f02"
VERDICT = (
    (0.0, "#c2a5cf"),
    (0.25, "#e7d4e8"),
    (0.5, "#f7f7f7"),
    (0.75, "#d9f0d3"),
    (1.0, "#a6dba0"),
)
"""D's verdict on a place, from "generated" through undecided to "real"; pale, so that points
stand out."""

PAPER = "#ffffff"
CLEAR = "rgba(0,0,0,0)"
BLEND = "#222222"
"""Of what no net made: means of pixels."""
EDGE = "#c9c9d1"
"""Of what has no colour of its own, such as a map."""
TEXT, FAINT = "#31333f", "#686972"
"""Words, as on the page, and those that hardly matter."""
LOUD = "#b34700"
"""ATTENTION, dark enough for words."""
TINT = {GENERATED: "#ebe9f6", ATTENTION: "#fde8d9"}
"""Grounds in a colour, pale enough for words on them."""
INK = {REAL: "#0d4f3b", GENERATED: "#2f2c5e", VAE: "#533b0e"}
"""Full ink of each colour: dark enough that thin strokes are seen from afar."""

WORDS = {
    REAL: "#137a5b",
    GENERATED: "#625da6",
    VAE: "#8a6015",
    GRADIENT: "#c41a6f",
    ATTENTION: LOUD,
}
"""Each colour as dark as words need on PAPER: a contrast of 4.5 (WCAG 2.2, 1.4.3)."""
DARK = {
    PAPER: "#101218",
    TEXT: "#e8e9ef",
    FAINT: "#9a9ba6",
    DISCRIMINATOR: "#7d7f88",
    LOUD: "#ff9a4d",
    ATTENTION: "#ff9a4d",
    **dict.fromkeys((REAL, WORDS[REAL]), "#4fd1a5"),
    **dict.fromkeys((GENERATED, WORDS[GENERATED]), "#b6b1f2"),
    **dict.fromkeys((VAE, WORDS[VAE]), "#dcae5c"),
    **dict.fromkeys((GRADIENT, WORDS[GRADIENT]), "#ff7fbd"),
    INK[REAL]: "#c9f2e3",
    INK[GENERATED]: "#e6e4fb",
    INK[VAE]: "#f4e3c0",
    **dict(
        zip(
            (colour for _, colour in VERDICT),
            ("#4b3158", "#33233d", "#17191f", "#1d3322", "#24512c"),
            strict=True,
        )
    ),
}
"""What stands for each colour on a dark ground, where D's verdict is dark and all else is light."""

SIDES = {"A": "#14171f", "B": "#0060a8", "C": "#3d9ad1", "D": "#c9a000"}
"""The sides of a duel: their curves, and the badges above their pictures."""
WORDS |= {SIDES["C"]: "#1f76ab", SIDES["D"]: "#806500"}

FONT = 13
"""Size of small type, in pixels."""


@dataclass(frozen=True)
class Picture:
    """A plotly figure as plain data: its traces, with numpy arrays, and its layout.

    Plotly's own class checks each property, which takes longer than to draw it, so the live view
    is sent this; what stands still, and the tests, use `figure`.
    """

    traces: list[dict[str, Any]]
    layout: dict[str, Any]

    def figure(self) -> go.Figure:
        """The checked plotly Figure."""
        return go.Figure({"data": self.traces, "layout": self.layout})


def picture(traces: list[dict[str, Any]], **layout: Any) -> Picture:
    """A Picture in the project's look; `uirevision` keeps a viewer's zoom between pictures."""
    base: dict[str, Any] = {
        "template": "none",
        "paper_bgcolor": CLEAR,
        "plot_bgcolor": CLEAR,
        "font": {"size": FONT},
        "uirevision": "live",
    }
    return Picture(traces, base | layout)


def parts(colour: str) -> list[int]:
    """Red, green and blue of a colour of the palette, 0 to 255."""
    return [int(colour[i : i + 2], 16) for i in (1, 3, 5)]


def pale(colour: str, share: float = 0.2) -> str:
    """A colour of the palette so thin that what lies below shows through, for areas."""
    return "rgba({},{},{},{})".format(*parts(colour), share)


def axis(**options: Any) -> dict[str, Any]:
    """An axis with faint lines and no zero line."""
    look = {
        "zeroline": False,
        "gridcolor": "rgba(128,128,128,0.18)",
        "tickfont": {"size": FONT},
    }
    return look | options


def ceiling(value: float) -> float:
    """The next number 1, 2, 5, 10, 20, ... at or above a positive value, so that an axis that
    ends there seldom moves."""
    for mantissa in (1, 2, 5, 10):
        bound = mantissa * 10.0 ** math.floor(math.log10(value))
        if value <= bound:
            return bound
    return value
