"""The first words of a talk, for as long as the server imports torch."""

import sys
from html import escape

import streamlit as st

from ganplay.gallery import cards

CURTAIN = """
<style>
  .curtain {{ position: fixed; inset: 0; display: flex; flex-direction: column; justify-content: center; padding: 0 8vw;
    font-size: 2.4vw; color: {ink}; background: {paper}; }}
  .curtain b {{ font-size: 5vw; line-height: 1.2; }}
</style>
<div class="curtain"><b>{title}</b>{sentence}</div>
"""


def drawn() -> "st.delta_generator.DeltaGenerator":
    """A place that holds the title of the talk's first scenario; to be emptied."""
    place, query = st.empty(), st.query_params
    name = query.get("scenario", query.get("talk", "").partition(",")[0])
    card = next((card for card in cards() if card.name == name), None)
    if card and "torch" not in sys.modules:
        paper, ink = ("#101218", "#e8e9ef") if query.get("dark") == "on" else ("#ffffff", "#31333f")
        words = {"title": escape(card.title), "sentence": escape(card.sentence)}
        place.html(CURTAIN.format(paper=paper, ink=ink, **words))
    return place
