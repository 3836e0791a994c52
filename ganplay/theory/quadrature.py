"""Integrals over the line of what two distributions make, by Gauss-Legendre on panels that fit them."""

from collections.abc import Callable, Iterator
from itertools import combinations

import numpy as np

from ganplay.theory.bands import Bands
from ganplay.theory.mixture import Mixture, Values

Density = Mixture | Bands

NODES, WEIGHTS = np.polynomial.legendre.leggauss(12)
REACH = 10
"""Standard deviations of a Gaussian that are integrated over: 2e-23 of its mass lies beyond."""
ZOOM = 4.0 ** np.arange(11)
NOISE = 1e-14
"""Differences that are rounding errors."""


def integral(f: Callable[[Values], Values], panels: Values) -> float:
    """The integral of f, which takes x [N], over the line from the first of `panels` to the last.

    `panels` [P + 1] are ascending edges between which f is smooth. On the panels of two Mixtures the
    error is below 1e-9 of the value, or 1e-9, with widths up to a thousandfold apart; Bands are exact.
    """
    half = np.diff(panels) / 2
    x = (panels[:-1] + half)[:, None] + half[:, None] * NODES
    return float((f(x.ravel()).reshape(x.shape) @ WEIGHTS) @ half)


def panels(*densities: Density) -> Values:
    """Edges of panels, ascending, on each of which these densities, their logarithms and the logarithms
    of their sums are well approximated by polynomials.

    They lie one standard deviation apart around each Gaussian, at the ends of each band, and ever
    closer to where one weighted Gaussian overtakes another: there the logarithm of a sum bends, within
    pi of the inverse difference of the two slopes.
    """
    gaussians = [part for density in densities for part in _gaussians(density)]
    steps = np.arange(-REACH, REACH + 1.0)
    edges = [mean + sigma * steps for mean, sigma, _ in gaussians]
    edges += [density.edges() for density in densities if isinstance(density, Bands)]
    low, high = min(each[0] for each in edges), max(each[-1] for each in edges)
    for one, other in combinations(gaussians, 2):
        for place, slope in _overtakings(one, other):
            edges.append(place + np.concatenate((-ZOOM[::-1], [0.0], ZOOM)) / slope)
    every = np.unique(np.concatenate(edges))
    return np.asarray(every[(low <= every) & (every <= high)])


def roots(f: Callable[[Values], Values], panels: Values) -> Values:
    """Where f, which takes x [N], changes its sign on these panels, ascending, each to 1e-7 of its
    panel; two roots closer than a tenth of it may be missed."""
    half = np.diff(panels)[:, None] / 2
    x = np.sort(np.concatenate((panels, ((panels[:-1, None] + half) + half * NODES).ravel())))
    low, high = _brackets(x[None], f(x)[None])
    for _ in range(3):
        finer = np.linspace(low, high, 65, axis=-1)
        low, high = _brackets(finer, f(finer.ravel()).reshape(finer.shape))
    return (low + high) / 2


def _brackets(x: Values, values: Values) -> tuple[Values, Values]:
    """The neighbours in x [rows, N] between which the values [rows, N] change their sign."""
    found: tuple[list[Values], list[Values]] = ([], [])
    for places, signs in zip(x, np.where(np.abs(values) < NOISE, 0, np.sign(values)), strict=True):
        places, signs = places[signs != 0], signs[signs != 0]
        turns = np.flatnonzero(signs[1:] != signs[:-1])
        found[0].append(places[turns])
        found[1].append(places[turns + 1])
    return np.concatenate((*found[0], [])), np.concatenate((*found[1], []))


def _gaussians(density: Density) -> Iterator[tuple[float, float, float]]:
    """Mean, standard deviation and weight of each part that has any."""
    if isinstance(density, Mixture):
        parts = zip(density.means, density.sigmas, density.shares.tolist(), strict=True)
        yield from (part for part in parts if part[2])


def _overtakings(
    one: tuple[float, float, float], other: tuple[float, float, float]
) -> Iterator[tuple[float, float]]:
    """Where two weighted Gaussians are equal, and the difference of their logarithms' slopes there."""
    (m, s, w), (n, t, v) = one, other
    difference = np.array([
        (t**-2 - s**-2) / 2,
        m / s**2 - n / t**2,
        (n**2 / t**2 - m**2 / s**2) / 2 + np.log(w / s) - np.log(v / t),
    ])  # fmt: skip
    for root in np.roots(difference):
        slope = abs(np.polyval(np.polyder(difference), root))
        if np.isreal(root) and slope > 0:
            yield float(root.real), float(slope)
