"""The live view: one component that is mounted once and redrawn with each picture."""

import json
import math
import struct
from dataclasses import dataclass
from typing import Any

import numpy as np

from ganplay import figures
from ganplay.figures.style import Picture
from ganplay.history import History
from ganplay.live import View
from ganplay.measures import MEASURES
from ganplay.reading import Reading
from ganplay.scenarios import Claim
from ganplay.ui.component import SCRIPT, component

_view = component("view", SCRIPT, "it.mount(parentElement)", "it.unmount(parentElement)")
_feed = component("feed", SCRIPT, "it.show(data)")


def live_view() -> None:
    """The view of the page's run, which shows what `feed` sends."""
    _view(key="live-view")


Number = tuple[str, str, str, str]
"""A number above the stage: name, value, what a perfect generator would read, explanation."""


@dataclass(frozen=True)
class Shown:
    """What a page shows of a run: its figures by name, the stage first, numbers above them, what the
    numbers mean, and all of it in a sentence for a screen reader."""

    figures: dict[str, Picture]
    status: list[Number]
    reading: Reading | None
    label: str
    step: int


def feed(view: View, shown: Shown) -> None:
    """Send the live view a run's latest picture."""
    _feed(key="feed", data=pack(view, shown))


def pack(view: View, shown: Shown) -> bytes:
    """A picture as bytes: uint32 length of the header, the header as JSON, and the arrays.

    Figures go as JSON without arrays, which seldom changes, and the arrays apart, surfaces
    as 8-bit levels: about 30 kB instead of 200.
    """
    buffer = bytearray()
    placed: dict[tuple[Any, ...], dict[str, Any]] = {}
    header = {
        "attributes": {
            "data-state": view.state,
            "data-step": shown.step,
            "data-frame": view.frame,
            "data-run": view.run,
        },
        "label": f"{shown.label}; {view.state}.",
        "message": view.message,
        "status": shown.status,
        "reading": shown.reading,
        "figures": [
            _pack_figure(name, picture, buffer, placed) for name, picture in shown.figures.items()
        ],
    }
    text = json.dumps(header).encode()
    start = struct.pack("<I", len(text)) + text
    return start + bytes(-len(start) % 4) + bytes(buffer)


def evidence(history: History, claim: Claim) -> Picture:
    """The measures that a claim is about, over time."""
    titles = [MEASURES[name].title for name in claim.needs()]
    # the bounds of a course are not those of what it is of
    bounds = (claim.at_least, claim.at_most) if claim.measure in MEASURES else ()
    shown = [bound for bound in bounds if math.isfinite(bound)]
    return figures.evidence(history, titles, shown, claim.measure.startswith("vae_"))


PERFECT = "in small type what a perfect generator reads, with as many samples."


def number(value: float | None, look: str, without: str = "–") -> str:
    """A number as text; `without` where there is none."""
    return without if value is None else format(value, look)


def _pack_figure(
    name: str, picture: Picture, buffer: bytearray, placed: dict[tuple[Any, ...], dict[str, Any]]
) -> dict[str, Any]:
    """A figure's header; its arrays go to the buffer, and what lies at one place goes once."""
    traces, arrays = [], {}
    for i, trace in enumerate(picture.traces):
        plain = {}
        for key, value in trace.items():
            if not isinstance(value, np.ndarray):
                plain[key] = value
                continue
            memory = (value.ctypes.data, value.strides, value.shape)
            if memory not in placed:
                placed[memory] = _place(value, buffer)
            arrays[f"{i}.{key}"] = placed[memory]
        traces.append(plain)
    spec = {"data": traces, "layout": picture.layout}
    renderer = "plotly" if name == "surface" else "canvas"
    return {"name": name, "spec": spec, "arrays": arrays, "renderer": renderer}


def _place(values: np.ndarray[Any, Any], buffer: bytearray) -> dict[str, Any]:
    """Append an array to the buffer; where it lies and how to read it."""
    place: dict[str, Any] = {"type": "f4", "shape": values.shape, "offset": len(buffer)}
    if values.dtype == np.uint8:
        place["type"] = "u1"
        buffer += np.ascontiguousarray(values).tobytes()
    elif values.ndim == 2:
        values = np.nan_to_num(values, posinf=1e30, neginf=-1e30)
        low = float(values.min())
        scale = (float(values.max()) - low) / 255 or 1.0
        place |= {"type": "u1", "bias": low, "scale": scale}
        buffer += np.rint((values - low) / scale).astype(np.uint8).tobytes()
    else:
        buffer += np.ascontiguousarray(values, np.float32).tobytes()
    buffer += bytes(-len(buffer) % 4)
    return place
