"""What tests of recordings share: a scenario that takes no time to play, and a file as the browser reads it."""

import gzip
import json
import math
import struct
from typing import Any

import numpy as np

from ganplay.scenarios import Scenario, load

SIZES = {"generator.hidden": "7,5", "discriminator.hidden": "6", "batch_size": 9, "latent.dim": 3}


def short(**settings: Any) -> Scenario:
    """Two scenes of 40 and 20 iterations, the second of which goes on from the first."""
    told = load("mode-hopping").model_dump()
    first, second = told["scenes"]
    first |= {"iterations": 40, "settings": SIZES | settings}
    second |= {"iterations": 20, "settings": {"loss": "hinge"}}
    return Scenario.model_validate(told)


class File:
    """A reel's file: its header, and its arrays by the frame, the figure and the trace."""

    def __init__(self, content: bytes):
        raw = gzip.decompress(content)
        (length,) = struct.unpack("<I", raw[:4])
        self.header: dict[str, Any] = json.loads(raw[4 : 4 + length])
        self.buffer = raw[-(-(4 + length) // 4) * 4 :]
        self.frames: list[dict[str, Any]] = self.header["frames"]

    def figure(self, n: int, name: str) -> dict[str, Any]:
        (found,) = (each for each in self.frames[n]["figures"] if each["name"] == name)
        return found

    def array(self, n: int, name: str, key: str) -> np.ndarray:
        """As static/message.js reads it."""
        place = self.figure(n, name)["arrays"][key]
        assert place["offset"] % 4 == 0
        kind = {"f4": "<f4", "u1": "u1", "u2": "<u2"}[place["type"]]
        count = math.prod(place["shape"])
        assert place["offset"] + count * np.dtype(kind).itemsize <= len(self.buffer)
        raw = np.frombuffer(self.buffer, kind, count, place["offset"]).reshape(place["shape"])
        if kind == "<f4":
            return raw
        values = raw * place.get("scale", 1) + place.get("bias", 0)
        return np.where(raw == 65_535, np.nan, values)
