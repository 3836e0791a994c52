"""A recording as a GIF, for slides."""

import math
from collections.abc import Iterator

from ganplay.export.board import board
from ganplay.export.images import gif
from ganplay.export.reel import Reel
from ganplay.figures.sheets import Colours
from ganplay.scenarios.play import Progress

RATE = 5
"""Pictures a second."""


def animation(reel: Reel, progress: Progress = lambda done: None) -> bytes:
    """A reel as a GIF that loops; `progress` is told the portion drawn."""
    return gif(_boards(reel, progress), RATE)


def _boards(reel: Reel, progress: Progress) -> Iterator[Colours]:
    """What is shown at each tick; what stays is drawn once."""
    count = math.ceil(RATE * reel.length)
    last, drawn = -1, None
    for tick in range(count):
        at = max(n for n, frame in enumerate(reel.frames) if frame.second <= tick / RATE)
        if drawn is None or at != last:
            frame, last = reel.frames[at], at
            heading = frame.talk["scene"] or reel.title
            drawn = board(frame.shown.figures, heading, frame.talk["caption"])
        yield drawn
        progress((tick + 1) / count)
