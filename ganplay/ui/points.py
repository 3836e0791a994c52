"""Points of the user's own: drawn on a pad or loaded from a CSV file."""

import numpy as np
import streamlit as st

from ganplay.data import encode_points, read_points
from ganplay.data.points import MAX_POINTS
from ganplay.figures.style import REAL
from ganplay.ui import session, tab
from ganplay.ui.component import component

DRAWN_LIMIT = 600

_pad = component("pad", "draw_pad.js", "it.draw(parentElement, data, send)")


def own_points() -> None:
    """The pad and the file picker."""
    with st.expander("Your points", expanded=True):
        _pad(
            key="pad",
            data={"color": REAL, "limit": DRAWN_LIMIT},
            on_sent_change=lambda: _use_drawn(st.session_state["pad"]["sent"]),
        )
        st.file_uploader(
            "or a CSV of x,y",
            type=["csv", "txt"],
            key="points_file",
            on_change=_use_file,
            help=f"Two columns of numbers, up to {MAX_POINTS:,} rows; they are scaled to fit.",
        )


def smiley() -> str:
    """A face of points, encoded, to begin with."""
    turn = np.linspace(0, 2 * np.pi, 200, endpoint=False)
    smile = np.linspace(1.2 * np.pi, 1.8 * np.pi, 60)
    circle = np.column_stack((np.cos(turn), np.sin(turn)))
    eyes = [0.08 * circle[::5] + [side * 0.35, 0.3] for side in (-1, 1)]
    mouth = 0.55 * np.column_stack((np.cos(smile), np.sin(smile)))
    return encode_points(np.vstack((circle, *eyes, mouth)))


def _use_drawn(points: list[list[float]] | None) -> None:
    if points:
        _use(np.array(points, float).reshape(-1, 2))


def _use_file() -> None:
    file = st.session_state["points_file"]
    if file is not None:
        tab.attempt(lambda: _use_csv(file.name, file.getvalue()))


def _use_csv(name: str, source: bytes) -> None:
    try:
        points = read_points(source)
    except ValueError as error:
        raise ValueError(f"{name[:40]}: {error}.") from None
    _use(points)


def _use(points: np.ndarray) -> None:
    session.change({"data.name": "points", "data.points": encode_points(points)})
