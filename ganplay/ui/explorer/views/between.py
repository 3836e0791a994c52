"""Between samples: the ways from one to the next as a strip, a film and a grid, beside a cross-fade."""

import random
from collections.abc import Mapping
from functools import lru_cache

import numpy as np
import streamlit as st
from numpy.typing import NDArray
from streamlit.delta_generator import DeltaGenerator
from torch import Tensor

from ganplay.figures.explorer_paths import journey
from ganplay.figures.sheets import Colours, coloured, neutral, tiled
from ganplay.figures.style import BLEND, GENERATED
from ganplay.latent import Model
from ganplay.latent.paths import FADE, WAYS, between, grid, lengths, path
from ganplay.latent.yardstick import yardstick_of
from ganplay.observe.pictures import pixels
from ganplay.ui import address, sheets
from ganplay.ui.choices import switch
from ganplay.ui.explorer import picks
from ganplay.ui.explorer.common import SHEET, sample_sheet, samples
from ganplay.ui.explorer.view import View

MOST = 8
STEPS = 24
"""From an anchor to the next: a multiple of what a strip shows of them."""
SHOWN = 10
"""Steps on a strip, where there are no more than fit."""
SIDE = 7
"""Pictures on a side of a grid."""
CORNERS = 4

TITLES = {"linear": "Linear", "spherical": "Spherical", FADE: "Pixel cross-fade"}

FRAMES = (GENERATED, BLEND)
"""Around what a way makes, and around the cross-fade."""

ABOUT = {
    "normal": "Nearly all draws of z lie at about the same distance from 0: the spherical way keeps to"
    " it, the linear one cuts across.",
    "uniform": "z is uniform in a cube: the linear way stays inside, the spherical one may leave it.",
    "student_t": "Draws of z lie at very different distances from 0, which both ways change evenly or"
    " faster.",
    "one_hot_mixture": "z lies near the corners it is drawn from: between them G was never trained.",
}
"""What the ways mean under each prior of z."""


def fields(model: Model) -> dict[str, address.Field]:
    """The anchors in their order, how they are shown, and the way through z of a film or grid."""
    return {
        "anchors": picks.field((0, 1), MOST),
        "shape": address.choice("strip", "film", "grid"),
        "way": address.choice(*WAYS),
    }


def show(model: Model) -> None:
    """Draw the view."""
    shape = address.get("shape")
    anchors = picks.filled("anchors", CORNERS if shape == "grid" else 2)
    used = anchors[:CORNERS] if shape == "grid" else anchors
    left, right = st.columns((2, 5))
    with left:
        sample_sheet(model, picks.badges("anchors", used), _pick, columns=5, size=80)
        with st.container(horizontal=True):
            st.button("Surprise me", on_click=_surprise, help="As many others, at random.")
            st.button("Start over", on_click=_clear, help="Choose none.")
    with right:
        bar = st.container(horizontal=True)
        with bar:
            switch("shape", {name: name.capitalize() for name in SHAPES}, "How the way is shown.")
            if shape != "strip":
                switch("way", {name: TITLES[name] for name in WAYS}, "The way through z.")
        SHAPES[shape](model, address.get("seed"), used, bar)


def _strip(model: Model, seed: int, anchors: tuple[int, ...], bar: DeltaGenerator) -> None:
    made, legs = _pictures(model, seed, anchors), len(anchors) - 1
    steps, real = _measures(model, seed, anchors)
    every = STEPS // max(n for n in (8, 4, 3, 2) if n * legs <= SHOWN or n == 2)
    shown = list(range(0, legs * STEPS + 1, every))
    strips = {name: _drawn(name, part[shown]) for name, part in made.items()}
    badges = {i: str(n // STEPS + 1) for i, n in enumerate(shown) if n % STEPS == 0}
    sheets.sheet(
        np.concatenate(list(strips.values())), "strips", "picture on the way", len(shown), 128,
        [FRAMES[name == FADE] for name in strips for _ in shown],
        badges={row * len(shown) + i: n for row in range(len(strips)) for i, n in badges.items()},
        heads=[
            f"{TITLES[name]}\nlongest step {_unevenness(steps[name]):.1f} × the mean,"
            f" D finds {real[name].mean():.0%} of samples less real{_lengths(model, seed, anchors, name)}"
            for name in strips
        ],
    )  # fmt: skip
    figure = journey(steps, real, [STEPS * n for n in range(legs + 1)]).figure()
    st.plotly_chart(
        figure, config={"displayModeBar": False}, key="journey",
        alt="Curves along each way: how long its steps are, and how real D finds what lies on it",
    )  # fmt: skip
    st.caption(ABOUT[model.config.latent.prior])
    with bar:
        sheets.export("strip", "between", lambda: sheets.rows(*strips.values()))


def _film(model: Model, seed: int, anchors: tuple[int, ...], bar: DeltaGenerator) -> None:
    lanes = {
        TITLES[n]: _drawn(n, made) for n, made in _beside_fade(_pictures(model, seed, anchors))
    }
    marks = {n * STEPS: str(n + 1) for n in range(len(anchors))} | {len(anchors) * STEPS - 1: "1"}
    sheets.film(lanes, "film", "loop through the anchors", 560, FRAMES, marks)
    st.caption(ABOUT[model.config.latent.prior])
    with bar:
        strips = [pictures[:: STEPS // 4] for pictures in lanes.values()]
        sheets.export("film", "loop", lambda: sheets.rows(*strips), lambda: _pairs(lanes))


def _grid(model: Model, seed: int, corners: tuple[int, ...], bar: DeltaGenerator) -> None:
    grids = {
        TITLES[name]: tiled(_drawn(name, made), SIDE)[None]
        for name, made in _beside_fade(_grids(model, seed, corners))
    }
    for place, (title, whole), frame in zip(st.columns(2), grids.items(), FRAMES, strict=True):
        with place:
            sheets.sheet(whole, f"grid{frame}", f"grid: {title}", 1, 560, frame, heads=[title])
    words = "1 and 2 are the upper corners, 3 and 4 the lower ones."
    if len(address.get("anchors")) < CORNERS:
        words += " Those in brackets stand in for what is not chosen yet."
    st.caption(f"{words} {ABOUT[model.config.latent.prior]}")
    with bar:
        sheets.export("grid", "grid", lambda: _pairs(grids)[0])


SHAPES = {"strip": _strip, "film": _film, "grid": _grid}


def _pick(n: int) -> None:
    picks.toggle("anchors", n, MOST)


def _surprise() -> None:
    address.put("anchors", tuple(random.sample(range(SHEET), max(2, len(address.get("anchors"))))))


def _clear() -> None:
    address.put("anchors", ())


# ---- what is shown


@lru_cache(maxsize=4)
def _pictures(model: Model, seed: int, anchors: tuple[int, ...]) -> dict[str, Tensor]:
    """Along each way through the anchors and back to the first."""
    z = samples(model, seed)[0][list(anchors)]
    return between(model, z, lambda ends, way: path(ends, STEPS, way, closed=True))


@lru_cache(maxsize=4)
def _grids(model: Model, seed: int, corners: tuple[int, ...]) -> dict[str, Tensor]:
    z = samples(model, seed)[0][list(corners)]
    return between(model, z, lambda ends, way: grid(ends, SIDE, way))


@lru_cache(maxsize=4)
def _measures(
    model: Model, seed: int, anchors: tuple[int, ...]
) -> tuple[dict[str, NDArray[np.float32]], dict[str, NDArray[np.float32]]]:
    """The steps of each way from the first anchor to the last, and how real D finds its pictures."""
    rule, end = yardstick_of(model), (len(anchors) - 1) * STEPS + 1
    made = {name: part[:end] for name, part in _pictures(model, seed, anchors).items()}
    steps = {name: rule.steps(part).numpy() for name, part in made.items()}
    return steps, {name: rule.realness(part).numpy() for name, part in made.items()}


def _beside_fade(made: Mapping[str, Tensor]) -> list[tuple[str, Tensor]]:
    """What the way that is chosen makes, and the cross-fade."""
    return [(name, made[name]) for name in (address.get("way"), FADE)]


def _drawn(name: str, made: Tensor) -> Colours:
    """Pictures of a way as they are shown."""
    return (neutral if name == FADE else coloured)(pixels(made))


def _unevenness(steps: NDArray[np.float32]) -> float:
    """The longest step over the mean; 1 where there is none."""
    return float(steps.max() / steps.mean()) if steps.any() else 1.0


def _lengths(model: Model, seed: int, anchors: tuple[int, ...], name: str) -> str:
    """How long z is on a way, in words."""
    if name == FADE:
        return ""
    least, most = lengths(path(samples(model, seed)[0][list(anchors)], STEPS, WAYS[name]))
    return f", |z| {least:.1f} to {most:.1f}"


def _pairs(lanes: Mapping[str, Colours]) -> Colours:
    """Pictures [n, height, width, 3] of two lanes side by side, white between them."""
    one, other = lanes.values()
    gap = np.full_like(one[:, :, :2], 255)
    return np.concatenate((one, gap, other), 2)


VIEW = View("Between", "What lies between samples? Click on up to eight of them.", fields, show)
