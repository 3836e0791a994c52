"""The Dirac-GAN, the smallest GAN there is, and the directions in which its two numbers are moved.

All real samples lie at 0 and all generated ones at theta; D(x) = psi x is a line of slope psi (Mescheder,
Geiger and Nowozin 2018, def. 2.1). With t = psi theta, D's output on a generated sample, the value is

    V(theta, psi) = f(psi 0) + f(-psi theta) = f(0) + f(-t)    (Nagarajan and Kolter 2017, eq. 1)

which D raises and G lowers. As everywhere in this project a high D(x) means real; Mescheder et al. have it
the other way round, which turns their psi into -psi. The one equilibrium is theta = psi = 0 (their lemma
2.2). A state [..., 2] is theta and psi, in units of x and of D(x) per unit of x; a field gives the direction
[..., 2] of a state.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from ganplay.theory.mixture import Values

State = Values
Field = Callable[[State], State]
Rates = NDArray[np.complex128]
"""Eigenvalues [2] of a field's Jacobian at the equilibrium, per unit of time."""


@dataclass(frozen=True)
class Loss:
    """How hard the two players pull at t = D(G(z)), and how that changes with t.

    G raises t with the force `generator(t)`; D lowers it with the force `discriminator(t)`.
    """

    title: str
    generator: Callable[[Values], Values]
    discriminator: Callable[[Values], Values]
    generator_slope: Callable[[Values], Values]
    discriminator_slope: Callable[[Values], Values]

    @property
    def speed(self) -> float:
        """f'(0), how fast the two go round the equilibrium, in radians per unit of time."""
        return float(self.generator(np.zeros(())))

    @property
    def zero_sum(self) -> bool:
        """Whether one wins what the other loses."""
        return self.generator is self.discriminator


def _bell(t: Values) -> Values:
    """The slope of the sigmoid s(t): s(t) s(-t)."""
    return np.asarray(expit(t) * expit(-t))


LOSSES = {
    "wgan": Loss("WGAN", np.ones_like, np.ones_like, np.zeros_like, np.zeros_like),
    "minimax": Loss("Minimax", expit, expit, _bell, _bell),
    "non_saturating": Loss(
        "Non-saturating", lambda t: expit(-t), expit, lambda t: -_bell(t), _bell
    ),
}
"""wgan: f(t) = t, the bilinear game. minimax: f(t) = -log(1 + exp(-t)), Goodfellow et al. 2014, eq. 1.
non_saturating: the same D, but G raises f(t) instead of lowering f(-t) (ibid. sec. 3)."""


# ---- the fields: what each method follows


def plain(loss: Loss, weight: float = 0.0) -> Field:
    """v = (-dV_G/dtheta, dV_D/dpsi) = (g(t) psi, -d(t) theta): each player's own gradient (Mescheder et
    al. 2018, sec. 2, with psi for -psi)."""

    def field(x: State) -> State:
        theta, psi = x[..., 0], x[..., 1]
        t = theta * psi
        return np.stack((loss.generator(t) * psi, -loss.discriminator(t) * theta), -1)

    return field


def r1(loss: Loss, weight: float) -> Field:
    """v and weight/2 |D'(0)|^2 = weight/2 psi^2 off D's value (Mescheder et al. 2018, sec. 4.1)."""
    return _pulled(loss, lambda psi: -weight * psi)


def gradient_penalty(loss: Loss, weight: float) -> Field:
    """v and weight/2 (|D'| - 1)^2 = weight/2 (|psi| - 1)^2 off D's value: the penalty of Gulrajani et al.
    2017, eq. 3, with lambda = weight/2; it does not depend on where D is penalised."""
    return _pulled(loss, lambda psi: -weight * (psi - np.sign(psi)))


def consensus(loss: Loss, weight: float) -> Field:
    """v - weight J^T v: both players go down |v|^2 / 2 too (Mescheder, Nowozin and Geiger 2017, sec. 4)."""
    direction = plain(loss)

    def field(x: State) -> State:
        v = direction(x)
        return np.asarray(v - weight * (jacobian(loss, x) * v[..., None]).sum(-2))

    return field


def _pulled(loss: Loss, pull: Callable[[Values], Values]) -> Field:
    """v and a further force on psi."""
    direction = plain(loss)

    def field(x: State) -> State:
        v = direction(x)
        v[..., 1] += pull(x[..., 1])
        return v

    return field


def jacobian(loss: Loss, x: State) -> Values:
    """J = dv/d(theta, psi) of the plain field [..., 2, 2], a row for each component of v."""
    theta, psi = x[..., 0], x[..., 1]
    t = theta * psi
    g, d = loss.generator(t), loss.discriminator(t)
    dg, dd = loss.generator_slope(t), loss.discriminator_slope(t)
    rows = ((dg * psi**2, g + dg * t), (-d - dd * t, -dd * theta**2))
    return np.stack([np.stack(row, -1) for row in rows], -2)


# ---- their eigenvalues at the equilibrium, where w = f'(0) is the loss's speed


def plain_rates(speed: float, weight: float = 0.0) -> Rates:
    """mu = +-i w: no force towards the equilibrium (Mescheder et al. 2018, lemma 2.2)."""
    return np.array([1j * speed, -1j * speed])


def r1_rates(speed: float, weight: float) -> Rates:
    """mu = -weight/2 +- sqrt(weight^2/4 - w^2), the roots of mu^2 + weight mu + w^2 (Mescheder et al.
    2018, sec. 4.1)."""
    root = np.sqrt(complex(weight**2 / 4 - speed**2))
    return np.array([-weight / 2 + root, -weight / 2 - root])


def consensus_rates(speed: float, weight: float) -> Rates:
    """mu = -weight w^2 +- i w, as J^T J = w^2 I there (from Mescheder et al. 2017, sec. 4)."""
    return plain_rates(speed) - weight * speed**2


# ---- what stays the same


def radius(x: State) -> Values:
    """sqrt(theta^2 + psi^2) of states [..., 2]: constant in the flow of a game where one wins what the
    other loses (Mescheder et al. 2018, lemma 2.3)."""
    return np.asarray(np.hypot(x[..., 0], x[..., 1]))


def growth(step: float, count: int) -> float:
    """(1 + h^2)^(n/2): by how much n simultaneous steps of the bilinear game multiply the radius, exactly
    (from Mescheder et al. 2018, lemma 2.4)."""
    return float((1 + step**2) ** (count / 2))


def kept(x: State, step: float) -> Values:
    """theta^2 + psi^2 - h theta psi, which alternating steps of the bilinear game keep exactly.

    Each step is the linear map M = [[1 - h^2, h], [-h, 1]] of determinant 1, and M^T Q M = Q for Q =
    [[1, -h/2], [-h/2, 1]]. For h < 2 its level sets are ellipses, so the iterates stay bounded.
    """
    theta, psi = x[..., 0], x[..., 1]
    return np.asarray(theta**2 + psi**2 - step * theta * psi)


def ellipse(start: State, step: float) -> Values:
    """The level set [M, 2] of `kept` through a state, for h < 2: its axes are the diagonals."""
    size = np.sqrt(kept(start, step))
    angle = np.linspace(0, 2 * np.pi, 241)
    long, short = np.cos(angle) / np.sqrt(2 - step), np.sin(angle) / np.sqrt(2 + step)
    return np.asarray(size * np.stack((long + short, long - short), -1))


def circle(start: State) -> Values:
    """The states [M, 2] of the same `radius`."""
    return ellipse(start, 0.0)
