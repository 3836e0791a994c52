"""One figure as a PNG, for paper and slides."""

from ganplay.export.images import png
from ganplay.export.raster import raster
from ganplay.figures.style import Picture

SQUARE, WIDE = (520, 520), (560, 240)
"""The room between the margins of a figure whose axes have one scale, or that is in 3-D, and of any
other, in pixels of the page."""
SCALE = 3
"""Pixels of the file for each of the page."""


def still(picture: Picture) -> bytes:
    """A figure about as large as the page shows it, and three times as fine."""
    layout = picture.layout
    one_scale = "scene" in layout or "scaleanchor" in layout["yaxis"]
    margin, (width, height) = layout["margin"], SQUARE if one_scale else WIDE
    width, height = width + margin["l"] + margin["r"], height + margin["t"] + margin["b"]
    return png(raster(picture, width, height, SCALE))
