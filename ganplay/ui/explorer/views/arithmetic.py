"""Arithmetic: A - B + C of exemplars, in z and in pixels, and directions that switch an attribute."""

from collections.abc import Iterator, Mapping

import streamlit as st
import torch
from streamlit.delta_generator import DeltaGenerator
from torch import Tensor

from ganplay.figures.explorer_arithmetic import success
from ganplay.latent import Model
from ganplay.latent.arithmetic import COUNTS, TRIALS, Equations, Outcome, equations, kept, outcomes
from ganplay.latent.pool import SAMPLES, pool_of
from ganplay.metrics.attributes import Reader
from ganplay.ui import address, sheets
from ganplay.ui.explorer import equation
from ganplay.ui.explorer.equation import Sum, has, percent
from ganplay.ui.explorer.view import View
from ganplay.ui.explorer.views import directions, exemplars

PARTS = {"attribute": "By attribute", "click": "By click", "direction": "Directions"}
SHOWN = ("1", "3", "10")
"""Exemplars a term, to choose from."""
ANY = "any"
WORKS = (
    "A face's kind is all its attributes but the one that is added, a digit's which digit it is. A and B"
    " are of one kind; A has what is added. C is of another kind and lacks it. An equation works if two"
    " classifiers are sure that its sum has it and is of C's kind. Distances are in what the first of"
    " them sees, to the nearest of 4,000 real pictures; half of all real ones are nearer than 1."
)


def fields(model: Model) -> Mapping[str, address.Field]:
    """How exemplars are found, and which they are."""
    own, reader = exemplars.fields(), model.reader
    if reader is None:
        return own
    return {
        **own,
        "add": address.choice(*PARTS),
        "target": address.choice(*reader.movable),
        "kind": address.choice(ANY, *reader.names),
        "mean": address.choice(*SHOWN, default=SHOWN[-1]),
        "equation": address.whole(1, 1, TRIALS),
        **directions.fields(),
    }


def show(model: Model) -> None:
    """Draw the view."""
    reader = model.reader
    bar = st.container(horizontal=True, vertical_alignment="bottom")
    if reader is None:
        bar.caption(
            "Nothing reads attributes off such pictures, so you pick the exemplars yourself, and there"
            " are no success rates and no directions."
        )
        exemplars.show(model, bar)
        return
    bar.segmented_control(
        "Exemplars", list(PARTS), format_func=PARTS.__getitem__, key=address.key("add"),
        required=True,
        help="What is added: means of exemplars that are found by attribute or that you click on, or"
        " the mean direction of an attribute.",
    )  # fmt: skip
    if address.get("add") == "click":
        exemplars.show(model, bar)
        return
    bar.selectbox(
        "Add", reader.movable, format_func=reader.titles.__getitem__, key=address.key("target"),
        width=120, help="The attribute that is to come in.",
    )  # fmt: skip
    with st.spinner(f"Reading attributes off {SAMPLES:,} samples", show_time=True):
        pool_of(model)
    target = reader.names.index(address.get("target"))
    try:
        if address.get("add") == "direction":
            directions.show(model, reader, target, bar)
        else:
            _by_attribute(model, reader, target, equations(model, target), bar)
    except ValueError as reason:
        name = reader.titles[address.get("target")].capitalize()
        st.info(f"{name} can't be added: {reason}. Exemplars can still be picked by click.")


# ---- by attribute


def _by_attribute(
    model: Model, reader: Reader, target: int, asked: Equations, bar: DeltaGenerator
) -> None:
    of = _alike(model, reader, target, asked)
    with bar:
        st.selectbox(
            "A and B, but not C", list(of), key=address.key("kind"), width=140,
            format_func=lambda name: reader.titles.get(name, "any kind"),
            help="What the exemplars of A and B have, and those of C have not.",
        )  # fmt: skip
        st.segmented_control(
            "Exemplars a term", SHOWN, key=address.key("mean"), required=True,
            help="How many are averaged for each of A, B and C; the paper takes 3.",
        )  # fmt: skip
        numbers = of[address.get("kind")]
        at = (address.get("equation") - 1) % len(numbers)
        st.button(
            "Another", icon=":material/casino:", on_click=address.put,
            args=("equation", (at + 1) % len(numbers) + 1),
            help=f"The next of {len(numbers)} such equations.",
        )  # fmt: skip
    n, number = int(address.get("mean")), numbers[at]
    left, right = st.columns((7, 3))
    with left:
        _shown(model, reader, asked, number, n)
    with right:
        _rates(model, target, n)


def _alike(model: Model, reader: Reader, target: int, asked: Equations) -> dict[str, list[int]]:
    """The equations by what A and B have and C has not; the kind that is chosen is one of them."""
    flags = pool_of(model).flags
    only = (flags[asked.a[:, 0]] == 1) & (flags[asked.c[:, 0]] == -1)
    names = {reader.names[i]: i for i in kept(reader, target)}
    found = {name: torch.nonzero(only[:, i])[:, 0].tolist() for name, i in names.items()}
    kinds = {ANY: list(range(len(asked)))} | {name: which for name, which in found.items() if which}
    if address.get("kind") not in kinds:
        address.put("kind", ANY)
    return kinds


def _shown(model: Model, reader: Reader, asked: Equations, number: int, n: int) -> None:
    pool = pool_of(model)
    terms = [numbers[number, :n] for numbers in (asked.a, asked.b, asked.c)]
    found = Sum.of(model, [(pool.z[term], pool.pictures[term.numpy()]) for term in terms])
    wanted = asked.wanted[number]
    named = wanted != 0
    titles = [has(reader, pool.flags[term[0]] * named) for term in terms]
    said = [_verdict(reader, read, wanted) for read in reader.read(found.results)]
    equation.show(found, [*titles, has(reader, wanted)], said)
    sheets.export("sum", f"{address.get('target')}-{n}", found.picture)


def _rates(model: Model, target: int, n: int) -> None:
    place = st.empty()
    made: dict[int, tuple[Outcome, Outcome]] = {}
    for i, count in enumerate(COUNTS):
        place.progress(i / len(COUNTS), f"Trying {TRIALS} equations, {count} exemplars a term")
        made[count] = outcomes(model, target, count)
    by_z, by_pixel = zip(*made.values(), strict=True)
    figure = success(
        COUNTS,
        ([each.rate for each in by_z], [each.rate for each in by_pixel]),
        ([each.far for each in by_z], [each.far for each in by_pixel]),
        n,
    ).figure()
    place.plotly_chart(
        figure.update_layout(height=400), config={"displayModeBar": False}, key="success",
        alt="Curves over the exemplars a term: how many equations work, and how far from real"
        " pictures what comes out lies, by z and by pixel",
    )  # fmt: skip
    one, ten, mixed = made[1][0], made[10][0], made[10][1]
    st.caption(
        f"Of {TRIALS} equations {percent(one.rate)} work with one exemplar a term, {percent(ten.rate)} with ten."
        f" The same with pixels: {percent(mixed.rate)}, and what comes out lies"
        f" {mixed.far / ten.far:.1f} times as far from real pictures.",
        help=WORKS,
    )


def _verdict(reader: Reader, read: Tensor, wanted: Tensor) -> str:
    """Whether a sum is read as it should be, and what is wrong otherwise."""
    faults = list(_faults(reader, read.tolist(), wanted.tolist()))
    return f"fails: {', '.join(faults)}" if faults else "✓ works"


def _faults(reader: Reader, read: list[int], wanted: list[int]) -> Iterator[str]:
    for name, is_so, should in zip(reader.names, read, wanted, strict=True):
        if should and is_so != should:
            state = "unclear" if is_so == 0 else "came in" if is_so == 1 else "missing"
            yield f"{reader.titles[name]} {state}"


VIEW = View(
    "Arithmetic",
    "Does adding and subtracting in z add and take away what pictures show?",
    fields,
    show,
)
