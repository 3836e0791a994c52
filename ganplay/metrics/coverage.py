"""Mode coverage: which parts of p_data the generator reaches, and how truly.

A sample belongs to the part whose centre is nearest. Where parts are Gaussian modes, a sample
within 3 sigma of its centre is of high quality: a perfect 2-D sampler reaches PERFECT_HQ.
"""

import math
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ganplay.data import Axis, Plane

PERFECT_HQ = 1 - math.exp(-4.5)
"""Mass of a 2-D Gaussian within 3 sigma of its centre: 98.9 %."""

FAIR_PART = 0.2
"""A part counts as covered from this portion of its fair share on."""


@dataclass(frozen=True)
class Coverage:
    """Coverage of M parts by N samples. What needs Gaussian modes is None without them.

    shares: [M] portion of all samples nearest to each centre; fair: [M] p_data's own.
    near_modes: parts with at least 20 % of their fair share.
    modes: the same, counting only samples of high quality.
    high_quality: portion of the samples within 3 sigma of a centre.
    spread: standard deviation of the high-quality samples about their mode's mean, over sigma
        (a perfect sampler reads .97, as the tail beyond 3 sigma is cut off).
    mode_kl: KL divergence of the high-quality shares from the fair ones, in nats; it is
        log M + sum p log p where all modes are equal, and None without high-quality samples.
    """

    shares: NDArray[np.float64]
    fair: NDArray[np.float64]
    near_modes: int
    modes: int | None
    high_quality: float | None
    spread: float | None
    mode_kl: float | None

    @property
    def covered(self) -> int:
        """Modes, or the parts with enough samples near them where there are no modes."""
        return self.near_modes if self.modes is None else self.modes


def coverage(samples: Tensor, data: Plane | Axis) -> Coverage:
    """Count how samples [N, *shape] cover the parts of `data`."""
    parts = data.parts()
    samples = samples.detach().to("cpu", torch.float64)
    centres, fair = parts.centres.double(), parts.shares.double()
    index = data.part_of(samples)
    n, m = len(samples), len(centres)
    counts = torch.bincount(index, minlength=m)
    covered = n * fair * FAIR_PART
    near_modes = int((counts >= covered).sum())
    shares = (counts / n).numpy()
    if parts.sigma is None:
        return Coverage(shares, fair.numpy(), near_modes, None, None, None, None)

    offset = samples - centres[index]
    good = offset.norm(dim=-1) <= 3 * parts.sigma
    hits = torch.bincount(index[good], minlength=m)
    total = int(hits.sum())
    return Coverage(
        shares,
        fair.numpy(),
        near_modes,
        modes=int((hits >= covered).sum()),
        high_quality=total / n,
        spread=_spread(offset[good], index[good], hits, parts.sigma),
        mode_kl=float(torch.special.xlogy(hits / total, hits / total / fair).sum())
        if total
        else None,
    )


def _spread(offset: Tensor, index: Tensor, hits: Tensor, sigma: float) -> float | None:
    """Pooled standard deviation about each mode's mean, over all coordinates, over sigma."""
    free = offset.shape[-1] * int((hits - 1).clamp(min=0).sum())  # degrees of freedom
    if not free:
        return None
    means = offset.new_zeros(len(hits), offset.shape[-1]).index_add_(0, index, offset)
    means /= hits.clamp(min=1)[:, None]
    squares = (offset - means[index]).square().sum()
    return math.sqrt(squares.item() / free) / sigma
