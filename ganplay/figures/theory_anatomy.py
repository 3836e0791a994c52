"""The parts of the game as pictures: noise, G's map of it, points, D, what it says, losses, gradients."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ganplay.anatomy.moments import Parts
from ganplay.figures import panels
from ganplay.figures.panels import title
from ganplay.figures.stage import gradient_arrows
from ganplay.figures.style import (
    BLEND,
    DISCRIMINATOR,
    EDGE,
    GENERATED,
    GRADIENT,
    REAL,
    VERDICT,
    Picture,
    axis,
    ceiling,
    picture,
)
from ganplay.history import History
from ganplay.losses import LOSSES
from ganplay.snapshot import Array

BINS = 20
"""Bars across what D says."""
ARROWS = 64
"""Gradients that are drawn."""
EVERY = 3
"""Of the lines of the grid of noise, one in so many is drawn."""
MARGIN = {"l": 48, "r": 12, "t": 30, "b": 44}


@dataclass(frozen=True)
class Scene:
    """What there is to draw: the parts, the loss's name, half the side of the plane, the values that
    stand for "generated" and "real", the past, and an iteration with D's and G's loss on its batch (NaN
    where they are not known). `dot` is the size of a point, in pixels."""

    parts: Parts
    loss: str
    extent: float
    scale: tuple[float, float]
    history: History
    step: int
    now: tuple[float, float]
    dot: float


def noise(s: Scene) -> Picture:
    """The first two numbers of z, over a grid of them."""
    grid, z = s.parts.grid, s.parts.z[:, :2]
    if z.shape[1] == 1:
        z = np.concatenate((z, np.zeros_like(z)), 1)
    reach = 1.4 * float(grid[0, -1, 0])
    names = ("first number of z", "second number of z")
    return _plane(
        [*_grid(grid, EDGE, s.dot), _points(z, "noise", BLEND, s.dot)],
        reach, [("noise z", BLEND)], names,
    )  # fmt: skip


def generator(s: Scene) -> Picture:
    """Where G sends that grid."""
    return _plane(
        _grid(s.parts.warp, GENERATED, s.dot), s.extent, [("G's map of the grid", GENERATED)]
    )


def generated(s: Scene) -> Picture:
    """What G makes of the noise."""
    return _plane(
        [_points(s.parts.fake, "generated", GENERATED, s.dot)], s.extent, [("generated", GENERATED)]
    )


def real(s: Scene) -> Picture:
    """Points of the data."""
    return _plane([_points(s.parts.real, "real", REAL, s.dot)], s.extent, [("real", REAL)])


def discriminator(s: Scene) -> Picture:
    """What D says of each place, with the points that it judges."""
    low, high = _ends(s)
    step = 2 * s.extent / (len(s.parts.surface) - 1)
    grid = {"x0": -s.extent, "dx": step, "y0": -s.extent, "dy": step, "z": s.parts.surface}
    middle = (low + high) / 2
    words = [("real", REAL), ("generated", GENERATED), ("undecided", DISCRIMINATOR)]
    return _plane(
        [
            {**grid, "type": "heatmap", "name": "D", "zmin": low, "zmax": high, "zsmooth": "best",
             "colorscale": VERDICT, "showscale": False},
            {**grid, "type": "contour", "name": "undecided", "showlegend": False,
             "contours": {"coloring": "none", "start": middle, "end": middle, "showlabels": False},
             "line": {"color": DISCRIMINATOR, "width": 1.5}},
            _points(s.parts.real, "real", REAL, 0.8 * s.dot),
            _points(s.parts.fake, "generated", GENERATED, 0.8 * s.dot),
        ],
        s.extent, words, value_name="D(x)" if LOSSES[s.loss].probability else "critic",
    )  # fmt: skip


def predictions(s: Scene) -> Picture:
    """How often D says what, of real and of generated points."""
    low, high = _span(s)
    edges = np.linspace(low, high, BINS + 1)
    width = float(edges[1] - edges[0])
    shares = [_shares(says, edges) for says in (s.parts.says_real, s.parts.says_fake)]
    top = max(0.2, ceiling(max(float(share.max()) for share in shares) or 0.2))
    kinds = (("real", REAL), ("generated", GENERATED))
    said = "D(x), probability of being real" if LOSSES[s.loss].probability else "D(x), a score"
    return picture(
        [
            {
                "type": "bar", "name": name, "x": (edges[:-1] + width / 2).astype(np.float32),
                "y": share, "width": width, "marker": {"color": colour, "opacity": 0.6},
            }
            for (name, colour), share in zip(kinds, shares, strict=True)
        ],
        xaxis=axis(range=[low, high], nticks=6, title={"text": said}),
        yaxis=axis(range=[0, min(top, 1)], nticks=5, tickformat=".0%"),
        title=title("share of the points", list(kinds)),
        margin=MARGIN, showlegend=False, barmode="overlay", meta={"x_name": "D"},
    )  # fmt: skip


def losses(s: Scene) -> Picture:
    """What each player minimises, over the iterations, and on the batch of this one."""
    drawn = panels.losses(s.history)
    step = np.array([s.step], np.float32)
    dots = [
        {"type": "scatter", "mode": "markers", "name": f"{name}, this batch", "x": step,
         "y": np.array([value], np.float32), "marker": {"size": 2 * s.dot, "color": colour}}
        for name, value, colour in zip("DG", s.now, (DISCRIMINATOR, GENERATED), strict=True)
    ]  # fmt: skip
    return replace(drawn, traces=[*drawn.traces, *dots])


def gradients(s: Scene) -> Picture:
    """Down G's loss from generated points."""
    tails = s.parts.tails
    x, y = gradient_arrows(tails, s.parts.arrows[:ARROWS], s.loss, s.extent)
    arrows = {
        "type": "scatter", "mode": "lines", "name": "gradients", "x": x, "y": y,
        "line": {"color": GRADIENT, "width": 1.5}, "hoverinfo": "skip",
    }  # fmt: skip
    words = [("generated", GENERATED), ("down G's loss, −dL/dx", GRADIENT)]
    return _plane([_points(tails, "generated", GENERATED, s.dot), arrows], s.extent, words)


PICTURES: dict[str, Callable[[Scene], Picture]] = {
    "noise": noise,
    "generator": generator,
    "generated": generated,
    "real": real,
    "discriminator": discriminator,
    "predictions": predictions,
    "losses": losses,
    "gradients": gradients,
}
"""The parts by their names, in the order in which a step comes by them."""


def _plane(
    traces: list[dict[str, Any]], reach: float, words: list[tuple[str, str]],
    names: tuple[str, str] = ("", ""), **meta: Any,
) -> Picture:  # fmt: skip
    """A square picture of the plane, -reach to reach."""
    side = axis(
        range=[-reach, reach], showgrid=False, constrain="domain", ticks="outside", ticklen=3
    )
    return picture(
        traces,
        xaxis=side | {"title": {"text": names[0]}},
        yaxis=side | {"title": {"text": names[1]}, "scaleanchor": "x"},
        title=title("", words),
        margin=MARGIN,
        showlegend=False,
        meta=meta,
    )


def _points(points: Array, name: str, colour: str, size: float) -> dict[str, Any]:
    return {
        "type": "scatter", "mode": "markers", "name": name, "x": points[:, 0], "y": points[:, 1],
        "marker": {"size": size, "color": colour, "opacity": 0.85},
    }  # fmt: skip


def _grid(grid: Array, colour: str, dot: float) -> list[dict[str, Any]]:
    """Some lines of a grid [a, b, 2], along both of its sides; all as one line with gaps."""
    ways = [grid[::EVERY], grid.transpose(1, 0, 2)[::EVERY]] if len(grid) > 1 else [grid]
    pieces = [
        np.concatenate((lines, np.full_like(lines[:, :1], np.nan)), 1).reshape(-1, 2)
        for lines in ways
    ]
    x, y = np.concatenate(pieces).T
    return [
        {"type": "scatter", "mode": "lines", "name": "grid", "x": x, "y": y, "hoverinfo": "skip",
         "line": {"color": colour, "width": dot / 3}}
    ]  # fmt: skip


def _ends(s: Scene) -> tuple[float, float]:
    """The values at the two ends of the verdict's colours, never the same."""
    low, high = s.scale
    return (low, high) if low < high else (low - 1e-6, high + 1e-6)


def _span(s: Scene) -> tuple[float, float]:
    """Between which values the bars lie: what D aims at with some room or, for a critic without a
    scale, round numbers that seldom change."""
    low, high = _ends(s)
    middle, half = (low + high) / 2, (high - low) / 2
    if LOSSES[s.loss].probability:
        return low, high
    if LOSSES[s.loss].targets:
        return middle - 2 * half, middle + 2 * half
    half = ceiling(half)
    middle = half * round(middle / half)
    return middle - 2 * half, middle + 2 * half


def _shares(says: Array, edges: NDArray[np.float64]) -> Array:
    """Which share of D's verdicts lies between each two edges; those beyond count for the last."""
    known = says[np.isfinite(says)].clip(edges[0], edges[-1])
    counts, _ = np.histogram(known, edges)
    return (counts / max(len(says), 1)).astype(np.float32)
