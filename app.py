"""Home: what this is, and the way in."""

from pathlib import Path

import streamlit as st

from ganplay.ui import page

page.setup("GANs that learn while you watch")
words, picture = st.columns([2, 3], gap="large", vertical_alignment="center")
with words:
    st.title("ganplay")
    st.markdown(
        "Two small nets play a game, live in your browser: a **generator** makes points,"
        " a **discriminator** tells them from real ones, and both learn from it."
        " Change the loss, the learning rates or the data while they train, and see modes"
        " covered, chased or lost."
        " Every number stands beside what a perfect generator would reach."
    )
    st.page_link("pages/1_Lab.py", label="**Open the 2-D lab** and press Run", icon="🎯")
with picture:
    st.image(Path(__file__).parent / "docs" / "lab-running.png", width="stretch")
