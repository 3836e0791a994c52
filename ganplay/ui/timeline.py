"""The timeline below a live view: what it shows, and what one does on it."""

from collections.abc import Mapping
from typing import Any

import streamlit as st

from ganplay import whatif
from ganplay.live import View, shared_engine
from ganplay.showing.talk import scene_of
from ganplay.ui import component, session, tab


def of(view: View) -> dict[str, Any]:
    """What `static/timeline.js` shows of a run: the steps of its kept moments, which of them is looked
    at, which can be gone on from, the changes of settings, and what to branch with."""
    film, step = view.longest, tab.looked()
    steps = film.steps
    return {
        "steps": steps,
        "at": None if step is None else steps.index(film.at(step).step),
        "keys": [steps.index(key) for key in view.keys],
        "marks": view.history.marks,
        "whatifs": list(_what_ifs(view, view.step if step is None else step)),
    }


def act(key: str) -> None:
    """Do what the component of a key has sent."""
    do(component.sent(key))


def do(sent: object) -> None:
    """Do what is asked for: `["look", step or null]` or `["branch", step, title]`."""
    match sent:
        case ["look", None]:
            session.look(None)
        case ["look", int(step)]:
            session.look(step)
        case ["branch", int(step), str(title)]:
            view = shared_engine().poll(session.run_id())
            offered = {"": {}, **_what_ifs(view, step)} if view else {}
            if title in offered:
                _branch(step, offered[title], title)


def _what_ifs(view: View, step: int) -> Mapping[str, whatif.Fields]:
    """What a run can branch with at a step; a duel with nothing, as its other sides show what if."""
    if view.beside:
        return {}
    return whatif.options(view.keys[view.key(step)])


def _branch(step: int, fields: whatif.Fields, title: str) -> None:
    """Go on anew from a kept moment, with settings changed by what a title says; in a scenario in the
    scene that was on then, at its pace."""
    engine, run = shared_engine(), session.run_id()
    view = tab.attempt(lambda: engine.branch(run, step, fields))
    if view is None:
        return
    if playing := session.scene():
        scenario, number = playing
        then = scene_of(view, scenario, number)
        st.session_state[tab.own(session.SCENE)] = then
        if then != number:
            engine.hold(run, scenario.scenes[then].pace)
    tab.forget_looks()
    st.session_state[tab.own(tab.WHAT_IF)] = title
