"""What the views of the explorer share: the sheet of samples one picks from, and switches."""

from collections.abc import Callable, Mapping
from functools import lru_cache

from torch import Tensor

from ganplay.figures.sheets import Colours, coloured
from ganplay.figures.style import GENERATED
from ganplay.latent import Model
from ganplay.observe.pictures import pixels
from ganplay.ui import address, sheets

SHEET = 40
"""Samples on a sheet."""


@lru_cache(maxsize=16)
def samples(model: Model, seed: int) -> tuple[Tensor, Colours]:
    """The z of a sheet's samples [SHEET, latent.dim], and how they look."""
    z = model.noise(SHEET, seed)
    return z, drawn(model, z)


def drawn(model: Model, z: Tensor) -> Colours:
    """What G makes of z, as it is shown."""
    return coloured(pixels(model.generate(z)))


def sample_sheet(
    model: Model, badges: Mapping[int, str], picked: Callable[[int], None],
    key: str = "samples", columns: int = 8, size: int = 56,
) -> None:  # fmt: skip
    """The model's samples of the seed in the address, to be picked from by click."""
    _, pictures = samples(model, address.get("seed"))
    sheets.sheet(pictures, key, "sample", columns, size, GENERATED, badges=badges, picked=picked)
