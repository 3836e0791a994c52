"""What a maker of checkpoints is given, and what it hands back."""

from collections.abc import Callable
from typing import NamedTuple

from torch import Tensor

Tell = Callable[[str], None]
"""Is told how it goes, a line at a time."""


class Checkpoint(NamedTuple):
    """What a file will hold: tensors by name, and what there is to know about them."""

    tensors: dict[str, Tensor]
    facts: dict[str, str]


Maker = Callable[[int | None, str, Tell], Checkpoint]
"""Trains for so many epochs (None: its own number) on a device."""
