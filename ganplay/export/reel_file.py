"""A reel as one small file, which `static/reel.js` plays."""

import gzip
import json
import math
import struct
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from ganplay.export.bundle import STATIC
from ganplay.export.reel import Frame, Reel
from ganplay.showing import pack

FINE = 16_384
"""Parts of the stage's axes that its points are told apart by: finer than a pixel of any screen."""
AROUND = 1.5
"""Lengths of an axis to both sides of it within which points are kept."""
NOTHING = 65_535
"""What stands for NaN."""
SHADES = 16
"""Of the pixels of generated pictures."""
SIZES = {"f4": 4, "u1": 1, "u2": 2}
"""Bytes of a number."""

Place = dict[str, Any]
"""Where an array lies, as `ganplay.figures.message` says it."""


def shipped(name: str) -> Path:
    """Where the recording of a scenario lies, for the browser to fetch."""
    return STATIC / "recordings" / f"{name}.reel"


def write(reel: Reel, most: int) -> bytes:
    """A reel as a file of at most so many bytes, with fewer pictures where it has to be: gzip of the uint32
    length of a header, the header as JSON, and the arrays of all frames, equal ones once. Each of the
    header's `frames` is that of a message of `ganplay.figures.message`, and the second."""
    content = _written(reel)
    while len(content) > most and len(reel.frames) > 2 * len(reel.scenes):
        # a little less than in proportion, as there is more between frames that are farther apart
        reel = reel.thinned(int(0.95 * len(reel.frames) * most / len(content)))
        content = _written(reel)
    return content


def _written(reel: Reel) -> bytes:
    store = _Store()
    # from the end, for a curve is the beginning of what it grows to
    frames = [store.frame(frame) for frame in reversed(reel.frames)][::-1]
    header = {
        "title": reel.title,
        "length": reel.length,
        "scenes": reel.scenes,
        "made_of": reel.made_of,
        "frames": frames,
    }
    text = json.dumps(header).encode()
    start = struct.pack("<I", len(text)) + text
    return gzip.compress(start + bytes(-len(start) % 4) + store.buffer, 9, mtime=0)


class _Store:
    """The arrays of all frames."""

    def __init__(self) -> None:
        self.buffer = bytearray()
        self._placed: dict[bytes, int] = {}
        self._later: dict[tuple[str, str], tuple[bytes, int]] = {}

    def frame(self, frame: Frame) -> dict[str, Any]:
        """The header of a frame, whose arrays are put here."""
        # of a recording it is the browser that knows whether it runs
        message = pack(frame.view, frame.shown, talk=frame.talk, label=f"{frame.shown.label}.")
        (length,) = struct.unpack_from("<I", message)
        header: dict[str, Any] = json.loads(message[4 : 4 + length])
        arrays = message[4 + length + -(4 + length) % 4 :]
        for n, figure in enumerate(header["figures"]):
            for key, place in figure["arrays"].items():
                count = math.prod(place["shape"])
                raw = arrays[place["offset"] :][: count * SIZES[place["type"]]]
                if n == 0 and place["type"] == "f4":
                    raw = _fine(raw, place, figure["spec"]["layout"][f"{key[-1]}axis"]["range"])
                elif place["type"] == "u1" and "scale" not in place:  # pictures, not a surface
                    raw = _coarse(raw)
                place["offset"] = self._put(raw, (figure["name"], key))
        return {"second": round(frame.second, 3), "scene": frame.scene, **header}

    def _put(self, raw: bytes, use: tuple[str, str]) -> int:
        """Where an array lies: within the one of the same use in a later frame, or where an equal one does,
        or at the end."""
        later, offset = self._later.get(use, (b"", 0))
        if not later.startswith(raw):
            offset = self._placed.setdefault(raw, len(self.buffer))
            if offset == len(self.buffer):
                self.buffer += raw + bytes(-len(raw) % 4)
            self._later[use] = raw, offset
        return offset


def _coarse(raw: bytes) -> bytes:
    """Pixels in few shades, which take less than half the room."""
    step = 255 / (SHADES - 1)
    levels = np.rint(np.frombuffer(raw, np.uint8) / step) * step
    return np.rint(levels).astype(np.uint8).tobytes()


def _fine(raw: bytes, place: Place, ends: Sequence[float]) -> bytes:
    """float32 numbers along an axis in levels of 16 bits; its `place` learns how to read them."""
    scale = (ends[1] - ends[0]) / FINE
    bias = ends[0] - AROUND * FINE * scale
    values = np.frombuffer(raw, "<f4").astype(np.float64)
    levels = np.clip(np.rint((values - bias) / scale), 0, 4 * FINE - 2)
    place |= {"type": "u2", "bias": bias, "scale": scale}
    return np.where(np.isnan(levels), NOTHING, levels).astype("<u2").tobytes()
