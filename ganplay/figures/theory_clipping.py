"""Weight clipping: a critic's surface, its weights, and its gradient from layer to layer."""

import numpy as np
from numpy.typing import NDArray

from ganplay.figures.panels import title
from ganplay.figures.stage import stage
from ganplay.figures.style import (
    BLEND,
    DISCRIMINATOR,
    EDGE,
    GENERATED,
    GRADIENT,
    REAL,
    Picture,
    axis,
    picture,
)
from ganplay.figures.theory_marks import dots, line
from ganplay.snapshot import Inside, PlaneSnapshot
from ganplay.theory.clipping import factor_at_most, factor_expected, growth

Values = NDArray[np.float64]

DECADES = (-32, 14)
"""Of the norms that are shown."""
LIMITS = (5e-4, 1.0)
"""Between which clips the factors are shown."""
MARGIN = {"l": 48, "r": 12, "t": 28, "b": 26}


def surface(s: PlaneSnapshot, words: str, column: int) -> Picture:
    """What the critic says of each place, with the points of both kinds."""
    ground, undecided, *points = stage(s).traces[:4]
    edge = axis(range=[-s.extent, s.extent], showgrid=False, constrain="domain", nticks=5)
    return picture(
        [
            {k: v for k, v in ground.items() if k != "colorbar"} | {"showscale": False},
            undecided,
            *points,
        ],
        title=title(f"<b>{words}</b>", [("real", REAL), ("generated", GENERATED)]),
        xaxis=edge, yaxis=edge | {"scaleanchor": "x"},
        margin=MARGIN, showlegend=False,
        meta={"row": 0, "column": column, "weight": 2.3, "value_name": "critic"},
    )  # fmt: skip


def weights(inside: Inside, clip: float, column: int) -> Picture:
    """Portion of the critic's weights of each size, under a clip or, where it is 0, none."""
    count = len(inside.weights)
    middles = (np.arange(count, dtype=np.float32) + 0.5) * (2 / count) - 1
    ends = ["−c", "c"] if inside.limit == clip else [f"−{inside.limit:g}", f"{inside.limit:g}"]
    return picture(
        [
            {
                "type": "bar", "name": "weights", "x": middles,
                "y": inside.weights.astype(np.float32), "width": 2 / count * 0.85,
                "marker": {"color": DISCRIMINATOR},
            }
        ],
        title=title("", [("the critic's weights", DISCRIMINATOR)]),
        xaxis=axis(range=[-1.1, 1.1], tickvals=[-1, 0, 1], ticktext=[ends[0], "0", ends[1]]),
        yaxis=axis(range=[0, 0.55], tickvals=[0, 0.25, 0.5], tickformat=".0%"),
        margin=MARGIN, showlegend=False,
        meta={"row": 1, "column": column, "weight": 1, "x_name": "weight / limit"},
    )  # fmt: skip


def norms(clipped: Inside, penalised: Inside, limit: float, width: int) -> Picture:
    """Norm of the gradient of the critic's loss by each layer's result, from the last layer back to
    the first, and where the closed forms lead from the last one on."""
    found = [np.array(each.norms[::-1]) for each in (clipped, penalised)]
    back = np.arange(len(found[0]), dtype=float)
    start = found[0][0]
    expected, most = (
        start * factor**back for factor in (factor_expected(limit, width),
                                            factor_at_most(limit, width, width))
    )  # fmt: skip
    return picture(
        [
            line(back, expected, BLEND, "random signs", 1.5, "dash"),
            line(back, most, BLEND, "at most", 1.5, "dot"),
            line(back, found[1], GRADIENT, "penalised", 2.5, "dot"),
            line(back, found[0], GRADIENT, "clipped", 4.0),
        ],
        title=title("layers back:", [("━ clipped", GRADIENT), ("··· penalised", GRADIENT)]),
        xaxis=axis(range=[-0.3, len(back) - 0.7], nticks=7, tickformat="d"),
        yaxis=axis(type="log", range=DECADES, tickvals=[1e-30, 1e-20, 1e-10, 1.0, 1e10],
                   ticktext=["10⁻³⁰", "10⁻²⁰", "10⁻¹⁰", "1", "10¹⁰"]),
        margin=MARGIN, showlegend=False,
        meta={"row": 2, "column": 0, "weight": 1.7, "x_name": "layers back"},
    )  # fmt: skip


def factors(inside: Inside, limit: float, width: int) -> Picture:
    """How many times larger the gradient gets per layer, over c: what all clips can do at most, what
    random signs do, and what was measured at this one."""
    c = np.geomspace(*LIMITS, 2)
    measured = growth(inside.norms)
    return picture(
        [
            line(c, np.ones(2), EDGE, "even", 1.5),
            line(c, np.array([factor_expected(each, width) for each in c]), BLEND, "random signs",
                  1.5, "dash"),
            line(c, np.array([factor_at_most(each, width, width) for each in c]), BLEND, "at most",
                  1.5, "dot"),
            dots([limit], [measured], GRADIENT, "measured", 13),
        ],
        title=title("a layer, over c:", [(f"× {measured:.2g}", GRADIENT), ("- - random ··· at most", BLEND)]),
        xaxis=axis(type="log", range=np.log10(LIMITS).tolist(), tickvals=[0.001, 0.01, 0.1, 1.0],
                   ticktext=[".001", ".01", ".1", "1"]),
        yaxis=axis(type="log", range=[-3, 2], tickvals=[0.01, 0.1, 1.0, 10.0],
                   ticktext=["÷100", "÷10", "×1", "×10"]),
        margin=MARGIN, showlegend=False,
        meta={"row": 2, "column": 1, "weight": 1.7, "x_name": "c"},
    )  # fmt: skip
