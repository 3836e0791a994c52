"""The 2-D lab: a small GAN learns a toy distribution, live."""

import streamlit as st

from ganplay.ui import controls, lab, page, session

page.setup("2-D lab")
view = session.current_view()
if view:
    session.write_address(view)
    controls.settings(view.config)
    lab.live(view)
else:
    st.error(session.problem())
