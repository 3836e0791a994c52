"""Transport: plans, the area between distribution functions, potentials, and what critics learned."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ganplay.figures.panels import title
from ganplay.figures.style import (
    BLEND,
    DISCRIMINATOR,
    EDGE,
    FAINT,
    FONT,
    GENERATED,
    PAPER,
    REAL,
    VERDICT,
    Picture,
    axis,
    picture,
)
from ganplay.figures.theory_marks import dots, line
from ganplay.theory.transport import Matching

Values = NDArray[np.float64]

REACH = 6.0
"""Half the length of the axis of real numbers that is shown."""
HIGH = 4.0
"""Up to which value potentials are shown."""
STRIP = 2.5
"""Room beside a plan for its marginals, in units of x."""
WAYS = 40
"""Shares into which the mass is cut where their ways are drawn."""
PLANE = 4.0
"""Half the side of the square with the clouds."""
MARGIN = {"l": 44, "r": 12, "t": 28, "b": 26}
INK = ((0.0, PAPER), (1.0, BLEND))


def plan(middles: Values, masses: tuple[Values, Values], matrix: Values) -> Picture:
    """How much of the mass at y (real) goes to x (generated), as shades; the marginals beside it."""
    seen = np.abs(middles) < REACH
    masses = masses[0][seen], masses[1][seen]
    middles, matrix = middles[seen], matrix[np.ix_(seen, seen)]
    step = float(middles[1] - middles[0])
    shades = (matrix / max(float(matrix.max()), 1e-30)) ** 0.4  # so that thin spreads are seen too
    real, generated = (each / max(float(each.max()), 1e-30) * 0.85 * STRIP for each in masses)
    ends = np.array([-REACH, REACH])
    edge = axis(range=[-REACH - STRIP, REACH], tickvals=[-5, 0, 5], showgrid=False)
    return picture(
        [
            {
                "type": "heatmap", "name": "plan", "z": shades, "x0": float(middles[0]), "dx": step,
                "y0": float(middles[0]), "dy": step, "zmin": 0.0, "zmax": 1.0,
                "colorscale": INK, "showscale": False,
            },
            line(ends, ends, EDGE, "stays", 1.0, "dot"),
            line(-REACH - real, middles, REAL, "real", 2.5),
            line(middles, -REACH - generated, GENERATED, "generated", 2.5),
        ],
        title=title("the plan,", [("from ↑ real", REAL), ("to → generated", GENERATED)]),
        xaxis=edge, yaxis=edge,
        margin=MARGIN, showlegend=False,
        meta={"row": 0, "column": 0, "weight": 4, "wide": 1, "x_name": "to"},
    )  # fmt: skip


def ways(x: Values, f: Values, g: Values, quantiles: tuple[Values, Values], w1: float) -> Picture:
    """Both distribution functions, and each share of the mass on its way from one to the other: the
    mean length of the ways is the area between the curves."""
    starts, ends = quantiles
    gap, level = np.full_like(starts, np.nan), (np.arange(len(starts)) + 0.5) / len(starts)
    return picture(
        [
            line(np.stack((starts, ends, gap), 1).ravel(),
                  np.stack((level, level, gap), 1).ravel(), EDGE, "ways", 2.0),
            line(x, f, REAL, "F", 3.0),
            line(x, g, GENERATED, "G", 3.0),
        ],
        title=title(f"area = W1 = {w1:.3f}", [("F real", REAL), ("G generated", GENERATED)]),
        xaxis=axis(range=[-REACH, REACH], tickvals=[-5, 0, 5]),
        yaxis=axis(range=[-0.04, 1.04], tickvals=[0, 0.5, 1]),
        margin=MARGIN, showlegend=False,
        meta={"row": 0, "column": 1, "weight": 4, "wide": 1, "x_name": "x"},
    )  # fmt: skip


def gauge(rows: Sequence[tuple[str, float, str]], w1: float, top: float, row: int) -> Picture:
    """Values as bars to the right, each with its words, and W1 as a line across them."""
    traces, words = [], []
    for i, (label, value, colour) in enumerate(rows):
        y, end = float(len(rows) - i), min(max(value, 0.0), top)
        traces.append(line(np.array([0.0, end]), np.full(2, y), colour, label, 14.0))
        words.append(
            {"x": max(end, w1), "y": y, "text": f"<b>{value:.3f}</b> {label}", "showarrow": False,
             "xanchor": "left", "xshift": 8, "font": {"size": FONT}}
        )  # fmt: skip
    span = [0.4, len(rows) + 0.6]
    traces.append(line(np.full(2, w1), np.array(span), BLEND, "W1", 2.0, "dash"))
    return picture(
        traces,
        title=title("in units of x", [(f"- - W1 = {w1:.3f}", BLEND)]),
        xaxis=axis(range=[0, top], nticks=7),
        yaxis=axis(range=span, showticklabels=False, showgrid=False),
        annotations=words,
        margin=MARGIN, showlegend=False,
        meta={"row": row, "column": 0, "weight": 0.55 + 0.28 * len(rows), "wide": 1, "x_name": "W"},
    )  # fmt: skip


def clouds(found: Matching, partner: NDArray[np.int64], side: int = 64) -> Picture:
    """Two clouds, joined by a plan, on the surface of the optimal potential."""
    at = np.linspace(-PLANE, PLANE, side)
    surface = found.potential(np.stack(np.meshgrid(at, at), -1))
    heights = found.potential(np.concatenate((found.x, found.y)))
    middle, half = float(heights.mean()), float(np.abs(heights - heights.mean()).max())
    gap = np.full_like(found.x, np.nan)
    joined = np.stack((found.x, found.y[partner], gap), 1).reshape(-1, 2)
    edge = axis(range=[-PLANE, PLANE], showgrid=False, constrain="domain", tickvals=[-2, 0, 2])
    step = float(at[1] - at[0])
    return picture(
        [
            {
                "type": "heatmap", "name": "f*", "z": surface, "x0": -PLANE, "dx": step,
                "y0": -PLANE, "dy": step, "zmin": middle - half, "zmax": middle + half,
                "zsmooth": "best", "colorscale": VERDICT, "showscale": False,
            },
            line(joined[:, 0], joined[:, 1], BLEND, "plan", 1.2),
            dots(found.x[:, 0], found.x[:, 1], REAL, "real", 9),
            dots(found.y[:, 0], found.y[:, 1], GENERATED, "generated", 9),
        ],
        title=title("", [("real", REAL), ("generated", GENERATED), ("plan", BLEND),
                         ("f* as shades, high where green", FAINT)]),
        xaxis=edge, yaxis=edge | {"scaleanchor": "x"},
        margin=MARGIN, showlegend=False, meta={"row": 0, "column": 0, "weight": 5, "wide": 1},
    )  # fmt: skip


def densities(x: Values, p: Values, q: Values) -> Picture:
    """Both densities."""
    return picture(
        [line(x, p, REAL, "real", 3.0), line(x, q, GENERATED, "generated", 3.0)],
        title=title("", [("p real", REAL), ("q generated", GENERATED)]),
        xaxis=axis(range=[-REACH, REACH], tickvals=[-5, 0, 5]),
        yaxis=axis(range=[0, 0.52], tickvals=[0, 0.2, 0.4]),
        margin=MARGIN, showlegend=False,
        meta={"row": 0, "column": 0, "weight": 1.2, "x_name": "x"},
    )  # fmt: skip


def potentials(x: Values, best: Values, own: Values, slope: float) -> Picture:
    """The optimal potential and the reader's own, which is nowhere steeper than `slope`."""
    return picture(
        [
            line(x, own, DISCRIMINATOR, "yours", 4.0),
            line(x, best, BLEND, "f*", 2.0, "dash"),
        ],
        title=title("", [("- - f*, the best", BLEND),
                         (f"your f, steepest {slope:.2f} of 1 allowed", DISCRIMINATOR)]),
        xaxis=axis(range=[-REACH, REACH], tickvals=[-5, 0, 5]),
        yaxis=axis(range=[-HIGH, HIGH], tickvals=[-4, -2, 0, 2, 4]),
        margin=MARGIN, showlegend=False,
        meta={"row": 1, "column": 0, "weight": 2, "x_name": "x"},
    )  # fmt: skip


def critic(
    words: str, x: Values, best: Values, learned: Values, seen: Values, column: int
) -> Picture:
    """A critic divided by its steepest slope, over the optimal potential; thick where `seen` has
    points, thin beyond, where nothing was learned."""
    return picture(
        [
            line(x, learned, EDGE, "beyond the data", 2.0),
            line(x, np.where(seen, learned, np.nan), DISCRIMINATOR, "critic", 4.0),
            line(x, best, BLEND, "f*", 2.0, "dash"),
        ],
        title=title(f"<b>{words}</b>", [("critic", DISCRIMINATOR), ("- - f*", BLEND)]),
        xaxis=axis(range=[-REACH, REACH], tickvals=[-5, 0, 5]),
        yaxis=axis(range=[-HIGH, HIGH], tickvals=[-4, -2, 0, 2, 4]),
        margin=MARGIN, showlegend=False,
        meta={"row": 0, "column": column, "weight": 1.3, "x_name": "x"},
    )  # fmt: skip


def course(steps: Values, estimates: Values, w1: float, last: int, column: int) -> Picture:
    """What a critic says of W1 over the iterations, and W1 itself."""
    top = 1.25 * max(w1, 0.4)
    return picture(
        [
            line(steps, estimates, DISCRIMINATOR, "estimate", 3.0),
            line(np.array([0.0, last]), np.full(2, w1), BLEND, "W1", 2.0, "dash"),
        ],
        title=title("its estimate", [(f"{estimates[-1]:.3f}", DISCRIMINATOR),
                                     (f"- - W1 = {w1:.3f}", BLEND)]),
        xaxis=axis(range=[0, last], nticks=5, tickangle=0),
        yaxis=axis(range=[-0.25 * top, top], nticks=5),
        margin=MARGIN, showlegend=False,
        meta={"row": 1, "column": column, "weight": 1, "x_name": "iteration"},
    )  # fmt: skip
