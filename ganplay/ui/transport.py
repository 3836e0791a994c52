"""The transport bar: run, pause, step, reset, speed and seed."""

from collections.abc import Callable
from typing import Any

import streamlit as st

from ganplay.config import named_fields
from ganplay.data import Plane
from ganplay.live import View, shared_engine
from ganplay.ui import session, tab
from ganplay.ui.controls import control

SPEEDS: dict[str, float | None] = {
    "full speed": None,
    "200 / s": 200.0,
    "50 / s": 50.0,
    "10 / s": 10.0,
    "2 / s": 2.0,
}


def transport(view: View) -> None:
    """The bar for a run; `in_3d` in the session says whether the 3-D surface is wanted, where there
    is one."""
    engine, run = shared_engine(), view.run
    in_plane = isinstance(view.config.data, Plane)
    has_surface = in_plane and not view.beside
    ended = view.state in ("diverged", "error")
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        if view.state == "running":
            _button("Pause", "Stop training here.", lambda: engine.pause(run), type="primary")
        else:
            _button(
                "Run", "Train until paused.", lambda: engine.play(run), type="primary", disabled=ended
            )  # fmt: skip
        _button("Step", "One iteration.", lambda: engine.move(run, "iteration"), disabled=ended)
        if in_plane:  # where one update is seen
            _button(
                "D update", "One update of D alone.", lambda: engine.move(run, "discriminator"), disabled=ended
            )  # fmt: skip
            _button(
                "G update", "One update of G alone.", lambda: engine.move(run, "generator"), disabled=ended
            )  # fmt: skip
        _button("Reset", "Start again with these settings.", lambda: engine.reset(run))
        _speed(view)
        st.caption("seed", width="content", help=named_fields("ring")["seed"].description)
        control("seed", view.config, label_visibility="collapsed", width=120)
        if has_surface:
            st.toggle("3-D", key="in_3d", help="Show D's surface in 3-D below.")


def _button(label: str, help: str, work: Callable[[], View], **look: Any) -> None:
    def act() -> None:
        session.look(None)
        tab.attempt(work)

    st.button(label, key=f"do:{label}", help=help, on_click=act, **look)


def _speed(view: View) -> None:
    names = {limit: name for name, limit in SPEEDS.items()}
    st.session_state["speed"] = names[view.limit]  # which a scene may have changed

    def hold() -> None:
        limit = SPEEDS[st.session_state["speed"]]
        tab.attempt(lambda: shared_engine().hold(view.run, limit))

    # beside its label, which above it would take a line of the picture's height
    st.caption("speed", width="content", help="Most iterations per second.")
    st.selectbox(
        "Speed", SPEEDS, key="speed", on_change=hold, label_visibility="collapsed", width=125
    )
