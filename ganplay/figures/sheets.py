"""Pictures as coloured pixels: the sheets, strips and grids of them that pages show and export."""

import numpy as np
from numpy.typing import NDArray

from ganplay.figures.style import GENERATED, INK, PAPER, parts
from ganplay.snapshot import Pixels

Colours = NDArray[np.uint8]
"""Pictures of coloured pixels, [n, side, side, 3]."""

MIDDLE = 0.6
"""Where between paper and full ink a colour itself lies."""


def coloured(pictures: Pixels, colour: str = GENERATED) -> Colours:
    """Pictures [n, c, side, side]: grey ones in ink of a colour of the palette on paper, others as
    they are."""
    if pictures.shape[1] == 3:
        return np.ascontiguousarray(pictures.transpose(0, 2, 3, 1))
    return _ramp(colour)[pictures[:, 0]]


def neutral(pictures: Pixels) -> Colours:
    """The same of pictures that no net made: grey ones in ink without a colour."""
    return shaded(pictures[:, 0], 255) if pictures.shape[1] == 1 else coloured(pictures)


def shaded(values: NDArray[np.float32] | Pixels, top: float | None = None) -> Colours:
    """Maps [n, side, side] as dark ink on paper: 0 is paper, and `top`, or the largest value of
    each, is full ink."""
    most = values.max((1, 2), keepdims=True) if top is None else top
    share = np.clip(values / np.maximum(most, 1e-12), 0, 1)
    return np.repeat((255 - 235 * share).round().astype(np.uint8)[..., None], 3, -1)


def tiled(pictures: Colours, columns: int, gap: int = 1) -> Colours:
    """Pictures in rows of so many, white between them, as a single one [height, width, 3]."""
    n, side = pictures.shape[:2]
    rows = -(-n // columns)
    framed = np.full((rows * columns, side + gap, side + gap, 3), 255, np.uint8)
    framed[:n, :side, :side] = pictures
    wide = framed.reshape(rows, columns, side + gap, side + gap, 3).swapaxes(1, 2)
    return wide.reshape(rows * (side + gap), -1, 3)[: -gap or None, : -gap or None]


def resized(pictures: Colours, side: int) -> Colours:
    """Pictures with another side, each pixel that of the nearest place."""
    near = np.arange(side) * pictures.shape[1] // side
    return pictures[:, near][:, :, near]


def _ramp(colour: str) -> NDArray[np.uint8]:
    """256 colours from paper through a colour to its full ink, [256, 3]."""
    stops = [parts(c) for c in (PAPER, colour, INK[colour])]
    at = np.linspace(0, 1, 256)
    shades = [np.interp(at, (0, MIDDLE, 1), part) for part in zip(*stops, strict=True)]
    return np.stack(shades, 1).round().astype(np.uint8)
