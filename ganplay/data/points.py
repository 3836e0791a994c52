"""The user's own points: from a CSV file, or packed into text that fits a URL."""

import base64
import math
import re
import zlib
from functools import lru_cache
from pathlib import Path
from typing import ClassVar, Literal, Self

import numpy as np
import torch
from numpy.typing import NDArray
from pydantic import model_validator
from torch import Tensor

from ganplay.data.base import Parts, Plane
from ganplay.settings import setting

Array = NDArray[np.float64]

MAX_POINTS = 100_000
MAX_BYTES = 5_000_000
"""The size of a CSV file."""

MAX_TEXT = 600_000
"""Characters of packed points: a little more than MAX_POINTS take when nothing compresses."""

HALF_SIDE = 2.0
"""Half the side of the square that points are scaled to fill."""

STEPS = 2**15 - 1
"""How finely packing divides that half side: a coordinate becomes an int16."""

BYTES_EACH = 4
CLUSTERS = 8


class Points(Plane):
    """Your own points, each as likely as any other."""

    title: ClassVar[str] = "Your own points"
    name: Literal["points"] = "points"
    file: str = setting("", "A CSV file with x,y on each line.", title="file")
    points: str = setting("", "The points themselves, packed into text.", title="points")

    @model_validator(mode="after")
    def _is_readable(self) -> Self:
        if bool(self.file) == bool(self.points):
            raise ValueError(
                "give data.points (packed points) or data.file (a CSV file), one of the two"
            )
        load(self.file, self.points)
        return self

    @property
    def extent(self) -> float:
        return 1.1 * HALF_SIDE

    def sample(self, n: int, generator: torch.Generator) -> Tensor:
        cloud = on_device(self, generator.device, torch.get_default_dtype())
        which = torch.randint(len(cloud), (n,), generator=generator, device=generator.device)
        return cloud[which]

    def parts(self) -> Parts:
        """Up to eight clusters (k-means) and the share of the points nearest to each."""
        return clusters(self, torch.get_default_dtype())


@lru_cache(maxsize=64)
def load(file: str, points: str) -> Array:
    """The points of a file or of packed text, scaled to the picture, [n, 2]; read once a process."""
    if points:
        return decode_points(points)
    try:
        if not Path(file).is_file():
            raise ValueError("no such file")
        with open(file, "rb") as source:
            return rescale(read_points(source.read(MAX_BYTES + 1)))
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise ValueError(f"cannot read {file!r}: {reason}") from None


@lru_cache(maxsize=64)
def on_device(data: Points, device: torch.device, dtype: torch.dtype) -> Tensor:
    """The points as a tensor, [n, 2]."""
    return torch.from_numpy(load(data.file, data.points)).to(device, dtype)


@lru_cache(maxsize=64)
def clusters(data: Points, dtype: torch.dtype) -> Parts:
    """The parts of a cloud of points."""
    from scipy.cluster.vq import kmeans, vq

    cloud = load(data.file, data.points)
    thinned = cloud[:: -(-len(cloud) // 4000)]  # enough to find clusters, and quick
    count = min(CLUSTERS, len(np.unique(thinned, axis=0)))
    centres, _ = kmeans(thinned, count, iter=5, rng=0)
    nearest, _ = vq(cloud, centres)
    shares = np.bincount(nearest, minlength=len(centres)) / len(cloud)
    return Parts(torch.from_numpy(centres).to(dtype), torch.from_numpy(shares).to(dtype), None)


def read_points(source: bytes) -> Array:
    """Parse lines of x,y, split by comma, semicolon, tab or blanks, after at most one header line.

    Returns [n, 2] in the file's order and units. Raises ValueError, one sentence, unless the text
    holds 2 to MAX_POINTS finite points that are not all the same.
    """
    if len(source) > MAX_BYTES:
        raise ValueError(f"more than {MAX_BYTES // 10**6} MB of text; give fewer points")
    try:
        lines = source.decode("utf-8-sig").splitlines()
    except UnicodeDecodeError:
        raise ValueError("not UTF-8 text; save the points as plain CSV") from None
    rows = [(number, line) for number, line in enumerate(lines, 1) if line.strip()]
    if rows and not any(is_number(cell) for cell in split(rows[0][1])):
        del rows[0]
    if not rows:
        raise ValueError("no points; give x,y on each line")
    return checked(np.array([parse_row(number, line) for number, line in rows[: MAX_POINTS + 1]]))


def split(line: str) -> list[str]:
    """The cells of a line."""
    return re.split(r"\s*[,;]\s*|\s+", line.strip())


def is_number(cell: str) -> bool:
    """Whether the cell reads as a float, NaN and the infinities included."""
    try:
        float(cell)
    except ValueError:
        return False
    return True


def parse_row(number: int, line: str) -> tuple[float, float]:
    """The x and y of a line, or a ValueError that names its number."""
    cells = split(line)
    if len(cells) != 2:
        columns = "1 column" if len(cells) == 1 else f"{len(cells)} columns"
        raise ValueError(f"line {number} has {columns}; give exactly two, x,y")
    for cell in cells:
        if not is_number(cell):
            raise ValueError(f"line {number}: {cell[:20]!r} is not a number")
        if not math.isfinite(float(cell)):
            raise ValueError(f"line {number}: {cell[:20]!r} is not a finite number")
    return float(cells[0]), float(cells[1])


def checked(points: Array) -> Array:
    """The points themselves, unless they are too many or all the same."""
    if len(points) > MAX_POINTS:
        raise ValueError(f"more than {MAX_POINTS:,} points; give fewer")
    if len(points) < 2 or not np.ptp(points / 2, axis=0).any():  # halves, so that none overflows
        raise ValueError("fewer than two distinct points; give at least two")
    return points


def rescale(points: Array) -> Array:
    """Fit finite points [n, 2] to the picture: centre their bounding box on 0, its longer side 4."""
    halves = checked(points) / 2
    offsets = halves - halves.min(0)
    offsets /= offsets.max()
    fitted: Array = 2 * HALF_SIDE * (offsets - offsets.max(0) / 2)
    return fitted


def encode_points(points: Array) -> str:
    """Pack finite points [n, 2], rescaled, into URL-safe text that keeps four decimals."""
    steps = np.rint(rescale(points) * (STEPS / HALF_SIDE)).astype("<i2")
    return base64.urlsafe_b64encode(zlib.compress(steps.tobytes(), 9)).decode().rstrip("=")


def decode_points(text: str) -> Array:
    """Unpack what `encode_points` packed, [n, 2]; anything else raises ValueError, one sentence."""
    if len(text) > MAX_TEXT:
        raise ValueError(f"packed points longer than {MAX_TEXT:,} characters; give fewer points")
    unpacker = zlib.decompressobj()
    try:
        packed = base64.b64decode(text + "=" * (-len(text) % 4), altchars="-_", validate=True)
        steps = unpacker.decompress(packed, BYTES_EACH * MAX_POINTS + 1)
        if not unpacker.eof or unpacker.unused_data:
            raise ValueError("cut short, too many, or followed by something else")
        pairs = np.frombuffer(steps, "<i2").reshape(-1, 2)
    except (ValueError, zlib.error):
        raise ValueError("not packed points; copy the whole text again") from None
    return checked(pairs * (HALF_SIDE / STEPS))
