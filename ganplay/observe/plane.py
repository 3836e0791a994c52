"""Looking at a run that makes points in the plane: its metrics, and a snapshot for pictures."""

import torch
from torch import Tensor

from ganplay.data import Plane
from ganplay.metrics import SAMPLE_METRICS, coverage, floors, quick_floors, sample_metrics
from ganplay.observe.inside import inside
from ganplay.observe.look import Look, Value, finite
from ganplay.snapshot import Array, PlaneSnapshot

METRICS = (*SAMPLE_METRICS, "d_accuracy")
METRIC_SAMPLES = 2500
SHOWN_SAMPLES = 600
SHOWN_ARROWS = 64
SURFACE_CELLS = 64


class PlaneLook(Look):
    """A run whose samples are points [n, 2]."""

    samples = METRIC_SAMPLES
    data: Plane

    @torch.no_grad()
    def verdict(self, x: Tensor) -> Tensor:
        """What D says of each of the points [n, 2] by itself, [n]."""
        return self.loss.value(self.alone(x))

    def arrows(self) -> Tensor:
        """-dL_G/dx at the first generated points, for each sample alone (not over the batch)."""
        pack = self.critic.pack
        x = self.whole_packs(self.fake[:SHOWN_ARROWS]).requires_grad_()
        real = self.logits(self.real[: len(x)]) if self.loss.paired else None
        own = self.loss.generator(self.logits(x), real)
        # the loss is a mean over packs: times their number it is each pack's own
        return -torch.autograd.grad(own * (len(x) // pack), x)[0]


def metrics(look: PlaneLook) -> dict[str, Value]:
    """All metrics by name; None where one has no meaning for the data set or where the run has
    diverged."""
    if not look.is_finite:
        return dict.fromkeys(METRICS)
    values = sample_metrics(look.fake, look.real, look.data)
    return finite({**values, "d_accuracy": look.d_accuracy[0]})


def perfect(data: Plane) -> dict[str, Value]:
    """The floor of each of METRICS: what a run with p_g = p_data scores, whose D can only guess."""
    return {**floors(data, METRIC_SAMPLES), "d_accuracy": 0.5}


def snapshot(look: PlaneLook, seconds: float) -> PlaneSnapshot:
    """The run as it is now, after so many seconds of training."""
    data = look.data
    axis = torch.linspace(-data.extent, data.extent, SURFACE_CELLS, device=look.real.device)
    grid = torch.cartesian_prod(axis, axis).flip(-1).to(look.dtype)
    surface = look.verdict(grid).view(SURFACE_CELLS, SURFACE_CELLS)
    return PlaneSnapshot(
        **look.told(seconds),
        extent=data.extent,
        real=_numpy(look.real[:SHOWN_SAMPLES]),
        fake=_numpy(look.fake[:SHOWN_SAMPLES]),
        arrows=_numpy(look.arrows()),
        surface=_numpy(surface),
        scale=look.loss.targets or _around(look.d_accuracy[1], surface),
        coverage=coverage(look.fake, data),
        floors=quick_floors(data, METRIC_SAMPLES),
        inside=inside(look),
        vae=None if look.by_vae is None else _numpy(look.by_vae[:SHOWN_SAMPLES]),
        vae_coverage=None if look.by_vae is None else coverage(look.by_vae, data),
    )


def _around(middle: float, surface: Tensor) -> tuple[float, float]:
    """Bounds about the middle that hold nine tenths of the surface, for a critic of no scale."""
    half = (surface - middle).abs().flatten().float().quantile(0.9).item()
    half = max(half, 1e-5 * abs(middle))  # less is rounding: a flat critic is undecided everywhere
    return middle - half, middle + half


def _numpy(tensor: Tensor) -> Array:
    return tensor.detach().float().cpu().numpy()
