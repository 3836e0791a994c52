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
    "pages/5_Duel.py": "Duel",
}
TALK = "pages/6_Talk.py"
"""A page without the way to the others: it fills the window."""
PATHS = {Path(path).stem.partition("_")[2]: path for path in (*PAGES, TALK)}
"""The pages by their names in the address."""

STYLE = """
<style>
  .stMainBlockContainer { padding: 2.6rem 1.6rem 0.2rem; max-width: none; }
  .stApp:has([data-testid="stSidebar"][data-collapsed="false"]) .stMainBlockContainer
    { padding-top: 0.5rem; }
  .stAppHeader { height: 2.5rem; min-height: 2.5rem; background: none; pointer-events: none; }
  .stAppHeader button { pointer-events: auto; }
  .st-key-early, .st-key-feed, [class*="st-key-feed-"] { display: none; }
  [data-testid="stSidebarHeader"] { height: 2.2rem; padding-block: 0.3rem; margin: 0; }
  [data-testid="stSidebar"] .stElementContainer:has([data-testid="stPageLink"]) { flex: none; width: auto; }
  [data-testid="stSidebar"] [data-testid="stPageLink"] a { padding: 0.15rem 0.35rem; }
  .st-key-scene-talk .stElementContainer.stElementContainer { flex: auto; }
  .st-key-scene-talk [data-testid="stPageLink"] a { justify-content: center; padding: 0.35rem 0.2rem; border: 1px solid #31333f33; }
  [data-testid="stSidebarUserContent"] { padding-top: 0; padding-bottom: 1.5rem; }
  [data-testid="stCaptionContainer"] { opacity: 0.75; }
  :where(a, button)[data-testid]:focus-visible { outline: 2px solid #625da6; outline-offset: 1px; }
  @media (prefers-reduced-motion: reduce) {
    *, ::before, ::after { animation-duration: 1ms !important; animation-iteration-count: 1 !important;
      transition-duration: 1ms !important; scroll-behavior: auto !important; }
  }
</style>
"""


BARE = """
<style>
  .stSidebar, .stAppHeader, [data-testid="stSidebarCollapsedControl"], .st-key-leave { display: none; }
</style>
"""


def setup(title: str, live: bool = False, bare: bool = False) -> None:
    """Begin a page: its title, the full width, and the way to the other pages, unless it is `bare`.
    Call it before importing what takes long, so that something stands there at once; `live` has the
    browser load the live view meanwhile. An address with a `talk` is for the page that gives it."""
    if "talk" in st.query_params and not bare:
        st.switch_page(TALK, query_params=st.query_params.to_dict())
    st.set_page_config(
        page_title=f"{title} · ganplay", page_icon=STATIC / "icon.png", layout="wide"
    )
    st.html(STYLE + BARE * bare)
    with st.sidebar.container(horizontal=True, gap="xsmall"):
        for path, name in PAGES.items():
            st.page_link(path, label=name)
        if live:
            fetch_early()
