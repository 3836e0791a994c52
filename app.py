"""Home: what this is, and the scenarios as a gallery."""

import streamlit as st

from ganplay import gallery
from ganplay.ui import page

COLUMNS = 3
SCREEN = "Full-bleed, in type for the last row; a clicker turns the scenes, and ? shows all keys."

page.setup("GANs that learn while you watch")
st.title("ganplay")
st.markdown(
    "Two small nets play a game, live in your browser: a **generator** makes points or pictures, a"
    " **discriminator** tells them from real ones, and both learn from it."
    " Each picture opens a demonstration whose claims anybody can check on fresh seeds."
)
with st.container(horizontal=True):
    if st.button("Open the 2-D lab", type="primary", icon=":material/play_arrow:"):
        st.switch_page(page.PATHS["Lab"])
    if st.button("Watch digits appear", type="primary", icon=":material/play_arrow:"):
        st.switch_page(page.PATHS["MNIST"])
    if st.button("Explore what it learned", type="primary", icon=":material/explore:"):
        st.switch_page(page.PATHS["Explorer"])
    if st.button("Touch the theory", type="primary", icon=":material/function:"):
        st.switch_page(page.PATHS["Theory"])
cards = gallery.cards()
with st.expander("Give a talk", icon=":material/slideshow:"):
    titles = {card.name: card.title for card in cards}
    chosen = st.multiselect(
        "Scenarios, in the order in which you choose them",
        titles,
        format_func=titles.get,
        key="talk",
        help=f"They play one after the other. {SCREEN}",
    )
    if st.button("Start the talk", key="talk:start", type="primary", disabled=not chosen):
        st.switch_page(page.TALK, query_params={"talk": ",".join(chosen)})
for first in range(0, len(cards), COLUMNS):
    for card, column in zip(cards[first : first + COLUMNS], st.columns(COLUMNS), strict=False):
        with column, st.container(border=True, height="stretch"):
            picture, words = st.columns((2, 3), gap="small")
            picture.image(card.picture, width="stretch", alt=card.sentence)
            with picture.container(horizontal=True, gap="xxsmall"):
                if st.button("Open", key=f"open:{card.name}", width="stretch", help=card.sentence):
                    st.switch_page(page.PATHS[card.page], query_params={"scenario": card.name})
                if st.button("Talk", key=f"talk:{card.name}", width="stretch", help=SCREEN):
                    st.switch_page(page.TALK, query_params={"talk": card.name})
            words.markdown(f"**{card.title}**  \n{card.sentence}")
            words.caption(f"Look at: {card.watch}")
