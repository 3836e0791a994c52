"""The one training loop: Algorithm 1 of Goodfellow et al. 2014, for runs side by side."""

import math
from collections.abc import Sequence
from typing import Any

import torch
from torch import Generator, Tensor

from ganplay.architecture import drawing_net
from ganplay.config import RunConfig
from ganplay.draws import Batch, Draws
from ganplay.gradients import ByHand, Found, gradients_for
from ganplay.losses import LOSSES
from ganplay.meter import Meter
from ganplay.nets import ACTIVATIONS, MLP, Critic, DCGANDiscriminator, Net, Shift
from ganplay.nets.critic import FOURIER_DEVIATION
from ganplay.optimizers import Rate
from ganplay.player import Player
from ganplay.recording import Recording
from ganplay.vae import VAE

EARLY = 9
"""Iterations over which the average of G's weights reaches at the start: after n, over a ninth of n."""
STREAM = 1 << 33
"""Added to a run's seed for each further stream of its random numbers."""


class Stack:
    """Runs of one config in stacked tensors, seeded with `seeds`. `step` counts iterations, one
    being all updates of both players."""

    def __init__(self, config: RunConfig, seeds: Sequence[int], device: str, dtype: torch.dtype):
        self.config, self.seeds, self.step = config, seeds, 0
        self._device = device
        rngs, for_g = self._rngs(0), self._rngs(1)
        self.generator = Player(_generator_net(config, rngs, dtype), config.generator)
        self.critic = critic_of(config, rngs, dtype)
        self.discriminator = Player(self.critic.net, config.discriminator)
        self.draws_d, self.draws_g = Draws(rngs, dtype), Draws(for_g, dtype)
        self.shown = self.generator.net
        """The generator that is looked at: the running average of the weights, where there is one."""
        self.meter = Meter(LOSSES[config.loss])
        on_gpu = self.shown.flat.device.type == "cuda"
        self._share: Rate = torch.zeros((), device=device, dtype=dtype) if on_gpu else 0.0
        """How much of the average of G's weights an iteration replaces."""
        self.vae = VAE(config, seeds, device, dtype) if config.vae.on else None
        self._follow_config()

    def _rngs(self, stream: int) -> list[Generator]:
        """A generator for each run, for one of the streams of its random numbers."""
        return [Generator(self._device).manual_seed(s + stream * STREAM) for s in self.seeds]

    # ---- training

    def advance(self, iterations: int) -> None:
        """Train for so many iterations."""
        # without autograd's bookkeeping an operation takes a tenth less time
        with torch.inference_mode(isinstance(self.game, ByHand)):
            for _ in range(iterations):
                for_d = [self.draws_d.next() for _ in range(self.config.discriminator.steps)]
                for_g = [self.draws_g.next() for _ in range(self.config.generator.steps)]
                self._pace()
                self.meter.add(*self._plays[self.game.due](for_d, for_g))
                self.step += 1
        if self.vae:
            self.vae.advance(iterations)

    def update_discriminator(self) -> None:
        """One update of D alone; not counted as a step."""
        self._pace()
        self._round([self.draws_d.next()], None, together=False)

    def update_generator(self) -> None:
        """One update of G alone; not counted as a step."""
        self._pace()
        self._round([], self.draws_g.next(), together=False)

    def _pace(self) -> None:
        self.generator.pace(self.step)
        self.discriminator.pace(self.step)
        self.game.due = self.step % self.config.penalty.every == 0
        # an average over a thousand iterations would show little but the start at first
        share = max(1 - self.config.generator.ema, EARLY / (EARLY + 1 + self.step))
        if isinstance(self._share, Tensor):
            self._share.fill_(share)
        else:
            self._share = share

    def _in_bfloat16(
        self, for_d: Sequence[Batch], for_g: Sequence[Batch]
    ) -> tuple[Found | None, Found | None]:
        """The same, with products and convolutions in bfloat16."""
        kind = self.generator.net.flat.device.type
        with torch.autocast(kind, torch.bfloat16, cache_enabled=False):
            return self._iteration(for_d, for_g)

    def _iteration(
        self, for_d: Sequence[Batch], for_g: Sequence[Batch]
    ) -> tuple[Found | None, Found | None]:
        """All updates of one iteration; what the last of each player found."""
        found: tuple[Found | None, Found | None] = None, None
        together = self.config.updates == "simultaneous"
        if together:
            count = max(len(for_d), len(for_g))
            rounds = [(for_d[i : i + 1], for_g[i : i + 1]) for i in range(count)]
        else:
            rounds = [(for_d, for_g[:1]), *(([], [batch]) for batch in for_g[1:])]
        for d_batches, g_batches in rounds:
            d, g = self._round(d_batches, g_batches[0] if g_batches else None, together)
            found = d or found[0], g or found[1]
        if self.config.generator.ema:
            self.shown.flat.lerp_(self.generator.net.flat, self._share)
        return found

    def _round(
        self, for_d: Sequence[Batch], for_g: Batch | None, together: bool
    ) -> tuple[Found | None, Found | None]:
        """Updates of D and then one of G, or `together` one of each from where both stand now. G
        stays the same until its own, so all its points can be made at once."""
        game, d = self.game, None
        noises = [batch.z for batch in for_d]
        made: list[Tensor] = []
        if for_g:
            made = [for_g.z]
            if isinstance(game, ByHand):
                noises.append(for_g.z)
        size = self.config.batch_size
        if noises:
            all_made = game.make(torch.cat(noises, 1) if len(noises) > 1 else noises[0])
            if len(noises) > len(for_d):
                made = [values[:, -size:] for values in all_made]
        for i, batch in enumerate(for_d):
            assert batch.real is not None
            fake = game.blurred(all_made[-1][:, i * size : (i + 1) * size], batch.noise)
            d = game.discriminator(self.critic.packs(batch.real), fake, batch.portion)
            if not together:
                self.discriminator.apply(d.gradient, self.config.clip)
        g = None
        if for_g:
            real = None if for_g.real is None else self.critic.packs(for_g.real)
            g = game.generator(made, for_g.noise, real, for_g.portion)
        if d and together:
            self.discriminator.apply(d.gradient, self.config.clip)
        if g:
            self.generator.apply(g.gradient, 0.0)
        return d, g

    def diverged(self) -> list[bool]:
        """For each run, whether a parameter of any net is no longer finite."""
        flats = (self.generator.net.flat, self.critic.net.flat)
        of_gan = (~torch.cat(flats, 1).isfinite().all(1)).tolist()
        of_vae = self.vae.diverged() if self.vae else of_gan
        return [a or b for a, b in zip(of_gan, of_vae, strict=True)]

    # ---- changing and keeping

    def use(self, config: RunConfig) -> None:
        """Go on with another config, which a run need not be born with."""
        self.generator.use(config.generator)
        self.discriminator.use(config.discriminator)
        self.generator.net.activation = ACTIVATIONS[config.generator.activation]
        self.critic.net.activation = ACTIVATIONS[config.discriminator.activation]
        if config.batch_size != self.config.batch_size:
            self.forget()  # logits of two sizes have no mean
        self.config = config
        if self.vae:
            self.vae.use(config)
        self._follow_config()

    def _follow_config(self) -> None:
        config, g = self.config, self.generator.net
        if not config.generator.ema:
            self.shown = g
        elif self.shown is g:
            self.shown = g.copy()
        self.shown.activation = g.activation
        self.critic.in_log = config.discriminator.sees_log
        self.critic.use_spectral_norm(config.discriminator.spectral_norm, self._rngs(2))
        loss = LOSSES[config.loss]
        self.draws_d.follow(config, real=True)
        self.draws_g.follow(config, real=loss.paired or config.aids.unroll > 0)
        self.game = gradients_for(config, g, self.critic, self.discriminator)
        if self.meter.loss is not loss:
            self.forget()
        on_gpu = g.flat.device.type == "cuda"
        play = self._in_bfloat16 if config.precision == "bfloat16" else self._iteration
        self._plays = {due: Recording(play) if on_gpu else play for due in (True, False)}

    def forget(self) -> None:
        """Begin anew to average losses."""
        self.meter = Meter(LOSSES[self.config.loss])
        if self.vae:
            self.vae.forget()

    def state_dict(self) -> dict[str, Any]:
        """All that decides how the runs go on; a copy."""
        return {
            "config": self.config.model_dump(),
            "step": self.step,
            "generator": self.generator.state_dict(),
            "discriminator": self.discriminator.state_dict(),
            "directions": [u.clone() for u in self.critic.directions or []],
            "shown": self.shown.flat.clone(),
            "vae": self.vae.state_dict() if self.vae else None,
            "draws": [draws.state_dict() for draws in (self.draws_d, self.draws_g)],
        }

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Go on from a state of a stack of the same size and nets."""
        self.use(RunConfig.model_validate(state["config"]))
        self.step = state["step"]
        self.forget()
        self.generator.load_state_dict(state["generator"])
        self.discriminator.load_state_dict(state["discriminator"])
        for mine, given in zip(self.critic.directions or [], state["directions"], strict=True):
            mine.copy_(given)
        self.shown.flat.copy_(state["shown"])
        if self.vae:
            self.vae.load_state_dict(state["vae"])
        for draws, given in zip((self.draws_d, self.draws_g), state["draws"], strict=True):
            draws.load_state_dict(given)


def _generator_net(config: RunConfig, rngs: Sequence[Generator], dtype: torch.dtype) -> Net:
    if config.generator.kind == "shift":
        size, start = config.data.shape[0], config.generator.start
        return Shift(size, start, len(rngs), rngs[0].device, dtype)
    return drawing_net(config, rngs, dtype)


def critic_of(config: RunConfig, rngs: Sequence[Generator], dtype: torch.dtype) -> Critic:
    net, aids = config.discriminator, config.aids
    point, *sides = config.data.shape
    own = (net.activation, net.init, rngs, dtype)
    if net.kind == "dcgan":
        pictures = (aids.pack * point, *sides)
        judge = DCGANDiscriminator(pictures, net.hidden, net.norm == "batch", *own)
        return Critic(judge, aids.pack)
    seen = aids.pack * (math.prod(config.data.shape) + 2 * net.fourier_features)
    mlp = MLP((seen, *net.hidden, 1), *own, aids.minibatch_stddev)
    if not net.fourier_features:
        return Critic(mlp, aids.pack)
    shape = (point, net.fourier_features)
    drawn = [torch.randn(shape, generator=rng, device=rng.device) for rng in rngs]
    return Critic(mlp, aids.pack, FOURIER_DEVIATION * torch.stack(drawn).to(dtype))
