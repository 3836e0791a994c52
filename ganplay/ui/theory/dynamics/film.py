"""A film: a picture for each number of a choice, which one leafs through or lets play."""

from collections.abc import Callable

import streamlit as st

from ganplay.ui import address


def film(
    name: str, last: int, stride: int, pace: float, words: str, help: str,
    draw: Callable[[], None], turns: Callable[[bool], None] = lambda plays: None,
) -> None:  # fmt: skip
    """Draw at the number that is chosen, 0 to `last`, and while it plays every `pace` seconds, `stride`
    further on.

    `words` is the unit of the number, `help` says what it tells; `turns` draws further buttons, and is
    told whether it plays.
    """
    key = f"plays:{name}"
    plays = bool(st.session_state.get(key, False))
    # the choice itself is no widget of a fragment, with whose last turn it would be forgotten
    shown = f"shown:{name}"

    def toggle() -> None:
        st.session_state[key] = not plays
        if not plays and address.get(name) == last:
            address.put(name, 0)

    def picture() -> None:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.button(
                "Hold" if plays else "Play", key=f"play:{name}", type="primary", on_click=toggle,
                icon=":material/pause:" if plays else ":material/play_arrow:",
                help="Stop here." if plays else "Go on by itself to the end.",
            )  # fmt: skip
            turns(plays)
            if plays:
                st.session_state[shown] = address.get(name)
            st.slider(
                words, 0, last, key=shown if plays else address.key(name), disabled=plays,
                label_visibility="collapsed", format=f"{words} %d", help=help,
            )  # fmt: skip
        draw()

    def go_on() -> None:
        if address.get(name) == last:
            st.session_state[key] = False
        if not st.session_state[key]:
            st.rerun()  # all of the page, so that this fragment ends
        address.put(name, min(address.get(name) + stride, last))
        picture()

    if plays:
        st.fragment(go_on, run_every=pace)()
    else:
        picture()
