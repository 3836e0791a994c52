"""Ways between z against closed forms in float64."""

import math

import numpy as np
import pytest
import torch
from torch import Tensor

from ganplay.latent.paths import FADE, WAYS, between, grid, lengths, linear, path, spherical
from tests.latent.small import small_model

T = torch.linspace(0, 1, 9, dtype=torch.float64)[:, None]


def draws(n: int, dim: int = 64, seed: int = 0) -> Tensor:
    rng = torch.Generator().manual_seed(seed)
    return torch.randn(n, dim, generator=rng, dtype=torch.float64)


def shoemake(a: Tensor, b: Tensor, t: float) -> Tensor:
    """The textbook formula for directions, by acos, with the length between those of the ends."""
    long_a, long_b = float(a.norm()), float(b.norm())
    angle = math.acos(float(a @ b) / long_a / long_b)
    from_, to = math.sin((1 - t) * angle), math.sin(t * angle)
    unit = (from_ * a / long_a + to * b / long_b) / math.sin(angle)
    return unit * ((1 - t) * long_a + t * long_b)


@pytest.mark.parametrize("seed", range(5))
def test_spherical_is_shoemakes_formula(seed: int) -> None:
    a, b = draws(2, seed=seed)
    made = spherical(a, 3 * b, T)
    for t, each in zip(T[:, 0].tolist(), made, strict=True):
        torch.testing.assert_close(each, shoemake(a, 3 * b, t), rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("gap", [1e-3, 1e-6, 1e-9])
@pytest.mark.parametrize("away", [False, True])
def test_an_arc_turns_evenly_even_between_almost_parallel_z(gap: float, away: bool) -> None:
    a = torch.zeros(5, dtype=torch.float64)
    a[0] = 2.0
    angle = math.pi - gap if away else gap
    b = 2 * torch.tensor([math.cos(angle), math.sin(angle), 0, 0, 0], dtype=torch.float64)
    made = spherical(a, b, T)
    truth = torch.stack([2 * (T[:, 0] * angle).cos(), 2 * (T[:, 0] * angle).sin()], 1)
    if away and gap < 1e-6:  # in which plane is then beyond rounding, that it is half a turn isn't
        steps = (made[1:] - made[:-1]).norm(dim=1)
        torch.testing.assert_close(steps, steps.mean().expand(8), rtol=1e-6, atol=0)
        torch.testing.assert_close(made.norm(dim=1), torch.full((9,), 2.0).double())
    else:
        torch.testing.assert_close(made[:, :2], truth, rtol=0, atol=1e-9)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_an_arc_to_the_opposite_point_is_half_a_turn(dtype: torch.dtype) -> None:
    a = draws(1)[0].to(dtype)
    made = spherical(a, -a, T.to(dtype))
    assert made.isfinite().all()
    torch.testing.assert_close(made.norm(dim=1), a.norm().expand(9), rtol=1e-5, atol=0)
    cosines = made @ a / a.square().sum()
    torch.testing.assert_close(cosines, (math.pi * T[:, 0].to(dtype)).cos(), rtol=0, atol=1e-5)
    assert torch.equal(made, spherical(a, -a, T.to(dtype)))


@pytest.mark.parametrize("way", WAYS.values(), ids=list(WAYS))
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_the_ends_are_the_anchors_to_the_last_bit(way: object, dtype: torch.dtype) -> None:
    assert callable(way)
    a, b = draws(2).to(dtype)
    for one, other in ((a, b), (a, a), (a, -a), (a, 1e-20 * b), (torch.zeros_like(a), b)):
        made = way(one, other, T.to(dtype))
        assert torch.equal(made[0], one)
        assert torch.equal(made[-1], other)
        assert made.isfinite().all()


def test_linear_is_straight_and_even() -> None:
    a, b = draws(2)
    made = linear(a, b, T)
    torch.testing.assert_close(made, a + T * (b - a), rtol=1e-14, atol=1e-14)


def test_lengths_on_the_way() -> None:
    """An arc changes length evenly; the middle of a straight way between orthogonal z of length r has
    r / sqrt 2."""
    a, b = torch.eye(4, dtype=torch.float64)[:2] * torch.tensor([[3.0], [5.0]]).double()
    torch.testing.assert_close(spherical(a, b, T).norm(dim=1), 3 + 2 * T[:, 0])
    assert lengths(linear(a, a.roll(1), T)) == pytest.approx((3 / math.sqrt(2), 3))


@pytest.mark.parametrize("way", WAYS.values(), ids=list(WAYS))
@pytest.mark.parametrize("closed", [False, True])
def test_a_path_is_its_legs_one_after_the_other(way: object, closed: bool) -> None:
    assert callable(way)
    anchors = draws(4, 7)
    made = path(anchors, 5, way, closed)
    assert made.shape == (20 if closed else 16, 7)
    for n in range(len(made)):
        leg, t = divmod(n, 5)
        expected = way(
            anchors[leg], anchors[(leg + 1) % 4], torch.tensor([t / 5], dtype=torch.float64)
        )
        torch.testing.assert_close(made[n], expected, rtol=1e-13, atol=1e-13)
    assert torch.equal(made[::5], anchors)


def test_a_cross_fade_is_the_straight_way_between_pictures() -> None:
    model = small_model()
    z = model.noise(3, 0)
    made = between(model, z, lambda ends, way: path(ends, 4, way))
    assert list(made) == [*WAYS, FADE]
    first, second, third = model.generate(z)
    torch.testing.assert_close(made[FADE][2], (first + second) / 2)
    torch.testing.assert_close(made[FADE][7], 0.25 * second + 0.75 * third)
    for name, way in WAYS.items():
        torch.testing.assert_close(made[name], model.generate(path(z, 4, way)), rtol=0, atol=1e-5)
        torch.testing.assert_close(made[name][::4], model.generate(z), rtol=0, atol=1e-5)
        assert (made[name] - made[FADE])[2].abs().max() > 1e-4


@pytest.mark.parametrize("way", WAYS.values(), ids=list(WAYS))
def test_corners_of_a_grid_in_reading_order(way: object) -> None:
    assert callable(way)
    corners = draws(4, 3)
    made = grid(corners, 5, way).view(5, 5, 3)
    for corner, (row, column) in enumerate([(0, 0), (0, -1), (-1, 0), (-1, -1)]):
        assert torch.equal(made[row, column], corners[corner])
    torch.testing.assert_close(made[0], way(corners[0], corners[1], T[::2]))
    torch.testing.assert_close(made[:, 0], way(corners[0], corners[2], T[::2]))


def test_a_straight_grid_is_bilinear() -> None:
    corners = draws(4, 12).view(4, 3, 2, 2)  # as pictures are
    made = grid(corners, 4, linear)
    known = corners.numpy()
    for n in range(16):
        y, x = n // 4 / 3, n % 4 / 3
        shares = np.array([(1 - y) * (1 - x), (1 - y) * x, y * (1 - x), y * x])
        truth = torch.from_numpy(np.tensordot(shares, known, 1))
        torch.testing.assert_close(made[n], truth, rtol=1e-12, atol=1e-12)


def test_a_grid_of_arcs_stays_on_the_sphere() -> None:
    corners = torch.nn.functional.normalize(draws(4, 9)) * 3
    torch.testing.assert_close(
        grid(corners, 6, spherical).norm(dim=1), torch.full((36,), 3.0).double()
    )
