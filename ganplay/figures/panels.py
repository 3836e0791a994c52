"""The small pictures beside the stage: curves and coverage."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ganplay.figures.style import (
    ATTENTION,
    DISCRIMINATOR,
    FONT,
    GENERATED,
    LOUD,
    REAL,
    VAE,
    WORDS,
    Picture,
    axis,
    ceiling,
    picture,
)
from ganplay.history import WATCHED, History
from ganplay.metrics.coverage import PERFECT_HQ, Coverage
from ganplay.snapshot import Array

GHOST = 0.35
"""Opacity of the curves of a future that was left."""
MARGIN = {"l": 44, "r": 10, "t": 26, "b": 24}


def losses(history: History) -> Picture:
    """What each player minimises, over iterations, with a mark at each change of settings."""
    d, g = history.column("loss_d"), history.column("loss_g")
    values = _finite(*(curve[_since_new_loss(history) :] for curve in (d, g)))
    ends = (float(values.max()), float(values.min())) if values.any() else (1.9, 0.0)
    top, bottom = (1.05 * end for end in ends)
    high = ceiling(top) if top > 0 else 0.0
    low = -ceiling(-bottom) if bottom < 0 else 0.0
    return told(
        "losses",
        history,
        [("D", "loss_d", DISCRIMINATOR), ("G", "loss_g", GENERATED)],
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
    return told(
        "gradient norms",
        history,
        [("D", "norm_d", DISCRIMINATOR), ("G", "norm_g", GENERATED)],
        axis(
            type="log", range=decades, dtick=every, exponentformat="power" if low < 1e-3 else "none"
        ),
        row=1,
    )


def coverage_over_time(history: History) -> Picture:
    """Portion of the modes that are covered, and of the samples that are of high quality; the
    green line is what a perfect generator reaches."""
    quality = history.column("high_quality")
    found = [("modes —", "covered", GENERATED)]
    if np.isfinite(quality).any():
        found.append(("quality ···", "high_quality", GENERATED))
    percent = axis(range=[0, 1.04], tickvals=[0, 0.5, 1], ticktext=["0", "50 %", "100 %"])
    lines = [reference_line(PERFECT_HQ)] if len(found) > 1 else []
    return told("", history, found, percent, row=2, column=1, lines=lines)


def evidence(
    history: History, titles: Sequence[str], bounds: Sequence[float], of_vae: bool = False
) -> Picture:
    """One or two watched measures, and a line at each bound that somebody claims for the first;
    `of_vae` is whether that one is about the VAE."""
    own = VAE if of_vae else GENERATED
    found = list(zip(titles, WATCHED, (own, REAL), strict=False))
    drawn = [of(name) for _, name, _ in found for of in (history.column, history.ghost_column)]
    seen = _finite(*drawn)
    # all but the rarest values: how a run starts would else make all that follows look flat
    usual = np.quantile(seen, (0.05, 0.95)).tolist() if len(seen) else []
    top = float(max([*usual, *bounds], default=1.0))
    bottom = float(min([*usual, *bounds], default=0.0))
    high = ceiling(1.1 * top) if top > 0 else 0.0
    low = -ceiling(-1.1 * bottom) if bottom < 0 else 0.0
    lines = [_line(y0=y, y1=y, xref="paper", x0=0, x1=1, color=ATTENTION) for y in bounds]
    yaxis = axis(range=[low, high if high > low else low + 1], nticks=5)
    return told("", history, found, yaxis, row=2, column=1, lines=lines)


def coverage(c: Coverage) -> Picture:
    """Share of the samples in each part, beside p_data's own share."""
    return bars(
        np.arange(1, len(c.shares) + 1),
        c.shares,
        c.fair,
        title("modes", [("share", GENERATED), ("fair", REAL)]),
        meta={"row": 2, "column": 0, "weight": 1, "x_name": "mode"},
    )


def bars(
    parts: NDArray[Any],
    shares: NDArray[Any],
    fair: NDArray[Any],
    heading: dict[str, Any],
    meta: dict[str, Any],
) -> Picture:
    """The generated share of each part as a bar, and the fair one as a line across it."""
    parts = parts.astype(np.float32)
    top = max(2 * float(fair.max()), ceiling(float(shares.max())) if shares.any() else 0.0)
    gap = np.full_like(parts, np.nan)
    return picture(
        [
            {
                "type": "bar",
                "name": "generated",
                "x": parts,
                "y": shares.astype(np.float32),
                "width": 0.72,
                "marker": {"color": GENERATED},
            },
            {
                "type": "scatter",
                "mode": "lines",
                "name": "fair share",
                "x": np.stack((parts - 0.48, parts + 0.48, gap), 1).ravel(),
                "y": np.stack((fair, fair, gap), 1).ravel().astype(np.float32),
                "line": {"color": REAL, "width": 2},
            },
        ],
        title=heading,
        xaxis=axis(
            range=[float(parts[0]) - 0.6, float(parts[-1]) + 0.6],
            showgrid=False,
            nticks=10,
            tickformat="d",
        ),
        yaxis=axis(range=[0, top], nticks=4, tickformat=".0%"),
        margin=MARGIN,
        showlegend=False,
        meta=meta,
    )


Curve = tuple[str, Array, Array, str]
"""Its name, its iterations, its values and its colour."""


def told(
    name: str,
    history: History,
    found: Sequence[tuple[str, str, str]],
    yaxis: dict[str, Any],
    row: int,
    seldom: bool = False,
    **more: Any,
) -> Picture:
    """Curves of a History, each a name, a column and a colour, and behind them those of the future that
    was left; `seldom` joins values across looks that have none."""

    def drawn(rows: Array) -> list[Curve]:
        own = History(rows)
        each = [(label, own.column(column), colour) for label, column, colour in found]
        there = [np.isfinite(v) if seldom else np.full(len(v), True) for _, v, _ in each]
        return [
            (label, own.column("step")[t], values[t], colour)
            for (label, values, colour), t in zip(each, there, strict=True)
        ]

    ghosts = drawn(history.ghost) if len(history.ghost) else []
    return curves(name, history, drawn(history.rows), yaxis, row, ghosts=ghosts, **more)


def curves(
    name: str,
    history: History,
    found: Sequence[Curve],
    yaxis: dict[str, Any],
    row: int,
    column: int = 0,
    words: bool = False,
    lines: Sequence[dict[str, Any]] = (),
    ghosts: Sequence[Curve] = (),
) -> Picture:
    """Curves over iterations, with a mark at each change of settings; `ghosts` lie faint behind them."""
    steps = np.concatenate((history.column("step")[-1:], history.ghost_column("step")[-1:], [100]))
    last = ceiling(float(steps.max()))
    marks = [mark for mark in history.marks if mark[0] <= last]
    return picture(
        [
            *(
                _line_of(curve) | {"opacity": GHOST, "name": f"{curve[0]}, left"}
                for curve in ghosts
            ),
            *map(_line_of, found),
        ],
        title=title(name, [(label, colour) for label, _, _, colour in found]),
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
        meta={"row": row, "column": column, "weight": 1, "course": True},
    )


def _line_of(curve: Curve) -> dict[str, Any]:
    label, at, values, colour = curve
    return {
        "type": "scatter",
        "mode": "lines",
        "name": label,
        "x": at,
        "y": np.where(np.isfinite(values), values, np.nan).astype(np.float32),
        "line": {"color": colour, "width": 2, "dash": "dot" if "·" in label else "solid"},
    }


def _since_new_loss(history: History) -> int:
    """The first row under the present loss: the scale of another loss says nothing about it."""
    steps = [step for step, words in history.marks if "loss=" in words]
    return int(np.searchsorted(history.column("step"), steps[-1], "right")) if steps else 0


def _finite(*curves: Array) -> Array:
    values = np.concatenate(curves)
    return values[np.isfinite(values)]


def title(text: str, curves: list[tuple[str, str]]) -> dict[str, Any]:
    """A title that is the legend too: each curve's name in its colour."""
    names = "  ".join(
        f'<span style="color:{WORDS.get(colour, colour)}"><b>{name}</b></span>'
        for name, colour in curves
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


def reference_line(y: float) -> dict[str, Any]:
    """A line at what a perfect generator reaches."""
    return _line(y0=y, y1=y, xref="paper", x0=0, x1=1, color=REAL)


def _line(color: str, **ends: Any) -> dict[str, Any]:
    return {"type": "line", "line": {"color": color, "width": 1.5, "dash": "dot"}, **ends}


def _mark(step: int, text: str, left: bool, line: int) -> dict[str, Any]:
    """What changed, to the left or right of where it did; each on a line of its own, as they may
    lie close together."""
    return {"x": step, "y": 1, "yref": "paper", "yanchor": "top", "text": text, "showarrow": False,
            "yshift": -(FONT + 3) * line, "xanchor": "right" if left else "left",
            "font": {"size": FONT, "color": LOUD}}  # fmt: skip
