"""Points packed into text: what goes in comes out, and nothing else gets in."""

import base64
import contextlib
import random
import re
import zlib

import numpy as np
import pytest

from ganplay.data import decode_points, encode_points, rescale
from ganplay.data.points import MAX_POINTS, MAX_TEXT

TRIANGLE = np.array([[0.0, 0.0], [1.0, 0.0], [0.0, 0.5]])


def packed(raw: bytes) -> str:
    return base64.urlsafe_b64encode(zlib.compress(raw)).decode().rstrip("=")


@pytest.mark.parametrize(
    "points",
    [
        TRIANGLE,
        TRIANGLE * -1e-3 + 7,
        TRIANGLE * [0, 1],
        (TRIANGLE * 2 - 1) * 1.7e308,
        TRIANGLE * 1e-300,
    ],
)
def test_rescale_centres_the_box_and_keeps_its_aspect(points: np.ndarray) -> None:
    before = points / np.abs(points).max()
    scaled = rescale(points)
    low, high = scaled.min(0), scaled.max(0)
    np.testing.assert_allclose(low, -high, atol=1e-9)
    assert high.max() == 2
    np.testing.assert_allclose(np.ptp(scaled, 0), 4 * np.ptp(before, 0) / np.ptp(before, 0).max())


def test_packing_keeps_points_to_four_decimals() -> None:
    points = np.random.default_rng(0).normal(size=(1000, 2)) * [50, 20] + [1e4, 0]
    text = encode_points(points)
    assert re.fullmatch(r"[A-Za-z0-9_-]+", text)
    assert len(text) < 6 * len(points)
    unpacked = decode_points(text)
    np.testing.assert_allclose(unpacked, rescale(points), atol=1.01 * 2 / 32767 / 2)
    assert np.abs(unpacked).max() == 2


def test_packing_holds_as_many_points_as_it_says() -> None:
    points = np.random.default_rng(0).uniform(size=(MAX_POINTS, 2))
    text = encode_points(points)
    assert len(text) <= MAX_TEXT
    assert decode_points(text).shape == (MAX_POINTS, 2)
    with pytest.raises(ValueError, match="more than 100,000 points"):
        encode_points(np.vstack((points, points[:1])))


def test_refuses_text_that_was_not_packed_here() -> None:
    whole = encode_points(TRIANGLE)
    steps = np.arange(6, dtype="<i2").tobytes()
    np.testing.assert_allclose(decode_points(packed(steps))[2] * 32767 / 2, [4, 5])
    mangled = {
        "cut short": whole[:-4],
        "not base64": whole[:5] + "!!!!" + whole[5:],
        "with a line break": whole + "\n",
        "not ASCII": whole + "é",
        "not zlib": base64.urlsafe_b64encode(b"hello, world").decode(),
        "half a number": packed(steps + b"\0"),
        "half a point": packed(steps + b"\0\0"),
        "a bomb": packed(b"\0\1" * 10_000_000),
        "one point too many": packed(steps * (MAX_POINTS // 3) + steps[:8]),
        "with something behind": base64.urlsafe_b64encode(zlib.compress(steps) + b"\0\0").decode(),
    }
    for text in mangled.values():
        with pytest.raises(ValueError, match=r"^not packed points; copy the whole text again$"):
            decode_points(text)
    for text in ("", packed(b""), packed(steps[:4]), packed(steps[:4] * 9)):
        with pytest.raises(ValueError, match=r"^(not packed|fewer than two)"):
            decode_points(text)
    with pytest.raises(ValueError, match=r"longer than 600,000 characters"):
        decode_points("A" * (MAX_TEXT + 1))


def test_no_mangled_text_gets_through() -> None:
    whole = encode_points(np.random.default_rng(0).normal(size=(40, 2)))
    expected = decode_points(whole)
    chance = random.Random(0)
    for _ in range(3000):
        letters = list(whole)
        for _ in range(chance.randint(1, 4)):
            letters[chance.randrange(len(letters))] = chr(chance.randrange(32, 256))
        text = "".join(letters)[: chance.choice([len(letters), chance.randrange(len(letters))])]
        # The last letter holds bits that stand for nothing, so a change there may do no harm.
        with contextlib.suppress(ValueError):
            np.testing.assert_array_equal(decode_points(text), expected)
