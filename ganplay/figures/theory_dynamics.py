"""The Dirac-GAN: the plane of its two numbers, the game at a moment, eigenvalues and distances."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ganplay.figures.panels import title
from ganplay.figures.stage import arrows
from ganplay.figures.style import (
    ATTENTION,
    BLEND,
    DISCRIMINATOR,
    EDGE,
    GENERATED,
    GRADIENT,
    PAPER,
    REAL,
    TEXT,
    Picture,
    axis,
    ceiling,
    picture,
)
from ganplay.figures.theory_marks import MARGIN, dots, level, line, name_of_axis, upright

Points = NDArray[Any]
"""[n, 2]."""

EXTENT = 3.0
"""Half the side of the plane that is seen."""
LONGEST = 0.34
"""Length that arrows tend to."""
STRONG = 1.0
"""A pull that is drawn half as long."""
ROOM = 1.4
"""Half the side of the plane of eigenvalues, unless some lie beyond."""
DECADES = (-6.0, 1.6)
"""Of distances."""
FAR = 1e30
"""What lies beyond is drawn there."""


def lattice(count: int = 15) -> Points:
    """Where arrows begin [count^2, 2]."""
    side = np.linspace(-EXTENT, EXTENT, count + 2)[1:-1]
    return np.stack(np.meshgrid(side, side), -1).reshape(-1, 2)


def portrait(
    field: Points, states: Points, walked: Points, exact: tuple[str, Points] | None,
    bound: float | None,
) -> Picture:  # fmt: skip
    """The plane of theta and psi: the field at `lattice()`, all states, the path walked so far, an exact
    curve and its name, and the bound of psi where it has one."""
    pull = np.stack(arrows(lattice(), _shafts(field)), -1)
    lines = [
        _line("gradients", pull, GRADIENT, 1.3, opacity=0.7),
        _line("all steps", states, EDGE, 1.5),
        _line("path", walked, ATTENTION, 3),
    ]
    names = [("gradients", GRADIENT), ("path", ATTENTION)]
    if exact:
        lines.append(_line("exact", exact[1], BLEND, 1.3, dash="dash"))
        names.append((f"- - {exact[0]}", BLEND))
    return picture(
        [
            *lines,
            _dots("equilibrium", np.zeros((1, 2)), REAL, 12),
            _dots("now", walked[-1:], ATTENTION, 12),
        ],
        xaxis=_side("θ: where G puts its samples", constrain="domain"),
        yaxis=_side("ψ: slope of D", scaleanchor="x", constrain="domain", constraintoward="top"),
        shapes=[level(y, DISCRIMINATOR) for y in (() if bound is None else (bound, -bound))],
        margin=MARGIN,
        title=title("", names),
        showlegend=False,
        meta={},
    )


def game(theta: float, psi: float, pull: float) -> Picture:
    """The line that the samples lie on: D, the real point, the generated one and the pull on it."""
    reach, here = np.array([-EXTENT, EXTENT]), np.array([[theta, psi * theta]])
    arrow = np.stack(arrows(here, 3 * _shafts(np.array([[pull, 0.0]]))), -1)
    return picture(
        [
            _line("D", np.stack((reach, psi * reach), -1), DISCRIMINATOR, 3),
            _line("gradient", arrow, GRADIENT, 2.5),
            _dots("real", np.zeros((1, 2)), REAL, 12),
            _dots("generated", here, GENERATED, 12),
        ],
        xaxis=_side("x"),
        yaxis=_side("D(x)"),
        margin=MARGIN,
        title=title("", [("real", REAL), ("generated", GENERATED), ("D", DISCRIMINATOR)]),
        showlegend=False,
        meta={"row": 0, "weight": 4},
    )


def eigenvalues(found: NDArray[np.complex128]) -> Picture:
    """Eigenvalues of an update beside the unit circle."""
    angle = np.linspace(0, 2 * np.pi, 181)
    most = float(np.abs(found).max(initial=1.0))
    side, tick = (ROOM, 1.0) if most < ROOM else (ceiling(most), ceiling(most) / 2)
    edge = axis(range=[-side, side], tickvals=[-tick, 0, tick], constrain="domain")
    return picture(
        [
            _line("|λ| = 1", np.stack((np.cos(angle), np.sin(angle)), -1), BLEND, 1.3),
            _dots("eigenvalues", np.stack((found.real, found.imag), -1), ATTENTION, 11),
        ],
        xaxis=edge,
        yaxis=edge | {"scaleanchor": "x"},
        margin=MARGIN | {"b": 24},
        title=title("", [("eigenvalues λ", ATTENTION), ("○ |λ| = 1", BLEND)]),
        showlegend=False,
        meta={"row": 2, "weight": 4},
    )


def distances(radii: NDArray[Any], expected: NDArray[Any] | None, shown: int) -> Picture:
    """How far from the equilibrium a path is at each step, and what its eigenvalues foretell."""
    steps = np.arange(len(radii), dtype=float)
    lines = [_line("distance", np.stack((steps, radii), -1), ATTENTION, 3)]
    names = [("distance by step", ATTENTION)]
    if expected is not None:
        lines.append(_line("exact", np.stack((steps, expected), -1), BLEND, 1.3, dash="dash"))
        names.append(("- - by λ", BLEND))
    return picture(
        lines,
        xaxis=axis(range=[0, len(radii) - 1], nticks=4),
        yaxis=axis(
            type="log", range=list(DECADES), tickvals=[1e-6, 1e-4, 1e-2, 1],
            ticktext=["10⁻⁶", "10⁻⁴", "0.01", "1"],
        ),
        shapes=[upright(shown, TEXT)],
        margin=MARGIN | {"b": 24},
        title=title("", names),
        showlegend=False,
        meta={"row": 1, "weight": 3},
    )  # fmt: skip


def _shafts(field: Points) -> Points:
    length = np.hypot(field[:, 0], field[:, 1])[:, None]
    return np.asarray(field / (length + STRONG) * LONGEST)


def _side(words: str, **options: Any) -> dict[str, Any]:
    within = {"range": [-EXTENT, EXTENT], "tickvals": [-2, -1, 0, 1, 2]}
    return axis(**within, title=name_of_axis(words), **options)


def _line(
    name: str, points: Points, colour: str, width: float, dash: str = "solid", opacity: float = 1
) -> dict[str, Any]:
    drawn = line(*_seen(points), colour, name, width, dash)
    return drawn | {"opacity": opacity, "hoverinfo": "skip"}


def _dots(name: str, points: Points, colour: str, size: int) -> dict[str, Any]:
    return dots(*_seen(points), colour, name, size, PAPER)


def _seen(points: Points) -> tuple[Points, Points]:
    """x and y, but no farther out than a float32 can tell."""
    x, y = np.clip(points.T, -FAR, FAR)
    return x, y
