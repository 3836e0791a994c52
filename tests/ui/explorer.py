"""The explorer in a tab, and what its components were sent."""

import json
import struct
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .conftest import Tab

Sent = tuple[dict[str, Any], NDArray[np.uint8]]
"""The header of a message, and its pictures [n, side, side, 3]."""


def opened(patience: float = 60, **query: str) -> Tab:
    """The explorer at an address."""
    tab = Tab()
    tab.app.default_timeout = patience
    tab.go("Explorer", **query)
    return tab


def all_sent(tab: Tab) -> list[Sent]:
    """What each component was sent, in their order on the page."""
    found = []
    for element in tab.app.get("bidi_component"):
        source = element.proto.bytes
        if not source:
            continue
        (length,) = struct.unpack("<I", source[:4])
        header = json.loads(source[4 : 4 + length])
        shape = (header["count"], header["side"], header["side"], 3)
        pictures = np.frombuffer(source, np.uint8, offset=4 + length).reshape(shape)
        found.append((header, pictures))
    return found


def sent(tab: Tab) -> dict[str, Sent]:
    """The same by what its pictures are called."""
    return {header["name"]: (header, pictures) for header, pictures in all_sent(tab)}
