"""Home: what this is, and the way in."""

from pathlib import Path

import streamlit as st

from ganplay.ui import page

page.setup("GANs that learn while you watch")
st.title("ganplay")
st.markdown(
    "Two small nets play a game, live in your browser: a **generator** makes points, a"
    " **discriminator** tells them from real ones, and both learn from it."
    " Change the loss, the learning rates or the data while they train, and see modes covered,"
    " chased or lost."
    " The densities are known, so every number stands beside what a perfect generator reaches."
)
if st.button("Open the 2-D lab", type="primary", icon=":material/play_arrow:"):
    st.switch_page("pages/1_Lab.py")
st.html("<style>img { max-height: calc(100vh - 17rem); width: auto !important; }</style>")
st.image(Path(__file__).parent / "docs" / "home.png")
