"""Divergences: how far a generator is from the data, in five ways, and what they are good for."""

from ganplay.ui import address
from ganplay.ui.theory.chapter import Chapter
from ganplay.ui.theory.common import switch
from ganplay.ui.theory.divergences import (
    distances,
    information,
    likelihood,
    noise,
    pair,
)

PARTS = {
    "distances": ("Five distances", distances),
    "information": ("JSD is information", information),
    "likelihood": ("Maximum likelihood", likelihood),
    "noise": ("Adding noise", noise),
}
FIELDS = {
    "part": address.choice(*PARTS),
    **pair.FIELDS,
    **{name: field for _, part in PARTS.values() for name, field in part.FIELDS.items()},
}


def show() -> None:
    """The part that is chosen."""
    switch("part", {name: title for name, (title, _) in PARTS.items()}, "The parts of the chapter.")
    _, part = PARTS[address.get("part")]
    part.show()


CHAPTER = Chapter(
    "Divergences",
    "How far is what a generator makes from the data, and does the number say which way to go?",
    FIELDS, show,
)  # fmt: skip
