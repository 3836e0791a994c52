"""D as the game meets it: its net, and what is done to points and weights before it judges."""

from collections.abc import Sequence
from copy import copy
from typing import Self

import torch
from torch import Generator, Tensor
from torch.nn.functional import normalize

from ganplay.nets.base import Net
from ganplay.nets.dcgan import DCGANDiscriminator
from ganplay.nets.mlp import MLP

FOURIER_DEVIATION = 2.0
"""Standard deviation of the Fourier frequencies, in radians per unit of the plane."""
POWER_STEPS = 15
"""Power iterations with which a spectral norm begins, as in `torch.nn.utils`."""


class Critic:
    """K discriminators, from packs of points to logits.

    A pack is `pack` points side by side, judged as one (Lin et al. 2018). With `frequencies`
    [K, 2, n] each point x is seen as x, sin(x F), cos(x F) (Tancik et al. 2020, sec. 6). With `in_log`
    each coordinate x is seen as sign(x) log(1 + |x|). Under
    `spectral_norm` each weight is divided by its largest singular value (Miyato et al. 2018).
    """

    def __init__(self, net: Net, pack: int = 1, frequencies: Tensor | None = None):
        self.net, self.pack, self.frequencies = net, pack, frequencies
        self.directions: list[Tensor] | None = None
        self.in_log = False

    @property
    def sees_batch(self) -> bool:
        """Whether a logit depends on the other packs of its batch."""
        if isinstance(self.net, DCGANDiscriminator):
            return self.net.normalises
        return isinstance(self.net, MLP) and self.net.batch_feature

    @property
    def is_plain(self) -> bool:
        """Whether a logit is what the net's layers make of a pack alone, and nothing else."""
        bare = self.frequencies is None and self.directions is None and not self.in_log
        return bare and not self.sees_batch

    def packs(self, x: Tensor) -> Tensor:
        """Points or pictures [K, B, ...] side by side, as the net takes them: [K, B / pack, ...]."""
        if self.pack == 1 and x.ndim == 2 + len(self.net.takes):
            return x
        return x.reshape(len(x), x.shape[1] // self.pack, *self.net.takes)

    def __call__(
        self, packs: Tensor, leaves: Sequence[Tensor] | None = None, feature: Tensor | None = None
    ) -> Tensor:
        """Logits [K, B] of packs, with `leaves` in place of the net's weights; `feature` stands for
        the variation over the batch where the packs are no batch."""
        leaves = self.weights() if leaves is None else leaves
        x = self._seen(packs)
        if feature is not None:
            assert isinstance(self.net, MLP)
            return self.net(x, leaves, feature).squeeze(-1)
        return self.net(x, leaves).squeeze(-1)

    def feature(self, packs: Tensor) -> Tensor | None:
        """The variation over a batch of packs, for nets that are told of it."""
        if isinstance(self.net, MLP) and self.net.batch_feature:
            return self.net.feature(self._seen(packs), self.weights())
        return None

    def _seen(self, packs: Tensor) -> Tensor:
        if self.in_log:
            packs = packs.sign() * packs.abs().log1p()
        if self.frequencies is None:
            return packs
        x = packs.view(*packs.shape[:2], self.pack, -1)
        phase = x @ self.frequencies[:, None]
        return torch.cat((x, phase.sin(), phase.cos()), -1).flatten(2)

    def copy(self, device: str) -> Self:
        """The same on a device, in memory of its own."""
        twin = copy(self)
        twin.net = self.net.copy(device)
        if self.frequencies is not None:
            twin.frequencies = self.frequencies.to(device, copy=True)
        if self.directions is not None:
            twin.directions = [u.to(device, copy=True) for u in self.directions]
        return twin

    def only(self, k: int) -> Self:
        """Discriminator k alone, on the same memory."""
        twin = copy(self)
        twin.net = self.net.only(k)
        if self.frequencies is not None:
            twin.frequencies = self.frequencies[k : k + 1]
        if self.directions is not None:
            twin.directions = [u[k : k + 1] for u in self.directions]
        return twin

    # ---- spectral norm

    def use_spectral_norm(self, on: bool, rngs: Sequence[Generator]) -> None:
        """Switch it on or off; the search for singular vectors starts from draws of `rngs`."""
        if not on:
            self.directions = None
        elif self.directions is None:
            self.directions = [
                torch.stack(
                    [
                        torch.randn(1, weight.shape[1], generator=rng, device=rng.device)
                        for rng in rngs
                    ]
                ).to(weight)
                for weight in self._matrices()
            ]
            for _ in range(POWER_STEPS):
                self.refine()

    @torch.no_grad()
    def refine(self) -> None:
        """One power iteration: the directions [K, 1, out] turn towards the singular vectors."""
        for weight, u in zip(self._matrices(), self.directions or [], strict=False):
            matrix = weight.flatten(2)
            v = normalize(u @ matrix, dim=-1)
            u.copy_(normalize(v @ matrix.mT, dim=-1))

    def _matrices(self) -> list[Tensor]:
        return self.net.leaves[self.net.weights][::2]

    def weights(self, leaves: Sequence[Tensor] | None = None) -> list[Tensor]:
        """The weights in force for the net's own `leaves` or others; differentiable by them."""
        leaves = list(self.net.leaves if leaves is None else leaves)
        for i, u in enumerate(self.directions or []):
            weight = leaves[2 * i]
            # u W v for v along u W
            largest = (u @ weight.flatten(2)).norm(dim=-1)
            leaves[2 * i] = weight / largest.view(-1, *[1] * (weight.ndim - 1))
        return leaves
