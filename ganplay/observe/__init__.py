"""Looking at one run of a stack, which never changes it."""

from ganplay.data import DataSet, Plane
from ganplay.observe import pictures, plane
from ganplay.observe.look import Look, Value
from ganplay.observe.pictures import PictureLook, judge_of
from ganplay.observe.plane import PlaneLook
from ganplay.snapshot import Snapshot
from ganplay.stack import Stack

__all__ = [
    "Look",
    "PictureLook",
    "PlaneLook",
    "judge_of",
    "look",
    "metrics",
    "perfect",
    "prepare",
    "snapshot",
]


def look(stack: Stack, k: int) -> PlaneLook | PictureLook:
    """Run k of a stack at this moment."""
    return (PlaneLook if isinstance(stack.config.data, Plane) else PictureLook)(stack, k)


def metrics(stack: Stack, k: int) -> dict[str, Value]:
    """All metrics of run k by name; None where one has no meaning for the data set or where the run
    has diverged."""
    seen = look(stack, k)
    return plane.metrics(seen) if isinstance(seen, PlaneLook) else pictures.metrics(seen)


def perfect(data: DataSet) -> dict[str, Value]:
    """The floor of each metric: what a run with p_g = p_data scores, whose D can only guess."""
    return plane.perfect(data) if isinstance(data, Plane) else pictures.perfect(data)


def prepare(data: DataSet) -> None:
    """Work out what a snapshot shows beside each run of a data set, so that the first need not."""
    if not isinstance(data, Plane):
        pictures.floor(data)


def snapshot(stack: Stack, k: int, seconds: float) -> Snapshot:
    """Run k as it is now, after so many seconds of training."""
    seen = look(stack, k)
    if isinstance(seen, PlaneLook):
        return plane.snapshot(seen, seconds)
    return pictures.snapshot(seen, seconds)
