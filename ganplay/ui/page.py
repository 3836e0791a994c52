"""What all pages have in common."""

from pathlib import Path

import streamlit as st

from ganplay.ui.component import STATIC, fetch_early

PAGES = {
    "app.py": "Home",
    "pages/1_Lab.py": "2-D lab",
    "pages/2_MNIST.py": "Digits",
    "pages/3_Explorer.py": "Explorer",
    "pages/4_Theory.py": "Theory",
}
PATHS = {Path(path).stem.partition("_")[2]: path for path in PAGES}
"""The pages by their names in the address."""

STYLE = """
<style>
  .stMainBlockContainer { padding: 2.6rem 1.6rem 1rem; max-width: none; }
  .stApp:has([data-testid="stSidebar"][data-collapsed="false"]) .stMainBlockContainer
    { padding-top: 0.8rem; }
  .stAppHeader { height: 2.5rem; min-height: 2.5rem; background: none; pointer-events: none; }
  .stAppHeader button { pointer-events: auto; }
  .st-key-early, .st-key-feed, [class*="st-key-feed-"] { display: none; }
  [data-testid="stSidebarHeader"] { height: 2.2rem; padding-block: 0.3rem; margin: 0; }
  [data-testid="stSidebar"] .stElementContainer:has([data-testid="stPageLink"]) { flex: none; width: auto; }
  [data-testid="stSidebar"] [data-testid="stPageLink"] a { padding: 0.15rem 0.35rem; }
  [data-testid="stSidebarUserContent"] { padding-top: 0; padding-bottom: 1.5rem; }
</style>
"""


def setup(title: str, live: bool = False) -> None:
    """Begin a page: its title, the full width, and the way to the other pages. Call it before
    importing what takes long, so that something stands there at once; `live` has the browser
    load the live view meanwhile."""
    st.set_page_config(
        page_title=f"{title} · ganplay", page_icon=STATIC / "icon.png", layout="wide"
    )
    st.html(STYLE)
    with st.sidebar.container(horizontal=True, gap="xsmall"):
        for path, name in PAGES.items():
            st.page_link(path, label=name)
        if live:
            fetch_early()
