"""What a chapter of the theory page is."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from ganplay.ui.address import Field


@dataclass(frozen=True)
class Chapter:
    """A chapter: its title, the question it answers in one sentence, its choices by their names in
    the address, and what draws it."""

    title: str
    question: str
    fields: Mapping[str, Field]
    show: Callable[[], None]
