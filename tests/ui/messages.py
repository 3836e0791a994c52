"""Figures as the browser reads them."""

import json
import math
import struct
from typing import Any

import numpy as np


def unpacked(message: bytes) -> tuple[dict[str, Any], bytes]:
    (length,) = struct.unpack("<I", message[:4])
    start = -(-(4 + length) // 4) * 4
    return json.loads(message[4 : 4 + length]), message[start:]


def read(buffer: bytes, place: dict[str, Any]) -> np.ndarray:
    """An array as the browser reads it."""
    kind = {"f4": "<f4", "u1": "u1"}[place["type"]]
    count = math.prod(place["shape"])
    raw = np.frombuffer(buffer, kind, count, place["offset"]).reshape(place["shape"])
    return raw * place.get("scale", 1) + place.get("bias", 0)
