"""Figures as bytes for the browser, where `static/message.js` reads them."""

import json
import struct
from collections.abc import Mapping
from typing import Any

import numpy as np

from ganplay.figures.style import Picture


def pack(header: Mapping[str, Any], figures: Mapping[str, Picture]) -> bytes:
    """uint32 length of the header, the header as JSON, and the arrays of the figures.

    Figures go as JSON without arrays, which seldom changes, and the arrays apart, surfaces
    as 8-bit levels: about 30 kB instead of 200.
    """
    buffer = bytearray()
    placed: dict[tuple[Any, ...], dict[str, Any]] = {}
    specs = [_pack_figure(name, picture, buffer, placed) for name, picture in figures.items()]
    text = json.dumps({**header, "figures": specs}).encode()
    start = struct.pack("<I", len(text)) + text
    return start + bytes(-len(start) % 4) + bytes(buffer)


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
