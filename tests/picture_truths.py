"""What measures of pictures read off runs that make pictures which are known."""

import math
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
import torch
from scipy.spatial.distance import pdist
from torch import Tensor

from ganplay.config import RunConfig
from ganplay.measures import MEASURES
from ganplay.metrics.judge import judge
from ganplay.observe import PictureLook
from ganplay.trainer import Trainer
from tests.gallery import digits, look_at, of_class

Pairs = Iterator[tuple[float, Any]]

PICTURES = {"data.name": "mnist", "generator.hidden": (7, 5), "discriminator.hidden": (6,),
            "batch_size": 9, "latent.dim": 3}  # fmt: skip
N = PictureLook.samples


def look_on(pictures: Tensor, **fields: Any) -> PictureLook:
    return look_at(Trainer(RunConfig().updated(PICTURES | fields)), pictures)


def nan() -> Any:
    return pytest.approx(math.nan, nan_ok=True)


def some(*classes: int) -> Tensor:
    """As many real digits of each kind, in turns."""
    count = math.ceil(N / len(classes))
    return torch.stack([of_class(digit, count) for digit in classes], 1).flatten(0, 1)[:N]


def of_digits() -> Pairs:
    measure = MEASURES["digits"].value
    yield measure(look_on(digits(N))), 10
    yield measure(look_on(some(0, 1, 2, 3))), 4
    yield measure(look_on(some(6, 7))), 2
    yield measure(look_on(of_class(7, 1))), 1
    # a fifth of a fair share of 128 are 2.5 pictures
    for count in (1, 7):
        yield measure(look_on(torch.cat((some(3)[:-count], of_class(0, count))))), 1 + (count > 3)
    yield measure(look_on(digits(N).repeat(1, 3, 1, 1), **{"data.name": "stacked_mnist"})), nan()
    yield measure(look_on(torch.full((1, 1, 28, 28), math.nan))), nan()


def confident() -> Pairs:
    measure = MEASURES["confident"].value
    real, other = digits(N), digits(N, 1)
    for pictures in (real, 0.5 * real + 0.5 * other, 0.2 * real - 0.8, real.flip(-1)):
        seen = look_on(pictures)
        with torch.no_grad():
            odds = torch.nn.functional.softmax(judge().logits(judge().features(seen.fake)), 1)
        yield measure(seen), pytest.approx((odds.max(1).values >= 0.9).float().mean().item())
    clear = odds.amax(1).argmax()
    yield measure(look_on(real.flip(-1)[clear : clear + 1])), 1
    assert measure(look_on(real)) > 0.9 > 0.6 > measure(look_on(0.5 * real + 0.5 * other))
    yield measure(look_on(real * math.inf)), nan()


def of_variety() -> Pairs:
    measure = MEASURES["variety"].value
    yield measure(look_on(of_class(4, 1))), 0
    seen = look_on(digits(N))
    for own, known in ((seen.real, 1), (0.3 * seen.real + 0.2, 0.3), (-seen.real, 1)):
        yield measure(look_on(own)), pytest.approx(known, rel=1e-5)
    distances = [pdist(x.flatten(1).double().numpy()).mean() for x in (seen.fake, seen.real)]
    yield measure(seen), pytest.approx(distances[0] / distances[1])
    # two pictures in equal parts: of N^2 / 2 pairs N^2 / 4 are of both
    pair = digits(2)
    apart = (pair[0] - pair[1]).norm().item() * (N / 2) ** 2 / (N * (N - 1) / 2)
    yield measure(look_on(pair)), pytest.approx(apart / distances[1], rel=1e-6)
    yield measure(look_on(digits(N) * math.nan)), nan()


def edges(x: Tensor) -> float:
    """The mean squared step to the right and downwards."""
    values = x.double().numpy()
    right, down = values[..., 1:] - values[..., :-1], values[..., 1:, :] - values[..., :-1, :]
    return float(np.square(right).mean() + np.square(down).mean())


def of_sharpness() -> Pairs:
    measure = MEASURES["sharpness"].value
    yield measure(look_on(torch.zeros(1, 1, 28, 28))), 0
    real = look_on(digits(N)).real
    for own, known in ((real, 1), (0.5 * real, 0.25), (real.mT, 1), (0.9 * real.flip(-2), 0.81)):
        yield measure(look_on(own)), pytest.approx(known, rel=1e-5)
    blurred = torch.nn.functional.avg_pool2d(real, 3, 1, 1)
    yield measure(look_on(blurred)), pytest.approx(edges(blurred) / edges(real))
    assert 0.2 < measure(look_on(blurred)) < 0.7
    # every step of a board of one-pixel squares is of 2
    board = 2.0 * (torch.arange(28)[:, None] + torch.arange(28)).remainder(2) - 1
    yield measure(look_on(board.view(1, 1, 28, 28))), pytest.approx(8 / edges(real))
    yield measure(look_on(real * math.inf)), nan()


def of_vae_sharpness() -> Pairs:
    measure = MEASURES["vae_sharpness"].value
    yield measure(look_on(digits(N))), nan()
    for factor in (1, 0.5, 0):
        seen = look_on(digits(N), **{"vae.on": True})
        made = factor * digits(N, 5)
        vae = seen.stack.vae
        assert vae
        vae.generate = lambda z, k, made=made: made[: len(z)]  # type: ignore[method-assign]
        yield measure(seen), pytest.approx(factor**2 * edges(digits(N, 5)) / edges(seen.real))
    seen = look_on(digits(N), **{"vae.on": True})  # its noise is not part of it
    assert seen.by_vae is not None
    assert edges(seen.by_vae) > 3 * measure(seen) * edges(seen.real)
    vae = seen.stack.vae
    assert vae
    vae.decoder.net.flat.fill_(math.nan)
    yield measure(look_at_again(seen)), nan()


def look_at_again(seen: PictureLook) -> PictureLook:
    return PictureLook(seen.stack, seen.k)


PICTURE_TRUTHS = {
    "digits": of_digits,
    "confident": confident,
    "variety": of_variety,
    "sharpness": of_sharpness,
    "vae_sharpness": of_vae_sharpness,
}
