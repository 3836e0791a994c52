"""The slopes of G's two losses, what they were in a run, and two Gaussians drifting apart."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ganplay.figures.panels import title
from ganplay.figures.style import (
    BLEND,
    DISCRIMINATOR,
    EDGE,
    GENERATED,
    GRADIENT,
    REAL,
    Picture,
    axis,
    picture,
)
from ganplay.figures.theory_marks import area, dots, line
from ganplay.history import History
from ganplay.snapshot import AxisSnapshot
from ganplay.theory import vanishing
from ganplay.theory.mixture import Mixture

Values = NDArray[Any]

MARGIN = {"l": 48, "r": 12, "t": 28, "b": 28}
MINIMAX, OTHER = "solid", "dash"
"""How the minimax and the non-saturating loss, and their slopes, are drawn."""
NAMES = (("minimax ━", BLEND), ("non-saturating ---", BLEND))
D = np.linspace(0.001, 0.999, 400)
LOGIT = np.log(D / (1 - D))


# ---- the two losses


def losses(d: float) -> Picture:
    """What G minimises, by what D says of its point, with marks at d."""
    logit = np.log(d / (1 - d))
    return _over_d(
        d,
        [(vanishing.minimax_loss, MINIMAX), (vanishing.non_saturating_loss, OTHER)],
        BLEND, title("loss of G over D(G(z)), nats", list(NAMES)), axis(range=[-5, 5], nticks=6),
        [float(vanishing.minimax_loss(logit)), float(vanishing.non_saturating_loss(logit))],
        meta={"row": 0, "weight": 1, "x_name": "D"},
    )  # fmt: skip


def slopes(d: float) -> Picture:
    """How steeply each falls by D itself, by what D says."""
    now = 1 / (1 - d), 1 / d
    return _over_d(
        d,
        [(lambda logit: 1 + np.exp(logit), MINIMAX), (lambda logit: 1 + np.exp(-logit), OTHER)],
        GRADIENT,
        title(
            "steepness over D",
            [(f"━ 1/(1−D) = {now[0]:.3g}", GRADIENT), (f"--- 1/D = {now[1]:.3g}", GRADIENT)],
        ),
        axis(range=[0, 10.5], nticks=6), list(now),
        meta={"row": 1, "column": 0, "weight": 1, "x_name": "D"},
    )  # fmt: skip


def logit_slopes(d: float) -> Picture:
    """How steeply each falls by D's logit, by what D says."""
    logit = np.log(d / (1 - d))
    now = [-float(f(logit)) for f in (vanishing.minimax_slope, vanishing.non_saturating_slope)]
    return _over_d(
        d,
        [
            (lambda at: -vanishing.minimax_slope(at), MINIMAX),
            (lambda at: -vanishing.non_saturating_slope(at), OTHER),
        ],
        GRADIENT,
        title(
            "steepness over l", [(f"━ D = {now[0]:.3f}", GRADIENT), (f"--- 1−D = {now[1]:.3f}", GRADIENT)]
        ),
        axis(range=[0, 1.05], nticks=5), now,
        meta={"row": 1, "column": 1, "weight": 1, "x_name": "D"},
    )  # fmt: skip


def ratio(d: float) -> Picture:
    """The one pull over the other, on a logarithmic scale."""
    now = float(vanishing.gradient_ratio(d))
    return _over_d(
        d,
        [(lambda at: np.exp(at), MINIMAX)],
        GRADIENT,
        title("minimax over non-saturating:", [(f"D / (1 − D) = {now:.3g}", GRADIENT)]),
        axis(type="log", range=[-3, 3], dtick=1, exponentformat="power"), [now],
        meta={"row": 2, "weight": 1, "x_name": "D"},
    )  # fmt: skip


def _over_d(
    d: float, curves: list[tuple[Any, str]], colour: str, heading: dict[str, Any],
    yaxis: dict[str, Any], marks: list[float], meta: dict[str, Any],
) -> Picture:  # fmt: skip
    """Curves of the logit, drawn over D."""
    return picture(
        [
            *(line(D, curve(LOGIT), colour, _words(dash), 2, dash) for curve, dash in curves),
            dots(np.full(len(marks), d), np.array(marks), GENERATED),
        ],
        title=heading,
        xaxis=axis(range=[0, 1], nticks=6, tickangle=0),
        yaxis=yaxis,
        margin=MARGIN, showlegend=False, meta=meta,
    )  # fmt: skip


# ---- a run


def norms(history: History, last: int) -> Picture:
    """Norm of G's gradient under both losses, as D trains."""
    return picture(
        [
            line(history.column("step"), history.column(name), GRADIENT, _words(dash), dash=dash)
            for name, dash in (("watched", MINIMAX), ("beside", OTHER))
        ],
        title=title(
            "norm of G's gradient", [("minimax ━", GRADIENT), ("non-saturating ---", GRADIENT)]
        ),
        xaxis=axis(range=[0, last], nticks=6, tickangle=0),
        yaxis=axis(type="log", range=[-4, 1], dtick=1, exponentformat="power"),
        margin=MARGIN, showlegend=False,
        meta={"row": 0, "weight": 1.2, "x_name": "iteration"},
    )  # fmt: skip


def course_of_ratio(history: History, last: int) -> Picture:
    """The one norm over the other."""
    found = history.column("watched") / history.column("beside")
    now = f"{found[-1]:.2g}" if len(found) else ""
    return picture(
        [
            line(np.array([0.0, last]), np.ones(2), EDGE, "equal", width=1.5),
            line(history.column("step"), found, GRADIENT, "ratio"),
        ],
        title=title("minimax over non-saturating", [(now, GRADIENT)]),
        xaxis=axis(range=[0, last], nticks=4, tickangle=0),
        yaxis=axis(type="log", range=[-4, 0.5], dtick=1, exponentformat="power"),
        margin=MARGIN, showlegend=False,
        meta={"row": 1, "column": 0, "weight": 1, "x_name": "iteration"},
    )  # fmt: skip


# ---- two Gaussians

X = np.linspace(-4, 10, 281)
FAR = 7.0
DISTANCES = np.linspace(0, FAR, 141)
FAKES = np.array([-1.5, -0.5, 0.5, 1.5])
"""Where arrows begin, from the middle of p_g."""
REACH = 0.8
"""How far the arrow of a gradient of 1 goes."""
ACROSS = axis(range=[float(X[0]), float(X[-1])], dtick=2, tickangle=0)


def drifting(distance: float, learned: AxisSnapshot) -> Picture:
    """p_data and p_g, the best D and the one that was learned, and how the minimax loss pulls
    generated points under the best."""
    at = distance + FAKES
    return picture(
        [
            area(X, Mixture((0.0,), (1.0,)).pdf(X), REAL, "real"),
            area(X, Mixture((distance,), (1.0,)).pdf(X), GENERATED, "generated"),
            line(learned.x, learned.verdict, DISCRIMINATOR, "learned D", width=4),
            line(X, vanishing.optimal_discriminator(X, distance), BLEND, "best D", 2, "dash"),
            *_arrows(at, vanishing.minimax_pull(at, distance), -0.17, 0.06),
        ],
        title=title(
            "", [("real", REAL), ("generated", GENERATED), ("D learned ━", DISCRIMINATOR),
                 ("best D ---", BLEND), ("minimax gradient", GRADIENT)],
        ),
        xaxis=ACROSS,
        yaxis=axis(range=[-0.32, 1.08], tickvals=[0, 0.5, 1]),
        margin=MARGIN, showlegend=False, meta={"row": 0, "weight": 1.1, "x_name": "x"},
    )  # fmt: skip


def critic(distance: float, learned: AxisSnapshot) -> Picture:
    """The best critic and the one that was learned, both 0 half way, and how they pull."""
    height = np.interp(distance / 2, learned.x, learned.verdict)
    return picture(
        [
            line(learned.x, learned.verdict - height, DISCRIMINATOR, "learned critic", width=4),
            line(X, vanishing.optimal_critic(X, distance), BLEND, "best critic", 2, "dash"),
            *_arrows(distance + FAKES, np.ones(len(FAKES)), -8.6, 0.8),
        ],
        title=title(
            "", [("critic learned ━", DISCRIMINATOR), ("best critic ---", BLEND),
                 ("WGAN's gradient", GRADIENT)],
        ),
        xaxis=ACROSS,
        yaxis=axis(range=[-10.5, 9], tickvals=[-8, -4, 0, 4, 8]),
        margin=MARGIN, showlegend=False, meta={"row": 1, "weight": 1, "x_name": "x"},
    )  # fmt: skip


def gradients(distance: float, minimax: float, critic: float) -> Picture:
    """The gradient by G's place over the distance, for the best D and critic, and the two that the
    learned ones give."""
    found = vanishing.minimax_gradient(DISTANCES)
    return picture(
        [
            line(DISTANCES, found, GRADIENT, "minimax"),
            line(DISTANCES, vanishing.critic_gradient(DISTANCES), GRADIENT, "WGAN", dash="dash"),
            dots(np.full(2, distance), np.array([minimax, critic]), DISCRIMINATOR),
        ],
        title=title(
            "gradient over the distance d", [("minimax ━", GRADIENT), ("WGAN ---", GRADIENT),
                                         ("learned ●", DISCRIMINATOR)],
        ),
        xaxis=axis(range=[0, FAR + 0.2], dtick=1, tickangle=0),
        yaxis=axis(type="log", range=[-3, 0.5], dtick=1, exponentformat="power"),
        margin=MARGIN, showlegend=False, meta={"row": 2, "weight": 1, "x_name": "d"},
    )  # fmt: skip


def _arrows(at: Values, pulls: Values, y: float, head: float) -> list[dict[str, Any]]:
    """Dots at points, and arrows to the left as long as each pull; `head` is half as high as theirs."""
    ends = at - REACH * pulls
    back = np.minimum(0.15, REACH * pulls)
    up = head * back / 0.15
    gap, level = np.full_like(at, np.nan), np.full_like(at, y)
    x = np.stack([at, ends, gap, ends + back, ends, ends + back, gap], 1).ravel()
    heights = np.stack([level, level, gap, y + up, level, y - up, gap], 1).ravel()
    return [
        line(x, heights, GRADIENT, "gradient") | {"hoverinfo": "skip"},
        dots(at, level, GENERATED) | {"marker": {"size": 6, "color": GENERATED}},
    ]


def _words(dash: str) -> str:
    return "minimax" if dash == MINIMAX else "non-saturating"
