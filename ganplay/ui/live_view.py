"""The live view: one component that is mounted once and redrawn with each picture."""

import math
from dataclasses import dataclass
from typing import Any

from ganplay import figures
from ganplay.figures.style import Picture
from ganplay.history import History
from ganplay.live import View
from ganplay.measures import MEASURES
from ganplay.reading import Reading
from ganplay.scenarios import Claim
from ganplay.ui import message
from ganplay.ui.component import SCRIPT, component

_view = component("view", SCRIPT, "it.mount(parentElement)", "it.unmount(parentElement)")
_feed = component("feed", SCRIPT, "it.show(data)")


def live_view() -> None:
    """The view of the page's run, which shows what `feed` sends."""
    _view(key="live-view")


Number = tuple[str, str, str, str]
"""A number above the stage: name, value, what a perfect generator would read, explanation."""


@dataclass(frozen=True)
class Shown:
    """What a page shows of a run: its figures by name, the stage first, numbers above them, what the
    numbers mean, and all of it in a sentence for a screen reader."""

    figures: dict[str, Picture]
    status: list[Number]
    reading: Reading | None
    label: str
    step: int


def feed(view: View, shown: Shown) -> None:
    """Send the live view a run's latest picture."""
    _feed(key="feed", data=pack(view, shown))


def pack(view: View, shown: Shown) -> bytes:
    """A picture as bytes."""
    header = {
        "attributes": attributes(view, shown.step),
        "label": f"{shown.label}; {view.state}.",
        "message": view.message,
        "status": shown.status,
        "reading": shown.reading,
    }
    return message.pack(header, shown.figures)


def attributes(view: View, step: int) -> dict[str, Any]:
    """What the element that shows a run carries, for whatever drives the page."""
    return {
        "data-state": view.state,
        "data-step": step,
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


PERFECT = "in small type what a perfect generator reads, with as many samples."


def number(value: float | None, look: str, without: str = "–") -> str:
    """A number as text; `without` where there is none."""
    return without if value is None else format(value, look)
