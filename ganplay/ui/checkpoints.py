"""Saving a run to a file, and going on from one."""

import streamlit as st

from ganplay.checkpoint import MAX_BYTES
from ganplay.live import View, shared_engine
from ganplay.ui import session


def save_and_load(view: View) -> None:
    """The button and the file picker, in the sidebar."""
    with st.sidebar.expander("Save and load"):
        # what is saved is the run as it is when the button is pressed
        st.download_button(
            "Save this run",
            data=lambda: shared_engine().save(view.run),
            file_name=f"{view.config.data.name}-{view.run}.safetensors",
            mime="application/octet-stream",
            on_click="ignore",
            width="stretch",
            help="The nets, the optimizers, the random numbers and the settings, as safetensors.",
        )
        st.file_uploader(
            "Go on from a saved run",
            type=["safetensors"],
            key="checkpoint_file",
            on_change=_use_file,
            help=f"A .safetensors file that was saved here or by `train --save`, up to {MAX_BYTES // 10**6} MB.",
        )


def _use_file() -> None:
    file = st.session_state["checkpoint_file"]
    if file is not None:
        session.load_checkpoint(file.name, file.getvalue())
