"""Forgetting an attribute: the maps that speak for it are zeroed, those that carry it are shifted."""

from functools import lru_cache
from typing import NamedTuple

import streamlit as st
import torch

from ganplay.figures.sheets import Colours, coloured
from ganplay.figures.style import ATTENTION, GENERATED
from ganplay.latent import Model, ablation
from ganplay.latent.ablation import (
    COUNTS,
    ENOUGH,
    STRENGTH,
    Place,
    Rates,
    shifted,
    without,
)
from ganplay.latent.pool import SAMPLES, pool_of
from ganplay.metrics.attributes import Reader
from ganplay.nets.dcgan import Change
from ganplay.observe.pictures import pixels
from ganplay.ui import address, sheets

EXAMPLES = 10
"""Samples of those measured that are shown."""
FOUND = "found"
"""In place of a layer or of a number of maps: the one that was found to work."""
MOST = 3.0
"""The greatest strength of a switch."""


def fields(model: Model) -> dict[str, address.Field]:
    """The attribute, where its maps are looked for, how many are shifted, and how far."""
    reader = model.reader
    if reader is None:
        return {}
    return {
        "forget": address.choice(*reader.movable),
        "at": address.choice(FOUND, *(str(i + 1) for i in range(model.layers))),
        "carriers": address.choice(FOUND, *map(str, COUNTS)),
        "strength": address.real(STRENGTH, 0, MOST),
    }


def show(model: Model) -> None:
    reader = model.reader
    if reader is None:
        st.info(
            "Nothing here reads attributes off such pictures; maps can be switched off by hand."
        )
        return
    left, right = st.columns([1, 3.4], gap="medium")
    with left:
        _controls(model, reader)
    with right:
        name = address.get("forget")
        attribute, title = reader.names.index(name), reader.titles[name]
        with st.container():  # so that nothing below moves when a bar of progress goes
            _prepare(model)
        if not ablation.known(pool_of(model), attribute):
            st.info(
                f"Of {SAMPLES:,} samples too few are read as {title}, or too few as not {title}."
            )
            return
        with st.container():
            tried = _tried(model, attribute)
        place = _chosen(tried)
        if place is None:
            st.info(
                "This layer is too small to shift so many of its maps, and as many others beside."
            )
            return
        _rows(model, attribute, title, place)
    with left:
        st.html(_table(tried, place))


def _controls(model: Model, reader: Reader) -> None:
    st.radio(
        "Attribute", reader.movable, format_func=reader.titles.__getitem__,
        key=address.key("forget"),
        help="What G is to forget. ✓: afterwards it is missing for sure, and all else that was sure is"
        " read as before.",
    )  # fmt: skip
    st.select_slider(
        "Layer", [FOUND, *(str(i + 1) for i in range(model.layers))], key=address.key("at"),
        help="Whose maps are changed; found: where the fewest maps carry the attribute.",
    )  # fmt: skip
    st.select_slider(
        "Maps to shift", [FOUND, *map(str, COUNTS)], key=address.key("carriers"),
        help=f"Found: the fewest that work for {ENOUGH:.0%} of the samples they are tried on, or those that work best.",
    )  # fmt: skip
    st.slider(
        "Strength", 0.0, MOST, step=0.25, key=address.key("strength"),
        help="How many times the mean difference is subtracted from these maps.",
    )  # fmt: skip


# ---- the maps that are found


@lru_cache(maxsize=8)
def _prepare(model: Model) -> None:
    """Have the samples that the maps are found by, with a bar of progress, as it takes seconds."""
    bar = st.progress(0.0, f"Drawing {SAMPLES:,} samples and reading what they show…")
    pool_of(model)
    bar.progress(0.8, "Looking at their maps…")
    ablation.traces(model)
    bar.empty()


@lru_cache(maxsize=64)
def _tried(model: Model, attribute: int) -> dict[Place, float]:
    """How often shifting works in each place, with a bar of progress."""
    places = ablation.places(model)
    bar, found = st.progress(0.0), {}
    for i, place in enumerate(places):
        bar.progress(i / len(places), "Looking for the maps that carry it…")
        found[place] = ablation.tried(model, attribute, place)
    bar.empty()
    return found


def _chosen(tried: dict[Place, float]) -> Place | None:
    """The best of the places that the layer and number chosen leave; None where they leave none."""
    at, count = address.get("at"), address.get("carriers")
    left = {
        (layer, maps): rate
        for (layer, maps), rate in tried.items()
        if at in (FOUND, str(layer + 1)) and count in (FOUND, str(maps))
    }
    return ablation.best(left) if left else None


def _table(tried: dict[Place, float], place: Place) -> str:
    """How often shifting works in each layer with each number of maps; the present one is framed."""
    layers, counts = (sorted(set(each)) for each in zip(*tried, strict=True))
    rows = ["".join(_cell(text) for text in ("maps", *counts))]
    for layer in layers:
        rates = {n: tried.get((layer, n)) for n in counts}
        said = [
            _cell("" if r is None else f"{100 * r:.0f}", (layer, n) == place)
            for n, r in rates.items()
        ]
        rows.append(_cell(f"layer {layer + 1}") + "".join(said))
    return (
        '<div style="font-size: 13px">% that lose only that, of the samples it was tried on'
        '<table style="border-spacing: 0; white-space: nowrap; text-align: right">'
        f"{''.join(f'<tr>{row}</tr>' for row in rows)}</table></div>"
    )


def _cell(text: object, framed: bool = False) -> str:
    colour = ATTENTION if framed else "transparent"
    return f'<td style="padding: 1px 3px; border: 2px solid {colour}">{text}</td>'


# ---- what it does


class Row(NamedTuple):
    """A way to forget, in words, and its change."""

    title: str
    words: str
    change: Change | None = None


def _ways(model: Model, attribute: int, title: str, place: Place) -> list[Row]:
    layer, count = place
    maps = model.config.generator.hidden[layer]
    speaking = ablation.speaking_for(model, attribute, layer)
    chosen, shift = ablation.lever(model, attribute, place, address.get("strength"))
    other = ablation.others(chosen, maps)[0]
    where = f"of the {maps} maps of layer {layer + 1}"
    return [
        Row("As they are", f"samples that are read as “{title}”"),
        Row(
            "Zeroed, as in the paper",
            f"{len(speaking)} {where}, by logistic regression",
            without({layer: speaking.tolist()}),
        ),
        Row(
            "Switched",
            f"{count} {where}, in which it shows most",
            shifted(layer, chosen, shift),
        ),
        Row(
            "Random maps",
            "as many others of this layer, changed by as much",
            shifted(layer, other, shift),
        ),
    ]


@torch.no_grad()
def _examples(model: Model, attribute: int, change: Change | None) -> tuple[Colours, list[bool]]:
    """The first samples that are measured after a change, and which of them are as wanted."""
    reader = model.reader
    assert reader
    z, before = ablation.having(model, attribute, 2, EXAMPLES)
    made = model.grow(z, change)[-1]
    _, clean = ablation.outcome(before, reader.read(made), attribute)
    return coloured(pixels(made)), clean.tolist()


def _rows(model: Model, attribute: int, title: str, place: Place) -> None:
    """Samples with the attribute as they are and after each change, and the rates beside them."""
    strips, slots = [], []
    for n, row in enumerate(_ways(model, attribute, title, place)):
        made, clean = _examples(model, attribute, row.change)
        strips.append(made)
        pictures, numbers = st.columns([4, 1.15], gap="small", vertical_alignment="bottom")
        with pictures:
            sheets.sheet(
                made, f"forget:{n}", "sample", EXAMPLES, 96, GENERATED,
                heads=[f"{row.title}\n{row.words}"],
                badges={i: "✓" for i, worked in enumerate(clean) if worked},
            )  # fmt: skip
        slots.append(numbers.empty())
        slots[-1].html(_number("…", ""))
    file = f"forgetting-{address.get('forget')}"
    sheets.export("forget:save", file, lambda: sheets.rows(*strips))
    zeroed = ablation.zeroing(model, attribute, place[0])
    switched = ablation.switching(model, attribute, place, address.get("strength"))
    slots[0].html(_number(str(zeroed.rates.samples), f"samples read as “{title}”"))
    slots[1].html(_rate(zeroed.rates, f"random maps zeroed: {zeroed.control.clean:.0%}"))
    slots[2].html(_rate(switched.rates))
    slots[3].html(_rate(switched.control))


def _rate(rates: Rates, more: str = "") -> str:
    """How often an attribute went alone, and how often at all."""
    words = f"lose only that, ✓<br>{rates.gone:.0%} lose it at all"
    return _number(f"{rates.clean:.0%}", f"{words}<br>{more}" if more else words)


def _number(number: str, words: str) -> str:
    return (
        f'<div style="line-height: 1.3"><b style="font-size: 26px">{number}</b>'
        f'<div style="font-size: 13px">{words}</div></div>'
    )
