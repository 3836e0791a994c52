"""Algorithm 1 as the page writes it: its lines, of which one is lit, and the numbers of that line."""

import numpy as np

from ganplay.anatomy.algorithm import Line, Moment, Values, Who
from ganplay.config import RunConfig
from ganplay.figures.style import ATTENTION, LOUD, TINT

D: Who = "discriminator"
G: Who = "generator"
SHOWN = 4
"""Weights of D that are written out."""

GAN: list[tuple[int, str, tuple[Who, Line] | None]] = [
    (0, "again and again:", None),
    (1, "<b>k</b> = {k} times:", None),
    (2, "draw {m} noises z", (D, "noise")),
    (2, "draw {m} examples x from the data", (D, "examples")),
    (2, "D's weights: a step <b>up</b> the slope of<br>the mean of log D(x) + log(1 − D(G(z)))", (D, "update")),
    (1, "draw {m} noises z", (G, "noise")),
    (1, "G's weights: a step <b>down</b> the slope of<br>the mean of log(1 − D(G(z)))", (G, "update")),
]  # fmt: skip
"""The lines: how far in each stands, its words, and by whom what is done there."""
WGAN: list[tuple[int, str, tuple[Who, Line] | None]] = [
    (0, "until θ has converged:", None),
    (1, "<b>n<sub>critic</sub></b> = {k} times:", None),
    (2, "draw {m} examples x from the data", (D, "examples")),
    (2, "draw {m} noises z", (D, "noise")),
    (2, "g<sub>w</sub> ← ∇<sub>w</sub> of the mean of D(x) − D(G(z))", (D, "slope")),
    (2, "w ← w + α · RMSProp(w, g<sub>w</sub>)", (D, "update")),
    (2, "w ← clip(w, −c, c), c = {c:g}", (D, "clip")),
    (1, "draw {m} noises z", (G, "noise")),
    (1, "g<sub>θ</sub> ← −∇<sub>θ</sub> of the mean of D(G(z))", (G, "slope")),
    (1, "θ ← θ − α · RMSProp(θ, g<sub>θ</sub>)", (G, "update")),
]  # fmt: skip
"""The same; w are D's weights, θ those of G, and α is the learning rate."""

LIT = f"background: {TINT[ATTENTION]}; box-shadow: inset 4px 0 {ATTENTION}"
CELL = "min-width: 3em; padding: 1px 4px; text-align: right; border: none"


def code(config: RunConfig, now: Moment) -> str:
    """The algorithm, with the line just done in a light of its own."""
    words = {"k": config.discriminator.steps, "m": config.batch_size, "c": config.clip}
    rows = [
        f'<div style="padding: 1px 6px 1px {10 + 22 * inward}px;'
        f' {LIT if by == (now.who, now.line) else ""}">{text.format(**words)}</div>'
        for inward, text, by in (WGAN if config.loss == "wgan" else GAN)
    ]
    return f'<div style="font-size: 16px; line-height: 1.35">{"".join(rows)}</div>'


def place(config: RunConfig, now: Moment) -> str:
    """Where in the run that is."""
    if now.line is None:
        return "Before the first line. Press **Next**: that line lights up, and what it makes is shown."
    turn = f"D's turn {now.turn} of {config.discriminator.steps}" if now.who == D else "G's turn"
    return f"Iteration **{now.iteration}**, {turn}. The lit line has just been done; new numbers are orange."


def weights(before: Moment, now: Moment) -> str:
    """What the line made of the weights."""
    found = [*_mean(before, now), *_slope(now), *_weights(before, now)]
    return f'<div style="font-size: 14px; line-height: 1.5">{"<br>".join(found)}</div>'


def table(now: Moment, count: int) -> str:
    """A row for each of so many samples of the minibatch; what the line made is lit."""
    lit = {"noise": {0, 1, 2}, "examples": {3, 4}}.get(now.line or "", {2, 4})
    if now.line == "update" and now.who == G:
        lit = {1, 2}
    if now.line in (None, "slope"):
        lit = set()
    columns = {
        "z": now.z, "G(z)": now.fake, "D(G(z))": now.says_fake, "x": now.real, "D(x)": now.says_real,
    }  # fmt: skip
    head = "".join(f'<th style="{CELL}">{name}</th>' for name in columns)
    rows = ""
    for i in range(count):
        cells = (
            f'<td style="{CELL}{"; color: " + LOUD if j in lit else ""}">'
            f"{signed(values[i], 2) if len(values) else '·'}</td>"
            for j, values in enumerate(columns.values())
        )
        rows += f"<tr>{''.join(cells)}</tr>"
    look = "border-collapse: collapse; font-size: 14px; font-variant-numeric: tabular-nums"
    return f'<table style="{look}"><tr>{head}</tr>{rows}</table>'


def _mean(before: Moment, now: Moment) -> list[str]:
    """What the player wants to raise or to lower."""
    if np.isnan(now.value):
        return []
    wish = "raise" if now.who == D else "lower"
    change = now.line in ("update", "clip")
    was = f"{signed(before.value, 3)} → " if change else ""
    return [f"The mean it wants to {wish}: {was}<b>{signed(now.value, 3)}</b>"]


def _slope(now: Moment) -> list[str]:
    if not len(now.slope):
        return []
    length = float(np.linalg.norm(now.slope))
    return [
        f"Slope by {len(now.slope)} weights: length <b>{length:.3f}</b>, first {_first(now.slope)}"
    ]


def _weights(before: Moment, now: Moment) -> list[str]:
    """The player's weights before the line and after it."""
    if now.line not in ("update", "clip"):
        return []
    was, are = (m.discriminator if now.who == D else m.generator for m in (before, now))
    moved = float(np.linalg.norm(are - was))
    if now.who == G:
        pairs = zip("ab", was, are, strict=True)
        told = ", ".join(f"{name} {signed(p, 3)} → <b>{signed(q, 3)}</b>" for name, p, q in pairs)
        return [f"G(z) = a z + b: {told}"]
    cut = f", {int((was != are).sum())} of {len(was)} are cut" if now.line == "clip" else ""
    return [f"Weights: {_first(was)}", f"→ <b>{_first(are)}</b>, moved by {moved:.3f}{cut}"]


def _first(values: Values) -> str:
    """The first of some numbers."""
    more = ", …" if len(values) > SHOWN else ""
    return ", ".join(signed(value, 3) for value in values[:SHOWN]) + more


def signed(value: float, digits: int) -> str:
    return f"{value:.{digits}f}".replace("-", "−")
