"""Pictures changed at random, so that a classifier learns what stays the same.

All but `moved` take pictures [n, c, h, w] of -1..1 as floating point, and change each picture by an
amount of its own.
"""

import torch
from torch import Generator, Tensor
from torch.nn import functional


def uniform(low: float, high: float, like: Tensor, rng: Generator, *shape: int) -> Tensor:
    """Random numbers from `low` to `high`, as many as pictures [n, ...] in shape [n, *shape]."""
    drawn = torch.rand(len(like), *shape, generator=rng)
    return (low + (high - low) * drawn).to(like.device)


def moved(pictures: Tensor, most: int, rng: Generator) -> Tensor:
    """Each of [n, 1, 28, 28] uint8 moved by up to `most` pixels, onto black."""
    n, _, height, width = pictures.shape
    padded = functional.pad(pictures, (most,) * 4)[:, 0]
    down, right = torch.randint(2 * most + 1, (2, n, 1), generator=rng).to(pictures.device)
    row, column = (torch.arange(size, device=pictures.device) for size in (height, width))
    image = torch.arange(n, device=pictures.device)[:, None, None]
    return padded[image, (down + row)[:, :, None], (right + column)[:, None, :]][:, None]


CLEAN = 0.15
"""The share of another picture over one up to which one is still what it was."""


def laid_over(pictures: Tensor, targets: Tensor, rng: Generator) -> tuple[Tensor, Tensor]:
    """Half of the pictures with up to half of another over them, and targets [n, T] that are mixed
    likewise (Zhang et al. 2018), from CLEAN of the other on."""
    share = uniform(-0.5, 0.5, pictures, rng).clamp_(min=0)
    other = torch.randperm(len(pictures), generator=rng).to(pictures.device)
    heard = ((share - CLEAN) / (1 - 2 * CLEAN)).clamp_(min=0)
    mixed = torch.lerp(pictures, pictures[other], share.view(-1, 1, 1, 1))
    return mixed, torch.lerp(targets, targets[other], heard[:, None])


def coloured(pictures: Tensor, rng: Generator) -> Tensor:
    """In false colours: each channel gets some of the others and is lighter or darker."""
    channels = pictures.shape[1]
    mix = uniform(-0.35, 0.35, pictures, rng, channels, channels)
    mix += torch.eye(channels, device=mix.device)
    shift = uniform(-0.3, 0.3, pictures, rng, channels, 1, 1)
    return torch.einsum("nij,njhw->nihw", mix, pictures) + shift


def contrasted(pictures: Tensor, rng: Generator) -> Tensor:
    """With more or less contrast."""
    return pictures * uniform(0.4, 1.3, pictures, rng, 1, 1, 1)


def softened(pictures: Tensor, rng: Generator) -> Tensor:
    """Blurred or sharpened, by the mean of 3 x 3 pixels."""
    padded = functional.pad(pictures, (1,) * 4, mode="replicate")
    soft = functional.avg_pool2d(padded, 3, 1)
    return torch.lerp(pictures, soft, uniform(-0.5, 0.8, pictures, rng, 1, 1, 1))


def striped(pictures: Tensor, rng: Generator) -> Tensor:
    """Half of them with every second, third or fourth line darker, across or down."""
    side = pictures.shape[-1]
    every, first = torch.randint(2, 5, (2, len(pictures), 1), generator=rng).to(pictures.device)
    on = (torch.arange(side, device=pictures.device) + first) % every == 0
    dark = on * uniform(-0.6, 0.6, pictures, rng, 1).clamp_(min=0)
    across = uniform(0, 1, pictures, rng, 1, 1) < 0.5
    keep = 1 - torch.where(across, dark[:, None, :], dark[:, :, None])
    return pictures * keep[:, None]


def noisy(pictures: Tensor, most: float, rng: Generator) -> Tensor:
    """With white noise of a standard deviation up to `most`."""
    noise = torch.randn(pictures.shape, generator=rng).to(pictures.device)
    return pictures + noise * uniform(0, most, pictures, rng, 1, 1, 1)


def warped(pictures: Tensor, rng: Generator) -> Tensor:
    """Turned, slanted, stretched and moved a little, and rippled (Simard et al. 2003); what comes in
    from outside is as at the edge."""
    n, _, height, width = pictures.shape
    matrix = uniform(-0.25, 0.25, pictures, rng, 2, 2) + torch.eye(2, device=pictures.device)
    shift = uniform(-0.12, 0.12, pictures, rng, 2, 1)
    grid = functional.affine_grid(torch.cat([matrix, shift], 2), [n, 1, height, width], False)
    ripple = uniform(-0.15, 0.15, pictures, rng, 2, 6, 6)
    fine = functional.interpolate(ripple, (height, width), mode="bicubic", align_corners=False)
    return functional.grid_sample(
        pictures, grid + fine.movedim(1, 3), padding_mode="border", align_corners=False
    )


def thickened(pictures: Tensor, rng: Generator) -> Tensor:
    """Bright strokes made up to a pixel wider or narrower on each side."""
    wider = functional.max_pool2d(pictures, 3, 1, 1)
    narrower = -functional.max_pool2d(-pictures, 3, 1, 1)
    much = uniform(-0.7, 0.7, pictures, rng, 1, 1, 1)
    return torch.where(
        much > 0, torch.lerp(pictures, wider, much), torch.lerp(pictures, narrower, -much)
    )
