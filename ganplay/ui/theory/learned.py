"""What nets learn beside the exact curves: runs of the engine that a chapter shows."""

import math
from collections.abc import Callable

import streamlit as st

from ganplay.config import RunConfig
from ganplay.live import EngineError, View, shared_engine
from ganplay.ui import address
from ganplay.ui.board import Moved, place

INTERVAL = 0.125
"""Seconds between two pictures of a run that trains."""


def run(
    name: str, config: RunConfig, limit: float | None = None, watch: tuple[str, ...] = ()
) -> View | None:
    """This session's run of a name and these settings, at first idle; with other settings than before
    it starts anew, and trains if it did. `limit` holds it to so many iterations a second, and its
    pictures tell of the measures in `watch`. None, and said on the page, where there can be none."""
    engine, key = shared_engine(), f"learned:{name}"
    known, wanted = st.session_state.get(key, ("", None))
    view = engine.poll(known)
    if view and wanted == config:
        return view
    try:
        made = engine.create(config, watch, limit)
        # a newer choice may break the page off here, and is to find the run that there was
        st.session_state[key] = (made.run, config)
        if view and view.state == "running":
            made = engine.play(made.run)
        if view:
            engine.close(known)
    except EngineError as error:
        st.error(str(error))
        return None
    return made


def transport(*views: View, until: int = 0) -> None:
    """Run or pause, step and reset these runs together; they pause at iteration `until`, if one is
    given, and go on from there when they are run again."""
    engine = shared_engine()
    running = any(view.state == "running" for view in views)
    ended = all(view.state in ("diverged", "error") for view in views)

    def each(work: Callable[[str], View]) -> None:
        try:
            for view in views:
                work(view.run)
        except EngineError as error:
            address.refuse(str(error))

    def play(run: str) -> View:
        view = engine.poll(run)
        return engine.play(run, until if view and view.snapshot.step < until else math.inf)

    with st.container(horizontal=True, gap="small"):
        st.button(
            "Pause" if running else "Run", key="learned:play", type="primary", disabled=ended,
            on_click=each, args=(engine.pause if running else play,),
            help="Stop training here." if running else "Train until paused.",
        )  # fmt: skip
        st.button(
            "Step", key="learned:step", disabled=ended, on_click=each,
            args=(lambda run: engine.move(run, "iteration"),), help="One iteration.",
        )  # fmt: skip
        st.button(
            "Reset", key="learned:reset", on_click=each, args=(engine.reset,),
            help="Start again from the beginning.",
        )  # fmt: skip


def live(key: str, draw: Callable[[], None], *views: View, moved: Moved | None = None) -> None:
    """Place a board and have `draw` redraw it, while one of the runs is training again and again, as a
    fragment; `moved` is called with what is dragged."""
    running = any(view.state == "running" for view in views)
    states, chosen = [(view.run, view.state) for view in views], address.chosen()

    def picture() -> None:
        now = [shared_engine().poll(run) for run, _ in states]
        draw()  # also before a rerun: what is left out of one is taken away, in the middle of a drag
        # what lies outside this fragment, buttons and sliders, has to follow
        if [(view.run, view.state) for view in now if view] != states or address.chosen() != chosen:
            st.rerun()

    with st.container(gap=None):  # below the board one would have the page scroll
        place(key, moved)
        if running:
            st.fragment(picture, run_every=INTERVAL)()
        else:
            draw()
