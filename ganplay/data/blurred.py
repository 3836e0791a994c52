"""What mixtures and curves share: points of the plane, blurred by Gaussian noise."""

import math
from functools import lru_cache

import torch
from torch import Tensor

from ganplay.data.base import Plane
from ganplay.settings import setting

CHUNK = 2**16
"""How many distances log_prob holds at once: few enough to stay in a CPU's cache."""


class Blurred(Plane):
    """Points of the plane, blurred: p(x) = sum_k w_k N(x; c_k, sigma^2 I)."""

    name: str
    sigma: float = setting(
        0.1,
        "Standard deviation of the Gaussian noise around each mode.",
        title="mode width",
        ge=0.005,
        le=1.0,
    )

    def nodes(self) -> tuple[Tensor, Tensor]:
        """The points c before the blur, [K, 2], and their masses w, [K]; float64, on the CPU."""
        raise NotImplementedError

    def centres(self) -> Tensor:
        """The centres of the parts, [M, 2]; float64, on the CPU."""
        raise NotImplementedError

    @property
    def extent(self) -> float:
        points, _, _ = tables(self, torch.device("cpu"), torch.float64)
        return 1.05 * float(points.abs().max()) + 4 * self.sigma

    def log_prob(self, x: Tensor) -> Tensor:
        points, log_masses, _ = tables(self, x.device, x.dtype)
        constant = math.log(2 * math.pi * self.sigma**2)
        rows = max(1, CHUNK // len(points))
        densities = [
            log_sum_exp(log_masses - squared_distances(chunk, points) / (2 * self.sigma**2))
            for chunk in torch.split(x.reshape(-1, 2), rows)
        ]
        return torch.cat(densities).reshape(x.shape[:-1]) - constant


def squared_distances(x: Tensor, points: Tensor) -> Tensor:
    """|x - c|^2 for x [n, 2] and points [K, 2] -> [n, K]."""
    # torch.cdist multiplies out the square, which in float32 costs the digits a small sigma needs.
    return (x[:, :1] - points[:, 0]).square() + (x[:, 1:] - points[:, 1]).square()


def log_sum_exp(terms: Tensor) -> Tensor:
    """log sum_k exp(terms) over the last dimension."""
    top = terms.amax(-1, keepdim=True)
    # torch.logsumexp spends nearly all its time on exponentials that underflow; e^-80 adds nothing.
    return (terms - top).clamp(min=-80).exp().sum(-1).log() + top.squeeze(-1)


@lru_cache(maxsize=64)
def tables(
    data: Blurred, device: torch.device, dtype: torch.dtype
) -> tuple[Tensor, Tensor, Tensor]:
    """The nodes [K, 2], their log masses [K], and where a uniform t steps from one to the next."""
    points, masses = data.nodes()
    columns = (points, masses.log(), masses.cumsum(0)[:-1])
    points, log_masses, steps = (column.to(device, dtype) for column in columns)
    return points, log_masses, steps


@lru_cache(maxsize=64)
def cells(data: Blurred, dtype: torch.dtype) -> tuple[Tensor, Tensor]:
    """The centres [M, 2] and the mass of p_data nearest to each, [M].

    Each node's mass is spread over points laid like N(0, sigma^2 I), 65,536 in all: exact where the
    parts lie apart, and good to 0.1 % of all data where they overlap.
    """
    centres = data.centres()
    points, masses = data.nodes()
    copies = max(64, 2**16 // len(points))
    index = torch.arange(copies, dtype=torch.float64)
    # A sunflower: the radii are the normal's quantiles, each turned by the golden angle.
    radii = data.sigma * torch.sqrt(-2 * torch.log((index + 0.5) / copies))
    angles = index * math.pi * (3 - math.sqrt(5))
    noise = torch.stack((radii * angles.cos(), radii * angles.sin()), -1)

    nearest = torch.cdist((points[:, None] + noise).flatten(0, 1), centres).argmin(-1)
    shares = torch.zeros(len(centres), dtype=torch.float64)
    shares.index_add_(0, nearest, (masses / copies).repeat_interleave(copies))
    return centres.to(dtype), shares.to(dtype)
