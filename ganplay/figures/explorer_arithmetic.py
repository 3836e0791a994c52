"""What arithmetic in z gives: how often it works, and the equation as one picture."""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ganplay.figures.panels import reference_line, title
from ganplay.figures.sheets import Colours, tiled
from ganplay.figures.style import (
    ATTENTION,
    BLEND,
    DISCRIMINATOR,
    FONT,
    GENERATED,
    REAL,
    Picture,
    axis,
    picture,
)

PERCENT = {"range": [0, 1.04], "tickvals": [0, 0.5, 1], "ticktext": ["0", "50 %", "100 %"]}
GAP = 2
"""Pixels between the pictures of an equation."""
SIGN = 14
"""Pixels that a sign takes across."""


def success(
    counts: Sequence[int],
    rates: tuple[Sequence[float], Sequence[float]],
    distances: tuple[Sequence[float], Sequence[float]],
    now: int,
) -> Picture:
    """Two panels over the number of exemplars: the portion of equations that works, and the distance
    of what they give to real pictures, each by z and by pixel; with a mark at the number that is
    shown."""
    x = [str(count) for count in counts]
    looks = (("by z", GENERATED, "solid"), ("by pixel", BLEND, "dot"))
    traces = [
        {
            "type": "scatter",
            "mode": "lines+markers+text" if panel == 1 else "lines+markers",
            "name": name,
            "x": x,
            "y": np.asarray(values, np.float32),
            "text": [f"{100 * value:.0f}\u00a0%" for value in values] if panel == 1 else [],
            "textposition": "top center" if name == "by z" else "bottom center",
            "cliponaxis": False,
            "line": {"color": colour, "width": 2.5, "dash": dash},
            "marker": {"size": 7, "color": colour},
            "textfont": {"color": colour, "size": FONT},
            **({} if panel == 1 else {"xaxis": "x2", "yaxis": "y2"}),
        }
        for panel, both in enumerate((rates, distances), 1)
        for values, (name, colour, dash) in zip(both, looks, strict=True)
    ]
    most = 1.15 * max(1.0, *(max(values) for values in distances))
    along = {"type": "category", "showgrid": False, "range": [-0.4, len(counts) - 0.6]}
    marks = [
        {"type": "line", "xref": ref, "yref": f"{y} domain", "x0": x.index(str(now)),
         "x1": x.index(str(now)), "y0": 0, "y1": 1, "layer": "below",
         "line": {"color": ATTENTION, "width": 1.5, "dash": "dot"}}
        for ref, y in (("x", "y"), ("x2", "y2")) if now in counts
    ]  # fmt: skip
    real = reference_line(1) | {"xref": "x2 domain", "yref": "y2"}
    return picture(
        traces,
        xaxis=axis(**along),
        yaxis=axis(**PERCENT | {"range": [-0.14, 1.16]}, domain=[0.56, 1]),
        xaxis2=axis(**along, anchor="y2", title={"text": "exemplars a term", "standoff": 2}),
        yaxis2=axis(range=[0, most], nticks=4, domain=[0, 0.38], anchor="x2"),
        title=title("equations that work", [(name, colour) for name, colour, _ in looks]),
        annotations=[
            {"x": 0, "y": 0.38, "xref": "paper", "yref": "paper", "yanchor": "bottom", "yshift": 5,
             "xanchor": "left", "showarrow": False, "font": {"size": FONT},
             "text": f'distance to <span style="color:{REAL}"><b>real pictures</b></span>, theirs is 1'},
        ],
        shapes=[*marks, real],
        margin={"l": 44, "r": 10, "t": 26, "b": 40},
        showlegend=False,
    )  # fmt: skip


def steps(
    alphas: Sequence[float], rates: Sequence[float], control: Sequence[float], now: float
) -> Picture:
    """The portion of samples in which a step of each length switches an attribute and nothing else,
    along its direction and along random ones; with a mark at the length that is shown."""
    looks = (("its direction", GENERATED, "solid"), ("random", DISCRIMINATOR, "dot"))
    traces = [
        {
            "type": "scatter",
            "mode": "lines+markers",
            "name": name,
            "x": np.asarray(alphas, np.float32),
            "y": np.asarray(values, np.float32),
            "line": {"color": colour, "width": 2.5, "dash": dash},
            "marker": {"size": 6, "color": colour},
        }
        for values, (name, colour, dash) in zip((rates, control), looks, strict=True)
    ]
    mark = {"type": "line", "x0": now, "x1": now, "yref": "y domain", "y0": 0, "y1": 1,
            "layer": "below", "line": {"color": ATTENTION, "width": 1.5, "dash": "dot"}}  # fmt: skip
    return picture(
        traces,
        xaxis=axis(range=[alphas[0] - 0.2, alphas[-1] + 0.2], tickvals=list(range(-3, 4)),
                   ticktext=["−3", "−2", "−1", "0", "+1", "+2", "+3"],
                   title={"text": "alpha", "standoff": 2}),
        yaxis=axis(**PERCENT),
        title=title("switched", [(name, colour) for name, colour, _ in looks]),
        shapes=[mark],
        margin={"l": 44, "r": 10, "t": 26, "b": 40},
        showlegend=False,
    )  # fmt: skip


# ---- the equation as one picture


def equation(
    stacks: Sequence[Colours], means: Colours, sums: Colours, by_pixel: Colours
) -> Colours:
    """Three stacks of exemplars; below them their means [3, side, side, 3] in z with the 3x3 sums; and
    below those the means and the sum by pixel [4, side, side, 3]. One picture [height, width, 3], in
    which a mean is about as wide as the widest stack."""
    columns = [max(1, math.ceil(math.sqrt(len(stack)))) for stack in stacks]
    across = [tiled(stack, n, 1) for stack, n in zip(stacks, columns, strict=True)]
    signs = np.stack([_sign(which) for which in "-+="])
    means, sums, by_pixel, signs = (
        _enlarged(part, max(columns)) for part in (means, sums, by_pixel, signs)
    )
    side, grid = means.shape[1], tiled(sums, 3, GAP)
    top = max(stack.shape[0] for stack in across)
    wide = max(side, *(stack.shape[1] for stack in across))
    height = max(top, len(grid) - side - GAP)
    starts = [i * (wide + signs.shape[1]) for i in range(4)]
    made = np.full((height + 2 * (side + GAP), starts[3] + grid.shape[1], 3), 255, np.uint8)

    def put(part: Colours, y: int, x: int, room: int = 0) -> None:
        x += max(0, room - part.shape[1]) // 2
        made[y : y + part.shape[0], x : x + part.shape[1]] = part

    rows = (height + GAP, height + side + 2 * GAP)
    for i, stack in enumerate(across):
        put(stack, height - stack.shape[0], starts[i], wide)
        for row, pictures in zip(rows, (means, by_pixel), strict=True):
            put(pictures[i], row, starts[i], wide)
            put(signs[i], row + (side - signs.shape[1]) // 2, starts[i] + wide)
    put(grid, rows[0] + side - len(grid), starts[3])
    put(by_pixel[3], rows[1], starts[3])
    return made


def _enlarged(pictures: Colours, times: int) -> Colours:
    return pictures.repeat(times, 1).repeat(times, 2)


def _sign(which: str) -> NDArray[np.uint8]:
    """A sign [SIGN, SIGN, 3] in dark ink on paper."""
    drawn = np.full((SIGN, SIGN, 3), 255, np.uint8)
    middle, ink = SIGN // 2, 40
    for y in (middle - 2, middle + 1) if which == "=" else (middle - 1,):
        drawn[y : y + 2, 3:-3] = ink
    if which == "+":
        drawn[3:-3, middle - 1 : middle + 1] = ink
    return drawn
