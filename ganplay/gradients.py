"""The gradient of each player's loss by its parameters, on two paths that agree to rounding.

ByHand goes through the layers by the chain rule, which spares autograd's bookkeeping: most of the
time for nets this small. Autograd takes all else: other nets and activations, and whatever stands
between a point and D's layers.
"""

from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor

from ganplay.config import RunConfig
from ganplay.losses import LOSSES
from ganplay.nets import MLP, Critic, Net
from ganplay.penalties import PENALTIES, Penalty, points
from ganplay.player import Player


class Found(NamedTuple):
    """One player's gradient [K, P], to be used before the next call, and the logits [K, B] its
    loss was taken of; those of real points are None where it has none."""

    gradient: Tensor
    real: Tensor | None
    fake: Tensor


@dataclass
class Game:
    """Both players and the rules they play by. Real and generated points are given in packs, as D
    sees them."""

    config: RunConfig
    g: Net
    critic: Critic
    d: Player

    def __post_init__(self) -> None:
        self.loss = LOSSES[self.config.loss]
        self.penalty = PENALTIES[self.config.penalty.name]
        self.due = True
        """Whether the penalty has its turn now."""
        self.weight = self.config.penalty.weight * self.config.penalty.every

    def blurred(self, fake: Tensor, noise: Tensor | None) -> Tensor:
        """What is generated with instance noise, in packs."""
        return self.critic.packs(fake if noise is None else fake + noise.view_as(fake))

    def make(self, z: Tensor) -> list[Tensor]:
        """z, what G's layers make of it where they are known, and the points it makes at last."""
        raise NotImplementedError

    def discriminator(self, real: Tensor, fake: Tensor, portion: Tensor | None) -> Found:
        """By D's parameters; the penalty is part of it."""
        raise NotImplementedError

    def generator(
        self, made: list[Tensor], noise: Tensor | None, real: Tensor | None, portion: Tensor | None
    ) -> Found:
        """By G's parameters, from what `make` gave, or from z alone; real points are needed by a
        paired loss and by unrolling."""
        raise NotImplementedError


class Autograd(Game):
    """By autograd alone."""

    @torch.no_grad()
    def make(self, z: Tensor) -> list[Tensor]:
        # a normalisation goes over a batch, and z may be of several
        made = [self.g(batch) for batch in torch.split(z, self.config.batch_size, 1)]
        return [z, torch.cat(made, 1) if len(made) > 1 else made[0]]

    def discriminator(self, real: Tensor, fake: Tensor, portion: Tensor | None) -> Found:
        if self.critic.directions:
            self.critic.refine()
        weights = self.critic.weights()
        value, r, f = self.d_value(weights, real, fake, portion)
        return Found(self.critic.net.gradient_of(value), r.detach(), f.detach())

    def d_value(
        self, weights: list[Tensor], real: Tensor, fake: Tensor, portion: Tensor | None
    ) -> tuple[Tensor, Tensor, Tensor]:
        """What D minimises [K], and its logits; differentiable by all."""
        count = real.shape[1]
        r, f = self._judge(torch.cat((real, fake), 1), count, weights).chunk(2, 1)
        value = self.loss.discriminator(r, f)
        if self.penalty and self.due:
            x = points(real, fake, portion)[:, self.penalty.rows(count)]
            if not x.requires_grad:
                x.requires_grad_()
            logits = self._judge(x, count, weights)
            (slope,) = torch.autograd.grad(logits.sum(), x, create_graph=True)
            value = value + self.weight * self.penalty.value(slope, count)
        return value, r, f

    def _judge(self, x: Tensor, count: int, weights: list[Tensor]) -> Tensor:
        """Logits of batches of `count` packs, one after the other in x."""
        batches = torch.split(x, count, 1) if self.critic.sees_batch else (x,)
        return torch.cat([self.critic(batch, weights) for batch in batches], 1)

    def generator(
        self, made: list[Tensor], noise: Tensor | None, real: Tensor | None, portion: Tensor | None
    ) -> Found:
        fake = self.blurred(self.g(made[0]), noise)
        if self.config.aids.unroll:
            assert real is not None
            weights = self.unrolled(real, fake, portion)
        else:
            weights = self.critic.weights()
        f = self.critic(fake, weights)
        r = self.critic(real, weights) if self.loss.paired and real is not None else None
        gradient = self.g.gradient_of(self.loss.generator(f, r))
        return Found(gradient, None if r is None else r.detach(), f.detach())

    def unrolled(self, real: Tensor, fake: Tensor, portion: Tensor | None) -> list[Tensor]:
        """D's weights after its next updates against this batch, as a function of `fake`
        (Metz et al. 2017, eq. 8 to 10)."""
        settings, optimizer, net = self.d.settings, self.d.optimizer, self.critic.net
        flat, moments = net.flat.clone().requires_grad_(), optimizer.moments
        for number in range(1, self.config.aids.unroll + 1):
            weights = self.critic.weights(net.views(flat))
            value = self.d_value(weights, real, fake, portion)[0]
            (gradient,) = torch.autograd.grad(value.sum(), flat, create_graph=True)
            flat, moments = optimizer.ahead(flat, gradient, moments, number, self.d.lr, settings)
            if self.config.clip:
                flat = flat.clamp(-self.config.clip, self.config.clip)
        return self.critic.weights(net.views(flat))


class ByHand(Game):
    """By the chain rule through the layers of two perceptrons."""

    g: MLP

    def __post_init__(self) -> None:
        super().__post_init__()
        assert isinstance(self.critic.net, MLP)
        self.net = self.critic.net
        for net in (self.g, self.net):
            net.prepare_gradients()

    def make(self, z: Tensor) -> list[Tensor]:
        return self.g.trace(z)

    def discriminator(self, real: Tensor, fake: Tensor, portion: Tensor | None) -> Found:
        count = real.shape[1]
        values = self.net.trace(points(real, fake, portion if self.due else None))
        r, f, *_ = values[-1].squeeze(-1).chunk(values[-1].shape[1] // count, 1)
        slopes = self.loss.discriminator_slopes(r, f).unsqueeze(-1)
        if self.penalty and self.due:
            return Found(self._with_penalty(self.penalty, values, slopes, count), r, f)
        return Found(self.net.collect(values, self.net.pull_back(values, slopes)), r, f)

    def _with_penalty(
        self, penalty: Penalty, values: list[Tensor], slopes: Tensor, count: int
    ) -> Tensor:
        """The gradient of loss and penalty together, exact where D is piecewise linear.

        With d the slopes of the logit itself by each layer, the loss's part is the sum over points
        of (slope of the loss) d value^T. The penalty is a function of grad D(x) = d_1 W_1, and as
        kinks have no area, its part is the sum of d m^T, with m the layers' moves as x moves along
        the penalty's derivative by grad D(x): no second pass back is needed.
        """
        net, rows = self.net, penalty.rows(count)
        chain = net.pull_back(values, torch.ones_like(values[-1]))
        slope = net.to_input([chain[0][:, rows]])
        direction = penalty.by_slope(slope, count).mul_(self.weight)
        moves = net.push_forward([value[:, rows] for value in values], direction)
        if penalty.where == "between":  # which the loss itself does not see
            slopes = torch.cat((slopes, torch.zeros_like(slopes[:, :count])), 1)
        left = [value * slopes for value in values[:-1]]
        for product, move in zip(left, moves, strict=True):
            product[:, rows].add_(move)
        return net.collect(left, chain, slopes)

    def generator(
        self, made: list[Tensor], noise: Tensor | None, real: Tensor | None, portion: Tensor | None
    ) -> Found:
        made = made if len(made) > 1 else self.g.trace(made[0])
        values = self.net.trace(self.blurred(made[-1], noise))
        f = values[-1].squeeze(-1)
        r = None if real is None else self.net.trace(real)[-1].squeeze(-1)
        slopes = self.loss.generator_slopes(f, r).unsqueeze(-1)
        by_point = self.net.to_input(self.net.pull_back(values, slopes)).view_as(made[-1])
        return Found(self.g.collect(made, self.g.pull_back(made, by_point)), r, f)


def gradients_for(config: RunConfig, g: Net, critic: Critic, d: Player) -> Game:
    """The fastest path that takes these nets under these rules."""
    mlps = all(isinstance(net, MLP) and net.activation.slope for net in (g, critic.net))
    bent = config.penalty.name != "none" and not (
        isinstance(critic.net, MLP) and critic.net.activation.piecewise_linear
    )
    by_hand = mlps and critic.is_plain and not bent and not config.aids.unroll
    return ByHand(config, g, critic, d) if by_hand else Autograd(config, g, critic, d)
