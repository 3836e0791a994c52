"""Along directions of z: strips of the strongest ones, and sliders."""

import math
import random
from functools import lru_cache

import numpy as np
import streamlit as st
import torch
from streamlit.delta_generator import DeltaGenerator
from torch import Tensor

from ganplay.figures.style import DISCRIMINATOR, GENERATED
from ganplay.latent import Model
from ganplay.latent.coordinates import (
    along,
    chance,
    deviation,
    effect,
    has_chances,
    principal,
    quantile,
    random_directions,
    strongest,
)
from ganplay.ui import address, sheets
from ganplay.ui.choices import switch
from ganplay.ui.explorer.common import drawn, samples

NUMBER = 5
"""Directions with a strip, and sliders."""
FAR = 3
"""Deviations that a strip goes to on either side."""
COLUMNS = 11
"""Pictures on a strip."""
TRIALS = 16
"""Samples, and random directions, over which a direction's effect is averaged."""
LEAST, MOST = 0.01, 0.99
"""Chances that a slider gives."""
ROUNDING = 1e-5
"""Of a chance in the address. A slider that shows what it should is left alone: a hand may be on it."""

BASES = {"directions": "Directions", "coordinates": "Numbers of z"}
PRINCIPAL = (
    "Each row leads from −3 to 3 standard deviations of z along a principal direction: a singular"
    " vector of G's first layer (SeFa, Shen and Zhou 2021)."
)
NUMBERS = "chosen numbers"
"""The key of their widget."""
DRAWN = "Chances at random, all as likely: that is how z is drawn."


def fields(model: Model) -> dict[str, address.Field]:
    """What the sliders move, and the chances they have; none of its numbers are the strongest, and no
    chances those of the sample one starts at."""
    dim = model.config.latent.dim
    return {
        "basis": address.choice(*_bases(model)),
        "numbers": address.several((), 0, dim - 1, NUMBER),
        "chances": address.several((), LEAST, MOST, NUMBER, float),
    }


def afresh() -> None:
    """Go back to where the sample is."""
    address.put("spot", ())
    address.put("chances", ())


def _start(model: Model) -> Tensor:
    return samples(model, address.get("seed"))[0][address.get("start")]


# ---- strips


@lru_cache(maxsize=4)
def _effects(model: Model) -> list[float]:
    """How many times as much as a random direction each of the strongest changes pixels."""
    z = model.noise(TRIALS, 1)
    chance = effect(model, random_directions(z.shape[1], TRIALS), z).mean()
    times: list[float] = (effect(model, principal(model).vectors[:NUMBER], z) / chance).tolist()
    return times


def strips(model: Model, bar: DeltaGenerator, below: DeltaGenerator) -> None:
    known, times = principal(model), _effects(model)
    start = _start(model)
    control = random_directions(len(start), 1)
    values = deviation(model.config.latent) * torch.linspace(-FAR, FAR, COLUMNS)[:, None]
    vectors = torch.cat((known.vectors[:NUMBER], control))
    rows = [drawn(model, along(start, vector[None], values)) for vector in vectors]
    heads = [
        f"Direction {i + 1}\nchanges pixels {often:.1f} × as much as random directions do;"
        f" {known.shares[i]:.0%} of the first layer's variance"
        for i, often in enumerate(times)
    ]
    frames = [GENERATED] * len(times) + [DISCRIMINATOR]
    sheets.sheet(
        np.concatenate(rows), "directions", "picture along a direction", COLUMNS, 84,
        [frame for frame in frames for _ in range(COLUMNS)],
        heads=[*heads, "A random direction\nthe control"],
    )  # fmt: skip
    with below:
        st.caption(PRINCIPAL)
    with bar:
        sheets.export("directions-export", "directions", lambda: sheets.rows(*rows))


# ---- sliders


def _bases(model: Model) -> list[str]:
    """What sliders can move: along directions z has its own distribution only where it is normal."""
    return list(BASES) if model.config.latent.prior == "normal" else ["coordinates"]


def sliders(model: Model, bar: DeltaGenerator, below: DeltaGenerator) -> None:
    latent = model.config.latent
    if not has_chances(latent):
        st.info("Its z is near one of the corners: its numbers are not independent of each other.")
        return
    with bar:
        switch("basis", {name: BASES[name] for name in _bases(model)}, "What to move.", afresh)
    start = _start(model)
    middle, right = st.columns(2)
    with middle:
        vectors, names = _movable(model)
        own = [min(MOST, max(LEAST, chance(latent, float(value)))) for value in vectors @ start]
        chosen = address.get("chances")
        moved = len(chosen) == len(names) > 0
        chances = list(chosen) if moved else own
        inverse = "Φ⁻¹" if latent.prior == "normal" else "F⁻¹"
        for i, (name, each) in enumerate(zip(names, chances, strict=True)):
            key = f"chance{i}"
            if abs(st.session_state.get(key, math.inf) - each) > ROUNDING:
                st.session_state[key] = each
            st.slider(
                f"{name} = {inverse}({each:.2f}) = {quantile(latent, each):.2f}".replace("-", "−"),
                LEAST, MOST, step=0.01, key=key, on_change=_slide, args=(len(names),),
                help="The chance that z stays below it, turned into z by the inverse CDF of the prior.",
            )  # fmt: skip
    values = torch.tensor([[quantile(latent, each) for each in chances]])
    z = along(start, vectors, values) if moved else start[None]
    made = drawn(model, z)
    with right:
        sheets.sheet(made, "made", "picture of the sliders", 1, 520, GENERATED)
        with st.container(horizontal=True):
            st.button("As the sample", on_click=afresh, help="Back to the sample that is marked.")
            st.button("Draw at random", on_click=_draw, args=(len(names),), help=DRAWN)
    with bar:
        sheets.export("sliders-export", "sliders", lambda: made[0])


def _movable(model: Model) -> tuple[Tensor, list[str]]:
    """What the sliders move: directions [k, latent.dim] and their names."""
    if address.get("basis") == "directions":
        vectors = principal(model).vectors[:NUMBER]
        return vectors, [f"Direction {i + 1}" for i in range(len(vectors))]
    dim = model.config.latent.dim
    chosen = list(dict.fromkeys(address.get("numbers"))) or strongest(model, NUMBER)
    if st.session_state.get(NUMBERS) != chosen:
        st.session_state[NUMBERS] = chosen
    numbers = st.multiselect(
        "Numbers of z", range(dim), key=NUMBERS, max_selections=NUMBER, on_change=_use_numbers,
        help="Those that G's first layer makes most of, where none is chosen.",
    )  # fmt: skip
    return torch.eye(dim)[numbers], [f"z[{n}]" for n in numbers]


def _use_numbers() -> None:
    address.put("numbers", tuple(st.session_state[NUMBERS]))
    address.put("chances", ())


def _slide(count: int) -> None:
    address.put("chances", tuple(st.session_state[f"chance{i}"] for i in range(count)))


def _draw(count: int) -> None:
    """Other chances, each as likely: so are their values under the prior."""
    address.put("chances", tuple(random.uniform(LEAST, MOST) for _ in range(count)))
