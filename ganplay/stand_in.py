"""What stands for the data of a run where they are not on this machine and only its nets are wanted."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import torch

from ganplay.config import ConfigError, RunConfig
from ganplay.data import DataSet, Images
from ganplay.data.images import Held, kept
from ganplay.data.picture_files import FEWEST

ELSEWHERE = ("images", "fashion_mnist", "points")
"""The data sets that are not on every machine."""


def at_hand(
    fields: Mapping[str, Any], shape: tuple[int, ...] | None, files: bool
) -> Mapping[str, Any]:
    """The dotted fields of a config, with other data where its own can't be had here: the shipped
    digits for all digits, a ring for points, else blank pictures of the shape, if that is known.

    A file that the config names is looked for only with `files`.
    """
    own = {name: value for name, value in fields.items() if name.startswith("data.")}
    others = {name: value for name, value in fields.items() if name not in own}
    if files or not own.get("data.file"):
        try:
            RunConfig().updated(own)
            return fields
        except ConfigError:
            pass
    if own.get("data.whole"):
        return {**fields, "data.whole": False}
    if not shape or own.get("data.name") not in ELSEWHERE:
        return fields
    if len(shape) == 1:
        return others
    pictures = {
        "name": "images",
        "side": shape[1],
        "colour": shape[0] == 3,
        "key": blank(shape).key,
    }
    return {**others, **{f"data.{name}": value for name, value in pictures.items()}}


def is_stand_in(data: DataSet) -> bool:
    """Whether a data set is of blank pictures, which stand for others."""
    return isinstance(data, Images) and not data.pictures().any()


@lru_cache(maxsize=8)
def blank(shape: tuple[int, ...]) -> Held:
    """Blank pictures [16, *shape]."""
    return kept(torch.zeros(FEWEST, *shape, dtype=torch.uint8))
