"""The page of a duel: which runs it sets against each other, and the ways there from other pages."""

from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import TypeVar

import streamlit as st

from ganplay import whatif
from ganplay.config import ConfigError, RunConfig, named_fields
from ganplay.data import GREY, PLANE, Plane
from ganplay.duel import LETTERS, SAME, Duel, contrasts, title_of
from ganplay.live import View, shared_engine
from ganplay.recipes import recipe
from ganplay.scenarios import Scenario, load
from ganplay.settings import as_text
from ganplay.showing import duel as showing
from ganplay.ui import board, lab, session, tab, timeline
from ganplay.ui.controls import control, matters
from ganplay.ui.page import PATHS
from ganplay.ui.transport import transport

T = TypeVar("T")

KEY = "duel"
FIRST = "mode-hopping"
"""The scenario whose scenes are shown where nothing is asked for."""


def open_page() -> View | None:
    """Begin the page, with its runs: those it had, those of the id in its address, or new ones. None
    where there can be none."""
    engine, query = shared_engine(), st.query_params.to_dict()
    tab.begin(_page(RunConfig()))
    wanted = query.pop(session.RUN, "")
    view = engine.poll(session.run_id())
    if not view or (query and not wanted):
        found = engine.poll(wanted)
        same = found is not None and found.beside and Duel.of(found).to_query() == query
        view = found if same else _new(query)
    if view:
        session.show_run(view)
        tab.begin(_page(view.config))
        address = {session.RUN: view.run, **Duel.of(view).to_query()}
        if st.query_params.to_dict() != address:
            st.query_params.from_dict(address)
    return view


def _page(config: RunConfig) -> tab.Page:
    """The page, which offers other data of the same kind."""
    if isinstance(config.data, Plane):
        return tab.Page("Duel", RunConfig(), tuple(PLANE))
    return tab.Page("Duel", recipe("dcgan"), tuple(GREY))


def _new(query: Mapping[str, str]) -> View | None:
    """The duel of an address; where that is refused, the one that the page starts with."""
    tab.forget_looks()
    trouble, scenario = "", query.get("scenario", "" if query else FIRST)
    try:
        duel = Duel.from_query(query or {"scenario": FIRST})
        if refusal := _page(duel.base).refusal(duel.base):
            raise ConfigError(refusal)
    except ConfigError as error:
        trouble, scenario = f"{error} The page starts with its own duel instead.", FIRST
        duel = Duel.of_scenario(FIRST)
    limit = min(scene.pace for scene in load(scenario).scenes) if scenario else None
    view = tab.attempt(lambda: shared_engine().create(duel.configs, limit=limit))
    if trouble:
        tab.refuse(trouble)
    return view


def live(view: View) -> None:
    """All sides, and while they are running keep them moving."""
    transport(view)
    board.place(KEY, act=lambda: timeline.act(KEY))
    lab.moving(view, _draw)


def _draw(view: View, then: View) -> None:
    shown = showing.show(then)
    board.redraw(
        KEY, shown.figures, shown.label, view=view, step=shown.step, legend=shown.legend,
        headings=[asdict(heading) for heading in shown.headings],
        timeline=timeline.of(view),
    )  # fmt: skip


def sides(view: View) -> None:
    """How to have more sides or fewer, in the sidebar."""
    duel = Duel.of(view)
    others = list(zip(LETTERS, duel.titles, strict=False))[1:]
    with st.sidebar.container(border=True, key="duel-sides", gap="small"):
        st.markdown("**Duel** · same seed, same data, same first weights, one difference each")
        if len(others) < len(LETTERS) - 1:
            _one_more(view, duel)
        if len(others) > 1:
            with st.container(horizontal=True, vertical_alignment="center", gap="small"):
                st.caption("without", width="content")
                for letter, title in others:
                    st.button(
                        letter, key=f"duel:without:{letter}", help=f"Start again without {title}.",
                        on_click=_use, args=(view, duel.without, letter),
                    )  # fmt: skip


def _one_more(view: View, duel: Duel) -> None:
    offered = whatif.options(duel.base, born=True)
    free = {title: fields for title, fields in offered.items() if title not in duel.titles}
    menu, other = st.columns(2)
    menu.menu_button(
        "Add side", list(free), key="duel:add", width="stretch",
        help="Start again, beside a side with this change.",
        on_click=lambda: _use(view, duel.with_side, free[st.session_state["duel:add"]]),
    )  # fmt: skip
    with other.popover("Other", help="A side with any setting changed.", width="stretch"):
        known = named_fields(duel.base.data.name)
        own = [name for name in known if name.partition(".")[0] not in SAME]
        names = [name for name in own if matters(name, duel.base)]
        name = st.selectbox("Setting", names, format_func=title_of, key="duel:setting")
        key, value = f"duel:value:{name}", duel.base.flat()[name]
        st.session_state.setdefault(key, as_text(value) if isinstance(value, tuple) else value)
        control(name, duel.base, key=key, on_change=None, args=None)
        st.button(
            "Add", key="duel:add_other", type="primary",
            on_click=lambda: _use(view, duel.with_side, {name: st.session_state[key]}),
        )  # fmt: skip


def _use(view: View, change: Callable[[T], Duel], what: T) -> None:
    """Start again with other sides, and train if these did."""
    engine = shared_engine()

    def start() -> View:
        made = engine.create(change(what).configs, limit=view.limit)
        if view.state == "running":
            made = engine.play(made.run)
        engine.close(view.run)
        tab.forget_looks()
        session.show_run(made)
        return made

    tab.attempt(start)


def with_what_if(view: View) -> None:
    """The menu that sets a page's run against itself with one change, in the sidebar."""
    offered = whatif.options(view.config, born=True)
    title = st.sidebar.menu_button(
        "Duel with …", list(offered), key="duel:with", width="stretch",
        help="This run against one with a change, side by side from the start.",
        on_click=session.rest,
    )  # fmt: skip
    if title:
        duel = Duel(view.config, (offered[title],))
        # made here, as an address has no room for many points of one's own
        if made := tab.attempt(lambda: shared_engine().create(duel.configs)):
            tab.begin(_page(view.config))
            session.show_run(made)
            query = {session.RUN: made.run, **duel.to_query()}
            st.switch_page(PATHS["Duel"], query_params=query)
        st.rerun()  # to say why not


def of_scenes(scenario: Scenario) -> None:
    """The link that opens a scenario's scenes as a duel, where they have different settings."""
    if len(contrasts(scenario)) > 1:
        st.page_link(
            PATHS["Duel"], label="Before and after, side by side",
            help="The scenes as a duel: all from the same start, on one clock.",
            query_params={"scenario": scenario.name},
        )  # fmt: skip
