"""Looking at a run that makes numbers on a line: its metrics, and a snapshot for pictures.

The density p_g is that of what G makes of Z_NODES values of z that stand for its whole prior, by
the steps of their distribution function from each border of the grid's CELLS cells to the next. For a
z of one number they are nodes of quadrature, which reach far into the tails, and nothing is
random; else they are draws, and the density is blurred a little, by BLUR.
"""

import math
from functools import cached_property

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Generator, Tensor

from ganplay.data import Axis
from ganplay.data.axis import REACH
from ganplay.draws import noise
from ganplay.metrics import floors, sample_metrics
from ganplay.metrics.divergence import jensen_shannon
from ganplay.observe.look import Look, Value, finite
from ganplay.observe.plane import METRICS
from ganplay.snapshot import AxisSnapshot

METRIC_SAMPLES = 2500
SHOWN_SAMPLES = 300
CELLS = 800
"""Of the axis, .025 wide: a quarter of the narrowest data's deviation."""
Z_NODES = 4096
ARROWS = 21
BLUR = 0.1
"""Deviation of the kernel that smooths the density where z has more than one number."""

_NODES = 8 << 32
"""Added to a run's seed for the draws of z behind the density."""

Doubles = NDArray[np.float64]


class AxisLook(Look):
    """A run whose samples are numbers [n, 1]."""

    samples = METRIC_SAMPLES
    data: Axis

    @cached_property
    def nodes(self) -> tuple[Tensor, Tensor]:
        """Values of z [Z_NODES, latent.dim] that stand for its prior, and their masses [Z_NODES]."""
        latent = self.config.latent
        u = (torch.arange(Z_NODES, dtype=torch.float64) + 0.5) / Z_NODES
        if self.has_nodes and latent.prior == "uniform":
            return 2 * u[:, None] - 1, torch.full_like(u, 1 / Z_NODES)
        if self.has_nodes:
            # quantiles of a normal twice as wide, weighed by the ratio of the two densities
            z = 2 * torch.special.ndtri(u)
            return z[:, None], torch.softmax(-3 / 8 * z.square(), 0)
        rng = Generator(self.real.device).manual_seed(self.stack.seeds[self.k] + _NODES)
        return noise(latent, Z_NODES, rng).cpu(), torch.full_like(u, 1 / Z_NODES)

    @property
    def has_nodes(self) -> bool:
        """Whether z is one number with a prior whose nodes are known."""
        return self.config.latent.dim == 1 and self.config.latent.prior in ("normal", "uniform")

    @cached_property
    def made(self) -> tuple[Doubles, Doubles]:
        """What G makes of the nodes [Z_NODES], and their masses."""
        z, masses = self.nodes
        return self.generate(z.to(self.real.device))[:, 0].double().cpu().numpy(), masses.numpy()

    @cached_property
    def edges(self) -> Doubles:
        """The borders of the grid's cells, [CELLS + 1]."""
        return np.linspace(-REACH, REACH, CELLS + 1)

    @cached_property
    def x(self) -> Doubles:
        """The middles of the grid's cells, [CELLS]."""
        return (self.edges[1:] + self.edges[:-1]) / 2

    @cached_property
    def below(self) -> tuple[Doubles, Doubles]:
        """P(x <= edge) under p_data and p_g, each [CELLS + 1]."""
        made, masses = self.made
        order = made.argsort()
        passed = masses[order].cumsum() - masses[order] / 2
        of_g = np.interp(self.edges, made[order], passed, left=0.0, right=1.0)
        if not self.has_nodes:
            of_g = _blurred(of_g)
        return self.data.below(torch.from_numpy(self.edges)).numpy(), of_g

    @cached_property
    def masses(self) -> tuple[Doubles, Doubles]:
        """The masses of p_data and p_g in each cell, each [CELLS]."""
        of_data, of_g = self.below
        return np.diff(of_data), np.diff(of_g)

    @cached_property
    def jsd(self) -> float:
        """The Jensen-Shannon divergence of p_g from p_data over the cells, in nats; all that lies
        beyond the axis counts as one cell."""
        p, q = (torch.from_numpy(np.append(m, max(0.0, 1 - m.sum()))) for m in self.masses)
        return jensen_shannon(p, q)

    @cached_property
    def w1(self) -> float:
        """The Wasserstein-1 distance of p_g from p_data: the area between their distribution
        functions (Vallender 1974)."""
        of_data, of_g = self.below
        made, masses = self.made
        beyond = masses @ np.maximum(abs(made) - REACH, 0)
        return float(np.trapezoid(abs(of_data - of_g), self.edges) + beyond)

    @torch.no_grad()
    def value(self) -> float:
        """D's expected loss with the sign turned, without a penalty: the value V(D, G) of the GAN's
        game (Goodfellow et al. 2014, eq. 1), or a critic's E D(x) - E D(G(z)). NaN where D only
        compares pairs."""
        if self.loss.d_fake is None:
            return math.nan
        made, masses = self.made
        x = torch.from_numpy(np.concatenate((self.x, made)))[:, None]
        logits = self.alone(x.to(self.real)).double().cpu()
        on_data = self.loss.d_real.value(logits[:CELLS]).numpy()
        on_made = self.loss.d_fake.value(logits[CELLS:]).numpy()
        return -float(self.masses[0] @ on_data + masses @ on_made)

    def logits_and_slopes(self) -> tuple[Tensor, Tensor]:
        """D's logits over the grid and their derivatives by x, each [CELLS]."""
        x = torch.from_numpy(self.x)[:, None].to(self.real).requires_grad_()
        logits = self.alone(x)
        (slopes,) = torch.autograd.grad(logits.sum(), x)
        return logits.detach(), slopes[:, 0]

    def arrows(self) -> Doubles:
        """Where evenly spread z go, the quantiles of its prior: z and x, [ARROWS, 2]; none where z
        has more than one number."""
        if not self.has_nodes:
            return np.empty((0, 2))
        u = (torch.arange(ARROWS, dtype=torch.float64) + 0.5) / ARROWS
        z = 2 * u - 1 if self.config.latent.prior == "uniform" else torch.special.ndtri(u)
        x = self.generate(z[:, None].to(self.real.device))
        return torch.cat((z[:, None], x.double().cpu()), 1).numpy()


def _blurred(below: Doubles) -> Doubles:
    reach = math.ceil(4 * BLUR / (2 * REACH / CELLS))
    kernel = np.exp(-0.5 * (np.arange(-reach, reach + 1) * (2 * REACH / CELLS) / BLUR) ** 2)
    padded = np.pad(below, reach, "edge")
    return np.convolve(padded, kernel / kernel.sum(), "valid")


def metrics(look: AxisLook) -> dict[str, Value]:
    """All metrics by name; None where one has no meaning for the data set or where the run has
    diverged. EMD and JSD are those of the densities, without noise of samples."""
    if not look.is_finite:
        return dict.fromkeys(METRICS)
    values = sample_metrics(look.fake, look.real, look.data)
    exact = {"emd": look.w1, "jsd": look.jsd, "d_accuracy": look.d_accuracy[0]}
    return finite(values | exact)


def perfect(data: Axis) -> dict[str, Value]:
    """The floor of each of METRICS: what a run with p_g = p_data scores, whose D can only guess."""
    return {**floors(data, METRIC_SAMPLES), "emd": 0.0, "jsd": 0.0, "d_accuracy": 0.5}


def snapshot(look: AxisLook, seconds: float) -> AxisSnapshot:
    """The run as it is now, after so many seconds of training."""
    logits, slopes = look.logits_and_slopes()
    p, q = (masses * (CELLS / (2 * REACH)) for masses in look.masses)
    with np.errstate(invalid="ignore"):
        best = p / (p + q)
    return AxisSnapshot(
        **look.told(seconds),
        real=look.real[:SHOWN_SAMPLES, 0].float().cpu().numpy(),
        fake=look.fake[:SHOWN_SAMPLES, 0].float().cpu().numpy(),
        x=look.x,
        p_data=p,
        p_g=q,
        verdict=look.loss.value(logits).double().cpu().numpy(),
        logits=logits.double().cpu().numpy(),
        slopes=slopes.double().cpu().numpy(),
        best=best,
        arrows=look.arrows(),
        value=look.value(),
        jsd=look.jsd,
        w1=look.w1,
    )
