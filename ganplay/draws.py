"""The random numbers of training, drawn many updates at a time."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from typing import Any

import torch
from torch import Generator, Tensor

from ganplay.config import RunConfig
from ganplay.config_parts import Latent

AHEAD = 2**16
"""Most numbers drawn ahead for each run: enough that the calls cost nothing, few enough to stay in
a CPU's cache."""
MOST_AHEAD = 64
"""Most updates drawn ahead."""


@dataclass(frozen=True)
class Batch:
    """What one update of one player draws, each [K, batch_size, ...].

    z: noise for G; real: points of p_data, with instance noise where there is some; noise: the
    instance noise of generated points; portion: where between a real and a generated point the
    gradient penalty looks, for each pack. None where nothing asks for it.
    """

    z: Tensor
    real: Tensor | None
    noise: Tensor | None
    portion: Tensor | None


class Draws:
    """The batches of one player, for K runs with a generator each. They are drawn in blocks, but
    depend on nothing but the generators and the config."""

    def __init__(self, rngs: Sequence[Generator], dtype: torch.dtype):
        self.rngs, self.dtype = rngs, dtype
        self._starts = [rng.get_state() for rng in rngs]
        self._block: list[Batch] = []
        self._used = 0
        self._wanted: tuple[Any, ...] = ()

    def follow(self, config: RunConfig, real: bool) -> None:
        """Draw for this config from now on; `real` says whether real points are needed. What is
        drawn ahead stays where it serves as well: a learning rate changes no draw."""
        between = real and config.penalty.name == "gp"
        wanted = (
            config.data, config.batch_size, config.latent, config.aids.instance_noise, real, between
        )  # fmt: skip
        if wanted != self._wanted:
            self._config, self._wanted = config, wanted
            self._forget()

    def _forget(self) -> None:
        self._block, self._used = [], 0
        self._starts = [rng.get_state() for rng in self.rngs]

    def next(self) -> Batch:
        """The batch of the next update."""
        if self._used == len(self._block):
            self._forget()
            self._block = self._draw()
        self._used += 1
        return self._block[self._used - 1]

    @torch.inference_mode(False)  # so that either path to the gradient can use them
    def _draw(self) -> list[Batch]:
        config = self._config
        size, real, between = config.batch_size, *self._wanted[-2:]
        count = updates_ahead(config)
        whole = Batch(
            z=self._stack(count, size, lambda rng, n: noise(config.latent, n, rng)),
            real=self._stack(count, size, self._real_points) if real else None,
            noise=self._stack(count, size, self._instance_noise)
            if config.aids.instance_noise
            else None,
            portion=self._stack(count, size // config.aids.pack, _uniform) if between else None,
        )
        columns = [getattr(whole, field.name) for field in fields(Batch)]
        pieces = [[None] * count if column is None else column.unbind() for column in columns]
        return [Batch(*row) for row in zip(*pieces, strict=True)]

    def _stack(self, count: int, size: int, draw: Callable[[Generator, int], Tensor]) -> Tensor:
        """[count, K, size, ...]: each run's numbers in one call."""
        flat = [draw(rng, count * size) for rng in self.rngs]
        runs = [numbers.view(count, size, *numbers.shape[1:]) for numbers in flat]
        return (runs[0][:, None] if len(runs) == 1 else torch.stack(runs, 1)).to(self.dtype)

    def _real_points(self, rng: Generator, n: int) -> Tensor:
        points = self._config.data.sample(n, rng)
        strength = self._config.aids.instance_noise
        if strength:
            points = points + strength * _normal(rng, points.shape)
        return points

    def _instance_noise(self, rng: Generator, n: int) -> Tensor:
        return self._config.aids.instance_noise * _normal(rng, (n, *self._config.data.shape))

    def state_dict(self) -> dict[str, Any]:
        """All that decides what is drawn from here on."""
        return {"starts": list(self._starts), "used": self._used}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Go on from a state taken under the same config."""
        for rng, start in zip(self.rngs, state["starts"], strict=True):
            rng.set_state(start)
        self._forget()
        if state["used"]:
            self._block, self._used = self._draw(), state["used"]


def updates_ahead(config: RunConfig) -> int:
    """For how many updates of a player numbers are drawn in one go."""
    numbers = config.batch_size * (config.latent.dim + 2 * math.prod(config.data.shape))
    return min(MOST_AHEAD, max(1, AHEAD // numbers))


def noise(latent: Latent, n: int, rng: Generator) -> Tensor:
    """n draws of z from its prior, [n, latent.dim]."""
    shape = (n, latent.dim)
    if latent.prior == "uniform":
        return torch.rand(shape, generator=rng, device=rng.device) * 2 - 1
    z = _normal(rng, shape)
    if latent.prior == "student_t":
        # a normal over the root of a chi-square with 2 degrees of freedom, halved: an exponential
        return z.div_(torch.empty_like(z).exponential_(generator=rng).sqrt_())
    if latent.prior == "one_hot_mixture":
        which = torch.randint(latent.dim, (n,), generator=rng, device=rng.device)
        z = z.mul_(ONE_HOT_NOISE / math.sqrt(latent.dim))
        z[torch.arange(n, device=rng.device), which] += 1
    return z


ONE_HOT_NOISE = 0.3
"""How far z lies from its corner of the one-hot mixture (root mean square, over all coordinates
together): .3 in each of 25 would drown the corners."""


def _normal(rng: Generator, shape: Sequence[int]) -> Tensor:
    return torch.randn(tuple(shape), generator=rng, device=rng.device)


def _uniform(rng: Generator, n: int) -> Tensor:
    return torch.rand(n, 1, generator=rng, device=rng.device)
