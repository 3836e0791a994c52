"""A transposed convolution by hand against PyTorch's, read in both ways."""

import pytest
import torch
from torch import Generator, Tensor
from torch.nn import functional

from ganplay.latent.growing import EXAMPLE, Transposed, strongest


def random(*shape: int) -> Tensor:
    rng = Generator().manual_seed(sum(shape))
    return torch.randn(*shape, generator=rng, dtype=torch.float64)


CASES = [EXAMPLE] + [
    Transposed(random(m, m), random(k, k), stride)
    for m in (1, 2, 3) for k in (1, 2, 3, 4) for stride in (1, 2, 3)
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda c: f"{len(c.x)}-{len(c.kernel)}-{c.stride}")
def test_both_ways_are_pytorchs(case: Transposed) -> None:
    truth = functional.conv_transpose2d(
        case.x[None, None], case.kernel[None, None], stride=case.stride
    )[0, 0]
    side = (len(case.x) - 1) * case.stride + len(case.kernel)
    assert case.output.shape == (side, side)
    torch.testing.assert_close(case.output, truth)
    torch.testing.assert_close(case.stamps.sum(0), truth)
    assert len(case.stamps) == case.x.numel()
    by_convolution = functional.conv2d(case.spread[None, None], case.turned[None, None])[0, 0]
    torch.testing.assert_close(by_convolution, truth)


def test_the_example_goes_from_2x2_over_7x7_to_5x5() -> None:
    assert EXAMPLE.x.shape == (2, 2)
    assert EXAMPLE.output.shape == (5, 5)
    x, z = EXAMPLE.x, torch.zeros(7, 7)
    z[2, 2], z[2, 4], z[4, 2], z[4, 4] = x[0, 0], x[0, 1], x[1, 0], x[1, 1]
    assert torch.equal(EXAMPLE.spread, z)
    assert not torch.equal(EXAMPLE.turned, EXAMPLE.kernel), "else nobody sees that it is turned"
    assert not torch.equal(EXAMPLE.turned, EXAMPLE.kernel.mT)
    assert EXAMPLE.products.shape == (5, 5, 3, 3)


def test_it_is_the_way_back_through_a_convolution() -> None:
    case = Transposed(random(3, 3), random(4, 4), 2)
    place = torch.zeros(1, 1, 8, 8, dtype=torch.float64, requires_grad=True)
    seen = functional.conv2d(place, case.kernel[None, None], stride=2)
    (gradient,) = torch.autograd.grad(seen, place, case.x[None, None])
    torch.testing.assert_close(case.output, gradient[0, 0])


@pytest.mark.parametrize(("count", "order"), [(2, [2, 0]), (9, [2, 0, 1])])
def test_the_strongest_maps_come_first(count: int, order: list[int]) -> None:
    maps = torch.zeros(3, 2, 2)
    maps[0], maps[2, 1, 1] = -1.0, 4.0
    maps[1] = 0.5
    assert strongest(maps, count).tolist() == order
