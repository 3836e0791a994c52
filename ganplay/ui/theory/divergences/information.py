"""The Jensen-Shannon divergence as what a sample tells about its source."""

import streamlit as st

from ganplay.figures import theory_divergences as figures
from ganplay.figures.style import BLEND
from ganplay.ui import address
from ganplay.ui.board import Handle, board
from ganplay.ui.theory.common import layout
from ganplay.ui.theory.divergences import pair

FIELDS = {"sample": address.real(0.4, -5, 5)}

WORDS = r"""
A fair coin $Z$ decides whether a sample $X$ is real, from $p$, or generated, from $q$. A
*discriminator* sees only $X$ and guesses. **How much does $X$ tell about the coin?**

Before: a doubt (entropy) of $\ln 2$ nats, one bit. **Drag the black dot** to where a sample lies: it is real with chance
$D^*$, and the doubt left is ${-D^* \ln D^* - (1 - D^*) \ln(1 - D^*)}$.

Its average over all samples is $H(Z|X)$. What they tell is the rest, the **mutual information**
$I(X;Z) = \ln 2 - H(Z|X)$.

The lowest strip shows JSD by its own formula, with $m = \frac{p + q}{2}$. **It is as long:** JSD is what
an ideal discriminator, one that knows $D^*(x)$, learns from a sample about its source. Nobody can learn
more than the coin: so JSD ≤ ln 2."""


def show() -> None:
    """Words and controls, and the picture."""
    words, figure = layout()
    with words:
        st.markdown(WORDS)
        pair.controls()
    p, q, sample = pair.density("p"), pair.density("q"), address.get("sample")
    dot = Handle("sample", "densities", sample, 0.0, BLEND, "Where the sample lies", "x")
    with figure:
        board(
            "divergences-information",
            {
                "densities": figures.densities(p, q, mean=True),
                "source": figures.source(p, q, sample),
                "doubts": figures.doubts(p, q, sample),
                "ways": figures.two_ways(p, q),
            },
            "Two densities and their mean; the chance of being real and the doubt about it over x; mutual"
            " information and divergence as strips of the same length",
            handles=[dot, *pair.handles("p", "densities"), *pair.handles("q", "densities")], moved=_moved,
        )  # fmt: skip


def _moved(name: str, x: float, y: float) -> None:
    if name == "sample":
        address.put(name, round(min(max(x, -5), 5), 2))
    else:
        pair.moved(name, x, y)
