"""A Picture as pixels: drawn as the page draws it, without a browser."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from matplotlib.patches import FancyArrowPatch
from matplotlib.transforms import Bbox

from ganplay.export.landscape import landscape
from ganplay.export.painters import dots, image, paint, ramp, scale, stroke
from ganplay.export.paper import LINE, Paper
from ganplay.export.ticks import ticks
from ganplay.figures.sheets import Colours
from ganplay.figures.style import FONT, TEXT, Picture

PAD = 4
"""From an axis to the words at its ticks, in pixels."""
KEY = 16
"""Length of the piece of a trace in the legend, in pixels."""
FOOT = 4
"""From the lower edge to the words of a colour bar, in pixels."""


def raster(picture: Picture, width: float, height: float, scale: float = 1) -> Colours:
    """A figure of so many of the page's pixels, each of them `scale` pixels wide: colours
    [scale height, scale width, 3]."""
    paper = Paper(width, height, scale)
    margin = picture.layout["margin"]
    area = Bbox.from_extents(margin["l"], margin["b"], width - margin["r"], height - margin["t"])
    if "scene" in picture.layout:
        landscape(paper, picture, area)
    else:
        _Plot(paper, picture, area).draw()
    return paper.pixels()


class _Plot:
    """A pair of plotly's axes and what lies around them; `area` is what its margins leave."""

    def __init__(self, paper: Paper, picture: Picture, area: Bbox) -> None:
        self.paper, self.area, self.box = paper, area, area
        self.traces, self.layout = picture.traces, picture.layout
        self.axes = {letter: self.layout[f"{letter}axis"] for letter in "xy"}
        if "scaleanchor" in self.axes["y"]:  # as much of the area as keeps both scales alike
            wide, tall = (np.ptp(axis["range"]) for axis in self.axes.values())
            toward = 0.5, 1.0 if self.axes["y"].get("constraintoward") == "top" else 0.5
            self.box = area.shrunk_to_aspect(tall / wide).anchored(toward, area)
        self.x = scale(self.axes["x"], self.box.x0, self.box.width)
        self.y = scale(self.axes["y"], self.box.y0, self.box.height)

    def draw(self) -> None:
        self._across(self.axes["x"])
        self._up(self.axes["y"])
        for trace in self.traces:
            paint(self.paper, trace, self.x, self.y, self.box)
            if trace.get("colorbar"):
                self._colour_bar(trace)
        for line in self.layout.get("shapes", ()):
            x, y = ([self._place(line, f"{letter}{end}") for end in "01"] for letter in "xy")
            self.paper.put(stroke(x, y, line["line"]))
        for note in self.layout.get("annotations", ()):
            self._annotation(note)
        if title := self.layout.get("title"):
            place = self.area.x0, self.area.y1 + title["pad"]["b"]
            self.paper.write(
                title["text"], *place, title["font"]["size"], across="left", up="bottom"
            )
        if "legend" in self.layout and self.layout.get("showlegend", True):
            self._legend()

    def _across(self, axis: Mapping[str, Any]) -> None:
        """The lines, the words and the name of the axis below."""
        box, size, out = self.box, axis["tickfont"]["size"], axis.get("ticklen", 0)
        for x, words in ticks(axis, "x", box.x0, box.width):
            if axis.get("showgrid", True):
                self._rule((x, x), (box.y0, box.y1), axis["gridcolor"])
            if out:
                self._rule((x, x), (box.y0 - out, box.y0), TEXT)
            # as plotly does, none that reaches beyond the paper
            inside = min(x, self.paper.width - x) >= self.paper.length(words, size) / 2
            if inside and axis.get("showticklabels", True):
                self.paper.write(words, x, box.y0 - out - PAD, size, up="top")
        if name := axis.get("title", {}).get("text"):
            middle, y = (box.x0 + box.x1) / 2, box.y0 - out - 2 * PAD - LINE * size
            self.paper.write(name, middle, y, FONT, up="top")

    def _up(self, axis: Mapping[str, Any]) -> None:
        """The same of the axis at the left."""
        box, size, out = self.box, axis["tickfont"]["size"], axis.get("ticklen", 0)
        widest = 0.0
        for y, words in ticks(axis, "y", box.y0, box.height):
            if axis.get("showgrid", True):
                self._rule((box.x0, box.x1), (y, y), axis["gridcolor"])
            if out:
                self._rule((box.x0 - out, box.x0), (y, y), TEXT)
            if axis.get("showticklabels", True):
                widest = max(widest, self.paper.length(words, size))
                self.paper.write(words, box.x0 - out - PAD, y, size, across="right")
        if name := axis.get("title", {}).get("text"):
            x, middle = box.x0 - out - 2 * PAD - widest, (box.y0 + box.y1) / 2
            self.paper.write(name, x, middle, FONT, up="bottom", turned=True)

    def _rule(self, x: tuple[float, float], y: tuple[float, float], colour: str) -> None:
        self.paper.put(stroke(x, y, {"color": colour, "width": 1}))

    def _place(self, thing: Mapping[str, Any], end: str) -> float:
        """Where a thing's `x0`, `y`, ... lies, in pixels: a portion of the area, or a value on the axis."""
        letter = end.strip("01")
        if thing.get(f"{letter}ref") != "paper":
            return float((self.x if letter == "x" else self.y)(thing[end]))
        start, stop = self.area.intervalx if letter == "x" else self.area.intervaly
        return float(start + thing[end] * (stop - start))

    def _annotation(self, note: Mapping[str, Any]) -> None:
        x = self._place(note, "x") + note.get("xshift", 0)
        y = self._place(note, "y") + note.get("yshift", 0)
        if note["showarrow"]:
            start = float(self.x(note["ax"])), float(self.y(note["ay"]))
            colour, width = note["arrowcolor"], note["arrowwidth"]
            self.paper.put(
                FancyArrowPatch(start, (x, y), arrowstyle="-|>", color=colour, lw=width,
                                mutation_scale=6 * width, shrinkA=0, shrinkB=0)
            )  # fmt: skip
            return
        font = note["font"]
        self.paper.write(
            note["text"], x, y, font["size"], font.get("color", TEXT), note.get("xanchor", "center"),
            note.get("yanchor", "middle"), ground=note.get("bgcolor", ""),
        )  # fmt: skip

    def _legend(self) -> None:
        """The names of the traces at the top, each after a piece of it."""
        shown = [t for t in self.traces if t.get("showlegend", t["type"] == "scatter")]
        lengths = [self.paper.length(trace["name"]) for trace in shown]
        room = self.paper.width - sum(lengths) - len(shown) * (KEY + PAD)
        gap = min(KEY, room / len(shown))
        whole = self.paper.width - room + gap * (len(shown) - 1)
        x, y = (self.area.x0 + self.area.x1 - whole) / 2, self.paper.height - FONT
        for trace, length in zip(shown, lengths, strict=True):
            if "markers" in trace.get("mode", ""):
                key = dots([x + KEY / 2], [y], trace["marker"] | {"size": 0.7 * KEY})
            else:
                key = stroke((x, x + KEY), (y, y), trace["line"] | {"width": 4})
            self.paper.put(key)
            self.paper.write(trace["name"], x + KEY + PAD, y, across="left")
            x += KEY + PAD + length + gap

    def _colour_bar(self, trace: Mapping[str, Any]) -> None:
        """Its colours below everything, with words at some of its values."""
        bar, low, high = trace["colorbar"], trace["zmin"], trace["zmax"]
        middle, reach = (self.area.x0 + self.area.x1) / 2, bar["len"] * self.area.width / 2
        foot = FOOT + LINE * FONT
        box = Bbox.from_extents(middle - reach, foot, middle + reach, foot + bar["thickness"])
        colours = ramp(trace["colorscale"])(np.linspace(0, 1, 256))[None]
        self.paper.put(image(self.paper, colours, box))
        size = min(FONT, FONT * 0.94 * box.width / sum(map(self.paper.length, bar["ticktext"])))
        for value, words in zip(bar["tickvals"], bar["ticktext"], strict=True):
            x = box.x0 + (value - low) / (high - low) * box.width
            half = self.paper.length(words, size) / 2
            x = min(max(x, box.x0 + half), box.x1 - half)
            self.paper.write(words, x, FOOT, size, up="bottom")
