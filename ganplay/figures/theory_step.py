"""One step of training as a graph of its numbers, forward and back."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ganplay.figures.drawing import Arrow, Box, Drawing, Words
from ganplay.figures.style import (
    ATTENTION,
    DISCRIMINATOR,
    EDGE,
    FAINT,
    FONT,
    GENERATED,
    GRADIENT,
    INK,
    LOUD,
    PAPER,
    REAL,
    TEXT,
    TINT,
)
from ganplay.theory.backprop import OF_D, OF_G, Step, Weights

Numbers = NDArray[np.float64]
Parts = list[Box | Words | Arrow]

STAGES = ("z", "points", "logits", "loss", "by_logits", "by_points", "by_weights", "update")
"""In which order all comes: what the forward pass makes, then what the backward pass gives."""

WIDTH, HEIGHT = 660, 488
ROW, HEAD, COLUMN = 28, 32, 48
"""Height of a line of numbers and of a box's heading, and width of a number."""
SIZE = 15
TOP, TENSORS = 8, 268
"""Where the boxes of weights and those of what flows begin, from the top."""
FORWARD, BACK = TENSORS + HEAD + ROW, TENSORS + HEAD + 2.3 * ROW
"""At which height the arrows go."""
BESIDE = 12
"""From the middle between two boxes to where weights come in, and to where their slopes go out."""


class Place(NamedTuple):
    """From where to where a box reaches."""

    left: int
    right: int

    def at(self, portion: float) -> float:
        return self.left + portion * (self.right - self.left)


Z, X, LOGITS, LOSS = Place(8, 70), Place(196, 322), Place(434, 560), Place(586, 652)
WEIGHTS_OF_G, WEIGHTS_OF_D = Place(34, 202), Place(226, 556)
BEND_G, BEND_D = 133, 378


class Column(NamedTuple):
    """Numbers [3] below each other, or None where they are not known yet."""

    values: Numbers | None
    colour: str


def graph(z: Numbers, step: Step, before: Weights, stage: int) -> Drawing:
    """The numbers of a step from noise z [3] that are known at a stage, an index into STAGES; `before`
    are the weights that it began with."""
    own = _Graph(z, step, before, stage)
    return Drawing(WIDTH, HEIGHT, own.edges() + own.flow() + own.players())


class _Graph(NamedTuple):
    z: Numbers
    step: Step
    before: Weights
    stage: int

    def knows(self, name: str) -> bool:
        return self.stage >= STAGES.index(name)

    def shows(self, *names: str) -> bool:
        """Whether it is one of these that happens at this stage."""
        return STAGES[self.stage] in names

    def known(self, name: str, values: Numbers) -> Numbers | None:
        return values if self.knows(name) else None

    @property
    def cut(self) -> bool:
        """Whether G's samples are detached."""
        return "x" not in self.step.gradients

    # ---- the arrows

    def edges(self) -> Parts:
        to_d, to_x = BEND_D + BESIDE, X.right
        back = [
            ("by_logits", [(LOSS.left, BACK), (LOGITS.right, BACK)]),
            ("by_points", [(LOGITS.left, BACK), (to_d, BACK), (to_d, _foot(OF_D))]),
        ]
        if not self.cut:
            to_g = BEND_G + BESIDE
            back += [
                ("by_points", [(to_d, BACK), (to_x, BACK)]),
                ("by_weights", [(X.left, BACK), (to_g, BACK), (to_g, _foot(OF_G))]),
            ]
        parts: Parts = [
            *self._forward("points", Z, X, BEND_G, OF_G),
            *self._forward("logits", X, LOGITS, BEND_D, OF_D),
            *self._forward("loss", LOGITS, LOSS),
            *(Arrow(way, GRADIENT if self.knows(name) else EDGE) for name, way in back),
        ]
        if self.cut:
            at = (X.right + BEND_D) / 2 + 4
            colour = GRADIENT if self.knows("by_points") else EDGE
            parts += [
                Arrow([(to_d, BACK), (at + 5, BACK)], colour, open=True),
                Arrow([(at - 7, BACK + 9), (at + 1, BACK - 9)], LOUD, 3, open=True),
                Arrow([(at, BACK + 9), (at + 8, BACK - 9)], LOUD, 3, open=True),
                Words(at + 2, BACK + 22, "detach()", FONT, LOUD, bold=True),
            ]
        return parts

    def _forward(
        self, name: str, start: Place, end: Place, bend: float = 0, weights: Sequence[str] = ()
    ) -> Parts:
        colour = TEXT if self.knows(name) else EDGE
        parts: Parts = [Arrow([(start.right, FORWARD), (end.left, FORWARD)], colour)]
        if weights:
            way = [(bend - BESIDE, _foot(weights)), (bend - BESIDE, FORWARD)]
            parts.append(Arrow(way, colour, open=True))
        return parts

    # ---- what flows

    def flow(self) -> Parts:
        step, told = self.step, self.step.gradients
        x = [Column(self.known("points", step.x), INK[GENERATED])]
        by_x = [Column(None if self.cut else self.known("by_points", told["x"]), GRADIENT)]
        logits = [Column(self.known("logits", step.logits), TEXT)]
        by_logits = [Column(self.known("by_logits", told["logits"]), GRADIENT)]
        if len(step.real):
            x.append(Column(step.real, INK[REAL]))
            logits.append(Column(self.known("logits", step.real_logits), TEXT))
            by_logits.append(Column(self.known("by_logits", told["real_logits"]), GRADIENT))
        groups = len(x)
        reaches_x = self.shows("by_points") and not self.cut
        parts: Parts = [
            _frame(Z, TENSORS, _tall(1), self.shows("z")),
            *_column("z", Z.at(0.5), [Column(self.z, INK[GENERATED])]),
            _frame(X, TENSORS, _tall(groups), self.shows("points") or reaches_x),
            *_column("x", X.at(0.25), x),
            *_column("∂L/∂x", X.at(0.75), by_x, GRADIENT),
            _frame(LOGITS, TENSORS, _tall(groups), self.shows("logits", "by_logits")),
            *_column("f = D(x)", LOGITS.at(0.25), logits),
            *_column("∂L/∂f", LOGITS.at(0.75), by_logits, GRADIENT),
            _frame(LOSS, TENSORS, _tall(1), self.shows("loss")),
            Words(LOSS.at(0.5), TENSORS + HEAD / 2 + 2, "loss L", 14, bold=True),
        ]
        if groups > 1:
            y = TENSORS + HEAD + 4.5 * ROW
            parts.append(Words(X.left - 8, y, "real samples", FONT, INK[REAL], "end"))
        lines = [("loss", f"{step.loss:.3f}", TEXT, True), ("update", "after:", FAINT, False),
                 ("update", f"{step.loss_after:.3f}", LOUD, True)]  # fmt: skip
        for n, (name, text, colour, bold) in enumerate(lines):
            if self.knows(name):
                y = TENSORS + HEAD + ROW * (n + 0.5)
                parts.append(Words(LOSS.at(0.5), y, text, 15, colour, bold=bold))
        return parts

    # ---- the weights

    def players(self) -> Parts:
        own_step = len(self.step.real) == 0
        formula = "D:  f = Σ v tanh(a x + c) + e"
        return [
            *self._player(WEIGHTS_OF_G, "G:  x = w z + b", OF_G, GENERATED, "by_weights", own_step),
            *self._player(WEIGHTS_OF_D, formula, OF_D, DISCRIMINATOR, "by_points", not own_step),
        ]

    def _player(
        self, place: Place, title: str, names: Sequence[str], colour: str, by: str, moves: bool
    ) -> Parts:
        """A net's weights, and beside them the slopes of the loss by them."""
        told = self.knows(by) and names[0] in self.step.gradients
        moved = moves and self.knows("update")
        weights, ink = (self.step.weights, LOUD) if moved else (self.before, TEXT)
        active = (told and self.shows(by)) or (moved and self.shows("update"))
        first = place.left + 30
        second = first + COLUMN * max(len(weights[name]) for name in names) + 9
        parts: Parts = [
            _frame(place, TOP, _foot(names) - TOP, active),
            Box(place.left, TOP, place.right - place.left, 4, colour),
            Words(place.left + 10, TOP + HEAD / 2 + 4, title, 14, TEXT, "start", bold=True),
        ]
        for n, name in enumerate(names):
            y = TOP + HEAD + ROW * (n + 0.5) + 2
            parts.append(Words(place.left + 16, y, name, 14, TEXT, bold=True))
            columns = [(first, weights[name], ink)]
            if told:
                columns.append((second, self.step.gradients[name], GRADIENT))
            for start, values, shade in columns:
                for i, value in enumerate(values):
                    parts.append(Words(start + COLUMN * (i + 0.5), y, _text(value), SIZE, shade))
        foot = _foot(names) - ROW / 2 - 5
        if told:
            end = place.right - 8
            parts.append(Words(end, TOP + HEAD / 2 + 4, "∂L/∂…", 14, GRADIENT, "end", bold=True))
        if self.knows("update"):
            verdict = "updated" if moved else "not updated" if told else "no gradient"
            shade = LOUD if moved else FAINT
            parts.append(Words(place.left + 10, foot, verdict, 14, shade, "start", bold=moved))
        return parts


def _foot(names: Sequence[str]) -> float:
    """The lower edge of a box of weights, with a line below them."""
    return TOP + HEAD + ROW * (len(names) + 1) + 6


def _tall(groups: int) -> float:
    return HEAD + 3 * ROW * groups + 6


def _column(title: str, x: float, groups: Sequence[Column], colour: str = TEXT) -> Parts:
    """Groups of numbers below each other; one that is not known keeps its room."""
    parts: Parts = [Words(x, TENSORS + HEAD / 2 + 2, title, 14, colour, bold=True)]
    for g, (values, shade) in enumerate(groups):
        for n, value in enumerate(() if values is None else values):
            y = TENSORS + HEAD + ROW * (3 * g + n + 0.5)
            parts.append(Words(x, y, _text(value), SIZE, shade))
    return parts


def _frame(place: Place, top: float, tall: float, active: bool) -> Box:
    """A box; where something happens at this stage, in the colour of attention."""
    look = (TINT[ATTENTION], ATTENTION, 2) if active else (PAPER, EDGE, 1)
    return Box(place.left, top, place.right - place.left, tall, *look)


def _text(value: float) -> str:
    return f"{value:.2f}".replace("-0.00", "0.00").replace("-", "−")
