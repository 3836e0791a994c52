"""The user's own pictures as a data set, kept in this process under a key."""

import hashlib
import threading
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal, Self
from weakref import WeakValueDictionary

from pydantic import ModelWrapValidatorHandler, PrivateAttr, field_validator, model_validator
from torch import Tensor

from ganplay.data.picture_files import SIDES, read
from ganplay.data.pictures import Pictures
from ganplay.settings import setting

HELD = 8
"""Sets of pictures that are kept after nobody uses them any more."""


@dataclass(frozen=True)
class Held:
    """A set of pictures [N, c, side, side] uint8, and the key made of its content."""

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
        "A folder or a zip of pictures: of any size where data.side is given, else all of 28 by 28"
        " or all of 32 by 32 pixels.",
        title="file",
    )
    side: int = setting(
        0,
        "Pixels to which the central square of each picture is scaled, one of 28, 32, 48 and 64;"
        " 0 leaves them as they are.",
        title="side",
        unit="pixels",
        ge=0,
        le=64,
    )
    colour: bool = setting(False, "Whether the pictures keep their colours.", title="colour")
    key: str = setting(
        "",
        "Which of the sets of pictures that this server has read; a file is turned into its key.",
        title="key",
    )

    _held: Held = PrivateAttr()

    @field_validator("side")
    @classmethod
    def _is_offered(cls, side: int) -> int:
        if side not in (0, *SIDES):
            raise ValueError("give 28, 32, 48 or 64, or 0 for pictures as they are")
        return side

    @model_validator(mode="wrap")
    @classmethod
    def _hold(cls, values: Any, make: ModelWrapValidatorHandler[Self]) -> Self:
        images, held = make(values), None
        if images.file and not images.key:
            held = kept(read(images.file, images.side, images.colour))
            images = make({**values, "file": "", "key": held.key})
        if bool(images.file) == bool(images.key):
            raise ValueError(
                "give data.file (a folder or a zip of pictures) or data.key (pictures loaded"
                " before), one of the two"
            )
        images._held = held or find(images.key)
        channels, side, _ = images.shape
        if images.side not in (0, side) or images.colour != (channels == 3):
            raise ValueError(
                f"the pictures of data.key are {'coloured' if channels == 3 else 'grey'}, {side} by"
                f" {side}, which data.side and data.colour can't change; give data.file again"
            )
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
    """Keep pictures [N, c, side, side] uint8 in this process, and return their key."""
    return kept(pictures).key


def kept(pictures: Tensor) -> Held:
    """The pictures, now the latest of those that are kept."""
    content = hashlib.sha256(repr(tuple(pictures.shape)).encode())
    content.update(pictures.contiguous().numpy().data)
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
        raise ValueError(
            "these pictures are not on this server any more; load them again, on the command line"
            " by data.file"
        )
    return held
