"""Each way to wreck a picture, against pictures of which the result is known."""

from collections.abc import Callable

import pytest
import torch
from torch import Generator, Tensor

from ganplay.data.faces import faces
from ganplay.data.pictures import scaled
from ganplay.metrics.attributes.digits import slant
from ganplay.pretrain import augment
from ganplay.pretrain.augment import (
    CLEAN,
    coloured,
    contrasted,
    laid_over,
    noisy,
    softened,
    striped,
    thickened,
    warped,
)

N = 400


def rng() -> Generator:
    return Generator().manual_seed(0)


WAYS: dict[str, Callable[[Tensor, Generator], Tensor]] = {
    "laid_over": lambda x, rng: laid_over(x, torch.zeros(len(x), 1), rng)[0],
    "coloured": coloured,
    "contrasted": contrasted,
    "softened": softened,
    "striped": striped,
    "noisy": lambda x, rng: noisy(x, 0.4, rng),
    "warped": warped,
    "thickened": thickened,
}


def test_every_way_is_here() -> None:
    ways = {name for name in dir(augment) if getattr(augment, name) in vars(augment).values()}
    public = {n for n in ways if getattr(getattr(augment, n), "__module__", "") == augment.__name__}
    assert public == WAYS.keys() | {"moved", "uniform"}


@pytest.mark.parametrize("name", WAYS)
def test_each_picture_changes_in_its_own_way_and_the_same_each_time(name: str) -> None:
    picture = scaled(faces(1, 0)[0])
    pictures = torch.cat([picture.expand(N, -1, -1, -1), scaled(faces(N, 1)[0])])
    before = pictures.clone()
    seen = WAYS[name](pictures, rng())
    assert torch.equal(pictures, before)
    assert (seen.shape, seen.dtype) == (pictures.shape, torch.float32)
    assert torch.equal(seen, WAYS[name](pictures, rng()))
    different = len({each.numpy().tobytes() for each in seen[:N]})
    assert different > N / 6, "in some ways three of four stay as they are"
    assert not torch.equal(seen, pictures)


def test_what_is_laid_over_counts_once_it_is_seen() -> None:
    """A picture is all 0 or all 1, and so is its target: each tells how much of the other it got."""
    pictures = torch.zeros(N, 1, 4, 4)
    pictures[N // 2 :] = 1
    targets = pictures[:, 0, 0, :1]
    seen, said = laid_over(pictures, targets, rng())
    share = (seen[:, 0, 0, 0] - targets[:, 0]).abs()
    heard = (said - targets)[:, 0].abs()
    torch.testing.assert_close(heard, ((share - CLEAN) / (1 - 2 * CLEAN)).clamp(min=0))
    assert 0.45 < share.max() <= 0.5
    assert heard.max() <= 0.5
    # half are left alone, and half of the others get another of their own kind
    assert (share == 0).double().mean() == pytest.approx(0.75, abs=0.1)


def test_colours_are_mixed_and_shifted_alike_all_over() -> None:
    """A linear map and a shift for each picture: its pixels fit one, found by least squares."""
    pictures = torch.rand(5, 3, 8, 8, generator=rng()) * 2 - 1
    seen = coloured(pictures, rng())
    for before, after in zip(pictures, seen, strict=True):
        pixels = torch.cat([before.flatten(1), torch.ones(1, 64)]).T
        found = torch.linalg.lstsq(pixels, after.flatten(1).T).solution
        torch.testing.assert_close(pixels @ found, after.flatten(1).T, rtol=1e-4, atol=1e-4)
        assert (found[:3] - torch.eye(3)).abs().max() <= 0.35
        assert found[3].abs().max() <= 0.3


def test_contrast_lies_in_its_range() -> None:
    seen = contrasted(torch.ones(N, 1, 2, 2), rng())
    assert 0.4 <= seen.min() < 0.45
    assert 1.25 < seen.max() <= 1.3


def test_softening_keeps_what_is_even_and_moves_edges_both_ways() -> None:
    even = torch.full((N, 1, 8, 8), 0.3)
    torch.testing.assert_close(softened(even, rng()), even)
    edge = torch.cat([torch.zeros(N, 1, 8, 4), torch.ones(N, 1, 8, 4)], 3)
    step = softened(edge, rng()).diff(dim=3)[:, 0, 4, 3]
    # the mean of 3 x 3 has a third of the step there
    assert step.min() == pytest.approx(1 - 0.8 * 2 / 3, abs=0.05)
    assert step.max() == pytest.approx(1 + 0.5 * 2 / 3, abs=0.05)


def test_stripes_run_across_or_down_every_two_to_four_lines() -> None:
    seen = striped(torch.ones(N, 3, 12, 12), rng())
    assert torch.equal(seen[:, 0], seen[:, 2])
    dark = seen[:, 0] < 1
    across, down = dark.all(2), dark.all(1)
    some = dark.flatten(1).any(1)
    assert some.double().mean() == pytest.approx(0.5, abs=0.1)
    assert torch.equal(dark.flatten(1).any(1), across.any(1) ^ down.any(1))
    assert across.any(1).double().mean() == pytest.approx(0.25, abs=0.1)
    lines = torch.where(across.any(1)[:, None], across, down)[some]
    assert set(lines.sum(1).tolist()) == {3, 4, 6}
    assert seen.min() == pytest.approx(0.4, abs=0.05)


def test_noise_is_white_and_of_any_strength_up_to_the_most() -> None:
    seen = noisy(torch.full((N, 3, 16, 16), 0.5), 0.4, rng())
    deviations = (seen - 0.5).flatten(1).std(1)
    assert deviations.min() < 0.02
    assert deviations.max() == pytest.approx(0.4, abs=0.02)
    assert deviations.mean() == pytest.approx(0.2, abs=0.02)


def test_warping_slants_both_ways_and_keeps_the_background() -> None:
    bar = torch.full((N, 1, 28, 28), -1.0)
    bar[:, :, 6:22, 12:16] = 1
    seen = warped(bar, rng())
    assert (seen[:, :, 0] == -1).double().mean() > 0.95
    slants = slant(seen)
    assert slants.mean().abs() < 0.05
    assert 0.15 < slants.std() < 0.4
    ink = (seen + 1).sum((1, 2, 3)) / 2
    assert ink.mean() == pytest.approx(64, rel=0.1)


def test_strokes_get_wider_and_narrower() -> None:
    bar = torch.full((N, 1, 28, 28), -1.0)
    bar[:, :, :, 12:16] = 1
    width = (thickened(bar, rng())[:, 0, 14] + 1).sum(1) / 2
    assert width.min() == pytest.approx(4 - 2 * 0.7, abs=0.1)
    assert width.max() == pytest.approx(4 + 2 * 0.7, abs=0.1)
