"""Where gradients vanish: in G's first loss, in a run, and between two Gaussians that drift apart."""

from functools import cache
from typing import Any

import numpy as np
import streamlit as st

from ganplay import figures, scenarios
from ganplay.config import RunConfig
from ganplay.figures import theory_vanishing
from ganplay.figures.style import GENERATED, Picture
from ganplay.live import shared_engine
from ganplay.snapshot import AxisSnapshot, PlaneSnapshot
from ganplay.theory import vanishing
from ganplay.ui import address
from ganplay.ui.board import Handle, board, redraw
from ganplay.ui.theory import learned
from ganplay.ui.theory.chapter import Chapter
from ganplay.ui.theory.common import layout, slider, switch

PARTS = {"slopes": "Slopes", "measured": "Measured", "drifting": "Drifting"}
LEAST = 0.005
"""D(G(z)) comes no nearer to 0 and 1, where nothing is finite."""
NEAR, FAR = 0.5, 7.0
FIELDS = {
    "part": address.choice(*PARTS),
    "d": address.real(0.1, LEAST, 1 - LEAST),
    "apart": address.real(4.0, NEAR, FAR),
}
ITERATIONS = 500
"""Across the curves of a run."""
PACE = 50.0
WATCH = ("gradient_minimax", "gradient_non_saturating")
DRIFTING: dict[str, dict[str, Any]] = {
    "discriminator": {
        "loss": "minimax", "discriminator.hidden": "32,32", "discriminator.activation": "tanh",
        "discriminator.lr": 1e-2, "discriminator.beta1": 0.9,
        "discriminator.lr_decay": "linear", "discriminator.steps_total": 300,
    },
    "critic": {
        "loss": "wgan", "discriminator.hidden": "64", "discriminator.clip": 0.125,
        "discriminator.optimizer": "rmsprop", "discriminator.lr": 2e-3,
    },
}  # fmt: skip
"""How D and the critic learn to tell N(0, 1) from N(apart, 1). With 64 weights in and 64 out, none
above 1/8, the critic's slope can be 64/8/8 = 1 at most."""


@cache
def measured() -> RunConfig:
    """The scenario's run, in which G stands still."""
    return scenarios.load("vanishing-gradient").config(0)


@cache
def drifting(name: str, apart: float) -> RunConfig:
    """One of DRIFTING, against a G that stands still at N(apart, 1)."""
    return RunConfig().updated({
        "data.name": "gaussian_1d", "data.mean": 0.0, "data.sigma": 1.0, "latent.dim": 1,
        "generator.kind": "shift", "generator.start": apart, "generator.steps": 0,
        "batch_size": 128, **DRIFTING[name],
    })  # fmt: skip


def show() -> None:
    words, figure = layout()
    with words:
        switch("part", PARTS, "Part")
    parts = {"slopes": _slopes, "measured": _measured, "drifting": _drifting}
    parts[address.get("part")](words, figure)


# ---- the two losses


def _slopes(words: Any, figure: Any) -> None:
    with words:
        slider(
            "d", FIELDS["d"], "D(G(z)), what D says of a generated point",
            "The probability that D gives a generated point to be real.", 0.005, "%.3f",
        )  # fmt: skip
        st.markdown(
            """
G wants a high $D$ and goes down one of two losses:

- **minimax** $\\log(1 - D)$, the first GAN's,
- **non-saturating** $-\\log D$, used ever since.

Over $D$ neither is ever flat. But D's last layer gives a number, the **logit** $l$, and
$D = \\frac{1}{1 + e^{-l}}$ is flat at both ends. All that G gets comes through $l$: by the
chain rule the losses fall with steepness $D$ and $1 - D$ over $l$.

**Drag the point to the left**, where D is sure that it is generated and G has most to learn. Over
$l$ the minimax loss goes flat (it *saturates*), the other does not. The gradients point the same
way, and one is $\\frac{D}{1 - D}$ times the other (Goodfellow et al. 2014, sec. 3).
"""
        )
    d = address.get("d")
    at = float(vanishing.minimax_loss(np.log(d / (1 - d))))
    with figure:
        board(
            "slopes",
            {
                "losses": theory_vanishing.losses(d),
                "slopes": theory_vanishing.slopes(d),
                "logit": theory_vanishing.logit_slopes(d),
                "ratio": theory_vanishing.ratio(d),
            },
            f"Two losses of G over D(G(z)), their slopes, and marks at {d:g}",
            handles=[Handle("d", "losses", d, at, GENERATED, "D(G(z))", "x")],
            moved=lambda _, x, __: address.put("d", _near(x, LEAST, 1 - LEAST, 0.005)),
        )


# ---- a run


def _measured(words: Any, figure: Any) -> None:
    view = learned.run("measured", measured(), PACE, WATCH)
    if not view:
        return
    with words:
        learned.transport(view, until=ITERATIONS)
        st.markdown(
            """
**Press Run**; it pauses after 500 steps. G stands still, only D learns to tell its points (purple)
from the data (green); the ground has the colour of what D says. At each look the gradient that G
*would* get is taken, under both losses, from the same D. Its *norm* is its length.

- At first D knows nothing, $D ≈ ½$, and the two are equal.
- As D gets better, the **minimax** gradient falls, the **non-saturating** one grows.
- After 100 steps the first is less than a tenth of the second, after 400 less than a
  two-hundredth (so in 16 of 16 runs).

This is why one does not simply "train D well first" under minimax: a D that is right leaves G
nothing to follow.
"""
        )

    def draw() -> None:
        now = shared_engine().poll(view.run) or view
        snapshot: Any = now.snapshot
        redraw(
            "measured",
            {
                "norms": theory_vanishing.norms(now.history, ITERATIONS),
                "ratio": theory_vanishing.course_of_ratio(now.history, ITERATIONS),
                "stage": _small(snapshot),
            },
            "Norm of G's gradient under both losses while D learns", view=now,
        )  # fmt: skip

    with figure:
        learned.live("measured", draw, view)


def _small(s: PlaneSnapshot) -> Picture:
    """The stage as one of several figures, without its legends."""
    stage = figures.stage(s)
    look = {"margin": {"l": 28, "r": 12, "t": 28, "b": 24}, "showlegend": False}
    place = {"meta": {"row": 1, "column": 1, "weight": 1, "value_name": "D(x)"}}
    traces = [{**trace, "showscale": False} if "z" in trace else trace for trace in stage.traces]
    return Picture(traces, {**stage.layout, **look, **place})


# ---- two Gaussians


def _drifting(words: Any, figure: Any) -> None:
    apart = _near(address.get("apart"), NEAR, FAR, 0.5)
    found = {
        name: learned.run(f"drifting:{name}", drifting(name, apart), PACE) for name in DRIFTING
    }
    views = {name: view for name, view in found.items() if view}
    with words:
        slider(
            "apart", FIELDS["apart"], "Distance d of the generated Gaussian",
            "How far the middle of the generated points is from that of the data.", 0.5, "%.1f",
        )  # fmt: skip
        learned.transport(*views.values())
        st.markdown(
            """
**Drag the purple bell away.** The best D (dashed) turns ever more sharply from 1 to 0 between the
two, and lies flat where the generated points are. So does one that learned: **press Run.** The
minimax gradient on them (pink) dies like $e^{-d^2/8}$.

A WGAN's D, called critic, gives a score and may not be steeper than 1. The best one is a straight
line: its gradient is 1 at any distance. One that learned with clipped weights is less steep, but
nowhere flat.

At the bottom: the pull on the whole bell, for each d. The dots are what the learned two give, the
critic above, D below.
"""
        )

    def draw() -> None:
        now = {name: shared_engine().poll(view.run) or view for name, view in views.items()}
        d, critic = (now[name].snapshot for name in DRIFTING)
        assert isinstance(d, AxisSnapshot)
        assert isinstance(critic, AxisSnapshot)
        cell = float(d.x[1] - d.x[0])
        redraw(
            "drifting",
            {
                "drifting": theory_vanishing.drifting(apart, d),
                "critic": theory_vanishing.critic(apart, critic),
                "gradients": theory_vanishing.gradients(
                    apart,
                    vanishing.shift_gradient(d.p_g, d.slopes, -d.verdict, cell),
                    vanishing.shift_gradient(critic.p_g, critic.slopes, -np.ones_like(critic.x), cell),
                ),
            },
            f"Two Gaussians {apart:g} apart, a discriminator and a critic",
            handles=[Handle("apart", "drifting", apart, 0.4, GENERATED, "Distance d", "x")],
            view=now["discriminator"],
        )  # fmt: skip

    with figure:
        if len(views) == len(DRIFTING):
            learned.live(
                "drifting", draw, *views.values(),
                moved=lambda _, x, __: address.put("apart", _near(x, NEAR, FAR, 0.5)),
            )  # fmt: skip


def _near(value: float, least: float, most: float, step: float) -> float:
    """The nearest value that the slider has."""
    return float(np.clip(round(round(value / step) * step, 3), least, most))


CHAPTER = Chapter(
    "Where gradients vanish",
    "Why can a better discriminator teach the generator less?",
    FIELDS, show,
)  # fmt: skip
