"""A board: figures in a grid that are redrawn in place, and points on them that one can drag."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

import streamlit as st

from ganplay.figures import message
from ganplay.figures.style import Picture
from ganplay.live import View
from ganplay.showing import attributes
from ganplay.ui.component import component

# As for the live view: pictures come through an element of their own, which Streamlit may replace.
_board = component(
    "board", "board.js", "it.mount(parentElement, data, send)", "it.unmount(parentElement, data)"
)
_feed = component("board_feed", "board.js", "it.show(data)")

Moved = Callable[[str, float, float], None]
"""What is told of a drag: the name of the handle, and where it is now."""


@dataclass(frozen=True)
class Handle:
    """A point on the figure of a name, at x and y of its axes, that is dragged `along` one of them or
    both; `title` says what it moves."""

    name: str
    figure: str
    x: float
    y: float
    colour: str
    title: str
    along: Literal["x", "y", "xy"] = "xy"


def board(
    key: str,
    figures: Mapping[str, Picture],
    label: str,
    height: int = 480,
    handles: Sequence[Handle] = (),
    moved: Moved | None = None,
    view: View | None = None,
    below: int = 0,
) -> None:
    """Show figures, each with margins and the ranges of its axes, by the `row`, `column`, `weight` (its
    share of the height) and `wide` (of the width) in its layout's `meta`, or by their `place`: left,
    top, width and height, as portions of the board.

    The board reaches to the window's bottom but for `below` pixels, and is at least `height` tall.
    `label` says in a sentence what is seen. `moved` is called about every 70 ms while something is
    dragged. `view` is the run that is shown, where one is.
    """
    place(key, moved)
    redraw(key, figures, label, height, handles, view, below)


def place(key: str, moved: Moved | None = None, act: Callable[[], None] | None = None) -> None:
    """Where a board goes that is redrawn in a fragment. A fragment's own elements may be replaced when
    the page is busy, which would end a drag. `act` is called with what is done on its timeline."""

    def use() -> None:
        sent = st.session_state[key]["sent"]
        if sent and moved:
            moved(str(sent[0]), float(sent[1]), float(sent[2]))

    _board(key=key, data=key, on_sent_change=act or use)


def redraw(
    key: str,
    figures: Mapping[str, Picture],
    label: str,
    height: int = 480,
    handles: Sequence[Handle] = (),
    view: View | None = None,
    below: int = 0,
    step: int | None = None,
    **more: Any,
) -> None:
    """What a board shows that is in its place, of a run's `step` where it shows a moment of one; `more`
    as `static/board.js` has it: `headings` above figures, a `legend` and a `timeline`."""
    header = {
        "key": key,
        "least": height,
        "below": below,
        "label": label if view is None else f"{label}; {view.state}.",
        "message": view.message if view else "",
        "handles": [asdict(handle) for handle in handles],
        "attributes": {"data-testid": "board"},
        **more,
    }
    if view:
        shown = {} if step is None else {"data-shown": step}
        header["attributes"] = {"data-testid": "live-view", **attributes(view), **shown}
    _feed(key=f"feed-{key}", data=message.pack(header, figures))
