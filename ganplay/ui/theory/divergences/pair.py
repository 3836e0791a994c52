"""The two distributions of the chapter on divergences, and the dots by which one drags them."""

import math
from collections.abc import Mapping

import streamlit as st

from ganplay.figures.style import GENERATED, REAL, WORDS
from ganplay.theory.bands import Bands
from ganplay.theory.mixture import Mixture
from ganplay.theory.quadrature import Density
from ganplay.ui import address
from ganplay.ui.address import Field
from ganplay.ui.board import Handle
from ganplay.ui.theory.common import switch

SHAPES = {"bell": "bells", "band": "bands"}
BUMPS = {"one": "one", "two": "two"}
NAMES = {"p": ("real p", REAL), "q": ("generated q", GENERATED)}
SIDES = {"bell": 1.0, "band": math.sqrt(3)}
"""How many standard deviations the dot on a bump's side is from its mean."""
BASES = {"bell": math.sqrt(2 * math.pi), "band": 2 * math.sqrt(3)}
"""Mass of a bump of height 1 and standard deviation 1."""
WIDEST = 3.0
ROOM = 6.0
"""Where the picture ends."""
ORDER = ("", "2")
"""What ends the names of the first and second bump's choices."""


def _fields(who: str, mean: float, width: float) -> dict[str, Field]:
    return {
        f"{who}_bumps": address.choice(*BUMPS),
        f"{who}_mean": address.real(mean, -5, 5),
        f"{who}_width": address.real(width, 0.4, WIDEST),
        f"{who}_mean2": address.real(mean + 3, -5, 5),
        f"{who}_width2": address.real(0.6, 0.4, WIDEST),
        f"{who}_weight": address.real(0.5, 0.05, 0.95),
    }


FIELDS: Mapping[str, Field] = {
    "shape": address.choice(*SHAPES), **_fields("p", -1.0, 0.8), **_fields("q", 0.6, 1.0)
}  # fmt: skip


def density(who: str) -> Density:
    """p or q."""
    count = 1 + (address.get(f"{who}_bumps") == "two")
    weight = address.get(f"{who}_weight")
    return bumps(
        tuple(address.get(f"{who}_mean{n}") for n in ORDER[:count]),
        tuple(address.get(f"{who}_width{n}") for n in ORDER[:count]),
        (weight, 1 - weight)[:count],
    )


def bumps(
    means: tuple[float, ...], widths: tuple[float, ...], weights: tuple[float, ...]
) -> Density:
    """Bumps of the chosen shape with these means and standard deviations."""
    if address.get("shape") == "bell":
        return Mixture(means, widths, weights)
    return Bands(means, tuple(SIDES[address.get("shape")] * width for width in widths), weights)


def first(who: str) -> Density:
    """The first bump of p or q alone."""
    return bumps((address.get(f"{who}_mean"),), (address.get(f"{who}_width"),), (1.0,))


def controls(*whose: str) -> None:
    """Bells or bands, and how many bumps each has."""
    switch("shape", SHAPES, "Bells reach everywhere; bands end, and beyond them the density is 0.")
    for who, column in zip(whose, st.columns(2), strict=False):
        name, colour = NAMES[who]
        with column:
            st.html(f'<b style="color:{WORDS[colour]}">bumps of {who}</b>')
            switch(f"{who}_bumps", BUMPS, f"How many bumps {name} has.")


def equal() -> None:
    """Have q be as p."""
    for name in FIELDS:
        if name.startswith("q_"):
            address.put(name, address.get(f"p{name[1:]}"))


# ---- dots


def handles(who: str, figure: str, alone: bool = False) -> list[Handle]:
    """For each bump a dot on its top, for the mean and, of two, the weight; and one on its side, for the
    width. `alone` is only the first."""
    name, colour = NAMES[who]
    two = address.get(f"{who}_bumps") == "two" and not alone
    found = []
    for n in ORDER[: 1 + two]:
        mean, width = address.get(f"{who}_mean{n}"), address.get(f"{who}_width{n}")
        top = (_weight(who, n) if two else 1) / (BASES[address.get("shape")] * width)
        side = top * (math.exp(-1 / 2) if address.get("shape") == "bell" else 1 / 2)
        out = _side(mean) * width
        what = f"Mean and weight of a bump of {name}" if two else f"Mean of {name}"
        found += [
            Handle(f"{who}_mean{n}", figure, mean, top, colour, what, "xy" if two else "x"),
            Handle(f"{who}_width{n}", figure, mean + out, side, colour, f"Width of {name}", "x"),
        ]  # fmt: skip
    return found


def moved(name: str, x: float, y: float) -> None:
    """Take in where a dot was dragged."""
    who, n = name[0], name[-1] if name[-1] in ORDER else ""
    mean, width = f"{who}_mean{n}", f"{who}_width{n}"
    if name == mean:
        _put(mean, x)
        if address.get(f"{who}_bumps") == "two":
            weight = y * BASES[address.get("shape")] * address.get(width)
            _put(f"{who}_weight", 1 - weight if n else weight)
    else:
        _put(width, (x - address.get(mean)) / _side(address.get(mean)))


def _side(mean: float) -> float:
    """How many standard deviations from its mean a bump has the dot on its side: to the right, but to
    the left where the widest bump would have it outside the picture."""
    away = SIDES[address.get("shape")]
    return -away if mean + away * WIDEST > ROOM else away


def choose(who: str, mean: float, width: float) -> None:
    """Have the first bump of p or q here."""
    _put(f"{who}_mean", mean)
    _put(f"{who}_width", width)


def _put(name: str, value: float) -> None:
    """Choose a number, as near as it is allowed."""
    field = FIELDS[name]
    address.put(name, round(min(max(value, field.least), field.most), 2))


def _weight(who: str, n: str) -> float:
    weight: float = address.get(f"{who}_weight")
    return 1 - weight if n else weight
