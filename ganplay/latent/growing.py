"""How a picture grows: a transposed convolution a place at a time, and the maps it leads through.

A transposed convolution is what carries a gradient back through a convolution (Dumoulin & Visin
2016, sec. 4). It can be read in two ways, which give the same numbers: a kernel that slides over the
input with zeros put between its numbers and around it, or a stamp for each of the input's numbers.
"""

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional


@dataclass(frozen=True, eq=False)
class Transposed:
    """A transposed convolution without padding of one map: x [m, m], kernel [k, k]. Its output has a
    side of (m - 1) stride + k."""

    x: Tensor
    kernel: Tensor
    stride: int

    @property
    def spread(self) -> Tensor:
        """The input with stride - 1 zeros between its numbers and k - 1 around them."""
        m, around = len(self.x), len(self.kernel) - 1
        side = (m - 1) * self.stride + 1
        between = self.x.new_zeros(side, side)
        between[:: self.stride, :: self.stride] = self.x
        return functional.pad(between, (around,) * 4)

    @property
    def turned(self) -> Tensor:
        """The kernel by half a turn, as it slides."""
        return self.kernel.flip(0, 1)

    @property
    def products(self) -> Tensor:
        """What the sliding kernel gives at each place of the output, [side, side, k, k]: the numbers
        under it times its own. Their sum is the output."""
        k = len(self.kernel)
        return self.spread.unfold(0, k, 1).unfold(1, k, 1) * self.turned

    @property
    def stamps(self) -> Tensor:
        """Each input's number times the kernel, where it falls, [m m, side, side], row by row. Their
        sum is the output."""
        m, k = len(self.x), len(self.kernel)
        side = (m - 1) * self.stride + k
        made = self.x.new_zeros(m * m, side, side)
        for n, value in enumerate(self.x.flatten()):
            row, column = (self.stride * place for place in divmod(n, m))
            made[n, row : row + k, column : column + k] = value * self.kernel
        return made

    @property
    def output(self) -> Tensor:
        """[side, side]."""
        return self.products.sum((2, 3))


EXAMPLE = Transposed(
    x=torch.tensor([[2.0, 1.0], [1.0, 3.0]]),
    kernel=torch.tensor([[0.5, 1.0, 0.5], [1.0, 2.0, 0.0], [0.5, 0.0, -1.0]]),
    stride=2,
)
"""One that can be done by hand: 2x2 to 5x5."""


def strongest(maps: Tensor, count: int) -> Tensor:
    """The numbers of at most so many of one sample's maps [maps, side, side], those of the largest
    mean square first."""
    return maps.square().mean((1, 2)).topk(min(count, len(maps))).indices
