"""Finding z: the input by which G draws a given picture, or comes as near to it as it can.

Gradient descent on z as in Schlegl et al. 2017 (sec. 2.2): pixels are to be right, and, where D has
maps, what its last layer of them holds; and z is to be one of those that G was trained on.
"""

from dataclasses import dataclass
from functools import lru_cache

import torch
from torch import Tensor

from ganplay.latent.model import PIECE, Model
from ganplay.latent.saliency import layers

POOL, POOL_SEED = 1024, 1 << 22
"""Samples among which a search begins, at those nearest to a picture."""
STARTS = 8
STEPS = 300
RATE = 0.1
"""Of Adam; it falls to 0 over the second half of the steps."""
FEATURES = 0.3
"""What an error in D's maps counts beside one in pixels, each over its variance among samples."""
PRIOR = 0.01
"""What the mean square of z counts, where z is drawn from a normal distribution."""


@dataclass(frozen=True, eq=False)
class Found:
    """After a step, for each picture sought: the best that was found, z [n, latent.dim] and what G
    makes of it [n, *shape], and how far that is off, [n]: the root of the mean squared error of its
    pixels, as a portion of what there is from black to white."""

    step: int
    z: Tensor
    pictures: Tensor
    off: Tensor


class Search:
    """Looks for the z of pictures `sought` [n, *shape] of -1..1, by STEPS steps of Adam from STARTS
    samples each, all at once. It depends on nothing else; `found` says how it went so far."""

    def __init__(self, model: Model, sought: Tensor):
        self.model, self.sought = model, sought
        pool, made = _pool(model)
        near = torch.cdist(sought.flatten(1), made.flatten(1)).topk(STARTS, largest=False).indices
        self.z = pool[near.flatten()].clone().requires_grad_()
        self._sought = sought.repeat_interleave(STARTS, 0)
        with torch.no_grad():
            usual = made[:PIECE]
            self._scale = float(usual.var(0).mean())
            self._sees = layers(model) > 0 and not model.critic.sees_batch
            if self._sees:
                self._feature_scale = float(_seen(model, usual).var(0).mean())
                self._features = _seen(model, self._sought)
        self._adam = torch.optim.Adam([self.z], RATE, (0.9, 0.99))
        self.found: list[Found] = []
        self._look()

    @property
    def done(self) -> bool:
        return self.step == STEPS

    @property
    def step(self) -> int:
        """How many steps it made."""
        return self.found[-1].step

    def losses(self, z: Tensor) -> Tensor:
        """What each z of all starts [n * STARTS, latent.dim] is to make least."""
        made = self.model.draw(z)
        loss = _error(made, self._sought) / self._scale
        if self._sees:
            apart = _error(_seen(self.model, made), self._features)
            loss = loss + FEATURES * apart / self._feature_scale
        if self.model.config.latent.prior == "normal":
            loss = loss + PRIOR * z.square().mean(1)
        return loss

    def advance(self, steps: int) -> None:
        """Make so many steps, or those that are left, and look at what was found."""
        for step in range(self.step, min(self.step + steps, STEPS)):
            self._adam.param_groups[0]["lr"] = RATE * min(1.0, 2 * (1 - step / STEPS))
            (self.z.grad,) = torch.autograd.grad(self.losses(self.z).sum(), self.z)
            self._adam.step()
            if self.model.config.latent.prior == "uniform":
                self.z.data.clamp_(-1, 1)
        self._look(min(self.step + steps, STEPS))

    @torch.no_grad()
    def _look(self, step: int = 0) -> None:
        best = self.losses(self.z).view(-1, STARTS).argmin(1)
        z = self.z.detach().view(len(best), STARTS, -1)[torch.arange(len(best)), best]
        pictures = self.model.draw(z)
        self.found.append(Found(step, z, pictures, off(pictures, self.sought)))


def off(pictures: Tensor, others: Tensor) -> Tensor:
    """How far pictures [n, *shape] of -1..1 are off others, [n], as in Found."""
    return _error(pictures, others).sqrt() / 2


def _error(some: Tensor, others: Tensor) -> Tensor:
    """Mean squared differences, [n]."""
    return (some - others).square().flatten(1).mean(1)


def _seen(model: Model, pictures: Tensor) -> Tensor:
    """What the last of D's layers of maps holds of pictures."""
    return model.see(pictures)[-2]


@lru_cache(maxsize=4)
def _pool(model: Model) -> tuple[Tensor, Tensor]:
    """z of POOL samples and their pictures."""
    z = model.noise(POOL, POOL_SEED)
    return z, model.generate(z)
