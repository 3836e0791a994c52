"""How much an iteration of a run costs, before it is tried."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

from ganplay.nets import dcgan

if TYPE_CHECKING:
    from ganplay.config import RunConfig


def work_of(config: RunConfig) -> float:
    """Multiplications in one iteration, roughly: three for each weight and each place it is used at."""
    g, d, shape = config.generator, config.discriminator, config.data.shape
    size, pack = math.prod(shape), config.aids.pack
    if g.kind == "dcgan":
        for_g = dcgan.work_of_generator(config.latent.dim, g.hidden, shape)
    else:
        for_g = _products((config.latent.dim, *g.hidden, size))
    if d.kind == "dcgan":
        for_d = dcgan.work_of_discriminator((pack * shape[0], *shape[1:]), d.hidden)
    else:
        for_d = _products((pack * (size + 2 * d.fourier_features), *d.hidden, 1))
    for_d //= pack  # which judges that many samples as one
    updates = g.steps * (1 + config.aids.unroll) + d.steps + config.vae.on
    return 3.0 * updates * config.batch_size * (for_g + for_d)


def _products(widths: Sequence[int]) -> int:
    return sum(a * b for a, b in pairwise(widths))
