"""The data sets: distributions that a GAN can learn, each an entry of DATA_SETS."""

from typing import Annotated, get_args

from pydantic import Field

from ganplay.data.axis import Axis, Gaussian1D, Mixture1D
from ganplay.data.base import DataSet, Parts, Plane
from ganplay.data.curves import Line, Spiral, SwissRoll, TwoMoons
from ganplay.data.faces import Faces
from ganplay.data.images import Images
from ganplay.data.mixtures import Grid, Ring, Unbalanced
from ganplay.data.pictures import MNIST, FashionMNIST, Pictures, StackedMNIST
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
    | Points
    | Gaussian1D
    | Mixture1D
    | MNIST
    | FashionMNIST
    | Images
    | StackedMNIST
    | Faces,
    Field(discriminator="name"),
]
"""Any data set, as a field of a pydantic model; `name` tells which."""

DATA_SETS: dict[str, type[DataSet]] = {
    kind.model_fields["name"].default: kind for kind in get_args(get_args(Data)[0])
}
"""Every data set by its name, in the order the page offers them."""

PLANE = {name: kind for name, kind in DATA_SETS.items() if issubclass(kind, Plane)}
"""Those of points in the plane."""
AXIS = {name: kind for name, kind in DATA_SETS.items() if issubclass(kind, Axis)}
"""Those of numbers on a line."""
PICTURES = {name: kind for name, kind in DATA_SETS.items() if issubclass(kind, Pictures)}
"""Those of pictures."""
GREY = {name: kind for name, kind in PICTURES.items() if name not in ("stacked_mnist", "faces")}
"""Those of grey ones; what needs colour is for the command line."""

__all__ = [
    "AXIS",
    "DATA_SETS",
    "GREY",
    "MNIST",
    "PICTURES",
    "PLANE",
    "Axis",
    "Checkerboard",
    "Data",
    "DataSet",
    "Faces",
    "FashionMNIST",
    "Gaussian1D",
    "Grid",
    "HeavyTail",
    "Images",
    "Line",
    "Mixture1D",
    "Parts",
    "Pictures",
    "Plane",
    "Points",
    "Ring",
    "Spiral",
    "StackedMNIST",
    "SwissRoll",
    "TwoMoons",
    "Unbalanced",
    "decode_points",
    "encode_points",
    "read_points",
    "rescale",
]
