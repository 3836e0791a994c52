"""Why the losses do not fall: a live run beside what they are at the end."""

from functools import cache

import streamlit as st

from ganplay import observe, scenarios
from ganplay.config import RunConfig
from ganplay.figures.theory_questions import losses
from ganplay.live import View, shared_engine
from ganplay.snapshot import PlaneSnapshot
from ganplay.ui.board import redraw
from ganplay.ui.theory import learned
from ganplay.ui.theory.common import layout

PACE = 60.0
"""Iterations a second."""


@cache
def good() -> RunConfig:
    """The settings of a GAN that succeeds."""
    return scenarios.load("good-gan").config(0)


@cache
def _perfect() -> float:
    """The distance between two sets of real samples."""
    return float(observe.perfect(good().data)["emd"] or 0)


def show() -> None:
    view = learned.run("level", good(), PACE, ("emd",))
    words, figure = layout()
    with words:
        st.markdown(
            r"""**Why do the losses of G and D not fall?**

Because each is measured against an opponent that learns too. A loss says who is ahead, not how good the
samples are.

Once G is perfect, the best D can only guess, $D = \frac12$. Then D's loss is
$-\log\frac12-\log\frac12 = \log 4 = 1.386$, and G's is $-\log\frac12 = \log 2 = 0.693$ nats. Two players who
know nothing begin there, too.

**Press Run.** The losses go back to the dotted lines. What falls is the earth mover's distance: how far
samples must be carried, on average, to become real ones. The green line is what as many real samples reach."""
        )
        if view:
            learned.transport(view)
    if view:
        run = view.run
        with figure:
            learned.live("level", lambda: _picture(run), view)


def _picture(run: str) -> None:
    view = shared_engine().poll(run)
    if view and isinstance(view.snapshot, PlaneSnapshot):
        _board(view, view.snapshot)


def _board(view: View, s: PlaneSnapshot) -> None:
    told = losses(s, view.history, _perfect())
    redraw("level", told, f"Losses and distance after {s.step} iterations", view=view)
