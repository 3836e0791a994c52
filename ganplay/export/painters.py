"""Paints one of plotly's traces on paper, as static/painters.js does on a canvas.

x and y turn data into pixels of the page.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import contourpy
import numpy as np
from matplotlib.artist import Artist
from matplotlib.collections import LineCollection, PolyCollection
from matplotlib.colors import LinearSegmentedColormap, to_rgba
from matplotlib.image import BboxImage
from matplotlib.lines import Line2D
from matplotlib.transforms import Bbox, TransformedBbox
from numpy.typing import NDArray

from ganplay.export.paper import Paper
from ganplay.figures.style import CLEAR

DASHES = {"dot": (1, 2), "dash": (4, 3), "longdash": (7, 4), "dashdot": (4, 2, 1, 2)}
"""What is drawn and what is left out, in widths of the line."""
ASIDE = 4
"""From a point to the words beside it, in pixels."""

Trace = Mapping[str, Any]
Doubles = NDArray[np.float64]
Scale = Callable[[Any], Doubles]


def scale(axis: Mapping[str, Any], start: float, length: float) -> Scale:
    """From data to pixels along a plotly axis from `start` on; NaN where there is no place."""
    first, last = axis["range"]

    def place(values: Any) -> Doubles:
        along: Doubles = np.asarray(values, np.float64)
        if axis.get("type") == "log":
            with np.errstate(divide="ignore", invalid="ignore"):
                along = np.log10(along)
        along = np.where(np.isfinite(along), along, np.nan)
        pixels: Doubles = start + (along - first) / (last - first) * length
        return pixels

    return place


def paint(paper: Paper, trace: Trace, x: Scale, y: Scale, within: Bbox) -> None:
    """Draw a trace, cut off at a box of the page's pixels."""
    for artist in PAINTERS[trace["type"]](paper, trace, x, y):
        artist.set_clip_box(TransformedBbox(within, paper.of_page))
        paper.put(artist)


def _heatmap(paper: Paper, trace: Trace, x: Scale, y: Scale) -> list[Artist]:
    low, high = trace["zmin"], trace["zmax"]
    level = (trace["z"].astype(np.float64) - low) / (high - low)
    ends = np.array((-0.5, *level.shape)) - (0, 0.5, 0.5)
    across, up = x(trace["x0"] + trace["dx"] * ends[[0, 2]]), y(trace["y0"] + trace["dy"] * ends[[0, 1]])  # fmt: skip
    return [image(paper, ramp(trace["colorscale"])(level), Bbox(np.stack((across, up), 1)))]


def image(paper: Paper, colours: NDArray[Any], box: Bbox) -> Artist:
    """Colours [rows, columns, 4], the lowest row first, in a box of the page's pixels."""
    place = TransformedBbox(box, paper.of_page)
    drawn = BboxImage(place, origin="lower", interpolation="bilinear")
    drawn.set_data(colours)
    return drawn


def _contour(paper: Paper, trace: Trace, x: Scale, y: Scale) -> list[Artist]:
    z = np.ma.masked_invalid(trace["z"].astype(np.float64))
    rows, columns = map(np.arange, z.shape)
    places = (x(trace["x0"] + trace["dx"] * columns), y(trace["y0"] + trace["dy"] * rows))
    found: Any = contourpy.contour_generator(*places, z).lines(trace["contours"]["start"])
    line = trace["line"]
    return [LineCollection(found, colors=line["color"], linewidths=line["width"])]


def _scatter(paper: Paper, trace: Trace, x: Scale, y: Scale) -> list[Artist]:
    xs, ys, opacity = x(trace["x"]), y(trace["y"]), trace.get("opacity", 1)
    drawn: list[Artist] = []
    if "fill" in trace and len(xs):  # down to 0
        (floor,) = y([0])
        corners = [(xs[0], floor), *zip(xs, ys, strict=True), (xs[-1], floor)]
        drawn.append(PolyCollection([corners], fc=solid(trace["fillcolor"]), lw=0))
    if "lines" in trace["mode"]:
        drawn.append(stroke(xs, ys, trace["line"], opacity))
    if "markers" in trace["mode"]:
        drawn.append(dots(xs, ys, trace["marker"], opacity))
    if "text" in trace["mode"]:
        font = trace["textfont"]
        for place in zip(xs + ASIDE, ys, strict=True):
            paper.write(
                trace["text"], *place, font["size"], font["color"], across="left", bold=True
            )
    return drawn


def stroke(x: Any, y: Any, line: Mapping[str, Any], opacity: float = 1) -> Line2D:
    """A line of plotly's through places in pixels."""
    dash = DASHES.get(line.get("dash", "solid"))
    return Line2D(
        x, y, color=solid(line["color"], opacity), lw=line.get("width", 2), ls=(0, dash) if dash else "-",
        solid_joinstyle="round", solid_capstyle="butt",
    )  # fmt: skip


def dots(x: Any, y: Any, marker: Mapping[str, Any], opacity: float = 1) -> Line2D:
    """Discs of plotly's at places in pixels."""
    edge, opacity = marker.get("line", {}), opacity * marker.get("opacity", 1)
    return Line2D(
        x, y, ls="none", marker="o", ms=marker["size"], mfc=solid(marker["color"], opacity),
        mec=solid(edge.get("color", CLEAR), opacity), mew=edge.get("width", 0),
    )  # fmt: skip


def _bar(paper: Paper, trace: Trace, x: Scale, y: Scale) -> list[Artist]:
    width, base, marker = trace.get("width", 0.8), trace.get("base", 0), trace["marker"]
    left, right = x(trace["x"] - width / 2), x(trace["x"] + width / 2)
    foot, top = y(np.full(len(left), base)), y(base + trace["y"])
    corners = np.stack((left, foot, left, top, right, top, right, foot), 1).reshape(-1, 4, 2)
    opacity = trace.get("opacity", 1) * marker.get("opacity", 1)
    return [PolyCollection(list(corners), fc=solid(marker["color"], opacity), lw=0)]


PAINTERS: Mapping[str, Callable[[Paper, Trace, Scale, Scale], list[Artist]]] = {
    "heatmap": _heatmap,
    "contour": _contour,
    "scatter": _scatter,
    "bar": _bar,
}


def ramp(colorscale: Sequence[tuple[float, str]]) -> LinearSegmentedColormap:
    """256 colours along a plotly colour scale."""
    return LinearSegmentedColormap.from_list("", list(colorscale), 256)


def solid(colour: str, opacity: float = 1) -> tuple[float, float, float, float]:
    """Red, green, blue and opacity of a colour of plotly's that is drawn so opaque, each 0 to 1."""
    if colour.startswith("rgba"):
        red, green, blue, own = map(float, re.findall(r"[\d.]+", colour))
        return red / 255, green / 255, blue / 255, own * opacity
    return to_rgba(colour, opacity)
