"""What tests of drawn figures share: plain ones of a few traces, and where their pixels are."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from ganplay.export.raster import raster
from ganplay.figures.style import Picture, axis, picture

MARGIN = {"l": 50, "r": 20, "t": 30, "b": 40}
SIZE = (300, 200)
INK = "#d95f02"
BLACK_TO_GREEN = ((0.0, "#000000"), (1.0, "#00ff00"))


def plain(*traces: dict[str, Any], x: Mapping[str, Any] | None = None, y: Mapping[str, Any] | None = None, **layout: Any) -> Picture:  # fmt: skip
    """A figure of -1..1 in both directions, with nothing on its plot but the traces."""
    bare = axis(range=[-1, 1], showgrid=False, tickvals=[])
    shown = {"margin": MARGIN, "showlegend": False, **layout}
    return picture(list(traces), xaxis=bare | dict(x or {}), yaxis=bare | dict(y or {}), **shown)


def scatter(x: Any, y: Any, mode: str = "markers", **more: Any) -> dict[str, Any]:
    looks = {"marker": {"size": 8, "color": INK}, "line": {"color": INK, "width": 2}}
    numbers = {"x": np.asarray(x, np.float32), "y": np.asarray(y, np.float32)}
    return {"type": "scatter", "name": "it", "mode": mode, **numbers, **looks, **more}


def heatmap(z: Any, **more: Any) -> dict[str, Any]:
    """Of cells that fill -1..1."""
    z = np.asarray(z, np.float32)
    rows, columns = z.shape
    dy, dx = 2 / rows, 2 / columns
    grid = {"z": z, "x0": -1 + dx / 2, "dx": dx, "y0": -1 + dy / 2, "dy": dy}
    scale = {"zmin": 0, "zmax": 1, "colorscale": BLACK_TO_GREEN}
    return {"type": "heatmap", "name": "it", **grid, **scale, **more}


def bars(x: list[float], y: list[float], **more: Any) -> dict[str, Any]:
    numbers = {"x": np.array(x, np.float32), "y": np.array(y, np.float32), "width": 0.4}
    return {"type": "bar", "name": "it", **numbers, "marker": {"color": INK}, **more}


def drawn(*traces: dict[str, Any], **more: Any) -> np.ndarray:
    return raster(plain(*traces, **more), *SIZE)


def rgb(colour: str) -> np.ndarray:
    return np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)])


def like(pixels: np.ndarray, colour: str, apart: int = 40) -> np.ndarray:
    """Which pixels are nearly of a colour, [height, width]."""
    return np.abs(pixels.astype(int) - rgb(colour)).max(-1) <= apart


def middle(mask: np.ndarray) -> tuple[float, float]:
    """The mean place of pixels, from the left and from the top, their middles at halves."""
    rows, columns = np.nonzero(mask)
    assert len(rows), "nothing is there"
    return float(columns.mean()) + 0.5, float(rows.mean()) + 0.5


def extent(mask: np.ndarray) -> tuple[int, int, int, int]:
    """Left, top, right and bottom of pixels, the last two beyond them."""
    rows, columns = np.nonzero(mask)
    assert len(rows), "nothing is there"
    return columns.min(), rows.min(), columns.max() + 1, rows.max() + 1


def place(x: float, y: float) -> tuple[float, float]:
    """Where -1..1 in both directions lie, from the left and from the top."""
    width, height = SIZE[0] - 70, SIZE[1] - 70
    return 50 + (x + 1) / 2 * width, 30 + (1 - y) / 2 * height
