"""How good generated pictures are: digits by what the judge sees in them, others by their pixels.

Everything of digits is against the 10,000 held-out ones, and stands beside what real digits score.
"""

import math
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Generator, Tensor

from ganplay.metrics.coverage import FAIR_PART
from ganplay.metrics.judge import Judge

OF_FEATURES = ("frechet", "precision", "recall", "density", "coverage")
PICTURE_METRICS = ("digits", "digit_kl", "confident", *OF_FEATURES)

CONFIDENT = 0.9
"""The judge is confident from this probability of a digit on."""

NEIGHBOURS = 5
"""A picture's neighbourhood reaches to the fifth nearest of its kind (Naeem et al. 2020)."""

NEIGHBOURHOODS = 2000
"""How many pictures of each kind precision, recall, density and coverage take: their time grows
with the square."""

DRAWS = 8
"""Draws that a floor is the mean of, always the same."""


@dataclass(frozen=True)
class Verdict:
    """What the judge says of N pictures. One number is never enough: blank pictures and noise get
    confident answers, and blank and blurred ones are mostly in some neighbourhood.

    shares: [10] portion of the pictures it takes for each digit; fair: [10] the same of held-out
        digits.
    digits: those with at least 20 % of their fair share.
    digit_kl: KL divergence of the shares from the fair ones, in nats.
    confident: portion of the pictures of which it is at least 90 % sure.
    frechet: squared Fréchet distance of Gaussians fitted to the features (Heusel et al. 2017).
    precision, recall: portion of the generated pictures in some real one's neighbourhood, and the
        other way round (Kynkäänniemi et al. 2019).
    density: how many real neighbourhoods a generated picture is in, over their expected number;
        coverage: portion of the real neighbourhoods with a generated picture (Naeem et al. 2020).

    All are NaN, and digits is 0, for features that are no finite numbers, as those of a run that has
    diverged; recall is NaN for fewer than 6 pictures.
    """

    samples: int
    shares: NDArray[np.float64]
    fair: NDArray[np.float64]
    digits: int
    digit_kl: float
    confident: float
    frechet: float
    precision: float
    recall: float
    density: float
    coverage: float


class _Real(NamedTuple):
    """Held-out digits: each digit's share [10], the Gaussian of their features, and some of them
    [M, 64] with the squared radii [M] of their neighbourhoods."""

    fair: Tensor
    gaussian: "Gaussian"
    some: Tensor
    radii: Tensor


def verdict(features: Tensor, judge: Judge) -> Verdict:
    """What `judge` says of pictures of which it has seen the features [N, 64], in some 30 ms of one
    core. The first NEIGHBOURHOODS of them have a say in precision, recall, density and coverage."""
    return _verdict(features, judge, _real(judge))


@lru_cache(maxsize=16)
def perfect_verdict(judge: Judge, n: int) -> Verdict:
    """What n perfect pictures get: held-out digits, against the other held-out digits; the mean over
    DRAWS draws of a fixed seed, and for the KL its expectation.

    The Fréchet distance between n pictures and m real ones grows as 1/n + 1/m (to first order), by
    which it is brought from the draws' (n up to 5,000, and all others) to n and all 10,000.

    A generator as good as MNIST's own training digits doesn't reach it: those were written by other
    people, and read 1 to 3 more.
    """
    known, reference = _real(judge), judge.reference.cpu()
    count = len(reference)
    size = min(n, count // 2)
    free = torch.ones(count, dtype=torch.bool)
    free[_some(count)] = False
    rng = Generator().manual_seed(0)
    draws = []
    for _ in range(DRAWS):
        drawn = free.nonzero()[torch.randperm(int(free.sum()), generator=rng)[:size], 0]
        others = torch.ones(count, dtype=torch.bool)
        others[drawn] = False
        real = _Real(*_statistics(reference[others], judge), known.some, known.radii)
        draws.append(_verdict(reference[drawn], judge, real))
    mean = {name: float(np.mean([getattr(d, name) for d in draws])) for name in PICTURE_METRICS}
    mean["frechet"] *= (1 / n + 1 / count) / (1 / size + 1 / (count - size))
    fair = known.fair.numpy()
    mean["digit_kl"] = sum(_chance(p, n) for p in fair) + (Judge.classes - 1) / (2 * count)
    return Verdict(n, fair, fair, round(mean.pop("digits")), **mean)


def _verdict(features: Tensor, judge: Judge, real: _Real) -> Verdict:
    features = features.detach().to("cpu", torch.float32)
    n, fair = len(features), real.fair
    if not (n and features.isfinite().all()):
        unknown = torch.full_like(fair, math.nan).numpy()
        return Verdict(n, unknown, fair.numpy(), 0, *[math.nan] * (len(PICTURE_METRICS) - 1))
    odds = judge.logits(features).softmax(1)
    counts = torch.bincount(odds.argmax(1), minlength=Judge.classes)
    shares = counts.double() / n
    return Verdict(
        n,
        shares.numpy(),
        fair.numpy(),
        digits=int((counts >= FAIR_PART * fair * n).sum()),
        digit_kl=float(torch.special.xlogy(shares, shares / fair).sum()),
        confident=_portion(odds.amax(1) >= CONFIDENT),
        frechet=frechet(Gaussian.of(features), real.gaussian),
        **prdc(features[:NEIGHBOURHOODS], real.some, real.radii),
    )


@lru_cache(maxsize=2)
def _real(judge: Judge) -> _Real:
    reference = judge.reference.cpu()
    some = reference[_some(len(reference))]
    return _Real(*_statistics(reference, judge), some, squared_radii(some))


def _some(count: int) -> Tensor:
    """Which of the held-out digits have neighbourhoods: drawn, as MNIST's first 5,000 are tidier than
    its last."""
    return torch.randperm(count, generator=Generator().manual_seed(1))[:NEIGHBOURHOODS]


def _statistics(features: Tensor, judge: Judge) -> tuple[Tensor, "Gaussian"]:
    said = judge.logits(features).argmax(1)
    fair = torch.bincount(said, minlength=Judge.classes).double() / len(features)
    return fair, Gaussian.of(features)


# ---- Fréchet distance


@dataclass(frozen=True)
class Gaussian:
    """mean: [F]; covariance: [F, F]; in float64."""

    mean: Tensor
    covariance: Tensor

    @classmethod
    def of(cls, features: Tensor) -> "Gaussian":
        """That fitted to features [N, F]; a single one has no covariance."""
        x = features.double()
        mean = x.mean(0)
        x = x - mean
        return cls(mean, x.T @ x / max(len(x) - 1, 1))

    @cached_property
    def root(self) -> Tensor:
        """The covariance's symmetric square root; what rounding puts below 0 counts as 0."""
        values, vectors = torch.linalg.eigh(self.covariance)
        root: Tensor = (vectors * values.clamp(min=0).sqrt()) @ vectors.T
        return root


def frechet(a: Gaussian, b: Gaussian) -> float:
    """The squared Fréchet distance of two Gaussians of covariances A and B (Dowson and Landau 1982):
    |mean_a - mean_b|^2 + tr(A + B - 2 (AB)^(1/2))."""
    # AB has the eigenvalues of this symmetric matrix, whatever the rank of either
    values = torch.linalg.eigvalsh(b.root @ a.covariance @ b.root)
    traces = a.covariance.trace() + b.covariance.trace() - 2 * values.clamp(min=0).sqrt().sum()
    return max(0.0, float((a.mean - b.mean).square().sum() + traces))


# ---- neighbourhoods


def prdc(fake: Tensor, real: Tensor, radii: Tensor) -> dict[str, float]:
    """Precision, recall, density and coverage of features [n, F] against real ones [m, F] whose
    neighbourhoods have squared radii [m]."""
    apart = _apart(real, fake)
    inside = apart <= radii[:, None]
    few = len(fake) <= NEIGHBOURS
    return {
        "precision": _portion(inside.any(0)),
        "recall": math.nan if few else _portion((apart <= squared_radii(fake)).any(1)),
        "density": _portion(inside) * len(real) / NEIGHBOURS,
        "coverage": _portion(inside.any(1)),
    }


def _portion(true: Tensor) -> float:
    return true.double().mean().item()


def squared_radii(x: Tensor) -> Tensor:
    """The squared distance of each of [n, F] from its NEIGHBOURS-th nearest, [n]."""
    return _apart(x, x).topk(NEIGHBOURS + 1, largest=False).values[:, -1]  # itself is the nearest


def _apart(a: Tensor, b: Tensor) -> Tensor:
    """Squared distances of [n, F] and [m, F], [n, m]."""
    squares = a.square().sum(1)[:, None] + b.square().sum(1)
    return squares.addmm_(a, b.T, alpha=-2).clamp_(min=0)


# ---- pixels


def sharpness(pictures: Tensor, real: Tensor) -> float:
    """How sharp pictures [n, c, h, w] are: the mean squared difference between neighbouring pixels,
    over that of real ones. 1 as in real ones, below 1 blurred; noise reads above 1, as it is all
    edges."""
    return float(_edges(pictures) / _edges(real))


def _edges(pictures: Tensor) -> Tensor:
    x = pictures.detach().double()
    return x.diff(dim=-1).square().mean() + x.diff(dim=-2).square().mean()


def variety(pictures: Tensor, real: Tensor) -> float:
    """How much pictures [n, *] differ from each other: the mean distance of two of them, over that
    of two real ones. 0 where all are the same; its time grows with n^2, 25 ms at 256."""
    return float(_distances(pictures).mean() / _distances(real).mean())


def _distances(pictures: Tensor) -> Tensor:
    return torch.pdist(pictures.detach().double().flatten(1))


# ---- stacked digits


class Stacked(NamedTuple):
    """modes: how many of the 1,000 there are; mode_kl: the reverse KL divergence in nats, NaN for
    pictures that are no finite numbers."""

    modes: float
    mode_kl: float


def stacked_verdict(pictures: Tensor, judge: Judge) -> Stacked:
    """PacGAN's protocol for stacked digits [n, 3, 28, 28] (Lin et al. 2018, sec. 4.2), with our
    judge: 26,000 pictures, each of which is of the mode that the digits in its colours spell; a mode
    counts from one picture on, and the KL divergence is that of the modes' shares from equal ones,
    log 1000 + sum p log p. 26,000 take the judge 5 s of one core."""
    features = judge.features(pictures.flatten(0, 1)[:, None])
    if not features.isfinite().all():
        return Stacked(0, math.nan)
    said = judge.logits(features).argmax(1).cpu().view(-1, 3)
    modes = said @ torch.tensor([100, 10, 1])
    shares = torch.bincount(modes, minlength=1000).double() / len(pictures)
    kl = math.log(1000) + float(torch.special.xlogy(shares, shares).sum())
    return Stacked(int((shares > 0).sum()), kl)


def perfect_stacked(n: int) -> Stacked:
    """What n pictures of equally likely modes score on average, were the judge never wrong: 1,000
    modes and .0193 at 26,000."""
    return Stacked(1000 * (1 - (1 - 1 / 1000) ** n), 1000 * _chance(1e-3, n))


def _chance(p: float, n: int) -> float:
    """How much a kind of probability p has of the KL divergence of the shares in n samples from
    their own distribution, in nats, on average: how many are of the kind is binomial."""
    k, chance = torch.arange(n + 1, dtype=torch.float64), torch.tensor(p, dtype=torch.float64)
    ways = math.lgamma(n + 1) - torch.lgamma(k + 1) - torch.lgamma(n - k + 1)
    odds = (ways + k * chance.log() + (n - k) * (-chance).log1p()).exp()
    return float(odds @ torch.special.xlogy(k / n, k / n / chance))
