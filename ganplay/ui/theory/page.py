"""The theory page: its chapters, and the address that holds all that is chosen."""

import streamlit as st

from ganplay.device import prepare_cpu
from ganplay.ui import address
from ganplay.ui.theory.chapters import CHAPTERS

FIRST = {"chapter": address.choice(*CHAPTERS)}
OPEN, KEPT = "theory chapter", "theory chapters"
"""Which chapter is open, and what is chosen in each of the others."""


def show() -> None:
    """Draw the page."""
    prepare_cpu()
    address.begin("theory")
    address.read(FIRST)
    _turn_to(address.get("chapter"))
    chapter = CHAPTERS[address.get("chapter")]
    fields = {**FIRST, **chapter.fields}
    address.read(chapter.fields)
    address.check(fields)
    with st.sidebar:
        st.radio(
            "Chapter", list(CHAPTERS), format_func=lambda name: CHAPTERS[name].title,
            key=address.key("chapter"), help="Each answers one question.",
        )  # fmt: skip
    st.markdown(f"**{chapter.title}** · {chapter.question}")
    if trouble := address.problem():
        st.sidebar.error(trouble)
    chapter.show()
    address.write(fields)


def _turn_to(name: str) -> None:
    """Put away what was chosen in the chapter before and take out what was in this one: some of their
    choices have the same names, and Streamlit forgets a widget that is not drawn."""
    state = st.session_state
    kept, before = state.setdefault(KEPT, {}), state.get(OPEN, name)
    state[OPEN] = name
    if before == name:
        return
    chosen = address.chosen()
    keys = {each: address.key(each) for each in CHAPTERS[before].fields}
    kept[before] = {each: chosen[key] for each, key in keys.items() if key in chosen}
    for each, field in CHAPTERS[name].fields.items():
        address.put(each, kept.get(name, {}).get(each, field.default))
