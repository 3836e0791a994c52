"""Looking at one run of a stack, which never changes it: its metrics, and a snapshot for pictures."""

import math

import torch
from torch import Generator, Tensor

from ganplay.data import DataSet
from ganplay.draws import noise
from ganplay.losses import LOSSES
from ganplay.metrics import SAMPLE_METRICS, coverage, floors, quick_floors, sample_metrics
from ganplay.snapshot import Array, Snapshot
from ganplay.stack import Stack

METRICS = (*SAMPLE_METRICS, "d_accuracy")
METRIC_SAMPLES = 2500
SHOWN_SAMPLES = 600
SHOWN_ARROWS = 64
SURFACE_CELLS = 64

_LOOK = 1 << 32
"""Added to a run's seed for the draws that only look, so that looking never changes a run."""


class Look:
    """One run at this moment: points of p_data and p_g, the same draws at each look, and D."""

    def __init__(self, stack: Stack, k: int):
        self.config, self.dtype = stack.config, stack.shown.flat.dtype
        self.data, self.loss = stack.config.data, LOSSES[stack.config.loss]
        self.g, self.critic = stack.shown.only(k), stack.critic.only(k)
        rng = Generator(stack.shown.flat.device).manual_seed(stack.seeds[k] + _LOOK)
        self.real = self.data.sample(METRIC_SAMPLES, rng).to(self.dtype)
        self.z = noise(stack.config.latent, METRIC_SAMPLES, rng).to(self.dtype)
        self.fake = self.generate(self.z)

    @torch.no_grad()
    def generate(self, z: Tensor) -> Tensor:
        """G's points [n, 2] for noise z [n, latent.dim]."""
        return self.g(z.to(self.dtype)[None])[0]

    def logits(self, x: Tensor) -> Tensor:
        """D's logits [n / pack] for points [n, 2] as a batch, in packs as they come. Differentiable."""
        return self.critic(self.critic.packs(self.whole_packs(x)[None]))[0]

    def whole_packs(self, x: Tensor) -> Tensor:
        """Points without those left over when packs are filled."""
        return x[: len(x) // self.critic.pack * self.critic.pack]

    @torch.no_grad()
    def verdict(self, x: Tensor) -> Tensor:
        """What D says of each of the points [n, 2] by itself, [n]: where D judges packs or is told
        of the batch, the others are real points."""
        others = self.critic.pack - 1
        packs = torch.cat((x[:, None], self.real[:others].expand(len(x), -1, -1)), 1).flatten(1)
        batch = self.whole_packs(self.real[: self.config.batch_size])
        feature = self.critic.feature(self.critic.packs(batch[None]))
        return self.loss.value(self.critic(packs[None], feature=feature)[0])

    @torch.no_grad()
    def d_accuracy(self) -> tuple[float, float]:
        """How often D is right, the mean over both kinds, and its value half way between them."""
        on_real, on_fake = (self.loss.value(self.logits(x)) for x in (self.real, self.fake))
        middle = self.loss.middle(on_real, on_fake)
        right = (on_real > middle).double().mean() + (on_fake < middle).double().mean()
        return right.item() / 2, middle

    def arrows(self) -> Tensor:
        """-dL_G/dx at the first generated points, for each sample alone (not over the batch)."""
        pack = self.critic.pack
        x = self.whole_packs(self.fake[:SHOWN_ARROWS]).requires_grad_()
        real = self.logits(self.real[: len(x)]) if self.loss.paired else None
        own = self.loss.generator(self.logits(x), real)
        # the loss is a mean over packs: times their number it is each pack's own
        return -torch.autograd.grad(own * (len(x) // pack), x)[0]


def metrics(stack: Stack, k: int) -> dict[str, float | int | None]:
    """All metrics of run k by name; None where one has no meaning for the data set or where the
    run has diverged."""
    look = Look(stack, k)
    if not (
        torch.cat((look.g.flat, look.critic.net.flat), 1).isfinite().all()
        and look.fake.isfinite().all()
    ):
        return dict.fromkeys(METRICS)
    values = sample_metrics(look.fake, look.real, look.data)
    values["d_accuracy"] = look.d_accuracy()[0]
    return {n: v if v is not None and math.isfinite(v) else None for n, v in values.items()}


def perfect(data: DataSet) -> dict[str, float | None]:
    """The floor of each of METRICS: what a run with p_g = p_data scores, whose D can only guess."""
    return {**floors(data, METRIC_SAMPLES), "d_accuracy": 0.5}


def snapshot(stack: Stack, k: int, seconds: float) -> Snapshot:
    """Run k as it is now, after so many seconds of training."""
    look = Look(stack, k)
    data, loss = look.data, look.loss
    accuracy, middle = look.d_accuracy()
    axis = torch.linspace(-data.extent, data.extent, SURFACE_CELLS, device=look.real.device)
    grid = torch.cartesian_prod(axis, axis).flip(-1).to(look.dtype)
    surface = look.verdict(grid).view(SURFACE_CELLS, SURFACE_CELLS)
    loss_d, norm_d, loss_g, norm_g = stack.meter.read(k)
    return Snapshot(
        step=stack.step,
        seconds=seconds,
        loss=stack.config.loss,
        extent=data.extent,
        real=_numpy(look.real[:SHOWN_SAMPLES]),
        fake=_numpy(look.fake[:SHOWN_SAMPLES]),
        arrows=_numpy(look.arrows()),
        surface=_numpy(surface),
        scale=loss.targets or _around(middle, surface),
        loss_d=loss_d,
        loss_g=loss_g,
        norm_d=norm_d,
        norm_g=norm_g,
        coverage=coverage(look.fake, data),
        d_accuracy=accuracy,
        floors=quick_floors(data, METRIC_SAMPLES),
    )


def _around(middle: float, surface: Tensor) -> tuple[float, float]:
    """Bounds about the middle that hold nine tenths of the surface, for a critic of no scale."""
    half = (surface - middle).abs().flatten().float().quantile(0.9).item()
    half = max(half, 1e-5 * abs(middle))  # less is rounding: a flat critic is undecided everywhere
    return middle - half, middle + half


def _numpy(tensor: Tensor) -> Array:
    return tensor.detach().float().cpu().numpy()
