"""The controls of a choice in the address."""

from collections.abc import Callable, Mapping

import streamlit as st

from ganplay.ui import address


def switch(
    name: str, titles: Mapping[str, str], help: str, changed: Callable[[], None] | None = None
) -> None:
    """The words that a choice has, side by side, of which one is on."""
    st.segmented_control(
        help, list(titles), format_func=titles.__getitem__, key=address.key(name), required=True,
        label_visibility="collapsed", on_change=changed,
    )  # fmt: skip


def slider(
    name: str, field: address.Field, title: str, help: str, step: float | None = None,
    format: str | None = None,
) -> None:  # fmt: skip
    """A slider for a number; `format` as printf has it."""
    kind = type(field.default)
    st.slider(
        title, kind(field.least), kind(field.most), key=address.key(name), help=help, format=format,
        step=None if step is None else kind(step),
    )  # fmt: skip
