"""Why a VAE blurs: the mean of two branches."""

from functools import lru_cache

import numpy as np
import streamlit as st
import torch
from numpy.typing import NDArray

from ganplay.config import RunConfig
from ganplay.figures.style import ATTENTION, REAL
from ganplay.figures.theory_regression import UNIT, regression
from ganplay.learners import least_squares
from ganplay.live import View, shared_engine
from ganplay.recipes import recipe
from ganplay.snapshot import AxisSnapshot
from ganplay.theory.regression import Branches
from ganplay.ui import address
from ganplay.ui.board import Handle, redraw
from ganplay.ui.page import PATHS
from ganplay.ui.theory import learned
from ganplay.ui.theory.common import layout, slider

SHARE, HEIGHT, PLACE = address.real(0.5, 0, 1), address.real(1.2, 0, 1.6), address.real(0.5, 0, 1)
FIELDS = {"share": SHARE, "height": HEIGHT, "at": PLACE, "gan": address.switch()}
PAIRS, SEED = 1000, 0
PACE = 100.0
"""Iterations of the GAN a second."""

Numbers = NDArray[np.float64]


@lru_cache(maxsize=64)
def _learned(branches: Branches) -> tuple[tuple[Numbers, Numbers], Numbers, Numbers]:
    """Pairs to learn from, what a net made of them, and noise for samples around it."""
    rng = np.random.default_rng(SEED)
    x, y = branches.sample(PAIRS, rng)
    told, answers, at = (torch.tensor(each, dtype=torch.float32) for each in (x, y, UNIT))
    mean = least_squares(told, answers, at, [SEED])[0].double().numpy()
    return (x, y), mean, rng.normal(size=PAIRS)


def gan_of(branches: Branches, place: float) -> RunConfig:
    """The settings of a GAN that learns p(y | x) at a place."""
    b = float(branches.upper(place))
    share = min(0.98, max(0.02, branches.share))
    data = {"data.first_mean": b, "data.second_mean": -b, "data.share": share}
    return recipe("branches").updated(data)


def show() -> None:
    branches, place = Branches(address.get("height"), address.get("share")), address.get("at")
    given, mean = branches.given(place), float(branches.mean(place))
    words, figure = layout()
    with words:
        st.markdown(
            rf"""**Why does a VAE blur?** Its decoder learns by squared error: the likelihood of a Gaussian around
what it says. The error is least at the **mean** of all possible answers, $E[y\,|\,x]$.

Here each $x$ has two answers. The mean lies between: at $x={place:.2f}$ it is {mean:.2f}, where real samples have
a density of **{float(given.pdf(mean)):.3f}**, and on a branch **{float(given.pdf(given.means).max()):.3f}**. The mean of sharp
edges is a blurred edge.

A GAN is not asked for the mean: to D a sample between the branches is plainly false.

**Drag** the green point, and the orange one."""
        )
        slider(
            "share", SHARE, "Share of the upper branch", "How often y is on the upper branch.", 0.05
        )
        st.toggle(
            "A GAN at this x", key=address.key("gan"),
            help="Train a GAN to make y for this x, beside the Gaussian.",
        )  # fmt: skip
        st.page_link(
            PATHS["Lab"], label="VAE and GAN in the plane", icon=":material/arrow_forward:",
            query_params={"scenario": "vae-ring"}, help="A scenario of the 2-D lab.",
        )  # fmt: skip
        view = None
        if address.get("gan"):
            view = learned.run("blur", gan_of(branches, place), PACE)
        if view:
            learned.transport(view)
    with figure:
        run, views = (view.run, (view,)) if view else ("", ())
        learned.live(
            "blur",
            lambda: _picture(branches, place, shared_engine().poll(run)),
            *views,
            moved=_moved,
        )


def _picture(branches: Branches, place: float, view: View | None) -> None:
    pairs, mean, noise = _learned(branches)
    gan = view.snapshot if view and isinstance(view.snapshot, AxisSnapshot) else None
    redraw(
        "blur", regression(branches, pairs, mean, noise, place, gan),
        f"Two branches, their mean as a net learned it, and the densities at x = {place:.2f}.",
        handles=[
            Handle("height", "pairs", 0.5, branches.height, REAL, "Drag the branches apart.", "y"),
            Handle("at", "pairs", place, float(branches.mean(place)), ATTENTION, "Drag to another x.", "x"),
        ],
        view=view,
    )  # fmt: skip


def _moved(name: str, x: float, y: float) -> None:
    field, value = (HEIGHT, y) if name == "height" else (PLACE, x)
    address.put(name, round(min(field.most, max(field.least, value)), 2))
