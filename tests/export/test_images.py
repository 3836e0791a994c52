"""PNG and GIF as another program reads them."""

from io import BytesIO
from itertools import combinations

import numpy as np
import pytest
from PIL import Image

from ganplay.export.images import gif, png
from ganplay.figures.style import ATTENTION, GENERATED, GRADIENT, REAL, TEXT, VERDICT
from tests.export.drawn import rgb

INKS = [rgb(colour) for colour in (REAL, GENERATED, GRADIENT, ATTENTION, TEXT)]


def noise(*shape: int) -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, (*shape, 3), dtype=np.uint8)


def frames(count: int, side: int = 200) -> list[np.ndarray]:
    """D's colours from side to side on white, edges between others, and squares that move."""
    stops = np.array([rgb(colour) for _, colour in VERDICT])
    at = np.linspace(0, 4, side - 40)
    ramp = np.stack([np.interp(at, range(5), part) for part in stops.T], -1).round()
    found = []
    for n in range(count):
        frame = np.full((side, side, 3), 255, np.uint8)
        frame[20:-20, 20:-20] = ramp
        for row, pair in enumerate(combinations(INKS, 2)):
            frame[150 + 2 * row, 40:80] = np.linspace(*pair, 40)
        frame[30 + n : 34 + n, 30:34] = rgb(REAL)
        frame[100:104, 30 + n : 34 + n] = rgb(GENERATED)
        found.append(frame)
    return found


def read(file: bytes) -> tuple[list[np.ndarray], list[float]]:
    """The pictures of a GIF, and how long each is seen, in milliseconds."""
    with Image.open(BytesIO(file)) as image:
        assert image.format == "GIF"
        assert image.info["loop"] == 0, "it goes on for ever"
        found, lengths = [], []
        for n in range(image.n_frames):
            image.seek(n)
            found.append(np.asarray(image.convert("RGB")))
            lengths.append(image.info["duration"])
    return found, lengths


def test_a_png_loses_nothing() -> None:
    picture = noise(7, 11)
    with Image.open(BytesIO(png(picture))) as image:
        assert image.format == "PNG"
        assert (np.asarray(image) == picture).all()


@pytest.mark.parametrize("rate", [5, 10, 20])
def test_a_gif_loops_through_its_pictures(rate: float) -> None:
    given = frames(12)
    found, lengths = read(gif(iter(given), rate))
    assert lengths == [1000 / rate] * 12
    for before, after in zip(given, found, strict=True):
        assert after.shape == before.shape
        error = np.abs(after.astype(int) - before)
        assert error.max() <= 12, "no colour is far off, not even of what is small"
        assert error.mean() < 1
        assert (after[before.min(-1) == 255] == 255).all(), "white stays white"


def test_what_stands_still_does_not_flicker() -> None:
    found, _ = read(gif(frames(12), 10))
    still = np.ones((200, 200), bool)
    still[28:48, 28:48] = still[98:106, 28:48] = False
    assert all((frame[still] == found[0][still]).all() for frame in found)
    assert not (found[0] == found[1]).all()


def test_pictures_of_few_colours_keep_them() -> None:
    flat = [np.full((6, 6, 3), level, np.uint8) for level in (0, 121, 255)]
    found, _ = read(gif(flat, 10))
    assert [int(frame[0, 0, 0]) for frame in found] == [0, 121, 255]
    near = np.full((6, 6, 3), 255, np.uint8)
    near[:3] = 252
    single, _ = read(gif([near], 10))
    assert len(single) == 1
    assert (single[0][3:] == 255).all()


def test_only_what_changes_costs_room() -> None:
    """Even where it lies at opposite corners."""
    still = np.repeat([noise(90, 90)], 11, 0)
    for n, frame in enumerate(still):
        frame[0, 0] = frame[-1, -1] = 20 * n
    one, all_of_them = (len(gif(still[:count], 10)) for count in (1, 11))
    assert all_of_them - one < 10 * 0.1 * one
