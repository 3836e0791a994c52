"""Published tables of mode collapse, and rows of this project under the same protocol.

What is measured here trains far shorter and with smaller nets than the papers' rows did: the tables
compare protocols and methods, not laboratories.
"""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Generator, Tensor

from ganplay.config import RunConfig
from ganplay.data import Grid, Plane, Ring
from ganplay.draws import noise
from ganplay.metrics import protocols
from ganplay.trainer import Trainer

Figure = tuple[float, float | None]
"""A mean over runs and its standard error, None where there is none."""

COLUMNS = {
    "modes": ("modes", 2),
    "high_quality": ("high quality %", 2),
    "reverse_kl": ("reverse KL", 3),
}
"""Heading and decimals of each column."""

Train = Callable[[str, Trainer, int], None]
"""Trains the runs of the named row for so many iterations."""

_SAMPLING = 5 << 32
"""Added to a run's seed for the noise it is judged by: none of the streams that trained it."""


@dataclass(frozen=True)
class Table:
    """A published table and how its protocol is followed here.

    paper: the source; trained: how its rows came about; assumed: what it leaves open and is taken
    for granted here. protocol: samples [N, 2] and their data set -> the columns' values.
    published: each row's figures in the order of `columns`; measured: each row's config and
    iterations.
    """

    paper: str
    trained: str
    assumed: str
    data: Plane
    protocol: Callable[[Tensor, Plane], tuple[float | None, ...]]
    columns: tuple[str, ...]
    runs: int
    published: Mapping[str, Sequence[Figure]]
    measured: Mapping[str, tuple[RunConfig, int]]

    @property
    def modes(self) -> int:
        """How many modes the data has."""
        return len(self.data.parts().centres)

    def describe(self, runs: int) -> dict[str, Any]:
        """The protocol as plain data."""
        return {
            "paper": self.paper,
            "data": self.data.model_dump(),
            "modes": self.modes,
            "samples": protocols.SAMPLES,
            "high_quality_within_sigma": protocols.WITHIN,
            "samples_that_make_a_mode": 1,
            "published_runs": self.runs,
            "published_training": self.trained,
            "assumed": self.assumed,
            "measured_runs": runs,
        }

    def rows(self, runs: int, seed: int, train: Train) -> Iterator[dict[str, Any]]:
        """The published rows, then those measured here, each as it is done; run k of a row has the
        seed `seed + k`."""
        for name, figures in self.published.items():
            yield self._row(name, "published", self.runs, figures)
        perfect = [self.data.sample(protocols.SAMPLES, _rng(seed, k)) for k in range(runs)]
        yield self._row("perfect sampler", "measured", runs, self._figures(perfect))
        for name, (config, iterations) in self.measured.items():
            trainer = Trainer(config.updated({"seed": seed}), runs)
            train(name, trainer, iterations)
            made = [
                trainer.generate(noise(config.latent, protocols.SAMPLES, _rng(seed, k)), k)
                for k in range(runs)
            ]
            row = self._row(name, "measured", runs, self._figures(made))
            yield row | {
                "iterations": trainer.step,
                "seconds": trainer.seconds,
                "settings": config.to_query(),
            }

    def _figures(self, samples: Sequence[Tensor]) -> list[Figure | None]:
        """Mean and standard error of each column over the runs' samples; None where a run has no
        value, as leaving it out would flatter the row."""
        columns = zip(*(self.protocol(each, self.data) for each in samples), strict=True)
        return [None if None in column else _mean(column) for column in columns]

    def _row(
        self, name: str, source: str, runs: int, figures: Sequence[Figure | None]
    ) -> dict[str, Any]:
        row: dict[str, Any] = {"name": name, "source": source, "runs": runs}
        for column, figure in zip(self.columns, figures, strict=True):
            row[column], row[f"{column}_error"] = figure or (None, None)
        return row


def _rng(seed: int, k: int) -> Generator:
    return Generator().manual_seed(seed + k + _SAMPLING)


def _mean(values: Sequence[float | None]) -> Figure:
    column = torch.tensor(values, dtype=torch.float64)
    error = float(column.std()) / math.sqrt(len(column)) if len(column) > 1 else None
    return float(column.mean()), error


RING = Ring(modes=8, radius=1.0, sigma=0.01)
GRID = Grid(modes=25, spacing=2.0, sigma=0.05)

ITERATIONS = 15_000
UNROLLED_ITERATIONS = 4_000


def _players(iterations: int, **fields: Any) -> dict[str, Any]:
    """The same for both players, their rate falling to 0 at the end."""
    fields |= {"lr_decay": "linear", "steps_total": iterations}
    players = ("generator", "discriminator")
    return {f"{player}.{name}": value for player in players for name, value in fields.items()}


def _plain(iterations: int) -> dict[str, Any]:
    """The non-saturating game with z and batch of PacGAN's code, but nets of 64, 64 instead of four
    layers of 400 and three of maxout; Adam's rate starts at 5e-3, where theirs stays at 1e-4."""
    return {"latent.dim": 2, "batch_size": 100} | _players(iterations, lr=5e-3, beta1=0.5)


STRONG = {
    "loss": "relativistic",
    "penalty.name": "r1_r2",
    "penalty.weight": 0.1,
    "latent.dim": 4,
    "batch_size": 100,
} | _players(ITERATIONS, lr=1e-2, beta1=0.0, beta2=0.99)
"""The relativistic game with both penalties (Huang et al. 2025)."""


def _config(data: Plane, fields: Mapping[str, Any]) -> RunConfig:
    options = {f"data.{name}": value for name, value in data.model_dump().items()}
    return RunConfig().updated(options | dict(fields))


def _packed(data: Plane, pack: int) -> tuple[RunConfig, int]:
    """As many packs in a batch as PacGAN's code has, whatever their size."""
    sizes = {"aids.pack": pack, "batch_size": 100 * pack}
    return _config(data, _plain(ITERATIONS) | sizes), ITERATIONS


def _strong(data: Plane) -> dict[str, tuple[RunConfig, int]]:
    return {"relativistic, R1 + R2": (_config(data, STRONG), ITERATIONS)}


def _pacgan(data: Plane, published: Mapping[str, Sequence[Figure]]) -> Table:
    return Table(
        paper="PacGAN, Table 1 (Lin et al. 2018)",
        trained="400,000 iterations of 100 packs, G with four layers of 400",
        assumed="reverse KL over the samples of high quality, as in the authors' code",
        data=data,
        protocol=protocols.pacgan,
        columns=protocols.PacGAN._fields,
        runs=10,
        published=published,
        measured={
            "GAN": _packed(data, 1),
            **{f"PacGAN{pack}": _packed(data, pack) for pack in (2, 3, 4)},
            **_strong(data),
        },
    )


def _veegan(data: Plane, published: Mapping[str, Sequence[Figure]]) -> Table:
    return Table(
        paper="VEEGAN, Table 1 (Srivastava et al. 2017)",
        trained="for a time it does not say, the unrolled one by 5 updates",
        assumed="radius, spacing and sigma, which it does not print, as in PacGAN, which follows it",
        data=data,
        protocol=protocols.veegan,
        columns=protocols.VEEGAN._fields,
        runs=5,
        published=published,
        measured={
            "GAN": _packed(data, 1),
            "unrolled GAN": (
                _config(data, _plain(UNROLLED_ITERATIONS) | {"aids.unroll": 5}),
                UNROLLED_ITERATIONS,
            ),
            **_strong(data),
        },
    )


TABLES = {
    "pacgan-ring": _pacgan(
        RING,
        {
            "GAN": ((6.3, 0.5), (98.2, 0.2), (0.45, 0.09)),
            "ALI": ((6.6, 0.3), (97.6, 0.4), (0.36, 0.04)),
            "PacGAN2": ((7.9, 0.1), (95.6, 2.0), (0.07, 0.03)),
            "PacGAN3": ((7.8, 0.1), (97.7, 0.3), (0.10, 0.02)),
            "PacGAN4": ((7.8, 0.1), (95.9, 1.4), (0.07, 0.02)),
        },
    ),
    "pacgan-grid": _pacgan(
        GRID,
        {
            "GAN": ((17.3, 0.8), (94.8, 0.7), (0.70, 0.07)),
            "ALI": ((24.1, 0.4), (95.7, 0.6), (0.14, 0.03)),
            "PacGAN2": ((23.8, 0.7), (91.3, 0.8), (0.13, 0.04)),
            "PacGAN3": ((24.6, 0.4), (94.2, 0.6), (0.06, 0.02)),
            "PacGAN4": ((24.8, 0.2), (93.6, 0.6), (0.04, 0.01)),
        },
    ),
    "veegan-ring": _veegan(
        RING,
        {
            "GAN": ((1, None), (99.3, None)),
            "ALI": ((2.8, None), (0.13, None)),
            "unrolled GAN": ((7.6, None), (35.6, None)),
            "VEEGAN": ((8, None), (52.9, None)),
        },
    ),
    "veegan-grid": _veegan(
        GRID,
        {
            "GAN": ((3.3, None), (0.5, None)),
            "ALI": ((15.8, None), (1.6, None)),
            "unrolled GAN": ((23.6, None), (16, None)),
            "VEEGAN": ((24.6, None), (40, None)),
        },
    ),
}
"""Every table by its name on the command line."""
