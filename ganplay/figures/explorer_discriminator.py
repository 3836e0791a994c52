"""What D looks for: what its maps weigh pixels by, patches of pictures, and where its logits lie."""

import numpy as np
from numpy.typing import NDArray

from ganplay.figures.panels import title
from ganplay.figures.sheets import Colours, coloured
from ganplay.figures.style import (
    ATTENTION,
    DISCRIMINATOR,
    FONT,
    GENERATED,
    GRADIENT,
    PAPER,
    REAL,
    Picture,
    axis,
    parts,
    picture,
)
from ganplay.snapshot import Pixels

OUTSIDE = (226, 226, 226)
"""Colour of what lies outside a picture."""
BINS = 50
COLOURS = {"real": REAL, "generated": GENERATED}
FULL = 0.98
"""The portion of a picture's pixels that count less than what is drawn in full colour."""


def weights(values: NDArray[np.float32]) -> Colours:
    """What pixels [n, c, h, w] count, each picture on its own scale: in colour as light added to
    middle grey or taken from it; otherwise as ink in pink where ink counts for, and in grey where
    it counts against. NaN lies outside."""
    outside = np.isnan(values).any(1)
    known = np.nan_to_num(values)
    most = np.quantile(np.abs(known), FULL, (1, 2, 3), keepdims=True)
    share = np.clip(known / np.maximum(most, 1e-12), -1, 1)
    if share.shape[1] == 3:
        found: Colours = (
            (127.5 + 127.5 * share).round().astype(np.uint8).transpose(0, 2, 3, 1).copy()
        )
    else:
        share = share[:, 0, :, :, None]
        paper = np.array(parts(PAPER))
        ink = np.where(share > 0, parts(GRADIENT), parts(DISCRIMINATOR))
        found = (paper + np.abs(share) * (ink - paper)).round().astype(np.uint8)
    found[outside] = OUTSIDE
    return found


def patches(pictures: Pixels, outside: NDArray[np.bool_]) -> Colours:
    """Real patches [n, c, h, w], of which some pixels [n, h, w] lie outside the picture."""
    found = coloured(pictures, REAL)
    found[outside] = OUTSIDE
    return found


def logits(
    real: NDArray[np.float32], generated: NDArray[np.float32], mark: float, name: str
) -> Picture:
    """How D's logits spread over real pictures, if there are any, and over generated ones, and a
    mark at that of one of this name."""
    both = np.concatenate((real, generated, [mark]))
    low, high = (float(end) for end in (both.min(), both.max()))
    room = 0.04 * max(high - low, 1e-6)
    edges = np.linspace(low - room, high + room, BINS + 1)
    shares = {
        kind: np.histogram(values, edges)[0] / len(values)
        for kind, values in (("real", real), ("generated", generated))
        if len(values)
    }
    traces = [
        {
            "type": "bar",
            "name": kind,
            "x": (edges[:-1] + edges[1:]) / 2,
            "y": share,
            "marker": {"color": COLOURS[kind], "line": {"width": 0}},
            "opacity": 0.6,
        }
        for kind, share in shares.items()
    ]
    top = 1.2 * max(float(each.max()) for each in shares.values())
    right = mark > (low + high) / 2
    return picture(
        traces,
        barmode="overlay",
        bargap=0,
        title=title("", [(kind, COLOURS[kind]) for kind in shares]),
        xaxis=axis(
            range=[low - room, high + room], title={"text": "logit of D", "standoff": 6}, nticks=8
        ),
        yaxis=axis(range=[0, top], tickformat=".0%", nticks=4),
        shapes=[
            {
                "type": "line", "x0": mark, "x1": mark, "yref": "paper", "y0": 0, "y1": 1,
                "line": {"color": ATTENTION, "width": 3},
            }
        ],
        annotations=[
            {
                "x": mark, "y": 1, "yref": "paper", "yanchor": "top", "showarrow": False,
                "xanchor": "right" if right else "left", "text": f"<b>{name}: {mark:.2f}</b>",
                "font": {"size": FONT + 2, "color": ATTENTION},
            }
        ],
        margin={"l": 44, "r": 10, "t": 28, "b": 42},
        showlegend=False,
    )  # fmt: skip
