"""The same game twice: p_g itself moved down its slope, and moved through the weights of a net."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ganplay.figures.panels import curves, reference_line, title
from ganplay.figures.stage import STRONG, arrows
from ganplay.figures.style import (
    BLEND,
    DISCRIMINATOR,
    GENERATED,
    GRADIENT,
    REAL,
    Picture,
    axis,
    picture,
)
from ganplay.figures.theory_marks import area, line
from ganplay.history import History
from ganplay.snapshot import AxisSnapshot
from ganplay.theory.game import FLOOR, best_discriminator

Values = NDArray[Any]

REACH, TALL = 4.0, 1.1
"""Half the length of the axis that is seen, and the highest density."""
HIGHEST = 1.0
"""Up to where arrows stand."""
ASPECT = 5.0
"""About how much longer a unit of density is on the screen than one of x."""
LONGEST = 0.9
"""Length that arrows tend to, in units of x."""
EVERY = 10
"""Cells from one arrow to the next."""
MARGIN = {"l": 38, "r": 10, "t": 26, "b": 28}


def of_density(x: Values, p: Values, q: Values, growth: Values) -> Picture:
    """p_g as it is free to grow and shrink at each place: arrows on it show how fast it does."""
    sparse = slice(None, None, EVERY)
    starts, rates = np.stack((x, q), 1)[sparse], growth[sparse]
    moves = np.stack((np.zeros_like(rates), rates), 1)
    return _panel(
        "p_g itself", x, p, q, [line(x, best_discriminator(p, q), BLEND, "D*", 1.5, "dash")],
        _arrows(starts, moves), [("- - best D", BLEND)], column=0,
    )  # fmt: skip


def of_net(s: AxisSnapshot) -> Picture:
    """p_g as a net makes it: arrows show how D pushes samples that lie evenly among all of them; D is
    the net's own, beside the best one."""
    where = s.arrows[:, 1]
    # -d/dx of the non-saturating loss -log D(x), of each sample alone
    push = np.interp(where, s.x, (1 - s.verdict) * s.slopes)
    starts = np.stack((where, np.minimum(np.interp(where, s.x, s.p_g), HIGHEST)), 1)
    lines = [
        line(s.x, s.verdict, DISCRIMINATOR, "D", 2.5),
        line(s.x, s.best, BLEND, "D*", 1.5, "dash"),
    ]
    return _panel(
        "through a net", s.x, s.p_data, s.p_g, lines,
        _arrows(starts, np.stack((push, np.zeros_like(push)), 1)), [("D", DISCRIMINATOR), ("- - best D", BLEND)],
        column=1,
    )  # fmt: skip


def values(exact: Values, history: History, start: float) -> Picture:
    """C(p_g) of both over iterations, and its floor, -log 4; `start` is that of the net's start."""
    rows = history.column("step") > 0
    steps = np.append(np.float32(0), history.column("step")[rows])
    learned = np.append(np.float32(start), history.column("best_value")[rows])
    none = np.empty(0, np.float32)
    return curves(
        "value C, nats, by iteration", history,
        [
            (f"p_g itself ··· {_signed(exact[-1])}", np.arange(len(exact), dtype=np.float32), exact.astype(np.float32), BLEND),
            (f"through a net {_signed(learned[-1])}", steps, learned, GENERATED),
            ("floor −log 4", none, none, REAL),
        ],
        axis(range=[FLOOR - 0.1, 0.1], tickvals=[FLOOR, -1, -0.5, 0], ticktext=["−1.39", "−1", "−0.5", "0"]),
        row=1, lines=[reference_line(FLOOR)],
    )  # fmt: skip


def _panel(
    words: str, x: Values, p: Values, q: Values, lines: list[dict[str, Any]],
    arrow_lines: tuple[Values, Values], names: list[tuple[str, str]], column: int,
) -> Picture:  # fmt: skip
    return picture(
        [
            area(x, q, GENERATED, "p_g"),
            line(x, p, REAL, "p_data", 2.5),
            *lines,
            line(*arrow_lines, GRADIENT, "slope", 1.5),
        ],
        title=title(words, [("p_data", REAL), ("p_g", GENERATED), *names, ("slope", GRADIENT)]),
        xaxis=axis(range=[-REACH, REACH], nticks=9),
        yaxis=axis(range=[0, TALL], nticks=6),
        margin=MARGIN,
        showlegend=False,
        meta={"row": 0, "column": column, "weight": 2},
    )


def _arrows(starts: Values, moves: Values) -> tuple[Values, Values]:
    """Arrows [m, 2] on the screen's scale, of bounded length; a move of STRONG is drawn half as long."""
    size = np.abs(moves).sum(1, keepdims=True)
    scale = np.array([1.0, ASPECT])
    x, y = arrows(starts * scale, moves / (size + STRONG) * LONGEST)
    return x, y / ASPECT


def _signed(value: float) -> str:
    return f"{value:.3f}".replace("-", "−")
