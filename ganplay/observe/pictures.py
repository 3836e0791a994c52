"""Looking at a run that makes pictures: its metrics, a snapshot, and what a judge says of many."""

from collections.abc import Callable, Iterator
from collections.abc import Generator as Iteration
from functools import cached_property

import torch
from torch import Generator, Tensor

from ganplay.config_parts import Latent
from ganplay.data import MNIST, DataSet, Pictures, StackedMNIST
from ganplay.draws import noise
from ganplay.metrics.judge import Judge, judge
from ganplay.metrics.pictures import (
    PICTURE_METRICS,
    Verdict,
    perfect_stacked,
    perfect_verdict,
    sharpness,
    stacked_verdict,
    variety,
    verdict,
)
from ganplay.observe.look import Look, Value, finite
from ganplay.snapshot import PictureSnapshot, Pixels, VAEView

SHOWN = 100
METRIC_SAMPLES = 10_000
LIVE_SAMPLES = 2000
STACKED_SAMPLES = 26_000
"""Samples of the published protocol for stacked digits (Lin et al. 2018, sec. 4.2)."""
PIECE = 125
"""Pictures that are made and judged in one go."""

_EXAM = 5 << 32
"""Added to a run's seed for the noise of the pictures that are judged."""


class PictureLook(Look):
    """A run whose samples are pictures [n, c, side, side]."""

    samples = 128
    data: Pictures

    @cached_property
    def features(self) -> Tensor | None:
        """What the judge sees in the generated pictures; None where it knows nothing of the data."""
        known = judge_of(self.data)
        return known.features(self.fake) if known else None

    @cached_property
    def means_of_vae(self) -> Tensor | None:
        """What the VAE's decoder makes of fixed noise, as pictures are shown: without the noise of
        p(x|z); None where there is no VAE."""
        vae = self.stack.vae
        if not vae:
            return None
        seed = self.stack.seeds[self.k] + _EXAM
        rng = Generator(self.real.device).manual_seed(seed)
        return vae.generate(noise(Latent(dim=self.config.latent.dim), self.samples, rng), self.k)


def examine(
    look: PictureLook, judge: Judge, count: int, latent: Latent, make: Callable[[Tensor], Tensor]
) -> Iteration[None, None, Verdict]:
    """The judge's verdict on `count` pictures that `make` makes of noise, a piece at a time, so that
    nobody has to wait for it."""
    features = []
    for pictures in _samples(look, count, latent, make):
        features.append(judge.features(pictures))
        yield
    return verdict(torch.cat(features), judge)


def judge_of(data: DataSet) -> Judge | None:
    """The judge that knows a data set."""
    return judge() if isinstance(data, MNIST) else None


def floor(data: DataSet) -> Verdict | None:
    """What the judge says of as many real pictures; half a second when it is first asked."""
    known = judge_of(data)
    return perfect_verdict(known, LIVE_SAMPLES) if known else None


def metrics(look: PictureLook) -> dict[str, Value]:
    """All metrics by name; None where one has no meaning for the data set or where the run has
    diverged."""
    names = _names(look.data)
    if not look.is_finite:
        return dict.fromkeys(names)
    values: dict[str, Value] = {
        "sharpness": sharpness(look.fake, look.real),
        "variety": variety(look.fake, look.real),
        "d_accuracy": look.d_accuracy[0],
    }
    if isinstance(look.data, StackedMNIST):
        pictures = torch.cat(
            list(_samples(look, STACKED_SAMPLES, look.config.latent, look.generate))
        )
        values |= stacked_verdict(pictures, judge())._asdict()
    elif found := judge_of(look.data):
        parts = _samples(look, METRIC_SAMPLES, look.config.latent, look.generate)
        said = verdict(torch.cat([found.features(part) for part in parts]), found)
        values |= {name: getattr(said, name) for name in PICTURE_METRICS}
    return finite({name: values[name] for name in names})


def perfect(data: DataSet) -> dict[str, Value]:
    """What a run with p_g = p_data scores in each metric, with as many pictures."""
    values: dict[str, Value] = {"sharpness": 1.0, "variety": 1.0, "d_accuracy": 0.5}
    if isinstance(data, StackedMNIST):
        values |= perfect_stacked(STACKED_SAMPLES)._asdict()
    elif found := judge_of(data):
        said = perfect_verdict(found, METRIC_SAMPLES)
        values |= {name: getattr(said, name) for name in PICTURE_METRICS}
    return {name: values[name] for name in _names(data)}


def _names(data: DataSet) -> tuple[str, ...]:
    judged: tuple[str, ...] = PICTURE_METRICS if judge_of(data) else ()
    if isinstance(data, StackedMNIST):
        judged = ("modes", "mode_kl")
    return (*judged, "sharpness", "variety", "d_accuracy")


def snapshot(look: PictureLook, seconds: float) -> PictureSnapshot:
    """The run as it is now, after so many seconds of training; the judge is asked apart."""
    return PictureSnapshot(
        **look.told(seconds),
        fake=pixels(look.fake[:SHOWN]),
        real=pixels(look.real[:SHOWN]),
        sharpness=sharpness(look.fake, look.real),
        variety=variety(look.fake, look.real),
        vae=_vae_view(look),
        floor=floor(look.data),
    )


def _vae_view(look: PictureLook) -> VAEView | None:
    vae, made = look.stack.vae, look.means_of_vae
    if vae is None or made is None:
        return None
    return VAEView(
        samples=pixels(made[:SHOWN]),
        reconstructed=pixels(vae.reconstruct(look.real[:SHOWN], look.k)),
        sharpness=sharpness(made, look.real),
        loss=vae.loss(look.k),
        sigma=vae.sigma(look.k),
    )


def _samples(
    look: PictureLook, count: int, latent: Latent, make: Callable[[Tensor], Tensor]
) -> Iterator[Tensor]:
    """What `make` makes of `count` draws of z, always the same, in pieces."""
    seed = look.stack.seeds[look.k] + _EXAM
    rng = Generator(look.real.device).manual_seed(seed)
    for first in range(0, count, PIECE):
        yield make(noise(latent, min(PIECE, count - first), rng).to(look.dtype))


def pixels(pictures: Tensor) -> Pixels:
    """-1..1 as 0..255."""
    levels = pictures.detach().float().nan_to_num(-1, 1, -1).add(1).mul(127.5)
    return levels.round().clamp(0, 255).byte().cpu().numpy()
