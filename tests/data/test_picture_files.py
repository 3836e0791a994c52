"""Reading pictures as they are: what is taken from a zip or a folder, and what is refused."""

import os
import random
import struct
import tracemalloc
import zipfile
import zlib
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

from ganplay.data import picture_files
from ganplay.data.picture_files import (
    MAX_BYTES,
    MAX_EACH,
    MAX_PICTURE,
    MAX_ZIP,
    read_folder,
    read_zip,
)
from tests.picture_files import (
    GOOD,
    Files,
    encoded,
    many_pixels,
    noise,
    refusal,
    wide,
    zipped,
)

# ---- reading


@pytest.mark.parametrize("side", [28, 32])
@pytest.mark.parametrize("kind", ["PNG", "BMP", "GIF", "WEBP"])
def test_reads_every_format_as_it_was(side: int, kind: str) -> None:
    pictures = noise(20, side)
    options = {"lossless": True, "exact": True} if kind == "WEBP" else {}
    read = read_zip(
        zipped({f"{i:02}": encoded(p, kind, **options) for i, p in enumerate(pictures)}), ""
    )
    assert read.dtype == torch.uint8
    assert read.shape == (20, 1, side, side)
    np.testing.assert_allclose(read[:, 0].int(), pictures, atol=1 if kind == "WEBP" else 0)


def test_reads_a_photograph() -> None:
    ramp = np.tile(np.arange(28, dtype=np.uint8) * 9, (28, 1))
    read = read_zip(zipped({str(i): encoded(ramp, "JPEG", quality=95) for i in range(16)}), "")
    np.testing.assert_allclose(read[3, 0].int(), ramp, atol=4)


def test_colour_becomes_grey_by_the_usual_weights() -> None:
    """Of ITU-R BT.601: .299 red, .587 green, .114 blue."""
    colour = np.random.default_rng(0).integers(256, size=(28, 28, 3), dtype=np.uint8)
    read = read_zip(zipped({str(i): encoded(colour) for i in range(16)}), "")
    np.testing.assert_allclose(read[0, 0], colour @ [0.299, 0.587, 0.114], atol=1)


def see_through() -> Image.Image:
    half = np.zeros((28, 28, 4), np.uint8)
    half[:14, :, 3] = 255
    return Image.fromarray(half)


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P"])
def test_transparent_is_white(mode: str) -> None:
    target = BytesIO()
    picture = see_through()
    if mode == "P":
        picture = Image.fromarray(np.repeat([[0], [1]], 14, 0).astype(np.uint8).repeat(28, 1), "L")
        picture.putpalette([0, 0, 0, 0, 0, 0])
        picture.save(target, "PNG", transparency=1)
    else:
        picture.convert(mode).save(target, "PNG")
    read = read_zip(zipped({str(i): target.getvalue() for i in range(16)}), "")
    assert read[0, 0, :14].unique().tolist() == [0]
    assert read[0, 0, 14:].unique().tolist() == [255]


def test_fine_greys_keep_their_upper_half() -> None:
    fine = np.random.default_rng(0).integers(2**16, size=(28, 28)).astype(np.uint16)
    read = read_zip(zipped({str(i): encoded(fine) for i in range(16)}), "")
    np.testing.assert_array_equal(read[0, 0], fine // 256)


def test_black_and_white() -> None:
    bits = noise(1)[0] > 127
    read = read_zip(zipped({str(i): encoded(bits) for i in range(16)}), "")
    np.testing.assert_array_equal(read[0, 0], bits * 255)


def test_of_a_moving_picture_the_first_frame() -> None:
    frames = [Image.fromarray(frame) for frame in noise(3)]
    target = BytesIO()
    frames[0].save(target, "GIF", save_all=True, append_images=frames[1:])
    read = read_zip(zipped({str(i): target.getvalue() for i in range(16)}), "")
    np.testing.assert_array_equal(read[0, 0], noise(3)[0])


def test_order_is_that_of_the_names_in_a_zip_and_in_a_folder(tmp_path: Path) -> None:
    pictures = noise(30)
    names = [f"{folder}/{i}.png" for folder in "ba" for i in range(15)]
    files = {name: encoded(p) for name, p in zip(names, pictures, strict=True)}
    for name, content in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(content)
    shuffled = list(files.items())
    random.Random(0).shuffle(shuffled)
    expected = pictures[[names.index(name) for name in sorted(names)]]
    for read in (read_folder(tmp_path), read_zip(zipped(dict(shuffled)), "")):
        np.testing.assert_array_equal(read[:, 0], expected)
    source = tmp_path.with_suffix(".zip")
    source.write_bytes(zipped(files, zipfile.ZIP_STORED))
    assert torch.equal(picture_files.read(str(source)), picture_files.read(str(tmp_path)))


HIDDEN = [
    ".DS_Store",
    "__MACOSX/._00000.png",
    "faces/.thumbnails/a.png",
    "faces/__MACOSX/b",
    ".git/config",
    "faces\\.hidden",
]


def test_what_is_hidden_is_left_out(tmp_path: Path) -> None:
    files = {f"./faces/{name}": content for name, content in GOOD.items()}
    hidden = dict.fromkeys(HIDDEN, b"not a picture")
    read = read_zip(zipped({"faces/": b"", **hidden, **files}), "")
    np.testing.assert_array_equal(read[:, 0], noise())
    for name, content in (files | hidden).items():
        (tmp_path / name).parent.mkdir(exist_ok=True, parents=True)
        (tmp_path / name).write_bytes(content)
    os.mkfifo(tmp_path / "pipe")
    np.testing.assert_array_equal(read_folder(tmp_path)[:, 0], noise())


def test_names_of_a_zip_are_only_names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "inner").mkdir()
    monkeypatch.chdir(tmp_path / "inner")
    escaping = {f"../{name}": c for name, c in GOOD.items()} | {
        f"{tmp_path}/x.png": GOOD["00000.png"]
    }
    assert len(read_zip(zipped(escaping), "")) == 17
    assert [path.name for path in tmp_path.rglob("*")] == ["inner"]


# ---- refusing


def edited(source: bytes, old: bytes, new: bytes) -> bytes:
    assert old in source
    return source.replace(old, new)


def bomb() -> bytes:
    """A zip whose first picture says that it has a byte, and has 100 MB."""
    content = zlib.compress(bytes(100_000_000), 9)[2:-4]
    source = zipped({"bomb.png": b"0"} | GOOD, zipfile.ZIP_STORED)
    with zipfile.ZipFile(BytesIO(source)) as archive:
        assert archive.infolist()[0].file_size == 1
    # what is stored as one byte becomes the bomb: method 8, its packed size, its content
    start = source.index(b"bomb.png") + len(b"bomb.png")
    local = bytearray(source[:start] + content + source[start + 1 :])
    grown = len(content) - 1
    central = local.index(b"PK\x01\x02")
    for at, method, size in ((0, 8, 18), (central, 10, 20)):
        local[at + method : at + method + 2] = struct.pack("<H", 8)
        local[at + size : at + size + 4] = struct.pack("<I", len(content))
    place = central
    while True:  # the other entries have moved
        place = local.find(b"PK\x01\x02", place + 1)
        if place < 0:
            break
        offset = struct.unpack_from("<I", local, place + 42)[0]
        struct.pack_into("<I", local, place + 42, offset + grown)
    end = local.index(b"PK\x05\x06")
    struct.pack_into("<I", local, end + 16, central)
    return bytes(local)


def locked() -> bytes:
    source = bytearray(zipped(GOOD))
    for mark, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        source[source.index(mark) + flags] |= 1
    return bytes(source)


REFUSED: dict[str, tuple[Callable[[], bytes], str]] = {
    "nothing": (lambda: b"", "not a zip, or a broken one"),
    "text": (lambda: b"hello " * 100, "not a zip, or a broken one"),
    "a picture": (lambda: GOOD["00000.png"], "not a zip, or a broken one"),
    "half a zip": (lambda: zipped(GOOD)[:4000], "not a zip, or a broken one"),
    "a broken table": (lambda: edited(zipped(GOOD), b"PK\x01\x02", b"PK\x01\x03"), "not a zip"),
    "a wrong checksum": (
        lambda: edited(zipped(GOOD, 0), GOOD["00003.png"], GOOD["00003.png"][:-1] + b"0"),
        "not a zip, or a broken one",
    ),
    "a password": (locked, "locked by a password; give a zip without one"),
    "an empty zip": (lambda: zipped({}), "no pictures; give at least 16"),
    "only hidden files": (lambda: zipped(dict.fromkeys(HIDDEN, b"")), "no pictures"),
    "too few": (lambda: zipped(dict(list(GOOD.items())[1:])), "15 pictures; give at least 16"),
    "too many": (
        lambda: zipped({str(i): b"" for i in range(20_001)}, 0),
        "more than 20,000 pictures; give fewer",
    ),
    "very many entries": (
        lambda: b"PK\x01\x02" * 60_003,
        "more than 20,000 pictures; give fewer",
    ),
    "too large packed": (lambda: bytes(MAX_ZIP + 1), "more than 32 MB; give fewer pictures"),
    "too large unpacked": (
        lambda: zipped({str(i): bytes(900_000) for i in range(72)}),
        "more than 64 MB when unpacked; give fewer pictures",
    ),
    "too large a picture": (
        lambda: zipped({"big.png": bytes(MAX_EACH + 1)} | GOOD),
        "big.png has more than 1 MB; give smaller pictures",
    ),
    "a bomb that hides its size": (bomb, "not a zip, or a broken one"),
    "packed by bzip2": (
        lambda: zipped(GOOD, zipfile.ZIP_BZIP2),
        "00000.png is packed in a way that is not taken",
    ),
    "packed by lzma": (
        lambda: zipped(GOOD, zipfile.ZIP_LZMA),
        "00000.png is packed in a way that is not taken",
    ),
    "a text among them": (
        lambda: zipped(GOOD | {"a/read me.txt": b"hello"}),
        "read me.txt is broken, or no PNG, JPEG, BMP, GIF or WebP picture",
    ),
    "an empty picture": (lambda: zipped(GOOD | {"a.png": b""}), "a.png is broken, or no PNG"),
    "half a picture": (
        lambda: zipped(GOOD | {"a.png": GOOD["00000.png"][:300]}),
        "a.png is broken, or no PNG",
    ),
    "a damaged picture": (
        lambda: zipped(GOOD | {"a.png": edited(GOOD["00000.png"], b"IDAT", b"IDAT" + b"\xff" * 9)}),
        "a.png is broken, or no PNG",
    ),
    "another format": (
        lambda: zipped(GOOD | {"a.png": wide(28, kind="TIFF")}),
        "a.png is broken, or",
    ),
    "a side too long": (
        lambda: zipped(GOOD | {"a.png": wide(29)}),
        "a.png has 29 by 28 pixels; give pictures of 28 by 28 or of 32 by 32",
    ),
    "not a square": (lambda: zipped(GOOD | {"a": wide(28, 32)}), "a has 28 by 32 pixels; give"),
    "two sizes": (
        lambda: zipped(GOOD | {"zz.png": wide(32, 32)}),
        "00000.png has 28 by 28 pixels and zz.png 32 by 32; give pictures of one size",
    ),
    "many pixels": (lambda: zipped(GOOD | {"a.png": many_pixels(5000)}), "a.png has 5000 by 5000"),
    "a bomb of pixels": (
        lambda: zipped(GOOD | {"a.png": many_pixels(12_000)}),
        "a.png has far too many pixels; give pictures of 28 by 28 or of 32 by 32",
    ),
    "a larger bomb of pixels": (
        lambda: zipped(GOOD | {"a.png": many_pixels(60_000)}),
        "a.png has far too many pixels",
    ),
    "a name of many lines": (
        lambda: zipped(GOOD | {"x/" + "\n\x1b[31m" + "é" * 99: b""}),
        "??[31m" + "é" * 34 + " is broken, or no PNG",
    ),
}


@pytest.mark.parametrize("reason", REFUSED)
def test_a_zip_is_refused_in_one_sentence(reason: str) -> None:
    make, words = REFUSED[reason]
    source = make()
    tracemalloc.start()
    text = refusal(lambda: read_zip(source, "faces.zip"))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert text.startswith(f"faces.zip: {words}")
    assert peak < 40_000_000


def test_the_name_of_the_zip_is_cut_and_printable() -> None:
    name = "a/b/" + "\n" + "ü" * 99
    assert refusal(lambda: read_zip(b"", name)).startswith("?" + "ü" * 39 + ": ")


def test_what_is_at_a_bound_is_taken() -> None:
    big = GOOD["00000.png"] + bytes(MAX_EACH - len(GOOD["00000.png"]))
    assert len(read_zip(zipped({**GOOD, "big.png": big}), "")) == 17
    padded = b"0" * (MAX_ZIP - len(zipped(GOOD))) + zipped(GOOD)
    assert len(read_zip(padded, "")) == 16


@pytest.mark.parametrize(
    "files",
    [{"00.png": bytes(MAX_EACH + 1)} | GOOD, {str(i): bytes(MAX_EACH) for i in range(65)}],
    ids=["one", "all"],
)
def test_sizes_that_a_zip_declares_are_looked_at_first(
    files: Files, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = zipped(files)
    monkeypatch.setattr(zipfile.ZipFile, "open", lambda *_: pytest.fail("unpacked"))
    assert refusal(lambda: read_zip(source, "")).startswith(
        (": 00.png has more", ": more than 64 MB")
    )


def test_what_is_really_read_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where zipfile itself would not hold to the sizes that a zip declares."""
    monkeypatch.setattr(zipfile.ZipExtFile, "read", lambda self, n: bytes(n))
    text = refusal(lambda: read_zip(zipped(GOOD), "faces.zip"))
    assert text == "faces.zip: 00000.png has more than 1 MB; give smaller pictures"


def test_all_that_is_read_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    big, passed = GOOD["00000.png"] + bytes(MAX_EACH - len(GOOD["00000.png"])), []

    def read(self: zipfile.ZipExtFile, n: int) -> bytes:
        passed.append(1)
        return big

    monkeypatch.setattr(zipfile.ZipExtFile, "read", read)
    many = zipped({str(i): GOOD["00000.png"] for i in range(100)})
    assert "more than 64 MB when unpacked" in refusal(lambda: read_zip(many, "x"))
    assert len(passed) == MAX_BYTES // MAX_EACH + 1


@pytest.mark.parametrize("kind", ["zip", "PNG", "BMP", "GIF", "WEBP", "JPEG"])
def test_damage_anywhere_is_refused_or_harmless(kind: str) -> None:
    """In the zip itself, or in a picture before it is packed."""
    rng = np.random.default_rng(0)
    whole = zipped(GOOD) if kind == "zip" else encoded(noise(1)[0], kind)
    read, texts = 0, []
    for _ in range(200):
        damaged = bytearray(whole)
        until = len(whole) if rng.random() < 0.5 else 60  # where headers are
        for at in rng.integers(until, size=rng.integers(1, 4)):
            damaged[at] = rng.integers(256)
        try:
            files = [("a", bytes(damaged))] * 16
            read_zip(bytes(damaged), "x") if kind == "zip" else picture_files.together("x", files)
            read += 1
        except ValueError as error:
            texts.append(str(error))
    assert read + len(texts) == 200
    assert len(texts) > 20
    assert all(text.startswith("x: ") and text.isprintable() for text in texts)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda folder: None, "folder: no pictures; give at least 16"),
        (lambda folder: (folder / "a.png").write_bytes(b"0"), "folder: a.png is broken, or no PNG"),
        (lambda folder: (folder / "a.png").write_bytes(wide(27)), "folder: a.png has 27 by 28"),
        (
            lambda folder: (folder / "a.png").write_bytes(bytes(MAX_PICTURE + 1)),
            "folder: a.png has more than 20 MB; give a smaller picture",
        ),
        (lambda folder: many_files(folder), "folder: more than 100 files; give a folder of"),
        (lambda folder: folder.rmdir(), "cannot read '"),
    ],
)
def test_a_folder_is_refused_in_one_sentence(
    make: Any, words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(picture_files, "MAX_FILES", 100)
    folder = tmp_path / "folder"
    folder.mkdir()
    make(folder)
    assert refusal(lambda: picture_files.read(str(folder))).startswith(words)


def test_the_folder_that_one_is_in_has_a_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert refusal(lambda: picture_files.read(".")) == ".: no pictures; give at least 16"


def many_files(folder: Path) -> None:
    for i in range(101):
        (folder / str(i)).touch()


def test_a_huge_file_is_not_read_into_memory(tmp_path: Path) -> None:
    for name in ("huge.zip", "huge.png"):
        with (tmp_path / name).open("wb") as file:
            file.truncate(10 * MAX_ZIP)
    tracemalloc.start()
    assert refusal(lambda: picture_files.read(str(tmp_path / "huge.zip"))) == (
        "huge.zip: more than 32 MB; unpack it and give the folder"
    )
    (tmp_path / "huge.zip").unlink()
    assert "huge.png has more than 20 MB" in refusal(lambda: picture_files.read(str(tmp_path)))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 3 * MAX_ZIP
