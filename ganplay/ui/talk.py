"""Talk mode: one scenario or several, full-bleed and driven by keys."""

import streamlit as st

from ganplay.config import RunConfig
from ganplay.data import PICTURES, PLANE
from ganplay.live import View, shared_engine
from ganplay.scenarios import Scenario
from ganplay.showing import pack, show
from ganplay.showing.talk import evidence_only, neighbour, qr, run_address, talk_header
from ganplay.ui import lab, session, tab, timeline
from ganplay.ui.component import component, sent
from ganplay.ui.page import PATHS

KEY = "talk"
HEARD = "talk:heard"
"""The number of the last press that was heard; a browser sends a press until then."""

_screen = component("talk", "talk.js", "it.mount(parentElement, send)", "it.unmount(parentElement)")
_feed = component("talk_feed", "talk.js", "it.show(data)")


def give() -> None:
    """The whole page: the scene that is on, or why there is none."""
    page = tab.Page("Talk", RunConfig(), (*PLANE, *PICTURES), plays_all=True)
    view = session.open_page(page)
    playing = session.scene()
    if not (view and playing):
        st.error(tab.problem() or "talk: name the scenario, as in /Talk?talk=mode-hopping.")
        st.page_link("app.py", label="All scenarios", icon=":material/arrow_back:")
        return
    session.write_address(view)
    with st.container(key="leave"):  # which the screen clicks on
        st.page_link(
            PATHS[playing[0].page], label="Leave the talk", query_params=session.address(view)
        )
    _screen(key=KEY, on_sent_change=_listen)
    lab.moving(view, _draw)


def _draw(view: View, then: View) -> None:
    playing = _on(view)
    assert playing
    scenario, number = playing
    shown = show(then, scenario.claim_of(number))
    base = (st.context.url or "").rpartition("/")[0]
    talk = talk_header(
        scenario,
        number,
        then,
        shown,
        tab.playlist(),
        what_if=tab.what_if() if then.history.marks == view.history.marks else "",
        problem=tab.problem(),
        dark=tab.is_on(tab.DARK),
        recording=tab.is_on(tab.RECORDING),
        qr=qr(run_address(base, scenario, number, view.config)),
        heard=st.session_state.get(HEARD, 0),
    )
    _feed(key="feed", data=pack(view, evidence_only(shown), talk=talk, timeline=timeline.of(view)))


def _on(view: View) -> tuple[Scenario, int] | None:
    """The scenario that is played and the scene that is on, while one looks back that of then."""
    step = tab.looked()
    return session.scene() if step is None else session.scene_of(view.at(step))


def _listen() -> None:
    match sent(KEY):
        case [*presses]:
            for press in presses:
                _hear(press)


def _hear(press: object) -> None:
    """Do what a press asks for, once."""
    view = shared_engine().poll(session.run_id())
    playing = view and _on(view)
    match press:
        case [int(number), str(kind), *values] if number > st.session_state.get(HEARD, 0):

            def work() -> None:
                if view and playing:
                    _do(kind, values, view, *playing)
                st.session_state[HEARD] = number

            tab.undisturbed(work)


def _do(kind: str, values: list[object], view: View, scenario: Scenario, number: int) -> None:
    """Do what was asked for on the screen, in a scene counted from 0."""
    engine, run = shared_engine(), view.run
    match [kind, *values]:
        case ["toggle"] if view.state in ("diverged", "error"):
            session.go_to_scene(number)
        case ["toggle"] if view.state == "running":
            engine.pause(run)
        case ["toggle"]:
            session.look(None)
            engine.play(run)
        case ["restart"]:
            session.go_to_scene(number)
        case ["switch"] if number + 1 < len(scenario.scenes):
            session.go_to_scene(number + 1)
        case ["next" | "previous"]:
            way = 1 if kind == "next" else -1
            place = neighbour(tab.playlist(), scenario.name, number, way)
            if place and place[0] == scenario.name:
                session.go_to_scene(place[1])
            elif place:
                session.go_to(*place)
        case ["look" | "branch", *_]:
            timeline.do([kind, *values])
        case ["dark", on]:
            tab.turn(tab.DARK, bool(on))
        case ["recording", on]:
            tab.turn(tab.RECORDING, bool(on))
            engine.pause(run)
