"""What a way between samples is like: how far each step goes, and what D finds of it."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from ganplay.figures.panels import title
from ganplay.figures.style import (
    BLEND,
    DISCRIMINATOR,
    FONT,
    GENERATED,
    INK,
    Picture,
    axis,
    ceiling,
    picture,
)

HEIGHT = 200
"""In pixels."""

LOOKS = {
    "linear": (INK[GENERATED], "solid"),
    "spherical": (GENERATED, "solid"),
    "cross-fade": (BLEND, "dot"),
}
"""The colour and the dash of each way's curve."""


def journey(
    steps: Mapping[str, NDArray[np.float32]],
    realness: Mapping[str, NDArray[np.float32]],
    anchors: Sequence[int],
) -> Picture:
    """Two panels over the way through anchors, which are pictures of these numbers: the length of each
    step from picture to picture, and the portion of samples that D finds less real than each picture.
    Both by the names in LOOKS; `steps` has a value less than `realness`."""
    most = ceiling(max(0.01, *(float(curve.max()) for curve in steps.values())))
    traces = [
        _curve(name, at + offset, curve, panel)
        for panel, (curves, offset) in enumerate(((steps, 0.5), (realness, 0.0)), 1)
        for name, curve in curves.items()
        for at in [np.arange(len(curve), dtype=np.float32)]
    ]
    names = [(name, LOOKS[name][0]) for name in steps]
    along = {
        "range": [0, anchors[-1]],
        "tickvals": list(anchors),
        "ticktext": [f"<b>{n + 1}</b>" for n in range(len(anchors))],
    }
    return picture(
        traces,
        xaxis=axis(**along, domain=[0, 0.46]),
        yaxis=axis(range=[0, most], nticks=4, tickformat=".0%"),
        xaxis2=axis(**along, domain=[0.56, 1], anchor="y2"),
        yaxis2=axis(range=[0, 1], tickvals=[0, 0.5, 1], tickformat=".0%", anchor="x2"),
        title=title("", names) | {"pad": {"b": 25}},
        annotations=[
            _heading(0, "step length (100 %: two samples apart)"),
            _heading(0.56, "samples that D finds less real"),
        ],
        shapes=[
            {
                "type": "line", "xref": "x2 domain", "yref": "y2", "x0": 0, "x1": 1, "y0": 0.5, "y1": 0.5,
                "line": {"color": DISCRIMINATOR, "width": 1.5, "dash": "dot"},
            }
        ],
        margin={"l": 42, "r": 8, "t": 46, "b": 24},
        showlegend=False,
        height=HEIGHT,
    )  # fmt: skip


def _curve(
    name: str, x: NDArray[np.float32], y: NDArray[np.float32], panel: int
) -> dict[str, object]:
    colour, dash = LOOKS[name]
    axes = {} if panel == 1 else {"xaxis": f"x{panel}", "yaxis": f"y{panel}"}
    return {
        "type": "scatter",
        "mode": "lines",
        "name": name,
        "x": x,
        "y": y,
        "line": {"color": colour, "width": 2.5, "dash": dash},
        **axes,
    }


def _heading(x: float, text: str) -> dict[str, object]:
    return {"x": x, "y": 1, "xref": "paper", "yref": "paper", "text": text, "showarrow": False,
            "xanchor": "left", "yanchor": "bottom", "yshift": 4, "font": {"size": FONT, "color": BLEND}}  # fmt: skip
