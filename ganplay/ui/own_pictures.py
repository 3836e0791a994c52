"""Pictures of the user's own, from a zip file."""

import streamlit as st

from ganplay.data.images import hold
from ganplay.data.picture_files import FEWEST, MAX_ZIP, MOST, read_zip
from ganplay.ui import session, tab


def own_pictures() -> None:
    """The file picker."""
    with st.expander("Your pictures"):
        st.file_uploader(
            "A zip of grey pictures",
            type=["zip"],
            key="pictures_file",
            on_change=_use_file,
            help=f"28x28 or 32x32 pixels, {FEWEST} to {MOST:,} pictures, up to {MAX_ZIP // 10**6} MB.",
        )


def _use_file() -> None:
    file = st.session_state["pictures_file"]
    if file is not None:
        tab.attempt(lambda: _use_zip(file.name, file.getvalue()))


def _use_zip(name: str, source: bytes) -> None:
    try:
        key = hold(read_zip(source, name))
    except ValueError as error:
        raise ValueError(f"{error}.") from None
    session.change({"data.name": "images", "data.side": 0, "data.key": key})
