"""What is shown of a duel: each side's picture below its heading, and their curves on top of each other."""

import functools
from collections.abc import Sequence
from dataclasses import dataclass, replace

from ganplay.config import RunConfig
from ganplay.duel import Duel
from ganplay.figures import duel as figures
from ganplay.figures.style import (
    DISCRIMINATOR,
    GENERATED,
    GRADIENT,
    PAPER,
    REAL,
    SIDES,
    TEXT,
    VAE,
    WORDS,
    Picture,
)
from ganplay.live import View
from ganplay.showing import pictures, plane
from ganplay.showing.shown import Number
from ganplay.snapshot import PictureSnapshot, PlaneSnapshot

TOLD = ("modes", "high quality", "VAE quality", "Fréchet distance", "digits", "VAE sharpness")
"""Of the numbers of a run, those that stand above a side's picture."""

Place = tuple[float, float, float, float]
"""Left, top, width and height, as portions of the board."""
LOW, MIDDLE = 0.73, 0.61
"""Down to where the pictures of two sides reach, and those of three, with the curves below them."""
LEFT = 0.6
"""How far the pictures of four sides reach to the right, with the curves beside them."""


@dataclass(frozen=True)
class Heading:
    """What stands above a figure: a badge and its colours, what is different about the side, a note,
    some of its numbers, and why it can't go on if it has ended."""

    figure: str
    badge: str
    colour: str
    ink: str
    title: str
    note: str
    numbers: Sequence[Number]
    ended: str


@dataclass(frozen=True)
class Shown:
    """Figures by their names, a heading for each side, what the colours mean in words of their own, and
    all of it in a sentence for a screen reader, and the step that it is of."""

    figures: dict[str, Picture]
    headings: list[Heading]
    legend: list[tuple[str, str]]
    label: str
    step: int


def show(view: View) -> Shown:
    """All sides as they are now."""
    sides = [replace(view, **{**vars(side), "beside": ()}) for side in view.sides]
    histories, told = [side.history for side in sides], _told(tuple(s.config for s in sides))
    headings = [
        _heading(badge, side, title, note)
        for badge, side, (title, note) in zip(SIDES, sides, told, strict=False)
    ]
    stages = {
        heading.figure: figures.picture_of(side.snapshot)
        for heading, side in zip(headings, sides, strict=True)
    }
    curves = {
        name: figures.overlaid(name, histories, _floor(view, name)) for name in _columns(view)
    }
    placed = zip((stages | curves).items(), _places(len(stages), len(curves)), strict=True)
    found = {name: _put(picture, place) for (name, picture), place in placed}
    step = max(side.snapshot.step for side in sides)
    return Shown(found, headings, _legend(view), _label(view, step, headings), step)


@functools.lru_cache(64)
def _told(configs: tuple[RunConfig, ...]) -> list[tuple[str, str]]:
    """The title and the note of each side."""
    duel = Duel.between(*configs)
    return list(zip(duel.titles, duel.notes, strict=True))


def _heading(badge: str, side: View, title: str, note: str) -> Heading:
    s = side.snapshot
    status = plane.status(side, s) if isinstance(s, PlaneSnapshot) else []
    if isinstance(s, PictureSnapshot):
        status = pictures.status(side, s)
    return Heading(
        figure=f"side {badge}",
        badge=badge,
        colour=SIDES[badge],
        ink=TEXT if SIDES[badge] in WORDS else PAPER,
        title=title,
        note=note,
        numbers=[number for number in status if number[0] in TOLD],
        ended=side.ended,
    )


def _columns(view: View) -> list[str]:
    """The curves that tell most of what the runs make."""
    s = view.snapshot
    norm = "norm_g" if any(side.config.generator.steps for side in view.sides) else "norm_d"
    if isinstance(s, PlaneSnapshot):
        known = s.coverage.high_quality is not None
        return ["covered", *(["high_quality"] if known else []), "loss_d", norm]
    assert isinstance(s, PictureSnapshot)
    if s.floor and s.vae:
        return ["frechet", "vae_frechet", "sharpness", "vae_sharpness"]
    return [*(["frechet", "coverage"] if s.floor else ["sharpness", "loss_d"]), "variety", norm]


def _floor(view: View, column: str) -> float | None:
    """What a perfect generator reaches in a curve, where the run knows."""
    s = view.snapshot
    if isinstance(s, PictureSnapshot) and s.floor and column.endswith("frechet"):
        return s.floor.frechet
    return None


def _legend(view: View) -> list[tuple[str, str]]:
    s = view.snapshot
    if not isinstance(s, PlaneSnapshot):
        return []
    vae = [] if s.vae is None else [("VAE", VAE)]
    own = [("real", REAL), ("generated", GENERATED), *vae, ("gradients of G", GRADIENT)]
    told = [*own, ("where D is undecided", DISCRIMINATOR)]
    return [(words, WORDS.get(colour, colour)) for words, colour in told]


def _label(view: View, step: int, headings: Sequence[Heading]) -> str:
    told = [
        f"{h.badge}, {h.title}: "
        + (", ".join(" ".join(number[:3]) for number in h.numbers) if not h.ended else "diverged")
        for h in headings
    ]
    data = view.config.data.name.replace("_", " ")
    return f"Duel on {data} at iteration {step}. {'. '.join(told)}"


def _places(sides: int, curves: int) -> list[Place]:
    """Where the pictures of all sides go, and then the curves."""
    if sides == 4:
        square = [(LEFT / 2 * (i % 2), 0.5 * (i // 2), LEFT / 2, 0.5) for i in range(4)]
        return square + [(LEFT, i / curves, 1 - LEFT, 1 / curves) for i in range(curves)]
    tall = LOW if sides == 2 else MIDDLE
    row = [(i / sides, 0.0, 1 / sides, tall) for i in range(sides)]
    return row + [(i / curves, tall, 1 / curves, 1 - tall) for i in range(curves)]


def _put(picture: Picture, place: Place) -> Picture:
    """A picture that says where it goes."""
    meta = picture.layout.get("meta", {}) | {"place": place}
    return Picture(picture.traces, picture.layout | {"meta": meta})
