"""Looking at one run of a stack, which never changes it."""

from ganplay.data import Axis, DataSet, Plane
from ganplay.observe import axis, pictures, plane
from ganplay.observe.axis import AxisLook
from ganplay.observe.look import Look, Value
from ganplay.observe.pictures import PictureLook, judge_of
from ganplay.observe.plane import PlaneLook
from ganplay.snapshot import Snapshot
from ganplay.stack import Stack

__all__ = [
    "AxisLook",
    "Look",
    "PictureLook",
    "PlaneLook",
    "judge_of",
    "look",
    "look_of",
    "metrics",
    "perfect",
    "prepare",
    "snapshot",
]


def look_of(data: DataSet) -> type[AxisLook] | type[PlaneLook] | type[PictureLook]:
    """How runs on a data set are looked at."""
    if isinstance(data, Plane):
        return PlaneLook
    return AxisLook if isinstance(data, Axis) else PictureLook


def look(stack: Stack, k: int) -> AxisLook | PlaneLook | PictureLook:
    """Run k of a stack at this moment."""
    return look_of(stack.config.data)(stack, k)


def metrics(stack: Stack, k: int) -> dict[str, Value]:
    """All metrics of run k by name; None where one has no meaning for the data set or where the run
    has diverged."""
    match look(stack, k):
        case PlaneLook() as seen:
            return plane.metrics(seen)
        case AxisLook() as seen:
            return axis.metrics(seen)
        case seen:
            return pictures.metrics(seen)


def perfect(data: DataSet) -> dict[str, Value]:
    """The floor of each metric: what a run with p_g = p_data scores, whose D can only guess."""
    match data:
        case Plane():
            return plane.perfect(data)
        case Axis():
            return axis.perfect(data)
        case _:
            return pictures.perfect(data)


def prepare(data: DataSet) -> None:
    """Work out what a snapshot shows beside each run of a data set, so that the first need not."""
    if look_of(data) is PictureLook:
        pictures.floor(data)


def snapshot(stack: Stack, k: int, seconds: float) -> Snapshot:
    """Run k as it is now, after so many seconds of training."""
    match look(stack, k):
        case PlaneLook() as seen:
            return plane.snapshot(seen, seconds)
        case AxisLook() as seen:
            return axis.snapshot(seen, seconds)
        case seen:
            return pictures.snapshot(seen, seconds)
