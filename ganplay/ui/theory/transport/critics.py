"""What critics learned of the potential of Kantorovich and Rubinstein, beside the exact one."""

from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray
from streamlit.delta_generator import DeltaGenerator

from ganplay.config import RunConfig
from ganplay.figures import theory_transport as figures
from ganplay.figures.style import Picture
from ganplay.live import View, shared_engine
from ganplay.recipes import recipe
from ganplay.snapshot import AxisSnapshot
from ganplay.theory import transport
from ganplay.theory.mixture import Mixture, Values
from ganplay.ui import address
from ganplay.ui.board import redraw
from ganplay.ui.theory import learned
from ganplay.ui.theory.common import slider

REAL_DATA = Mixture((-1.5, 1.5), (0.5, 0.5), (1.0, 1.0))
"""Those of the recipe."""
BOARD = "transport:learned"
ITERATIONS = 800
PACE = 100.0
"""Iterations per second, slow enough to follow."""
CRITICS: dict[str, tuple[str, dict[str, Any]]] = {
    "clip": (
        "clipped, c = .01",
        {
            "penalty.name": "none", "discriminator.clip": 0.01, "discriminator.lr": 1e-3,
            "discriminator.optimizer": "rmsprop",
        },
    ),
    "penalty": ("penalised, λ = .3", {}),
}  # fmt: skip


def config(name: str, generated: float) -> RunConfig:
    """The run of one of CRITICS."""
    return recipe("transport").updated({**CRITICS[name][1], "generator.start": generated})


def estimate(s: AxisSnapshot) -> float:
    """What a critic gains, divided by its steepest slope: what a function of slope 1 gains."""
    steepest = float(np.abs(s.slopes).max())
    return s.value / steepest if steepest else 0.0


def show(words: DeltaGenerator, figure: DeltaGenerator, field: address.Field) -> None:
    """Two critics beside the optimal potential; `field` is that of the generated bell."""
    generated = address.get("generated")
    found = {
        name: learned.run(f"transport:{name}", config(name, generated), PACE) for name in CRITICS
    }
    views = {name: view for name, view in found.items() if view}
    with words:
        learned.transport(*views.values())
        slider(
            "generated", field, "Middle of the generated bell",
            "Moves the generated distribution and starts both critics again.", 0.1, "%.1f",
        )  # fmt: skip
        st.markdown(
            """
**Press Run.** Two critics learn the potential of a generator that stands still. They cannot know
that slope 1 is allowed, only that some slope is: so each is **divided by its own steepest slope**
here. Then it is one of the functions allowed, and its estimate stays below $W_1$.

The **clipped** critic is blunt: weights within ±c cannot turn sharply where $f^*$ turns. **Move the
bell to 2:** its estimate is 74 to 82 % of $W_1$, that of the **penalised** one after 800 iterations at
least 95 %. At 0, where $f^*$ folds, the penalised one still finds 85 % or more. (Each on at least 15
of 16 seeds.)

Thin grey: where there are no data, nothing was learned.
"""
        )

    def draw() -> None:
        now = {name: shared_engine().poll(view.run) or view for name, view in views.items()}
        pictures: dict[str, Picture] = {}
        for column, (name, view) in enumerate(now.items()):
            pictures |= _pictures(name, view, generated, column)
        redraw(
            BOARD, pictures,
            "A clipped and a penalised critic over the optimal potential, and their estimates of W1",
            view=next(iter(now.values())),
        )  # fmt: skip

    with figure:
        if views:
            learned.live(BOARD, draw, *views.values())


def _pictures(name: str, view: View, generated: float, column: int) -> dict[str, Picture]:
    p, q = REAL_DATA, Mixture((generated,), (1.0,))
    frames: list[AxisSnapshot] = [f for f in view.film.frames if isinstance(f, AxisSnapshot)]
    s = frames[-1]
    weights = s.p_data + s.p_g
    shape: NDArray[np.float64] = s.logits / max(float(np.abs(s.slopes).max()), 1e-30)
    best = centred(transport.potential(p, q)(s.x), weights)
    steps = np.array([float(frame.step) for frame in frames])
    last = ITERATIONS * max(1, int(np.ceil(s.step / ITERATIONS)))
    seen = weights > 0.01 * weights.max()
    return {
        name: figures.critic(
            CRITICS[name][0], s.x, best, centred(shape, weights), seen, column
        ),
        f"{name}:course": figures.course(
            steps, np.array([estimate(frame) for frame in frames]), s.w1, last, column
        ),
    }  # fmt: skip


def centred(values: Values, weights: Values) -> Values:
    """Values without their mean under both distributions."""
    return values - np.average(values, weights=weights)
