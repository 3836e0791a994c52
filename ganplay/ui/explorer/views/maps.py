"""Feature maps: switched off by hand, and those that carry an attribute."""

import math
from functools import lru_cache, partial

import numpy as np
import streamlit as st
import torch
from torch import Tensor

from ganplay.figures.sheets import Colours, coloured, shaded
from ganplay.figures.style import ATTENTION, EDGE, GENERATED
from ganplay.latent import Model
from ganplay.latent.ablation import without
from ganplay.observe.pictures import pixels
from ganplay.ui import address, sheets
from ganplay.ui.choices import switch
from ganplay.ui.explorer import forgetting
from ganplay.ui.explorer.common import samples
from ganplay.ui.explorer.view import View

PARTS = {"hand": "Switch maps off", "attribute": "Forget an attribute"}
STRIP = 16
"""Samples to choose from, and on which the same maps are off."""
WIDE = 1000
"""Pixels that a layer's maps take across at most."""
SOME = 8
"""Maps that a button switches off."""


def fields(model: Model) -> dict[str, address.Field]:
    """Maps are counted from 0, and those that are off are listed for each layer."""
    layers = model.config.generator.hidden[: model.layers]
    off = {f"off{i + 1}": address.several((), 0, n - 1, n) for i, n in enumerate(layers)}
    return {
        "maps": address.choice(*PARTS),
        "layer": address.whole(1, 1, max(1, len(layers))),
        "mapped": address.whole(0, 0, STRIP - 1),
        **off,
        **forgetting.fields(model),
    }


def lacks(model: Model) -> str:
    """Why a model has none."""
    return "" if model.layers else "This generator is a perceptron: it has no feature maps."


def show(model: Model) -> None:
    switch("maps", PARTS, "What to see")
    if address.get("maps") == "attribute":
        forgetting.show(model)
    else:
        _by_hand(model)


# ---- by hand

Off = tuple[tuple[int, ...], ...]
"""The maps of each layer that are off."""


@lru_cache(maxsize=32)
@torch.no_grad()
def _made(model: Model, seed: int, off: Off) -> list[Tensor]:
    """The maps of each layer and the pictures of the strip's samples, without these maps."""
    z, _ = samples(model, seed)
    return model.grow(z[:STRIP], without(dict(enumerate(off))))


def _by_hand(model: Model) -> None:
    seed, number, layer = (address.get(name) for name in ("seed", "mapped", "layer"))
    off: Off = tuple(address.get(f"off{i + 1}") for i in range(model.layers))
    here = off[layer - 1]
    maps = _made(model, seed, off[: layer - 1])[layer - 1][number]
    before, after = (_made(model, seed, maps_off)[-1] for maps_off in ((), off))
    count = len(maps)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.segmented_control(
            "Layer", list(range(1, model.layers + 1)), format_func=partial(_named, model),
            key=address.key("layer"), label_visibility="collapsed", required=True,
        )  # fmt: skip
        strongest = maps.square().mean((1, 2)).topk(min(SOME, count)).indices.tolist()
        st.button(
            f"{len(strongest)} strongest off", key="maps:some", on_click=_switch_off,
            args=(layer, strongest), help="Switches off the maps with the largest numbers in this sample.",
        )  # fmt: skip
        st.button(
            "All on", key="maps:on", disabled=not any(off), on_click=_all_on, args=(model,),
            help="Switches the maps of all layers on again.",
        )  # fmt: skip
    left, right = st.columns([2, 1], gap="medium")
    with left:
        columns = math.ceil(count / math.isqrt(math.ceil(count / 2)))  # twice as wide as high
        sheets.sheet(
            shaded(maps.numpy(), float(maps.max()) / 2), f"maps:layer{layer}", "map", columns,
            WIDE // columns - 6, [ATTENTION if n in here else EDGE for n in range(count)],
            heads=["Click a map to switch it off\nwhat this layer holds for sample ✓"],
            badges=dict.fromkeys(here, "off"), picked=partial(_turn, layer),
            titles=[f"map {n}: mean {mean:.2f}" for n, mean in enumerate(maps.mean((1, 2)).tolist())],
        )  # fmt: skip
    with right:
        pair = torch.stack([before[number], after[number]])
        gone = sum(len(set(each)) for each in off)
        sheets.sheet(
            _shown(pair), "maps:pair", "picture", 2, 220, GENERATED,
            heads=[f"Before and after\n{gone} map{'' if gone == 1 else 's'} off"],
        )  # fmt: skip
        if said := _read(model, pair):
            st.caption(f"Read before: {said[0]}.  \nRead after: {said[1]}.")
        strips = _shown(before), _shown(after)
        sheets.export("maps:save", f"maps-off-{seed}", lambda: sheets.rows(*strips))
    sheets.sheet(
        np.concatenate(strips), "maps:samples", "sample", STRIP, 90, GENERATED,
        heads=["Other samples\nclick one to see its maps", "The same\nwithout these maps"],
        badges={number: "✓"}, picked=lambda n: address.put("mapped", n % STRIP),
    )  # fmt: skip


def _named(model: Model, layer: int) -> str:
    """A layer in words."""
    count, side = model.config.generator.hidden[layer - 1], model.shape[-1]
    side //= 2 ** (model.layers - layer + 1)
    return f"Layer {layer}: {count} maps of {side}×{side}"


def _shown(pictures: Tensor) -> Colours:
    return coloured(pixels(pictures))


def _read(model: Model, pictures: Tensor) -> list[str]:
    """What is read off each picture for sure."""
    reader = model.reader
    if reader is None:
        return []
    names = [reader.titles[name] for name in reader.names]
    return [
        ", ".join(n for n, flag in zip(names, flags, strict=True) if flag == 1) or "nothing"
        for flags in reader.read(pictures).tolist()
    ]


def _turn(layer: int, number: int) -> None:
    """Switch a map off, or on again."""
    name = f"off{layer}"
    off = address.get(name)
    on = tuple(n for n in off if n != number)
    address.put(name, on if number in off else (*off, number))


def _switch_off(layer: int, numbers: list[int]) -> None:
    name = f"off{layer}"
    address.put(name, tuple(dict.fromkeys((*address.get(name), *numbers))))


def _all_on(model: Model) -> None:
    for i in range(model.layers):
        address.put(f"off{i + 1}", ())


VIEW = View(
    "Feature maps",
    "Which of G's maps draw what, and does it forget if they are switched off?",
    fields, show, lacks,
)  # fmt: skip
