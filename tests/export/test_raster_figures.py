"""Every figure of a live run is drawn, whatever its numbers."""

import dataclasses

import numpy as np
import pytest

from ganplay import figures
from ganplay.config import RunConfig
from ganplay.export.raster import raster
from ganplay.figures import pictures
from ganplay.figures.style import GENERATED, REAL, VAE, VERDICT, Picture
from ganplay.history import History
from ganplay.trainer import Trainer
from tests.export.drawn import like, rgb
from tests.figures.test_figures import OF_HISTORY, OF_SNAPSHOT
from tests.figures.test_pictures import snapshot as sheet_of


def colours(picture: Picture) -> set[str]:
    """Of its curves, bars and points."""
    looks = [trace.get(part, {}).get("color") for trace in picture.traces for part in ("marker", "line")]  # fmt: skip
    return {look for look in looks if look}


@pytest.fixture(scope="module")
def plane(small: RunConfig) -> dict[tuple[str, bool], Picture]:
    found = {}
    for vae in (False, True):
        trainer, history = Trainer(small.updated({"vae.on": vae})), History()
        for _ in range(3):
            trainer.advance(4)
            history = history.with_snapshot(trainer.snapshot(), [0.1, 0.3])
        history = history.back_to(8).with_mark(8, "loss=hinge")
        for name, draw in OF_SNAPSHOT.items():
            found[name, vae] = draw(trainer.snapshot())
        for name, draw in OF_HISTORY.items():
            found[name, vae] = draw(history)
    return found


@pytest.mark.parametrize("vae", [False, True], ids=["GAN", "GAN and VAE"])
@pytest.mark.parametrize("name", [*OF_SNAPSHOT, *OF_HISTORY])
def test_every_figure_of_points_is_drawn(
    name: str, vae: bool, plane: dict[tuple[str, bool], Picture]
) -> None:
    picture = plane[name, vae]
    pixels = raster(picture, 420, 380)
    assert pixels.shape == (380, 420, 3)
    for colour in colours(picture):
        assert like(pixels, colour, 60).any(), colour
    if name == "surface":
        # its shade is only a little darker than D's own colours
        hues = np.array([rgb(colour) for _, colour in VERDICT])
        near = np.abs(pixels[:, :, None] - hues).max(-1).min(-1) < 60
        assert 0.05 < (near & (pixels.min(-1) < 250)).mean() < 0.9


@pytest.mark.parametrize("vae", [False, True], ids=["GAN", "GAN and VAE"])
@pytest.mark.parametrize("judged", [False, True])
def test_every_figure_of_pictures_is_drawn(vae: bool, judged: bool) -> None:
    s = sheet_of(vae)
    if not judged:
        s = dataclasses.replace(s, verdict=None)
    history = History().with_snapshot(dataclasses.replace(s, step=10)).with_snapshot(s)
    if judged:
        history = history.with_verdict(50, {"frechet": 90.0, "confident": 0.8, "coverage": 0.5})
    for picture in (
        pictures.sheet(s), pictures.shares(s), pictures.distance(s, history), pictures.quality(s, history),
    ):  # fmt: skip
        pixels = raster(picture, 400, 300)
        assert pixels.shape == (300, 400, 3)
        assert (pixels != 255).any()
    sheet = raster(pictures.sheet(s), 400, 400)
    for colour in (GENERATED, REAL, *[VAE] * vae):
        assert like(sheet, colour, 60).any()


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf, 3.4e38, 0.0])
def test_broken_numbers_are_drawn_too(value: float, small: RunConfig) -> None:
    s = Trainer(small).snapshot()
    arrays = {name: np.full_like(getattr(s, name), value) for name in ("fake", "arrows", "surface")}
    broken = dataclasses.replace(s, **arrays, loss_d=value, norm_g=value)
    history = History().with_snapshot(s).with_snapshot(broken, [value, value])
    for picture in (
        figures.stage(broken), figures.surface(broken), *(draw(history) for draw in OF_HISTORY.values()),
    ):  # fmt: skip
        raster(picture, 300, 250)
