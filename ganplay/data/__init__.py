"""The data sets: distributions in the plane that a GAN can learn, each an entry of DATA_SETS."""

from typing import Annotated, get_args

from pydantic import Field

from ganplay.data.base import DataSet, Parts
from ganplay.data.curves import Line, Spiral, SwissRoll, TwoMoons
from ganplay.data.mixtures import Grid, Ring, Unbalanced
from ganplay.data.points import Points, decode_points, encode_points, read_points, rescale
from ganplay.data.shapes import Checkerboard, HeavyTail

Data = Annotated[
    Ring
    | Grid
    | TwoMoons
    | Spiral
    | SwissRoll
    | Checkerboard
    | Line
    | Unbalanced
    | HeavyTail
    | Points,
    Field(discriminator="name"),
]
"""Any data set, as a field of a pydantic model; `name` tells which."""

DATA_SETS: dict[str, type[DataSet]] = {
    kind.model_fields["name"].default: kind for kind in get_args(get_args(Data)[0])
}
"""Every data set by its name, in the order the page offers them."""

__all__ = [
    "DATA_SETS",
    "Checkerboard",
    "Data",
    "DataSet",
    "Grid",
    "HeavyTail",
    "Line",
    "Parts",
    "Points",
    "Ring",
    "Spiral",
    "SwissRoll",
    "TwoMoons",
    "Unbalanced",
    "decode_points",
    "encode_points",
    "read_points",
    "rescale",
]
