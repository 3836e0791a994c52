"""Exemplars by click, a part of Arithmetic: any samples of any sheet as A, B and C."""

from collections.abc import Mapping

import numpy as np
import streamlit as st
import torch
from streamlit.delta_generator import DeltaGenerator
from torch import Tensor

from ganplay.latent import Model
from ganplay.observe.pictures import pixels
from ganplay.snapshot import Pixels
from ganplay.ui import address, sheets
from ganplay.ui.explorer import equation, picks
from ganplay.ui.explorer.common import SHEET, sample_sheet, samples
from ganplay.ui.explorer.equation import Sum, has

TERMS = ("A", "B", "C")
MOST = 10
"""Exemplars a term."""


def fields() -> Mapping[str, address.Field]:
    """The exemplars of each term, and the term one picks for. An exemplar is the number of its sheet
    times SHEET, plus its place there."""
    last = SHEET * 10_000 - 1
    return {
        **{term.lower(): address.several((n,), 0, last, MOST) for n, term in enumerate(TERMS)},
        "term": address.choice(*TERMS),
    }


def show(model: Model, bar: DeltaGenerator) -> None:
    """Draw this part."""
    with bar:
        st.segmented_control(
            "Pick for", TERMS, key=address.key("term"), required=True,
            help="The term that the samples you click on belong to.",
        )  # fmt: skip
        st.button("Clear", on_click=_clear, help="Take all exemplars away.")
    chosen = {term: [int(n) for n in address.get(term.lower())] for term in TERMS}
    seed, active = address.get("seed"), address.get("term")
    badges: dict[int, str] = {}
    for term, numbers in chosen.items():
        for n in numbers:
            if n // SHEET == seed:
                badges[n % SHEET] = badges.get(n % SHEET, "") + term
    left, right = st.columns((7, 3))
    with right:
        st.caption(f"Click on samples for {active}. The sidebar has other sheets.")
        sample_sheet(model, badges, _pick, key="exemplars", columns=5, size=84)
    with left:
        found = Sum.of(model, [_samples(model, numbers) for numbers in chosen.values()])
        said, done = ["", ""], all(chosen.values())
        if done and (reader := model.reader):
            said = [f"is read as: {has(reader, flags)}" for flags in reader.read(found.results)]
        result = "A − B + C" if done else "pick at least one sample for each of A, B and C"
        titles = [f"{len(numbers)} of at most {MOST}" for numbers in chosen.values()]
        equation.show(found, [*titles, result], said, TERMS.index(active), _click)
        if done:
            sheets.export("sum", "equation", found.picture)


def _samples(model: Model, numbers: list[int]) -> tuple[Tensor, Pixels]:
    """The z and the pictures of samples that were picked."""
    z = [samples(model, n // SHEET)[0][n % SHEET] for n in numbers]
    codes = torch.stack(z) if z else torch.empty(0, model.config.latent.dim)
    return codes, pixels(model.generate(codes)) if z else np.empty((0, *model.shape), np.uint8)


def _pick(place: int) -> None:
    """A sample of the sheet joins the term one picks for, or leaves it."""
    n = address.get("seed") * SHEET + place
    picks.toggle(address.get("term").lower(), n, MOST, "A term takes {most} exemplars")


def _click(term: int, exemplar: int) -> None:
    """A term is the one to pick for, or one of its exemplars goes."""
    name = TERMS[term].lower()
    chosen = tuple(address.get(name))
    if exemplar < 0:
        address.put("term", TERMS[term])
    elif exemplar < len(chosen):
        address.put(name, chosen[:exemplar] + chosen[exemplar + 1 :])


def _clear() -> None:
    for term in TERMS:
        address.put(term.lower(), ())
    address.put("term", TERMS[0])
