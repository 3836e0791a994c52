"""The game of best answers on the line: densities, D and G's samples, and the value over the turns."""

import math

import numpy as np

from ganplay.figures.panels import title
from ganplay.figures.style import (
    ATTENTION,
    BLEND,
    DISCRIMINATOR,
    EDGE,
    GENERATED,
    PAPER,
    REAL,
    TEXT,
    Picture,
    axis,
    picture,
)
from ganplay.figures.theory_marks import MARGIN, Numbers, area, dots, level, line, name_of_axis

EXTENT = 5.0
"""Half the length of the line that is seen."""
GROUND = -0.05
"""At which height samples are drawn, each a little lower than the one before it in a heap."""
ROOM = (-0.24, 1.06)
LOWEST = -3.5
"""Of values, in nats."""


def grid() -> Numbers:
    """The places [N] at which curves are drawn."""
    return np.linspace(-EXTENT, EXTENT, 401)


def answers(
    p: Numbers, q: Numbers, d: Numbers, samples: Numbers, real: Numbers, best: tuple[float, float]
) -> Picture:
    """p, q and D at `grid()`, G's samples, the real places and where D is highest, with D there."""
    x, ordered = grid(), np.sort(samples)
    heaped = np.arange(len(ordered)) - np.searchsorted(np.round(ordered, 2), np.round(ordered, 2))
    return picture(
        [
            area(x, p, REAL, "p"),
            area(x, q, GENERATED, "q"),
            line(x, d, DISCRIMINATOR, "D", 3.5),
            dots(real, np.full(len(real), GROUND / 2), REAL, "real", 11, PAPER),
            dots(ordered, GROUND - 0.007 * heaped, GENERATED, "samples", 9, PAPER),
            dots(np.array(best[:1]), np.array(best[1:]), ATTENTION, "best place", 14, PAPER),
        ],
        xaxis=axis(range=[-EXTENT, EXTENT], title=name_of_axis("x"), nticks=11),
        yaxis=axis(range=list(ROOM), tickvals=[0, 0.5, 1]),
        shapes=[level(0.5, EDGE)],
        margin=MARGIN,
        title=title(
            "",
            [
                ("p: real", REAL),
                ("q: generated", GENERATED),
                ("D", DISCRIMINATOR),
                ("● where D is highest", ATTENTION),
            ],
        ),
        showlegend=False,
        meta={"row": 0, "weight": 3, "x_name": "x"},
    )


def values(now: Numbers, highest: Numbers, lowest: Numbers, turns: list[int], last: int) -> Picture:
    """V at each moment so far, what D and what G could make of it at most, and the moments at which D
    answered; the axis ends at `last`."""
    at = np.arange(len(now), dtype=float)
    return picture(
        [
            line(at, highest, DISCRIMINATOR, "most D can reach"),
            line(at, lowest, GENERATED, "least G can reach"),
            line(at, now, TEXT, "V", 3),
            dots(at[-1:], now[-1:], TEXT, "now", 10, PAPER),
        ],
        xaxis=axis(
            range=[-0.5, last],
            tickvals=turns,
            ticktext=[f"D's turn {n + 1}" for n in range(len(turns))],
        ),
        yaxis=axis(range=[LOWEST, 0], nticks=5),
        shapes=[level(-math.log(4), BLEND)],
        margin=MARGIN | {"b": 24},
        title=title(
            "nats",
            [
                ("V", TEXT),
                ("max over D", DISCRIMINATOR),
                ("min over G", GENERATED),
                ("··· −log 4", BLEND),
            ],
        ),
        showlegend=False,
        meta={"row": 1, "weight": 2, "x_name": "moment"},
    )
