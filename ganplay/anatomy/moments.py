"""One iteration taken apart, as plain numpy: its updates, and the moments that they are made of."""

from dataclasses import dataclass
from typing import Literal

from ganplay.snapshot import Array

Player = Literal["discriminator", "generator"]
Stage = Literal["draw", "generate", "judge", "loss", "points", "gradient", "update"]
"""What is done in a moment: noise (and real points) are drawn, G makes points, D judges them, the loss
is taken of its verdicts, G's loss is differentiated by the points, and by the weights, which are updated."""


@dataclass(frozen=True)
class Parts:
    """What each part of the game holds at a moment.

    z: [n, latent.dim] noise; fake: [n, 2] what G makes of it, as D sees it; real: [n, 2].
    says_real, says_fake: what D says of them, one number for each pack, on the scale of its loss.
    arrows: [n, 2] -dL_G/dx at generated points `tails`, for each alone (not over the batch).
    surface: [s, s] what D says over the plane, rows along y.
    grid: [a, b, 2] noise on a grid, its first two numbers (the second 0 where there is one alone);
        warp: [a, b, 2] where G sends it, all other numbers of z being 0.
    """

    z: Array
    fake: Array
    real: Array
    says_real: Array
    says_fake: Array
    tails: Array
    arrows: Array
    surface: Array
    grid: Array
    warp: Array


@dataclass(frozen=True)
class Update:
    """One update of one player, the `number`th `of` so many in its iteration.

    terms: the means that the loss is the sum of, of real points before generated ones; penalty:
        the one on D's slope, with its weight; due: whether it has its turn in this iteration.
    loss: what the player minimises, before its update, and `after` it, on the same batch.
    arrow: mean length of `Parts.arrows`, of G's updates. norm: of the gradient by the player's weights; steepest: its
    largest component. moved: length of the update; size: that of all weights before it. weights: how
    many there are. lr: the learning rate in force.
    """

    player: Player
    number: int
    of: int
    terms: tuple[float, ...]
    penalty: float
    due: bool
    loss: float
    after: float
    arrow: float
    norm: float
    steepest: float
    moved: float
    size: float
    weights: int
    lr: float


@dataclass(frozen=True)
class Moment:
    """A stage of an update, which is given by its place in the iteration, and what all parts hold
    once it is done."""

    update: int
    stage: Stage
    parts: Parts


@dataclass(frozen=True)
class Trace:
    """An iteration, the `step`th of its run: what all parts hold before it, its updates in the order in
    which they are begun, and its moments in the order in which they come."""

    step: int
    before: Parts
    updates: tuple[Update, ...]
    moments: tuple[Moment, ...]
