"""The live view: one component that is mounted once and redrawn with each picture."""

import json
import math
import struct
from typing import Any

import numpy as np

from ganplay import figures
from ganplay.figures.style import Picture
from ganplay.history import History
from ganplay.live import View
from ganplay.measures import MEASURES
from ganplay.reading import read
from ganplay.scenarios import Claim
from ganplay.ui.component import SCRIPT, component

_view = component("view", SCRIPT, "it.mount(parentElement)", "it.unmount(parentElement)")
_feed = component("feed", SCRIPT, "it.show(data)")


def live_view() -> None:
    """The view of the page's run, which shows what `feed` sends."""
    _view(key="live-view")


def feed(view: View, in_3d: bool, claim: Claim | None) -> None:
    """Send the live view a run's latest picture, with the evidence for a claim."""
    _feed(key="feed", data=pack(view, in_3d, claim))


def pack(view: View, in_3d: bool = False, claim: Claim | None = None) -> bytes:
    """A picture as bytes: uint32 length of the header, the header as JSON, and the arrays.

    Figures go as JSON without arrays, which seldom changes, and the arrays apart, surfaces
    as 8-bit levels: about 30 kB instead of 200.
    """
    s, history = view.snapshot, view.history
    shown = {
        "stage": figures.stage(s),
        "losses": figures.losses(history),
        "gradient_norms": figures.gradient_norms(history),
        "coverage": figures.coverage(s.coverage),
        "coverage_over_time": figures.coverage_over_time(history),
    }
    if claim:
        shown["coverage_over_time"] = _evidence(history, claim)
    if in_3d:
        shown["surface"] = figures.surface(s)
    buffer = bytearray()
    placed: dict[tuple[Any, ...], dict[str, Any]] = {}
    header = {
        "attributes": {
            "data-state": view.state,
            "data-step": s.step,
            "data-frame": view.frame,
            "data-run": view.run,
        },
        "label": describe(view),
        "message": view.message,
        "status": status(view),
        "reading": read(s, history),
        "figures": [_pack_figure(name, picture, buffer, placed) for name, picture in shown.items()],
    }
    text = json.dumps(header).encode()
    start = struct.pack("<I", len(text)) + text
    return start + bytes(-len(start) % 4) + bytes(buffer)


def _evidence(history: History, claim: Claim) -> Picture:
    titles = [MEASURES[name].title for name in claim.needs()]
    # the bounds of a course are not those of what it is of
    bounds = (claim.at_least, claim.at_most) if claim.measure in MEASURES else ()
    return figures.evidence(history, titles, [b for b in bounds if math.isfinite(b)])


def status(view: View) -> list[tuple[str, str, str, str]]:
    """The numbers above the stage: name, value, what a perfect generator would read at as many
    samples, explanation."""
    s, c = view.snapshot, view.snapshot.coverage
    parts = len(c.fair)
    floor = s.floors
    return [
        ("iteration", f"{s.step:,}", "", "Rounds of updates of both nets so far."),
        ("iterations/s", f"{view.rate:,.0f}", "", "Rounds per second, of late."),
        ("modes", f"{c.covered}", f"of {parts}", "Modes with at least a fifth of their fair share of samples of high quality."),
        ("near modes", f"{c.near_modes}", f"of {parts}", "The same, counting every sample for the mode it is nearest to."),
        ("high quality", _number(c.high_quality, ".0%"), _number(floor["high_quality"], ".1%", ""), f"Samples within 3 sigma of a mode; {PERFECT}"),
        ("spread", _number(c.spread, ".2f"), _number(floor["spread"], ".2f", ""), f"Width of the generated modes over the true width; {PERFECT}"),
        ("mode KL", _number(c.mode_kl, ".3f"), _number(floor["mode_kl"], ".3f", ""), f"How unevenly the modes are hit, in nats; {PERFECT}"),
        ("D right", f"{s.d_accuracy:.0%}", "50%", f"How often D tells real from generated, no measure of quality; {PERFECT}"),
    ]  # fmt: skip


PERFECT = "in small type what a perfect generator reads, with as many samples."


def _number(value: float | None, look: str, without: str = "–") -> str:
    return without if value is None else format(value, look)


def describe(view: View) -> str:
    """The picture in a sentence, for a screen reader."""
    c = view.snapshot.coverage
    return (
        f"{view.config.data.name.replace('_', ' ')} at iteration {view.snapshot.step}:"
        f" generated points reach {c.near_modes} of {len(c.fair)} modes; {view.state}."
    )


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
    if values.ndim == 2:
        values = np.nan_to_num(values, posinf=1e30, neginf=-1e30)
        low = float(values.min())
        scale = (float(values.max()) - low) / 255 or 1.0
        place |= {"type": "u1", "bias": low, "scale": scale}
        buffer += np.rint((values - low) / scale).astype(np.uint8).tobytes()
    else:
        buffer += np.ascontiguousarray(values, np.float32).tobytes()
    buffer += bytes(-len(buffer) % 4)
    return place
