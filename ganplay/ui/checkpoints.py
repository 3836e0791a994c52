"""Saving a run to a file, and going on from one."""

import streamlit as st

from ganplay.checkpoint import MAX_BYTES
from ganplay.live import View, shared_engine
from ganplay.ui import session, tab
from ganplay.ui.explorer import models
from ganplay.ui.page import PATHS


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


def to_explorer(view: View) -> None:
    """The button that opens the run, as it is now, in the explorer."""
    if st.sidebar.button(
        "Explore its latent space", key="explore", icon=":material/explore:", width="stretch",
        help="Opens the nets as they are now in the explorer; the run waits here meanwhile.",
        on_click=session.rest,
    ):  # fmt: skip
        title = f"Your run at {view.snapshot.step:,}"
        name = tab.attempt(lambda: models.hold(shared_engine().save(view.run), title))
        if name:
            st.switch_page(PATHS["Explorer"], query_params={models.FIELD: name})
        st.rerun()  # to say why not


def _use_file() -> None:
    file = st.session_state["checkpoint_file"]
    if file is not None:
        session.load_checkpoint(file.name, file.getvalue())
