"""What the sheets, films and maps send and save."""

import json
import struct
from io import BytesIO

import numpy as np
from PIL import Image

from ganplay.ui import sheets


def pictures(n: int) -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, (n, 6, 6, 3), dtype=np.uint8)


def test_a_message_holds_its_header_and_its_pixels() -> None:
    sent = sheets.pack(pictures(3)[:, ::-1], {"name": "sample"})
    (length,) = struct.unpack("<I", sent[:4])
    assert json.loads(sent[4 : 4 + length]) == {"count": 3, "side": 6, "name": "sample"}
    assert sent[4 + length :] == pictures(3)[:, ::-1].tobytes()


def test_a_png_is_the_picture_enlarged() -> None:
    picture = pictures(1)[0]
    with Image.open(BytesIO(sheets.png(picture))) as image:
        assert image.format == "PNG"
        saved = np.asarray(image)
    assert saved.shape == (24, 24, 3)
    assert (saved[::4, ::4] == picture).all()
    assert (saved[3::4, 3::4] == picture).all()


def test_a_gif_loops_through_the_pictures() -> None:
    frames = np.stack([np.full((6, 6, 3), level, np.uint8) for level in (0, 120, 250)])
    with Image.open(BytesIO(sheets.animation(frames))) as image:
        assert (image.format, image.n_frames, image.info["loop"]) == ("GIF", 3, 0)
        assert abs(image.info["duration"] - 1000 / sheets.RATE) <= 10
        image.seek(1)
        assert abs(int(np.asarray(image.convert("L"))[0, 0]) - 120) <= 1


def test_strips_lie_below_each_other() -> None:
    strip = pictures(4)
    both = sheets.rows(strip, 255 - strip)
    assert both.shape == (13, 27, 3)
    assert (both[:6, :6] == strip[0]).all()
    assert (both[7:, 21:] == 255 - strip[3]).all()
