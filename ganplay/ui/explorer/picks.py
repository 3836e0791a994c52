"""Several samples that are picked from the sheet, in an order."""

from collections.abc import Iterable

from ganplay.ui import address
from ganplay.ui.explorer.common import SHEET


def field(default: tuple[int, ...], most: int) -> address.Field:
    """The choice of at most so many."""
    return address.several(default, 0, SHEET - 1, most)


def toggle(name: str, n: int, most: int, full: str = "{most} samples are chosen") -> None:
    """Take a sample that is clicked to the chosen ones, or away from them; `full` says that there
    are as many as there may be."""
    chosen = tuple(address.get(name))
    if n in chosen:
        address.put(name, tuple(c for c in chosen if c != n))
    elif len(chosen) < most:
        address.put(name, (*chosen, n))
    else:
        address.refuse(f"{full.format(most=most)}; a click on one of them takes it away.")


def filled(name: str, least: int) -> tuple[int, ...]:
    """The chosen ones, each once; where they are fewer, the first others of the sheet stand in."""
    chosen = list(dict.fromkeys(address.get(name)))
    others = (n for n in range(SHEET) if n not in chosen)
    return (*chosen, *_first(others, least - len(chosen)))


def badges(name: str, shown: Iterable[int]) -> dict[int, str]:
    """The numbers of those that are shown, in brackets where they only stand in."""
    chosen = address.get(name)
    return {n: str(i) if n in chosen else f"({i})" for i, n in enumerate(shown, 1)}


def _first(numbers: Iterable[int], count: int) -> list[int]:
    return [n for n, _ in zip(numbers, range(count), strict=False)]
