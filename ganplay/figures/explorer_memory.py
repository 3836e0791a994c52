"""Memory or imagination: how far samples are from training pictures, and how the search for z went."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ganplay.figures.panels import title
from ganplay.figures.style import (
    ATTENTION,
    CLEAR,
    FONT,
    GENERATED,
    INK,
    REAL,
    Picture,
    axis,
    picture,
)

Values = NDArray[np.float32]

TICKS = tuple(mantissa * 10.0**power for power in range(-4, 1) for mantissa in (1, 2, 5))
"""Where a logarithmic axis of portions is marked."""

ROWS = (("copies", INK[REAL]), ("samples", GENERATED), ("real", REAL))
"""What is compared, from the bottom: blurred training pictures, samples, and fresh real pictures."""


def ratios(found: Sequence[tuple[str, Sequence[Values], float]], picked: int) -> Picture:
    """For each space its name, how far pictures of each of ROWS are from their nearest training
    picture, and from where down that is near: a dot for each picture, a line at the median of each
    row, and a ring around the sample that is picked."""
    width = 1 / len(found)
    traces, layout = [], {}
    shapes, words = [], []
    for i, (name, rows, near) in enumerate(found):
        n = "" if i == 0 else str(i + 1)
        most = 1.08 * max(1.0, *(float(np.quantile(values, 0.98)) for values in rows))
        for y, ((kind, colour), values) in enumerate(zip(ROWS, rows, strict=True)):
            traces.append(
                {
                    "type": "scatter", "mode": "markers", "name": kind, "x": values,
                    "y": y + _spread(len(values)), "xaxis": f"x{n}", "yaxis": f"y{n}",
                    "marker": {"size": 6, "color": colour, "opacity": 0.55},
                    "hovertemplate": "%{x:.2f}<extra></extra>",
                }
            )  # fmt: skip
            middle = float(np.median(values))
            shapes.append(_line(n, middle, y - 0.36, y + 0.36, colour, 3, "solid"))
            words.append(_words(n, middle, y + 0.42, f"{middle:.2f}", colour))
        shapes.append(_line(n, near, -0.5, 2.6, ATTENTION, 1.5, "dot"))
        words += [
            _words(n, near, 2.62, "near", ATTENTION) | {"xanchor": "right"},
            {
                "text": f"distance in {name}",
                "xref": f"x{n} domain",
                "x": 0.5,
                "yref": "paper",
                "y": 0,
                "yanchor": "top",
                "yshift": -20,
                "showarrow": False,
            },
        ]
        traces.append(
            {
                "type": "scatter", "mode": "markers", "name": "picked", "hoverinfo": "skip",
                "x": rows[1][picked : picked + 1], "y": 1 + _spread(len(rows[1]))[picked : picked + 1],
                "xaxis": f"x{n}", "yaxis": f"y{n}",
                "marker": {
                    "size": 13, "color": CLEAR, "line": {"color": ATTENTION, "width": 2.5}
                },
            }
        )  # fmt: skip
        start = i * width + (0.05 if i else 0)
        layout[f"xaxis{n}"] = axis(
            range=[0, most], domain=[start, (i + 1) * width - 0.02], anchor=f"y{n}", nticks=6,
        )  # fmt: skip
        layout[f"yaxis{n}"] = axis(
            range=[-0.5, 2.75], anchor=f"x{n}", showgrid=False, tickvals=[0, 1, 2],
            ticktext=[f'<span style="color:{colour}"><b>{kind}</b></span>' for kind, colour in ROWS],
            showticklabels=i == 0,
        )  # fmt: skip
    return picture(
        traces, shapes=shapes, annotations=words, showlegend=False, hovermode="closest",
        margin={"l": 66, "r": 8, "t": 4, "b": 40}, **layout,
    )  # fmt: skip


def descent(steps: Sequence[int], curves: Sequence[tuple[str, Values, str]]) -> Picture:
    """How far rebuilt pictures are off, over the steps of the search: for each its name, the errors
    as portions, and a colour."""
    ends = [f(values) for _, values, _ in curves for f in (np.min, np.max)]
    low, high = max(float(min(ends)), 1e-4), max(float(max(ends)), 2e-4)
    return picture(
        [
            {
                "type": "scatter", "mode": "lines", "name": name, "x": list(steps), "y": values,
                "line": {"color": colour, "width": 2.5},
            }
            for name, values, colour in curves
        ],
        title=title("", [(name, colour) for name, _, colour in curves]),
        xaxis=axis(range=[0, steps[-1]], nticks=4, title={"text": "steps", "standoff": 8}),
        yaxis=axis(
            type="log", range=[np.log10(0.8 * low), np.log10(1.2 * high)],
            tickvals=TICKS, ticktext=[f"{100 * tick:g}%" for tick in TICKS],
        ),
        margin={"l": 50, "r": 8, "t": 26, "b": 46},
        showlegend=False,
    )  # fmt: skip


def _spread(n: int) -> Values:
    """Heights for n dots of a row, so that few hide each other: the golden ratio's multiples."""
    return (((np.arange(n) * 0.618034) % 1 - 0.5) * 0.6).astype(np.float32)


def _line(
    n: str, x: float, low: float, high: float, colour: str, thick: float, dash: str
) -> dict[str, object]:
    return {
        "type": "line", "xref": f"x{n}", "yref": f"y{n}", "x0": x, "x1": x, "y0": low, "y1": high,
        "line": {"color": colour, "width": thick, "dash": dash},
    }  # fmt: skip


def _words(n: str, x: float, y: float, text: str, colour: str) -> dict[str, object]:
    return {
        "xref": f"x{n}", "yref": f"y{n}", "x": x, "y": y, "text": f"<b>{text}</b>", "showarrow": False,
        "yanchor": "middle", "font": {"size": FONT, "color": colour},
    }  # fmt: skip
