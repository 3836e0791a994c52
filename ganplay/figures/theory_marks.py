"""Marks that the pictures of the theory page are made of, and names of their axes."""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ganplay.figures.style import BLEND, FONT, pale

Numbers = NDArray[Any]
MARGIN = {"l": 46, "r": 12, "t": 30, "b": 42}
"""Room for the name of an axis below, and for a title above."""


def line(
    x: ArrayLike, y: ArrayLike, colour: str, name: str, width: float = 2.5, dash: str = "solid"
) -> dict[str, Any]:
    return {
        "type": "scatter", "mode": "lines", "name": name, "x": np.asarray(x), "y": np.asarray(y),
        "line": {"color": colour, "width": width, "dash": dash},
    }  # fmt: skip


def exact(
    x: ArrayLike, y: ArrayLike, name: str, dash: str = "dash", width: float = 2
) -> dict[str, Any]:
    """A curve that theory knows."""
    return line(x, y, BLEND, name, width, dash)


def area(x: ArrayLike, y: ArrayLike, colour: str, name: str) -> dict[str, Any]:
    """A curve, and its colour below it."""
    return line(x, y, colour, name) | {"fill": "tozeroy", "fillcolor": pale(colour)}


def dots(
    x: ArrayLike, y: ArrayLike, colour: str, name: str = "here", size: float = 11, edge: str = ""
) -> dict[str, Any]:
    """Discs of a size in pixels, with an edge in a colour of its own."""
    ring = {"line": {"color": edge, "width": 1.5}} if edge else {}
    return {
        "type": "scatter", "mode": "markers", "name": name, "x": np.asarray(x), "y": np.asarray(y),
        "marker": {"size": size, "color": colour, **ring},
    }  # fmt: skip


def points(x: ArrayLike, y: ArrayLike, colour: str, name: str) -> dict[str, Any]:
    """Many small ones, which may lie on each other."""
    return dots(x, y, colour, name, 4) | {"opacity": 0.45}


def level(y: float, colour: str) -> dict[str, Any]:
    return _rule(colour, x0=0, x1=1, xref="paper", y0=y, y1=y)


def upright(x: float, colour: str) -> dict[str, Any]:
    return _rule(colour, x0=x, x1=x, y0=0, y1=1, yref="paper")


def _rule(colour: str, **ends: Any) -> dict[str, Any]:
    return {"type": "line", "line": {"color": colour, "width": 1.5, "dash": "dot"}, **ends}


def name_of_axis(text: str) -> dict[str, Any]:
    """What stands along an axis."""
    return {"text": text, "font": {"size": FONT}}
