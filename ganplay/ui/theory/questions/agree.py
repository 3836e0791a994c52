"""Whether BCE(D(G(z)), 1) and log(1 - D(G(z))) agree."""

import streamlit as st

from ganplay.figures.style import GENERATED
from ganplay.figures.theory_questions import fixed_point
from ganplay.theory.vanishing import mean_verdict, minimax_gradient, non_saturating_gradient
from ganplay.ui import address
from ganplay.ui.board import Handle, board
from ganplay.ui.theory.common import layout, slider

DISTANCE = address.real(3.0, -5, 5)
FIELDS = {"distance": DISTANCE}
PEAK = 0.4
"""Height of a Gaussian's density."""


def show() -> None:
    theta = address.get("distance")
    words, figure = layout()
    with words:
        st.markdown(
            r"""**Why minimise BCE(D(G(z)), 1) and not $\log(1-D(G(z)))$? Do they agree?**

Both want D to take generated samples for real. They agree on **where to stop**: where G is right the best
D says ½ everywhere. It is flat, and pulls at nothing.

They do not agree on **how hard to pull**. Both pull a sample in the same direction, but $\log(1-D)$
with weight $D$, and BCE, the binary cross-entropy to the label 1, that is $-\log D$, with weight $1-D$.

Drag the purple curve away. D is sure, $D \approx 0$: one slope dies, the other grows."""
        )
        slider("distance", DISTANCE, "Distance θ", "How far G is from the real samples.", 0.1)
        st.markdown(
            f"mean D of generated samples: **{float(mean_verdict(theta)):.3f}**  \n"
            f"slope of log(1 − D): **{float(minimax_gradient(theta)):.3f}**  \n"
            f"slope of −log D: **{float(non_saturating_gradient(theta)):.3f}**".replace("-", "−")
        )
    with figure:
        board(
            "fixed-point", fixed_point(theta),
            f"Real and generated samples {theta:g} apart, the best D, and the slopes of both losses of G.",
            handles=[Handle("distance", "samples", theta, PEAK, GENERATED, "Drag G's samples.", "x")],
            moved=lambda name, x, y: address.put(name, round(min(5.0, max(-5.0, x)), 2)),
        )  # fmt: skip
