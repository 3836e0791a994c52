"""What the numbers mean now, in plain words; silent when nothing is certain."""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from ganplay.history import History
from ganplay.losses import LOSSES
from ganplay.metrics.coverage import FAIR_PART
from ganplay.snapshot import AxisSnapshot, PictureSnapshot, PlaneSnapshot, Snapshot

SURE = 0.98
"""D counts as sure of itself from this accuracy on: then it is right on 96 % of either kind."""
HALF = 0.04
"""How far from 1/2 an accuracy may be and still count as a guess."""
FEW = 0.3
"""A generator that covers no more than this portion of the parts has collapsed."""
GOOD, POOR = 0.85, 0.5
"""High quality, as a portion of the samples."""
NARROW = 0.6
"""Spread below which modes are much too narrow."""
RISING = 1.1
"""By what factor a critic's value has to grow to be called rising."""
ALIKE = 0.2
"""Variety of pictures, as a portion of real ones, below which they are called alike."""
FAR = 60.0
"""How many times as far from digits as real ones pictures are that are called far."""
BLURRED = 0.75
"""Sharpness, as a portion of real pictures, up to which they are called blurred."""


class Reading(NamedTuple):
    """A sentence or two, and where the rule behind it comes from."""

    text: str
    source: str


def collapsed(s: PlaneSnapshot, history: History) -> Reading | None:
    """Few parts hold all samples."""
    c = s.coverage
    parts = len(c.fair)
    if c.near_modes > max(1, FEW * parts) or parts < 4:
        return None
    count = max(1, c.near_modes)
    share = float(np.sort(c.shares)[-count:].sum())
    held = f"{count} of {parts} modes {'hold' if count > 1 else 'holds'} {share:.0%} of the samples"
    return Reading(
        f"{held}: the generator has collapsed.", "mode collapse: Metz et al. 2017, sec. 3.1"
    )


def d_is_sure(s: Snapshot, history: History) -> Reading | None:
    """D tells real from generated nearly without fail."""
    if not LOSSES[s.loss].probability or s.d_accuracy < SURE:
        return None
    right = f"D is right on {s.d_accuracy:.0%} of both kinds"
    if s.loss == "minimax":
        return Reading(
            f"{right}: the minimax generator gets almost no gradient.",
            "Goodfellow et al. 2014, sec. 3; Arjovsky and Bottou 2017, thm. 2.4",
        )
    return Reading(
        f"{right}; this loss still gives G a gradient, but nothing to choose between modes.",
        "Goodfellow et al. 2014, sec. 3",
    )


def critic_rises(s: Snapshot, history: History) -> Reading | None:
    """A critic's value grows, which looks like a failure and is none."""
    value = -history.column("loss_d")[-20:]
    if LOSSES[s.loss].targets or s.loss != "wgan" or len(value) < 20 or not value[0] > 0:
        return None
    if not np.isfinite(value).all() or value[-5:].mean() < RISING * value[:5].mean():
        return None
    return Reading(
        "The critic's value rises: it is getting better at measuring the distance, which is no"
        " failure here.",
        "Arjovsky et al. 2017, sec. 3",
    )


def guessing(s: PlaneSnapshot, history: History) -> Reading | None:
    """D is right half of the time: because G is good, or because D is weak."""
    c = s.coverage
    if not LOSSES[s.loss].probability or abs(s.d_accuracy - 0.5) > HALF or c.high_quality is None:
        return None
    source = "Goodfellow et al. 2014, thm. 1: D = 1/2 where p_g = p_data"
    half = "D is right about half of the time"
    if c.high_quality < POOR:
        words = (
            f"{half}, yet {c.high_quality:.0%} of the samples are good: D is weak, G is not strong."
        )
        return Reading(words, source)
    if c.covered < len(c.fair) or c.high_quality < GOOD:
        return None
    if c.spread is not None and c.spread < NARROW:
        words = f"All modes are covered, but each {c.spread:.0%} as wide as it should be, and D can't tell."
        return Reading(words, source)
    return Reading(f"{half} and all modes are covered: it can't tell the two apart.", source)


def all_alike(s: PictureSnapshot, history: History) -> Reading | None:
    """Every z leads to much the same picture."""
    if not s.variety < ALIKE:
        return None
    source = "mode collapse: Metz et al. 2017, sec. 3.1"
    alike = f"The pictures differ from each other {s.variety:.0%} as much as real ones do"
    if not (history.column("variety") > ALIKE).any():
        return Reading(f"{alike}: so far z hardly matters.", source)
    return Reading(f"{alike}: the generator has collapsed.", source)


def digits_missing(s: PictureSnapshot, history: History) -> Reading | None:
    """Some digits are hardly ever drawn."""
    if not (s.verdict and s.floor) or s.verdict.digits == len(s.verdict.fair):
        return None
    if not s.verdict.frechet <= FAR * s.floor.frechet:
        return None  # then what it takes for digits are none
    few = s.verdict.shares < FAIR_PART * s.verdict.fair
    named = ", ".join(str(digit) for digit in np.flatnonzero(few))
    return Reading(
        f"{s.verdict.digits} of {len(few)} digits are drawn; hardly ever {named}.",
        "mode collapse: Metz et al. 2017, sec. 3.1",
    )


def sure_of_noise(s: PictureSnapshot, history: History) -> Reading | None:
    """The judge is confident, yet what it sees is far from digits."""
    if not (s.verdict and s.floor) or not s.verdict.confident >= GOOD:
        return None
    times = s.verdict.frechet / s.floor.frechet
    if not times >= FAR:
        return None
    return Reading(
        f"The judge is sure of {s.verdict.confident:.0%}, and yet they are {times:.0f} times as far"
        " off as real digits: it is sure of noise, too.",
        "Nguyen et al. 2015",
    )


def vae_blurs(s: PictureSnapshot, history: History) -> Reading | None:
    """The VAE's pictures are softer than the GAN's."""
    if not s.vae or not s.vae.sharpness <= BLURRED or not BLURRED < s.sharpness < 1.5:
        return None
    return Reading(
        f"Sharpness {s.vae.sharpness:.2f} for the VAE, {s.sharpness:.2f} for the GAN: a squared error"
        " asks for the mean of all that could be, and that is blurred.",
        "Larsen et al. 2016, sec. 1",
    )


RULES: dict[type[Snapshot], tuple[Callable[[Any, History], Reading | None], ...]] = {
    PlaneSnapshot: (collapsed, d_is_sure, critic_rises, guessing),
    AxisSnapshot: (d_is_sure, critic_rises),
    PictureSnapshot: (all_alike, sure_of_noise, digits_missing, vae_blurs, d_is_sure, critic_rises),
}
"""For each kind of run, in the order of what matters most."""


def read(s: Snapshot, history: History) -> Reading | None:
    """The first thing that is certain about a run that has trained; None if nothing is."""
    if not s.step:
        return None
    return next((reading for rule in RULES[type(s)] if (reading := rule(s, history))), None)
