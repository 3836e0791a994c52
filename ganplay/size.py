"""How many weights the nets of a run have, before any is made."""

import math
from collections.abc import Sequence
from itertools import pairwise

from ganplay.config import RunConfig
from ganplay.nets import dcgan


def weights_of(config: RunConfig) -> dict[str, int]:
    """Those of a generator and of a discriminator, without biases, normalisations and waves."""
    return {"generator": _of_generator(config), "discriminator": _of_discriminator(config)}


def _of_generator(config: RunConfig) -> int:
    net, latent, shape = config.generator, config.latent.dim, config.data.shape
    if net.kind == "shift":
        return 0
    if net.kind == "mlp":
        return _products((latent, *net.hidden, math.prod(shape)))
    start = shape[-1] >> len(net.hidden)
    return latent * net.hidden[0] * start**2 + _kernels((*net.hidden, shape[0]))


def _of_discriminator(config: RunConfig) -> int:
    net, shape, pack = config.discriminator, config.data.shape, config.aids.pack
    if net.kind == "mlp":
        return _products((pack * math.prod(shape), *net.hidden, 1))
    halved = dcgan.halvings(shape[-1], len(net.hidden))
    maps = (pack * shape[0], *net.hidden[:halved])
    flat = maps[-1] * (shape[-1] >> halved) ** 2
    return _kernels(maps) + _products((flat, *net.hidden[halved:], 1))


def _kernels(maps: Sequence[int]) -> int:
    return dcgan.KERNEL**2 * _products(maps)


def _products(widths: Sequence[int]) -> int:
    return sum(a * b for a, b in pairwise(widths))
