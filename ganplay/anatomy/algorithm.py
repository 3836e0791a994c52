"""Algorithm 1 of the GAN and of the WGAN: its lines, and what there is after each, as plain numpy."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from ganplay.config import RunConfig

Values = NDArray[np.float64]
Who = Literal["discriminator", "generator"]
Line = Literal["noise", "examples", "slope", "update", "clip"]

GAN: dict[Who, tuple[Line, ...]] = {
    "discriminator": ("noise", "examples", "update"),
    "generator": ("noise", "update"),
}
"""The lines of each player's turn that do something (Goodfellow et al. 2014, alg. 1)."""
WGAN: dict[Who, tuple[Line, ...]] = {
    "discriminator": ("examples", "noise", "slope", "update", "clip"),
    "generator": ("noise", "slope", "update"),
}
"""The same of the WGAN (Arjovsky et al. 2017, alg. 1)."""


@dataclass(frozen=True)
class Moment:
    """What there is after a line is done.

    iteration: from 1, and 0 before the first line; who: whose turn it is; turn: of D's, from 1, and 0 of
        G; line: the one just done.
    z, real: [m] what is drawn in this turn, empty until then. fake: [m] what G, as it is now, makes of
        z. says_real, says_fake: [m] what D, as it is now, says of them: D(x), or a critic's value.
    value: what D raises and G lowers in this turn, a mean over these; NaN until they are drawn.
    slope: its gradient by the weights of the player, as they were `before` this turn; empty until it
        is known.
    generator: G's weights a and b, of G(z) = a z + b; discriminator: all of D's.
    x, verdict: [n] even places over the data's axis, and what D says there.
    """

    iteration: int
    who: Who
    turn: int
    line: Line | None
    z: Values
    real: Values
    fake: Values
    says_real: Values
    says_fake: Values
    value: float
    slope: Values
    before: Values
    generator: Values
    discriminator: Values
    x: Values
    verdict: Values


def lines(config: RunConfig) -> dict[Who, tuple[Line, ...]]:
    """The lines by which a config is played."""
    return WGAN if config.loss == "wgan" else GAN


def count(config: RunConfig) -> int:
    """How many moments an iteration has."""
    of = lines(config)
    return config.discriminator.steps * len(of["discriminator"]) + len(of["generator"])
