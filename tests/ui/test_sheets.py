"""What the sheets, films and maps send and save."""

import json
import struct
from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from ganplay.ui import sheets


def pictures(n: int) -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, (n, 6, 6, 3), dtype=np.uint8)


def test_a_message_holds_its_header_and_its_pixels() -> None:
    sent = sheets.pack(pictures(3)[:, ::-1], {"name": "sample"})
    (length,) = struct.unpack("<I", sent[:4])
    assert json.loads(sent[4 : 4 + length]) == {"count": 3, "side": 6, "name": "sample"}
    assert sent[4 + length :] == pictures(3)[:, ::-1].tobytes()


@pytest.mark.parametrize("kind", ["png", "gif"])
def test_a_saved_picture_is_enlarged(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    made = {}
    monkeypatch.setattr(sheets.st, "download_button", lambda _, data, key, **more: made.update({key: data}))  # fmt: skip
    levels = np.array([0, 121, 250], np.uint8)
    frames = levels[:, None, None, None].repeat(6, 1).repeat(6, 2).repeat(3, 3)
    sheets.export("it", "it", lambda: pictures(1)[0], lambda: frames)
    with Image.open(BytesIO(made[f"it:{kind}"]())) as image:
        assert image.format == kind.upper()
        saved = np.asarray(image.convert("RGB"))
        count = getattr(image, "n_frames", 1)
    assert saved.shape == (24, 24, 3)
    if kind == "gif":
        assert count == len(frames)
        assert (saved == 0).all()
    else:
        assert (saved[::4, ::4] == pictures(1)[0]).all()
        assert (saved[3::4, 3::4] == pictures(1)[0]).all()


def test_strips_lie_below_each_other() -> None:
    strip = pictures(4)
    both = sheets.rows(strip, 255 - strip)
    assert both.shape == (13, 27, 3)
    assert (both[:6, :6] == strip[0]).all()
    assert (both[7:, 21:] == 255 - strip[3]).all()
