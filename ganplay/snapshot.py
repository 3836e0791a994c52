"""Snapshot: all that a picture shows of one run at one moment, as plain numpy."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ganplay.metrics import Coverage

Array = NDArray[np.float32]


@dataclass(frozen=True)
class Snapshot:
    """One run at one moment.

    step: iterations done; seconds: time spent training. loss: name in LOSSES.
    real, fake: [n, 2] samples of p_data and p_g; the noise behind `fake` and the draw of `real`
        are the same at each look, so what moves is the generator.
    arrows: [m, 2] -dL_G/dx at the first m of `fake`, for each sample alone (not over the batch).
    surface: [s, s] what D says over [-extent, extent]^2, rows along y; for losses with a
        probability it is D(x), else the critic's value. scale: the values that stand for
        "generated" and "real"; its middle is where D is undecided.
    loss_d, loss_g, norm_d, norm_g: losses and gradient norms, means over the iterations since the
        last snapshot (the latest thousand); NaN before the first and where a player has no updates.
    d_accuracy: mean of P(D takes a real point for real) and P(D takes a fake for fake).
    floors: what a perfect generator would read in each number of the coverage, at as many samples.
    """

    step: int
    seconds: float
    loss: str
    extent: float
    real: Array
    fake: Array
    arrows: Array
    surface: Array
    scale: tuple[float, float]
    loss_d: float
    loss_g: float
    norm_d: float
    norm_g: float
    coverage: Coverage
    d_accuracy: float
    floors: Mapping[str, float | None]
