"""What is shown of any run, whatever it makes."""

import math
from dataclasses import dataclass
from typing import Any

from ganplay import figures
from ganplay.figures import message
from ganplay.figures.style import Picture
from ganplay.history import History
from ganplay.live import View
from ganplay.measures import MEASURES
from ganplay.reading import Reading
from ganplay.scenarios import Claim

Number = tuple[str, str, str, str]
"""A number above the stage: name, value, what a perfect generator would read, explanation."""

PERFECT = "in small type what a perfect generator reads, with as many samples."


@dataclass(frozen=True)
class Shown:
    """What is shown of a run: its figures by name, the stage first, numbers above them, what the
    numbers mean, all of it in a sentence for a screen reader, and the step that it is of."""

    figures: dict[str, Picture]
    status: list[Number]
    reading: Reading | None
    label: str
    step: int


def pack(view: View, shown: Shown, **more: Any) -> bytes:
    """A picture as bytes for the browser, with `more` in its header."""
    header = {
        "attributes": attributes(view) | {"data-shown": shown.step},
        "label": f"{shown.label}; {view.state}.",
        "message": view.message,
        "status": shown.status,
        "reading": shown.reading,
        **more,
    }
    return message.pack(header, shown.figures)


def attributes(view: View) -> dict[str, Any]:
    """What the element that shows a run carries, for whatever drives the page."""
    return {
        "data-state": view.state,
        "data-step": view.step,
        "data-frame": view.frame,
        "data-run": view.run,
    }


def evidence(history: History, claim: Claim) -> Picture:
    """The measures that a claim is about, over time."""
    titles = [MEASURES[name].title for name in claim.needs()]
    # the bounds of a course are not those of what it is of
    bounds = (claim.at_least, claim.at_most) if claim.measure in MEASURES else ()
    shown = [bound for bound in bounds if math.isfinite(bound)]
    return figures.evidence(history, titles, shown, claim.measure.startswith("vae_"))


def number(value: float | None, look: str, without: str = "–") -> str:
    """A number as text; `without` where there is none."""
    return without if value is None else format(value, look)
