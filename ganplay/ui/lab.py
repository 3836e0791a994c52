"""The part of a page that moves: transport bar and live view of this tab's run."""

import streamlit as st

from ganplay.live import View, shared_engine
from ganplay.ui import session
from ganplay.ui.live_view import feed, live_view
from ganplay.ui.transport import transport

INTERVAL = 0.1
"""Seconds between two pictures of a running run."""


def live(view: View) -> None:
    """Show a run, and while it is running keep it moving."""
    transport(view)
    live_view()
    ticking = view.state == "running"
    st.fragment(_picture, run_every=INTERVAL if ticking else None)(view, session.problem())


def _picture(drawn: View, problem: str) -> None:
    view = shared_engine().poll(drawn.run)
    if view is None:
        st.session_state.pop(session.RUN, None)
        st.rerun()
    if (view.state, view.config) != (drawn.state, drawn.config) or session.problem() != problem:
        st.rerun()  # what lies outside this fragment, its clock included, has to follow
    playing = session.scene()
    claim = playing and playing[0].claim_of(playing[1])
    feed(view, bool(st.session_state.get("in_3d")), claim)
