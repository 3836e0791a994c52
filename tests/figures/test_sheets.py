"""Pictures as coloured pixels."""

import numpy as np
import pytest

from ganplay.figures.sheets import coloured, shaded, tiled
from ganplay.figures.style import INK, PAPER


def rgb(text: str) -> list[int]:
    return [int(text[i : i + 2], 16) for i in (1, 3, 5)]


@pytest.mark.parametrize("colour", INK)
def test_grey_pictures_are_ink_on_paper(colour: str) -> None:
    levels = np.arange(256, dtype=np.uint8).reshape(1, 1, 16, 16)
    shown = coloured(levels, colour)
    assert shown.shape == (1, 16, 16, 3)
    ramp = shown.reshape(256, 3).astype(int)
    assert ramp[0].tolist() == rgb(PAPER)
    assert ramp[-1].tolist() == rgb(INK[colour])
    assert np.abs(ramp[153] - rgb(colour)).max() <= 1  # the colour itself, at six tenths
    assert (np.diff(ramp, axis=0) <= 0).all(), "more ink is never lighter"


def test_pictures_in_colour_stay_as_they_are() -> None:
    pictures = np.random.default_rng(0).integers(0, 256, (4, 3, 5, 5), dtype=np.uint8)
    shown = coloured(pictures)
    assert shown.shape == (4, 5, 5, 3)
    assert (shown[2, 1, 3] == pictures[2, :, 1, 3]).all()


def test_maps_are_shaded_from_0_up() -> None:
    maps = np.stack([np.full((2, 2), 3.0), [[0, 1], [-5, 4]]]).astype(np.float32)
    own = shaded(maps)
    assert own[0].min() == own[0].max() == 20
    assert own[1, 0, 0, 0] == own[1, 1, 0, 0] == 255
    assert own[1, 1, 1, 0] == 20
    assert shaded(maps, 8.0)[1, 1, 1, 0] in (137, 138)
    assert (shaded(np.zeros((1, 2, 2), np.float32)) == 255).all()


def test_tiles_lie_in_rows_with_white_between() -> None:
    pictures = np.stack([np.full((2, 2, 3), n, np.uint8) for n in range(5)])
    sheet = tiled(pictures, 3)
    assert sheet.shape == (2 * 2 + 1, 3 * 2 + 2, 3)
    assert sheet[0, :, 0].tolist() == [0, 0, 255, 1, 1, 255, 2, 2]
    assert sheet[3, :, 0].tolist() == [3, 3, 255, 4, 4, 255, 255, 255]
    assert (sheet[2] == 255).all()
    assert tiled(pictures, 5, gap=0).shape == (2, 10, 3)
