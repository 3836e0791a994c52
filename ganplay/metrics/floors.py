"""All metrics of samples at once, and what they read when the sampler is perfect."""

from functools import lru_cache

import torch
from torch import Generator, Tensor

from ganplay.data import Axis, Plane
from ganplay.metrics.coverage import coverage
from ganplay.metrics.distances import EMD_SAMPLES, emd, sliced_w2
from ganplay.metrics.divergence import jsd

Value = float | int | None

COVERAGE_METRICS = ("modes", "near_modes", "high_quality", "spread", "mode_kl")
SAMPLE_METRICS = (*COVERAGE_METRICS, "sliced_w2", "emd", "jsd")

DRAWS = 8
"""Draws that a floor is the mean of, always the same."""


def sample_metrics(samples: Tensor, real: Tensor, data: Plane | Axis) -> dict[str, Value]:
    """SAMPLE_METRICS of samples [N, 2] beside as many of p_data, `real`; the exact EMD takes the
    first EMD_SAMPLES of each. None where one has no meaning for the data set."""
    found = _of_modes(samples, data) | _of_rest(samples, real, data)
    return {name: found[name] for name in SAMPLE_METRICS}


def floors(data: Plane | Axis, n: int) -> dict[str, float | None]:
    """What a perfect sampler, n fresh points of p_data, scores in each of SAMPLE_METRICS: the mean
    over DRAWS draws of a fixed seed. The first call for a data set takes about a second."""
    found = _modes(data, n) | _rest(data, n)
    return {name: found[name] for name in SAMPLE_METRICS}


def quick_floors(data: Plane | Axis, n: int) -> dict[str, float | None]:
    """The same for COVERAGE_METRICS alone, in a few milliseconds."""
    return dict(_modes(data, n))


def _of_modes(samples: Tensor, data: Plane | Axis) -> dict[str, Value]:
    seen = coverage(samples, data)
    return {name: getattr(seen, name) for name in COVERAGE_METRICS}


def _of_rest(samples: Tensor, real: Tensor, data: Plane | Axis) -> dict[str, Value]:
    samples, real = samples.cpu(), real.cpu()
    return {
        "jsd": jsd(samples, data),
        "sliced_w2": sliced_w2(samples, real),
        "emd": emd(samples[:EMD_SAMPLES], real[:EMD_SAMPLES]),
    }


@lru_cache(maxsize=64)
def _modes(data: Plane | Axis, n: int) -> dict[str, float | None]:
    return _means([_of_modes(samples, data) for samples, _ in _draws(data, n)])


@lru_cache(maxsize=64)
def _rest(data: Plane | Axis, n: int) -> dict[str, float | None]:
    return _means([_of_rest(*pair, data) for pair in _draws(data, n)])


def _draws(data: Plane | Axis, n: int) -> list[tuple[Tensor, Tensor]]:
    rng = Generator().manual_seed(0)
    return [(data.sample(n, rng), data.sample(n, rng)) for _ in range(DRAWS)]


def _means(rows: list[dict[str, Value]]) -> dict[str, float | None]:
    columns = {name: [row[name] for row in rows] for name in rows[0]}
    return {
        name: None if None in column else float(torch.tensor(column, dtype=torch.float64).mean())
        for name, column in columns.items()
    }
