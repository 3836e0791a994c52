"""Weight clipping: what a limit c on a deep critic's weights does, beside a gradient penalty."""

import numpy as np
import streamlit as st

from ganplay import scenarios
from ganplay.config import RunConfig
from ganplay.figures import theory_clipping as figures
from ganplay.figures.style import Picture
from ganplay.live import View, shared_engine
from ganplay.snapshot import PlaneSnapshot
from ganplay.theory.clipping import even_clip, steepest
from ganplay.ui import address
from ganplay.ui.board import redraw
from ganplay.ui.theory import learned
from ganplay.ui.theory.chapter import Chapter
from ganplay.ui.theory.common import layout

LIMITS = ("0.001", "0.002", "0.005", "0.01", "0.02", "0.05", "0.1", "0.2", "0.5")
FIELDS = {"c": address.choice(*LIMITS, default="0.01")}
PENALISED = 3
"""The scene of the scenario `clip` with a penalty in place of the clip."""


def config(limit: float | None) -> RunConfig:
    """The scenario's run at a clip, or under the penalty where it is None."""
    scenario = scenarios.load("clip")
    if limit is None:
        return scenario.config(PENALISED)
    return scenario.config(0).updated({"discriminator.clip": limit})


def show() -> None:
    words, figure = layout()
    limit = float(address.get("c"))
    shape = (2, *config(limit).discriminator.hidden, 1)
    views = [
        view
        for name, c in (("clip", limit), ("penalty", None))
        if (view := learned.run(f"clipping:{name}", config(c)))
    ]
    low, high = even_clip(shape[1])
    with words:
        learned.transport(*views)
        st.select_slider(
            "c, the limit on every weight", LIMITS, key=address.key("c"),
            help="After each update every weight of the left critic is put back into [−c, c]. Another c"
            " starts that critic again.",
        )  # fmt: skip
        st.markdown(
            f"""
**Press Run, wait 300 iterations, then try another c.** G stands still, two critics learn: one with
clipped weights, one with a gradient penalty (λ = 10). Both have 12 layers of 32
units (Gulrajani et al. 2017, fig. 1).

At c = .01, 90 % of the **weights** pile up at ±c.

**Going back** through a layer of $n$ units, weights ±c of random signs multiply a gradient by
$c\\sqrt{{n/2}}$ (dashed), weights all alike by $c\\,n$ (dotted); no others by more. Below c = {low:.2f} it
can only vanish; from {high:.2f} on even random signs make it explode.

At c = .01 each layer divides it by 10 or more, at c = .5 it multiplies it by 3 or more; under the
**penalty** the factor stays below 1.6 (on at least 15 of 16 seeds).

All in all, no slope is above {_power(steepest(limit, shape))}.
"""
        )

    def draw() -> None:
        now = [shared_engine().poll(view.run) or view for view in views]
        redraw(
            "clipping", _pictures(now, limit),
            f"A critic with weights within {limit:g} and one under a gradient penalty: surfaces, weights"
            " and gradients by layer",
            view=now[0],
        )  # fmt: skip

    with figure:
        if len(views) == 2:
            learned.live("clipping", draw, *views)


def _power(value: float) -> str:
    """A number as a power of ten, in words for KaTeX."""
    return f"$10^{{{np.log10(value):.0f}}}$"


def _pictures(views: list[View], limit: float) -> dict[str, Picture]:
    pictures: dict[str, Picture] = {}
    seen = []
    titles = (f"clipped, c = {limit:g}", "gradient penalty")
    for column, (view, title) in enumerate(zip(views, titles, strict=True)):
        s = view.snapshot
        assert isinstance(s, PlaneSnapshot)
        seen.append(s.inside)
        pictures[f"surface {column}"] = figures.surface(s, title, column)
        pictures[f"weights {column}"] = figures.weights(s.inside, view.config.clip, column)
    width = views[0].config.discriminator.hidden[0]
    pictures["norms"] = figures.norms(seen[0], seen[1], limit, width)
    pictures["factors"] = figures.factors(seen[0], limit, width)
    return pictures


CHAPTER = Chapter(
    "Weight clipping",
    "What does a limit on every weight do to a deep critic and to the gradients that it passes back?",
    FIELDS, show,
)  # fmt: skip
