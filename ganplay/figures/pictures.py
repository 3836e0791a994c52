"""What a run that makes pictures shows: sheets of them, the digits' shares, and how good they are."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ganplay.figures.panels import bars, reference_line, title, told
from ganplay.figures.style import (
    FONT,
    GENERATED,
    INK,
    PAPER,
    REAL,
    VAE,
    Picture,
    axis,
    ceiling,
    picture,
)
from ganplay.history import History
from ganplay.snapshot import PictureSnapshot, Pixels

ROWS = 10
GAP = 0.5
"""Between blocks of pictures, in sides of one."""
EDGE = 2
"""Empty pixels around each picture."""


def sheet(s: PictureSnapshot) -> Picture:
    """The generated pictures of fixed noise and a column of real ones; with a VAE beside the GAN
    its samples too, and what it makes of the real ones."""
    if s.vae:
        blocks = [
            ("GAN", s.fake, 4, GENERATED),
            ("VAE", s.vae.samples, 4, VAE),
            ("real", s.real, 1, REAL),
            ("by VAE", s.vae.reconstructed, 1, VAE),
        ]
    else:
        blocks = [
            ("generated, always from the same noise", s.fake, 9, GENERATED),
            ("real", s.real, 1, REAL),
        ]
    traces, annotations, left = [], [], 0.0
    for name, pictures, columns, colour in blocks:
        traces.append(_block(pictures, columns, colour, left, name))
        annotations.append(
            {"x": left + columns / 2, "y": ROWS, "text": f"<b>{name}</b>", "showarrow": False,
             "yanchor": "bottom", "font": {"size": FONT, "color": INK[colour]}}
        )  # fmt: skip
        left += columns + GAP
    bare = axis(showgrid=False, showticklabels=False, ticks="", constrain="domain")
    return picture(
        traces,
        xaxis=bare | {"range": [0, left - GAP]},
        yaxis=bare | {"range": [0, ROWS], "scaleanchor": "x"},
        annotations=annotations,
        margin={"l": 8, "r": 8, "t": 30, "b": 8},
        showlegend=False,
    )


def _block(pictures: Pixels, columns: int, colour: str, left: float, name: str) -> dict[str, Any]:
    """So many columns of pictures as one image, `left` sides from the edge; ink on paper."""
    z = tiled(pictures[: ROWS * columns].mean(1).astype(np.uint8), columns)[::-1]
    unit = 1 / (pictures.shape[-1] + EDGE)
    return {
        "type": "heatmap",
        "name": name,
        "z": z,
        "x0": left + unit / 2,
        "dx": unit,
        "y0": unit / 2,
        "dy": unit,
        "zmin": 0,
        "zmax": 255,
        "colorscale": ((0.0, PAPER), (0.6, colour), (1.0, INK[colour])),
        "showscale": False,
    }


def tiled(pictures: NDArray[np.uint8], columns: int) -> NDArray[np.uint8]:
    """Pictures [n, side, side] in ROWS rows of so many columns, with empty pixels around each."""
    n, side, _ = pictures.shape
    framed = np.zeros((ROWS * columns, side + EDGE, side + EDGE), np.uint8)
    inner = slice(EDGE // 2, EDGE // 2 + side)
    framed[:n, inner, inner] = pictures
    wide = framed.reshape(ROWS, columns, side + EDGE, side + EDGE).swapaxes(1, 2)
    return wide.reshape(ROWS * (side + EDGE), columns * (side + EDGE))


def shares(s: PictureSnapshot) -> Picture:
    """Which digits the judge sees in the generated pictures, beside p_data's own shares."""
    found = s.verdict
    fair = found.fair if found else s.floor.fair if s.floor else np.full(10, 0.1)
    seen = np.nan_to_num(found.shares) if found else np.zeros(len(fair))
    return bars(
        np.arange(len(fair)),
        seen,
        fair,
        title("digits", [("share", GENERATED), ("real", REAL)]),
        meta={"row": 2, "column": 0, "weight": 1, "x_name": "digit"},
    )


def distance(s: PictureSnapshot, history: History) -> Picture:
    """The Frechet distance over time, on a logarithmic scale; the line is what as many real
    pictures have."""
    found = [("GAN", "frechet", GENERATED)]
    if s.vae:
        found.append(("VAE", "vae_frechet", VAE))
    floor = s.floor.frechet if s.floor else 1.0
    seen = np.concatenate([history.column(name) for _, name, _ in found] + [np.array([floor])])
    seen = seen[np.isfinite(seen)]
    bounds = [np.log10(max(0.7 * seen.min(), 1e-3)), np.log10(ceiling(float(seen.max())))]
    return told(
        "Fréchet distance",
        history,
        found,
        axis(type="log", range=bounds, dtick=1, exponentformat="none"),
        row=1,
        seldom=True,
        lines=[reference_line(floor)] if s.floor else [],
    )


def quality(s: PictureSnapshot, history: History) -> Picture:
    """Clear pictures, coverage and sharpness over time, as portions."""
    found = [
        ("clear —", "confident", GENERATED),
        ("cover ···", "coverage", GENERATED),
    ]
    if s.vae:
        found = [
            ("sharp: GAN", "sharpness", GENERATED),
            ("VAE", "vae_sharpness", VAE),
        ]
    top = 1.5 if s.vae else 1.04
    percent = axis(range=[0, top], tickvals=[0, 0.5, 1], ticktext=["0", "50 %", "100 %"])
    lines = [reference_line(1.0)] if s.vae else []
    return told("", history, found, percent, row=2, column=1, seldom=True, lines=lines)
