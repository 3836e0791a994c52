"""What pictures show: attributes read off them, where it is certain enough to say.

`reader_of(name of the data set)` is where to start.
"""

from collections.abc import Callable
from functools import cache

from ganplay.metrics.attributes.digits import DigitsReader
from ganplay.metrics.attributes.faces import FacesReader
from ganplay.metrics.attributes.reader import Reader
from ganplay.metrics.attributes.verdict import FacesVerdict, faces_verdict, perfect_faces_verdict

READERS: dict[str, Callable[[], Reader]] = {"faces": FacesReader.load, "mnist": DigitsReader.load}
"""What reads the pictures of a data set, by its name."""


@cache
def reader_of(data: str) -> Reader | None:
    """What reads the pictures of a data set of that name, None where nothing does. Its files are
    read at the first call. Raises ValueError for a file that is broken."""
    return READERS[data]() if data in READERS else None


__all__ = [
    "READERS",
    "DigitsReader",
    "FacesReader",
    "FacesVerdict",
    "Reader",
    "faces_verdict",
    "perfect_faces_verdict",
    "reader_of",
]
