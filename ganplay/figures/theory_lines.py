"""Two parallel lines: where they stand, four distances between them, and how losses move one."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ganplay.figures.panels import title
from ganplay.figures.style import (
    BLEND,
    GENERATED,
    GRADIENT,
    PAPER,
    REAL,
    Picture,
    axis,
    picture,
)
from ganplay.figures.theory_marks import dots, line
from ganplay.theory.lines import DISTANCES

Values = NDArray[Any]

REACH = 1.6
"""Half the width of the pictures, in units of theta."""
NEVER = 1.45
"""Where an infinite distance is drawn."""
STEP = 0.45
"""How far the arrow of a slope of 1 goes in theta."""
SWING = 2.2
"""How far to either side a generator that learns may be thrown."""
MARGIN = {"l": 44, "r": 12, "t": 28, "b": 24}
UPRIGHT = axis(range=[-0.08, 1.08], showgrid=False)
SHORT = {"tv": "total variation", "js": "JSD", "kl": "KL", "w": "earth mover's distance"}
WRITTEN = {"tv": "1", "js": "log 2 = 0.69 nats", "kl": "∞"}
"""The values of those that are the same for all lines apart."""


def plane(theta: float) -> Picture:
    """The data's line and the generator's in the plane."""
    return picture(
        _lines(theta),
        title=title("", [("data: points (0, z)", REAL), ("generated: points (θ, z)", GENERATED), ("z uniform from 0 to 1", BLEND)]),
        xaxis=axis(range=[-REACH, REACH], dtick=0.5, tickangle=0),
        yaxis=UPRIGHT | {"tickvals": [0, 1]},
        margin=MARGIN, showlegend=False, meta={"row": 0, "weight": 1, "x_name": "x"},
    )  # fmt: skip


def distance(name: str, theta: float, row: int, column: int) -> Picture:
    """One of DISTANCES over theta, with a mark at the present one and an arrow down its slope."""
    found = DISTANCES[name]
    x = np.array([-REACH, -1e-9, np.nan, 1e-9, REACH])
    value, slope = float(found.value(theta)), float(found.slope(theta))
    traces = [line(x, _drawn(found.value(x)), BLEND, "distance", 2)]
    if name != "w":  # jumps to 0 where the lines are one
        traces.append(dots([0.0], [_drawn(found.value(1.0))], PAPER, "", 7, BLEND))
        traces.append(dots([0.0], [0.0], BLEND, "", 7))
    traces.append(dots([theta], [_drawn(value)], GENERATED, "", 13))
    words = f"{value:.2f}" if name == "w" else WRITTEN[name] if value else "0"
    there = np.isfinite(slope)
    return picture(
        traces,
        title=title(
            f"{SHORT[name]} = {words}",
            [(f"slope {_signed(slope)}" if there else "no slope", GRADIENT)],
        ),
        xaxis=axis(range=[-REACH, REACH], dtick=0.5, tickangle=0),
        yaxis=axis(
            range=[-0.12, 1.7], tickvals=[0, NEVER] if name == "kl" else [0, 0.5, 1, 1.5],
            **({"ticktext": ["0", "∞"]} if name == "kl" else {}),
        ),
        annotations=[_arrow(theta, value, slope)] if there and slope else [],
        margin=MARGIN, showlegend=False,
        meta={"row": row, "column": column, "weight": 1, "x_name": "θ"},
    )  # fmt: skip


def learner(name: str, theta: float, row: int, column: int) -> Picture:
    """The lines under a loss of a name, small."""
    return picture(
        _lines(theta),
        title=title(f"<b>{name}</b>", []),
        xaxis=axis(range=[-SWING, SWING], tickvals=[-2, -1, 0, 1, 2], showticklabels=False),
        yaxis=UPRIGHT | {"showticklabels": False},
        margin=MARGIN | {"b": 4}, showlegend=False,
        meta={"row": row, "column": column, "weight": 1, "x_name": "x"},
    )  # fmt: skip


def course(steps: Values, thetas: Values, last: int, row: int, column: int) -> Picture:
    """Where the generator's line went over the iterations, and the data's line."""
    return picture(
        [
            line(np.array([0.0, last]), np.zeros(2), REAL, "data", 3),
            line(steps, thetas, GENERATED, "θ"),
        ],
        title=title("", [(f"θ = {_signed(float(thetas[-1]), '.2f')}", GENERATED)]),
        xaxis=axis(range=[0, last], nticks=4, tickangle=0),
        yaxis=axis(range=[-SWING, SWING], tickvals=[-2, -1, 0, 1, 2]),
        margin=MARGIN, showlegend=False,
        meta={"row": row, "column": column, "weight": 2, "x_name": "iteration"},
    )  # fmt: skip


def _lines(theta: float) -> list[dict[str, Any]]:
    ends = np.array([0.0, 1.0])
    return [
        line(np.full(2, 0.0), ends, REAL, "data", 7),
        line(np.full(2, theta), ends, GENERATED, "generated", 4),
    ]


def _drawn(values: Any) -> Values:
    """Values that can be drawn: infinite ones have a line of their own."""
    return np.where(np.isinf(values), NEVER, values)


def _arrow(x: float, y: float, slope: float) -> dict[str, Any]:
    """Where a step down the slope leads, along the tangent."""
    step = -STEP * slope
    return {
        "x": x + step, "y": y + step * slope, "ax": x, "ay": y, "axref": "x", "ayref": "y",
        "text": "", "showarrow": True, "arrowhead": 2, "arrowsize": 1.2, "arrowwidth": 3,
        "arrowcolor": GRADIENT,
    }  # fmt: skip


def _signed(value: float, look: str = "g") -> str:
    """A number with its sign; 0 has none."""
    text = format(value, f"+{look}")
    return text.replace("-", "−") if float(text) else text[1:]
