"""A mean between two branches: what squared error makes of two answers to one question."""

import numpy as np

from ganplay.figures.panels import title
from ganplay.figures.style import ATTENTION, BLEND, GENERATED, REAL, VAE, Picture, axis, picture
from ganplay.figures.theory_marks import MARGIN, Numbers, line, name_of_axis, points, upright
from ganplay.snapshot import AxisSnapshot
from ganplay.theory.mixture import Mixture
from ganplay.theory.regression import Branches

UNIT = np.linspace(0, 1, 101)
"""Where a learned mean is told."""
LEVELS = np.linspace(-2.1, 2.1, 421)


def regression(
    branches: Branches,
    pairs: tuple[Numbers, Numbers],
    learned: Numbers,
    noise: Numbers,
    place: float,
    gan: AxisSnapshot | None,
) -> dict[str, Picture]:
    """Pairs with two branches, the mean that a net `learned` on UNIT, exact beside it, and samples of the
    Gaussian around it, one for each of `noise`; and p(y | x) at a place beside that Gaussian and what a
    `gan` makes there, where one is."""
    x, y = pairs
    tall = axis(range=[-2.1, 2.1], nticks=5)
    blurred = np.interp(x, UNIT, learned) + branches.deviation(x) * noise
    mean, deviation = float(branches.mean(place)), float(branches.deviation(place))
    curves = [
        ("real", branches.given(place).pdf(LEVELS), LEVELS, REAL),
        ("Gaussian", Mixture((mean,), (deviation,)).pdf(LEVELS), LEVELS, VAE),
    ]
    if gan:
        curves.append(("GAN", gan.p_g, gan.x, GENERATED))
    return {
        "pairs": picture(
            [
                points(x, y, REAL, "real"),
                points(x, blurred, VAE, "Gaussian"),
                line(UNIT, learned, VAE, "learned", 4),
                line(UNIT, branches.mean(UNIT), BLEND, "E[y | x]", 1.5, "dash"),
            ],
            title=title("", [("real", REAL), ("net, and samples around it", VAE), ("E[y | x] ┅┅", BLEND)]),
            xaxis=axis(range=[-0.02, 1.02], nticks=6, title=name_of_axis("x")), yaxis=tall, margin=MARGIN,
            showlegend=False, shapes=[upright(place, ATTENTION)], meta={"row": 0, "wide": 1.7},
        ),
        "slice": picture(
            [
                *(line(density, levels, colour, name, 3) for name, density, levels, colour in curves),
                line(np.array([0.0, 4.2]), np.array([mean, mean]), BLEND, "mean", 1.5, "dash"),
            ],
            title=title("p(y | x):", [(name, colour) for name, _, _, colour in curves]),
            xaxis=axis(range=[0, 4.2], nticks=4, title=name_of_axis("density, per unit of y")),
            yaxis=tall, margin=MARGIN, showlegend=False, meta={"row": 0, "column": 1},
        ),
    }  # fmt: skip
