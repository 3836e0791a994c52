"""A tiny game on a line, amid a line of its algorithm: noise, samples, D, and what the line moved."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ganplay.anatomy.algorithm import Moment
from ganplay.figures.panels import title
from ganplay.figures.style import (
    BLEND,
    DISCRIMINATOR,
    EDGE,
    FAINT,
    GENERATED,
    REAL,
    TINT,
    Picture,
    axis,
    picture,
)
from ganplay.figures.theory_marks import dots, line
from ganplay.theory.mixture import Mixture

Values = NDArray[Any]

LEAST, MOST = -3.0, 5.0
"""The axis that is seen."""
TALL = 1.1
"""The highest density that is seen."""
CRITIC = 4.0
"""The largest value of a critic that is seen."""
MARGIN = {"l": 44, "r": 10, "t": 26, "b": 24}
BEFORE = ("··· a line before", FAINT)
SHARP = 1e-3
"""Stands for a deviation of 0, for which there is no density."""


def verdict(before: Moment, now: Moment, critic: bool) -> Picture:
    """D over the axis and on the samples of the turn, now and, dotted, a line before."""
    words = [("D", DISCRIMINATOR), ("x", REAL), ("G(z)", GENERATED), BEFORE]
    side = (
        axis(range=[-1.1 * CRITIC, 1.1 * CRITIC], nticks=5)
        if critic
        else axis(range=[-0.05, 1.05], nticks=6)
    )
    return picture(
        [
            line(before.x, before.verdict, DISCRIMINATOR, "a line before", 1.5, "dot"),
            line(now.x, now.verdict, DISCRIMINATOR, "D", 3),
            dots(now.real, now.says_real, REAL, "real"),
            dots(now.fake, now.says_fake, GENERATED, "generated"),
        ],
        title=title("critic value D(x)" if critic else "D(x), chance of being real", words),
        yaxis=side,
        **_look(0, 3),
    )


def densities(before: Moment, now: Moment, data: Mixture) -> Picture:
    """p_data and p_g = N(b, a^2), now and, dotted, a line before."""
    return picture(
        [
            line(before.x, _made(before), GENERATED, "a line before", 1.5, "dot"),
            line(now.x, _made(now), GENERATED, "p_g", 2.5)
            | {"fill": "tozeroy", "fillcolor": TINT[GENERATED]},
            line(now.x, data.pdf(now.x), REAL, "p_data", 2.5),
            dots(now.real, np.zeros_like(now.real), REAL, "real"),
            dots(now.fake, np.zeros_like(now.fake), GENERATED, "generated"),
        ],
        title=title("densities", [("p_data", REAL), ("p_g", GENERATED), BEFORE]),
        yaxis=axis(range=[-0.1, TALL], nticks=5),
        **_look(1, 3),
    )


def mapping(now: Moment) -> Picture:
    """Where G sends each z of the turn."""
    gap = np.full_like(now.z, np.nan)
    x = np.stack((now.z, now.fake, gap), 1).ravel()
    y = np.tile([0.0, 1.0, np.nan], len(now.z))
    return picture(
        [
            line(x, y, EDGE, "G", 2),
            dots(now.z, np.zeros_like(now.z), BLEND, "z"),
            dots(now.fake, np.ones_like(now.fake), GENERATED, "generated"),
        ],
        title=title("", [("z", BLEND), ("→ G(z) = a z + b", GENERATED)]),
        yaxis=axis(range=[-0.15, 1.15], tickvals=[0, 1], ticktext=["z", "G(z)"], showgrid=False),
        **_look(2, 2),
    )


def _made(moment: Moment) -> Values:
    """The density of what G makes of standard normal noise."""
    a, b = moment.generator
    return Mixture((float(b),), (max(abs(float(a)), SHARP),)).pdf(moment.x)


def _look(row: int, weight: int) -> dict[str, Any]:
    return {
        "xaxis": axis(range=[LEAST, MOST], nticks=9),
        "margin": MARGIN,
        "showlegend": False,
        "meta": {"row": row, "column": 0, "weight": weight},
    }
