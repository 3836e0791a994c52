"""The stage: real and generated points over what D says of each place."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ganplay.figures.style import (
    DISCRIMINATOR,
    GENERATED,
    GRADIENT,
    REAL,
    VAE,
    VERDICT,
    Picture,
    axis,
    picture,
)
from ganplay.losses import LOSSES
from ganplay.snapshot import Array, PlaneSnapshot

LONGEST = 0.12
"""Length that arrows tend to, as a portion of the extent."""
LETTER = 0.007
"""Half a letter's width, as a portion of the legend."""
STRONG = 0.25
"""A gradient that is drawn half as long."""


def stage(s: PlaneSnapshot) -> Picture:
    """Samples of p_data and p_g, D's surface with the line where it is undecided, and the
    generator's gradient -dL_G/dx as arrows on some of the generated points."""
    step = 2 * s.extent / (len(s.surface) - 1)
    low, high = verdict_range(s)
    grid = {"x0": -s.extent, "dx": step, "y0": -s.extent, "dy": step, "z": s.surface}
    x, y = gradient_arrows(s.fake, s.arrows, s.loss, s.extent)
    edge = axis(
        range=[-s.extent, s.extent], showgrid=False, constrain="domain", ticks="outside", ticklen=3
    )
    return picture(
        [
            {
                **grid,
                "type": "heatmap",
                "name": "D",
                "zmin": low,
                "zmax": high,
                "zsmooth": "best",
                "colorscale": VERDICT,
                "colorbar": _legend_in_words(s),
            },
            {
                **grid,
                "type": "contour",
                "name": "undecided",
                "contours": {
                    "coloring": "none",
                    "start": (low + high) / 2,
                    "end": (low + high) / 2,
                    "showlabels": False,
                },
                "line": {"color": DISCRIMINATOR, "width": 1.5},
                "showlegend": True,
            },
            _points(s.real, "real", REAL),
            _points(s.fake, "generated", GENERATED),
            *([] if s.vae is None else [_points(s.vae, "VAE", VAE)]),
            {
                "type": "scatter",
                "mode": "lines",
                "name": "gradients",
                "x": x,
                "y": y,
                "line": {"color": GRADIENT, "width": 1.5},
                "hoverinfo": "skip",
            },
        ],
        xaxis=edge,
        yaxis=edge | {"scaleanchor": "x"},
        margin={"l": 28, "r": 12, "t": 30, "b": 60},
        legend={
            "orientation": "h",
            "x": 0.5,
            "xanchor": "center",
            "y": 1,
            "yanchor": "top",
            "yref": "container",
            "itemsizing": "constant",
        },
        meta={"value_name": "D(x)" if LOSSES[s.loss].probability else "critic"},
    )


def verdict_range(s: PlaneSnapshot) -> tuple[float, float]:
    """The values at the two ends of the verdict colours, never the same."""
    low, high = s.scale
    return (low, high) if low < high else (low - 1e-6, high + 1e-6)


def _points(points: Array, name: str, colour: str) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "markers",
        "name": name,
        "x": points[:, 0],
        "y": points[:, 1],
        "marker": {"size": 4, "color": colour, "opacity": 0.85},
    }


def _legend_in_words(s: PlaneSnapshot) -> dict[str, Any]:
    low, high = verdict_range(s)
    if LOSSES[s.loss].probability:
        words = ["0: generated", "D(x), probability of being real", "1: real"]
    elif LOSSES[s.loss].targets:
        words = [f"{low:g}: generated", "D(x), a score", f"{high:g}: real"]
    else:
        words = [f"{low:.2g}: generated", "critic value, on a free scale", f"{high:.2g}: real"]
    return {
        "orientation": "h",
        "yref": "container",
        "y": 0,
        "yanchor": "bottom",
        "thickness": 10,
        "len": 0.96,
        "outlinewidth": 0,
        "ticks": "",
        # so far inwards that the words, held by their middles, do not stand out beyond the bar
        "tickvals": [
            low + portion * (high - low)
            for portion in (LETTER * len(words[0]), 0.5, 1 - LETTER * len(words[2]))
        ],
        "ticktext": words,
    }


def gradient_arrows(
    starts: Array, gradients: Array, loss: str, extent: float
) -> tuple[Array, Array]:
    """Gradients [m, 2] as arrows from the first m of `starts`.

    Under a loss with fixed targets a gradient of STRONG has half the longest length, so that a
    vanishing gradient is seen to vanish; a critic has no scale, so the median is taken there.
    """
    # in float64, whose range holds the square of any float32
    known = np.where(np.isfinite(gradients), gradients, np.nan).astype(np.float64)
    length = np.linalg.norm(known, axis=1, keepdims=True)
    unit = STRONG if LOSSES[loss].targets else max(float(np.median(length)), 1e-12)
    return arrows(starts[: len(known)], known / (length + unit) * LONGEST * extent)


def arrows(starts: NDArray[Any], shafts: NDArray[Any]) -> tuple[Array, Array]:
    """Arrows [m, 2] from m points as one line with gaps, [m * 6] each for x and y."""
    start, shaft = starts.astype(np.float32), shafts.astype(np.float32)
    tip, side = start + shaft, shaft[:, ::-1] * np.array([-1, 1], np.float32)
    gap = np.full_like(start, np.nan)
    barbs = (tip - 0.3 * shaft + 0.2 * side, tip, tip - 0.3 * shaft - 0.2 * side)
    lines = np.stack((start, tip, *barbs, gap), axis=1).reshape(-1, 2)
    return lines[:, 0], lines[:, 1]
