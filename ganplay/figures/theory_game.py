"""The game on a line: densities, D and the best D, where G sends its noise, and the value."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ganplay.figures.panels import MARGIN, title
from ganplay.figures.style import (
    BLEND,
    DISCRIMINATOR,
    FAINT,
    FONT,
    GENERATED,
    REAL,
    Picture,
    axis,
    ceiling,
    picture,
)
from ganplay.figures.theory_marks import area, level, line
from ganplay.theory.game import FLOOR

Values = NDArray[Any]

REACH = 5.0
"""Half the length of the axes."""
TOP = 1.45
LOWEST = -2.2
"""Where the picture of the value ends: far below the floor, a value says only that D is wrong."""
ACROSS = axis(range=[-REACH, REACH], dtick=1, tickangle=0)


def stage(x: Values, p: Values, q: Values, best: Values, d: Values | None) -> Picture:
    """Densities p of the data and q of the generator at x, the best D for them, and D itself where
    there is one; as the figure of the first paper (Goodfellow et al. 2014, fig. 1)."""
    traces = [
        area(x, np.minimum(q, 2 * TOP), GENERATED, "p_g"),
        line(x, p, REAL, "p_data", 3, "dot"),
    ]
    names = [("data ···", REAL), ("generated", GENERATED), ("best D* ---", BLEND)]
    if d is not None:
        traces.append(line(x, d, DISCRIMINATOR, "D", 3.5))
        names.append(("D", DISCRIMINATOR))
    traces.append(line(x, best, BLEND, "D*", 1.5, "dash"))
    return picture(
        traces,
        title=title("", names),
        xaxis=ACROSS,
        yaxis=axis(range=[0, TOP], tickvals=[0, 0.5, 1]),
        margin=MARGIN, showlegend=False, meta={"row": 0, "weight": 5, "x_name": "x"},
    )  # fmt: skip


def arrows(pairs: Values) -> Picture:
    """From each noise z, at the bottom, to the x that G makes of it, at the top: pairs [m, 2]."""
    m = len(pairs)
    x = np.column_stack((pairs, np.full(m, np.nan))).ravel()
    heads = line(pairs[:, 1], np.ones(m), GENERATED, "x = G(z)") | {
        "mode": "markers", "marker": {"size": 6, "color": GENERATED},
    }  # fmt: skip
    return picture(
        [line(x, np.tile([0.0, 1.0, np.nan], m), GENERATED, "z to x", 1.2), heads],
        title=title("noise z (bottom), and the x = G(z) made of it (top)", []),
        xaxis=ACROSS,
        yaxis=axis(range=[-0.12, 1.1], tickvals=[0, 1], ticktext=["z", "x"], showgrid=False),
        margin=MARGIN, showlegend=False, meta={"row": 1, "weight": 2, "x_name": "z"},
    )  # fmt: skip


def values(steps: Values, value: Values, best: Values) -> Picture:
    """The value V of the game over iterations [n], and what it would be with the best D: [n], or one
    number where nothing has been trained."""
    last = ceiling(max(float(steps[-1]) if len(steps) else 0.0, 100.0))
    ends = np.array([0.0, last])
    lines = [line(ends, np.full(2, best[-1]), BLEND, "2 JSD - log 4", 1.5, "dash")]
    names = [(f"best D: 2 JSD − log 4 = {_signed(best[-1])} nats", BLEND)]
    if len(steps):
        shown = np.maximum(value, LOWEST)
        lines = [
            line(steps, shown, DISCRIMINATOR, "V", 3.5),
            line(steps, best, BLEND, "2 JSD - log 4", 1.5, "dash"),
        ]
        names.insert(0, (f"V(D, G) = {_signed(value[-1])}", DISCRIMINATOR))
    return picture(
        lines,
        title=title("", names),
        xaxis=axis(range=[0, last], nticks=6, tickangle=0),
        yaxis=axis(range=[LOWEST, 0.1], tickvals=[-2, -1, 0]),
        shapes=[level(FLOOR, FAINT)],
        annotations=[
            {
                "x": 1, "xref": "paper", "xanchor": "right", "y": FLOOR, "yanchor": "top",
                "text": "floor: −log 4 = −1.39", "showarrow": False,
                "font": {"size": FONT, "color": FAINT},
            }
        ],
        margin=MARGIN, showlegend=False, meta={"row": 2, "weight": 3, "x_name": "iteration"},
    )  # fmt: skip


def _signed(value: float) -> str:
    return f"{value:.2f}".replace("-", "−")
