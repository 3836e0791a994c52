"""What D looks for: its maps, with what excites them, and its score of any picture."""

from functools import lru_cache
from typing import NamedTuple

import numpy as np
import streamlit as st
import torch
from torch import Tensor

from ganplay.figures import explorer_discriminator as figures
from ganplay.figures.sheets import Colours, resized, shaded, tiled
from ganplay.figures.style import DISCRIMINATOR, GRADIENT, REAL
from ganplay.latent import Model, real
from ganplay.latent.saliency import Peaks, cut, guided, kernels, layers, peaks, untrained
from ganplay.observe.pictures import pixels
from ganplay.ui import address, sheets
from ganplay.ui.choices import switch
from ganplay.ui.explorer import judging
from ganplay.ui.explorer.judging import LOOKED, SEED
from ganplay.ui.explorer.view import View

MAPS, PATCHES = 16, 8
"""Maps on show, those of the largest spread, and patches of each."""
SHOWS = {"maps": "Its maps", "score": "Its score"}
LAYERS = ("First layer", "Second", "Third", "Fourth", "Fifth", "Sixth")


def fields(model: Model) -> dict[str, address.Field]:
    found = judging.fields(model)
    if layers(model):
        found |= {
            "d_shows": address.choice(*SHOWS),
            "d_layer": address.choice(*(str(i + 1) for i in range(layers(model)))),
            "d_map": address.whole(0, 0, MAPS - 1),
        }
    return found


def lacks(model: Model) -> str:
    if model.critic.sees_batch:
        return "This discriminator judges a whole batch at once, so that what it sees in one picture can't be told."
    return ""


def show(model: Model) -> None:
    if not layers(model):
        st.caption("This discriminator is a perceptron: it has no maps, but it gives a score.")
        return judging.show(model)
    switch("d_shows", SHOWS, "What is shown of D")
    return judging.show(model) if address.get("d_shows") == "score" else _maps(model)


# ---- its maps


@lru_cache(maxsize=4)
def _shown(model: Model) -> tuple[Tensor, str]:
    """The pictures that D is shown, and what they are."""
    found = real.some(model, LOOKED)
    if found is not None:
        return found, "real pictures"
    return model.generate(model.noise(LOOKED, SEED)), "samples (its data are not on this machine)"


@lru_cache(maxsize=4)
def _peaks(model: Model) -> list[Peaks]:
    return peaks(model, _shown(model)[0], PATCHES)


@lru_cache(maxsize=4)
def _control(model: Model) -> tuple[Model, list[Peaks]]:
    """The same with a D that never learned."""
    fresh = untrained(model, 0)
    return fresh, peaks(fresh, _shown(model)[0], PATCHES)


class Excited(NamedTuple):
    """The patches that excite a map, and below each what it is that does."""

    patches: Colours
    causes: Colours


def _excited(model: Model, found: Peaks, shown: Tensor, layer: int, number: int) -> Excited:
    """For a map of the first layer, its response all over each picture; for others the guided
    saliency."""
    chosen, places = shown[found.pictures[number]], found.places[number]
    seen = cut(chosen, layer, places)
    outside = seen.isnan().any(1).numpy()
    patches = figures.patches(pixels(seen), outside)
    if layer == 0:
        with torch.no_grad():
            return Excited(patches, shaded(model.see(chosen)[0][:, number].clamp(min=0).numpy()))
    saliency = cut(guided(model, chosen, layer, number, places), layer, places)
    return Excited(patches, figures.weights(saliency.numpy()))


@lru_cache(maxsize=16)
def _tiles(model: Model, layer: int) -> tuple[list[int], Colours]:
    """The maps of a layer that are on show, and what stands for each: its kernel, or the patch that
    excites it most."""
    found = _peaks(model)[layer]
    order = found.spread.argsort(descending=True)[:MAPS]
    if layer == 0:
        return order.tolist(), figures.weights(kernels(model)[order].numpy())
    first = cut(_shown(model)[0][found.pictures[order, 0]], layer, found.places[order, 0])
    return order.tolist(), figures.patches(pixels(first), first.isnan().any(1).numpy())


def _maps(model: Model) -> None:
    layer, rank = int(address.get("d_layer")) - 1, address.get("d_map")
    left, right = st.columns([5, 8], gap="medium")
    with left:
        titles = {str(i + 1): LAYERS[i] for i in range(layers(model))}
        switch("d_layer", titles, "Layer of D")
        with st.spinner(f"D looks at {LOOKED:,} pictures…", show_time=False):
            numbers, tiles = _tiles(model, layer)
        rank = min(rank, len(numbers) - 1)
        sheets.sheet(
            tiles, "d_maps", "map", 4, 130, DISCRIMINATOR, badges={rank: f"map {numbers[rank] + 1}"},
            picked=lambda n: address.put("d_map", n),
        )  # fmt: skip
        total = len(_peaks(model)[layer].spread)
        what = "Its kernel" if layer == 0 else "The patch that excites it most"
        st.caption(f"{what}, for the {len(numbers)} of {total} maps that vary most. Click one.")
    with right:
        shown, kind = _shown(model)
        fresh, of_fresh = _control(model)
        own = _excited(model, _peaks(model)[layer], shown, layer, numbers[rank])
        other = of_fresh[layer].spread.argsort(descending=True)[rank]
        control = _excited(fresh, of_fresh[layer], shown, layer, int(other))
        side = own.patches.shape[1]
        st.markdown(
            f"**Map {numbers[rank] + 1} is excited most by these {side}×{side} patches of {kind}**",
            help=f"Of {len(shown):,} pictures, the place in each that excites the map most; grey lies outside the picture.",
        )
        _rows(own, "")
        st.markdown("**The same of a D that never learned**", help="Fresh random weights, seed 0.")
        _rows(control, " of random weights")
        st.caption(_about(layer, model.shape[0]))
        sheets.export(
            "d_save", f"discriminator-layer-{layer + 1}-map-{numbers[rank] + 1}",
            lambda: _file(own, control),
        )  # fmt: skip


def _rows(excited: Excited, whose: str) -> None:
    for name, strip, frame in zip(("patch", "cause"), excited, (REAL, GRADIENT), strict=True):
        sheets.sheet(strip, f"d:{name}{whose}", f"{name}{whose}", PATCHES, 104, frame)


def _about(layer: int, channels: int) -> str:
    if layer == 0:
        return "Below each patch: how the map responds all over the picture it is from."
    how = (
        "lighter and darker than grey"
        if channels == 3
        else "pink where ink excites, grey where it calms"
    )
    return f"Below each patch: the pixels that excite the map, by guided backpropagation ({how})."


def _file(own: Excited, control: Excited) -> Colours:
    """All rows as one picture."""
    strips = [part for each in (own, control) for part in each]
    side = max(strip.shape[1] for strip in strips)
    return tiled(np.concatenate([resized(strip, side) for strip in strips]), PATCHES)


VIEW = View(
    "What D looks for",
    "What has the discriminator learned to look at, and what does it say of a picture?",
    fields, show, lacks,
)  # fmt: skip
