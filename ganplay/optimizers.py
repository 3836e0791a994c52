"""Optimizers over flat parameter buffers: each is an elementwise update.

They follow `torch.optim` to the letter (SGD with momentum, RMSprop, Adam, default epsilons) and
differ in two things: they act on K stacked nets [K, P] at once, and `ahead` says, differentiably,
what an update would do.
"""

from typing import ClassVar, Protocol

import torch
from torch import Tensor

TINY = 1e-30
"""Added under the roots of `ahead`, which have no slope at 0, where a dead unit's moments are."""


class Settings(Protocol):
    """The hyper-parameters an optimizer reads at each step, so that they may change mid-run."""

    @property
    def beta1(self) -> float: ...
    @property
    def beta2(self) -> float: ...
    @property
    def momentum(self) -> float: ...


Rate = float | Tensor
"""A learning rate; on a GPU a tensor [], which an update recorded once can read anew."""

Moments = list[Tensor]


class Optimizer:
    """State for parameters `flat` [K, P]: `moments` are its running averages, each [K, P], and
    `count` [] the updates so far, where a rule asks for them."""

    moments_needed: ClassVar[int]

    def __init__(self, flat: Tensor):
        self.count = torch.zeros((), device=flat.device)
        self.moments = [torch.zeros_like(flat) for _ in range(self.moments_needed)]

    def step(self, flat: Tensor, grad: Tensor, lr: Rate, settings: Settings) -> None:
        """Update `flat` in place by the gradient `grad`, both [K, P]."""
        raise NotImplementedError

    def ahead(
        self,
        flat: Tensor,
        grad: Tensor,
        moments: Moments,
        number: int,
        lr: Rate,
        settings: Settings,
    ) -> tuple[Tensor, Moments]:
        """What `flat` and `moments` would be after the update that comes as the `number`th from
        now; changes nothing, and can be differentiated."""
        move, moments = self._move(grad, moments, number, settings)
        return flat - lr * move, moments

    def _move(
        self, grad: Tensor, moments: Moments, number: int, settings: Settings
    ) -> tuple[Tensor, Moments]:
        """Down which way that update goes, for a learning rate of 1, and its moments."""
        raise NotImplementedError


class SGD(Optimizer):
    """Gradient descent with momentum (Polyak 1964): v <- m v + g, x <- x - lr v."""

    moments_needed = 1

    def step(self, flat: Tensor, grad: Tensor, lr: Rate, settings: Settings) -> None:
        (velocity,) = self.moments
        velocity.mul_(settings.momentum).add_(grad)
        flat.sub_(velocity * lr)

    def _move(
        self, grad: Tensor, moments: Moments, number: int, settings: Settings
    ) -> tuple[Tensor, Moments]:
        velocity = settings.momentum * moments[0] + grad
        return velocity, [velocity]


class RMSProp(Optimizer):
    """RMSprop (Hinton 2012), smoothing .99, epsilon 1e-8; with momentum as in `torch.optim`."""

    moments_needed = 2
    alpha, eps = 0.99, 1e-8

    def step(self, flat: Tensor, grad: Tensor, lr: Rate, settings: Settings) -> None:
        square, velocity = self.moments
        square.mul_(self.alpha).addcmul_(grad, grad, value=1 - self.alpha)
        move = grad / square.sqrt().add_(self.eps)
        if settings.momentum:
            move = velocity.mul_(settings.momentum).add_(move).clone()
        flat.sub_(move.mul_(lr))

    def _move(
        self, grad: Tensor, moments: Moments, number: int, settings: Settings
    ) -> tuple[Tensor, Moments]:
        square = self.alpha * moments[0] + (1 - self.alpha) * grad.square()
        velocity = settings.momentum * moments[1] + grad / ((square + TINY).sqrt() + self.eps)
        return velocity, [square, velocity]


class Adam(Optimizer):
    """Adam (Kingma and Ba 2015, alg. 1), epsilon 1e-8."""

    moments_needed = 2
    eps = 1e-8

    def step(self, flat: Tensor, grad: Tensor, lr: Rate, settings: Settings) -> None:
        mean, square = self.moments
        self.count.add_(1)
        # what torch.optim.Adam(fused=True) calls: one pass over the parameters
        torch._fused_adam_(
            [flat], [grad], [mean], [square], [], [self.count],
            lr=lr, beta1=settings.beta1, beta2=settings.beta2, weight_decay=0.0, eps=self.eps,
            amsgrad=False, maximize=False,
        )  # fmt: skip

    def _move(
        self, grad: Tensor, moments: Moments, number: int, settings: Settings
    ) -> tuple[Tensor, Moments]:
        mean = settings.beta1 * moments[0] + (1 - settings.beta1) * grad
        square = settings.beta2 * moments[1] + (1 - settings.beta2) * grad.square()
        count = (self.count + number).to(grad.dtype)
        scale = (1 - settings.beta2**count).sqrt()
        denominator = (square + TINY).sqrt() / scale + self.eps
        return mean / (1 - settings.beta1**count) / denominator, [mean, square]


OPTIMIZERS: dict[str, type[Optimizer]] = {"sgd": SGD, "rmsprop": RMSProp, "adam": Adam}
