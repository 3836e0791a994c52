"""A board: what the browser is sent, and that what is dragged there arrives."""

import numpy as np
from streamlit.testing.v1 import AppTest

from ganplay.figures import losses
from ganplay.history import History

from .messages import read, unpacked


def page() -> None:
    import numpy as np
    import streamlit as st

    from ganplay.figures.style import REAL, axis, picture
    from ganplay.ui.board import Handle, board

    x = np.linspace(0, 1, 5, dtype=np.float32)
    line = {"type": "scatter", "mode": "lines", "x": x, "y": x**2, "line": {"color": REAL}}
    figure = picture(
        [line], xaxis=axis(range=[0, 1]), yaxis=axis(range=[0, 1]), meta={"row": 1, "wide": 2}
    )

    def moved(name: str, x: float, y: float) -> None:
        st.session_state["moved"] = (name, x, y)

    board(
        "square", {"curve": figure}, "A parabola", 300,
        [Handle("top", "curve", 1, 1, REAL, "The end", "y")], moved, below=40,
    )  # fmt: skip


def test_the_browser_is_sent_all_it_needs() -> None:
    app = AppTest.from_function(page).run()
    assert not app.exception
    (source,) = (e.proto.bytes for e in app.get("bidi_component") if e.proto.bytes)
    header, arrays = unpacked(source)
    (figure,) = header.pop("figures")
    assert header == {
        "key": "square", "least": 300, "below": 40, "label": "A parabola", "message": "",
        "attributes": {"data-testid": "board"},
        "handles": [
            {"name": "top", "figure": "curve", "x": 1, "y": 1, "colour": "#1b9e77",
             "title": "The end", "along": "y"}
        ],
    }  # fmt: skip
    assert figure["name"] == "curve"
    assert figure["spec"]["layout"]["meta"] == {"row": 1, "wide": 2}
    assert figure["renderer"] == "canvas"
    np.testing.assert_array_equal(read(arrays, figure["arrays"]["0.y"]), np.arange(5) ** 2 / 16)


def test_a_figure_of_the_lab_fits_on_a_board() -> None:
    layout = losses(History()).layout
    assert {"margin", "xaxis", "yaxis", "meta"} <= layout.keys()
