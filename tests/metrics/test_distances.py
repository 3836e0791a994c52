"""Distances against closed forms, SciPy's assignment, and a sliced W2 written out in numpy."""

import math

import numpy as np
import pytest
import torch
from scipy.optimize import linear_sum_assignment
from torch import Tensor

from ganplay.metrics import emd, sliced_w2

SHIFTS = [(3.0, 4.0), (0.5, 0.0), (-1.0, 2.0)]


def normal(n: int, seed: int = 0) -> Tensor:
    return torch.randn(n, 2, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


@pytest.mark.parametrize("shift", SHIFTS, ids=str)
def test_emd_of_a_shift_is_its_length(shift: tuple[float, float]) -> None:
    samples = normal(200)
    moved = (samples + torch.tensor(shift))[torch.randperm(200)]
    assert emd(samples, moved) == pytest.approx(math.hypot(*shift), rel=1e-9)


def test_emd_is_the_best_assignment() -> None:
    a, b = normal(60), 2 * normal(60, 1) + 1
    cost = torch.cdist(a, b).numpy()
    expected = cost[linear_sum_assignment(cost)].mean()
    assert emd(a, b) == pytest.approx(expected, rel=1e-9)
    assert expected < 0.9 * cost.diagonal().mean(), "any pairing would pass"


def test_emd_of_two_points_by_hand() -> None:
    a, b = torch.tensor([[0.0, 0.0], [1.0, 0.0]]), torch.tensor([[1.0, 1.0], [0.0, 2.0]])
    assert emd(a, b) == pytest.approx(1.5, rel=1e-6)


@pytest.mark.parametrize("shift", SHIFTS, ids=str)
def test_sliced_w2_of_a_shift(shift: tuple[float, float]) -> None:
    """W2 of a shift d along a direction w is |d w|, whose mean square over w in 2-D is |d|^2 / 2."""
    samples, d = normal(100), torch.tensor(shift)
    expected = math.hypot(*shift) / math.sqrt(2)
    assert sliced_w2(samples, samples + d, 2000) == pytest.approx(expected, rel=0.02)
    assert sliced_w2(samples, samples + d) == pytest.approx(expected, rel=0.2)


def test_sliced_w2_is_the_mean_over_angles() -> None:
    a, b = normal(100).numpy(), (normal(100, 1) * torch.tensor([3.0, 0.5])).numpy()
    angles = np.arange(3600) * math.pi / 3600
    sides = np.stack((np.cos(angles), np.sin(angles)))
    squares = (np.sort(a @ sides, axis=0) - np.sort(b @ sides, axis=0)) ** 2
    expected = math.sqrt(squares.mean())
    seen = sliced_w2(torch.from_numpy(a), torch.from_numpy(b), 2000)
    assert seen == pytest.approx(expected, rel=0.02)


@pytest.mark.parametrize("distance", [emd, sliced_w2])
def test_is_a_symmetric_number_above_a_floor(distance) -> None:  # type: ignore[no-untyped-def]
    a, b = normal(256).float(), normal(256, 1).float()
    assert distance(a, a) == pytest.approx(0, abs=1e-6)
    assert distance(a, b) == pytest.approx(distance(b, a), rel=1e-9)
    assert distance(a, b) == distance(a, b), "draws new directions each time"
    assert 0.05 < distance(a, b) < 0.4, "the floor of 256 samples"
