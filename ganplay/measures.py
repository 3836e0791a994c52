"""What scenarios claim something about: registry name -> a number read off one run at one moment.

A Measure looks at a run and never changes it; a Course is a number read off its measures over time.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch

from ganplay.losses import LOSSES, Loss
from ganplay.metrics import EMD_SAMPLES, coverage, emd
from ganplay.nets import MLP
from ganplay.observe import Look

Values = Mapping[str, Sequence[float]]


@dataclass(frozen=True)
class Measure:
    """A number [float] read off a run, NaN where it has none there. `title` names it on a plot."""

    title: str
    value: Callable[[Look], float]


@dataclass(frozen=True)
class Course:
    """A number read off what the measures `of` were, look by look."""

    title: str
    of: tuple[str, ...]
    value: Callable[[Values], float]


def _covered(name: str) -> Callable[[Look], float]:
    def value(look: Look) -> float:
        if not look.fake.isfinite().all():
            return math.nan
        found = getattr(coverage(look.fake, look.data), name)
        return math.nan if found is None else float(found)

    return value


def main_mode(look: Look) -> float:
    """The index of the mode that most generated points are nearest to."""
    if not look.fake.isfinite().all():
        return math.nan
    return float(coverage(look.fake, look.data).shares.argmax())


def distance(look: Look) -> float:
    """Mean distance of generated points from the origin."""
    return float(look.fake.norm(dim=-1).mean())


def offset(look: Look) -> float:
    """How far to the side of 0 generated points lie on average."""
    return abs(look.fake[:, 0].mean().item())


def earth_movers(look: Look) -> float:
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
    norms = [_norm_of_g(look, LOSSES[name]) for name in ("minimax", "non_saturating")]
    return norms[0] / norms[1] if norms[1] else math.nan


def _norm_of_g(look: Look, loss: Loss) -> float:
    logits = look.logits(look.g(look.z[None])[0])
    return float(look.g.gradient_of(loss.generator(logits[None])).norm())


def at_clip(look: Look) -> float:
    """Portion of D's weights that lie at the limits of the clip, within 1 %."""
    limit = look.config.clip
    if not limit:
        return math.nan
    weights = torch.cat([leaf.detach().flatten() for leaf in look.critic.net.leaves[::2]])
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


def layer_norms(look: Look) -> Sequence[float]:
    """Norm of the gradient of the critic's loss by what each of its hidden layers gives, from the
    first on; none where a critic is more than its layers."""
    net = look.critic.net
    if not (isinstance(net, MLP) and look.critic.is_plain):
        return ()
    packs = [look.critic.packs(look.whole_packs(x)[None]) for x in (look.real, look.fake)]
    x, results = torch.cat(packs, 1), []
    *hidden, (weight, bias) = net.layers
    for inner, shift in hidden:
        x = net.activation.function(torch.baddbmm(shift, x, inner.mT))
        results.append(x)
    logits = torch.baddbmm(bias, x, weight.mT).squeeze(-1)
    loss = look.loss.discriminator(*logits.chunk(2, 1))
    slopes = torch.autograd.grad(loss.sum(), results) if results else ()
    return [slope.double().norm().item() for slope in slopes]


MEASURES: dict[str, Measure] = {
    "near_modes": Measure("modes near", _covered("near_modes")),
    "modes": Measure("modes", _covered("modes")),
    "high_quality": Measure("high quality", _covered("high_quality")),
    "mode_kl": Measure("KL of shares", _covered("mode_kl")),
    "main_mode": Measure("main mode", main_mode),
    "distance": Measure("distance from 0", distance),
    "offset": Measure("gap", offset),
    "emd": Measure("EMD", earth_movers),
    "estimate": Measure("D's estimate", estimate),
    "gradient_ratio": Measure("gradient ratio", gradient_ratio),
    "at_clip": Measure("weights at c", at_clip),
    "layer_slope": Measure("growth per layer", layer_slope),
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
