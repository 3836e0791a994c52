"""Data sets too large to ship: fetched once through torchvision, into folders laid out as its own."""

import hashlib
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from http.client import HTTPException
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from ganplay.data.vision import datasets
from ganplay.settings import one_line

ROOT = Path(os.environ.get("GANPLAY_DATA") or Path(__file__).parents[2] / "data")
"""Below it lie MNIST/raw and FashionMNIST/raw."""

PATIENCE = 30.0
"""Seconds without an answer after which a mirror is given up."""

SIDE = 28


class FetchError(ValueError):
    """Data that is not here, or could not be fetched: one sentence."""


class File(NamedTuple):
    """What a file must be: its bytes, and its MD5 where that is known."""

    size: int
    md5: str


@dataclass(frozen=True)
class Fetchable:
    """A data set that can be fetched. `kind` is torchvision's class, and the folder; `instead` is
    what to do without it."""

    kind: str
    what: str
    instead: str
    files: dict[str, File]


FETCHABLE = {
    "mnist": Fetchable(
        "MNIST",
        "60,000 digits",
        "leave data.whole at false",
        {
            "train-images-idx3-ubyte": File(47_040_016, "6bbc9ace898e44ae57da46a324031adb"),
            "train-labels-idx1-ubyte": File(60_008, "a25bea736e30d166cdddb491f175f624"),
            "t10k-images-idx3-ubyte": File(7_840_016, "2646ac647ad5339dbf082846283269ea"),
            "t10k-labels-idx1-ubyte": File(10_008, "27ae3e4e09519cfbb04c329615203637"),
        },
    ),
    "fashion_mnist": Fetchable(
        "FashionMNIST",
        "60,000 clothes",
        "take mnist, of which 10,000 digits are shipped",
        {
            "train-images-idx3-ubyte": File(47_040_016, ""),
            "train-labels-idx1-ubyte": File(60_008, ""),
            "t10k-images-idx3-ubyte": File(7_840_016, ""),
            "t10k-labels-idx1-ubyte": File(10_008, ""),
        },
    ),
}


class Row(NamedTuple):
    """A line of the list of data sets."""

    name: str
    title: str
    what: str
    where: str


def listing() -> list[Row]:
    """Every data set, and whether it is drawn, shipped, fetched, to be fetched or the user's own."""
    from ganplay.data import DATA_SETS  # which is made of what needs this module

    rows = []
    for name, kind in DATA_SETS.items():
        fields = kind.model_fields
        source = "mnist" if "whole" in fields else name
        here = source in FETCHABLE and stored(source)
        by = str(folder(source)) if here else f"`{command(source)}`"
        if "whole" in fields:
            what, where = "shipped", f"10,000 digits; with data.whole=true all 60,000: {by}"
        elif name in FETCHABLE:
            what, where = "fetched" if here else "to be fetched", f"{FETCHABLE[name].what}: {by}"
        elif "file" in fields:
            what, where = "your own", f"data.file: {fields['file'].description}"
        elif name == "faces":
            what, where = "drawn", "20,000 faces, in 3 to 4 seconds when they are needed"
        else:
            what, where = "drawn", "as many points as are needed"
        rows.append(Row(name, kind.title, what, where))
    return rows


def command(name: str) -> str:
    """What fetches a data set."""
    return f"python -m ganplay data fetch {name}"


def folder(name: str) -> Path:
    """Where the files of a data set lie, or will."""
    return ROOT / fetchable(name).kind / "raw"


def fetchable(name: str) -> Fetchable:
    """What is known of a data set. Raises FetchError where it isn't one to fetch."""
    if name not in FETCHABLE:
        raise FetchError(f"{name[:40]!r} can't be fetched; it takes one of {', '.join(FETCHABLE)}")
    return FETCHABLE[name]


def stored(name: str) -> bool:
    """Whether all its files are here and whole."""
    return all(
        is_whole(folder(name) / file, known) for file, known in fetchable(name).files.items()
    )


def is_whole(path: Path, known: File) -> bool:
    """Whether a file is what it must be."""
    if not path.is_file() or path.stat().st_size != known.size:
        return False
    return not known.md5 or md5_of(path, changed(path)) == known.md5


def changed(path: Path) -> int:
    """When a file was last changed: what is known of it holds until then."""
    return path.stat().st_mtime_ns


@lru_cache(maxsize=64)
def md5_of(path: Path, when: int) -> str:
    """The MD5 of a file that was last changed `when`."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, lambda: hashlib.md5(usedforsecurity=False)).hexdigest()


def fetch(name: str) -> Path:
    """Fetch what is missing or broken of a data set, and return its folder. Raises FetchError.

    A file appears there only when it is whole.
    """
    wanted, place = fetchable(name), folder(name)
    missing = [file for file, known in wanted.files.items() if not is_whole(place / file, known)]
    if not missing:
        return place
    source = getattr(datasets(), wanted.kind)
    try:
        place.mkdir(parents=True, exist_ok=True)
        for file in missing:
            (place / file).unlink(missing_ok=True)
        waiting = TemporaryDirectory(prefix="fetching-", dir=place)
    except OSError as error:
        raise FetchError(f"can't write to {place}: {error.strerror}") from None
    with waiting, patience():
        for file in missing:
            packed = (f"{file}.gz", dict(source.resources)[f"{file}.gz"])
            if not is_packed_here(place, *packed):
                download(name, source.mirrors, Path(waiting.name), *packed)
            unpack(name, place, Path(waiting.name), file)
    return place


def is_packed_here(place: Path, file: str, md5: str) -> bool:
    """Whether torchvision left the archive behind; a broken one is removed."""
    archive = place / file
    if archive.is_file() and md5_of(archive, changed(archive)) == md5:
        return True
    archive.unlink(missing_ok=True)
    return False


def download(name: str, mirrors: list[str], target: Path, file: str, md5: str) -> None:
    """Bring an archive from the first mirror that gives it whole."""
    tools = import_module("torchvision.datasets.utils")
    reasons = []
    for mirror in mirrors:
        try:
            tools.download_url(f"{mirror}{file}", target, file, md5)
            return
        except (OSError, HTTPException, RuntimeError, ValueError) as error:
            reason = getattr(error, "reason", None)
            reasons.append(f"{mirror}: {reason if isinstance(reason, OSError) else error}")
    raise FetchError(
        f"the {FETCHABLE[name].what} could not be fetched ({one_line(reasons[0])}); this needs the"
        " network, and the 10,000 digits that are shipped do not"
    )


def unpack(name: str, place: Path, waiting: Path, file: str) -> None:
    """Unpack an archive next to its place, look at what came out, and only then put it there."""
    archive = waiting / f"{file}.gz"
    if not archive.exists():
        archive = place / archive.name
    try:
        import_module("torchvision.datasets.utils").extract_archive(archive, waiting)
        if not is_whole(waiting / file, FETCHABLE[name].files[file]):
            raise FetchError(f"{file} can't be used: it is not the file that was expected")
        os.replace(waiting / file, place / file)
    except (OSError, EOFError) as error:
        raise FetchError(f"{file} can't be unpacked: {one_line(str(error))}") from None


@contextmanager
def patience() -> Iterator[None]:
    """Give up a silent connection: torchvision itself would wait for ever."""
    before = socket.getdefaulttimeout()
    socket.setdefaulttimeout(PATIENCE)
    try:
        yield
    finally:
        socket.setdefaulttimeout(before)


def check(name: str, train: bool = True) -> tuple[Path, Path]:
    """The files of pictures and of labels. Raises FetchError unless both are here and whole."""
    wanted, part = fetchable(name), "train" if train else "t10k"
    files = (f"{part}-images-idx3-ubyte", f"{part}-labels-idx1-ubyte")
    images, labels = (folder(name) / file for file in files)
    if not all(is_whole(path, wanted.files[path.name]) for path in (images, labels)):
        here = images.exists() or labels.exists()
        raise FetchError(
            f"the {wanted.what} are {'broken' if here else 'not on this machine yet'}; fetch them by"
            f" `{command(name)}`, or {wanted.instead}"
        )
    return images, labels


def read(name: str, train: bool = True) -> tuple[Tensor, Tensor]:
    """Its pictures [N, 1, 28, 28] uint8 and their labels [N] int64. Raises FetchError."""
    images, labels = check(name, train)
    return parsed(images, labels, changed(images))


@lru_cache(maxsize=4)
def parsed(images: Path, labels: Path, when: int) -> tuple[Tensor, Tensor]:
    """What is in two whole files, the pictures last changed `when`; their headers tell nothing new."""
    pixels = np.fromfile(images, np.uint8, offset=16)
    classes = np.fromfile(labels, np.uint8, offset=8)
    return torch.from_numpy(pixels).view(-1, 1, SIDE, SIDE), torch.from_numpy(classes).long()
