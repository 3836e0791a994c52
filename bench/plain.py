"""GAN training written the plain way of public repositories, to measure the engine against.

Modules and an optimizer for each net, a DataLoader, label tensors, `.item()` for the log. Each
function yields after every iteration, for ever.
"""

from collections.abc import Iterator

import torch
from torch import Tensor, nn
from torch.utils.data import DataLoader, TensorDataset

LATENT = 2


def mlp(n_in: int, hidden: int, n_out: int, activation: nn.Module) -> nn.Sequential:
    return nn.Sequential(
        nn.Linear(n_in, hidden),
        activation,
        nn.Linear(hidden, hidden),
        activation,
        nn.Linear(hidden, n_out),
    )


def batches(points: Tensor, batch_size: int) -> Iterator[Tensor]:
    loader = DataLoader(TensorDataset(points), batch_size, shuffle=True, drop_last=True)
    while True:
        for (batch,) in loader:
            yield batch


def gan(points: Tensor, hidden: int, batch_size: int) -> Iterator[None]:
    """Non-saturating GAN, one update of D to one of G."""
    generator = mlp(LATENT, hidden, 2, nn.ReLU())
    discriminator = nn.Sequential(*mlp(2, hidden, 1, nn.LeakyReLU(0.2)), nn.Sigmoid())
    return standard(generator, discriminator, points, LATENT, batch_size)


def standard(
    generator: nn.Module, discriminator: nn.Module, points: Tensor, latent: int, batch_size: int
) -> Iterator[None]:
    """The loop of most repositories, whatever the nets."""
    optimizer_g = torch.optim.Adam(generator.parameters(), lr=2e-3, betas=(0.5, 0.999))
    optimizer_d = torch.optim.Adam(discriminator.parameters(), lr=2e-3, betas=(0.5, 0.999))
    criterion = nn.BCELoss()
    log: dict[str, float] = {}
    for real in batches(points, batch_size):
        valid = torch.ones(batch_size, 1)
        fake = torch.zeros(batch_size, 1)

        optimizer_d.zero_grad()
        generated = generator(torch.randn(batch_size, latent))
        loss_d = criterion(discriminator(real), valid)
        loss_d = loss_d + criterion(discriminator(generated.detach()), fake)
        loss_d.backward()
        optimizer_d.step()

        optimizer_g.zero_grad()
        generated = generator(torch.randn(batch_size, latent))
        loss_g = criterion(discriminator(generated), valid)
        loss_g.backward()
        optimizer_g.step()

        log["D"], log["G"] = loss_d.item(), loss_g.item()
        yield


def wgan(points: Tensor, hidden: int, batch_size: int) -> Iterator[None]:
    """WGAN with weight clipping, five updates of the critic to one of G."""
    generator = mlp(LATENT, hidden, 2, nn.ReLU())
    critic = mlp(2, hidden, 1, nn.LeakyReLU(0.2))
    optimizer_g = torch.optim.RMSprop(generator.parameters(), lr=5e-5)
    optimizer_d = torch.optim.RMSprop(critic.parameters(), lr=5e-5)
    log: dict[str, float] = {}
    stream = batches(points, batch_size)
    while True:
        for _ in range(5):
            real = next(stream)
            optimizer_d.zero_grad()
            generated = generator(torch.randn(batch_size, LATENT)).detach()
            loss_d = torch.mean(critic(generated)) - torch.mean(critic(real))
            loss_d.backward()
            optimizer_d.step()
            for parameter in critic.parameters():
                parameter.data.clamp_(-0.01, 0.01)

        optimizer_g.zero_grad()
        loss_g = -torch.mean(critic(generator(torch.randn(batch_size, LATENT))))
        loss_g.backward()
        optimizer_g.step()

        log["D"], log["G"] = loss_d.item(), loss_g.item()
        yield


def gradient_penalty(critic: nn.Module, real: Tensor, generated: Tensor) -> Tensor:
    alpha = torch.rand(real.size(0), 1)
    between = (alpha * real + (1 - alpha) * generated).requires_grad_(True)
    score = critic(between)
    gradients: Tensor = torch.autograd.grad(
        outputs=score,
        inputs=between,
        grad_outputs=torch.ones_like(score),
        create_graph=True,
        retain_graph=True,
        only_inputs=True,
    )[0]
    norms: Tensor = gradients.norm(2, dim=1)
    return ((norms - 1) ** 2).mean()


def wgan_gp(points: Tensor, hidden: int, batch_size: int) -> Iterator[None]:
    """WGAN with gradient penalty, five updates of the critic to one of G."""
    generator = mlp(LATENT, hidden, 2, nn.ReLU())
    critic = mlp(2, hidden, 1, nn.LeakyReLU(0.2))
    optimizer_g = torch.optim.Adam(generator.parameters(), lr=1e-4, betas=(0.0, 0.9))
    optimizer_d = torch.optim.Adam(critic.parameters(), lr=1e-4, betas=(0.0, 0.9))
    log: dict[str, float] = {}
    stream = batches(points, batch_size)
    while True:
        for _ in range(5):
            real = next(stream)
            optimizer_d.zero_grad()
            generated = generator(torch.randn(batch_size, LATENT)).detach()
            loss_d = torch.mean(critic(generated)) - torch.mean(critic(real))
            loss_d = loss_d + 10 * gradient_penalty(critic, real, generated)
            loss_d.backward()
            optimizer_d.step()

        optimizer_g.zero_grad()
        loss_g = -torch.mean(critic(generator(torch.randn(batch_size, LATENT))))
        loss_g.backward()
        optimizer_g.step()

        log["D"], log["G"] = loss_d.item(), loss_g.item()
        yield


def dcgan(pictures: Tensor, latent: int, batch_size: int) -> Iterator[None]:
    """Non-saturating DCGAN for pictures [n, 1, 28, 28], one update of D to one of G."""
    generator = nn.Sequential(
        nn.Linear(latent, 64 * 7 * 7),
        nn.Unflatten(1, (64, 7, 7)),
        nn.BatchNorm2d(64),
        nn.LeakyReLU(0.2),
        nn.ConvTranspose2d(64, 32, 4, 2, 1),
        nn.BatchNorm2d(32),
        nn.LeakyReLU(0.2),
        nn.ConvTranspose2d(32, 1, 4, 2, 1),
        nn.Tanh(),
    )
    discriminator = nn.Sequential(
        nn.Conv2d(1, 32, 4, 2, 1),
        nn.LeakyReLU(0.2),
        nn.Conv2d(32, 64, 4, 2, 1),
        nn.LeakyReLU(0.2),
        nn.Flatten(),
        nn.Linear(64 * 7 * 7, 128),
        nn.LeakyReLU(0.2),
        nn.Linear(128, 1),
        nn.Sigmoid(),
    )
    return standard(generator, discriminator, pictures, latent, batch_size)
