"""What scenarios claim something about: registry name -> a number read off one run at one moment.

A Measure looks at a run and never changes it; a Course is a number read off its measures over time.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import torch
from torch import Generator, Tensor

from ganplay.config_parts import Latent
from ganplay.data import HeavyTail
from ganplay.draws import noise
from ganplay.losses import LOSSES
from ganplay.metrics import EMD_SAMPLES, coverage, emd
from ganplay.metrics.pictures import sharpness, variety, verdict
from ganplay.observe import Look, PictureLook, PlaneLook, judge_of
from ganplay.observe.inside import layer_norms

Values = Mapping[str, Sequence[float]]


@dataclass(frozen=True)
class Measure:
    """A number [float] read off a run, NaN where it has none there. `title` names it on a plot; `of`
    is what has to be looked at: any run, one that makes points, or one that makes pictures."""

    title: str
    value: Callable[[Any], float]
    of: type[Look] = PlaneLook


@dataclass(frozen=True)
class Course:
    """A number read off what the measures `of` were, look by look."""

    title: str
    of: tuple[str, ...]
    value: Callable[[Values], float]


def _covered(name: str) -> Callable[[PlaneLook], float]:
    def value(look: PlaneLook) -> float:
        if not look.fake.isfinite().all():
            return math.nan
        found = getattr(coverage(look.fake, look.data), name)
        return math.nan if found is None else float(found)

    return value


def _off_mode(points: Tensor | None, look: PlaneLook) -> float:
    """Portion of points that lie further than 6 sigma from every mode."""
    parts = look.data.parts()
    if points is None or parts.sigma is None or not points.isfinite().all():
        return math.nan
    distance = torch.cdist(points.cpu().double(), parts.centres.double()).amin(1)
    return (distance > 6 * parts.sigma).double().mean().item()


TAIL = 1e-3
TAIL_SAMPLES = 50_000
_TAIL = 7 << 32
"""Added to a run's seed for their noise."""


def _tail(make: Callable[[Tensor], Tensor], latent: Latent, look: PlaneLook) -> float:
    """The distance from 0 beyond which a thousandth of what is made lies, over that of p_data."""
    if not isinstance(look.data, HeavyTail):
        return math.nan
    rng = Generator(look.real.device).manual_seed(look.stack.seeds[look.k] + _TAIL)
    made = make(noise(latent, TAIL_SAMPLES, rng)).norm(dim=-1)
    beyond = made.sort(descending=True).values[int(TAIL * TAIL_SAMPLES)]
    return float(beyond / look.data.radius(torch.tensor(math.log(TAIL))))


def tail(look: PlaneLook) -> float:
    """How far G's rarest points lie out, as a portion of what real ones do."""
    return _tail(look.generate, look.config.latent, look)


def vae_tail(look: PlaneLook) -> float:
    """The same of the VAE's, the noise of its decoder left away."""
    vae = look.stack.vae
    normal = Latent(dim=look.config.latent.dim)
    return _tail(partial(vae.generate, k=look.k), normal, look) if vae else math.nan


def main_mode(look: PlaneLook) -> float:
    """The index of the mode that most generated points are nearest to."""
    if not look.fake.isfinite().all():
        return math.nan
    return float(coverage(look.fake, look.data).shares.argmax())


def distance(look: PlaneLook) -> float:
    """Mean distance of generated points from the origin."""
    return float(look.fake.norm(dim=-1).mean())


def offset(look: PlaneLook) -> float:
    """How far to the side of 0 generated points lie on average."""
    return abs(look.fake[:, 0].mean().item())


def earth_movers(look: PlaneLook) -> float:
    """Exact earth mover's distance between EMD_SAMPLES points of each kind."""
    if not look.fake.isfinite().all():
        return math.nan
    return emd(look.fake[:EMD_SAMPLES].cpu(), look.real[:EMD_SAMPLES].cpu())


@torch.no_grad()
def estimate(look: Look) -> float:
    """What D's loss says of the distance between p_data and p_g: the earth mover's distance for a
    critic (Arjovsky et al. 2017, eq. 2), else the Jensen-Shannon divergence (Goodfellow et al.
    2014, thm. 1)."""
    loss = look.loss.discriminator(look.logits(look.real)[None], look.logits(look.fake)[None])
    return math.log(2) - loss.item() / 2 if look.loss.probability else -loss.item()


def gradient_ratio(look: Look) -> float:
    """Norm of G's gradient under the minimax loss over that under the non-saturating one, for the
    D at hand: per sample it is D / (1 - D)."""
    minimax, other = _norm_of_g("minimax", look), _norm_of_g("non_saturating", look)
    return minimax / other if other else math.nan


def _norm_of_g(loss: str, look: Look) -> float:
    """Norm of the gradient that G would get from the D at hand, under a loss of that name."""
    g = look.stack.shown.only(look.k)  # not settled: in training it normalises by the batch
    logits = look.logits(g(look.z[None])[0])
    return float(g.gradient_of(LOSSES[loss].generator(logits[None])).norm())


def at_clip(look: Look) -> float:
    """Portion of D's weights that lie at the limits of the clip, within 1 %."""
    limit = look.config.clip
    if not limit:
        return math.nan
    weights = torch.cat(
        [leaf.detach().flatten() for leaf in look.critic.net.leaves[look.critic.net.weights][::2]]
    )
    if not weights.isfinite().all():
        return math.nan
    return (weights.abs() >= 0.99 * limit).double().mean().item()


def layer_slope(look: Look) -> float:
    """How log10 of the norm of the critic's gradient by its layers' results grows per layer going
    back: 0 is even, below gradients vanish, above they explode (Gulrajani et al. 2017, fig. 1)."""
    norms = layer_norms(look)
    if len(norms) < 2:
        return math.nan
    logs = np.log10(np.maximum(norms, 1e-300))
    return -float(np.polyfit(np.arange(len(logs)), logs, 1)[0])


def _judged(name: str) -> Callable[[PictureLook], float]:
    def value(look: PictureLook) -> float:
        found = judge_of(look.data)
        if look.features is None or found is None or not look.is_finite:
            return math.nan
        return float(getattr(verdict(look.features, found), name))

    return value


def picture_variety(look: PictureLook) -> float:
    """How much generated pictures differ from each other, as a portion of real ones."""
    return variety(look.fake, look.real) if look.is_finite else math.nan


def picture_sharpness(look: PictureLook) -> float:
    """How sharp generated pictures are, as a portion of real ones."""
    return sharpness(look.fake, look.real) if look.is_finite else math.nan


def vae_sharpness(look: PictureLook) -> float:
    """The same of what the VAE's decoder makes, its noise left away."""
    made = look.means_of_vae
    return math.nan if made is None else sharpness(made, look.real)


MEASURES: dict[str, Measure] = {
    "near_modes": Measure("near modes", _covered("near_modes")),
    "modes": Measure("modes", _covered("modes")),
    "high_quality": Measure("high quality", _covered("high_quality")),
    "mode_kl": Measure("KL of shares", _covered("mode_kl")),
    "main_mode": Measure("main mode", main_mode),
    "distance": Measure("distance from 0", distance),
    "offset": Measure("gap", offset),
    "emd": Measure("EMD", earth_movers),
    "estimate": Measure("D's estimate", estimate, Look),
    "off_mode": Measure("off the modes", lambda look: _off_mode(look.fake, look)),
    "vae_off_mode": Measure("VAE off the modes", lambda look: _off_mode(look.by_vae, look)),
    "tail": Measure("reach of the tail", tail),
    "vae_tail": Measure("reach of the VAE's tail", vae_tail),
    "gradient_ratio": Measure("gradient ratio", gradient_ratio, Look),
    "gradient_minimax": Measure("minimax gradient", partial(_norm_of_g, "minimax"), Look),
    "gradient_non_saturating": Measure(
        "non-saturating gradient", partial(_norm_of_g, "non_saturating"), Look
    ),
    "at_clip": Measure("weights at c", at_clip, Look),
    "layer_slope": Measure("growth per layer", layer_slope, Look),
    "digits": Measure("digits", _judged("digits"), PictureLook),
    "confident": Measure("clear pictures", _judged("confident"), PictureLook),
    "variety": Measure("variety", picture_variety, PictureLook),
    "sharpness": Measure("sharpness", picture_sharpness, PictureLook),
    "vae_sharpness": Measure("VAE sharpness", vae_sharpness, PictureLook),
}


def _distinct(values: Values) -> float:
    modes = values["main_mode"]
    return float(len(set(modes))) if np.isfinite(modes).all() else math.nan


def _correlation(values: Values) -> float:
    pair = np.array([values["estimate"], values["emd"]])
    if not np.isfinite(pair).all() or (pair == pair[:, :1]).all(1).any():
        return math.nan  # what does not change goes with nothing
    return float(np.corrcoef(pair)[0, 1])


COURSES: dict[str, Course] = {
    "modes_visited": Course("different modes sat on", ("main_mode",), _distinct),
    "correlation": Course(
        "correlation of D's estimate with the distance", ("estimate", "emd"), _correlation
    ),
}
