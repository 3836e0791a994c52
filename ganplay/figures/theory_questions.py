"""Pictures of the questions people ask: two slopes, losses that stay, a D that lags, a mean."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from ganplay.figures.panels import curves, title
from ganplay.figures.stage import stage
from ganplay.figures.style import (
    ATTENTION,
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
from ganplay.figures.theory_marks import (
    MARGIN,
    Numbers,
    area,
    dots,
    level,
    line,
    name_of_axis,
    upright,
)
from ganplay.history import History
from ganplay.snapshot import PlaneSnapshot
from ganplay.theory.lag import Play
from ganplay.theory.mixture import Mixture
from ganplay.theory.vanishing import (
    minimax_gradient,
    non_saturating_gradient,
    optimal_discriminator,
)

Traces = list[dict[str, Any]]

LAST = 2000
"""Iterations that the picture of losses has room for at first."""
LINE = np.linspace(-6, 6, 241)
TICKS = [-4, -2, 0, 2, 4]


# ---- do the two losses agree?


def fixed_point(theta: float) -> dict[str, Picture]:
    """Real and generated samples a distance theta apart under the best D, and how steep each of G's
    losses is there and elsewhere."""
    told = [("log(1 − D)", minimax_gradient, VERSUS), ("−log D", non_saturating_gradient, "solid")]
    here = [float(slope(theta)) for _, slope, _ in told]
    traces: Traces = [
        line(LINE, slope(LINE), GRADIENT, name, dash=dash) for name, slope, dash in told
    ]
    traces.append(line(np.array([theta, theta]), np.array([-6.0, 6.0]), ATTENTION, "here", 1))
    traces.append(dots(np.array([theta, theta]), np.array(here), GRADIENT))
    return {
        "samples": _samples(theta, [], {"row": 0, "weight": 1}),
        "slopes": picture(
            traces,
            title=title(
                "slope of G's loss, nats per unit",
                [("−log D  ━━", GRADIENT), ("log(1 − D)  ┅┅", GRADIENT)],
            ),
            xaxis=axis(range=[-6, 6], tickvals=TICKS, title=name_of_axis("distance θ of G from the real samples")),
            yaxis=axis(range=[-6.2, 6.2], nticks=7),
            margin=MARGIN, showlegend=False, meta={"row": 1, "weight": 1.2},
        ),
    }  # fmt: skip


VERSUS = "dot"
"""How what is compared is drawn, where the colour is the same."""


def _samples(theta: float, more: Traces, meta: Mapping[str, Any]) -> Picture:
    """The densities of real samples and of generated ones a distance theta away, and the best D."""
    names = [("real", REAL), ("generated", GENERATED)]
    names += [("D", DISCRIMINATOR)] if more else []
    return picture(
        [
            area(LINE, Mixture((0.0,), (1.0,)).pdf(LINE), REAL, "real"),
            area(LINE, Mixture((theta,), (1.0,)).pdf(LINE), GENERATED, "generated"),
            *more,
            line(LINE, optimal_discriminator(LINE, theta), BLEND, "best D", 1.5, "dash"),
        ],
        title=title("", [*names, ("best D ┅┅", BLEND)]),
        xaxis=axis(range=[-6, 6], tickvals=TICKS, title=name_of_axis("x")),
        yaxis=axis(range=[0, 1.05], nticks=3),
        margin=MARGIN, showlegend=False, meta=dict(meta),
    )  # fmt: skip


# ---- why do the losses not fall?


def losses(s: PlaneSnapshot, history: History, perfect: float) -> dict[str, Picture]:
    """A run's losses beside what they are where D can only guess, the distance that fell meanwhile, with
    the `perfect` one of as many real samples, and the samples."""
    two, four = math.log(2), math.log(4)
    steps = history.column("step")
    whole = axis(range=[0, max(LAST, s.step)], nticks=6, title=name_of_axis("iterations"))
    players = [("D", "loss_d", DISCRIMINATOR), ("G", "loss_g", GENERATED)]
    told = [(name, steps, history.column(column), colour) for name, column, colour in players]
    distance = [
        (
            "earth mover’s distance of the generated samples",
            steps,
            history.column("watched"),
            GENERATED,
        )
    ]
    guess = axis(range=[0, 2], tickvals=[0, two, 1, four, 2],
                 ticktext=["0", "log 2", "1", "log 4", "2"])  # fmt: skip
    pictures = {
        "losses": curves(
            "losses, in nats:",
            history,
            told,
            guess,
            0,
            lines=[level(height, BLEND) for height in (two, four)],
        ),
        "distance": curves(
            "", history, distance, axis(range=[0, 2], nticks=5), 1, lines=[level(perfect, REAL)]
        ),
        "samples": _samples_of(s),
    }
    places: dict[str, dict[str, Any]] = {
        "losses": {"row": 0},
        "distance": {"row": 1, "wide": 1.3},
        "samples": {"row": 1, "column": 1},
    }
    own = {
        "losses": {"xaxis": whole, "margin": MARGIN},
        "distance": {"xaxis": whole, "margin": MARGIN},
    }
    return {name: _placed(each, places[name], own.get(name, {})) for name, each in pictures.items()}


def _samples_of(s: PlaneSnapshot) -> Picture:
    """The stage, small: without a legend and without a colour bar."""
    whole = stage(s)
    ground, *others = whole.traces
    layout = {
        "margin": {"l": 28, "r": 12, "t": 30, "b": 42},
        "showlegend": False,
        "title": title("", [("real", REAL), ("generated", GENERATED)]),
    }
    return Picture(
        [ground | {"colorbar": None, "showscale": False}, *others], whole.layout | layout
    )


# ---- how many updates of D?


def lag(play: Play, ideal: Numbers, moment: int) -> dict[str, Picture]:
    """A game with a D that has to learn: its D at a moment, G's way, and the slope that G is given; each
    beside what they are with the best D, whose way is `ideal`."""
    updates = np.arange(len(play.theta))
    wide = axis(
        range=[0, len(updates) - 1], title=name_of_axis("updates, of both players together")
    )
    now = [upright(moment, ATTENTION)]
    own = line(LINE, play.discriminator(LINE, moment), DISCRIMINATOR, "D", 3)
    return {
        "samples": _samples(float(play.theta[moment]), [own], {"row": 0, "weight": 1.1}),
        "way": picture(
            [line(updates, play.theta, GENERATED, "G", 3), line(updates, ideal, BLEND, "ideal", 1.5, "dash")],
            title=title("θ, where G is:", [("G", GENERATED), ("with the best D ┅┅", BLEND)]),
            xaxis=wide, yaxis=axis(range=[-2.2, 3.3], nticks=6), margin=MARGIN, showlegend=False,
            shapes=[level(0.0, REAL), *now], meta={"row": 1, "weight": 1},
        ),
        "slopes": picture(
            [line(updates, play.slope(), GRADIENT, "given", 3),
             line(updates, play.wanted(), BLEND, "best", 1.5, "dash")],
            title=title("slope of G’s loss:", [("from D", GRADIENT), ("from the best D ┅┅", BLEND)]),
            xaxis=wide, yaxis=axis(range=[-2.2, 3.3], nticks=6), margin=MARGIN, showlegend=False,
            shapes=[level(0.0, EDGE), *now], meta={"row": 1, "column": 1, "weight": 1},
        ),
    }  # fmt: skip


def prices(names: Sequence[str], settled: Sequence[int | None], chosen: int, most: int) -> Picture:
    """After how many updates G arrived for good under each ratio, a bar each; one that has not after `most`
    is as tall as the axis and pale."""
    at = np.arange(len(names), dtype=np.float32)
    heights = np.array([most if each is None else each for each in settled], np.float32)
    bars = [
        {
            "type": "bar", "name": name, "x": at[i : i + 1], "y": heights[i : i + 1], "width": 0.7,
            "marker": {"color": ATTENTION if i == chosen else GENERATED},
            "opacity": 0.25 if settled[i] is None else 1,
        }
        for i, name in enumerate(names)
    ]  # fmt: skip
    return picture(
        bars,
        title=title("updates until G is there", []),
        xaxis=axis(
            range=[-0.6, len(names) - 0.4], showgrid=False, tickvals=list(range(len(names))),
            ticktext=list(names), tickangle=0, title=name_of_axis("updates of G : of D"),
        ),
        yaxis=axis(range=[0, most], nticks=4), margin=MARGIN, showlegend=False,
        meta={"row": 0, "column": 1, "weight": 1.1},
    )  # fmt: skip


def _placed(each: Picture, meta: Mapping[str, Any], layout: Mapping[str, Any]) -> Picture:
    """A picture elsewhere on the board, and with some of its layout changed."""
    known = {"weight": 1, **each.layout.get("meta", {}), "column": 0}
    return Picture(each.traces, {**each.layout, **layout, "meta": {**known, **meta}})
