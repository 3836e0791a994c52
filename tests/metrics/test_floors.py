"""Floors against closed forms, and every metric on samples that are wrong in a known way."""

import math

import numpy as np
import pytest
import torch
from scipy import stats
from scipy.spatial.distance import cdist
from scipy.special import xlogy
from sklearn.metrics import pairwise_distances_argmin
from torch import Tensor

from ganplay.data import PLANE, Grid, Plane, Ring, Unbalanced
from ganplay.metrics import SAMPLE_METRICS, floors, jsd, quick_floors, sample_metrics
from ganplay.metrics.coverage import PERFECT_HQ
from ganplay.metrics.floors import COVERAGE_METRICS, DRAWS
from ganplay.observe import perfect as perfect_run
from ganplay.observe.plane import METRIC_SAMPLES, METRICS

N = 2500
MIXTURES = [Ring(), Grid(), Unbalanced(), Ring(radius=1.0, sigma=0.01)]

every_mixture = pytest.mark.parametrize("data", MIXTURES, ids=repr)


def draw(data: Plane, n: int = N, seed: int = 100) -> Tensor:
    return data.sample(n, torch.Generator().manual_seed(seed)).double()


def score(samples: Tensor, data: Plane) -> dict[str, float]:
    values = sample_metrics(samples, draw(data, len(samples), 200), data)
    assert tuple(values) == SAMPLE_METRICS
    return {name: math.nan if value is None else value for name, value in values.items()}


# ---- the floors


@every_mixture
def test_floors_where_the_answer_is_known(data: Plane) -> None:
    parts = data.parts()
    modes = len(parts.centres)
    seen = floors(data, N)
    assert tuple(seen) == SAMPLE_METRICS
    assert (seen["modes"], seen["near_modes"]) == (modes, modes)
    assert seen["high_quality"] == pytest.approx(PERFECT_HQ, abs=0.003)
    assert seen["spread"] == pytest.approx(math.sqrt(1 - 4.5 / (math.exp(4.5) - 1)), abs=0.01)
    # 2N KL is chi-square of M - 1 degrees of freedom: its mean, and 4 standard errors of DRAWS
    free = modes - 1
    assert 2 * N * seen["mode_kl"] == pytest.approx(free, abs=4 * math.sqrt(2 * free / DRAWS))
    assert 0 < seen["jsd"] < 0.02
    assert seen["emd"] > 0
    assert seen["sliced_w2"] > 0


def test_floor_of_the_jsd_is_a_binomials() -> None:
    """One narrow mode on the corner of four cells, which hold 1/4 each: what n perfect samples
    score is a mean over a cell's count, which is binomial."""
    # 15 of the 16 cells from the middle to the edge: radius = 15/16 (1.05 radius + 4 sigma)
    data, n = Ring(modes=1, radius=2.0, sigma=2 / 240), 40
    seen = np.mean([jsd(part, data) for part in draw(data, 2000 * n).split(n)])
    q = np.arange(n + 1) / n
    middle = (1 / 4 + q) / 2
    terms = (xlogy(1 / 4, 1 / 4) + xlogy(q, q)) / 2 - xlogy(middle, middle)
    expected = 4 * stats.binom(n, 1 / 4).expect(lambda count: terms[count.astype(int)])
    assert seen == pytest.approx(expected, rel=0.05)
    assert expected == pytest.approx(3 / (8 * n), rel=0.1), "about (cells - 1) / 8N"


@pytest.mark.parametrize("name", PLANE)
def test_a_perfect_sampler_is_at_the_floor(name: str, small_on) -> None:  # type: ignore[no-untyped-def]
    data = small_on(name).data
    seen, floor = score(draw(data), data), floors(data, N)
    for metric, value in floor.items():
        assert (value is None) == math.isnan(seen[metric]), metric
        if metric in ("near_modes", "modes", "high_quality", "spread") and value is not None:
            assert seen[metric] == pytest.approx(value, rel=0.03), metric
        elif value is not None:
            # the heavy tail's distances have no bounded variance
            factor = 5 if name == "heavy_tail" else 2.5
            assert value / factor < seen[metric] < value * factor, metric


@pytest.mark.parametrize("data", [Ring(), Grid(modes=100)], ids=repr)
def test_floors_fall_with_the_number_of_samples(data: Plane) -> None:
    few, many = floors(data, 500), floors(data, 8000)
    assert few["jsd"] > 2 * many["jsd"] > 0
    assert few["sliced_w2"] > 2 * many["sliced_w2"] > 0
    assert few["mode_kl"] > 8 * many["mode_kl"]


def test_floors_are_the_same_each_time_and_a_copy() -> None:
    first = floors(Ring(), 300)
    assert quick_floors(Ring(), 300) == {name: first[name] for name in COVERAGE_METRICS}
    first["emd"] = quick_floors(Ring(), 300)["spread"] = 9.0
    assert floors(Ring(), 300)["emd"] != 9.0
    assert quick_floors(Ring(), 300)["spread"] != 9.0


def test_a_run_is_judged_by_all_metrics_and_each_has_a_floor() -> None:
    floor = perfect_run(Ring())
    assert tuple(floor) == METRICS
    assert floor == {**floors(Ring(), METRIC_SAMPLES), "d_accuracy": 0.5}


# ---- samples that are wrong in a known way


def perfect(x: Tensor, data: Plane) -> Tensor:
    return x


def shifted(x: Tensor, data: Plane) -> Tensor:
    return x + torch.tensor([0.0, 2.0]) * data.parts().sigma


def without_one(x: Tensor, data: Plane) -> Tensor:
    return x[data.part_of(x) != 1]


def blurred(x: Tensor, data: Plane) -> Tensor:
    centres = data.parts().centres.double()[data.part_of(x)]
    return centres + 3 * (x - centres)


def shrunken(x: Tensor, data: Plane) -> Tensor:
    centres = data.parts().centres.double()[data.part_of(x)]
    return centres + 0.3 * (x - centres)


def collapsed(x: Tensor, data: Plane) -> Tensor:
    return x[data.part_of(x) == 1]


FAULTS = [shifted, without_one, blurred, shrunken, collapsed]

MOVED = {
    "modes": {without_one, collapsed},
    "near_modes": {without_one, collapsed},
    "high_quality": {shifted, blurred, shrunken},
    "spread": {shifted, blurred, shrunken},
    "mode_kl": {without_one, collapsed},
    "sliced_w2": {collapsed},
    "emd": {collapsed},
    "jsd": set(FAULTS),
}
"""Which metrics tell a fault from a perfect sampler, on the ring of 8 and the grid of 25."""


TELLS = {
    "modes": lambda seen, floor: seen < floor,
    "near_modes": lambda seen, floor: seen < floor,
    "high_quality": lambda seen, floor: abs(seen - floor) > 0.009,
    "spread": lambda seen, floor: abs(seen - floor) > 0.05,
    "mode_kl": lambda seen, floor: seen > 3 * floor,
    # the distance between two finite samples varies much, as the modes' shares do and modes lie apart
    "sliced_w2": lambda seen, floor: seen > 5 * floor,
    "emd": lambda seen, floor: seen > 5 * floor,
    "jsd": lambda seen, floor: seen > 1.4 * floor,
}
"""How far from its floor a metric has to be."""


@pytest.mark.parametrize("metric", SAMPLE_METRICS)
@pytest.mark.parametrize("fault", [perfect, *FAULTS], ids=lambda fault: fault.__name__)
def test_who_sees_which_fault(fault, metric: str) -> None:  # type: ignore[no-untyped-def]
    for data in (Ring(), Grid()):
        floor = floors(data, N)[metric]
        seen = score(fault(draw(data, 50 * N), data)[:N], data)[metric]
        tells = TELLS[metric](seen, floor)
        assert tells == (fault in MOVED[metric]), (data.name, seen, floor)


@every_mixture
def test_counts_are_scikit_learns_nearest_centres(data: Plane) -> None:
    samples, parts = 1.05 * draw(data), data.parts()
    centres = parts.centres.double().numpy()
    index = pairwise_distances_argmin(samples.numpy(), centres)
    good = cdist(samples, centres).min(1) <= 3 * parts.sigma
    hits = np.bincount(index[good], minlength=len(centres))
    near = np.bincount(index, minlength=len(centres))
    fair = N * parts.shares.double().numpy()
    seen = score(samples, data)
    assert seen["high_quality"] == pytest.approx(good.mean(), abs=1e-12)
    assert seen["modes"] == (hits >= 0.2 * fair).sum()
    assert seen["near_modes"] == (near >= 0.2 * fair).sum()
