"""One run at one moment, seen from outside: what it makes of fixed draws, and what D says of it."""

import math
from collections.abc import Mapping
from functools import cached_property
from typing import Any, ClassVar

import torch
from torch import Generator, Tensor

from ganplay.config_parts import Latent
from ganplay.data import DataSet
from ganplay.draws import noise
from ganplay.losses import LOSSES
from ganplay.stack import Stack

Value = float | int | None

_LOOK = 1 << 32
"""Added to a run's seed for the draws that only look, so that looking never changes a run."""
_VAE = 6 << 32
"""The same for the draws of a VAE."""


class Look:
    """One run at this moment: samples of p_data and p_g, the same draws at each look, and D."""

    samples: ClassVar[int]

    def __init__(self, stack: Stack, k: int):
        self.stack, self.k = stack, k
        self.config, self.dtype = stack.config, stack.shown.flat.dtype
        self.data: DataSet = stack.config.data
        self.loss = LOSSES[stack.config.loss]
        self.g, self.critic = stack.shown.only(k), stack.critic.only(k)
        self.rng = Generator(stack.shown.flat.device).manual_seed(stack.seeds[k] + _LOOK)
        self.real = self.data.sample(self.samples, self.rng).to(self.dtype)
        self.z = noise(stack.config.latent, self.samples, self.rng).to(self.dtype)
        with torch.no_grad():
            self.fake = self._as_data(self.g.settle(self.z[None]))

    @torch.no_grad()
    def generate(self, z: Tensor) -> Tensor:
        """What G makes [n, *shape] of noise z [n, latent.dim]."""
        return self._as_data(self.g(z.to(self.dtype)[None]))

    @cached_property
    def by_vae(self) -> Tensor | None:
        """As many samples [n, *shape] of the VAE beside the GAN, the noise of its decoder included;
        None where there is none."""
        vae = self.stack.vae
        if not vae:
            return None
        rng = Generator(self.real.device).manual_seed(self.stack.seeds[self.k] + _VAE)
        z = noise(Latent(dim=self.config.latent.dim), self.samples, rng)
        blur = torch.randn(self.real.shape, generator=rng, device=rng.device)
        return vae.sample(z, blur.to(self.dtype), self.k)

    def _as_data(self, made: Tensor) -> Tensor:
        return made[0].view(-1, *self.data.shape)

    @cached_property
    def is_finite(self) -> bool:
        """Whether all that is looked at is a number."""
        parts = (self.g.flat, self.critic.net.flat, self.fake)
        return all(bool(part.isfinite().all()) for part in parts)

    def logits(self, x: Tensor) -> Tensor:
        """D's logits [n / pack] for samples x [n, *shape] as a batch, in packs as they come.
        Differentiable."""
        return self.critic(self.critic.packs(self.whole_packs(x)[None]))[0]

    def whole_packs(self, x: Tensor) -> Tensor:
        """Samples without those left over when packs are filled."""
        return x[: len(x) // self.critic.pack * self.critic.pack]

    def alone(self, x: Tensor) -> Tensor:
        """D's logit of each of the points x [n, size] by itself, [n]: where D judges packs or is told
        of the batch, the others are real points. Differentiable."""
        others = self.critic.pack - 1
        packs = torch.cat((x[:, None], self.real[:others].expand(len(x), -1, -1)), 1).flatten(1)
        batch = self.whole_packs(self.real[: self.config.batch_size])
        feature = self.critic.feature(self.critic.packs(batch[None]))
        return self.critic(packs[None], feature=feature)[0]

    @cached_property
    def d_accuracy(self) -> tuple[float, float]:
        """How often D is right, the mean over both kinds, and its value half way between them."""
        with torch.no_grad():
            on_real, on_fake = (self.loss.value(self.logits(x)) for x in (self.real, self.fake))
        middle = self.loss.middle(on_real, on_fake)
        right = (on_real > middle).double().mean() + (on_fake < middle).double().mean()
        return right.item() / 2, middle

    def told(self, seconds: float) -> dict[str, Any]:
        """What every snapshot tells, after so many seconds of training."""
        loss_d, norm_d, loss_g, norm_g = self.stack.meter.read(self.k)
        return {
            "step": self.stack.step,
            "seconds": seconds,
            "loss": self.config.loss,
            "loss_d": loss_d,
            "loss_g": loss_g,
            "norm_d": norm_d,
            "norm_g": norm_g,
            "d_accuracy": self.d_accuracy[0],
        }


def finite(values: Mapping[str, Value]) -> dict[str, Value]:
    """Metrics with None for what is not a number."""
    return {n: v if v is not None and math.isfinite(v) else None for n, v in values.items()}
