"""The part of a page that moves: transport bar and live view of this tab's run."""

from collections.abc import Callable

import streamlit as st

from ganplay.config import RunConfig
from ganplay.data import Plane
from ganplay.live import View, shared_engine
from ganplay.live.view import State
from ganplay.showing import show
from ganplay.ui import session, tab
from ganplay.ui.live_view import feed, live_view
from ganplay.ui.transport import transport

INTERVAL, OF_PICTURES = 0.1, 0.25
"""Seconds between two pictures of a running run, of points and of sheets of pictures, which take
longer to make."""


Draw = Callable[[View, View], None]
"""What draws a run, given as it is and as it was at the moment that is looked at."""


def live(view: View) -> None:
    """Show a run, and while it is running keep it moving."""
    transport(view)
    live_view()
    moving(view, _draw)


def moving(view: View, draw: Draw) -> None:
    """Draw a run, and while it is running draw it again and again."""
    interval = INTERVAL if isinstance(view.config.data, Plane) else OF_PICTURES
    ticking = view.state == "running"
    st.fragment(_picture, run_every=interval if ticking else None)(view, tab.problem(), draw)


def _picture(drawn: View, problem: str, draw: Draw) -> None:
    view = shared_engine().poll(drawn.run)
    if view is None:
        session.forget_run()
        st.rerun()
    if _followed(view) != _followed(drawn) or tab.problem() != problem:
        st.rerun()  # what lies outside this fragment, its clock included, has to follow
    step = tab.looked()
    draw(view, view if step is None else view.at(step))


def _followed(view: View) -> tuple[State, list[RunConfig]]:
    """What the controls and the clock tell of a run."""
    return view.state, [side.config for side in view.sides]


def _draw(view: View, then: View) -> None:
    playing = session.scene()
    claim = playing and playing[0].claim_of(playing[1])
    feed(view, show(then, claim, in_3d=bool(st.session_state.get("in_3d"))))
