"""What keeps D smooth: registry name -> penalty on its gradient by the input.

Each is a curve of |grad D(x)|^2, averaged over some points and added to D's loss, with a weight,
at every step.
"""

from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor

from ganplay.losses import Curve

# of the squared length q: q / 2, and (sqrt(q) - 1)^2, which has no slope at 0, where a dead net is
SQUARED = Curve(lambda q: 0.5 * q, lambda q: torch.full_like(q, 0.5))
OFF_1 = Curve(lambda q: (_root(q) - 1).square(), lambda q: 1 - 1 / _root(q))


def _root(q: Tensor) -> Tensor:
    return q.clamp(min=1e-24).sqrt()


@dataclass(frozen=True)
class Penalty:
    """The mean of `curve` over points of a kind: real or generated ones, the sum of both means, or
    points between a real and a generated one."""

    title: str
    source: str
    where: Literal["real", "fake", "both", "between"]
    curve: Curve

    def rows(self, count: int) -> slice:
        """Where its points are among `count` real, as many generated and as many between."""
        n = count
        return {
            "real": slice(0, n),
            "fake": slice(n, 2 * n),
            "both": slice(0, 2 * n),
            "between": slice(2 * n, 3 * n),
        }[self.where]

    def value(self, slope: Tensor, count: int) -> Tensor:
        """The penalty [K] for grad D(x), [K, n, ...], at `rows(count)`."""
        return self.curve.value(_squared(slope)).sum(-1) / count

    def by_slope(self, slope: Tensor, count: int) -> Tensor:
        """Its derivative by grad D(x), of the same shape."""
        strength = self.curve.slope(_squared(slope)) * (2 / count)
        return slope * strength.view(*strength.shape, *[1] * (slope.ndim - 2))


def _squared(slope: Tensor) -> Tensor:
    return slope.flatten(2).square().sum(-1)


def points(real: Tensor, fake: Tensor, portion: Tensor | None) -> Tensor:
    """Real, generated, and with `portion` [K, n, 1], uniform in 0..1, those between them: joined
    along n."""
    if portion is None:
        return torch.cat((real, fake), 1)
    portion = portion.view(*portion.shape[:2], *[1] * (real.ndim - 2))
    return torch.cat((real, fake, torch.lerp(fake, real, portion)), 1)


PENALTIES: dict[str, Penalty | None] = {
    "none": None,
    "gp": Penalty("Gradient penalty", "Gulrajani et al. 2017, eq. 3", "between", OFF_1),
    "r1": Penalty("R1", "Mescheder et al. 2018, eq. 9", "real", SQUARED),
    "r2": Penalty("R2", "Mescheder et al. 2018, eq. 10", "fake", SQUARED),
    "r1_r2": Penalty("R1 + R2", "Huang et al. 2025, sec. 2.2", "both", SQUARED),
}
