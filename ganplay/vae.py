"""A variational autoencoder of the same data and of like nets, to set beside a GAN."""

import math
from collections.abc import Sequence
from copy import copy
from typing import Any, Self

import torch
from torch import Generator, Tensor

from ganplay.architecture import drawing_net
from ganplay.config import RunConfig
from ganplay.config_parts import Aids, PenaltyChoice
from ganplay.config_players import Net as Settings
from ganplay.draws import Batch, Draws
from ganplay.nets import ACTIVATIONS, MLP, DCGANDiscriminator, Net
from ganplay.player import Player

STREAM = 3 << 33
"""Added to a run's seed for the VAE's own random numbers; the GAN's streams lie below."""
LOOK = 4 << 33
"""The same for the z by which a normalised decoder is settled."""
SETTLING = 256
"""How many those are."""

LEAST_VARIANCE = math.exp(-12)
"""Where a learned variance ends, as in its authors' code: data without noise would lead to 0."""
FIRST_VARIANCE, RISE = 0.3, 0.0003
"""What a learned variance is at most at first, and by how much more after each update."""
FORGETTING = 0.05
"""Part of the running mean square that each update replaces."""
WIDEST = 4.0
"""Largest log variance of q(z|x): far out in a heavy tail its exponential would overflow."""


class VAE:
    """K variational autoencoders of one config (Kingma and Welling 2014), seeded with `seeds`:
    encoders like D, decoders like G, z standard normal. `step` counts updates.

    An encoder gives mean and log variance of q(z|x), a decoder the mean of p(x|z), whose variance
    is the same in all directions: 1, or learned. A learned one is in training the mean square error
    of the batch, which maximises its likelihood (Rybkin et al. 2021), up to a bound that
    rises slowly: untrained nets err as much as the data vary, and where that is the variance they
    need not learn that z could tell anything. Samples are drawn with a running average of the mean
    square error, as a single batch's is too uncertain.

    What is minimised is beta KL(q(z|x) || p(z)) - E log p(x|z), z being drawn once for each x.
    """

    def __init__(
        self, config: RunConfig, seeds: Sequence[int], device: str, dtype: torch.dtype
    ) -> None:
        self.config, self.seeds, self.step = config, seeds, 0
        self._device, self._dtype = device, dtype
        self._size = math.prod(config.data.shape)
        rngs = self._rngs(STREAM)
        self.encoder = Player(_encoder(config, rngs, dtype), _adam(config))
        self.decoder = Player(drawing_net(config, rngs, dtype), _adam(config))
        self.draws = Draws(rngs, dtype)
        self._square = torch.zeros(len(seeds), device=device, dtype=dtype)
        """Running average of the square error of a coordinate, which begins at 0, [K]."""
        self._bounds, self._count = torch.zeros_like(self._square, dtype=torch.float64), 0
        self._since = 0
        """The step since when the variance is what it is."""
        self._fixed: dict[tuple[int, bool], Net] = {}
        """Decoders that were settled since the last update."""
        self.use(config)

    def _rngs(self, stream: int) -> list[Generator]:
        return [Generator(self._device).manual_seed(seed + stream) for seed in self.seeds]

    # ---- training

    def advance(self, iterations: int) -> None:
        """So many updates of encoder and decoder together."""
        self._fixed = {}
        for _ in range(iterations):
            batch = self.draws.next()
            self.encoder.pace(self.step)
            self.decoder.pace(self.step)
            self._bounds = self._bounds + self._update(batch)
            self._count += 1
            self.step += 1

    def _update(self, batch: Batch) -> Tensor:
        """One update; the negative evidence bound before it, [K]."""
        assert batch.real is not None
        players = (self.encoder, self.decoder)
        divergence, square = self._terms(batch.real, batch.z)
        misfit = self._misfit(square)
        value = (self.config.vae.beta * divergence + misfit).sum()
        leaves = [leaf for player in players for leaf in player.net.leaves]
        gradients = iter(torch.autograd.grad(value, leaves))
        for player in players:
            parts = [next(gradients).flatten(1) for _ in player.net.leaves]
            player.apply(torch.cat(parts, 1), 0.0)
        self._square.lerp_(square.detach(), FORGETTING)
        return (divergence + misfit).detach()

    def _terms(self, real: Tensor, noise: Tensor) -> tuple[Tensor, Tensor]:
        """KL(q(z|x) || p(z)) in nats, and the square error of a coordinate; means over x
        [K, B, *shape], z being drawn with `noise` [K, B, latent]. Differentiable."""
        mean, log_variance = self._posterior(self.encoder.net, real)
        made = self.decoder.net(mean + (log_variance / 2).exp() * noise)
        divergence = (mean.square() + log_variance.exp() - 1 - log_variance).sum(-1) / 2
        square = (real.flatten(2) - made.flatten(2)).square().mean((1, 2))
        return divergence.mean(1), square

    def _misfit(self, square: Tensor) -> Tensor:
        """-log p(x|z) in nats, from the square error of a coordinate, both [K]."""
        variance = torch.ones_like(square)
        if self.config.vae.variance == "learned":
            # its own slope is 0 where the likelihood is largest
            most = FIRST_VARIANCE + RISE * (self.step - self._since)
            variance = square.detach().clamp(LEAST_VARIANCE, most)
        return self._size / 2 * (square / variance + (2 * math.pi * variance).log())

    def _posterior(self, encoder: Net, x: Tensor) -> tuple[Tensor, Tensor]:
        """Mean and log variance of q(z|x) for x [K, B, *shape], both [K, B, latent]."""
        mean, log_variance = encoder(x.reshape(*x.shape[:2], *encoder.takes)).chunk(2, -1)
        return mean, log_variance.clamp(max=WIDEST)

    def diverged(self) -> list[bool]:
        """For each run, whether a parameter of either net is no longer finite."""
        flats = (self.encoder.net.flat, self.decoder.net.flat)
        return (~torch.cat(flats, 1).isfinite().all(1)).tolist()

    # ---- looking, which never changes the run

    def generate(self, z: Tensor, k: int) -> Tensor:
        """The means of p(x|z) for z [n, latent], [n, *shape]."""
        return self._means(z.to(self._dtype), k, of_prior=True)

    def sample(self, z: Tensor, noise: Tensor, k: int) -> Tensor:
        """Draws of p(x), with the decoder's variance, from z [n, latent] and standard normal
        `noise` [n, *shape]: [n, *shape]."""
        return self.generate(z, k) + self.sigma(k) * noise

    @torch.no_grad()
    def reconstruct(self, x: Tensor, k: int) -> Tensor:
        """What comes of x [n, *shape] through the mean of q(z|x), [n, *shape]. An encoder that
        normalises takes them as one batch."""
        mean, _ = self._posterior(self.encoder.net.only(k), x.to(self._dtype)[None])
        return self._means(mean[0], k, of_prior=False)

    @torch.no_grad()
    def _means(self, z: Tensor, k: int, of_prior: bool) -> Tensor:
        """What decoder k makes of z, each by itself: it normalises by the moments that fixed z give
        of the prior, or of q(z|x) as in training. These differ, as q(z) is never quite the prior."""
        if (k, of_prior) not in self._fixed:
            rng = Generator(self._device).manual_seed(self.seeds[k] + LOOK)
            shape = (1, SETTLING, z.shape[1])
            fixed = torch.randn(shape, generator=rng, device=rng.device).to(self._dtype)
            if not of_prior:
                real = self.config.data.sample(SETTLING, rng).to(self._dtype)
                mean, log_variance = self._posterior(self.encoder.net.only(k), real[None])
                fixed = mean + (log_variance / 2).exp() * fixed
            decoder = self._fixed[k, of_prior] = self.decoder.net.only(k)
            decoder.settle(fixed)
        return self._fixed[k, of_prior](z[None]).view(-1, *self.config.data.shape)

    def sigma(self, k: int) -> float:
        """The standard deviation of p(x|z)."""
        if self.config.vae.variance == "unit" or not self.step:
            return 1.0
        variance = self._square[k].item() / (1 - (1 - FORGETTING) ** self.step)
        return math.sqrt(max(variance, LEAST_VARIANCE))

    def loss(self, k: int) -> float:
        """The negative evidence bound, in nats a sample, whatever beta is: a mean over the updates
        since `forget`. NaN where there were none."""
        return self._bounds[k].item() / self._count if self._count else math.nan

    def forget(self) -> None:
        """Begin anew to average the loss."""
        self._bounds, self._count = torch.zeros_like(self._bounds), 0

    def copy(self) -> Self:
        """The same VAEs as they are now, to be looked at while training goes on."""
        twin = copy(self)
        twin._fixed, twin._square = {}, self._square.clone()
        twin.encoder, twin.decoder = copy(self.encoder), copy(self.decoder)
        twin.encoder.net, twin.decoder.net = self.encoder.net.copy(), self.decoder.net.copy()
        return twin

    # ---- changing and keeping

    def use(self, config: RunConfig) -> None:
        """Go on with another config, which a run need not be born with."""
        if (config.vae, config.data) != (self.config.vae, self.config.data):
            self.forget()
        if config.vae.variance != self.config.vae.variance:
            self._since = self.step
        self.config = config
        self._fixed = {}
        for player, like in (
            (self.encoder, config.discriminator),
            (self.decoder, config.generator),
        ):
            player.use(_adam(config))
            player.net.activation = ACTIVATIONS[like.activation]
        # z is normal and x without noise, whatever the GAN is given
        latent = config.latent.model_copy(update={"prior": "normal"})
        plain = {"latent": latent, "aids": Aids(), "penalty": PenaltyChoice()}
        self.draws.follow(config.model_copy(update=plain), real=True)

    def state_dict(self) -> dict[str, Any]:
        """All that decides how the runs go on; a copy."""
        return {
            "config": self.config.model_dump(),
            "step": self.step,
            "since": self._since,
            "encoder": self.encoder.state_dict(),
            "decoder": self.decoder.state_dict(),
            "square": self._square.clone(),
            "draws": self.draws.state_dict(),
        }

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Go on from a state of VAEs of the same number and nets."""
        self.use(RunConfig.model_validate(state["config"]))
        self.step, self._since = state["step"], state["since"]
        self.forget()
        self.encoder.load_state_dict(state["encoder"])
        self.decoder.load_state_dict(state["decoder"])
        self._square.copy_(state["square"])
        self.draws.load_state_dict(state["draws"])


def _adam(config: RunConfig) -> Settings:
    """How the VAE is optimised: Adam as its authors have it, which suits what is no game."""
    return Settings(optimizer="adam", lr=config.vae.lr, beta1=0.9, beta2=0.999)


def _encoder(config: RunConfig, rngs: Sequence[Generator], dtype: torch.dtype) -> Net:
    net, shape, outputs = config.discriminator, config.data.shape, 2 * config.latent.dim
    own = (net.activation, net.init, rngs, dtype)
    if net.kind == "dcgan":
        return DCGANDiscriminator(shape, net.hidden, net.norm == "batch", *own, outputs=outputs)
    return MLP((math.prod(shape), *net.hidden, outputs), *own)
