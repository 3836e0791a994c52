"""The two-player losses: each a few curves of one logit, with their slopes.

`real` = D(x) and `fake` = D(G(z)) are what the discriminator's last layer gives, [K, B]; each loss
is the mean over the batch, [K]. With s the sigmoid, -log s(r) = softplus(-r) and
-log(1 - s(f)) = softplus(f).
"""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn.functional import softplus


@dataclass(frozen=True)
class Curve:
    """A function of one number, elementwise, and its derivative there."""

    value: Callable[[Tensor], Tensor]
    slope: Callable[[Tensor], Tensor]


# -log s(x) and -log(1 - s(x)), with slopes that are exact also where s(x) is 1 to all digits
NOT_REAL = Curve(lambda x: softplus(-x), lambda x: (-x).sigmoid_().neg_())
NOT_FAKE = Curve(softplus, torch.sigmoid)
MINUS_NOT_FAKE = Curve(lambda x: -softplus(x), lambda x: x.sigmoid().neg_())
SCORE = Curve(lambda x: x, torch.ones_like)
MINUS_SCORE = Curve(lambda x: -x, lambda x: torch.full_like(x, -1.0))
MISS_0 = Curve(lambda x: 0.5 * x.square(), lambda x: x)
MISS_1 = Curve(lambda x: 0.5 * (x - 1).square(), lambda x: x - 1)
BELOW_1 = Curve(lambda x: (1 - x).relu(), lambda x: -(x < 1).to(x.dtype))
ABOVE_MINUS_1 = Curve(lambda x: (1 + x).relu(), lambda x: (x > -1).to(x.dtype))


@dataclass(frozen=True)
class Loss:
    """What each player minimises: D the mean of `d_real` over D(x) plus that of `d_fake` over
    D(G(z)), G the mean of `g_fake` over D(G(z)).

    A `paired` loss is of the differences between a real and a generated point instead: D minimises
    `d_real` of D(x) - D(G(z)), and G `g_fake` of D(G(z)) - D(x).

    `targets` are the values D aims at for generated and for real points, None where it is a critic
    without a fixed scale; `probability` says that these are of s(logit), not of the logit.
    """

    title: str
    help: str
    source: str
    d_real: Curve
    d_fake: Curve | None
    g_fake: Curve
    targets: tuple[float, float] | None
    probability: bool = False

    @property
    def paired(self) -> bool:
        """Whether each generated point is compared with a real one, by both players."""
        return self.d_fake is None

    def discriminator(self, real: Tensor, fake: Tensor) -> Tensor:
        """D's loss [K] for logits [K, B] of each kind."""
        if self.d_fake is None:
            return self.d_real.value(real - fake).mean(-1)
        return self.d_real.value(real).mean(-1) + self.d_fake.value(fake).mean(-1)

    def generator(self, fake: Tensor, real: Tensor | None = None) -> Tensor:
        """G's loss [K] for logits [K, B]; a paired loss needs those of real points too."""
        return self.g_fake.value(self._of_g(fake, real)).mean(-1)

    def discriminator_slopes(self, real: Tensor, fake: Tensor) -> Tensor:
        """The derivatives of D's loss by the logits, [K, 2 B], real before fake."""
        if self.d_fake is None:
            slope = self.d_real.slope(real - fake)
            slopes = (slope, -slope)
        else:
            slopes = (self.d_real.slope(real), self.d_fake.slope(fake))
        return torch.cat(slopes, -1).mul_(1 / real.shape[-1])

    def generator_slopes(self, fake: Tensor, real: Tensor | None = None) -> Tensor:
        """The derivatives of G's loss by the logits of generated points, [K, B]."""
        return self.g_fake.slope(self._of_g(fake, real)) / fake.shape[-1]

    def _of_g(self, fake: Tensor, real: Tensor | None) -> Tensor:
        if not self.paired:
            return fake
        assert real is not None, "a paired loss needs real points"
        return fake - real

    def value(self, logits: Tensor) -> Tensor:
        """What D says of each point, on the scale of `targets`."""
        return logits.sigmoid() if self.probability else logits

    def middle(self, real: Tensor, fake: Tensor) -> float:
        """The value between "generated" and "real": half way between the targets where there are
        any, else between the critic's mean values on each kind."""
        low, high = self.targets or (fake.mean().item(), real.mean().item())
        return (low + high) / 2


LOSSES: dict[str, Loss] = {
    "minimax": Loss(
        "Minimax",
        "the first GAN: G lowers log(1 - D(G(z))), which goes flat where D is sure",
        "Goodfellow et al. 2014, eq. 1",
        d_real=NOT_REAL,
        d_fake=NOT_FAKE,
        g_fake=MINUS_NOT_FAKE,
        targets=(0.0, 1.0),
        probability=True,
    ),
    "non_saturating": Loss(
        "Non-saturating",
        "the same D, but G raises log D(G(z)), which is steep where D is sure",
        "Goodfellow et al. 2014, sec. 3",
        d_real=NOT_REAL,
        d_fake=NOT_FAKE,
        g_fake=NOT_REAL,
        targets=(0.0, 1.0),
        probability=True,
    ),
    "wgan": Loss(
        "WGAN",
        "a critic with clipped weights estimates the earth mover's distance",
        "Arjovsky et al. 2017, alg. 1",
        d_real=MINUS_SCORE,
        d_fake=SCORE,
        g_fake=MINUS_SCORE,
        targets=None,
    ),
    "lsgan": Loss(
        "LSGAN",
        "least squares: D aims at 1 for real and 0 for generated points",
        "Mao et al. 2017, eq. 2",
        d_real=MISS_1,
        d_fake=MISS_0,
        g_fake=MISS_1,
        targets=(0.0, 1.0),
    ),
    "hinge": Loss(
        "Hinge",
        "D only pushes scores apart until they are beyond +1 and -1",
        "Miyato et al. 2018, eq. 16 and 17",
        d_real=BELOW_1,
        d_fake=ABOVE_MINUS_1,
        g_fake=MINUS_SCORE,
        targets=(-1.0, 1.0),
    ),
    "relativistic": Loss(
        "Relativistic",
        "D says how much more real a real point is than a generated one; made for R1 + R2",
        "Jolicoeur-Martineau 2018; Huang et al. 2025, eq. 2",
        d_real=NOT_REAL,
        d_fake=None,
        g_fake=NOT_REAL,
        targets=None,
    ),
}
