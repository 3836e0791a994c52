"""Sheets of pictures that can be picked, films and maps to walk, and their export."""

import json
import struct
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import streamlit as st

from ganplay.export import images
from ganplay.figures.sheets import Colours, tiled
from ganplay.ui.component import component

ENLARGED = 4
"""How many pixels of an exported file a pixel of a picture takes on each side."""
RATE = 20
"""Pictures a second, in a film and in a GIF."""

_sheet = component("sheet", "sheet.js", "it.draw(parentElement, data, send)")
_film = component("film", "film.js", "it.draw(parentElement, data)", "it.remove(parentElement)")
_walk = component("walk", "walk.js", "it.draw(parentElement, data, send)")


def sheet(
    pictures: Colours,
    key: str,
    name: str,
    columns: int,
    size: int = 64,
    frames: Sequence[str] | str = "",
    captions: Sequence[str] = (),
    badges: Mapping[int, str] | None = None,
    titles: Sequence[str] = (),
    heads: Sequence[str] = (),
    picked: Callable[[int], None] | None = None,
) -> None:
    """Rows of pictures [n, side, side, 3], `size` pixels wide at most; `name` is what one of them is
    called. `frames` are colours of their frames, `badges` short words on them, `heads`
    lines above the rows; `picked` is called with the number of one that is clicked."""
    count = len(pictures)
    header = {
        "columns": columns,
        "size": size,
        "name": name,
        "frames": [frames] * count if isinstance(frames, str) else list(frames),
        "captions": list(captions),
        "badges": {str(n): text for n, text in (badges or {}).items()},
        "titles": list(titles),
        "heads": list(heads),
        "pickable": picked is not None,
    }

    def use() -> None:
        for n, when in st.session_state[key]["sent"] or ():
            if picked and n < count and when > st.session_state.get(f"{key}:clicked", 0):
                st.session_state[f"{key}:clicked"] = when
                picked(int(n))

    _sheet(key=key, data=pack(pictures, header), on_sent_change=use)


def film(
    lanes: Mapping[str, Colours],
    key: str,
    name: str,
    size: int,
    frames: Sequence[str],
    marks: Mapping[int, str],
) -> None:
    """Loops of equally many pictures side by side, by what stands below them, each `size` pixels wide
    at most; `frames` are the colours of their frames, and `marks` short words on the time line."""
    header = {
        "lanes": list(lanes),
        "name": name,
        "size": size,
        "rate": RATE,
        "frames": list(frames),
        "marks": {str(n): text for n, text in marks.items()},
    }
    _film(key=key, data=pack(np.concatenate(list(lanes.values())), header))


def walk(
    pictures: Colours,
    key: str,
    name: str,
    reach: float,
    place: tuple[float, float],
    axes: tuple[str, str],
    chosen: Callable[[float, float], None],
    badges: Mapping[str, tuple[float, float]],
    middle: float,
    usual: str,
    ring: float = 0,
    frame: str = "",
) -> None:
    """A square map of pictures, row by row from the top, over -reach..reach on both `axes`, and after
    them the picture of exactly `place`; `chosen` is called with another place that is clicked.

    `badges` are places with a name. `middle` is the length of z in the middle, from which that
    elsewhere follows, `usual` says how long samples are, and `ring` is the radius of a circle.
    """
    header = {
        "across": round((len(pictures) - 1) ** 0.5),
        "name": name,
        "reach": reach,
        "place": place,
        "axes": axes,
        "badges": badges,
        "middle": middle,
        "usual": usual,
        "ring": ring,
        "frame": frame,
    }

    def use() -> None:
        sent = st.session_state[key]["sent"]
        if sent:
            chosen(float(sent[0]), float(sent[1]))

    _walk(key=key, data=pack(pictures, header), on_sent_change=use)


def export(
    key: str, name: str, make: Callable[[], Colours],
    gif: Callable[[], Colours] | None = None, enlarged: int = ENLARGED, rate: float = RATE,
) -> None:  # fmt: skip
    """Buttons that save a picture [height, width, 3] as PNG, and frames [n, height, width, 3] as GIF,
    `rate` of them a second; both are made when they are asked for."""
    with st.container(horizontal=True):
        _button(key, f"{name}.png", "image/png", lambda: images.png(_enlarged(make(), enlarged)))
        if gif:
            _button(
                key, f"{name}.gif", "image/gif",
                lambda: images.gif([_enlarged(frame, enlarged) for frame in gif()], rate),
            )  # fmt: skip


def _button(key: str, file: str, mime: str, make: Callable[[], bytes]) -> None:
    kind = file.rpartition(".")[2]
    st.download_button(
        kind.upper(), data=make, file_name=file, mime=mime, key=f"{key}:{kind}",
        icon=":material/download:", on_click="ignore", help=f"Save this as {file}.",
    )  # fmt: skip


def rows(*strips: Colours) -> Colours:
    """Strips of pictures [n, side, side, 3] below each other, as a single picture."""
    return tiled(np.concatenate(strips), len(strips[0]))


def _enlarged(picture: Colours, times: int) -> Colours:
    return picture.repeat(times, 0).repeat(times, 1)


def pack(pictures: Colours, header: Mapping[str, Any]) -> bytes:
    """uint32 length of the header, the header as JSON, and the pixels, a byte a colour."""
    text = json.dumps({"count": len(pictures), "side": pictures.shape[1], **header}).encode()
    return struct.pack("<I", len(text)) + text + np.ascontiguousarray(pictures).tobytes()
