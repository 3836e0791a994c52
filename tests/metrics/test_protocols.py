"""The papers' protocols on samples whose answer is known, beside the protocol written out in numpy."""

import math

import numpy as np
import pytest
import torch
from scipy import stats
from torch import Tensor

from ganplay.data import Checkerboard, DataSet, Grid, Ring
from ganplay.metrics import coverage
from ganplay.metrics.coverage import PERFECT_HQ
from ganplay.metrics.protocols import SAMPLES, pacgan, veegan

PAPERS = [Ring(radius=1.0, sigma=0.01), Grid(sigma=0.05)]

every_papers = pytest.mark.parametrize("data", PAPERS, ids=lambda data: data.name)


def draw(data: DataSet, n: int = SAMPLES, seed: int = 0) -> Tensor:
    return data.sample(n, torch.Generator().manual_seed(seed)).double()


def as_numpy(samples: Tensor, data: DataSet) -> tuple[int, float, float]:
    """Modes, percent of high quality and reverse KL, point by point."""
    centres, sigma = data.parts().centres.double().numpy(), data.parts().sigma
    counts = np.zeros(len(centres))
    for point in samples.double().numpy():
        distances = np.sqrt(((point - centres) ** 2).sum(1)) / sigma
        if distances.min() < 3:
            counts[distances.argmin()] += 1
    uniform = np.full(len(centres), 1 / len(centres))
    share = 100 * counts.sum() / len(samples)
    return np.count_nonzero(counts), share, float(stats.entropy(counts, uniform))


@every_papers
@pytest.mark.parametrize("scale", [0.5, 1.0, 1.02])
def test_is_the_protocol_point_by_point(data: DataSet, scale: float) -> None:
    samples = draw(data) * torch.tensor([scale, 1.0])
    seen, expected = pacgan(samples, data), as_numpy(samples, data)
    assert (seen.modes, seen.high_quality) == pytest.approx(expected[:2])
    assert seen.reverse_kl == pytest.approx(expected[2], abs=1e-9)
    assert veegan(samples, data) == seen[:2]


@every_papers
def test_perfect_samples(data: DataSet) -> None:
    seen, modes = pacgan(draw(data), data), len(data.parts().centres)
    assert seen.modes == modes
    assert seen.high_quality == pytest.approx(100 * PERFECT_HQ, abs=1)
    assert 2 * SAMPLES * seen.reverse_kl < stats.chi2.ppf(0.9999, modes - 1)


@every_papers
def test_a_collapsed_sampler_is_log_m_away(data: DataSet) -> None:
    modes = len(data.parts().centres)
    samples = data.parts().centres[3:4].repeat(100, 1)
    assert pacgan(samples, data) == pytest.approx((1, 100, math.log(modes)))
    half = data.parts().centres[: modes // 2].repeat(100, 1)
    assert pacgan(half, data)[2] == pytest.approx(math.log(modes / (modes // 2)))


@every_papers
def test_shifted_and_blurred_samples(data: DataSet) -> None:
    sigma = data.parts().sigma
    shifted = draw(data) + torch.tensor([2 * sigma, 0])
    within = stats.ncx2.cdf(9, df=2, nc=4)
    assert pacgan(shifted, data).high_quality == pytest.approx(100 * within, abs=3)
    wide = data.model_copy(update={"sigma": 2 * sigma})
    expected = 100 * stats.chi2.cdf(9 / 4, df=2)
    assert veegan(draw(wide), data).high_quality == pytest.approx(expected, abs=3)


@every_papers
def test_one_hit_makes_a_mode_unlike_in_coverage(data: DataSet) -> None:
    centres = data.parts().centres
    samples = torch.cat((centres[:1].repeat(1000, 1), centres[1:]))
    assert pacgan(samples, data).modes == len(centres)
    assert coverage(samples, data).modes == 1


@every_papers
@pytest.mark.parametrize("where", [math.nan, math.inf, 0.777, 1e9])
def test_nothing_of_high_quality(data: DataSet, where: float) -> None:
    samples = torch.full((50, 2), where)
    assert pacgan(samples, data) == (0, 0, None)
    assert veegan(samples, data) == (0, 0)


def test_three_sigma_itself_is_too_far() -> None:
    data = Ring(modes=1, radius=1.0, sigma=0.25)
    samples = data.parts().centres + torch.tensor([[0, 0.75], [0, 0.7499], [-0.75, 0]])
    assert veegan(samples, data) == (1, pytest.approx(100 / 3))


@pytest.mark.parametrize("protocol", [pacgan, veegan])
def test_needs_modes(protocol) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(ValueError, match="need data with Gaussian modes"):
        protocol(torch.zeros(5, 2), Checkerboard())
