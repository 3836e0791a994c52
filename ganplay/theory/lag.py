"""How far D lags behind a G that moves: both play by gradient steps, without any noise.

Real samples are N(0, 1), generated ones N(theta, 1), and D's logit is a x + c: the best D, a = -theta
and c = theta^2 / 2, is among these, so that whatever D misses is lag.
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import expit

from ganplay.theory.mixture import Values, normal_rule
from ganplay.theory.vanishing import non_saturating_gradient, optimal_discriminator

NODES, WEIGHTS = normal_rule(8, 129)
"""Where integrals over a standard normal are evaluated; exact to 1e-12 while abs(a) <= 5."""
START, RATE = 3.0, 0.1
"""Where G starts, and both players' learning rate; D starts at a = c = 0, where it says 1/2."""


@dataclass(frozen=True)
class Play:
    """theta, a and c after each update of either player, the start first, each [n + 1]."""

    theta: Values
    a: Values
    c: Values

    def discriminator(self, x: Values, moment: int) -> Values:
        """D(x) at a moment."""
        return np.asarray(expit(self.a[moment] * x + self.c[moment]))

    def error(self) -> Values:
        """Mean of abs(D(x) - D*(x)) over all samples, half of them real, at each moment [n + 1]."""
        theta = self.theta[:, None]
        parts = []
        for x in (NODES[None], NODES + theta):
            miss = expit(self.a[:, None] * x + self.c[:, None]) - optimal_discriminator(x, theta)
            parts.append(np.abs(miss) @ WEIGHTS)
        return np.asarray(sum(parts) / 2)

    def slope(self) -> Values:
        """d/dtheta of G's loss -E log D(z + theta), nats per unit of x, at each moment [n + 1]."""
        logits = self.a[:, None] * (NODES + self.theta[:, None]) + self.c[:, None]
        return np.asarray(-self.a * (expit(-logits) @ WEIGHTS))

    def wanted(self) -> Values:
        """The same under the best D for the G of that moment."""
        return non_saturating_gradient(self.theta)

    def settled(self, near: float = 0.1) -> int | None:
        """The number of updates after which abs(theta) stays below `near`; None if it does not."""
        far = np.flatnonzero(np.abs(self.theta) >= near)
        last = int(far[-1]) + 1 if len(far) else 0
        return last if last < len(self.theta) else None


def play(of_g: int, of_d: int, updates: int) -> Play:
    """Algorithm 1 of Goodfellow et al. 2014 with `of_d` gradient steps of D to `of_g` of G, on the
    expected losses -E log D(x) - E log(1 - D(G(z))) and -E log D(G(z)), for so many updates in all."""
    theta, a, c = START, 0.0, 0.0
    path = [(theta, a, c)]
    for moment in range(updates):
        x = NODES + theta
        if moment % (of_d + of_g) < of_d:
            real = WEIGHTS * expit(-a * NODES - c)
            fake = WEIGHTS * expit(a * x + c)
            a, c = a + RATE * (real @ NODES - fake @ x), c + RATE * (real.sum() - fake.sum())
        else:
            theta += RATE * a * (WEIGHTS @ expit(-a * x - c))
        path.append((theta, a, c))
    return Play(*np.array(path).T)


def ideal(of_g: int, of_d: int, updates: int) -> Values:
    """theta after each of these updates, the start first [n + 1], if D were at its best at each."""
    theta = [START]
    for moment in range(updates):
        of_d_now = moment % (of_d + of_g) < of_d
        theta.append(
            theta[-1] - (0 if of_d_now else RATE * float(non_saturating_gradient(theta[-1])))
        )
    return np.array(theta)
