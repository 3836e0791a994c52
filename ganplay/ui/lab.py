"""The part of a page that moves: transport bar and live view of this tab's run."""

from collections.abc import Callable

import streamlit as st

from ganplay.data import Plane
from ganplay.live import View, shared_engine
from ganplay.scenarios import Claim
from ganplay.ui import session
from ganplay.ui.live_view import Shown, feed, live_view
from ganplay.ui.transport import transport

INTERVAL, OF_PICTURES = 0.1, 0.25
"""Seconds between two pictures of a running run, of points and of sheets of pictures, which take
longer to make."""

Showing = Callable[[View, Claim | None], Shown]
"""What a page shows of a run, with the evidence for the claim of the scene that is on."""


def live(view: View, showing: Showing) -> None:
    """Show a run, and while it is running keep it moving."""
    transport(view)
    live_view()
    interval = INTERVAL if isinstance(view.config.data, Plane) else OF_PICTURES
    ticking = view.state == "running"
    st.fragment(_picture, run_every=interval if ticking else None)(view, session.problem(), showing)


def _picture(drawn: View, problem: str, showing: Showing) -> None:
    view = shared_engine().poll(drawn.run)
    if view is None:
        session.forget_run()
        st.rerun()
    if (view.state, view.config) != (drawn.state, drawn.config) or session.problem() != problem:
        st.rerun()  # what lies outside this fragment, its clock included, has to follow
    playing = session.scene()
    feed(view, showing(view, playing and playing[0].claim_of(playing[1])))
