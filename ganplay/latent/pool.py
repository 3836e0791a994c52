"""Many samples of a model with what is read off them, which its directions and exemplars come from."""

from dataclasses import dataclass
from functools import lru_cache

from torch import Tensor

from ganplay.latent.model import Model
from ganplay.observe.pictures import pixels
from ganplay.snapshot import Pixels

SAMPLES = 4096
SEED = 1 << 20
"""Of their z, apart from the seeds of sheets that one picks from."""


@dataclass(frozen=True, eq=False)
class Pool:
    """z: [N, latent.dim]; pictures: [N, *shape] of 0..255; flags: [N, attributes] int8, 1 where an
    attribute is read, -1 where its absence is, 0 where neither is sure."""

    z: Tensor
    pictures: Pixels
    flags: Tensor


@lru_cache(maxsize=4)
def pool_of(model: Model) -> Pool:
    """The samples of a model that its reader knows; about two seconds of one core at first."""
    reader = model.reader
    assert reader
    z = model.noise(SAMPLES, SEED)
    made = model.generate(z)
    return Pool(z, pixels(made), reader.read(made))
