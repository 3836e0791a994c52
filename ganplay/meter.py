"""Losses and gradient norms, averaged since the last look."""

import math

import torch
from torch import Tensor

from ganplay.gradients import Found
from ganplay.losses import Loss

EVERY = 32
"""Iterations whose numbers are worked out together."""


class Meter:
    """Collects what each iteration found for K runs under one `loss`. The losses are worked out of the logits later
    and for many iterations at once, as doing so at each would slow training down by a tenth."""

    def __init__(self, loss: Loss):
        self.loss = loss
        self._norms: tuple[list[Tensor], list[Tensor]] = [], []
        self._found: tuple[list[Found], list[Found]] = [], []
        self._waiting = 0
        self._counts = [0, 0]
        self._sums: list[Tensor | None] = [None] * 4

    def add(self, d: Found | None, g: Found | None) -> None:
        """One iteration, with the last update of each player; None where it has none."""
        for found, norms, all_found in zip((d, g), self._norms, self._found, strict=True):
            if found:
                norms.append(torch.linalg.vector_norm(found.gradient, dim=1))
                all_found.append(found)
        self._waiting += 1
        if self._waiting >= EVERY:
            self._work_out()

    def _work_out(self) -> None:
        self._waiting = 0
        for i, (norms, found) in enumerate(zip(self._norms, self._found, strict=True)):
            if not norms:
                continue
            fake = torch.stack([one.fake for one in found])
            reals = [one.real for one in found if one.real is not None]
            real = torch.stack(reals) if reals else fake  # then without part in the loss
            loss = self.loss.generator(fake, real) if i else self.loss.discriminator(real, fake)
            for j, values in enumerate((loss, torch.stack(norms))):
                before = self._sums[2 * i + j]
                total = values.sum(0, dtype=torch.float64)
                self._sums[2 * i + j] = total if before is None else before + total
            self._counts[i] += len(norms)
            norms.clear()
            found.clear()

    def read(self, k: int) -> tuple[float, float, float, float]:
        """Mean loss and gradient norm of D, and of G, for run k since the meter was new; NaN where
        there is none."""
        self._work_out()
        d_loss, d_norm, g_loss, g_norm = (
            math.nan if sums is None else sums[k].item() / self._counts[i // 2]
            for i, sums in enumerate(self._sums)
        )
        return d_loss, d_norm, g_loss, g_norm
