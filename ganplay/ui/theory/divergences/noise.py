"""Noise on both sides: what it mends, and what it costs."""

from collections.abc import Callable
from functools import lru_cache

import numpy as np
import streamlit as st

from ganplay.figures import theory_noise
from ganplay.figures.style import GENERATED
from ganplay.figures.theory_divergences import amount
from ganplay.theory.bands import Bands
from ganplay.theory.divergences import blurred, jsd, kl, wasserstein_1
from ganplay.theory.mixture import Mixture, Values
from ganplay.theory.quadrature import Density
from ganplay.ui import address
from ganplay.ui.board import Handle, board
from ganplay.ui.theory.common import layout, slider

DATA = (-1.5, 1.5)
POINT = 1e-6
"""Half the width of a band that stands for a point."""
NOISES = 2.5 * np.linspace(0.2, 1, 25) ** 2
HALF = np.linspace(0, 6, 61)
PLACES = np.concatenate((-HALF[:0:-1], HALF))
FIELDS = {"place": address.real(0.6, -4, 4), "noise": address.real(0.3, 0.1, 2.5)}


PROBLEM = """\
The data are **two points** (green), a generator makes **one** (purple: drag it). Unless they meet, KL is ∞
and JSD is ln 2 (dotted) wherever it is: nothing says which way to go."""
TABLE = """\
Noise makes them **overlap. Raise it:**

| noise | without | with |
|---|---|---|
| KL(p‖q) | ∞ | {} |
| JSD | {} | {} |
| W₁ | {} | {} |
"""
ANSWER = """\
**It mends:** all are finite, and the more noise, the farther out JSD slopes (pink) to the data. **It
costs:** JSD shrinks, details finer than $s$ are gone, and from $s$ = 1 on it is least *between* the two
points, **where there are no data**. So one begins with much noise and lowers it while training."""


def show() -> None:
    """Words and controls, and the picture."""
    place, noise = address.get("place"), address.get("noise")
    p, q = _noisy(noise, *DATA), _noisy(noise, place)
    words, figure = layout()
    with words:
        st.markdown(PROBLEM)
        slider(
            "noise", FIELDS["noise"], "Noise s", "Standard deviation of the Gaussian noise that is added"
            " to every real and every generated sample, in units of x.", 0.05,
        )  # fmt: skip
        both = [(_bare(each, place), each(p, q)) for each in (jsd, wasserstein_1)]
        (jsd_bare, jsd_now), (w1_bare, w1_now) = both
        st.markdown(TABLE.format(amount(kl(p, q)), amount(jsd_bare), amount(jsd_now),
                                 amount(w1_bare, ""), amount(w1_now, "")))  # fmt: skip
        st.markdown(ANSWER)
    step = 1e-3
    slope = (jsd(p, _noisy(noise, place + step)) - jsd_now) / step
    bare = [(x, _bare(jsd, x)) for x in DATA]
    shares = {"JSD": _over_noise(place, jsd), "W₁": _over_noise(place, wasserstein_1)}
    with figure:
        board(
            "divergences-noise",
            {
                "densities": theory_noise.under_noise(p, q, DATA),
                "places": theory_noise.over_places(
                    PLACES, _over_places(noise), place, jsd_now, slope, bare
                ),
                "noises": theory_noise.over_noise(np.concatenate(([0], NOISES)), shares, noise),
            },
            "Densities of two real points and a generated one under noise; JSD over the place of the"
            " generated point; what is left of JSD and of the Wasserstein distance under more noise",
            handles=[Handle("place", "densities", place, 0.0, GENERATED, "The generated point", "x")],
            moved=_moved,
        )  # fmt: skip


def _noisy(noise: float, *places: float) -> Mixture:
    """Points of equal weight, under noise."""
    return blurred(Mixture(places, (0.0,) * len(places), (1.0,) * len(places)), noise)


def _bare(measure: Callable[[Density, Density], float], place: float) -> float:
    """A measure of the points themselves."""
    return measure(Bands(DATA, (POINT, POINT), (1.0, 1.0)), Bands((place,), (POINT,)))


@lru_cache(maxsize=32)
def _over_places(noise: float) -> Values:
    """JSD under noise with the generated point at each of PLACES; the data are symmetric."""
    p = _noisy(noise, *DATA)
    half = np.array([jsd(p, _noisy(noise, place)) for place in HALF.tolist()])
    return np.concatenate((half[:0:-1], half))


@lru_cache(maxsize=32)
def _over_noise(place: float, measure: Callable[[Density, Density], float]) -> Values:
    """What is left of a measure under each of NOISES, as a share of what it is without."""
    under = [measure(_noisy(s, *DATA), _noisy(s, place)) for s in NOISES.tolist()]
    return np.array([1.0, *(each / _bare(measure, place) for each in under)])


def _moved(_: str, x: float, __: float) -> None:
    address.put("place", round(min(max(x, -4), 4), 2))
