"""The user's own pictures: from a folder or a zip, kept in this process under a key."""

import hashlib
import re
import threading
import zipfile
from collections import OrderedDict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Any, ClassVar, Literal, Self
from weakref import WeakValueDictionary

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from pydantic import ModelWrapValidatorHandler, PrivateAttr, model_validator
from torch import Tensor

from ganplay.data.pictures import Pictures
from ganplay.settings import setting

Array = NDArray[np.uint8]

SIZES = ((28, 28), (32, 32))
TAKEN = "give pictures of 28 by 28 or of 32 by 32"
FORMATS = ("PNG", "JPEG", "BMP", "GIF", "WEBP")
KINDS = "PNG, JPEG, BMP, GIF or WebP"
FEWEST, MOST = 16, 20_000
MAX_ZIP = 32_000_000
"""Bytes of a zip."""

MAX_BYTES = 64_000_000
"""Bytes of all pictures together, unpacked."""

MAX_EACH = 1_000_000
"""Bytes of one picture."""

HELD = 8
"""Sets of pictures that are kept after nobody uses them any more."""

ENTRY = b"PK\x01\x02"
"""What each entry in a zip's table of contents begins with."""

ENCRYPTED = 1
PACKED = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
"""How a zip may be packed: all else Python unpacks without a limit."""


@dataclass(frozen=True)
class Held:
    """A set of pictures [N, 1, side, side] uint8, and the key made of its content."""

    key: str
    pictures: Tensor = field(compare=False, repr=False)

    def __reduce__(self) -> tuple[Any, ...]:
        return kept, (self.pictures,)  # so that the process that unpickles it knows the key as well


class Images(Pictures):
    """Your own pictures, each as likely as any other."""

    title: ClassVar[str] = "Your own pictures"
    name: Literal["images"] = "images"
    file: str = setting(
        "",
        "A folder or a zip of grey pictures, all of 28 by 28 or all of 32 by 32 pixels.",
        title="file",
    )
    key: str = setting(
        "",
        "Which of the sets of pictures that this server has read; a file is turned into its key.",
        title="key",
    )

    _held: Held = PrivateAttr()

    @model_validator(mode="wrap")
    @classmethod
    def _hold(cls, values: Any, make: ModelWrapValidatorHandler[Self]) -> Self:
        file = values.get("file") if isinstance(values, dict) else None
        held = None
        if isinstance(file, str) and file and not values.get("key"):
            held = kept(read(file))
            values = {**values, "file": "", "key": held.key}
        images = make(values)
        if bool(images.file) == bool(images.key):
            raise ValueError(
                "give data.file (a folder or a zip of pictures) or data.key (pictures loaded"
                " before), one of the two"
            )
        images._held = held or find(images.key)
        return images

    @property
    def shape(self) -> tuple[int, ...]:
        return tuple(self._held.pictures.shape[1:])

    def pictures(self) -> Tensor:
        return self._held.pictures


# ---- keeping


_lock = threading.Lock()
_latest: OrderedDict[str, Held] = OrderedDict()
_in_use: WeakValueDictionary[str, Held] = WeakValueDictionary()


def hold(pictures: Tensor) -> str:
    """Keep pictures [N, 1, side, side] uint8 in this process, and return their key."""
    return kept(pictures).key


def kept(pictures: Tensor) -> Held:
    """The pictures, now the latest of those that are kept."""
    content = hashlib.sha256(repr(tuple(pictures.shape)).encode())
    content.update(pictures.numpy().tobytes())
    key = content.hexdigest()[:16]
    with _lock:
        held = _in_use.setdefault(key, Held(key, pictures))
        _latest[key] = held
        _latest.move_to_end(key)
        while len(_latest) > HELD:
            _latest.popitem(last=False)
    return held


def find(key: str) -> Held:
    """The pictures of a key: those used by anyone, and the latest."""
    with _lock:
        held = _in_use.get(key)
    if held is None:
        raise ValueError("these pictures are not on this server any more; load them again")
    return held


# ---- reading


class Refused(ValueError):
    """What is wrong with pictures: one sentence."""


def read(file: str) -> Tensor:
    """The pictures of a folder or of a zip. Raises ValueError, one sentence."""
    path = Path(file)
    try:
        if path.is_dir():
            return read_folder(path)
        if not path.is_file():
            raise ValueError(f"cannot read {file!r}: no such folder or zip")
        with path.open("rb") as source:
            return read_zip(source.read(MAX_ZIP + 1), path.name)
    except OSError as error:
        raise ValueError(f"cannot read {file!r}: {error.strerror}") from None


def read_zip(source: bytes, name: str) -> Tensor:
    """The pictures of a zip in the order of their names, [N, 1, side, side] uint8.

    Raises ValueError, one sentence that begins with the name of the zip.
    """
    return together(name, unpacked(source))


def read_folder(path: Path) -> Tensor:
    """The pictures in a folder and in those below it, as `read_zip`."""
    return together(path.name or str(path), files(path))


def together(source: str, contents: Iterable[tuple[str, bytes]]) -> Tensor:
    """All pictures as one tensor, if they are as many, as small and as alike as they have to be."""
    pictures: list[Array] = []
    first, size = "", 0
    try:
        for name, content in contents:
            size += len(content)
            check_bounds(name, len(content), len(pictures) + 1, size)
            pictures.append(decoded(name, content))
            first = first or name
            if pictures[-1].shape != pictures[0].shape:
                raise Refused(
                    f"{shown(first)} has {by(pictures[0])} pixels and {shown(name)} {by(pictures[-1])};"
                    " give pictures of one size"
                )
        if len(pictures) < FEWEST:
            raise Refused(f"{len(pictures) or 'no'} pictures; give at least {FEWEST}")
    except Refused as error:
        raise Refused(f"{shown(source)}: {error}") from None
    return torch.from_numpy(np.stack(pictures)[:, None])


def unpacked(source: bytes) -> Iterator[tuple[str, bytes]]:
    """Name and content of each file in a zip that isn't hidden; nothing is written anywhere."""
    if len(source) > MAX_ZIP:
        raise Refused(f"more than {MAX_ZIP // 10**6} MB; give fewer pictures")
    # before each entry becomes an object; beside the pictures there may be folders and hidden files
    check_bounds("", 0, source.count(ENTRY) // 3, 0)
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
                    yield info.filename, file.read(MAX_EACH + 1)
    except Refused:
        raise
    except Exception:  # of a hostile zip zipfile raises nearly anything
        raise Refused("not a zip, or a broken one; pack the pictures again") from None


def files(path: Path) -> Iterator[tuple[str, bytes]]:
    """Name and content of each file in a folder and below it that isn't hidden."""
    names = []
    for file in path.rglob("*"):
        name = file.relative_to(path).as_posix()
        if not is_hidden(name) and file.is_file():
            names.append(name)
            check_bounds("", 0, len(names), 0)
    for name in sorted(names):
        with (path / name).open("rb") as source:
            yield name, source.read(MAX_EACH + 1)


def check_bounds(name: str, size: int, count: int, total: int) -> None:
    """Refuse a picture of so many bytes, or so many pictures, or so many bytes in all."""
    if size > MAX_EACH:
        raise Refused(f"{shown(name)} has more than {MAX_EACH // 10**6} MB; give smaller pictures")
    if count > MOST:
        raise Refused(f"more than {MOST:,} pictures; give fewer")
    if total > MAX_BYTES:
        raise Refused(f"more than {MAX_BYTES // 10**6} MB when unpacked; give fewer pictures")


def is_hidden(name: str) -> bool:
    """Whether a file, or a folder on the way to it, is one that systems leave behind unseen."""
    parts = (part for part in re.split(r"[/\\]", name) if part not in (".", ".."))
    return any(part.startswith(".") or part == "__MACOSX" for part in parts)


def decoded(name: str, content: bytes) -> Array:
    """The grey values of a picture, [side, side] uint8."""
    try:
        with Image.open(BytesIO(content), formats=FORMATS) as image:
            if image.size in SIZES:
                return grey(image)
            width, height = image.size
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise Refused(f"{shown(name)} has far too many pixels; {TAKEN}") from None
    except Exception:  # of a hostile picture a decoder raises nearly anything
        raise Refused(f"{shown(name)} is broken, or no {KINDS} picture") from None
    raise Refused(f"{shown(name)} has {width} by {height} pixels; {TAKEN}")


def grey(image: Image.Image) -> Array:
    """A picture without colour, on white where it is transparent."""
    if image.mode.startswith("I;16"):  # which Pillow would cut off at 255
        return (np.asarray(image) >> 8).astype(np.uint8)
    if image.has_transparency_data:
        page = Image.new("RGBA", image.size, "white")
        return np.asarray(Image.alpha_composite(page, image.convert("RGBA")).convert("L"))
    return np.asarray(image.convert("L"))


def by(picture: Array) -> str:
    """A size in words."""
    return f"{picture.shape[1]} by {picture.shape[0]}"


def shown(name: str) -> str:
    """The name of a file without its folders, on one line and not too long."""
    last = re.split(r"[/\\]", name)[-1]
    return "".join(c if c.isprintable() else "?" for c in last)[:40]
