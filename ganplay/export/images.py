"""Coloured pixels as files: PNG, and GIF."""

from collections.abc import Iterable
from io import BytesIO

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from scipy.spatial import KDTree

from ganplay.figures.sheets import Colours

SAMPLES = 8
"""Of how many frames the colours of a GIF are those."""
SHARE = 96
"""How many of the colours are those of most pixels, and how many others are as different as can be, so
that what is small keeps its colour; with fewer than 256 in all one is left for "as before"."""


def png(picture: Colours) -> bytes:
    """A picture [height, width, 3] as a PNG."""
    buffer = BytesIO()
    Image.fromarray(picture).save(buffer, "PNG")
    return buffer.getvalue()


def gif(frames: Iterable[Colours], rate: float) -> bytes:
    """Pictures [height, width, 3] as a GIF that loops, `rate` of them a second, to hundredths of one.

    All have the same colours, and none are dithered, so that what stands still does not flicker.
    """
    pictures = list(frames)
    palette = _palette(np.concatenate(pictures[:: -(-len(pictures) // SAMPLES)]))
    nearest = _nearest(palette)
    images = []
    for picture in pictures:
        red, green, blue = np.moveaxis(picture >> 2, -1, 0)
        image = Image.fromarray(nearest[red, green, blue])
        image.putpalette(palette.tobytes())
        images.append(image)
    buffer = BytesIO()
    images[0].save(
        buffer, "GIF", save_all=True, append_images=images[1:], duration=round(1000 / rate), loop=0,
        optimize=True,
    )  # fmt: skip
    return buffer.getvalue()


def _palette(pixels: Colours) -> NDArray[np.uint8]:
    """The colours that pictures [height, width, 3] are drawn in, [2 SHARE, 3] at most."""
    image = Image.fromarray(pixels)
    methods = Image.Quantize.MEDIANCUT, Image.Quantize.MAXCOVERAGE
    levels = [level for each in methods for level in image.quantize(SHARE, each).getpalette() or ()]
    return np.array(levels, np.uint8).reshape(-1, 3)


def _nearest(palette: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The colour of a palette that is nearest to each of 64^3 colours, [64, 64, 64]."""
    levels = np.arange(64) << 2 | np.arange(64) >> 4
    cells = np.stack(np.meshgrid(levels, levels, levels, indexing="ij"), -1)
    found: NDArray[np.uint8] = KDTree(palette).query(cells)[1].astype(np.uint8)
    return found
