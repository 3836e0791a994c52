"""What pictures are measured by: a model's own samples. How far they are apart, and what D thinks."""

from dataclasses import dataclass
from functools import lru_cache

import torch
from torch import Tensor

from ganplay.latent.model import Model

SAMPLES = 1024
SEED = 1 << 21
"""Of their z, apart from those of sheets and of the pool."""
TINY = 1e-6
"""Distance of samples that are all alike."""


@dataclass(frozen=True, eq=False)
class Yardstick:
    """Measures pictures [n, *shape] of -1..1. Distances are Euclidean, in what a reader sees in them;
    in their pixels where there is no reader.

    apart: mean distance of two samples; logits: [SAMPLES] of D for samples, in ascending order.
    """

    model: Model
    apart: float
    logits: Tensor

    def steps(self, pictures: Tensor) -> Tensor:
        """How far each picture is from the next, [n - 1]: 1 is as far as two samples are apart, on
        average. Perceptual path length is the mean of its square (Karras et al. 2019, sec. 4.1)."""
        seen = _features(self.model, pictures)
        return (seen[1:] - seen[:-1]).square().sum(1).sqrt().div(self.apart)

    @torch.no_grad()
    def realness(self, pictures: Tensor) -> Tensor:
        """The portion of samples that D finds less real than each picture, [n]: as likely any number
        from 0 to 1 for a sample, and .5 on average."""
        below = torch.searchsorted(self.logits, self.model.logits(pictures))
        return below / len(self.logits)


@lru_cache(maxsize=4)
@torch.no_grad()
def yardstick_of(model: Model) -> Yardstick:
    """That of a model; about half a second of one core at first."""
    made = model.generate(model.noise(SAMPLES, SEED))
    seen = _features(model, made)
    apart = (seen - seen.roll(1, 0)).norm(dim=1).mean()
    return Yardstick(model, max(float(apart), TINY), model.logits(made).sort().values)


def _features(model: Model, pictures: Tensor) -> Tensor:
    return model.reader.features(pictures) if model.reader else pictures.flatten(1)
