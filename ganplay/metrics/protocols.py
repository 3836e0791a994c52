"""What papers report about a ring or a grid of modes, each paper's way and never mixed with ours.

Both papers look at 2,500 samples of a trained generator, and both are laxer than `coverage`: a
single sample makes a mode. Both need data with Gaussian modes, and raise ValueError without.
"""

import math
from typing import NamedTuple

import torch
from torch import Tensor

from ganplay.data import Plane

SAMPLES = 2500
"""How many samples both papers look at."""

WITHIN = 3
"""A sample is of high quality less than so many standard deviations from the nearest mode."""


class PacGAN(NamedTuple):
    """modes: how many are hit; high_quality: percent of all samples; reverse_kl: in nats, None
    without samples of high quality."""

    modes: int
    high_quality: float
    reverse_kl: float | None


class VEEGAN(NamedTuple):
    """modes: how many are captured; high_quality: percent of all samples."""

    modes: int
    high_quality: float


def pacgan(samples: Tensor, data: Plane) -> PacGAN:
    """PacGAN's protocol (Lin et al. 2018, sec. 4.1) for samples [N, 2].

    A sample is of high quality within 3 sigma of the nearest mode, and a mode counts from one such
    sample on. The reverse KL is that of the generated distribution over the modes from the true,
    uniform one: log M + sum p log p. Assumed is that p is made of the samples of high quality
    alone, as in the counts ("detail of coverage") that the authors' code writes down:
    github.com/fjxmlzn/PacGAN, synthetic_data_experiments/PacGAN/pacgan/extensions.py.
    """
    hits = _hits(samples, data)
    p = hits / hits.sum()
    reverse_kl = math.log(len(hits)) + float(torch.special.xlogy(p, p).sum())
    return PacGAN(*_counted(hits, samples), reverse_kl if hits.any() else None)


def veegan(samples: Tensor, data: Plane) -> VEEGAN:
    """VEEGAN's protocol (Srivastava et al. 2017, sec. 4.1) for samples [N, 2].

    A sample is of high quality within 3 sigma of the nearest mode; captured are the modes whose
    mean is nearest to at least one such sample.
    """
    return VEEGAN(*_counted(_hits(samples, data), samples))


def _hits(samples: Tensor, data: Plane) -> Tensor:
    """How many samples of high quality each mode has, [M] float64."""
    parts = data.parts()
    if parts.sigma is None:
        raise ValueError("the papers' protocols need data with Gaussian modes")
    samples = samples.detach().to("cpu", torch.float64)
    distances, nearest = torch.cdist(samples, parts.centres.double()).min(-1)
    good = distances < WITHIN * parts.sigma
    return torch.bincount(nearest[good], minlength=len(parts.centres)).double()


def _counted(hits: Tensor, samples: Tensor) -> tuple[int, float]:
    return int((hits > 0).sum()), 100 * float(hits.sum()) / len(samples)
