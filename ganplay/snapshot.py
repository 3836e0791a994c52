"""Snapshot: all that the live view shows of one run at one moment, as plain numpy."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ganplay.metrics import Coverage
from ganplay.metrics.pictures import Verdict

Array = NDArray[np.float32]
Pixels = NDArray[np.uint8]
Doubles = NDArray[np.float64]


@dataclass(frozen=True)
class Snapshot:
    """One run at one moment.

    step: iterations done; seconds: time spent training. loss: name in LOSSES.
    loss_d, loss_g, norm_d, norm_g: losses and gradient norms, means over the iterations since the
        last snapshot (the latest thousand); NaN before the first and where a player has no updates.
    d_accuracy: mean of P(D takes a real sample for real) and P(D takes a fake for fake).
    """

    step: int
    seconds: float
    loss: str
    loss_d: float
    loss_g: float
    norm_d: float
    norm_g: float
    d_accuracy: float

    def told(self) -> Mapping[str, float]:
        """The further numbers that are drawn over time, by their names in a History."""
        raise NotImplementedError


@dataclass(frozen=True)
class Inside:
    """The inside of D.

    weights: portion of D's weights, biases aside, in each of even bins over [-limit, limit], those
        beyond in the outer ones; the limit is the clip, or 1 where none has held them yet.
    norms: of the gradient of D's loss by what each of its hidden layers gives, from the first on;
        none where D is more than its layers.
    """

    weights: Array
    limit: float
    norms: tuple[float, ...]


@dataclass(frozen=True)
class PlaneSnapshot(Snapshot):
    """A run that makes points in the plane.

    real, fake: [n, 2] samples of p_data and p_g; the noise behind `fake` and the draw of `real`
        are the same at each look, so what moves is the generator.
    arrows: [m, 2] -dL_G/dx at the first m of `fake`, for each sample alone (not over the batch).
    surface: [s, s] what D says over [-extent, extent]^2, rows along y; for losses with a
        probability it is D(x), else the critic's value. scale: the values that stand for
        "generated" and "real"; its middle is where D is undecided.
    floors: what a perfect generator would read in each number of the coverage, at as many samples.
    inside: D's weights and gradients.
    vae: [n, 2] samples of the VAE beside the GAN, and their coverage; None where there is none.
    """

    extent: float
    real: Array
    fake: Array
    arrows: Array
    surface: Array
    scale: tuple[float, float]
    coverage: Coverage
    floors: Mapping[str, float | None]
    inside: Inside
    vae: Array | None = None
    vae_coverage: Coverage | None = None

    def told(self) -> Mapping[str, float]:
        c = self.coverage
        quality = math.nan if c.high_quality is None else c.high_quality
        return {"high_quality": quality, "covered": c.covered / len(c.fair)}


@dataclass(frozen=True)
class AxisSnapshot(Snapshot):
    """A run that makes numbers on a line.

    x: [s] the middles of even cells from -REACH to REACH. p_data, p_g: [s] the densities there,
        each the mean over its cell; p_g is G's push-forward of the whole prior (see observe/axis.py).
    logits, slopes: [s] D's logit at x by itself, and its derivative by x; verdict: [s] D(x) for
        losses with a probability, else the critic's value, which is the logit.
    best: [s] the exact D* = p_data / (p_data + p_g); NaN where both are 0 to all digits.
    arrows: [m, 2] evenly spread quantiles of z, each with the x that G makes of it; none where z has
        more than one number.
    real, fake: [n] samples of p_data and p_g, of the same draws at each look.
    value: V(D, G), D's expected loss with the sign turned, by quadrature; jsd and w1: the exact
        divergence and distance of p_g from p_data, in nats and in units of x.
    """

    real: Array
    fake: Array
    x: Doubles
    p_data: Doubles
    p_g: Doubles
    verdict: Doubles
    logits: Doubles
    slopes: Doubles
    best: Doubles
    arrows: Doubles
    value: float
    jsd: float
    w1: float

    @property
    def best_value(self) -> float:
        """What V would be with the best D for this G: 2 JSD - log 4 (Goodfellow et al. 2014, thm. 1)."""
        return 2 * self.jsd - math.log(4)

    def told(self) -> Mapping[str, float]:
        return {"value": self.value, "best_value": self.best_value, "w1": self.w1}


@dataclass(frozen=True)
class PictureSnapshot(Snapshot):
    """A run that makes pictures.

    fake: [n, c, side, side] what G makes of the same noise at each look, 0..255; real: as many
        pictures of p_data.
    sharpness: how sharp G's pictures are, as a portion of the real ones; variety: how much they
        differ from each other, the same.
    verdict: what the judge said last of many samples, and `judged` at which step; None before it has
        spoken and where it knows nothing of the data. floor: what it says of real pictures.
    vae: the same of the VAE beside the GAN, where there is one.
    """

    fake: Pixels
    real: Pixels
    sharpness: float
    variety: float
    vae: "VAEView | None" = None
    verdict: Verdict | None = None
    judged: int = 0
    floor: Verdict | None = None

    def told(self) -> Mapping[str, float]:
        found = {"sharpness": self.sharpness, "variety": self.variety}
        if self.vae:
            found["vae_sharpness"] = self.vae.sharpness
        return found


@dataclass(frozen=True)
class VAEView:
    """What a VAE makes: `samples` of the same noise at each look, and `reconstructed`, what it makes
    of the first of the real pictures, both [n, c, side, side] in 0..255; its sharpness, its loss
    (nats a picture) and the deviation sigma of its decoder."""

    samples: Pixels
    reconstructed: Pixels
    sharpness: float
    loss: float
    sigma: float
    verdict: Verdict | None = None
