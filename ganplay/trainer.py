"""The one training loop: Algorithm 1 of Goodfellow et al. 2014 for K runs at once."""

import math
import time
from collections import deque
from collections.abc import Callable
from typing import Any

import torch
from torch import Generator, Tensor

from ganplay.config import ConfigError, RunConfig
from ganplay.config_parts import Net
from ganplay.gradients import gradients_for
from ganplay.losses import LOSSES
from ganplay.metrics import coverage, emd, sliced_w2
from ganplay.nets import ACTIVATIONS, MLP
from ganplay.optimizers import OPTIMIZERS
from ganplay.penalties import PENALTIES, penalty_gradient
from ganplay.player import Player
from ganplay.snapshot import Array, Snapshot

METRICS = (
    "modes", "near_modes", "high_quality", "spread", "mode_kl", "sliced_w2", "emd", "d_accuracy",
)  # fmt: skip
METRIC_SAMPLES = 2500
EMD_SAMPLES = 512
LOG = 1000
"""Most iterations whose losses and norms a snapshot averages: the latest."""
SHOWN_SAMPLES = 600
SHOWN_ARROWS = 64
SURFACE_CELLS = 64

_LOOK = 1 << 32
"""Added to a run's seed for the draws that only look, so that looking never changes a run."""


class Trainer:
    """K runs of one config, trained side by side; run k is seeded with `config.seed + k` and gives
    the same numbers as a single run with that seed.

    `step` counts iterations, one being all updates of both players; `seconds` is the time spent.
    """

    def __init__(
        self,
        config: RunConfig,
        runs: int = 1,
        device: str = "cpu",
        dtype: torch.dtype = torch.float32,
    ):
        self.config, self.runs, self.device, self.dtype = config, runs, device, dtype
        self.step, self.seconds = 0, 0.0
        self.rngs = [self._rng(config.seed + k) for k in range(runs)]
        latent, point = config.latent.dim, 2
        self.generator, self.discriminator = (
            Player(
                MLP((n_in, *net.hidden, n_out), net.activation, net.init, self.rngs, dtype),
                net.optimizer,
            )
            for net, n_in, n_out in (
                (config.generator, latent, point),
                (config.discriminator, point, 1),
            )
        )
        self.shown = self.generator.net
        """The generator that is looked at: the running average of the weights, where there is one."""
        self._follow_config()
        self._forget()

    # ---- training

    def advance(self, iterations: int = 1) -> None:
        """Train all runs for so many iterations."""
        start = time.perf_counter()
        for _ in range(iterations):
            self._iterate()
        self.seconds += time.perf_counter() - start

    def update_discriminator(self) -> None:
        """One update of D alone, for watching the game move by move; not counted as a step."""
        self._apply_d(self._gradient_d())

    def update_generator(self) -> None:
        """One update of G alone; not counted as a step."""
        self._apply_g(self._gradient_g())

    def _iterate(self) -> None:
        d_steps, g_steps = self.config.discriminator.steps, self.config.generator.steps
        if self.config.updates == "alternating":
            for _ in range(d_steps):
                self.update_discriminator()
            for _ in range(g_steps):
                self.update_generator()
        else:
            for i in range(max(d_steps, g_steps)):
                d_gradient = self._gradient_d() if i < d_steps else None
                g_gradient = self._gradient_g() if i < g_steps else None
                if d_gradient is not None:
                    self._apply_d(d_gradient)
                if g_gradient is not None:
                    self._apply_g(g_gradient)
        self.step += 1
        if self.config.generator.ema:
            self.shown.flat.lerp_(self.generator.net.flat, 1 - self.config.generator.ema)
        numbers = (*self.discriminator.numbers(d_steps), *self.generator.numbers(g_steps))
        self._log.append(torch.stack(numbers))

    def _gradient_d(self) -> Tensor:
        real = self._stack(lambda rng: self.config.data.sample(self.config.batch_size, rng))
        fake = self.generator.net.trace(self._stack(self._noise))[-1]
        player = self.discriminator
        player.loss, player.gradient = self._gradients.discriminator(
            player.net, LOSSES[self.config.loss], real, fake
        )
        if penalty := PENALTIES[self.config.penalty.name]:
            weight = self.config.penalty.weight
            portion = self._stack(
                lambda rng: torch.rand(len(real[0]), 1, generator=rng, device=self.device)
            )
            player.gradient = player.gradient + penalty_gradient(
                penalty, player.net, weight, real, fake, portion
            )
        return player.gradient

    def _gradient_g(self) -> Tensor:
        player, z = self.generator, self._stack(self._noise)
        player.loss, player.gradient = self._gradients.generator(
            player.net, self.discriminator.net, LOSSES[self.config.loss], z
        )
        return player.gradient

    @torch.no_grad()
    def _apply_d(self, gradient: Tensor) -> None:
        flat = self.discriminator.net.flat
        self.discriminator.optimizer.step(flat, gradient, self._paced(self.config.discriminator))
        if self.config.clip:
            flat.clamp_(-self.config.clip, self.config.clip)

    @torch.no_grad()
    def _apply_g(self, gradient: Tensor) -> None:
        settings = self._paced(self.config.generator)
        self.generator.optimizer.step(self.generator.net.flat, gradient, settings)

    def _paced(self, net: Net) -> Net:
        """The player's settings with the learning rate of this iteration."""
        if net.lr_decay == "none":
            return net
        return net.model_copy(update={"lr": net.lr * max(0.0, 1 - self.step / net.steps_total)})

    # ---- randomness

    def _rng(self, seed: int) -> Generator:
        return Generator(self.device).manual_seed(seed)

    def _stack(self, draw: Callable[[Generator], Tensor]) -> Tensor:
        if self.runs == 1:  # a view spares a copy
            return draw(self.rngs[0])[None].to(self.dtype)
        return torch.stack([draw(rng) for rng in self.rngs]).to(self.dtype)

    def _noise(self, rng: Generator, n: int = 0) -> Tensor:
        shape = (n or self.config.batch_size, self.config.latent.dim)
        if self.config.latent.prior == "uniform":
            return torch.rand(shape, generator=rng, device=self.device) * 2 - 1
        return torch.randn(shape, generator=rng, device=self.device)

    # ---- looking, which never changes the run

    def diverged(self) -> list[bool]:
        """For each run, whether a parameter of either net is no longer finite."""
        flats = (self.generator.net.flat, self.discriminator.net.flat)
        return (~torch.cat(flats, 1).isfinite().all(1)).tolist()

    def _look(self, k: int, n: int) -> tuple[Tensor, Tensor]:
        rng = self._rng(self.config.seed + k + _LOOK)
        real = self.config.data.sample(n, rng).to(self.dtype)
        return real, self.generate(self._noise(rng, n), k)

    def generate(self, z: Tensor, k: int = 0) -> Tensor:
        """Samples [n, 2] of run k's generator from noise z [n, latent.dim]; of the running average of
        its weights under `generator.ema`."""
        with torch.no_grad():
            return self.shown(z.to(self.dtype)[None], slice(k, k + 1))[0]

    def logits(self, x: Tensor, k: int = 0) -> Tensor:
        """D's logits [n] of run k at x [n, 2]; differentiable."""
        return self.discriminator.net(x[None], slice(k, k + 1))[0, :, 0]

    def metrics(self, k: int = 0) -> dict[str, float | int | None]:
        """All metrics of run k by name; None where one has no meaning for the data set or where
        the run has diverged."""
        real, fake = self._look(k, METRIC_SAMPLES)
        if self.diverged()[k] or not fake.isfinite().all():
            return dict.fromkeys(METRICS)
        cover = coverage(fake, self.config.data)
        distances = (
            sliced_w2(fake.cpu(), real.cpu()),
            emd(fake[:EMD_SAMPLES].cpu(), real[:EMD_SAMPLES].cpu()),
            self._d_accuracy(real, fake, k)[0],
        )
        counts = (getattr(cover, name) for name in METRICS[:5])
        values = zip(METRICS, (*counts, *distances), strict=True)
        return {name: v if v is not None and math.isfinite(v) else None for name, v in values}

    @torch.no_grad()
    def _d_accuracy(self, real: Tensor, fake: Tensor, k: int) -> tuple[float, float]:
        loss = LOSSES[self.config.loss]
        on_real, on_fake = (loss.value(self.logits(x, k)) for x in (real, fake))
        middle = loss.middle(on_real, on_fake)
        right = (on_real > middle).double().mean() + (on_fake < middle).double().mean()
        return right.item() / 2, middle

    def snapshot(self, k: int = 0) -> Snapshot:
        """Run k as it is now; starts a new window for the mean losses."""
        data, loss = self.config.data, LOSSES[self.config.loss]
        real, fake = self._look(k, METRIC_SAMPLES)
        accuracy, middle = self._d_accuracy(real, fake, k)
        axis = torch.linspace(-data.extent, data.extent, SURFACE_CELLS, device=self.device)
        grid = torch.cartesian_prod(axis, axis).flip(-1).to(self.dtype)
        with torch.no_grad():
            surface = loss.value(self.logits(grid, k)).view(SURFACE_CELLS, SURFACE_CELLS)
        x = fake[:SHOWN_ARROWS].requires_grad_()
        # the loss is a mean over samples: times their number it is each sample's own
        own = loss.generator(self.logits(x, k)[None]).sum() * len(x)
        arrows = -torch.autograd.grad(own, x)[0]
        log = torch.stack([*self._log]) if self._log else torch.full((1, 4, self.runs), torch.nan)
        loss_d, norm_d, loss_g, norm_g = log[:, :, k].mean(0).tolist()
        snapshot = Snapshot(
            step=self.step,
            seconds=self.seconds,
            loss=self.config.loss,
            extent=data.extent,
            real=_numpy(real[:SHOWN_SAMPLES]),
            fake=_numpy(fake[:SHOWN_SAMPLES]),
            arrows=_numpy(arrows),
            surface=_numpy(surface),
            scale=loss.targets or _around(middle, surface),
            loss_d=loss_d,
            loss_g=loss_g,
            norm_d=norm_d,
            norm_g=norm_g,
            coverage=coverage(fake, data),
            d_accuracy=accuracy,
        )
        self._forget()
        return snapshot

    def _forget(self) -> None:
        self._log: deque[Tensor] = deque(maxlen=LOG)

    # ---- changing and keeping

    def change(self, **fields: Any) -> None:
        """Change settings by their dotted names and go on from the present state.

        Raises ConfigError, and changes nothing, for a bad value and for a setting that a run is
        born with (`restart` in its definition).
        """
        self.use(self.config.updated(fields))

    def use(self, config: RunConfig) -> None:
        """Go on with another config, as `change` does."""
        if names := self.config.restarts(config):
            raise ConfigError(f"{names[0]}: can't change in the middle of a run; start it again.")
        for player, old, new in (
            (self.generator, self.config.generator, config.generator),
            (self.discriminator, self.config.discriminator, config.discriminator),
        ):
            player.net.activation = ACTIVATIONS[new.activation]
            if new.optimizer != old.optimizer:
                player.optimizer = OPTIMIZERS[new.optimizer](player.net.flat)
        self.config = config
        self._follow_config()

    def _follow_config(self) -> None:
        g = self.generator.net
        self._gradients = gradients_for(g, self.discriminator.net)
        if not self.config.generator.ema:
            self.shown = g
        elif self.shown is g:
            self.shown = g.copy()
        self.shown.activation = g.activation

    def state_dict(self) -> dict[str, Any]:
        """All that decides how the run goes on; a copy."""
        return {
            "config": self.config.model_dump(),
            "step": self.step,
            "seconds": self.seconds,
            "generator": self.generator.state_dict(),
            "discriminator": self.discriminator.state_dict(),
            "shown": self.shown.flat.clone(),
            "rngs": [rng.get_state() for rng in self.rngs],
        }

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Go on from a state of a Trainer with the same number of runs and the same nets."""
        self.use(RunConfig.model_validate(state["config"]))
        self.step, self.seconds = state["step"], state["seconds"]
        self.generator.load_state_dict(state["generator"])
        self.discriminator.load_state_dict(state["discriminator"])
        self.shown.flat.copy_(state["shown"])
        for rng, given in zip(self.rngs, state["rngs"], strict=True):
            rng.set_state(given)
        self._forget()


def _around(middle: float, surface: Tensor) -> tuple[float, float]:
    """Bounds about the middle that hold nine tenths of the surface, for a critic of no scale."""
    half = (surface - middle).abs().flatten().float().quantile(0.9).item()
    return middle - half, middle + half


def _numpy(tensor: Tensor) -> Array:
    return tensor.detach().float().cpu().numpy()
