"""An iteration in words and numbers, moment by moment."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ganplay.anatomy.moments import Moment, Player, Stage, Trace, Update
from ganplay.config import RunConfig
from ganplay.losses import LOSSES
from ganplay.penalties import PENALTIES
from ganplay.snapshot import Array

ROWS = 3
"""Samples whose numbers are told."""
NUMBERS = 4
"""Numbers of a z that are told."""

TERMS = {
    "minimax": ("−log D(x)", "−log(1 − D(G(z)))", "log(1 − D(G(z)))"),
    "non_saturating": ("−log D(x)", "−log(1 − D(G(z)))", "−log D(G(z))"),
    "wgan": ("−D(x)", "D(G(z))", "−D(G(z))"),
    "lsgan": ("½ (D(x) − 1)²", "½ D(G(z))²", "½ (D(G(z)) − 1)²"),
    "hinge": ("max(0, 1 − D(x))", "max(0, 1 + D(G(z)))", "−D(G(z))"),
    "relativistic": ("−log σ(D(x) − D(G(z)))", "−log σ(D(G(z)) − D(x))"),
}
"""What is averaged: D's loss is the sum of all but the last, which is G's; σ is the sigmoid."""

NAMES: dict[Stage, str] = {
    "draw": "draw", "generate": "make", "judge": "judge", "loss": "loss", "points": "arrows",
    "gradient": "gradient", "update": "update",
}  # fmt: skip
"""What the stages are called on the strip."""

LETTERS: dict[Player, str] = {"discriminator": "D", "generator": "G"}
OPTIMIZERS = {"sgd": "Gradient descent", "rmsprop": "RMSprop", "adam": "Adam"}


@dataclass(frozen=True)
class Told:
    """What happens: where in the iteration, a title, a sentence, and a table of numbers; `header` says
    whether its first row are names, `strong` whether its last is the result."""

    head: str
    title: str
    sentence: str
    rows: Sequence[Sequence[str]]
    header: bool = False
    strong: bool = False


def tell(trace: Trace, place: int, config: RunConfig) -> Told:
    """What happens at the `place`th moment of an iteration."""
    moment = trace.moments[place]
    update = trace.updates[moment.update]
    which = f", update {update.number} of {update.of}" if update.of > 1 else ""
    head = (
        f"Iteration {trace.step:,}, {LETTERS[update.player]}'s turn{which}"
        f" · moment {place + 1} of {len(trace.moments)}"
    )
    title, sentence, rows = STAGES[moment.stage](moment, update, config)
    header = moment.stage in ("draw", "generate", "judge", "points")
    return Told(head, title, sentence, rows, header, moment.stage in ("judge", "loss", "points"))


Found = tuple[str, str, list[list[str]]]


def _draw(moment: Moment, update: Update, config: RunConfig) -> Found:
    parts, count, with_real = moment.parts, config.batch_size, sees_real(update.player, config)
    rows = [["", "noise z", "real x"]]
    rows += [[f"{n + 1}", vector(parts.z[n]), vector(parts.real[n])] for n in _samples(parts.z)]
    if not with_real:
        rows = [row[:-1] for row in rows]
    prior = config.latent.prior.replace("_", " ")
    sentence = f"{count} draws of noise z ({prior}), and {count} real points x of the data."
    if not with_real:
        sentence = f"{count} draws of noise z ({prior}). G is shown no real points."
    noise = config.aids.instance_noise
    if noise and with_real:
        sentence += f" Noise of deviation {noise:g} is added to all points."
    if update.number == 1:
        sentence = f"{sentence} {unseen(config)}".strip()
    return "Draw a batch", sentence, rows


def unseen(config: RunConfig) -> str:
    """What of a run is not drawn, or not as in the lab, in sentences; empty where nothing is."""
    averaged, packed = config.generator.ema > 0, config.aids.pack > 1
    notes = {
        "The VAE beside the GAN has no part in the game and is not drawn.": config.vae.on,
        "The lab draws the running average of G; here is G itself, as it is trained.": averaged,
        "D's picture is of each place in a pack with real points.": packed,
        "D's picture is of each place in a batch of real points.": config.aids.minibatch_stddev,
    }
    return " ".join(note for note, holds in notes.items() if holds)


def _generate(moment: Moment, update: Update, config: RunConfig) -> Found:
    parts = moment.parts
    rows = [["", "noise z", "G(z)"]]
    rows += [[f"{n + 1}", vector(parts.z[n]), vector(parts.fake[n])] for n in _samples(parts.z)]
    stays = " G stays as it is: this is D's turn." if update.player == "discriminator" else ""
    return "G makes points", f"G turns each z into a point of the plane.{stays}", rows


def _judge(moment: Moment, update: Update, config: RunConfig) -> Found:
    parts, loss, pack = moment.parts, LOSSES[config.loss], config.aids.pack
    fake, real = parts.says_fake, parts.says_real
    sentence = "D gives each point a score, higher for more real."
    if loss.probability:
        sentence = "D says how likely each point is real."
    if pack > 1:
        sentence = f"D judges packs of {pack} points together, each with one number."
    if update.player == "generator" and config.aids.unroll:
        sentence += f" It is D as it would be {config.aids.unroll} updates from here (unrolling)."
    if pack > 1:
        rows = [["pack", "of G(z)", "of x"]]
        rows += [[f"{n + 1}", number(fake[n]), number(real[n])] for n in _samples(fake)]
        rows.append(["mean", number(fake.mean()), number(real.mean())])
    else:
        rows = [["", "G(z)", "D(G(z))", "x", "D(x)"]]
        for n in _samples(fake):
            points = vector(parts.fake[n]), vector(parts.real[n])
            rows.append([f"{n + 1}", points[0], number(fake[n]), points[1], number(real[n])])
        rows.append(["", "mean", number(fake.mean()), "", number(real.mean())])
    if update.player == "generator" and not loss.paired:
        rows = [row[: 2 if pack > 1 else 3] for row in rows]
    return "D judges", sentence, rows


def _loss(moment: Moment, update: Update, config: RunConfig) -> Found:
    letter, loss = LETTERS[update.player], LOSSES[config.loss]
    *of_d, of_g = TERMS[config.loss]
    terms = of_d if letter == "D" else [of_g]
    rows = [
        [f"mean of {term}", number(value)] for term, value in zip(terms, update.terms, strict=True)
    ]
    penalty = PENALTIES[config.penalty.name]
    if letter == "D" and penalty:
        times, wait = config.penalty.weight * config.penalty.every, ""
        if not update.due:
            times, wait = 0, f" (every {config.penalty.every} iterations)"
        rows.append([f"{times:g} × {penalty.title}{wait}", number(update.penalty)])
    unit = " nats" if loss.probability or loss.paired else ""
    rows.append([f"{letter}'s loss L", number(update.loss) + unit])
    aim = "real points high and generated ones low" if letter == "D" else "the points of G high"
    return (
        f"{letter}'s loss", f"The verdicts as one number. It is small where D rates {aim}.", rows
    )  # fmt: skip


def _points(moment: Moment, update: Update, config: RunConfig) -> Found:
    parts = moment.parts
    rows = [["", "G(z)", "−dL/dG(z)"]]
    rows += [
        [f"{n + 1}", vector(parts.tails[n]), vector(parts.arrows[n])] for n in _samples(parts.tails)
    ]
    rows.append(["", "mean length", number(update.arrow)])
    sentence = "From the loss back through D, whose weights stay: the way each point should go for its own share of the loss to fall."
    return "The arrows", sentence, rows


def _gradient(moment: Moment, update: Update, config: RunConfig) -> Found:
    letter = LETTERS[update.player]
    way = "From the loss back through D" if letter == "D" else "On from the points back through G"
    return (
        f"{letter}'s gradient",
        f"{way}: how the loss L would change with each of {letter}'s {update.weights:,} weights w.",
        [
            ["length of the gradient, |dL/dw|", number(update.norm)],
            ["its largest component", number(update.steepest)],
        ],
    )


def _update(moment: Moment, update: Update, config: RunConfig) -> Found:
    letter = LETTERS[update.player]
    settings = config.generator if letter == "G" else config.discriminator
    sentence = f"{OPTIMIZERS[settings.optimizer]} moves {letter}'s weights down the gradient, at learning rate {update.lr:.3g}."
    if letter == "D" and config.clip:
        sentence += f" Then each weight is cut to ±{config.clip:g}."
    share = f"{update.moved / update.size:.2%}" if update.size else "–"
    return (
        f"{letter} learns", sentence,
        [
            ["length of the update, |Δw|", number(update.moved)],
            ["of the length of w", share],
            ["loss of this batch, before", number(update.loss)],
            ["loss of this batch, now", number(update.after)],
        ],
    )  # fmt: skip


STAGES = {
    "draw": _draw,
    "generate": _generate,
    "judge": _judge,
    "loss": _loss,
    "points": _points,
    "gradient": _gradient,
    "update": _update,
}


def _samples(batch: Array) -> range:
    """Which of a batch are told of."""
    return range(min(ROWS, len(batch)))


def sees_real(player: Player, config: RunConfig) -> bool:
    """Whether real points have a part in a player's update."""
    return player == "discriminator" or LOSSES[config.loss].paired or config.aids.unroll > 0


def number(value: float | np.floating[Any], digits: int = 3) -> str:
    """So many digits behind the point, or a power of ten where these would say little."""
    size = abs(float(value))
    if math.isnan(size):
        return "–"
    text = f"{value:.{digits}f}" if size == 0 or 1e-2 <= size < 1000 else f"{value:.2e}"
    return text.replace("-", "−")


def vector(values: Array) -> str:
    """The first numbers of a point or of a z."""
    more = ", …" if len(values) > NUMBERS else ""
    return f"({', '.join(f'{v:.2f}' for v in values[:NUMBERS])}{more})".replace("-", "−")
