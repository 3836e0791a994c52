"""Parallel lines: four distances, the slope that each has, and what losses make of them."""

from functools import cache
from typing import Any

import numpy as np
import streamlit as st

from ganplay import scenarios
from ganplay.config import RunConfig
from ganplay.figures import theory_lines
from ganplay.figures.style import GENERATED
from ganplay.live import View, shared_engine
from ganplay.theory.lines import DISTANCES
from ganplay.ui import address
from ganplay.ui.board import Handle, board, redraw
from ganplay.ui.theory import learned
from ganplay.ui.theory.chapter import Chapter
from ganplay.ui.theory.common import layout, slider, switch

PARTS = {"exact": "Four distances", "learn": "Learn θ"}
REACH, STEP = 1.5, 0.05
FIELDS = {
    "part": address.choice(*PARTS),
    "theta": address.real(1.0, -REACH, REACH),
}
ITERATIONS = 300
PACE = 40.0
"""Iterations per second, slow enough to follow."""
PENALTY = {"penalty.name": "gp", "penalty.weight": 1.0}
LOSSES: dict[str, tuple[str, dict[str, Any]]] = {
    "minimax": ("Minimax", {"loss": "minimax"}),
    "non_saturating": ("Non-saturating", {"loss": "non_saturating"}),
    "lsgan": ("Least squares", {"loss": "lsgan"}),
    "hinge": ("Hinge", {"loss": "hinge"}),
    "wgan": ("WGAN, clipped", {"loss": "wgan", "discriminator.clip": 0.1}),
    "wgan_gp": ("WGAN, penalised", {"loss": "wgan", **PENALTY}),
}


@cache
def config(name: str) -> RunConfig:
    """The scenario's run, under one of LOSSES."""
    base = scenarios.load("parallel-lines").config(0)
    return base.updated({"generator.steps_total": ITERATIONS, **LOSSES[name][1]})


def show() -> None:
    words, figure = layout()
    with words:
        switch("part", PARTS, "Part")
    {"exact": _exact, "learn": _learn}[address.get("part")](words, figure)


def _exact(words: Any, figure: Any) -> None:
    with words:
        slider(
            "theta", FIELDS["theta"], "Position θ of the generated line",
            "How far the purple line stands beside the green one.", STEP, "%.2f",
        )  # fmt: skip
        st.markdown(
            """
**Drag the purple line to the green one.** The generator has one number, θ. To learn is to follow
a distance downhill to θ = 0. Which one? (All: chapter Divergences.)

- **Total variation**, the most that two probabilities of one region differ. The green line has 1
  and 0: **1**.
- **JSD**, what one point tells about which line it is from: all, one bit, **log 2**.
- **KL**, the mean log ratio of the densities. Purple is 0 where the data are: **∞**.
- **Earth mover's**, the least way to carry one line to the other: $\\mathbf{|θ|}$ for each point.

Only the last has a **slope** (pink) that leads on. A GAN's D measures the JSD, that of a WGAN
(W: Wasserstein) the earth mover's distance (Arjovsky et al. 2017).
"""
        )
    theta = round(address.get("theta"), 2) + 0.0
    panels = {
        name: theory_lines.distance(name, theta, 1 + i // 2, i % 2)
        for i, name in enumerate(DISTANCES)
    }
    with figure:
        board(
            "lines",
            {"plane": theory_lines.plane(theta), **panels},
            f"Two upright lines, {abs(theta):.2f} apart, and four distances between them over θ",
            handles=[Handle("line", "plane", theta, 0.5, GENERATED, "Position θ", "x")],
            moved=_moved,
        )


def _moved(_: str, x: float, __: float) -> None:
    address.put("theta", round(float(np.clip(round(x / STEP) * STEP, -REACH, REACH)), 2))


def _learn(words: Any, figure: Any) -> None:
    found = {name: learned.run(f"lines:{name}", config(name), PACE) for name in LOSSES}
    views = {name: view for name, view in found.items() if view}
    with words:
        learned.transport(*views.values(), until=ITERATIONS)
        st.markdown(
            f"""
**Press Run.** Six generators start at θ = 1. Each follows the slope of its loss by plain gradient
descent, with five steps of its D to each of its own. Below the lines: θ over the iterations. The
steps shrink to 0 by iteration {ITERATIONS}.

- **Minimax**, to lower the V of chapter The game, stops at once: D is right everywhere, and the JSD
  is log 2 wherever the line stands. In 16 of 16 runs θ stays above .9.
- **Non-saturating, least squares, hinge** are other losses for the same nets. They do move, but push
  as hard as D is steep, and D gets ever steeper: the line is thrown past the data and back.
- **WGAN** keeps the slope of its D, there called critic, near 1: by small weights (clipped at .1) or by
  a penalty. The line walks to the data and stays: $|θ| < .05$ in 16 of 16 runs.
"""
        )

    def draw() -> None:
        now = {name: shared_engine().poll(view.run) or view for name, view in views.items()}
        pictures = {}
        for i, (name, view) in enumerate(now.items()):
            (steps, thetas), row, column = _course(view), 2 * (i // 3), i % 3
            pictures[f"{name} lines"] = theory_lines.learner(
                LOSSES[name][0], thetas[-1], row, column
            )
            pictures[name] = theory_lines.course(steps, thetas, ITERATIONS, row + 1, column)
        redraw(
            "learn", pictures, "Six generated lines on their way to the data",
            view=next(iter(now.values())),
        )  # fmt: skip

    with figure:
        if views:
            learned.live("learn", draw, *views.values())


def _course(view: View) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """The iterations that were looked at, and θ there: all generated points lie at it."""
    frames: Any = view.film.frames
    steps = np.array([frame.step for frame in frames])
    return steps, np.array([frame.fake[0, 0] for frame in frames])


CHAPTER = Chapter(
    "Parallel lines",
    "How far apart are two distributions that never overlap, and which distance shows the way?",
    FIELDS, show,
)  # fmt: skip
