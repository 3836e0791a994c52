"""The scene bar: what a scenario shows now, the one switch, and the way on and back."""

import streamlit as st

from ganplay.live import View
from ganplay.scenarios import Scenario
from ganplay.ui import duel, luck, page, session, tab


def scene_bar(view: View) -> None:
    """The bar of the scenario that a run plays, at the top of the sidebar; nothing outside one."""
    if not (playing := session.scene()):
        return
    scenario, number = playing
    scene, last = scenario.scenes[number], len(scenario.scenes) - 1
    with st.sidebar.container(border=True, key="scene-bar", gap="small"):
        st.markdown(f"**{scenario.title}**  \n{scene.title} · scene {number + 1} of {last + 1}")
        st.markdown(scene.caption)
        if number < last:
            _switch(scenario, number + 1)
        if scenario.claim_of(number):
            luck.ask(scenario, number)
        # links: switch_page would fall out with what the browser asks of a running run meanwhile
        with st.container(horizontal=True, gap="small", key="scene-talk"):
            here = session.address(view) | {tab.TALK: scenario.name}
            st.page_link(page.TALK, label="Talk mode", query_params=here)
            played = here | {tab.RECORDING: "on"}
            st.page_link(page.TALK, label="Play recording", query_params=played)
        duel.of_scenes(scenario)
        with st.container(horizontal=True, gap="small"):
            st.button(
                "Back", key="scene:back", disabled=number == 0, width="stretch",
                help="The scene before, from its beginning.",
                on_click=session.go_to_scene, args=(number - 1,),
            )  # fmt: skip
            st.button(
                "Again", key="scene:again", width="stretch", help="This scene from its beginning.",
                on_click=session.go_to_scene, args=(number,),
            )  # fmt: skip
            st.button(
                "Leave", key="scene:leave", width="stretch",
                help="Go on with this run and these settings outside the scenario.",
                on_click=session.leave_scenario,
            )  # fmt: skip


def _switch(scenario: Scenario, number: int) -> None:
    st.button(
        scenario.scenes[number].switch, key="scene:switch", type="primary", width="stretch",
        help="The next scene.",
        on_click=session.go_to_scene, args=(number,),
    )  # fmt: skip
