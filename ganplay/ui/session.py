"""Which run a page of a browser tab shows: found by the id in its address, or made from it."""

from collections.abc import Mapping
from typing import Any

import streamlit as st

from ganplay.checkpoint import CheckpointError
from ganplay.config import ConfigError, RunConfig
from ganplay.duel import Duel
from ganplay.live import Opening, View, shared_engine
from ganplay.scenarios import Scenario, load
from ganplay.settings import shown
from ganplay.showing import talk as showing
from ganplay.ui.tab import (
    DARK,
    LOOKED,
    PAGE,
    PROBLEM,
    RECORDING,
    TALK,
    Page,
    attempt,
    forget_looks,
    is_on,
    own,
    page,
    playlist,
    turn,
)

RUN = "run"
"""Name of the run's id in the address and in the session."""
SCENARIO = "scenario"
"""Name of the scenario that is played, in the address and in the session."""
SCENE = "scene"
"""The scene that is on, counted from 1 in the address and from 0 in the session."""


def open_page(page: Page) -> View | None:
    """Begin a page, with its run; which one it is, an address says that another page leads to."""
    before, st.session_state[PAGE] = st.session_state.get(PAGE), page
    if before and before.name != page.name and RUN in st.query_params:
        forget_run()
    return current_view()


def borrow(lender: Page, wanted: str) -> View | None:
    """The run that this tab has on another page, from a page with an address of its own: known from
    before, else found by the id `wanted`, else a new one. None where there can be none."""
    st.session_state[PAGE] = lender
    engine = shared_engine()
    view, found = engine.poll(run_id()), engine.poll(wanted)
    if view is None and _is_for(lender, found):
        view = found
    if view is None:
        leave_scenario()
        view = attempt(lambda: _create(lender.start))
    if view:
        show_run(view)
    return view


def _is_for(page: Page, view: View | None) -> bool:
    """Whether a page of one run can show this one: a duel is for the page of its own."""
    return view is not None and not view.beside and not page.refusal(view.config)


def show_run(view: View) -> None:
    """Have the open page show this run; one that is new to it as it is now."""
    if view.run != run_id():
        forget_looks()
    st.session_state[own(RUN)] = view.run


def run_id() -> str:
    """The run of the open page; empty where it has none."""
    return str(st.session_state.get(own(RUN), ""))


def forget_run() -> None:
    """Have the open page look for a run anew."""
    st.session_state.pop(own(RUN), None)


def current_view() -> View | None:
    """The open page's run. A reload finds it by the id in the address; where that names no run, or one
    with other settings than the address gives, a new run is made. None where there can be none:
    `problem` then says why."""
    engine = shared_engine()
    query = st.query_params.to_dict()
    of_talk = (TALK, DARK, RECORDING) if page().plays_all else ()
    talk, wanted = {name: query.pop(name, "") for name in of_talk}, query.pop(RUN, "")
    names = (query.pop(SCENARIO, talk.get(TALK, "").partition(",")[0]), query.pop(SCENE, "1"))
    known = engine.poll(run_id())
    if known and (wanted or not names[0]):  # a scenario without a run is asked for anew
        return known
    trouble = _set_scene(*names) or _set_talk(talk)
    found = engine.poll(wanted)
    is_ours = found is not None and _is_for(page(), found)
    if found and is_ours and found.config.to_query(_base()) == query:
        view: View | None = found
    else:
        _back_to_a_start()
        view = attempt(lambda: _create(_config_of(query)))
    if view:
        show_run(view)
    if trouble:
        st.session_state[own(PROBLEM)] = trouble
    return view


def address(view: View) -> dict[str, str]:
    """Where the run is found: its id, its scene and its settings."""
    query = {RUN: view.run, **view.config.to_query(_base())}
    if playing := scene():
        query |= {SCENARIO: playing[0].name, SCENE: str(playing[1] + 1)}
    return query


def write_address(view: View) -> None:
    """Put the run's id, scene and settings into the tab's address."""
    query = address(view)
    if talk := playlist():
        query[TALK] = ",".join(talk)
    query |= {name: "on" for name in (DARK, RECORDING) if is_on(name)}
    if st.query_params.to_dict() != query:
        st.query_params.from_dict(query)


# ---- scenarios


def scene() -> tuple[Scenario, int] | None:
    """The scenario that is played and the scene that is on, counted from 0; None outside one."""
    name = st.session_state.get(own(SCENARIO))
    return (load(name), st.session_state[own(SCENE)]) if name else None


def scene_of(view: View) -> tuple[Scenario, int] | None:
    """The same of the moment that a view of the run is of, which may be of an earlier scene."""
    playing = scene()
    return playing and (playing[0], showing.scene_of(view, *playing))


def go_to(name: str, number: int) -> None:
    """Play a scene of another scenario, in a new run."""
    st.session_state[own(SCENARIO)], st.session_state[own(SCENE)] = name, number
    _back_to_a_start()
    shared_engine().close(run_id())  # first, so that there is room for another
    view = attempt(lambda: _create(_config_of({})))
    if view:
        show_run(view)


def go_to_scene(number: int) -> None:
    """Play a scene, counted from 0, with the seed that the run has."""
    engine, run, playing = shared_engine(), run_id(), scene()
    assert playing
    scenario, st.session_state[own(SCENE)] = playing[0], number
    forget_looks()

    def begin() -> View | None:
        view = engine.poll(run)
        return view and engine.begin(
            run,
            Opening(
                number,
                scenario.config(number).updated({"seed": view.config.seed}),
                scenario.starts_again(number),
                _watched(),
                scenario.scenes[number].pace,
            ),
        )

    attempt(begin)


def leave_scenario() -> None:
    """Go on with the run as a run of its own."""
    st.session_state.pop(own(SCENARIO), None)


def _set_talk(query: Mapping[str, str]) -> str:
    """Take the playlist of an address and how it is shown; what is wrong with it, in a sentence, and
    else nothing."""
    st.session_state[own(TALK)] = ()
    for name in (DARK, RECORDING):
        turn(name, query.get(name) == "on")
    # once each, as it is by its name that one knows what comes next
    playlist = tuple(dict.fromkeys(name for name in query.get(TALK, "").split(",") if name))
    try:
        for name in playlist:
            load(name)
    except ConfigError as error:
        return str(error)
    st.session_state[own(TALK)] = playlist
    return ""


def _set_scene(name: str, number: str) -> str:
    """Take the scene of an address; what is wrong with it, in a sentence, and else nothing."""
    st.session_state.pop(own(SCENARIO), None)
    if not name:
        return ""
    try:
        scenario = load(name)
    except ConfigError as error:
        return str(error)
    if scenario.page != page().name and not page().plays_all:
        return f"scenario: {name} plays on the page {scenario.page}; open it from the home page."
    count = len(scenario.scenes)
    if number not in map(str, range(1, count + 1)):
        return f"scene: {name} has no scene {shown(number)}; it takes 1 to {count}."
    st.session_state[own(SCENARIO)], st.session_state[own(SCENE)] = name, int(number) - 1
    return ""


def _back_to_a_start() -> None:
    """To the latest scene that a new run can begin with, for where the others go on from is lost."""
    if playing := scene():
        st.session_state[own(SCENE)] = playing[0].start_of(playing[1])


def _base() -> RunConfig:
    """The settings of the scene that is on, or of the page, which an address need not repeat."""
    playing = scene()
    return playing[0].config(playing[1]) if playing else page().start


def _watched() -> tuple[str, ...]:
    """The measures that show whether the scene's claim holds."""
    playing = scene()
    claim = playing and playing[0].claim_of(playing[1])
    return claim.needs() if claim else ()


def _create(config: RunConfig) -> View:
    playing = scene()
    limit = playing[0].scenes[playing[1]].pace if playing else None
    return shared_engine().create(config, _watched(), limit)


def rest() -> None:
    """Have the run rest while another page is opened: what the browser goes on asking of a running
    one would throw it back."""
    attempt(lambda: shared_engine().pause(run_id()))


# ---- looking back


def look(step: int | None) -> None:
    """Look back to a kept moment, which pauses the run, or at what is now."""
    if step is not None:
        rest()
    st.session_state[own(LOOKED)] = step


# ---- changes


def change(fields: Mapping[str, Any]) -> View | None:
    """Change settings of the page's run, in a duel those of all sides; None where that is refused."""
    engine, run = shared_engine(), run_id()
    look(None)  # what is changed is the run as it is now

    def apply() -> View | None:
        view = engine.poll(run)
        return view and engine.change(run, *Duel.of(view).updated(fields).configs)

    return attempt(apply)


def load_checkpoint(name: str, source: bytes) -> View | None:
    """Show the run of a checkpoint in place of the page's own; None where that is refused."""

    def load() -> View:
        try:
            view = shared_engine().load(source)
        except CheckpointError as error:
            raise ConfigError(f"{shown(name)}: {error}") from None
        if page().refusal(view.config):
            shared_engine().close(view.run)
            raise ConfigError(
                f"{shown(name)}: its data, {view.config.data.name}, is not for this page."
            )
        leave_scenario()
        show_run(view)
        return view

    return attempt(load)


def _config_of(query: Mapping[str, str]) -> RunConfig:
    try:
        config = RunConfig.from_query(query, _base())
        if refusal := page().refusal(config):
            raise ConfigError(refusal)
        return config
    except ConfigError as error:
        st.session_state[own(PROBLEM)] = f"{error} The page starts with its own settings instead."
        return _base()
