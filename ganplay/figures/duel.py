"""What a duel shows: the sides' pictures on the same axes, and their curves on top of each other."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from ganplay.figures import pictures
from ganplay.figures.panels import Curve, curves, reference_line
from ganplay.figures.stage import stage, verdict_range
from ganplay.figures.style import FONT, SIDES, WORDS, Picture, axis, ceiling
from ganplay.history import History
from ganplay.metrics.coverage import PERFECT_HQ
from ganplay.snapshot import Array, PictureSnapshot, PlaneSnapshot, Snapshot

DASHES = ("solid", "dash", "dot", "dashdot")
"""Of the sides' lines, for those who can't tell their colours."""
LETTER = 0.16
"""Height of a letter at a line's end, as a portion of the axis."""
ABOVE = 0.12
"""What axes reach beyond their last number, so that it does not touch the title."""
ROOM = 1.1
"""How far the axis of iterations goes on, for the letters."""

LOGARITHMIC = ("norm_d", "norm_g", "frechet", "vae_frechet")
RELATIVE = ("sharpness", "vae_sharpness", "variety")
"""Curves whose values are portions of what real pictures have."""
TITLES = {
    "covered": "modes covered",
    "high_quality": "high quality",
    "loss_d": "loss of D",
    "norm_d": "gradient norm of D",
    "norm_g": "gradient norm of G",
    "frechet": "Fréchet distance",
    "coverage": "coverage",
    "variety": "variety",
    "sharpness": "sharpness",
    "vae_frechet": "Fréchet distance of the VAE",
    "vae_sharpness": "sharpness of the VAE",
}
"""Of a History's columns that are set against each other."""


def picture_of(s: Snapshot) -> Picture:
    """The stage of a side, without legend and with few words; points have D's verdict from 0, "generated", to 1, "real",
    whatever the loss, so that colours say the same on all sides."""
    if isinstance(s, PictureSnapshot):
        made = pictures.sheet(s)
        words = [
            each | {"text": each["text"].replace(", always from the same noise", "")}
            for each in made.layout["annotations"]
        ]
        return Picture(made.traces, made.layout | {"annotations": words})
    assert isinstance(s, PlaneSnapshot)
    made = stage(s)
    low, high = verdict_range(s)
    grid = {"z": (s.surface - low) / (high - low)}
    surface, contour, *others = made.traces
    surface = surface | grid | {"zmin": 0.0, "zmax": 1.0, "showscale": False}
    contour = contour | grid | {"contours": contour["contours"] | {"start": 0.5, "end": 0.5}}
    del surface["colorbar"]
    layout = made.layout | {
        "showlegend": False,
        "margin": {"l": 26, "r": 6, "t": 6, "b": 20},
        "meta": {"value_name": "verdict, 0 generated to 1 real:"},
    }
    return Picture([surface, contour, *others], layout)


def overlaid(column: str, histories: Sequence[History], floor: float | None = None) -> Picture:
    """A curve of every side, told apart by colour, dash and the letter at its end; the green line is
    what a perfect generator reaches: `floor`, or what is known of the column."""
    found = [_curve(*side, column) for side in zip(SIDES.items(), histories, strict=False)]
    left = [_curve(side, History(own.ghost), column) for side, own in zip(SIDES.items(), histories, strict=False)]  # fmt: skip
    yaxis = _axis(column, np.concatenate([values for _, _, values, _ in found + left]))
    perfect = {"high_quality": PERFECT_HQ}.get(column, 1.0 if column in RELATIVE else floor)
    longest = max(histories, key=lambda own: float(own.rows[-1, 0]) if len(own.rows) else 0.0)
    made = curves(
        TITLES[column],
        longest,
        found,
        yaxis,
        row=0,
        column=1,
        lines=[] if perfect is None else [reference_line(perfect)],
        ghosts=[curve for curve in left if len(curve[1])],
    )
    behind = len(made.traces) - len(found)
    lines = [
        trace | {"line": trace["line"] | {"dash": dash}}
        for trace, dash in zip(made.traces[behind:], DASHES, strict=False)
    ]
    low, high = made.layout["xaxis"]["range"]
    xaxis = made.layout["xaxis"] | {"range": [low, ROOM * high]}
    return Picture(
        [*made.traces[:behind], *lines, *_letters(found, yaxis)], made.layout | {"xaxis": xaxis}
    )


def _curve(side: tuple[str, str], history: History, column: str) -> Curve:
    """A curve where it has values: those of a judge come seldom."""
    values = history.column(column)
    there = np.isfinite(values)
    letter, colour = side
    return letter, history.column("step")[there], values[there], colour


def _axis(column: str, values: Array) -> dict[str, Any]:
    """The axis for all sides' values."""
    if column in LOGARITHMIC:
        positive = values[values > 0]
        low, high = (positive.min(), positive.max()) if len(positive) else (1.0, 1.0)
        decades = [math.floor(math.log10(low)), math.floor(math.log10(high)) + 1 + ABOVE]
        look = "power" if low < 1e-3 else "none"
        every = math.ceil((decades[1] - decades[0] - ABOVE) / 3)
        return axis(type="log", range=decades, dtick=every, exponentformat=look)
    if column == "loss_d":
        # all but the rarest values: how a run starts would else make all that follows look flat
        doubles = values.astype(np.float64)  # which can hold the difference of any two
        low, high = np.quantile(doubles, (0.02, 0.98)).tolist() if len(values) else (0.0, 1.0)
        bottom = -ceiling(-1.05 * low) if low < 0 else 0.0
        top = ceiling(1.05 * high) if high > 0 else 0.0 if bottom else 1.0
        return axis(range=[bottom, top + ABOVE * (top - bottom)], nticks=4)
    top = 1.5 if column in RELATIVE else 1 + ABOVE
    return axis(range=[0, top], tickvals=[0, 0.5, 1], ticktext=["0", "50 %", "100 %"])


def _letters(found: Sequence[Curve], yaxis: dict[str, Any]) -> list[dict[str, Any]]:
    """A letter at the end of each curve, none on top of another."""
    low, high = yaxis["range"]
    is_log = yaxis.get("type") == "log"
    ends = [float(values[-1]) if len(values) else math.nan for _, _, values, _ in found]
    known = [i for i, end in enumerate(ends) if math.isfinite(end) and (end > 0 or not is_log)]
    heights = [(math.log10(ends[i]) if is_log else ends[i]) for i in known]
    spread = dict(zip(known, apart([(h - low) / (high - low) for h in heights]), strict=True))
    traces = []
    for i, (letter, steps, _, colour) in enumerate(found):
        place = low + spread.get(i, 0.0) * (high - low)
        traces.append(
            {
                "type": "scatter",
                "mode": "text",
                "name": letter,
                "x": steps[-1:] if i in spread else steps[:0],
                "y": np.array([10**place if is_log else place] * (i in spread), np.float32),
                "text": letter,
                "textposition": "middle right",
                "textfont": {"size": FONT + 1, "color": WORDS.get(colour, colour)},
            }
        )
    return traces


def apart(places: Sequence[float]) -> list[float]:
    """Places between 0 and 1, moved so that letters there do not touch; those that lie nearly at the
    same place stay in their order, so that they do not change it with each picture."""
    order = sorted(range(len(places)), key=lambda i: (round(places[i], 1), i))
    found = [places[i] for i in order]
    floor = LETTER / 2
    for n, place in enumerate(found):
        found[n] = floor = max(place, floor)
        floor += LETTER
    top = 1 - LETTER / 2
    for n in reversed(range(len(found))):
        found[n] = top = min(found[n], top)
        top -= LETTER
    return [found[order.index(i)] for i in range(len(places))]
