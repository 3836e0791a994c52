"""How far something long is, on stderr."""

import math
import sys
from collections.abc import Iterator, Sequence
from typing import TypeVar

T = TypeVar("T")


def say(text: str) -> None:
    """A line of its own."""
    sys.stderr.write(f"{text}\n")


def tell(done: int, goal: int, what: str) -> None:
    """On a terminal, a line that says that so many of them are done; it is written over until all
    are."""
    if sys.stderr.isatty():
        sys.stderr.write(f"\r{done} of {goal} {what}" + "\n" * (done == goal))
        sys.stderr.flush()


def clear() -> None:
    """Take away the line of what was broken off, for another message to stand there."""
    if sys.stderr.isatty():
        sys.stderr.write("\r\x1b[K")


def counted(items: Sequence[T], what: str) -> Iterator[T]:
    """The items one by one, with such a line at each hundredth of them."""
    every = math.ceil(len(items) / 100)
    for done, item in enumerate(items, 1):
        yield item
        if done % every == 0 or done == len(items):
            tell(done, len(items), what)
