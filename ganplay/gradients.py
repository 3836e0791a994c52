"""The gradient of each player's loss by its parameters, on two paths that agree to rounding.

ByHand goes back through the layers by the chain rule and leaves only the loss, a function of the
few logits, to autograd: it spares the bookkeeping, which is most of the time for nets this small.
Autograd takes nets whose activations do not tell their slope from their value.
"""

from typing import Protocol

import torch
from torch import Tensor

from ganplay.losses import Loss
from ganplay.nets import MLP


class Gradients(Protocol):
    """Both return each run's loss [K] and its gradient [K, P], to be used before the next call."""

    def discriminator(
        self, d: MLP, loss: Loss, real: Tensor, fake: Tensor
    ) -> tuple[Tensor, Tensor]:
        """By D's parameters, from points [K, B, 2] of each kind."""

    def generator(self, g: MLP, d: MLP, loss: Loss, z: Tensor) -> tuple[Tensor, Tensor]:
        """By G's parameters, from noise [K, B, latent.dim]."""


class Autograd:
    """By autograd alone."""

    def discriminator(
        self, d: MLP, loss: Loss, real: Tensor, fake: Tensor
    ) -> tuple[Tensor, Tensor]:
        logits = d(torch.cat((real, fake), 1)).squeeze(-1)
        result = loss.discriminator(*logits.tensor_split(2, -1))
        return result.detach(), d.gradient_of(result)

    def generator(self, g: MLP, d: MLP, loss: Loss, z: Tensor) -> tuple[Tensor, Tensor]:
        result = loss.generator(d(g(z)).squeeze(-1))
        return result.detach(), g.gradient_of(result)


class ByHand:
    """By the chain rule through the layers."""

    def discriminator(
        self, d: MLP, loss: Loss, real: Tensor, fake: Tensor
    ) -> tuple[Tensor, Tensor]:
        values = d.trace(torch.cat((real, fake), 1))
        logits = values[-1].squeeze(-1).requires_grad_()
        result = loss.discriminator(*logits.tensor_split(2, -1))
        d.pull_back(values, self._slopes(result, logits), parameters=True)
        return result.detach(), d.gradient

    def generator(self, g: MLP, d: MLP, loss: Loss, z: Tensor) -> tuple[Tensor, Tensor]:
        made = g.trace(z)
        values = d.trace(made[-1])
        logits = values[-1].squeeze(-1).requires_grad_()
        result = loss.generator(logits)
        slopes = d.pull_back(values, self._slopes(result, logits), parameters=False)
        g.pull_back(made, slopes, parameters=True)
        return result.detach(), g.gradient

    @staticmethod
    def _slopes(loss: Tensor, logits: Tensor) -> Tensor:
        return torch.autograd.grad(loss.sum(), logits)[0].unsqueeze(-1)


def gradients_for(*nets: MLP) -> Gradients:
    """The fastest path that takes these nets."""
    return ByHand() if all(net.activation.slope for net in nets) else Autograd()
