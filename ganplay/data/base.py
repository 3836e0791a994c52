"""What every data set offers."""

from dataclasses import dataclass
from typing import ClassVar

import torch
from pydantic import BaseModel, ConfigDict
from torch import Tensor


@dataclass(frozen=True)
class Parts:
    """The parts of a distribution whose coverage is counted.

    centres: [M, *shape]; shares: [M], the mass of p_data in each part, summing to 1; sigma: the standard
    deviation of a part where the parts are Gaussian modes, else None (then "within 3 sigma of a
    centre" has no meaning and only the shares are counted).
    """

    centres: Tensor
    shares: Tensor
    sigma: float | None


class DataSet(BaseModel):
    """A distribution p_data. The fields are its options; an instance is immutable.

    Tensors are made on the generator's (or the argument's) device, in torch's default dtype unless
    an argument says otherwise.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    title: ClassVar[str]
    """Its name on the page."""

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of one sample."""
        raise NotImplementedError

    def sample(self, n: int, generator: torch.Generator) -> Tensor:
        """n independent samples, [n, *shape]."""
        raise NotImplementedError


class Plane(DataSet):
    """A distribution of points in the plane."""

    @property
    def shape(self) -> tuple[int, ...]:
        return (2,)

    @property
    def extent(self) -> float:
        """Half the side of the square picture that shows the whole data set, centred on 0."""
        raise NotImplementedError

    def log_prob(self, x: Tensor) -> Tensor | None:
        """Exact log density at x [..., 2] -> [...], in nats; None where p_data has no density."""
        return None

    def parts(self) -> Parts:
        """The parts whose coverage is counted."""
        raise NotImplementedError

    def part_of(self, x: Tensor) -> Tensor:
        """The index of the part each point of x [n, 2] belongs to, [n] int64: the nearest centre."""
        return torch.cdist(x, self.parts().centres.to(x)).argmin(-1)
