"""The theory page: its chapters, and the address that holds all that is chosen."""

import streamlit as st

from ganplay.device import prepare_cpu
from ganplay.ui import address
from ganplay.ui.theory.chapters import CHAPTERS

FIRST = {"chapter": address.choice(*CHAPTERS)}


def show() -> None:
    """Draw the page."""
    prepare_cpu()
    address.begin("theory")
    address.read(FIRST)
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
