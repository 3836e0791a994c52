"""Files of pictures, and what is said of them."""

import struct
import zipfile
import zlib
from collections.abc import Callable
from io import BytesIO
from typing import Any

import numpy as np
import pytest
from PIL import Image

Files = dict[str, bytes]


def noise(count: int = 16, side: int = 28, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).integers(256, size=(count, side, side), dtype=np.uint8)


def encoded(pixels: np.ndarray, kind: str = "PNG", **options: Any) -> bytes:
    target = BytesIO()
    Image.fromarray(pixels).save(target, kind, **options)
    return target.getvalue()


def named(pictures: np.ndarray, **options: Any) -> Files:
    return {f"{i:05}.png": encoded(picture, **options) for i, picture in enumerate(pictures)}


def zipped(files: Files, compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    target = BytesIO()
    with zipfile.ZipFile(target, "w", compression) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return target.getvalue()


GOOD = named(noise())


def refusal(read: Callable[[], Any]) -> str:
    """What is said, which is one line."""
    with pytest.raises(ValueError) as raised:  # noqa: PT011
        read()
    text = str(raised.value)
    assert text.isprintable()
    assert len(text) < 200
    assert not text.endswith(".")
    return text


def many_pixels(width: int, height: int = 0) -> bytes:
    """A small PNG whose header claims to be very large, and a square unless told otherwise."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    header = struct.pack(">IIBBBBB", width, height or width, 8, 0, 0, 0, 0)
    body = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"0")) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


def wide(width: int, height: int = 28, kind: str = "PNG") -> bytes:
    return encoded(np.zeros((height, width), np.uint8), kind)
