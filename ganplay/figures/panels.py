"""The small pictures beside the stage: curves and coverage."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from ganplay.figures.style import (
    ATTENTION,
    DISCRIMINATOR,
    FONT,
    GENERATED,
    REAL,
    Picture,
    axis,
    ceiling,
    picture,
)
from ganplay.history import WATCHED, History
from ganplay.metrics.coverage import PERFECT_HQ, Coverage
from ganplay.snapshot import Array

MARGIN = {"l": 44, "r": 10, "t": 26, "b": 24}


def losses(history: History) -> Picture:
    """What each player minimises, over iterations, with a mark at each change of settings."""
    d, g = history.column("loss_d"), history.column("loss_g")
    values = _finite(*(curve[_since_new_loss(history) :] for curve in (d, g)))
    ends = (float(values.max()), float(values.min())) if values.any() else (1.9, 0.0)
    top, bottom = (1.05 * end for end in ends)
    high = ceiling(top) if top > 0 else 0.0
    low = -ceiling(-bottom) if bottom < 0 else 0.0
    return _curves(
        "losses",
        history,
        [("D", d, DISCRIMINATOR), ("G", g, GENERATED)],
        axis(range=[low, high], nticks=5),
        row=0,
        words=True,
    )


def gradient_norms(history: History) -> Picture:
    """Norm of the gradient by each player's parameters, on a logarithmic scale."""
    d, g = history.column("norm_d"), history.column("norm_g")
    values = _finite(d, g)
    values = values[values > 0]
    low, high = (values.min(), values.max()) if len(values) else (1.0, 1.0)
    decades = [math.floor(math.log10(low)), math.floor(math.log10(high)) + 1]
    every = math.ceil((decades[1] - decades[0]) / 4)
    return _curves(
        "gradient norms",
        history,
        [("D", d, DISCRIMINATOR), ("G", g, GENERATED)],
        axis(
            type="log", range=decades, dtick=every, exponentformat="power" if low < 1e-3 else "none"
        ),
        row=1,
    )


def coverage_over_time(history: History) -> Picture:
    """Portion of the modes that are covered, and of the samples that are of high quality; the
    green line is what a perfect generator reaches."""
    quality = history.column("high_quality")
    curves = [("modes —", history.column("covered"), GENERATED)]
    if np.isfinite(quality).any():
        curves.append(("quality ···", quality, GENERATED))
    percent = axis(range=[0, 1.04], tickvals=[0, 0.5, 1], ticktext=["0", "50 %", "100 %"])
    perfect = _line(y0=PERFECT_HQ, y1=PERFECT_HQ, xref="paper", x0=0, x1=1, color=REAL)
    lines = [perfect] if len(curves) > 1 else []
    return _curves("", history, curves, percent, row=2, column=1, lines=lines)


def evidence(history: History, titles: Sequence[str], bounds: Sequence[float]) -> Picture:
    """One or two watched measures, and a line at each bound that somebody claims for the first."""
    curves = [
        (title, history.column(name), colour)
        for title, name, colour in zip(titles, WATCHED, (GENERATED, REAL), strict=False)
    ]
    seen = _finite(*(values for _, values, _ in curves), np.array(bounds, np.float32))
    top, bottom = (float(seen.max()), float(seen.min())) if len(seen) else (1.0, 0.0)
    high = ceiling(1.1 * top) if top > 0 else 0.0
    low = -ceiling(-1.1 * bottom) if bottom < 0 else 0.0
    lines = [_line(y0=y, y1=y, xref="paper", x0=0, x1=1, color=ATTENTION) for y in bounds]
    yaxis = axis(range=[low, high if high > low else low + 1], nticks=5)
    return _curves("", history, curves, yaxis, row=2, column=1, lines=lines)


def coverage(c: Coverage) -> Picture:
    """Share of the samples in each part, beside p_data's own share."""
    parts = np.arange(1, len(c.shares) + 1, dtype=np.float32)
    top = max(2 * float(c.fair.max()), ceiling(float(c.shares.max())))
    gap = np.full_like(parts, np.nan)
    return picture(
        [
            {
                "type": "bar",
                "name": "generated",
                "x": parts,
                "y": c.shares.astype(np.float32),
                "width": 0.72,
                "marker": {"color": GENERATED},
            },
            {
                "type": "scatter",
                "mode": "lines",
                "name": "fair share",
                "x": np.stack((parts - 0.48, parts + 0.48, gap), 1).ravel(),
                "y": np.stack((c.fair, c.fair, gap), 1).ravel().astype(np.float32),
                "line": {"color": REAL, "width": 2},
            },
        ],
        title=_title("modes", [("share", GENERATED), ("fair", REAL)]),
        xaxis=axis(range=[0.4, len(parts) + 0.6], showgrid=False, nticks=9, tickformat="d"),
        yaxis=axis(range=[0, top], nticks=4, tickformat=".0%"),
        margin=MARGIN,
        showlegend=False,
        meta={"row": 2, "column": 0, "weight": 1, "x_name": "mode"},
    )


def _curves(
    title: str,
    history: History,
    curves: list[tuple[str, Array, str]],
    yaxis: dict[str, Any],
    row: int,
    column: int = 0,
    words: bool = False,
    lines: Sequence[dict[str, Any]] = (),
) -> Picture:
    steps = history.column("step")
    last = ceiling(max(float(steps[-1]) if len(steps) else 0.0, 100.0))
    marks = [mark for mark in history.marks if mark[0] <= last]
    return picture(
        [
            {
                "type": "scatter",
                "mode": "lines",
                "name": name,
                "x": steps,
                "y": np.where(np.isfinite(values), values, np.nan).astype(np.float32),
                "line": {"color": colour, "width": 2, "dash": "dot" if "·" in name else "solid"},
            }
            for name, values, colour in curves
        ],
        title=_title(title, [(name, colour) for name, _, colour in curves]),
        xaxis=axis(range=[0, last], nticks=4 if column else 6, tickangle=0),
        yaxis=yaxis,
        margin=MARGIN,
        shapes=[
            *lines,
            *(_line(x0=s, x1=s, yref="paper", y0=0, y1=1, color=ATTENTION) for s, _ in marks),
        ],
        annotations=[
            _mark(step, text, step > last / 2, line)
            for line, (step, text) in enumerate(marks[-3:])
            if words
        ],
        showlegend=False,
        meta={"row": row, "column": column, "weight": 1},
    )


def _since_new_loss(history: History) -> int:
    """The first row under the present loss: the scale of another loss says nothing about it."""
    steps = [step for step, words in history.marks if "loss=" in words]
    return int(np.searchsorted(history.column("step"), steps[-1], "right")) if steps else 0


def _finite(*curves: Array) -> Array:
    values = np.concatenate(curves)
    return values[np.isfinite(values)]


def _title(text: str, curves: list[tuple[str, str]]) -> dict[str, Any]:
    """A title that is the legend too: each curve's name in its colour."""
    names = "  ".join(
        f'<span style="color:{colour}"><b>{name}</b></span>' for name, colour in curves
    )
    return {
        "text": f"{text}   {names}".strip(),
        "x": 0,
        "xref": "paper",
        "y": 1,
        "yref": "paper",
        "yanchor": "bottom",
        "pad": {"b": 5},
        "font": {"size": FONT},
    }


def _line(color: str, **ends: Any) -> dict[str, Any]:
    return {"type": "line", "line": {"color": color, "width": 1.5, "dash": "dot"}, **ends}


def _mark(step: int, text: str, left: bool, line: int) -> dict[str, Any]:
    """What changed, to the left or right of where it did; each on a line of its own, as they may
    lie close together."""
    return {"x": step, "y": 1, "yref": "paper", "yanchor": "top", "text": text, "showarrow": False,
            "yshift": -(FONT + 3) * line, "xanchor": "right" if left else "left",
            "font": {"size": FONT, "color": ATTENTION}}  # fmt: skip
