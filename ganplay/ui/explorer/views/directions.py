"""Directions, the second part of Arithmetic: samples before and after a step that switches an attribute."""

from collections.abc import Mapping
from functools import lru_cache

import numpy as np
import streamlit as st
import torch
from streamlit.delta_generator import DeltaGenerator
from torch import Tensor

from ganplay.figures.explorer_arithmetic import steps
from ganplay.figures.sheets import Colours, tiled
from ganplay.figures.style import ATTENTION, DISCRIMINATOR, GENERATED
from ganplay.latent import Model
from ganplay.latent.directions import Switched, direction, random_like, switched
from ganplay.metrics.attributes import Reader
from ganplay.ui import address, sheets
from ganplay.ui.explorer.common import drawn, samples
from ganplay.ui.explorer.equation import percent

ROW = 8
"""Samples in a row: half of them with the attribute, where the sheet has as many."""
REACH = 3.0
TRIED = (-3.0, -2.0, -1.5, -1.0, -0.5, 0.0, 0.5, 1.0, 1.5, 2.0, 3.0)
"""Lengths of steps whose success is counted."""
SWEEP = tuple(i / 2 for i in range(-6, 7))
FILM = tuple(i / 4 for i in range(-12, 13))
HELP = (
    "Of fresh samples that lack it, or that have it where alpha is below 0. Two classifiers have to be"
    " sure before and after. A face's kind is all its other attributes, a digit's which digit it is."
)


def fields() -> Mapping[str, address.Field]:
    """The length of the step, whether it keeps clear of other attributes, and the sample one follows."""
    return {
        "alpha": address.real(1.5, -REACH, REACH),
        "alone": address.switch(True),
        "followed": address.whole(0, 0, ROW - 1),
    }


def show(model: Model, reader: Reader, target: int, bar: DeltaGenerator) -> None:
    """Draw this part. Raises ValueError where the attribute has no direction."""
    with bar:
        st.slider(
            "alpha", -REACH, REACH, step=0.25, key=address.key("alpha"), width=260,
            help="How far to go along the direction: 1 is the distance between the mean of those with"
            " the attribute and the mean of those without.",
        )  # fmt: skip
        st.checkbox(
            "Keep the others", key=address.key("alone"),
            help="Takes away from the direction what lies along the directions of other attributes.",
        )  # fmt: skip
    alone, alpha = address.get("alone"), address.get("alpha")
    along = direction(model, target, alone)
    left, right = st.columns((7, 3))
    with left:
        _shown(model, reader, target, along, alpha)
    with right:
        _rates(model, reader.titles[reader.names[target]], target, alone, alpha)


def _shown(model: Model, reader: Reader, target: int, along: Tensor, alpha: float) -> None:
    seed, name = address.get("seed"), reader.titles[reader.names[target]]
    which = _row(model, seed, target)
    z, strip = samples(model, seed)[0][which], samples(model, seed)[1][which]
    others = random_like(along, ROW)
    rows = [strip, drawn(model, z + alpha * along), drawn(model, z + alpha * others)]
    followed = address.get("followed")
    sheets.sheet(
        np.concatenate(rows), "steps", "sample", ROW, 150,
        [colour for colour in (GENERATED, GENERATED, DISCRIMINATOR) for _ in which],
        badges={followed: "↓"},
        heads=[
            f"Samples\nwithout {name}, then with; a click on one shows it below",
            f"{signed(alpha)} along {name}", "as far in a random direction",
        ],
        picked=lambda n: address.put("followed", n % ROW),
    )  # fmt: skip
    nearest = min(range(len(SWEEP)), key=lambda i: abs(SWEEP[i] - alpha))
    sheets.sheet(
        drawn(model, z[followed] + torch.tensor(SWEEP)[:, None] * along), "sweep", "alpha",
        len(SWEEP), 90,
        [ATTENTION if i == nearest else GENERATED for i in range(len(SWEEP))],
        [signed(value) for value in SWEEP],
    )  # fmt: skip
    sheets.export(
        "direction", f"{reader.names[target]}-alpha-{alpha:g}", lambda: sheets.rows(*rows),
        lambda: _film(model, z, along),
    )  # fmt: skip


def _film(model: Model, z: Tensor, along: Tensor) -> Colours:
    """The row at each alpha there and back, [n, height, width, 3]."""
    frames = [tiled(drawn(model, z + alpha * along), ROW // 2) for alpha in FILM]
    return np.stack(frames + frames[-2:0:-1])


@lru_cache(maxsize=64)
def _row(model: Model, seed: int, target: int) -> list[int]:
    """The first samples of a sheet that lack an attribute for sure, and the first that have it;
    others where they are too few."""
    assert model.reader
    flags = model.reader.read(model.generate(samples(model, seed)[0]))[:, target].tolist()
    lack, have = ([n for n, flag in enumerate(flags) if flag == sign] for sign in (-1, 1))
    chosen = [*lack[: ROW // 2], *have[: ROW // 2]]
    return [*chosen, *(n for n in range(len(flags)) if n not in chosen)][:ROW]


def _rates(model: Model, name: str, target: int, alone: bool, alpha: float) -> None:
    place = st.empty()
    found: dict[float, Switched] = {}
    for i, tried in enumerate(TRIED):
        place.progress(i / len(TRIED), f"Taking steps of {signed(tried)}")
        found[tried] = switched(model, target, alone, tried)
    rates, control = ([getattr(s, n) for s in found.values()] for n in ("rate", "control"))
    place.plotly_chart(
        steps(TRIED, rates, control, alpha).figure().update_layout(height=330),
        config={"displayModeBar": False}, key="steps_chart",
        alt=f"Curves over the step: how many samples switch {name}, along its direction and a random one",
    )  # fmt: skip
    near = min(TRIED, key=lambda tried: abs(tried - alpha))
    st.caption(
        f"A step of {signed(near)} switches {name} and keeps the kind in {percent(found[near].rate)} of"
        f" {found[near].samples} samples; a random one as long in {percent(found[near].control)}.",
        help=HELP,
    )


def signed(alpha: float) -> str:
    """A number with its sign."""
    return f"{alpha:+g}".replace("-", "−") if alpha else "0"
