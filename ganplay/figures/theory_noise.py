"""Two real points and one generated point under noise: what it makes of their distances."""

from collections.abc import Sequence

import numpy as np

from ganplay.figures.panels import title
from ganplay.figures.style import BLEND, GENERATED, GRADIENT, REAL, Picture, axis, picture
from ganplay.figures.theory_divergences import MARGIN, grid, note, over_x
from ganplay.figures.theory_marks import area, dots, exact, line
from ganplay.theory.divergences import LOG_2
from ganplay.theory.mixture import Mixture, Values

TALLEST = 1.6
"""The largest density there is room for."""


def under_noise(p: Mixture, q: Mixture, points: Sequence[float]) -> Picture:
    """The densities with noise, and the real points on the ground."""
    x = grid()
    traces = [
        area(x, p.pdf(x), REAL, "real"), area(x, q.pdf(x), GENERATED, "generated"),
        dots(points, (0.0,) * len(points), REAL, "points", 10),
    ]  # fmt: skip
    names = [("real + noise", REAL), ("generated + noise", GENERATED)]
    return over_x(traces, "density", names, axis(range=[-0.02, TALLEST], nticks=4), 0, 3)


def over_places(
    places: Values, found: Values, at: float, value: float, slope: float, bare: Sequence[tuple[float, float]]
) -> Picture:  # fmt: skip
    """JSD with noise for each place of the generated point; its value and slope `at` where it is; and
    without noise, where it is ln 2 but for some `bare` places and their values."""
    reach = 0.8
    traces = [
        exact([-6, 6], [LOG_2, LOG_2], "without noise", "dot"),
        dots([x for x, _ in bare], [y for _, y in bare], BLEND, "without noise", 10),
        exact(places, found, "with noise", "solid", 2.5),
        line([at - reach, at + reach], [value - reach * slope, value + reach * slope], GRADIENT, "slope", 3),
        dots([at], [value], GENERATED, "generated"),
    ]  # fmt: skip
    names = [("its slope", GRADIENT)]
    yaxis = axis(
        range=[-0.02, 0.78], tickvals=[0, 0.2, 0.4, LOG_2], ticktext=["0", "0.2", "0.4", "ln 2"]
    )
    heading = "JSD in nats, for each place of the generated point"
    lowest = places[np.isclose(found, found.min(), rtol=0, atol=1e-6)]
    notes = [note(x, float(found.min()), "least", "top") for x in lowest.tolist()]
    return over_x(traces, heading, names, yaxis, 1, 3, annotations=notes)


def over_noise(noises: Values, shares: dict[str, Values], noise: float) -> Picture:
    """What is left of each distance under each noise, as a share of what it is without."""
    dashes = ("solid", "dash")
    curves = [
        exact(noises, share, name, dash)
        for (name, share), dash in zip(shares.items(), dashes, strict=True)
    ]
    ends = [
        note(float(noises[-1]), float(share[-1]), name, "bottom") | {"xanchor": "right"}
        for name, share in shares.items()
    ]
    mark = exact([noise, noise], [0.0, 1.05], "noise", "dot", 1)
    return picture(
        [*curves, mark],
        title=title("share of each distance that is left, for each noise s", []),
        xaxis=axis(range=[0, float(noises[-1])], nticks=6),
        yaxis=axis(range=[0, 1.25], tickvals=[0, 0.5, 1], ticktext=["0", "50 %", "100 %"]),
        annotations=ends,
        margin=MARGIN, showlegend=False, meta={"row": 2, "column": 0, "weight": 2, "x_name": "s"},
    )  # fmt: skip
