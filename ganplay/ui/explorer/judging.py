"""D's score of any picture, beside its scores of real and of generated ones."""

from functools import lru_cache
from typing import NamedTuple

import numpy as np
import streamlit as st
from torch import Tensor

from ganplay.figures import explorer_discriminator as figures
from ganplay.figures.sheets import coloured
from ganplay.figures.style import ATTENTION, GENERATED, REAL
from ganplay.latent import Model, real
from ganplay.latent.saliency import untrained
from ganplay.latent.scores import below, scores, told_apart
from ganplay.losses import LOSSES
from ganplay.observe.pictures import pixels
from ganplay.ui import address, sheets
from ganplay.ui.choices import switch
from ganplay.ui.explorer import own_picture
from ganplay.ui.explorer.common import SHEET, sample_sheet

LOOKED, SEED = 2000, 1 << 23
"""Pictures of each kind that D judges, and the seed of the generated ones."""
KINDS = {"generated": "A sample", "real": "A real picture", "own": "Your own"}
"""Whose score is shown, by its name in the address."""


def fields(model: Model) -> dict[str, address.Field]:
    """The choice of a picture."""
    return {
        "scored": address.choice(*KINDS),
        "score_of": address.whole(0, 0, SHEET - 1),
        **own_picture.fields(model),
    }


class Judged(NamedTuple):
    """D's logits of real pictures (none where they are not on this machine) and of generated ones; in
    which portion of pairs it knows the real one, and a D of random weights does."""

    real: Tensor | None
    generated: Tensor
    right: float
    by_chance: float


@lru_cache(maxsize=4)
def _judged(model: Model) -> Judged:
    generated = model.generate(model.noise(LOOKED, SEED))
    known = real.some(model, LOOKED)
    of_generated = scores(model, generated)
    if known is None:
        return Judged(None, of_generated, np.nan, np.nan)
    of_real, fresh = scores(model, known), untrained(model, 0)
    chance = told_apart(scores(fresh, known), scores(fresh, generated))
    return Judged(of_real, of_generated, told_apart(of_real, of_generated), chance)


def show(model: Model) -> None:
    left, right = st.columns([5, 6], gap="medium")
    with left:
        switch("scored", KINDS, "Whose picture D judges")
        picture = _chosen(model)
    with right:
        with st.spinner(f"D judges {LOOKED:,} pictures of each kind…"):
            known = _judged(model)
        if picture is None:
            st.info("There is no picture yet that D could judge: draw or upload one.")
            return
        logit = float(scores(model, picture))
        kind = address.get("scored")
        colour = GENERATED if kind == "generated" else REAL
        about, figure = st.columns([1, 4])
        with about:
            sheets.sheet(coloured(pixels(picture), colour), "scored", "judged", 1, 110, ATTENTION)
        with figure:
            st.markdown(_verdict(model, known, logit))
        of_real = np.empty(0, np.float32) if known.real is None else known.real.numpy()
        st.plotly_chart(
            figures.logits(of_real, known.generated.numpy(), logit, "this one").figure(),
            config={"displayModeBar": False}, key="logits", height=340,
            alt="Histograms of D's logits of real and of generated pictures, with a line at this one's",
        )  # fmt: skip
        st.caption(_about_logits(model, known))


def _chosen(model: Model) -> Tensor | None:
    """The picture to be judged, [1, *shape]."""
    kind, n = address.get("scored"), address.get("score_of")
    if kind == "own":
        return own_picture.choose(model)
    if kind == "generated":
        sample_sheet(model, {n: "✓"}, lambda k: address.put("score_of", k), "scored_samples", 8, 80)
        return model.generate(model.noise(SHEET, address.get("seed"))[n : n + 1])
    some = real.some(model, SHEET)
    if some is None:
        st.info("The data of this model are not on this machine.")
        return None
    n = min(n, len(some) - 1)
    sheets.sheet(
        coloured(pixels(some), REAL), "scored_real", "real picture", 8, 80, REAL,
        badges={n: "✓"}, picked=lambda k: address.put("score_of", k),
    )  # fmt: skip
    return some[n : n + 1]


def _verdict(model: Model, known: Judged, logit: float) -> str:
    text = f"D gives it the logit **{logit:.2f}**: more than {_percent(below(known.generated, logit))} of generated pictures get"
    if known.real is not None:
        text += f", and more than {_percent(below(known.real, logit))} of real ones"
    return text + "."


def _about_logits(model: Model, known: Judged) -> str:
    loss = LOSSES[model.config.loss]
    if loss.targets is None:
        zero = "A logit of this D has no zero point: it learned from differences only, so that only more or less means something."
    else:
        zero = f"At {0.0 if loss.probability else sum(loss.targets) / 2:g} D is undecided."
    if known.real is None:
        return zero
    return f"D gives the real picture of a pair the higher logit in {_percent(known.right)} of pairs (50%: it can't tell; one of random weights: {_percent(known.by_chance)}). {zero}"


def _percent(portion: float) -> str:
    """A portion in whole percent, but nearly all as it is."""
    return f"{portion:.2%}" if 0.995 <= portion < 1 else f"{portion:.0%}"
