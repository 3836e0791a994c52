"""How a picture grows: a transposed convolution by hand, and then those of the generator."""

import math
from base64 import b64encode
from functools import lru_cache, partial

import numpy as np
import streamlit as st
import torch
from torch import Tensor

from ganplay.figures.drawing import Drawing
from ganplay.figures.explorer_growing import sliding, stamping
from ganplay.figures.sheets import Colours, coloured, resized, shaded
from ganplay.figures.style import EDGE, GENERATED
from ganplay.latent import Model
from ganplay.latent.growing import EXAMPLE, strongest
from ganplay.nets.dcgan import KERNEL, STRIDE
from ganplay.observe.pictures import pixels
from ganplay.ui import address, sheets
from ganplay.ui.choices import switch
from ganplay.ui.explorer.common import samples
from ganplay.ui.explorer.view import View

PARTS = {"step": "One step by hand", "generator": "From z to the picture"}
WAYS = {"slide": "Slide the kernel", "stamp": "Stamp the kernel"}
PLACES = {"slide": EXAMPLE.output.numel(), "stamp": EXAMPLE.x.numel()}
"""How many steps each way takes."""
PLAYS = "grow:plays"
PACE = {"slide": 0.8, "stamp": 1.6}
"""Seconds that the film stays at a step."""

STEP = f"→ transposed convolution {KERNEL}×{KERNEL}, stride {STRIDE}"
SHOWN, ACROSS = 15, 3
"""Maps of a layer in sight, and how many of them in a row."""
STRIP = 16
"""Samples to choose from."""


def fields(model: Model) -> dict[str, address.Field]:
    return {
        "grow": address.choice(*PARTS),
        "by": address.choice(*WAYS),
        "place": address.whole(1, 1, max(PLACES.values())),
        "grown": address.whole(0, 0, STRIP - 1),
    }


def show(model: Model) -> None:
    switch("grow", PARTS, "What to see")
    if address.get("grow") == "step":
        _step()
    elif model.layers:
        _generator(model)
    else:
        st.info("This generator is a perceptron: it makes the whole picture at once, without maps.")


# ---- one step by hand


def _step() -> None:
    """The controls, and below them the step that is chosen or, while it plays, one after the other."""
    way, plays = address.get("by"), st.session_state.get(PLAYS, False)
    address.put("place", min(address.get("place"), PLACES[way]))
    with st.container(horizontal=True, vertical_alignment="center"):
        switch("by", WAYS, "Way", partial(address.put, "place", 1))
        st.button(
            "Hold" if plays else "Play", key="grow:play", type="primary", on_click=_toggle,
            icon=":material/pause:" if plays else ":material/play_arrow:",
            help="Goes on by itself, again and again.",
        )  # fmt: skip
        for word, steps in (("Back", -1), ("Next", 1)):
            st.button(
                word, disabled=plays, on_click=_turn, args=(steps,), help=f"{word}: one step."
            )
        if not plays:
            st.slider(
                "Step", 1, PLACES[way], key=address.key("place"), width=260,
                label_visibility="collapsed", help="The places of the output, row by row.",
            )  # fmt: skip
    if plays:
        st.fragment(_film, run_every=PACE[way])()
    else:
        _picture()


def _film() -> None:
    _turn(1)
    _picture()


def _picture() -> None:
    way, place = address.get("by"), address.get("place")
    source = b64encode(_drawing(way, place).svg().encode()).decode()
    st.html(
        f'<img src="data:image/svg+xml;base64,{source}" style="width: 100%; max-width: 150vh"'
        f' alt="{WAYS[way]}: step {place} of {PLACES[way]}">'
    )
    sheets.export(
        "grow:save", f"transposed-convolution-{way}", lambda: _drawing(way, place).pixels(2),
        lambda: np.stack([_drawing(way, n + 1).pixels() for n in range(PLACES[way])]),
        enlarged=1, rate=1 / PACE[way],
    )  # fmt: skip


def _drawing(way: str, place: int) -> Drawing:
    x, kernel = EXAMPLE.x.numpy(), EXAMPLE.kernel.numpy()
    if way == "slide":
        return sliding(x, kernel, EXAMPLE.spread.numpy(), EXAMPLE.output.numpy(), place - 1)
    return stamping(x, kernel, EXAMPLE.stamps.numpy(), place - 1, EXAMPLE.stride)


def _turn(steps: int) -> None:
    """Go on by so many steps, and from the last to the first."""
    address.put("place", (address.get("place") - 1 + steps) % PLACES[address.get("by")] + 1)


def _toggle() -> None:
    st.session_state[PLAYS] = not st.session_state.get(PLAYS, False)


# ---- from z to the picture


@lru_cache(maxsize=32)
@torch.no_grad()
def _grown(model: Model, seed: int, number: int) -> list[Tensor]:
    """The maps of each layer [maps, side, side] and the picture of a sample."""
    z, _ = samples(model, seed)
    return [each[0] for each in model.grow(z[number : number + 1])]


def _generator(model: Model) -> None:
    seed, number = address.get("seed"), address.get("grown")
    codes, pictures = samples(model, seed)
    z, (*layers, picture) = codes[number], _grown(model, seed, number)
    sheets.sheet(
        pictures[:STRIP], "grow:samples", "sample", STRIP, 52, GENERATED,
        heads=["Click a sample\nand see what it was on its way"],
        badges={number: "✓"}, picked=partial(address.put, "grown"),
    )  # fmt: skip
    columns = st.columns(len(layers) + 2, gap="small")
    with columns[0]:
        span = f"white {_signed(z.min())}, black {_signed(z.max())}"
        _head("noise", f"z: {len(z)} numbers", span)
        sheets.sheet(_square(z), "grow:z", "z", 1, 260, EDGE)
    for i, (column, maps) in enumerate(zip(columns[1:-1], layers, strict=True)):
        count, side, _ = maps.shape
        shown = "all of them" if count <= SHOWN else f"the {SHOWN} strongest"
        with column:
            _head(STEP if i else "→ linear layer", f"{count} maps of {side}×{side}", shown)
            sheets.sheet(_strongest(maps), f"grow:maps{i}", "map", ACROSS, 84, EDGE)
    with columns[-1]:
        channels, side, _ = picture.shape
        kind = "3 maps: red, green and blue" if channels == 3 else "1 map: grey"
        _head(STEP, f"picture of {side}×{side}", kind)
        sheets.sheet(pictures[number : number + 1], "grow:picture", "picture", 1, 260, GENERATED)
        sheets.export("grow:file", f"grown-{seed}-{number + 1}", lambda: _file(z, layers, picture))


def _head(made_by: str, title: str, shown: str) -> None:
    """What stands above a stage: how it is made, what it is, and what is seen of it."""
    st.html(
        f'<div style="min-height: 5.8em; margin-top: 4px; font-size: 14px; line-height: 1.35">{made_by}<br>'
        f'<b style="font-size: 16px">{title}</b><br>{shown}</div>'
    )


def _square(z: Tensor) -> Colours:
    """The numbers of z, row by row, as one picture: the least white, the greatest black."""
    side = math.ceil(math.sqrt(len(z)))
    shades = torch.zeros(side * side)
    shades[: len(z)] = z - z.min()
    return shaded(shades.view(1, side, side).numpy())


def _strongest(maps: Tensor) -> Colours:
    """The strongest of a layer's maps; half of the layer's largest number is black."""
    seen = maps[strongest(maps, SHOWN)]
    return shaded(seen.numpy(), float(seen.max()) / 2)


def _file(z: Tensor, layers: list[Tensor], picture: Tensor) -> Colours:
    """All stages below each other, as a single picture."""
    side = picture.shape[-1]
    stages = [_square(z), *map(_strongest, layers), coloured(pixels(picture[None]))]
    blank = np.full((SHOWN, side, side, 3), 255, np.uint8)
    return sheets.rows(*(np.concatenate([resized(each, side), blank])[:SHOWN] for each in stages))


def _signed(value: Tensor) -> str:
    return f"{float(value):+.1f}".replace("-", "−")


VIEW = View(
    "How it grows",
    "How does a generator turn numbers into a picture, and what is a transposed convolution?",
    fields, show,
)  # fmt: skip
