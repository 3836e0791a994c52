"""Paper that matplotlib draws on, measured in the page's pixels, and plotly's words on it."""

import functools
import re
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties, fontManager
from matplotlib.patches import Rectangle
from matplotlib.text import Text
from matplotlib.transforms import Affine2D

from ganplay.figures.sheets import Colours
from ganplay.figures.style import FONT, PAPER, TEXT

FAMILIES = ("Arial", "Helvetica", "Liberation Sans", "DejaVu Sans")
"""Letters in the order in which they are taken; the last ones come with matplotlib."""
LINE = 1.3
"""From a line of words to the next, in sizes of the letters."""
HEIGHTS = {"bottom": 0.25, "middle": -0.36, "top": -0.97}
"""From where a line of words is held up to where its letters stand, in their sizes."""
ALONG = {"left": 0.0, "center": 0.5, "right": 1.0}
RAISED = 0.7
"""Size of what is raised, such as an exponent."""


@dataclass(frozen=True)
class _Run:
    """Words of one look; `lift` is how far they are raised, in sizes of the letters."""

    text: str
    colour: str
    bold: bool
    lift: float

    def letters(self, size: float) -> FontProperties:
        return _letters(size * (RAISED if self.lift else 1), self.bold)


class Paper:
    """A white sheet of so many of the page's pixels, each `scale` of its own wide. Places are counted
    from the bottom left."""

    def __init__(self, width: float, height: float, scale: float = 1) -> None:
        # at 72 dots an inch a point, in which matplotlib measures lines and letters, is a pixel
        self.figure = Figure((width / 72, height / 72), dpi=72 * scale, facecolor=PAPER)
        self.canvas: Any = FigureCanvasAgg(self.figure)
        self.width, self.height, self.scale = width, height, scale
        self.of_page = Affine2D().scale(scale)
        """From the page's pixels to those of the sheet."""

    def pixels(self) -> Colours:
        """What is drawn, [scale height, scale width, 3]."""
        self.canvas.draw()
        return np.asarray(self.canvas.buffer_rgba())[..., :3].copy()

    def put(self, artist: Artist) -> None:
        """Draw something, measured in the page's pixels, on top of all else."""
        artist.set_transform(self.of_page)
        artist.set_zorder(len(self.figure.get_children()))
        self.figure.add_artist(artist)

    def length(self, text: str, size: float = FONT, bold: bool = False) -> float:
        """How long a line of words is."""
        return max(self._length(line, size) for line in _runs(text, TEXT, bold))

    def _length(self, line: list[_Run], size: float) -> float:
        return sum(_measured(run.text, run.letters(size), self.scale) for run in line)

    def write(
        self, text: str, x: float, y: float, size: float = FONT, colour: str = TEXT,
        across: str = "center", up: str = "middle", turned: bool = False, ground: str = "", bold: bool = False,
    ) -> None:  # fmt: skip
        """Words as plotly takes them, with <b>, <br>, <sup> and coloured <span>, held at (x, y):
        `across` is left, center or right, `up` is bottom, middle or top. `ground` is a colour below them."""
        lines = _runs(text, colour, bold)
        lengths = [self._length(line, size) for line in lines]
        more = LINE * size * (len(lines) - 1)
        foot = y + HEIGHTS[up] * size + more * {"bottom": 1, "middle": 0.5, "top": 0}[up]
        if ground:
            left, low = x - ALONG[across] * max(lengths), foot - more - 0.25 * size
            box = (max(lengths), more + 1.22 * size)
            self.put(Rectangle((left, low), *box, fc=ground, lw=0))
        for number, (line, length) in enumerate(zip(lines, lengths, strict=True)):
            at = x - ALONG[across] * length
            for run in line:
                place = (at, foot - LINE * size * number + run.lift * size)
                if turned:  # a quarter to the left about (x, y)
                    place = (x - (place[1] - y), y + (place[0] - x))
                self.put(
                    Text(*place, run.text, color=run.colour, va="baseline", parse_math=False,
                         fontproperties=run.letters(size), rotation=90 if turned else 0,
                         rotation_mode="anchor")
                )  # fmt: skip
                at += self._length([run], size)


def _runs(text: str, colour: str, bold: bool) -> list[list[_Run]]:
    """Lines of runs."""
    lines: list[list[_Run]] = [[]]
    colours, bolds, lift = [colour], [bold], 0.0
    for part in re.split(r"(<[^>]+>)", text):
        match part:
            case "<b>":
                bolds.append(True)
            case "</b>":
                bolds.pop()
            case "</span>":
                colours.pop()
            case "<br>":
                lines.append([])
            case "<sup>":
                lift = 0.4
            case "</sup>":
                lift = 0.0
            case "":
                pass
            case _ if span := re.fullmatch(r'<span style="color:(#\w+)">', part):
                colours.append(span[1])
            case _:
                lines[-1].append(_Run(part, colours[-1], bolds[-1], lift))
    return lines


@functools.cache
def families() -> list[str]:
    """Those of FAMILIES that are here."""
    here = {font.name for font in fontManager.ttflist}
    return [name for name in FAMILIES if name in here]


@functools.cache
def _letters(size: float, bold: bool) -> FontProperties:
    return FontProperties(family=families(), size=size, weight="bold" if bold else "normal")


@functools.lru_cache(4096)
def _measured(text: str, letters: FontProperties, scale: float) -> float:
    ruler: Any = FigureCanvasAgg(Figure((1, 1), dpi=72 * scale))
    length: float = ruler.get_renderer().get_text_width_height_descent(text, letters, False)[0]
    return length / scale
