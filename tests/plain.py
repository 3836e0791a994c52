"""A GAN as in a tutorial, with `torch.nn` and `torch.optim`, for tests to compare with."""

from collections.abc import Callable
from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn.functional import binary_cross_entropy_with_logits, mse_loss, normalize, softplus
from torch.nn.utils.parametrize import register_parametrization

from ganplay.config import RunConfig
from ganplay.config_players import Net as Settings
from ganplay.nets import Net
from ganplay.stack import Stack
from ganplay.trainer import Trainer

ACTIVATIONS = {
    "relu": nn.ReLU(), "leaky_relu": nn.LeakyReLU(0.2), "tanh": nn.Tanh(), "silu": nn.SiLU()
}  # fmt: skip


def entropy(logits: Tensor, label: float) -> Tensor:
    return binary_cross_entropy_with_logits(logits, torch.full_like(logits, label))


def cross_entropy(r: Tensor, f: Tensor) -> Tensor:
    return entropy(r, 1) + entropy(f, 0)


LOSSES: dict[str, tuple[Callable[[Tensor, Tensor], Tensor], Callable[[Tensor, Tensor], Tensor]]] = {
    "minimax": (cross_entropy, lambda r, f: -entropy(f, 0)),
    "non_saturating": (cross_entropy, lambda r, f: entropy(f, 1)),
    "wgan": (lambda r, f: f.mean() - r.mean(), lambda r, f: -f.mean()),
    "lsgan": (
        lambda r, f: (mse_loss(r, torch.ones_like(r)) + f.square().mean()) / 2,
        lambda r, f: mse_loss(f, torch.ones_like(f)) / 2,
    ),
    "hinge": (
        lambda r, f: (1 - r).clamp(min=0).mean() + (1 + f).clamp(min=0).mean(),
        lambda r, f: -f.mean(),
    ),
    "relativistic": (lambda r, f: softplus(f - r).mean(), lambda r, f: softplus(r - f).mean()),
}
"""What D and G minimise."""


class Normed(nn.Module):
    """A weight over its largest singular value, searched for from `u` by a step a `refine`."""

    def __init__(self, u: Tensor):
        super().__init__()
        self.u = u.clone()

    def refine(self, weight: Tensor) -> None:
        matrix = weight.detach().flatten(1)
        self.u = normalize(matrix @ normalize(matrix.T @ self.u, dim=0), dim=0)

    def forward(self, weight: Tensor) -> Tensor:
        matrix = weight.flatten(1)
        v = normalize(matrix.detach().T @ self.u, dim=0)
        return weight / (self.u @ matrix @ v)


class PlainD(nn.Module):
    """Layers, and what the config puts before and between them."""

    def __init__(self, layers: list[nn.Module], config: RunConfig, frequencies: Tensor | None):
        super().__init__()
        self.inner, self.last = nn.Sequential(*layers[:-1]), layers[-1]
        self.config, self.frequencies = config, frequencies

    def forward(self, x: Tensor) -> Tensor:
        """Samples [n, ...] as one batch; its logits [n / pack, 1]."""
        if self.config.discriminator.sees_log:
            x = torch.where(x < 0, -torch.log1p(x.abs()), torch.log1p(x.abs()))
        if self.frequencies is not None:
            phase = x @ self.frequencies
            x = torch.cat((x, torch.sin(phase), torch.cos(phase)), 1)
        packs = x.split(self.config.aids.pack)
        if self.config.discriminator.kind == "dcgan":  # packed by colours
            shape = self.config.data.shape
            x = torch.stack([pack.reshape(-1, *shape[1:]) for pack in packs])
        else:
            x = torch.stack([pack.flatten() for pack in packs])
        x = self.inner(x)
        if self.config.aids.minibatch_stddev:
            deviation = torch.sqrt(x.var(0, correction=0) + 1e-8).mean()
            x = torch.cat((x, deviation * torch.ones_like(x[:, :1])), 1)
        return self.last(x)


def perceptron(net: Net, activation: nn.Module) -> list[nn.Module]:
    """Layers of its sizes, with the activation between them."""
    layers: list[nn.Module] = []
    for weight in net.leaves[::2]:
        layers += [nn.Linear(weight.shape[2], weight.shape[1]), activation]
    return layers[:-1]


def drawing(config: RunConfig, activation: nn.Module) -> list[nn.Module]:
    """DCGAN's generator, without its tanh."""
    net, (depth, side, _) = config.generator, config.data.shape
    first, start = net.hidden[0], side // 2 ** len(net.hidden)
    layers = [
        nn.Linear(config.latent.dim, first * start**2),
        nn.Unflatten(1, (first, start, start)),
    ]
    for n_in, n_out in pairwise((*net.hidden, depth)):
        layers += [nn.BatchNorm2d(n_in)] if net.norm == "batch" else []
        layers += [activation, nn.ConvTranspose2d(n_in, n_out, 4, 2, 1)]
    return layers


def judging(config: RunConfig, activation: nn.Module) -> list[nn.Module]:
    """DCGAN's discriminator, of pictures that can be halved twice."""
    net, (depth, side, _) = config.discriminator, config.data.shape
    assert side == 28
    depth *= config.aids.pack
    layers: list[nn.Module] = []
    for i, width in enumerate(net.hidden[:2]):
        layers += [nn.Conv2d(depth, width, 4, 2, 1)]
        layers += [nn.BatchNorm2d(width)] if net.norm == "batch" and i else []
        layers += [activation]
        depth, side = width, side // 2
    layers += [nn.Flatten()]
    widths = (depth * side**2, *net.hidden[2:], 1)
    for pair in pairwise(widths):
        layers += [nn.Linear(*pair), activation]
    return layers[:-1]


def own_parameters(module: nn.Module) -> list[nn.Parameter]:
    """In the order of a Net: those of normalisations come last."""
    layers = [layer for layer in module.modules() if not list(layer.children())]
    layers = [layer for layer in layers if list(layer.parameters())]
    layers.sort(key=lambda layer: isinstance(layer, nn.BatchNorm2d))
    return [parameter for layer in layers for parameter in layer.parameters()]


class Plain:
    """Starts as run 0 of a new trainer and draws the same numbers."""

    def __init__(self, trainer: Trainer):
        self.config = config = trainer.config
        stack = Trainer(config, dtype=torch.float64).stacks[0]
        self.draws_d, self.draws_g = stack.draws_d, stack.draws_g
        self.step_number = 0
        waves = stack.critic.frequencies
        d = PlainD(self._layers(stack, config.discriminator), config, waves if waves is None else waves[0])  # fmt: skip
        ends = [nn.Tanh()] if len(config.data.shape) == 3 else []
        g = nn.Sequential(*self._layers(stack, config.generator), *ends)
        self.nets: list[nn.Module] = [d.double(), g.double()]
        self.parameters: list[list[nn.Parameter]] = [own_parameters(net) for net in self.nets]
        self.optimizers = []
        for own, player in zip(
            self.parameters, (stack.discriminator, stack.generator), strict=True
        ):
            for parameter, leaf in zip(own, player.net.leaves, strict=True):
                parameter.data = leaf.detach()[0].clone().view_as(parameter)
            settings = player.settings
            betas = (settings.beta1, settings.beta2)
            self.optimizers.append(torch.optim.Adam(own, settings.lr, betas))
        self.norms: list[tuple[nn.Module, Normed]] = []
        layers = [m for m in d.modules() if isinstance(m, nn.Linear | nn.Conv2d)]
        for layer, u in zip(layers, stack.critic.directions or [], strict=False):
            norm = Normed(u[0, 0])
            register_parametrization(layer, "weight", norm)
            self.norms.append((layer, norm))

    def _layers(self, stack: Stack, settings: Settings) -> list[nn.Module]:
        config, activation = stack.config, ACTIVATIONS[settings.activation]
        of_g = settings is config.generator
        if settings.kind == "dcgan":
            return (drawing if of_g else judging)(config, activation)
        return perceptron(stack.generator.net if of_g else stack.critic.net, activation)

    def losses(self, which: int) -> Tensor:
        (d, g), batch = self.nets, (self.draws_g if which else self.draws_d).next()
        fake = g(batch.z[0])
        if batch.noise is not None:
            fake = fake + batch.noise[0].view_as(fake)
        if which:
            r = None if batch.real is None else d(batch.real[0]).detach()
            return LOSSES[self.config.loss][1](r, d(fake))
        assert batch.real is not None
        real, penalty = batch.real[0], self.config.penalty
        fake = fake.detach().view_as(real)
        value = LOSSES[self.config.loss][0](d(real), d(fake))
        if self.step_number % penalty.every:
            return value
        packs = len(real) // self.config.aids.pack
        portion = torch.zeros(packs, 1) if batch.portion is None else batch.portion[0]
        extra = penalty_of(d, real, fake, portion, penalty.name)
        return value + penalty.weight * penalty.every * extra

    def differentiate(self, which: int) -> None:
        if not which:
            for layer, norm in self.norms:
                norm.refine(layer.parametrizations.weight.original)
        loss, parameters = self.losses(which), self.parameters[which]
        for p, gradient in zip(parameters, torch.autograd.grad(loss, parameters), strict=True):
            p.grad = gradient

    def step(self, which: int) -> None:
        self.optimizers[which].step()
        rules = self.config
        bound = rules.penalty.name != "none" or rules.discriminator.spectral_norm
        clip = rules.discriminator.clip or (0.01 if rules.loss == "wgan" and not bound else None)
        if which == 0 and clip:
            for p in self.parameters[0]:
                p.data.clamp_(-clip, clip)

    def iterate(self) -> None:
        counts = self.config.discriminator.steps, self.config.generator.steps
        if self.config.updates == "alternating":
            rounds = [[which] for which in (0, 1) for _ in range(counts[which])]
        else:
            rounds = [[w for w in (0, 1) if i < counts[w]] for i in range(max(counts))]
        for players in rounds:
            for which in players:
                self.differentiate(which)
            for which in players:
                self.step(which)
        self.step_number += 1

    def flat(self) -> Tensor:
        parts = [p.detach().flatten() for own in self.parameters[::-1] for p in own]
        return torch.cat(parts)


def penalty_of(d: nn.Module, real: Tensor, fake: Tensor, portion: Tensor, name: str) -> Tensor:
    """`portion` is one number for each pack of points."""

    def lengths(x: Tensor) -> Tensor:
        x = x.clone().requires_grad_()
        (slope,) = torch.autograd.grad(d(x).sum(), x, create_graph=True)
        return slope.reshape(len(portion), -1).norm(dim=1)

    match name:
        case "none":
            return torch.zeros(())
        case "gp":
            t = portion.repeat_interleave(len(real) // len(portion), 0)
            t = t.view(-1, *[1] * (real.ndim - 1))
            return (lengths(t * real + (1 - t) * fake) - 1).square().mean()
        case "r1":
            return lengths(real).square().mean() / 2
        case "r2":
            return lengths(fake).square().mean() / 2
        case "r1_r2":
            return lengths(real).square().mean() / 2 + lengths(fake).square().mean() / 2
    raise AssertionError(f"no plain form of {name}")
