"""A drawing as strokes of a pen: short enough for an address, and sharp at any size."""

import re

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image, ImageDraw
from torch import Tensor

Points = NDArray[np.float64]
"""Where the pen went, [n, 2]: x from the left and y from the top, from 0 to 1."""

LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-_"
"""What a coordinate is written with, from one edge of the drawing to the other."""
LONGEST = 2000
"""Characters of a drawing."""
PATTERN = re.compile(r"(?:[\w-]{2})+(?:\.(?:[\w-]{2})+)*", re.ASCII)

PEN = 0.08
"""Width of the pen as a portion of the side, about that of handwritten digits."""
BOX = 20 / 28
"""The portion of MNIST's pictures that a digit fills at most."""
FINE = 8
"""How many times too large strokes are drawn, before they are shrunk with smooth edges."""


def decode(text: str) -> list[Points]:
    """The strokes of a text: two letters for each point, and a dot between strokes. Raises
    ValueError with what is allowed."""
    if not text:
        return []
    if len(text) > LONGEST or not PATTERN.fullmatch(text):
        raise ValueError(f"strokes as the pad writes them, {LONGEST:,} characters at most")
    at = {letter: i / (len(LETTERS) - 1) for i, letter in enumerate(LETTERS)}
    return [np.array([at[c] for c in part]).reshape(-1, 2) for part in text.split(".")]


def encode(strokes: list[Points]) -> str:
    """The text of strokes."""
    most = len(LETTERS) - 1
    levels = [np.rint(np.clip(points, 0, 1) * most).astype(int).ravel() for points in strokes]
    return ".".join("".join(LETTERS[i] for i in each) for each in levels)


def draw(strokes: list[Points], side: int) -> Tensor:
    """Strokes as light ink on black, [1, side, side] uint8."""
    canvas = Image.new("L", (side * FINE, side * FINE))
    pen, on = PEN * side * FINE, ImageDraw.Draw(canvas)
    for stroke in strokes:
        points = [tuple(point) for point in (stroke * side * FINE).tolist()]
        on.line(points, 255, round(pen), joint="curve")
        for x, y in points:
            on.ellipse((x - pen / 2, y - pen / 2, x + pen / 2, y + pen / 2), 255)
    return torch.from_numpy(np.asarray(canvas.reduce(FINE)).copy())[None]


def as_digit(strokes: list[Points], side: int = 28) -> Tensor:
    """Strokes as MNIST has its digits: as large as a box of 20 by 20 pixels takes, and with the mean
    of the ink in the middle of the picture (LeCun et al. 1998, sec. III.A); [1, side, side] uint8."""
    if not strokes:
        return draw([], side)
    every = np.concatenate(strokes)
    low, high = every.min(0), every.max(0)
    size = (BOX - PEN) / max(float((high - low).max()), PEN)
    middle = [(stroke - (low + high) / 2) * size + 0.5 for stroke in strokes]
    ink = draw(middle, side)[0].double()
    place = (torch.arange(side, dtype=torch.float64) + 0.5) / side
    mean = torch.stack((ink.sum(0) @ place, ink.sum(1) @ place)) / ink.sum()
    return draw([stroke + 0.5 - mean.numpy() for stroke in middle], side)
