"""What the chapters share."""

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from ganplay.ui.choices import slider, switch

__all__ = ["layout", "slider", "switch"]


def layout() -> tuple[DeltaGenerator, DeltaGenerator]:
    """Room for words and controls, and beside it room for the figure."""
    words, figure = st.columns((3, 7), gap="medium")
    return words, figure
