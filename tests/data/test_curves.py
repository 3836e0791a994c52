"""The curves against known shapes, and their densities against scipy's quadrature."""

import math

import numpy as np
import pytest
import torch
from scipy import integrate, stats
from sklearn.datasets import make_moons, make_swiss_roll

from ganplay.data import Line, Spiral, SwissRoll, TwoMoons
from ganplay.data.blurred import Blurred
from ganplay.data.curves import Curve

CURVES = [TwoMoons, Spiral, SwissRoll, Line]


def simpson(data: Curve, point: np.ndarray) -> float:
    """p(point) by Simpson's rule on 2 x 100,001 values of t, the jump at 1/2 left out."""
    total = 0.0
    for low, high in ((0, np.nextafter(0.5, 0)), (0.5, np.nextafter(1, 0))):
        t = np.linspace(low, high, 100_001)
        squared = ((data.curve(torch.from_numpy(t)).numpy() - point) ** 2).sum(1)
        total += integrate.simpson(np.exp(-squared / (2 * data.sigma**2)), x=t)
    return total / (2 * math.pi * data.sigma**2)


@pytest.mark.parametrize("sigma", [0.02, 0.05, 0.5])
@pytest.mark.parametrize("kind", CURVES)
def test_log_prob_is_the_integral_over_the_curve(kind: type[Curve], sigma: float) -> None:
    data = kind(sigma=sigma)
    generator = torch.Generator().manual_seed(0)
    ends = torch.tensor([0, 0.5 - 1e-9, 0.5, 1 - 1e-9], dtype=torch.float64)
    t = torch.cat((ends, torch.rand(8, generator=generator, dtype=torch.float64)))
    noise = torch.randn(len(t), 2, generator=generator, dtype=torch.float64)
    points = data.curve(t) + 2 * sigma * noise
    expected = [math.log(simpson(data, point)) for point in points.numpy()]
    np.testing.assert_allclose(data.log_prob(points).numpy(), expected, atol=1e-6, rtol=0)


def test_closed_form_of_the_line_is_the_integral_over_it() -> None:
    data = Line(length=1.5, angle=30.0, sigma=0.1)
    cos, sin = math.sqrt(3) / 2, 0.5
    for along, across in ((0.0, 0.0), (0.3, 0.2), (0.75, -0.1), (1.2, 0.0)):
        point = torch.tensor(
            [cos * along - sin * across, sin * along + cos * across], dtype=torch.float64
        )
        blur = integrate.quad(lambda s, u=along: stats.norm.pdf(u - s, scale=0.1), -0.75, 0.75)[0]
        expected = math.log(blur / 1.5 * stats.norm.pdf(across, scale=0.1))
        assert float(data.log_prob(point)) == pytest.approx(expected, abs=1e-9)
        assert float(Blurred.log_prob(data, point)) == pytest.approx(expected, abs=1e-6)


def test_line_has_no_holes_far_away() -> None:
    far = Line(sigma=0.02, angle=0.0).log_prob(torch.tensor([[50.0, 0.0], [0.0, 50.0]]))
    assert torch.isfinite(far).all()


def test_moons_are_those_of_scikit_learn() -> None:
    moons, _ = make_moons(200, shuffle=False)
    half = torch.linspace(0, 0.5 - 1e-12, 100, dtype=torch.float64)
    curve = TwoMoons().curve(torch.cat((half, half + 0.5))).numpy()
    np.testing.assert_allclose(curve * 0.75 + [0.5, 0.25], moons, atol=1e-10)


def test_roll_is_that_of_scikit_learn() -> None:
    points, angle = make_swiss_roll(100, random_state=0)
    t = torch.from_numpy((angle / (1.5 * math.pi) - 1) / 2)
    scaled = points[:, [0, 2]] * 2 / (4.5 * math.pi)
    np.testing.assert_allclose(SwissRoll().curve(t), scaled, atol=1e-12)


def test_arms_of_the_spiral_mirror_each_other_and_stay_apart() -> None:
    t = torch.linspace(0, 0.5, 300, dtype=torch.float64)[:-1]
    one, other = Spiral().curve(t), Spiral().curve(t + 0.5)
    torch.testing.assert_close(one, -other)
    assert torch.cdist(one, other).min() > 0.5
    steps = one.diff(dim=0).norm(dim=-1)
    assert steps.max() < 1.3 * steps.min(), "points crowd somewhere along the arm"


@pytest.mark.parametrize("kind", CURVES[:3])
def test_curve_fills_the_picture(kind: type[Curve]) -> None:
    points = kind().curve(torch.linspace(0, 1, 5001, dtype=torch.float64)[:-1])
    assert 1.9 < points.abs().max() <= 2.01
    low, high = points.min(0).values, points.max(0).values
    assert ((high - low) > 1.9).all()
    assert (high + low).abs().max() < 0.6


def test_line_has_its_length_and_angle() -> None:
    ends = Line(length=3.0, angle=90.0).curve(torch.tensor([0.0, 1.0]))
    torch.testing.assert_close(ends, torch.tensor([[0.0, -1.5], [0.0, 1.5]]))


@pytest.mark.parametrize("kind", CURVES)
def test_parts_are_eight_arcs(kind: type[Curve]) -> None:
    parts = kind().parts()
    middles = torch.tensor([1, 3, 5, 7, 9, 11, 13, 15]) / 16
    torch.testing.assert_close(parts.centres, kind().curve(middles))
    assert parts.sigma is None
