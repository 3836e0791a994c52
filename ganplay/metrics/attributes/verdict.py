"""How good generated faces are, by what is read off them."""

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from ganplay.data.faces import RATES, faces
from ganplay.data.pictures import scaled
from ganplay.metrics.attributes.faces import FacesReader
from ganplay.metrics.attributes.reader import agreed
from ganplay.metrics.pictures import Gaussian, frechet

PERFECT_SEED = 3
"""Of faces that are neither trained on nor in the reference nor in the data set."""

EXPECTED = np.array(list(RATES.values()))


@dataclass(frozen=True)
class FacesVerdict:
    """What is read off N generated faces. Which attributes a face has is here what the two
    classifiers find likelier on average, so that an unclear picture counts as well.

    frechet: squared Fréchet distance of Gaussians fitted to the features from 10,000 held-out faces.
    ratios: [32] the share of each combination of attributes over that among drawn faces; in the
        index of a combination, attribute i counts 2^i.
    rates: [5] the portion of the pictures with each attribute.
    clear: portion of the pictures of which each of the five attributes is there for sure or missing
        for sure.

    All are NaN where some picture has a value that is no finite number.
    """

    samples: int
    frechet: float
    ratios: NDArray[np.float64]
    rates: NDArray[np.float64]
    clear: float

    @property
    def lowest(self) -> float:
        """The ratio of the combination that comes short most."""
        return float(self.ratios.min())

    @property
    def highest(self) -> float:
        """The ratio of the combination that is there too often most."""
        return float(self.ratios.max())

    @property
    def off(self) -> float:
        """The largest difference of an attribute's rate from that among drawn faces."""
        return float(np.abs(self.rates - EXPECTED).max())


def faces_verdict(pictures: Tensor, reader: FacesReader) -> FacesVerdict:
    """What `reader` says of pictures [N, 3, 32, 32] of -1..1: 10,000 in 3 s of one core."""
    features, chances = (found.cpu() for found in reader.look(pictures))
    n, count = len(pictures), len(EXPECTED)
    has = (chances.mean(0) > 0.5).numpy()
    combinations = np.arange(1 << count)[:, None] >> np.arange(count) & 1
    fair = np.where(combinations, EXPECTED, 1 - EXPECTED).prod(1)
    if not (n and features.isfinite().all()):
        return FacesVerdict(n, math.nan, fair * math.nan, EXPECTED * math.nan, math.nan)
    found = np.bincount(has @ (1 << np.arange(count)), minlength=len(fair))
    return FacesVerdict(
        n,
        frechet=frechet(Gaussian.of(features), reader.reference),
        ratios=found / n / fair,
        rates=has.mean(0),
        clear=(agreed(chances) != 0).all(1).double().mean().item(),
    )


@lru_cache(maxsize=4)
def perfect_faces_verdict(n: int, reader: FacesReader) -> FacesVerdict:
    """What n perfect faces get: drawn ones, in some 3 s of one core for 10,000."""
    return faces_verdict(scaled(faces(n, PERFECT_SEED)[0]), reader)
