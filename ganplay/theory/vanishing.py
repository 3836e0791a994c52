"""Where the gradient of the generator vanishes: its two losses, and two Gaussians drifting apart.

D = s(l) is what the discriminator says of a generated point, s the sigmoid and l its logit. The
Gaussians are p_data = N(0, 1) and p_g = N(d, 1), in units of their deviation.
"""

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import expit, log_expit

from ganplay.theory.mixture import Values, normal_rule

# ---- the two losses of the generator


def minimax_loss(logit: ArrayLike) -> Values:
    """log(1 - D), which G lowers in the first GAN, in nats (Goodfellow et al. 2014, eq. 1)."""
    return np.asarray(log_expit(-np.asarray(logit, float)))


def non_saturating_loss(logit: ArrayLike) -> Values:
    """-log D, which G lowers in practice, in nats (Goodfellow et al. 2014, sec. 3)."""
    return -np.asarray(log_expit(np.asarray(logit, float)))


def minimax_slope(logit: ArrayLike) -> Values:
    """d log(1 - D) / dl = -D, 0 where D takes the point for generated (Goodfellow et al. 2014, sec. 3;
    Arjovsky and Bottou 2017, thm. 2.4)."""
    return -np.asarray(expit(np.asarray(logit, float)))


def non_saturating_slope(logit: ArrayLike) -> Values:
    """d(-log D) / dl = -(1 - D), -1 where D takes the point for generated (Goodfellow et al. 2014,
    sec. 3)."""
    return -np.asarray(expit(-np.asarray(logit, float)))


def gradient_ratio(probability: ArrayLike) -> Values:
    """The minimax gradient over the non-saturating one, D / (1 - D) (Goodfellow et al. 2014, sec. 3).
    Both reach G along the same way, dl/dx dx/dG, so it is the same for the logit, the point and each
    weight of G."""
    probability = np.asarray(probability, float)
    return np.asarray(probability / (1 - probability))


# ---- two Gaussians, d apart


def optimal_logit(x: ArrayLike, distance: ArrayLike) -> Values:
    """log p_data(x) / p_g(x) = d (d/2 - x): the logit of D* = p_data / (p_data + p_g) (Goodfellow et
    al. 2014, prop. 1)."""
    distance = np.asarray(distance, float)
    return np.asarray(distance * (distance / 2 - np.asarray(x, float)))


def optimal_discriminator(x: ArrayLike, distance: ArrayLike) -> Values:
    """D*(x) = s(d (d/2 - x)) (Goodfellow et al. 2014, prop. 1)."""
    return np.asarray(expit(optimal_logit(x, distance)))


def minimax_pull(x: ArrayLike, distance: ArrayLike) -> Values:
    """d log(1 - D*(x)) / dx = d D*(x): how strongly the minimax loss pulls a generated point at x to
    the left, per unit of x: -D by the logit, times the logit's slope -d (Arjovsky and Bottou 2017,
    proof of thm. 2.4)."""
    return np.asarray(distance, float) * optimal_discriminator(x, distance)


def optimal_critic(x: ArrayLike, distance: ArrayLike) -> Values:
    """d/2 - x, the 1-Lipschitz function whose mean differs most between the two, by their earth
    mover's distance d; 0 half way (Arjovsky et al. 2017, eq. 2 and fig. 2)."""
    return np.asarray(np.asarray(distance, float) / 2 - np.asarray(x, float))


GRID, WEIGHTS = normal_rule(10, 401)


def mean_verdict(distance: ArrayLike) -> Values:
    """What D* says of generated points on average, E_g D* = int p q / (p + q) dx: 1/2 where p_g is
    p_data (Goodfellow et al. 2014, prop. 1). With the square root of p_data p_g taken out it is

        exp(-d^2 / 8) E 1 / (2 cosh(d u / 2)),  u ~ N(0, 1),

    less than exp(-d^2 / 8) / 2."""
    distance = np.asarray(distance, float)
    spread = 1 / (2 * np.cosh(distance[..., None] * GRID / 2))
    return np.asarray(np.exp(-(distance**2) / 8) * (spread @ WEIGHTS))


def minimax_gradient(distance: ArrayLike) -> Values:
    """The derivative by d of E log(1 - D*(G(z))), D* held fixed, d E_g D*: how strongly the minimax loss
    pulls p_g back; also the derivative of 2 JSD (Goodfellow et al. 2014, thm. 1)."""
    return np.asarray(distance, float) * mean_verdict(distance)


def non_saturating_gradient(distance: ArrayLike) -> Values:
    """The same of -E log D*(G(z)): d E_g (1 - D*), all of d that `minimax_gradient` is not. It is the
    derivative of KL(p_g, p_data) - 2 JSD (Arjovsky and Bottou 2017, thm. 2.5)."""
    return np.asarray(distance, float) - minimax_gradient(distance)


def critic_gradient(distance: ArrayLike) -> Values:
    """The same of -E f(G(z)) for the optimal critic f: 1 at any d > 0, the derivative of the earth
    mover's distance d (Arjovsky et al. 2017, thm. 3)."""
    return np.ones_like(np.asarray(distance, float))


# ---- the same, of a D that was learned


def shift_gradient(p_g: Values, logit_slope: Values, loss_slope: Values, cell: float) -> float:
    """The derivative by a shift of all of p_g of E loss(l(x)): the mean of dloss/dl dl/dx (Arjovsky and
    Bottou 2017, proof of thm. 2.4, for a G that shifts), by sums over even cells. p_g, slopes: [n], at
    the cells' middles; cell: their width."""
    return float((p_g * loss_slope * logit_slope).sum() * cell)
