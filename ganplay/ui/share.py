"""What one takes away from a run: its address, a recording, pictures, numbers and a program."""

from collections.abc import Callable
from urllib.parse import urlencode

import streamlit as st

from ganplay.config import ConfigError
from ganplay.export.script import script
from ganplay.export.toml import toml
from ganplay.live import View, shared_engine
from ganplay.showing import show
from ganplay.ui import session, tab


def share(view: View) -> None:
    """The expander in the sidebar. What takes long to make is made when its button is pressed, of the run
    as it is then."""
    playing, step, in_3d = session.scene(), tab.looked(), bool(st.session_state.get("in_3d"))
    claim = playing and playing[0].claim_of(playing[1])
    name = playing[0].name if playing else view.config.data.name

    def now() -> View:
        return shared_engine().poll(view.run) or view

    def recording() -> bytes:
        from ganplay.export import html, reel  # drawing takes a second to load

        return html.html(reel.of_run(now(), playing))

    def animation() -> bytes:
        from ganplay.export import animation, reel

        return animation.animation(reel.of_run(now(), playing))

    def picture() -> bytes:
        from ganplay.export.still import still

        then = now() if step is None else now().at(step)
        return still(show(then, claim, in_3d).figures[figure])

    def curves() -> str:
        from ganplay.export.curves import curves

        return curves(now().history)

    with st.sidebar.expander("Share and export"):
        st.caption(
            "Who opens this address sees a run of their own with these settings and this seed."
        )
        st.code(_address(), language=None, wrap_lines=True)
        _download(
            "Recording (HTML)",
            f"{name}.html",
            recording,
            "The kept moments of this run as a page that plays by double-click, without a network.",
        )
        _download(
            "Recording (GIF)",
            f"{name}.gif",
            animation,
            "The same as a moving picture for slides; it takes some seconds to draw.",
        )
        names = list(show(view, claim, in_3d).figures)
        figure = st.selectbox(
            "Figure",
            names,
            key="share:figure",
            format_func=_in_words,
            help="Which figure the button below takes.",
        )
        _download(
            "Picture (PNG)",
            f"{name}-{figure}.png",
            picture,
            "The figure chosen above, as it is seen, for paper and slides.",
        )
        _download(
            "Curves (CSV)",
            f"{name}.csv",
            curves,
            "All curves of this run as a table, a row for each look at it.",
        )
        _download(
            "Settings (TOML)",
            f"{name}.toml",
            lambda: toml(view.config),
            "All settings, as `python -m ganplay train --config` takes them.",
        )
        try:
            text = script(view.config, view.step or 2000)
        except ConfigError as error:
            st.caption(f"No script: {error}")
        else:
            _download("Script (PyTorch)", f"{name}.py", lambda: text, "A program of plain PyTorch, without ganplay, that trains with these settings from the beginning.")  # fmt: skip


def _address() -> str:
    """Where the page is, with its settings and scene, but not the run, which ends with this server."""
    query = {name: text for name, text in st.query_params.items() if name != session.RUN}
    return f"{st.context.url or ''}?{urlencode(query)}"


def _download(label: str, file: str, make: Callable[[], str | bytes], help: str) -> None:
    st.download_button(
        label, make, file, key=f"share:{label}", on_click="ignore", width="stretch", help=help
    )


def _in_words(name: str) -> str:
    return name.replace("_", " ")
