"""What is shown of a run: its figures, its numbers and words, the same on a page and in a recording."""

from ganplay.data import Plane
from ganplay.live import View
from ganplay.scenarios import Claim
from ganplay.showing import pictures, plane
from ganplay.showing.shown import Number, Shown, attributes, pack

__all__ = ["Number", "Shown", "attributes", "pack", "show"]


def show(view: View, claim: Claim | None = None, in_3d: bool = False) -> Shown:
    """A run as it is now, with the evidence for a claim; `in_3d` asks for D's surface in 3-D, where
    there is one."""
    if isinstance(view.config.data, Plane):
        return plane.shown(view, claim, in_3d)
    return pictures.shown(view, claim)
