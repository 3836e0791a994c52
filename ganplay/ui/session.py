"""Which run a browser tab shows: found by the id in its address, or made from its settings."""

from collections.abc import Callable, Mapping
from typing import Any

import streamlit as st

from ganplay.config import ConfigError, RunConfig
from ganplay.live import EngineError, View, shared_engine

RUN = "run"
"""Name of the run's id in the address and in the session."""
PROBLEM = "problem"


def current_view() -> View | None:
    """This tab's run. A reload finds it by the id in the address; where that names no run, or one
    with other settings than the address gives, a new run is made. None where there can be none:
    `problem` then says why."""
    engine = shared_engine()
    query = st.query_params.to_dict()
    wanted = query.pop(RUN, "")
    known = engine.poll(st.session_state.get(RUN, ""))
    if known:
        return known
    found = engine.poll(wanted)
    if found and found.config.to_query() == query:
        view: View | None = found
    else:
        view = attempt(lambda: engine.create(_config_of(query)))
    if view:
        st.session_state[RUN] = view.run
    return view


def write_address(view: View) -> None:
    """Put the run's id and settings into the tab's address."""
    query = {RUN: view.run, **view.config.to_query()}
    if st.query_params.to_dict() != query:
        st.query_params.from_dict(query)


def change(fields: Mapping[str, Any]) -> View | None:
    """Change settings of this tab's run; None where that is refused."""
    engine, run = shared_engine(), st.session_state[RUN]

    def apply() -> View | None:
        view = engine.poll(run)
        return view and engine.change(run, view.config.updated(fields))

    return attempt(apply)


def attempt(work: Callable[[], View | None]) -> View | None:
    """Do something that may be refused; a refusal is kept for the page to show."""
    st.session_state.pop(PROBLEM, None)
    try:
        return work()
    except (ConfigError, EngineError, ValueError) as error:
        st.session_state[PROBLEM] = str(error)
        return None


def problem() -> str:
    """What was refused last, until something is accepted; empty if nothing was."""
    return str(st.session_state.get(PROBLEM, ""))


def show_problem() -> None:
    """Say what was refused, beside the controls, where nothing of the stage has to move."""
    if problem():
        st.sidebar.error(problem())


def _config_of(query: Mapping[str, str]) -> RunConfig:
    try:
        return RunConfig.from_query(query)
    except ConfigError as error:
        st.session_state[PROBLEM] = f"{error} The page starts with its own settings instead."
        return RunConfig()
