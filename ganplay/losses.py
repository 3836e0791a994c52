"""The two-player losses, as pure functions of logits.

`real` = D(x) and `fake` = D(G(z)) are what the discriminator's last layer gives, [K, B]; each
loss is the mean over the batch, [K]. With s the sigmoid, -log s(r) = softplus(-r) and
-log(1 - s(f)) = softplus(f).
"""

from collections.abc import Callable
from dataclasses import dataclass

from torch import Tensor
from torch.nn.functional import softplus


@dataclass(frozen=True)
class Loss:
    """What each player minimises.

    `targets` are the values D aims at for generated and for real points, None where it is a critic
    without a fixed scale; `probability` says that these are of s(logit), not of the logit.
    """

    title: str
    help: str
    source: str
    discriminator: Callable[[Tensor, Tensor], Tensor]
    generator: Callable[[Tensor], Tensor]
    targets: tuple[float, float] | None
    probability: bool = False

    def value(self, logits: Tensor) -> Tensor:
        """What D says of each point, on the scale of `targets`."""
        return logits.sigmoid() if self.probability else logits

    def middle(self, real: Tensor, fake: Tensor) -> float:
        """The value between "generated" and "real": half way between the targets where there are
        any, else between the critic's mean values on each kind."""
        low, high = self.targets or (fake.mean().item(), real.mean().item())
        return (low + high) / 2


def bce(real: Tensor, fake: Tensor) -> Tensor:
    """Binary cross entropy, real labelled 1 and fake 0, its two terms added: its negative is the
    value function V(D, G) of Goodfellow et al. 2014, eq. 1."""
    return softplus(-real).mean(-1) + softplus(fake).mean(-1)


def minimax(fake: Tensor) -> Tensor:
    """E log(1 - D(G(z))) (Goodfellow et al. 2014, eq. 1)."""
    return -softplus(fake).mean(-1)


def non_saturating(fake: Tensor) -> Tensor:
    """-E log D(G(z)) (Goodfellow et al. 2014, sec. 3)."""
    return softplus(-fake).mean(-1)


def critic_gap(real: Tensor, fake: Tensor) -> Tensor:
    """E D(G(z)) - E D(x): minus the critic's estimate of the earth mover's distance
    (Arjovsky et al. 2017, eq. 2)."""
    return fake.mean(-1) - real.mean(-1)


def raise_score(fake: Tensor) -> Tensor:
    """-E D(G(z)) (Arjovsky et al. 2017, alg. 1)."""
    return -fake.mean(-1)


def least_squares_d(real: Tensor, fake: Tensor) -> Tensor:
    """1/2 E (D(x) - 1)^2 + 1/2 E D(G(z))^2 (Mao et al. 2017, eq. 2 with a, b = 0, 1)."""
    return 0.5 * (real - 1).square().mean(-1) + 0.5 * fake.square().mean(-1)


def least_squares_g(fake: Tensor) -> Tensor:
    """1/2 E (D(G(z)) - 1)^2 (Mao et al. 2017, eq. 2 with c = 1)."""
    return 0.5 * (fake - 1).square().mean(-1)


def hinge_d(real: Tensor, fake: Tensor) -> Tensor:
    """E max(0, 1 - D(x)) + E max(0, 1 + D(G(z))) (Miyato et al. 2018, eq. 16)."""
    return (1 - real).relu().mean(-1) + (1 + fake).relu().mean(-1)


LOSSES: dict[str, Loss] = {
    "minimax": Loss(
        "Minimax",
        "the first GAN: G lowers log(1 - D(G(z))), which goes flat where D is sure",
        "Goodfellow et al. 2014, eq. 1",
        bce,
        minimax,
        targets=(0.0, 1.0),
        probability=True,
    ),
    "non_saturating": Loss(
        "Non-saturating",
        "the same D, but G raises log D(G(z)), which is steep where D is sure",
        "Goodfellow et al. 2014, sec. 3",
        bce,
        non_saturating,
        targets=(0.0, 1.0),
        probability=True,
    ),
    "wgan": Loss(
        "WGAN",
        "a critic with clipped weights estimates the earth mover's distance",
        "Arjovsky et al. 2017, alg. 1",
        critic_gap,
        raise_score,
        targets=None,
    ),
    "lsgan": Loss(
        "LSGAN",
        "least squares: D aims at 1 for real and 0 for generated points",
        "Mao et al. 2017, eq. 2",
        least_squares_d,
        least_squares_g,
        targets=(0.0, 1.0),
    ),
    "hinge": Loss(
        "Hinge",
        "D only pushes scores apart until they are beyond +1 and -1",
        "Miyato et al. 2018, eq. 16 and 17",
        hinge_d,
        raise_score,
        targets=(-1.0, 1.0),
    ),
}
