"""Drawn faces, 32 by 32 in colour: flat shapes, of each of which five attributes are known.

A face is drawn six times too large and shrunk, which makes smooth edges. It takes about 0.15 ms of
one core.
"""

from collections.abc import Iterable
from colorsys import hsv_to_rgb
from dataclasses import dataclass, fields, replace
from functools import lru_cache
from typing import Any, ClassVar, Literal, NamedTuple

import numpy as np
import torch
from PIL import Image, ImageDraw
from torch import Tensor

from ganplay.data.pictures import Pictures
from ganplay.settings import setting

SIDE = 32
FINE = 6
"""How many times too large a face is drawn."""

SEED = 0
"""What the faces of the data set are made with."""

RATES = {"smile": 0.5, "glasses": 0.4, "long_hair": 0.5, "beard": 0.35, "hat": 0.35}
"""How often a face has each attribute, whatever else it has."""
ATTRIBUTES = tuple(RATES)


@dataclass(frozen=True)
class Face:
    """All there is to know of a face. Each number goes from 0 to 1, one end of its range to the
    other."""

    smile: bool = False
    glasses: bool = False
    long_hair: bool = False
    beard: bool = False
    hat: bool = False
    skin: float = 0.5
    hair: float = 0.5
    width: float = 0.5
    height: float = 0.5
    across: float = 0.5
    down: float = 0.5
    eye_spacing: float = 0.5
    turn: float = 0.5
    fringe: float = 0.5
    background: float = 0.5
    clothes: float = 0.5


class Faces(Pictures):
    """Faces that are drawn, 32 by 32 in colour, with or without glasses, beard, hat and more."""

    title: ClassVar[str] = "Drawn faces"
    name: Literal["faces"] = "faces"
    count: int = setting(
        20_000,
        "How many different faces there are: more take longer to draw, and to learn by heart.",
        title="faces",
        ge=1000,
        le=100_000,
    )

    @property
    def shape(self) -> tuple[int, ...]:
        return (3, SIDE, SIDE)

    def pictures(self) -> Tensor:
        return all_faces(self.count)[0]


@lru_cache(maxsize=1)
def all_faces(count: int) -> tuple[Tensor, Tensor]:
    """So many faces of the data set [count, 3, 32, 32] uint8, and the attributes of each. Drawn when
    they are first asked for, 20,000 in 3 to 4 seconds of one core."""
    return faces(count, SEED)


def faces(n: int, seed: int, **fixed: Any) -> tuple[Tensor, Tensor]:
    """n random faces [n, 3, 32, 32] uint8, and the ATTRIBUTES of each, [n, 5] bool.

    `fixed` and the rest as for `people`.
    """
    found = people(n, seed, **fixed)
    known = [[getattr(face, attribute) for attribute in ATTRIBUTES] for face in found]
    return draw_all(found), torch.tensor(known, dtype=torch.bool).view(n, len(ATTRIBUTES))


def people(n: int, seed: int, **fixed: Any) -> list[Face]:
    """n random faces, of independent attributes and numbers; `fixed` are fields given to all.

    What isn't fixed depends on the seed alone: neither on what is, nor on n.
    """
    rows, known = np.random.default_rng(seed).random((n, len(fields(Face)))), len(ATTRIBUTES)
    has, numbers = (rows[:, :known] < list(RATES.values())).tolist(), rows[:, known:].tolist()
    return [replace(Face(*a, *b), **fixed) for a, b in zip(has, numbers, strict=True)]


def draw(face: Face) -> Tensor:
    """The picture of a face, [3, 32, 32] uint8."""
    return draw_all([face])[0]


def draw_all(found: Iterable[Face]) -> Tensor:
    """The pictures of faces, [n, 3, 32, 32] uint8."""
    pen, pictures = Pen(), []
    for face in found:
        paint(pen, face, looks(face))
        pictures.append(np.asarray(pen.canvas.reduce(FINE)))
    sheet = np.array(pictures, np.uint8).reshape(-1, SIDE, SIDE, 3)
    return torch.from_numpy(sheet.transpose(0, 3, 1, 2).copy())


# ---- colours

Colour = tuple[int, ...]

WHITE, BLACK, INK = (255, 255, 255), (0, 0, 0), (30, 26, 36)
BLUSH, SHADOW, LIPS, MOUTH, GLASS = (
    (240, 80, 90), (60, 16, 20), (216, 44, 76), (120, 24, 40), (235, 246, 255)
)  # fmt: skip


def ramp(*stops: Colour) -> list[Colour]:
    """256 colours that lead from the first stop to the last."""
    places = np.linspace(0, len(stops) - 1, 256)
    parts = [np.interp(places, range(len(stops)), part) for part in zip(*stops, strict=True)]
    return [tuple(map(round, colour)) for colour in np.transpose(parts).tolist()]


SKIN = ramp(
    (255, 222, 196), (244, 196, 156), (222, 164, 116), (182, 124, 82), (138, 88, 58), (104, 64, 47)
)  # fmt: skip
HAIR = ramp(
    (26, 22, 28), (52, 34, 30), (94, 56, 36), (142, 66, 36), (206, 104, 44), (238, 194, 98),
    (176, 170, 166), (230, 226, 230),
)  # fmt: skip


def mixed(one: Colour, other: Colour, share: float) -> Colour:
    """Some of one colour and a share of the other."""
    return tuple(round(a + (b - a) * share) for a, b in zip(one, other, strict=True))


def hue(turn: float, saturation: float, value: float) -> Colour:
    """The colour at a turn of the colour wheel."""
    return tuple(round(255 * part) for part in hsv_to_rgb(turn % 1, saturation, value))


def light(colour: Colour) -> float:
    """How light a colour looks, 0 to 255."""
    return 0.3 * colour[0] + 0.59 * colour[1] + 0.11 * colour[2]


def told_from(skin: Colour, hair: Colour, least: float = 55.0) -> Colour:
    """The colour of hair, made so dark that it isn't taken for skin where it might be."""
    if abs(light(hair) - light(skin)) >= least:
        return hair
    return mixed(hair, BLACK, 1 - (light(skin) - least) / light(hair))


# ---- shapes, in pixels of the small picture


class Pen:
    """Fills shapes of given centre, half width and half height."""

    def __init__(self) -> None:
        self.canvas = Image.new("RGB", (SIDE * FINE, SIDE * FINE))
        self.on = ImageDraw.Draw(self.canvas)

    def ellipse(self, x: float, y: float, wide: float, high: float, colour: Colour) -> None:
        self.on.ellipse(box(x, y, wide, high), colour)

    def upper(self, x: float, y: float, wide: float, high: float, colour: Colour) -> None:
        """The upper half of an ellipse."""
        self.on.chord(box(x, y, wide, high), 180, 360, colour)

    def lower(self, x: float, y: float, wide: float, high: float, colour: Colour) -> None:
        """The lower half of an ellipse."""
        self.on.chord(box(x, y, wide, high), 0, 180, colour)

    def bar(self, x: float, y: float, wide: float, high: float, colour: Colour, r: float) -> None:
        """A rectangle whose corners are rounded with radius r."""
        self.on.rounded_rectangle(box(x, y, wide, high), r * FINE, colour)


def box(x: float, y: float, wide: float, high: float) -> tuple[float, float, float, float]:
    """Where a shape lies on the large canvas."""
    return (x - wide) * FINE, (y - high) * FINE, (x + wide) * FINE - 1, (y + high) * FINE - 1


class Looks(NamedTuple):
    """Colours and places in the picture; `front` is where a face that turns has its middle."""

    skin: Colour
    shade: Colour
    hair: Colour
    clothes: Colour
    x: float
    y: float
    wide: float
    high: float
    front: float
    eyes: float
    gap: float
    mouth: float
    brim: float


def looks(face: Face) -> Looks:
    """What follows from the numbers of a face."""
    skin = SKIN[int(255 * face.skin)]
    x, y, high = 14.8 + 2.4 * face.across, 15.7 + 1.6 * face.down, 8 + 1.2 * face.height
    return Looks(
        skin=skin,
        shade=mixed(skin, SHADOW, 0.2),
        hair=told_from(skin, HAIR[int(255 * face.hair)]),
        clothes=hue(0.36 + 0.76 * face.clothes, 0.6, 0.74),  # all but lime
        x=x,
        y=y,
        wide=7.2 + 1.3 * face.width,
        high=high,
        front=x + 2.4 * (face.turn - 0.5),
        eyes=y + 0.4,
        gap=3.4 + 0.5 * face.eye_spacing,
        mouth=y + 0.62 * high,
        brim=y - 0.46 * high,
    )


def paint(pen: Pen, face: Face, at: Looks) -> None:
    """Draw a face over whatever the pen drew before, from back to front."""
    back = hue(0.36 + 0.55 * face.background, 0.28, 0.92)  # no hue of skin
    pen.bar(SIDE / 2, SIDE / 2, SIDE / 2, SIDE / 2, back, 0)
    pen.ellipse(SIDE / 2, SIDE / 2, 14.5, 14.5, mixed(back, WHITE, 0.36))
    pen.ellipse(at.x, 34, 12.5, 8.4, at.clothes)
    paint_head(pen, face, at)
    if face.beard:
        paint_beard(pen, at)
    paint_eyes(pen, face, at)
    pen.ellipse(at.front + 0.6 * (face.turn - 0.5), at.y + 2.4, 0.9, 0.7, at.shade)
    if face.smile:
        pen.lower(at.front, at.mouth - 1, 2.9, 2.4, MOUTH)
        pen.lower(at.front, at.mouth - 1, 2.7, 1.3, WHITE)
    else:
        pen.bar(at.front, at.mouth, 2, 0.5, mixed(at.skin, LIPS, 0.7), 0.5)
    if face.hat:
        paint_hat(pen, at)


def paint_head(pen: Pen, face: Face, at: Looks) -> None:
    """Ears, hair, neck and the empty face."""
    pen.ellipse(at.x, at.y + 0.8, at.wide + 1.1, 1.9, at.shade)
    if face.long_hair:
        top, bottom = at.brim if face.hat else at.y - 0.6, at.y + 12.8
        pen.bar(at.x, (top + bottom) / 2, at.wide + 2.2, (bottom - top) / 2, at.hair, 2.6)
        if not face.hat:
            pen.ellipse(at.x, top, at.wide + 2.2, at.high + 1.4, at.hair)
    pen.bar(at.x, at.y + at.high, 2.6, 3.4, at.shade, 2.4)
    pen.ellipse(at.x, at.y, at.wide, at.high, at.skin)
    pen.upper(at.x, at.y, at.wide + 0.7, at.high + 1.2, at.hair)
    forehead = at.x + 3 * (face.fringe - 0.5)
    pen.ellipse(forehead, at.y + 1.2, at.wide * 0.86, at.high * 0.72, at.skin)


def paint_beard(pen: Pen, at: Looks) -> None:
    """A full beard that leaves the mouth free; further from the skin than the hair is."""
    away = WHITE if light(at.hair) > light(at.skin) else BLACK
    pen.lower(at.x, at.y + 2.6, at.wide + 0.2, at.high - 1.2, mixed(at.hair, away, 0.25))
    pen.ellipse(at.front, at.mouth, 3.7, 2.1, at.skin)


def paint_eyes(pen: Pen, face: Face, at: Looks) -> None:
    """Cheeks, eyes and brows, with or without glasses."""
    if face.glasses:
        pen.bar(at.x, at.eyes - 0.5, at.wide, 0.45, INK, 0.4)
    for side in (-1, 1):
        x = at.front + side * at.gap
        pen.ellipse(x + 1.4 * side, at.y + 3.2, 1.3, 0.9, mixed(at.skin, BLUSH, 0.3))
        if face.glasses:
            pen.ellipse(x, at.eyes, 3.15, 2.95, INK)
            pen.ellipse(x, at.eyes, 2.4, 2.2, mixed(at.skin, GLASS, 0.7))
        else:
            pen.ellipse(x, at.eyes, 1.7, 1.5, WHITE)
        pen.ellipse(x + 0.8 * (face.turn - 0.5), at.eyes, 1.05, 1.25, INK)
        pen.bar(x, at.eyes - 2.9, 1.7, 0.4, mixed(at.hair, INK, 0.5), 0.4)


def paint_hat(pen: Pen, at: Looks) -> None:
    """A hat of the clothes' colour, its ribbon and its brim."""
    pen.bar(at.x, at.brim - 3.6, at.wide, 4.4, at.clothes, 3.2)
    pen.bar(at.x, at.brim - 1.4, at.wide, 1, mixed(at.clothes, WHITE, 0.6), 0)
    pen.bar(at.x, at.brim, at.wide + 3, 0.9, mixed(at.clothes, INK, 0.35), 0.9)
