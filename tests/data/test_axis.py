"""The distributions on a line, against SciPy."""

import numpy as np
import pytest
import torch
from scipy import integrate, stats

from ganplay.data import AXIS, Axis, Gaussian1D, Mixture1D
from ganplay.data.axis import REACH

WIDE = Mixture1D(first_mean=3.0, first_sigma=0.1, second_mean=-2.0, second_sigma=1.0, share=0.3)
EXAMPLES: list[Axis] = [Gaussian1D(), Gaussian1D(mean=-4.0, sigma=2.0), Mixture1D(), WIDE]

every_example = pytest.mark.parametrize("data", EXAMPLES, ids=repr)


def modes(data: Axis) -> list[tuple[float, float, float]]:
    """Mass, mean and deviation of each, by the names of the options."""
    o = data.model_dump()
    if data.name == "gaussian_1d":
        return [(1.0, o["mean"], o["sigma"])]
    first, second = (o["first_mean"], o["first_sigma"]), (o["second_mean"], o["second_sigma"])
    return [(o["share"], *first), (1 - o["share"], *second)]


def pdf(data: Axis, x: float) -> float:
    return sum(w * float(stats.norm.pdf(x, m, s)) for w, m, s in modes(data))


def cdf(data: Axis, x: np.ndarray) -> np.ndarray:
    return np.sum([w * stats.norm.cdf(x, m, s) for w, m, s in modes(data)], 0)


def drawn(data: Axis, n: int = 200_000) -> torch.Tensor:
    return data.sample(n, torch.Generator().manual_seed(0))


def test_every_one_has_an_example() -> None:
    assert {type(data) for data in EXAMPLES} == set(AXIS.values())


@every_example
def test_density_is_scipys(data: Axis) -> None:
    x = torch.linspace(-REACH, REACH, 41, dtype=torch.float64)
    log_prob = data.log_prob(x[:, None])
    assert log_prob.shape == (41,)
    by_scipy = np.array([pdf(data, v) for v in x.tolist()])
    np.testing.assert_allclose(log_prob.exp().numpy(), by_scipy, rtol=1e-9, atol=1e-300)
    assert torch.autograd.gradcheck(data.log_prob, (x[10:14, None].requires_grad_(),))
    whole, _ = integrate.quad(lambda v: pdf(data, v), -20, 20, points=(-4, -2, 1, 3), limit=200)
    assert whole == pytest.approx(1, abs=1e-8)


@every_example
def test_density_keeps_shape_and_precision_far_out(data: Axis) -> None:
    x = torch.tensor([[[50.0], [-50.0]], [[0.0], [1.0]]], dtype=torch.float64)
    assert data.log_prob(x).shape == (2, 2)
    assert data.log_prob(x).isfinite().all()
    assert data.log_prob(x.float()).dtype == torch.float32


@every_example
def test_portion_below_is_scipys(data: Axis) -> None:
    x = torch.linspace(-REACH, REACH, 41, dtype=torch.float64)
    np.testing.assert_allclose(data.below(x).numpy(), cdf(data, x.numpy()), atol=1e-12)


@every_example
def test_samples_follow_the_density(data: Axis) -> None:
    samples = drawn(data)[:, 0].double().numpy()
    found = stats.kstest(samples, lambda x: cdf(data, x))
    assert found.pvalue > 1e-4


@every_example
def test_shares_are_the_portions_nearest_to_each_mode(data: Axis) -> None:
    parts = data.parts()
    assert parts.centres.shape == (len(modes(data)), 1)
    assert parts.centres[:, 0].tolist() == pytest.approx([m for _, m, _ in modes(data)])
    nearest = torch.cdist(drawn(data), parts.centres).argmin(-1)
    assert torch.equal(data.part_of(drawn(data)), nearest)
    counted = torch.bincount(nearest, minlength=len(parts.centres)) / len(nearest)
    torch.testing.assert_close(counted, parts.shares, atol=0.004, rtol=0)
    assert float(parts.shares.sum()) == pytest.approx(1)


def test_width_of_the_modes_is_told_where_it_is_one() -> None:
    assert Gaussian1D(sigma=0.7).parts().sigma == 0.7
    assert Mixture1D(first_sigma=0.3, second_sigma=0.3).parts().sigma == 0.3
    assert WIDE.parts().sigma is None


@every_example
def test_the_axis_holds_the_data(data: Axis) -> None:
    assert data.extent == REACH
    assert data.shape == (1,)
    assert (drawn(data).abs() <= REACH).double().mean() >= 0.998


def test_the_axis_holds_the_widest_data_there_may_be() -> None:
    extreme = Gaussian1D(mean=5.0, sigma=2.0)
    assert 1 - float(extreme.below(torch.tensor(REACH))) == pytest.approx(stats.norm.sf(2.5))
