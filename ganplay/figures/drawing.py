"""Drawings of boxes, words and arrows: as SVG for a page, and as pixels for a file."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from ganplay.figures.sheets import Colours
from ganplay.figures.style import PAPER, TEXT

PLAIN = str.maketrans({"×": "x", "−": "-", "→": ">"})
"""What stands for signs that Pillow's own font does not have."""

ANCHORS = {"start": "lm", "middle": "mm", "end": "rm"}
"""Where a line of words is held, as SVG calls it and as Pillow does."""


@dataclass(frozen=True)
class Box:
    """A box, filled, edged or both; the edge lies on both sides of its outline."""

    x: float
    y: float
    width: float
    height: float
    fill: str = "none"
    edge: str = "none"
    thick: int = 1

    def svg(self) -> str:
        return (
            f'<rect x="{self.x:g}" y="{self.y:g}" width="{self.width:g}" height="{self.height:g}"'
            f' fill="{self.fill}" stroke="{self.edge}" stroke-width="{self.thick}"/>'
        )

    def paint(self, pen: ImageDraw.ImageDraw, times: int) -> None:
        out = self.thick / 2 if self.edge != "none" else 0  # Pillow draws edges inwards
        left, top = self.x - out, self.y - out
        right, bottom = self.x + self.width + out, self.y + self.height + out
        corners = [times * each for each in (left, top, right, bottom)]
        pen.rectangle(corners, _or_none(self.fill), _or_none(self.edge), times * self.thick)


@dataclass(frozen=True)
class Words:
    """A line of words, held at its start, middle or end; its middle is at height y."""

    x: float
    y: float
    text: str
    size: int = 15
    colour: str = TEXT
    anchor: str = "middle"
    bold: bool = False

    def svg(self) -> str:
        return (
            f'<text x="{self.x:g}" y="{self.y:g}" font-size="{self.size}" fill="{self.colour}"'
            f' text-anchor="{self.anchor}" dominant-baseline="central"'
            f' font-weight="{600 if self.bold else 400}">{escape(self.text)}</text>'
        )

    def paint(self, pen: ImageDraw.ImageDraw, times: int) -> None:
        pen.text(
            (times * self.x, times * self.y), self.text.translate(PLAIN), self.colour,
            ImageFont.load_default(times * self.size), ANCHORS[self.anchor],
            stroke_width=0.4 * times if self.bold else 0,
        )  # fmt: skip


@dataclass(frozen=True)
class Arrow:
    """A line through corners (x, y), with a head at its end unless it is `open`."""

    corners: Sequence[tuple[float, float]]
    colour: str
    thick: float = 2
    open: bool = False

    @property
    def head(self) -> list[tuple[float, float]]:
        """The tip and the two ends of its barbs."""
        before, tip = np.array(self.corners[-2:], float)
        ahead = (tip - before) / np.linalg.norm(tip - before)
        aside = np.array((-ahead[1], ahead[0]))
        size = 2 + 2.5 * self.thick
        ends = (tip, tip - size * ahead + size / 2 * aside, tip - size * ahead - size / 2 * aside)
        return [(float(x), float(y)) for x, y in ends]

    def svg(self) -> str:
        line = " ".join(f"{x:g},{y:g}" for x, y in self.corners)
        drawn = (
            f'<polyline points="{line}" fill="none" stroke="{self.colour}"'
            f' stroke-width="{self.thick:g}"/>'
        )
        if self.open:
            return drawn
        head = " ".join(f"{x:g},{y:g}" for x, y in self.head)
        return f'{drawn}<polygon points="{head}" fill="{self.colour}"/>'

    def paint(self, pen: ImageDraw.ImageDraw, times: int) -> None:
        line = [(times * x, times * y) for x, y in self.corners]
        pen.line(line, self.colour, round(times * self.thick), "curve")
        if not self.open:
            pen.polygon([(times * x, times * y) for x, y in self.head], self.colour)


@dataclass(frozen=True)
class Drawing:
    """Boxes, words and arrows, in pixels from the top left; later ones lie on top."""

    width: int
    height: int
    parts: Sequence[Box | Words | Arrow]

    def svg(self) -> str:
        """As a file of SVG."""
        inside = "".join(part.svg() for part in self.parts)
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {self.width} {self.height}"'
            f' width="{self.width}" height="{self.height}" font-family="Source Sans Pro, sans-serif">'
            f"{inside}</svg>"
        )

    def pixels(self, times: int = 1) -> Colours:
        """As coloured pixels [times height, times width, 3]."""
        image = Image.new("RGB", (times * self.width, times * self.height), PAPER)
        pen = ImageDraw.Draw(image)
        for part in self.parts:
            part.paint(pen, times)
        return np.asarray(image)


def _or_none(colour: str) -> str | None:
    return None if colour == "none" else colour
