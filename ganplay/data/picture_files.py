"""Reading pictures: those of a folder or a zip, or a single one, as they are or scaled to a square."""

import math
import re
import zipfile
from collections.abc import Iterable, Iterator
from io import BytesIO
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image, ImageOps
from torch import Tensor

from ganplay import progress

Array = NDArray[np.uint8]

SIZES = ((28, 28), (32, 32))
TAKEN = "give pictures of 28 by 28 or of 32 by 32; on the command line data.side scales others"
SIDES = (28, 32, 48, 64)
"""What others can be scaled to."""

FORMATS = ("PNG", "JPEG", "BMP", "GIF", "WEBP")
KINDS = "PNG, JPEG, BMP, GIF or WebP"
ENDINGS = (".png", ".jpg", ".jpeg", ".bmp", ".gif", ".webp")

FEWEST = 16
MAX_PICTURE = 20_000_000
"""Bytes of one picture in a folder, or of a single one."""
MAX_PIXELS = 25_000_000
"""Pixels of a picture that is scaled."""
MAX_HELD = 10**9
"""Bytes of all pictures of a folder, once they are read."""
MAX_FILES = 1_000_000
"""Files in a folder."""

MOST = 20_000
"""Pictures of a zip. Its bounds are those of an upload, which one on this machine has as well."""
MAX_ZIP = 32_000_000
"""Bytes of a zip."""
MAX_BYTES = 64_000_000
"""Bytes of all pictures of a zip together, unpacked."""
MAX_EACH = 1_000_000
"""Bytes of one picture in a zip."""

ENTRY = b"PK\x01\x02"
"""What each entry in a zip's table of contents begins with."""
ENCRYPTED = 1
PACKED = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
"""How a zip may be packed: all else Python unpacks without a limit."""

JPEG, SCAN = b"\xff\xd8", b"\xff\xda"
"""What a JPEG begins with, and each pass over its pixels."""
MOST_SCANS = 100
"""A usual JPEG has 1 to 12; each takes the time of all pixels, and no more than 40 bytes."""
FINER = 2
"""How many times larger than needed a JPEG is decoded at least, to be scaled well."""


class Refused(ValueError):
    """What is wrong with pictures: one sentence."""


def read(file: str, side: int = 0, colour: bool = False) -> Tensor:
    """The pictures of a folder or of a zip on this machine, [N, c, side, side] uint8: with a side
    the central square of each, scaled, else as they are, of a size of SIZES; 3 channels in colour,
    else 1. Raises ValueError, one sentence."""
    path = Path(file)
    try:
        if path.is_dir():
            return read_folder(path, side, colour)
        if not path.is_file():
            raise Refused(f"cannot read {file!r}: no such folder or zip")
        if path.stat().st_size > MAX_ZIP:
            raise Refused(
                f"{shown(path.name)}: more than {MAX_ZIP // 10**6} MB; unpack it and give the folder"
            )
        return read_zip(path.read_bytes(), path.name, side, colour)
    except OSError as error:
        raise Refused(f"cannot read {error.filename or file!r}: {error.strerror}") from None


def read_zip(source: bytes, name: str, side: int = 0, colour: bool = False) -> Tensor:
    """The pictures of a zip in the order of their names, as `read`.

    Raises ValueError, one sentence that begins with the name of the zip.
    """
    return together(name, unpacked(source), side, colour)


def read_folder(path: Path, side: int = 0, colour: bool = False) -> Tensor:
    """The pictures in a folder and in those below it, as `read_zip`: the first of them, where they
    are more than MAX_HELD bytes hold, and stderr is told so."""
    each = (3 if colour else 1) * (side or SIZES[-1][0]) ** 2
    return together(path.name or str(path), files(path, MAX_HELD // each), side, colour)


def read_picture(source: bytes, name: str, shape: tuple[int, int, int]) -> Tensor:
    """A single picture as one of a data set of pictures of that shape [c, side, side], uint8: its
    central square, scaled, on white where it is transparent.

    Without colour it is taken for a drawing: digits are light on dark, so what is dark on a light
    edge is inverted. Raises ValueError, one sentence that begins with the name of the picture.
    """
    channels, side, _ = shape
    check_size(name, len(source))
    picture = decoded(name, source, side, channels == 3)
    if channels == 1 and np.median(edge(picture[0])) > 127:
        picture = 255 - picture
    return torch.from_numpy(picture.copy())


def together(
    source: str, contents: Iterable[tuple[str, bytes]], side: int = 0, colour: bool = False
) -> Tensor:
    """All pictures as one tensor, if they are as many and as alike as they have to be."""
    pixels, first = bytearray(), ""
    shape: tuple[int, ...] = ()
    try:
        for name, content in contents:
            picture = decoded(name, content, side, colour)
            first, shape = first or name, shape or picture.shape
            if picture.shape != shape:
                raise Refused(
                    f"{shown(first)} has {shape[2]} by {shape[1]} pixels and {shown(name)}"
                    f" {picture.shape[2]} by {picture.shape[1]}; give pictures of one size"
                )
            pixels += picture.tobytes()  # in place: a list would need twice the memory in the end
        count = len(pixels) // math.prod(shape)
        if count < FEWEST:
            raise Refused(f"{count or 'no'} pictures; give at least {FEWEST}")
    except Refused as error:
        raise Refused(f"{shown(source)}: {error}") from None
    return torch.frombuffer(pixels, dtype=torch.uint8).view(-1, *shape)


# ---- files


def unpacked(source: bytes) -> Iterator[tuple[str, bytes]]:
    """Name and content of each file in a zip that isn't hidden; nothing is written anywhere."""
    if len(source) > MAX_ZIP:
        raise Refused(f"more than {MAX_ZIP // 10**6} MB; give fewer pictures")
    # before each entry becomes an object; beside the pictures there may be folders and hidden files
    check_bounds("", 0, source.count(ENTRY) // 3, 0)
    size = 0
    try:
        with zipfile.ZipFile(BytesIO(source)) as archive:
            infos = [i for i in archive.infolist() if not (i.is_dir() or is_hidden(i.filename))]
            check_bounds("", 0, len(infos), sum(info.file_size for info in infos))
            for info in sorted(infos, key=lambda info: info.filename):
                check_bounds(info.filename, info.file_size, 1, 0)
                if info.flag_bits & ENCRYPTED:
                    raise Refused("locked by a password; give a zip without one")
                if info.compress_type not in PACKED:
                    raise Refused(f"{shown(info.filename)} is packed in a way that is not taken")
                with archive.open(info) as file:
                    content = file.read(MAX_EACH + 1)
                size += len(content)
                check_bounds(info.filename, len(content), 1, size)
                yield info.filename, content
    except Refused:
        raise
    except Exception:  # of a hostile zip zipfile raises nearly anything
        raise Refused("not a zip, or a broken one; pack the pictures again") from None


def check_bounds(name: str, size: int, count: int, total: int) -> None:
    """Refuse a picture of so many bytes, or so many pictures, or so many bytes in all, of a zip."""
    if size > MAX_EACH:
        raise Refused(f"{shown(name)} has more than {MAX_EACH // 10**6} MB; give smaller pictures")
    if count > MOST:
        raise Refused(f"more than {MOST:,} pictures; give fewer")
    if total > MAX_BYTES:
        raise Refused(f"more than {MAX_BYTES // 10**6} MB when unpacked; give fewer pictures")


def files(path: Path, most: int) -> Iterator[tuple[str, bytes]]:
    """Name and content of the first `most` files in a folder and below it that aren't hidden, with a
    line of progress. They go by their names, after those that aren't named as pictures: a list
    beside the pictures is to be refused at once, not after minutes."""
    names = []
    for file in path.rglob("*"):
        name = file.relative_to(path).as_posix()
        if not is_hidden(name) and file.is_file():
            names.append(name)
            if len(names) > MAX_FILES:
                raise Refused(f"more than {MAX_FILES:,} files; give a folder of pictures")
    names.sort(key=lambda name: (name.lower().endswith(ENDINGS), name))
    if len(names) > most:
        progress.say(
            f"{shown(path.name)}: the first {most:,} of {len(names):,} pictures are taken, as many"
            f" as {MAX_HELD / 1e9:g} GB hold"
        )
    for name in progress.counted(names[:most], "pictures"):
        check_size(name, (path / name).stat().st_size)
        yield name, (path / name).read_bytes()


def check_size(name: str, size: int) -> None:
    """Refuse a picture of too many bytes."""
    if size > MAX_PICTURE:
        raise Refused(
            f"{shown(name)} has more than {MAX_PICTURE // 10**6} MB; give a smaller picture"
        )


def is_hidden(name: str) -> bool:
    """Whether a file, or a folder on the way to it, is one that systems leave behind unseen."""
    parts = (part for part in re.split(r"[/\\]", name) if part not in (".", ".."))
    return any(part.startswith(".") or part == "__MACOSX" for part in parts)


# ---- pixels


def decoded(name: str, content: bytes, side: int = 0, colour: bool = False) -> Array:
    """A picture as it is, or with a side as a square of it, [c, side, side] uint8."""
    try:
        with Image.open(BytesIO(content), formats=FORMATS) as image:
            width, height = image.size
            if (width * height <= MAX_PIXELS) if side else (image.size in SIZES):
                if content.startswith(JPEG) and content.count(SCAN) > MOST_SCANS:
                    raise Refused("which would take hours")
                return values(image, side, colour)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise Refused(f"{shown(name)} has far too many pixels; {allowed(side)}") from None
    except Exception:  # of a hostile picture a decoder raises nearly anything
        raise Refused(f"{shown(name)} is broken, or no {KINDS} picture") from None
    raise Refused(f"{shown(name)} has {width} by {height} pixels; {allowed(side)}")


def allowed(side: int) -> str:
    """What size pictures may have, in words."""
    return f"give one of at most {MAX_PIXELS // 10**6} million" if side else TAKEN


def values(image: Image.Image, side: int, colour: bool) -> Array:
    """What `decoded` makes of an open picture."""
    mode, square = "RGB" if colour else "L", min(image.size)
    if side:  # of a JPEG no more than is needed is decoded
        wide, high = (FINER * side * length // square for length in image.size)
        image.draft(mode, (wide, high))
    if image.mode.startswith("I;16"):  # which Pillow would cut off at 255
        image = Image.fromarray((np.asarray(image) >> 8).astype(np.uint8))
    image = image.convert("RGBA" if image.has_transparency_data else mode)
    if side:
        image = ImageOps.fit(image, (side, side), Image.Resampling.LANCZOS)
        image = ImageOps.exif_transpose(image)
    if image.mode == "RGBA":
        page = Image.new("RGBA", image.size, "white")
        image = Image.alpha_composite(page, image).convert(mode)
    return np.asarray(image).reshape(image.height, image.width, -1).transpose(2, 0, 1)


def edge(picture: Array) -> Array:
    """The outermost values of a picture [side, side]."""
    return np.concatenate((picture[0], picture[-1], picture[:, 0], picture[:, -1]))


def shown(name: str) -> str:
    """The name of a file without its folders, on one line and not too long."""
    last = re.split(r"[/\\]", name)[-1]
    return "".join(c if c.isprintable() else "?" for c in last)[:40]
