"""Walks through z: a map under the pointer, principal directions, and sliders for coordinates."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import streamlit as st
import torch
from streamlit.delta_generator import DeltaGenerator
from torch import Tensor

from ganplay.figures.sheets import Colours, tiled
from ganplay.figures.style import GENERATED
from ganplay.latent import Model
from ganplay.latent.coordinates import (
    Plane,
    deviation,
    lattice,
    plane_along,
    plane_through,
    principal,
    usual_lengths,
)
from ganplay.ui import address, sheets
from ganplay.ui.choices import switch
from ganplay.ui.explorer import along, picks
from ganplay.ui.explorer.along import FAR, afresh
from ganplay.ui.explorer.common import SHEET, drawn, sample_sheet, samples
from ganplay.ui.explorer.view import View

ACROSS = 21
"""Pictures on a side of the map."""
MARGIN = 1.15
"""How far the map of three samples reaches, over how far they do."""
CHOICE = 10
"""Directions that can be an axis of the map."""

TOOLS = {"map": "Map", "directions": "Directions", "sliders": "Sliders"}
PLANES = {"directions": "Two directions", "samples": "Three samples"}
AXIS = "Principal direction of z along this axis, in standard deviations of z."
WHERE = {
    "directions": "The axes are principal directions: those that move G's first layer most. Their unit"
    " is a standard deviation of z.",
    "samples": "The plane holds the three z. On the dashed circle z is as long as samples usually are;"
    " inside it is shorter.",
}


def fields(model: Model) -> dict[str, address.Field]:
    """The tool and where it starts, the map's plane and place, and what the sliders have."""
    count = min(CHOICE, len(principal(model).shares))
    return {
        "walk": address.choice(*TOOLS),
        "start": address.whole(0, 0, SHEET - 1),
        "plane": address.choice(*PLANES),
        "right": address.whole(1, 1, count),
        "up": address.whole(min(2, count), 1, count),
        "three": picks.field((0, 1, 2), 3),
        "spot": address.several((), -1e3, 1e3, 2, float),
        **along.fields(model),
    }


def lacks(model: Model) -> str:
    """Why there is nowhere to walk to."""
    if len(principal(model).shares) > 1:
        return ""
    return "All that its generator makes depends on a single number: there is no plane to walk in."


def show(model: Model) -> None:
    """Draw the view."""
    tool = address.get("walk")
    by_three = tool == "map" and address.get("plane") == "samples"
    left, right = st.columns((2, 5))
    with left:
        if by_three:
            shown = picks.badges("three", picks.filled("three", 3))
        else:
            shown = {address.get("start"): "start"}
        sample_sheet(model, shown, _pick_three if by_three else _start, columns=5, size=80)
        below = st.container(horizontal=True)
    with right:
        bar = st.container(horizontal=True)
        with bar:
            switch("walk", TOOLS, "What to walk with.")
        DRAW[tool](model, bar, below)


def _start(n: int) -> None:
    address.put("start", n)
    afresh()


def _pick_three(n: int) -> None:
    picks.toggle("three", n, 3)
    afresh()


# ---- the map


@dataclass(frozen=True, eq=False)
class Ground:
    """A map: its plane, how far it reaches, where its samples stand [n, 2], and its pictures."""

    plane: Plane
    reach: float
    own: Tensor
    cells: Colours


@lru_cache(maxsize=8)
def _ground(
    model: Model, seed: int, starts: tuple[int, ...], axes: tuple[int, int] | None
) -> Ground:
    """The map along two principal directions from a sample, or the one through three samples."""
    z = samples(model, seed)[0][list(starts)]
    plane = plane_along(z[0], *principal(model).vectors[list(axes)]) if axes else plane_through(z)
    own = plane.places(z)
    far = FAR * deviation(model.config.latent) if axes else MARGIN * float(own.norm(dim=1).max())
    return Ground(plane, far, own, drawn(model, plane.at(lattice(ACROSS, far))))


def _map(model: Model, bar: DeltaGenerator, below: DeltaGenerator) -> None:
    with bar:
        switch("plane", PLANES, "The plane of the map.", afresh)
    with below:
        if address.get("plane") == "samples":
            starts, axes, names = picks.filled("three", 3), None, ("x", "y")
        else:
            starts, axes = (address.get("start"),), _axes(model)
            names = (f"direction {axes[0] + 1}", f"direction {axes[1] + 1}")
    ground = _ground(model, address.get("seed"), starts, axes)
    at = torch.tensor(address.get("spot") or ground.own[0].tolist())
    at = at.clamp(-ground.reach, ground.reach)
    low, middle, high = usual_lengths(model)
    badges = map(str, range(1, 4)) if len(starts) == 3 else ["start"]
    sheets.walk(
        np.concatenate((ground.cells, drawn(model, ground.plane.at(at[None])))), "map",
        "map of pictures", ground.reach, _pair(at), names, _stay,
        {badge: _pair(place) for badge, place in zip(badges, ground.own, strict=True)},
        float(ground.plane.centre.norm()), f"samples: {low:.1f} to {high:.1f}",
        0 if axes else ground.plane.ring(middle), GENERATED,
    )  # fmt: skip
    with below:
        st.caption(WHERE[address.get("plane")])
    with bar:
        sheets.export("map-export", "map", lambda: tiled(ground.cells, ACROSS))


def _axes(model: Model) -> tuple[int, int]:
    """Which two directions the map goes along, counted from 0, and their choosers."""
    every = range(1, min(CHOICE, len(principal(model).shares)) + 1)
    right = st.selectbox(
        "Direction →", every, key=address.key("right"), width=110, on_change=afresh, help=AXIS,
    )  # fmt: skip
    others = [n for n in every if n != right]
    if address.get("up") == right:
        address.put("up", others[0])
    up = st.selectbox(
        "Direction ↑", others, key=address.key("up"), width=110, on_change=afresh, help=AXIS,
    )  # fmt: skip
    return right - 1, up - 1


def _stay(x: float, y: float) -> None:
    address.put("spot", (x, y))


def _pair(place: Tensor) -> tuple[float, float]:
    x, y = place.tolist()
    return x, y


DRAW = {"map": _map, "directions": along.strips, "sliders": along.sliders}

VIEW = View(
    "Walk", "What lies around a sample? Click on one to start from it.", fields, show, lacks
)
