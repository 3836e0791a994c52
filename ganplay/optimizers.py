"""Optimizers over flat parameter buffers: each is an in-place, elementwise update.

They follow `torch.optim` to the letter (SGD with momentum, RMSprop, Adam, default epsilons) and
differ in one thing: they act on K stacked nets [K, P] at once.
"""

import math
from typing import ClassVar, Protocol

import torch
from torch import Tensor


class Settings(Protocol):
    """The hyper-parameters an optimizer reads at each step, so that they may change mid-run."""

    @property
    def lr(self) -> float: ...
    @property
    def beta1(self) -> float: ...
    @property
    def beta2(self) -> float: ...
    @property
    def momentum(self) -> float: ...


class Optimizer:
    """State for parameters `flat` [K, P]; `moments` are its running averages, each [K, P]."""

    count: ClassVar[int]

    def __init__(self, flat: Tensor):
        self.steps = 0
        self.moments = [torch.zeros_like(flat) for _ in range(self.count)]

    def step(self, flat: Tensor, grad: Tensor, settings: Settings) -> None:
        """Update `flat` in place by the gradient `grad`, both [K, P]."""
        self.steps += 1
        self.update(flat, grad, settings)

    def update(self, flat: Tensor, grad: Tensor, settings: Settings) -> None:
        raise NotImplementedError


class SGD(Optimizer):
    """Gradient descent with momentum (Polyak 1964): v <- m v + g, x <- x - lr v."""

    count = 1

    def update(self, flat: Tensor, grad: Tensor, settings: Settings) -> None:
        (velocity,) = self.moments
        velocity.mul_(settings.momentum).add_(grad)
        flat.sub_(velocity, alpha=settings.lr)


class RMSProp(Optimizer):
    """RMSprop (Hinton 2012), smoothing .99, epsilon 1e-8; with momentum as in `torch.optim`."""

    count = 2
    alpha, eps = 0.99, 1e-8

    def update(self, flat: Tensor, grad: Tensor, settings: Settings) -> None:
        square, velocity = self.moments
        square.mul_(self.alpha).addcmul_(grad, grad, value=1 - self.alpha)
        velocity.mul_(settings.momentum).addcdiv_(grad, square.sqrt().add_(self.eps))
        flat.sub_(velocity, alpha=settings.lr)


class Adam(Optimizer):
    """Adam (Kingma and Ba 2015, alg. 1), epsilon 1e-8."""

    count = 2
    eps = 1e-8

    def update(self, flat: Tensor, grad: Tensor, settings: Settings) -> None:
        mean, square = self.moments
        mean.lerp_(grad, 1 - settings.beta1)
        square.mul_(settings.beta2).addcmul_(grad, grad, value=1 - settings.beta2)
        unbias = 1 - settings.beta1**self.steps
        scale = math.sqrt(1 - settings.beta2**self.steps)
        # both sides of the fraction times `scale`, which spares a pass over the parameters
        denominator = square.sqrt().add_(self.eps * scale)
        flat.addcdiv_(mean, denominator, value=-settings.lr * scale / unbias)


OPTIMIZERS: dict[str, type[Optimizer]] = {"sgd": SGD, "rmsprop": RMSProp, "adam": Adam}
