"""Distributions on the real line: a Gaussian, and two of them mixed."""

import math
from typing import ClassVar, Literal

import torch
from torch import Tensor

from ganplay.data.base import DataSet, Parts
from ganplay.settings import setting

REACH = 10.0
"""Half the length of the axis that pictures show: the same for all, so that it stays where it is
while one drags."""


class Axis(DataSet):
    """A distribution of numbers: a mixture of Gaussians, placed and weighed by `modes`."""

    @property
    def shape(self) -> tuple[int, ...]:
        return (1,)

    @property
    def extent(self) -> float:
        """Half the length of the axis that shows the whole data set, centred on 0."""
        return REACH

    def modes(self) -> tuple[Tensor, Tensor, Tensor]:
        """Means, standard deviations and masses of the Gaussians, each [M] float64."""
        raise NotImplementedError

    def sample(self, n: int, generator: torch.Generator) -> Tensor:
        device = generator.device
        means, sigmas, masses = (column.to(device) for column in self.modes())
        uniform = torch.rand(n, generator=generator, device=device)
        which = torch.searchsorted(masses.cumsum(0)[:-1].to(uniform), uniform)
        noise = torch.randn(n, generator=generator, device=device)
        return (means.to(noise)[which] + sigmas.to(noise)[which] * noise)[:, None]

    def log_prob(self, x: Tensor) -> Tensor:
        """Exact log density at x [..., 1] -> [...], in nats."""
        means, sigmas, masses = (column.to(x) for column in self.modes())
        constant = (masses / (math.sqrt(2 * math.pi) * sigmas)).log()
        log_prob: Tensor = torch.logsumexp(constant - ((x - means) / sigmas).square() / 2, -1)
        return log_prob

    def below(self, x: Tensor) -> Tensor:
        """P(X <= x) for x [...] -> [...]."""
        means, sigmas, masses = (column.to(x) for column in self.modes())
        below: Tensor = masses * torch.special.ndtr((x[..., None] - means) / sigmas)
        return below.sum(-1)

    def parts(self) -> Parts:
        """The modes; their width is told where it is the same for all."""
        means, sigmas, _ = self.modes()
        order = means.argsort()
        borders = (means[order][1:] + means[order][:-1]) / 2
        edges = torch.cat((means.new_tensor([-math.inf]), borders, means.new_tensor([math.inf])))
        shares = torch.empty_like(means)
        shares[order] = self.below(edges).diff()
        dtype = torch.get_default_dtype()
        same = float(sigmas[0]) if (sigmas == sigmas[0]).all() else None
        return Parts(means[:, None].to(dtype), shares.to(dtype), sigma=same)

    def part_of(self, x: Tensor) -> Tensor:
        """The index of the mode each number of x [n, 1] is nearest to, [n] int64."""
        return (x - self.modes()[0].to(x)).abs().argmin(-1)


def _mean(default: float, title: str, where: str) -> float:
    mean: float = setting(default, f"Where the middle {where} is.", title=title, ge=-5.0, le=5.0)
    return mean


def _sigma(default: float, title: str, where: str) -> float:
    help = f"Standard deviation {where}: how wide it is."
    sigma: float = setting(default, help, title=title, ge=0.1, le=2.0)
    return sigma


class Gaussian1D(Axis):
    """Numbers on a line, spread like a bell."""

    title: ClassVar[str] = "Gaussian on a line"
    name: Literal["gaussian_1d"] = "gaussian_1d"
    mean: float = _mean(1.0, "mean", "of the bell")
    sigma: float = _sigma(0.6, "width", "of the bell")

    def modes(self) -> tuple[Tensor, Tensor, Tensor]:
        return _doubles(self.mean), _doubles(self.sigma), _doubles(1.0)


class Mixture1D(Axis):
    """Numbers on a line, spread like two bells side by side."""

    title: ClassVar[str] = "Two Gaussians on a line"
    name: Literal["mixture_1d"] = "mixture_1d"
    first_mean: float = _mean(-1.5, "first mean", "of the first bell")
    first_sigma: float = _sigma(0.5, "first width", "of the first bell")
    second_mean: float = _mean(1.5, "second mean", "of the second bell")
    second_sigma: float = _sigma(0.5, "second width", "of the second bell")
    share: float = setting(
        0.5, "Portion of the data in the first bell.", title="share of the first", ge=0.02, le=0.98
    )

    def modes(self) -> tuple[Tensor, Tensor, Tensor]:
        return (
            _doubles(self.first_mean, self.second_mean),
            _doubles(self.first_sigma, self.second_sigma),
            _doubles(self.share, 1 - self.share),
        )


def _doubles(*values: float) -> Tensor:
    return torch.tensor(values, dtype=torch.float64)
