"""Finding z for a picture of the user's own, beside two pictures by which to judge what is found."""

import time
from typing import NamedTuple

import numpy as np
import streamlit as st
import torch
from torch import Tensor

from ganplay.data.pictures import scaled
from ganplay.figures import explorer_memory as figures
from ganplay.figures.sheets import Colours, coloured, shaded, tiled
from ganplay.figures.style import ATTENTION, DISCRIMINATOR, GENERATED, REAL
from ganplay.latent import Model, real
from ganplay.latent.inversion import STEPS, Found, Search, off
from ganplay.latent.neighbours import nearest
from ganplay.observe.pictures import pixels
from ganplay.ui import address, sheets
from ganplay.ui.explorer import own_picture
from ganplay.ui.explorer.common import samples

KEPT, RUNNING = "explorer:search", "explorer:searching"
"""Where the session keeps its search, and whether it goes on."""
SLICE, PACE = 0.15, 0.25
"""Seconds that a search goes on before it is looked at, and after which it is looked at again."""
AT_ONCE = 5
"""Steps of a search from one frame of its film to the next."""

COLOURS = {"yours": ATTENTION, "training": REAL, "sample": GENERATED}
"""Of what is looked for: the user's picture, the training picture nearest to it, and a sample."""
OFF = "Off: the root of the mean squared error of the pixels, as a portion of what there is from black to white."
BEFORE = """**Is there a z from which G draws your picture?**

From the nearest of its samples on, z goes down the gradient of the error, for three pictures at once: yours, the
training picture nearest to it, and a sample, whose z exists and has to be found.

What G cannot rebuild, it cannot draw: the difference is the evidence."""


class Sought(NamedTuple):
    """A search for several pictures, by their names, the first of which is the user's; `z` is what
    the last was made of, and `copied` how far the user's is off the nearest training picture."""

    model: Model
    names: tuple[str, ...]
    search: Search
    z: Tensor
    copied: float | None


def show(model: Model) -> None:
    """Let the user give a picture, and look for its z."""
    left, middle, right = st.columns([5, 8, 7], gap="medium")
    with left:
        own = own_picture.choose(model)
    if own is None:
        with middle:
            st.info("There is no picture yet whose z could be looked for: draw or upload one.")
        return
    with middle, st.spinner("Getting the training pictures…"):
        sought = _sought(model, own)
    running = st.session_state.get(RUNNING, False) and not sought.search.done
    st.session_state[RUNNING] = running
    with middle:
        st.fragment(_watch, run_every=PACE if running else None)(sought, running)
    with right:
        if running or not sought.search.step:
            st.markdown(BEFORE)
        else:
            _result(sought)


def _sought(model: Model, own: Tensor) -> Sought:
    """The search for this picture: the one that the session has, or a new one."""
    kept: Sought | None = st.session_state.get(KEPT)
    z, _ = samples(model, address.get("seed"))
    z = z[address.get("sample")][None]
    if (
        kept
        and kept.model is model
        and torch.equal(kept.search.sought[:1], own)
        and torch.equal(kept.z, z)
    ):
        return kept
    names, pictures, copied = ["yours"], [own], None
    known = real.training(model)
    if known is not None:
        _, which = nearest(own.flatten(1), known.flatten(1), 1)
        pictures.append(scaled(known[which[0]]))
        copied = float(off(pictures[1], own))
        names.append("training")
    search = Search(model, torch.cat([*pictures, model.generate(z)]))
    sought = Sought(model, (*names, "sample"), search, z, copied)
    st.session_state.update({KEPT: sought, RUNNING: False})
    return sought


# ---- while it goes on


def _watch(sought: Sought, running: bool) -> None:
    """The pictures as they are now; while it runs, after some more steps."""
    search = sought.search
    if st.session_state[RUNNING] != running:
        st.rerun()  # a button was pressed: how often this is called is up to the whole page
    if running:
        end = time.monotonic() + SLICE
        while not search.done and time.monotonic() < end:
            search.advance(AT_ONCE)
        if search.done:
            st.rerun()
    with st.container(horizontal=True, vertical_alignment="center"):
        if running:
            st.button("Stop", key="find:stop", icon=":material/stop:", on_click=_run, args=(False,))
        else:
            st.button(
                "Go on" if search.step else "Find its z", key="find:go", type="primary", icon=":material/search:",
                on_click=_run, args=(True,), disabled=search.done,
                help=f"{STEPS} steps of gradient descent on z, from the nearest of its samples on.",
            )  # fmt: skip
        st.progress(search.step / STEPS, f"step {search.step} of {STEPS}")
    now = search.found[-1]
    rebuilt = "rebuilt: " if search.step else "start: "
    count = len(sought.names)
    sheets.sheet(
        _frame(sought, now), "found", "picture", count, 180,
        [COLOURS[name] for name in sought.names] + [GENERATED] * count + [DISCRIMINATOR] * count,
        captions=[*sought.names, *(f"{rebuilt}{o:.1%} off" for o in now.off.tolist()), *["difference"] * count],
    )  # fmt: skip


def _run(on: bool) -> None:
    st.session_state[RUNNING] = on


# ---- what came of it


def _result(sought: Sought) -> None:
    """What was found, in numbers, and the way there."""
    found, names = sought.search.found, sought.names
    own, *_, sample = (f"{o:.1%}" for o in found[-1].off.tolist())
    said = [f"**Yours** is rebuilt {own} off."]
    if sought.copied is not None:
        said.append(
            f"The **training picture** nearest to it is {sought.copied:.1%} off it, and is itself rebuilt"
            f" {float(found[-1].off[1]):.1%} off."
        )
    said.append(f"A **sample**, whose z exists, is rebuilt {sample} off.")
    st.markdown(" ".join(said), help=OFF)
    curves = [
        (name, np.array([float(each.off[i]) for each in found], np.float32), COLOURS[name])
        for i, name in enumerate(names)
    ]
    st.plotly_chart(
        figures.descent([each.step for each in found], curves).figure(),
        config={"displayModeBar": False}, key="descent", height=240,
        alt="Curves over the steps of the search: how far off each rebuilt picture is",
    )  # fmt: skip
    st.caption(_about_z(sought, found[-1]))
    sheets.export(
        "find_save", "finding-z",
        lambda: tiled(_frame(sought, found[-1]), len(names)),
        lambda: np.stack([tiled(_frame(sought, each), len(names)) for each in found]),
    )  # fmt: skip


def _about_z(sought: Sought, now: Found) -> str:
    """How usual the z that were found are, and whether that of the sample was found again."""
    usual = sought.model.noise(1000, 0)
    lengths, apart = usual.norm(dim=1), (usual[1:] - usual[:-1]).norm(dim=1)
    far = float((now.z[-1] - sought.z[0]).norm())
    return (
        f"Length of the z found for yours: {float(now.z[0].norm()):.1f} (drawn at random: {lengths.mean():.1f} ±"
        f" {lengths.std():.1f}). The z found for the sample is {far:.1f} from the one it was made of (two at random:"
        f" {apart.mean():.1f})."
    )


def _frame(sought: Sought, now: Found) -> Colours:
    """Three rows: what is sought, what was found, and the difference."""
    wanted = sought.search.sought
    given = coloured(pixels(wanted), REAL)
    given[-1:] = coloured(pixels(wanted[-1:]), GENERATED)
    apart = (now.pictures - wanted).abs().mean(1) / 2
    return np.concatenate(
        (given, coloured(pixels(now.pictures), GENERATED), shaded(apart.numpy(), 0.5))
    )
