"""How far two distributions on the line are apart: exact values, and where they come from.

p is the distribution of real data, q that of generated data. Each measure has its integrand at x (any
shape) as well, so that a reader sees which places it comes from. All are in nats but the total
variation, which is a probability, and the Wasserstein distance, which is in units of x. Errors of the
quadrature are below 1e-9, absolute or relative (see `quadrature.integral`); values that are infinite are `inf`.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import entr, expit

from ganplay.theory.bands import Bands
from ganplay.theory.mixture import Mixture, Values
from ganplay.theory.quadrature import Density, integral, panels, roots

LOG_2 = math.log(2)


# ---- of one distribution from another


def kl(p: Density, q: Density) -> float:
    """KL(p || q) = integral of p(x) log(p(x) / q(x)) dx, 0 to infinity, zero iff p = q; not symmetric.

    Kullback and Leibler 1951, sec. 2; in the GAN's value, Goodfellow et al. 2014, eq. 5.
    """
    return integral(lambda x: kl_at(p, q, x), panels(p, q))


def kl_at(p: Density, q: Density, x: ArrayLike) -> Values:
    """p(x) log(p(x) / q(x)), 0 where p(x) = 0; negative where q is larger."""
    log_p = p.log_pdf(x)
    return _times(log_p, log_p, q.log_pdf(x))


def reverse_kl(p: Density, q: Density) -> float:
    """KL(q || p)."""
    return kl(q, p)


def reverse_kl_at(p: Density, q: Density, x: ArrayLike) -> Values:
    """q(x) log(q(x) / p(x))."""
    return kl_at(q, p, x)


def jsd(p: Density, q: Density) -> float:
    """JSD(p, q) = 1/2 KL(p || m) + 1/2 KL(q || m) with m = (p + q) / 2, symmetric.

    0 to ln 2, zero iff p = q, and ln 2 iff they share no place (Lin 1991, sec. IV; in the GAN's value,
    Goodfellow et al. 2014, eq. 6). Its root is a metric (Endres and Schindelin 2003).
    """
    return integral(lambda x: jsd_at(p, q, x), panels(p, q))


def jsd_at(p: Density, q: Density, x: ArrayLike) -> Values:
    """1/2 p(x) log(p(x) / m(x)) + 1/2 q(x) log(q(x) / m(x)), never negative."""
    log_p, log_q = p.log_pdf(x), q.log_pdf(x)
    log_m = np.logaddexp(log_p, log_q) - LOG_2
    return (_times(log_p, log_p, log_m) + _times(log_q, log_q, log_m)) / 2


def kl_to_mean(p: Density, q: Density) -> float:
    """KL(p || m) with m = (p + q) / 2, one of the two that JSD is the mean of; 0 to ln 2."""

    def at(x: Values) -> Values:
        log_p = p.log_pdf(x)
        return _times(log_p, log_p, np.logaddexp(log_p, q.log_pdf(x)) - LOG_2)

    return integral(at, panels(p, q))


def total_variation(p: Density, q: Density) -> float:
    """TV(p, q) = sup over sets A of |P(A) - Q(A)| = 1/2 integral of |p(x) - q(x)| dx, 0 to 1.

    Arjovsky et al. 2017 (WGAN), sec. 2. From the distribution functions at the places where p = q: exact
    but for those places, which are known so well that the error is below 1e-9.
    """
    edges = panels(p, q)
    places = np.concatenate((edges, roots(lambda x: p.pdf(x) - q.pdf(x), edges)))
    gained = np.diff(p.cdf(np.sort(places)) - q.cdf(np.sort(places)))
    return float(np.abs(gained).sum() / 2)


def total_variation_at(p: Density, q: Density, x: ArrayLike) -> Values:
    """1/2 |p(x) - q(x)|."""
    return np.abs(p.pdf(x) - q.pdf(x)) / 2


def wasserstein_1(p: Density, q: Density) -> float:
    """W1(p, q) = inf over couplings of E |X - Y| = integral of |F_p(x) - F_q(x)| dx, 0 to infinity.

    Arjovsky et al. 2017 (WGAN), eq. 1; on the line by the distribution functions F (Vallender 1974;
    Peyre and Cuturi 2019, remark 2.30). In units of x.
    """
    edges = panels(p, q)
    crossings = roots(lambda x: p.cdf(x) - q.cdf(x), edges)
    every = np.sort(np.concatenate((edges, crossings)))
    return integral(lambda x: wasserstein_1_at(p, q, x), every)


def wasserstein_1_at(p: Density, q: Density, x: ArrayLike) -> Values:
    """|F_p(x) - F_q(x)|: the mass that has to be carried past x."""
    return np.abs(p.cdf(x) - q.cdf(x))


@dataclass(frozen=True)
class Measure:
    """One way to say how far p and q are apart."""

    name: str
    unit: str
    bound: float
    """The largest value there is."""
    value: Callable[[Density, Density], float]
    at: Callable[[Density, Density, ArrayLike], Values]
    """Its integrand at x."""


MEASURES = {
    "kl": Measure("KL(p‖q)", "nats", math.inf, kl, kl_at),
    "reverse_kl": Measure("KL(q‖p)", "nats", math.inf, reverse_kl, reverse_kl_at),
    "jsd": Measure("JSD", "nats", LOG_2, jsd, jsd_at),
    "tv": Measure("TV", "", 1.0, total_variation, total_variation_at),
    "w1": Measure("W₁", "units of x", math.inf, wasserstein_1, wasserstein_1_at),
}


# ---- information


def entropy(p: Density) -> float:
    """H(p) = -integral of p(x) log p(x) dx, the differential entropy (Shannon 1948, sec. 20); may be
    negative."""
    return cross_entropy(p, p)


def cross_entropy(p: Density, q: Density) -> float:
    """H(p, q) = -integral of p(x) log q(x) dx = H(p) + KL(p || q).

    What the average negative log-likelihood of q tends to on samples of p (Goodfellow et al. 2016, Deep
    Learning, eq. 5.58 to 5.61).
    """
    return -integral(lambda x: _times(p.log_pdf(x), q.log_pdf(x), 0.0), panels(p, q))


def posterior(p: Density, q: Density, x: ArrayLike) -> Values:
    """P(Z = real | x) = p(x) / (p(x) + q(x)), where a fair coin Z chose p or q to draw x from.

    By Bayes; it is the best discriminator D* (Goodfellow et al. 2014, eq. 2). Places that neither reaches
    have none: nan.
    """
    with np.errstate(invalid="ignore"):
        return np.asarray(expit(p.log_pdf(x) - q.log_pdf(x)))


def doubt(chance: ArrayLike) -> Values:
    """H(Z | x) = -D log D - (1 - D) log(1 - D), 0 to ln 2: what is not known about the source of a
    sample that is real with this chance D (Shannon 1948, sec. 6)."""
    chance = np.asarray(chance, float)
    return np.asarray(entr(chance) + entr(1 - chance))


def mean_doubt(p: Density, q: Density) -> float:
    """H(Z | X) = integral of m(x) H(Z | x) dx with m = (p + q) / 2."""

    def at(x: Values) -> Values:
        middle = (p.pdf(x) + q.pdf(x)) / 2
        return middle * np.where(middle > 0, doubt(posterior(p, q, x)), 0.0)

    return integral(at, panels(p, q))


def mutual_information(p: Density, q: Density) -> float:
    """I(X; Z) = H(Z) - H(Z | X) = ln 2 - H(Z | X) of a sample X and the fair coin Z that chose whether p
    or q drew it (Cover and Thomas 2006, sec. 2.4). It is JSD(p, q), which by Lin 1991, eq. 4.1 is
    H(X) - H(X | Z)."""
    return LOG_2 - mean_doubt(p, q)


# ---- likelihood


def negative_log_likelihood(q: Density, samples: ArrayLike) -> float:
    """-1/n sum over i of log q(x_i), inf where q excludes a sample (Goodfellow et al. 2016, eq. 5.59)."""
    return float(-q.log_pdf(samples).mean())


def most_likely_gaussian(samples: Values) -> Mixture:
    """The Gaussian under which samples [n] are most likely: their mean and their standard deviation with
    1/n (Bishop 2006, eq. 1.55 and 1.56). In the limit it is the one of the least KL(p || q)."""
    return Mixture((float(samples.mean()),), (float(samples.std()),))


def most_likely_band(samples: Values) -> Bands:
    """The band under which samples [n] are most likely: the shortest that holds them all, with a hair's
    breadth beyond: its likelihood is 1 / width^n where it holds them, and 0 elsewhere."""
    low, high = float(samples.min()), float(samples.max())
    return Bands(((low + high) / 2,), ((high - low) / 2 * (1 + 1e-9),))


# ---- noise


def blurred(p: Mixture, noise: float) -> Mixture:
    """What p becomes when Gaussian noise of this standard deviation is added to its samples: variances
    add. A part of width 0 is a single point (Arjovsky and Bottou 2017, sec. 3; Sonderby et al. 2017)."""
    return Mixture(p.means, tuple(math.hypot(sigma, noise) for sigma in p.sigmas), p.weights)


def _times(log_density: Values, log_of: ArrayLike, log_over: ArrayLike) -> Values:
    """density (log_of - log_over), 0 where the density is 0."""
    density = np.exp(log_density)
    with np.errstate(invalid="ignore"):
        return np.asarray(np.where(density > 0, density * np.subtract(log_of, log_over), 0.0))
