"""Memory or imagination: the nearest training pictures of samples, and finding z for a picture."""

from functools import lru_cache
from typing import NamedTuple

import numpy as np
import streamlit as st
from streamlit.delta_generator import DeltaGenerator
from torch import Tensor

from ganplay.data.pictures import scaled
from ganplay.figures import explorer_memory as figures
from ganplay.figures.sheets import Colours, coloured
from ganplay.figures.style import GENERATED, REAL
from ganplay.latent import Model, real
from ganplay.latent.neighbours import CLOSE, FRESH, Space, copies, spaces
from ganplay.ui import address, sheets
from ganplay.ui.choices import switch
from ganplay.ui.explorer import finding, own_picture
from ganplay.ui.explorer.common import SHEET, sample_sheet, samples
from ganplay.ui.explorer.view import View

SHOWS = {"nearest": "Nearest training pictures", "find": "Find z"}
NEAREST = 5


def fields(model: Model) -> dict[str, address.Field]:
    return {
        "memory": address.choice(*SHOWS),
        "sample": address.whole(0, 0, SHEET - 1),
        **own_picture.fields(model),
    }


def show(model: Model) -> None:
    top = st.container(horizontal=True, vertical_alignment="center")
    with top:
        switch("memory", SHOWS, "What is asked of its memory")
    if address.get("memory") == "find":
        finding.show(model)
    else:
        _nearest(model, top)


# ---- nearest training pictures


@lru_cache(maxsize=4)
def _spaces(model: Model) -> dict[str, Space]:
    """The spaces of its training pictures; with a bar of progress, as it takes seconds."""
    bar = st.progress(0.0, "Getting the training pictures…")
    known = real.training(model)
    found = {}
    if known is not None:
        bar.progress(0.3, f"Measuring how near {FRESH} real pictures are to {len(known):,} others…")
        for name, space in spaces(model, known):
            found[name] = space
            bar.progress(0.7, "Looking at them as the reader does…")
    bar.empty()
    return found


class Sheet(NamedTuple):
    """The distances of a sheet's samples from their nearest training pictures, which these are, both
    [SHEET, NEAREST], and the distances of copies of training pictures, [SHEET]."""

    distances: Tensor
    which: Tensor
    copies: Tensor


@lru_cache(maxsize=32)
def _measured(model: Model, name: str, seed: int) -> Sheet:
    space, known = _spaces(model)[name], real.training(model)
    assert known is not None
    found = space.nearest(model.generate(samples(model, seed)[0]), NEAREST)
    some = scaled(known[real.apart(len(known), SHEET)])
    return Sheet(*found, space.nearest(copies(some), 1)[0][:, 0])


def _nearest(model: Model, top: DeltaGenerator) -> None:
    found = _spaces(model)
    if not found:
        st.info(
            "The training pictures of this model are not at hand, so that nothing can be compared."
        )
        return
    seed, n = address.get("seed"), address.get("sample")
    measured = {name: _measured(model, name, seed) for name in found}
    left, right = st.columns([1, 1], gap="medium")
    with left:
        st.markdown("**Samples:** click one")
        sample_sheet(model, {n: "✓"}, lambda k: address.put("sample", k), "memory_samples", 8, 84)
    with right:
        for name in found:
            _neighbours(model, name, measured[name], n)
    rows = [
        (name, (each.copies.numpy(), each.distances[:, 0].numpy(), found[name].fresh.numpy()), found[name].near)
        for name, each in measured.items()
    ]  # fmt: skip
    st.plotly_chart(
        figures.ratios(rows, n).figure(), config={"displayModeBar": False}, key="ratios", height=184,
        alt="Distances to the nearest training picture: of copies, of samples and of fresh real ones",
    )  # fmt: skip
    st.markdown(_verdict(found, measured), help=_help(model))
    with top:
        sheets.export("memory_save", f"memory-{seed}-{n + 1}", lambda: _file(model, measured, n))


def _neighbours(model: Model, name: str, measured: Sheet, n: int) -> None:
    """A sample beside its nearest training pictures in a space."""
    ratios = measured.distances[n].tolist()
    what = "pixel by pixel" if name == "pixels" else "as the reader sees them"
    st.markdown(
        f"Its nearest training pictures, **{what}**",
        help="The number is the distance: 1 is as far as a fresh real picture usually is from its nearest training picture.",
    )
    sheets.sheet(
        np.concatenate(_strip(model, measured, n)), f"memory_{name}", f"nearest in {name}",
        NEAREST + 1, 116, [GENERATED] + [REAL] * NEAREST,
        captions=["sample", *(f"{ratio:.2f}" for ratio in ratios)],
    )  # fmt: skip


def _strip(model: Model, measured: Sheet, n: int) -> tuple[Colours, Colours]:
    known = real.training(model)
    assert known is not None
    _, pictures = samples(model, address.get("seed"))
    return pictures[n : n + 1], coloured(known[measured.which[n]].numpy(), REAL)


def _file(model: Model, measured: dict[str, Sheet], n: int) -> Colours:
    return sheets.rows(*(np.concatenate(_strip(model, each, n)) for each in measured.values()))


def _verdict(found: dict[str, Space], measured: dict[str, Sheet]) -> str:
    """How many samples are suspiciously near, in each space, beside what chance and copies give."""
    near, remembered = [], []
    for name, each in measured.items():
        bound = found[name].near
        near.append(f"**{int((each.distances[:, 0] < bound).sum())} of {SHEET}** in {name}")
        remembered.append(f"{int((each.copies < bound).sum())}")
    return (
        f"Suspiciously near to a training picture: {' and '.join(near)}. By chance it is {CLOSE * SHEET:.0f};"
        f" of {len(each.copies)} copies it is {' and '.join(remembered)}."
    )


def _help(model: Model) -> str:
    known = real.training(model)
    count = 0 if known is None else len(known)
    if real.fresh(model, 1) is not None:
        control = f"{FRESH} real pictures that it was not trained on"
    else:
        control = f"{FRESH} of them, each compared with all others"
    return (
        f"Compared with {count:,} pictures, all or some of those it was trained on. 1 is the median distance"
        f" of {control}; suspiciously near is nearer than the nearest {CLOSE:.0%} of these (dotted). Copies are training pictures with a little noise:"
        " what a generator that remembers might draw."
    )


VIEW = View(
    "Memory or imagination",
    "Are samples copies of training pictures, and can G draw any picture you give it?",
    fields, show,
)  # fmt: skip
