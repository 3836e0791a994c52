"""Five ways to say how far two distributions are apart."""

import streamlit as st

from ganplay.figures import theory_divergences as figures
from ganplay.theory.divergences import MEASURES
from ganplay.ui import address
from ganplay.ui.board import board
from ganplay.ui.theory.common import layout, switch
from ganplay.ui.theory.divergences import pair

FIELDS = {"measure": address.choice(*MEASURES)}

HOW = """\
A *generator* makes new data. Real data have the density $p$ (green), what it makes has $q$ (purple).
**Drag the dots:** the top one moves a bump, the one on its side sets its width. **Choose one of five
distances** above the picture."""
SAID = {
    "kl": r"""
Kullback-Leibler, $\mathrm{KL}(p\,\|\,q) = ∫ p \ln\frac{p}{q}\,dx$. Where there are data but the generator makes next to
nothing, $p/q$ is huge: **one missed place may cost as much as you like**. No upper bound.""",
    "reverse_kl": r"""
$\mathrm{KL}(q\,\|\,p) = ∫ q \ln\frac{q}{p}\,dx$, the other way round: it costs to make what is not in the
data. **A missed bump of $p$ costs little.** No upper bound.""",
    "jsd": r"""
Jensen-Shannon: both against their mean $m = \frac{p + q}{2}$,
$\frac12 \mathrm{KL}(p\,\|\,m) + \frac12 \mathrm{KL}(q\,\|\,m)$. As $p ≤ 2m$, no ratio is above 2, so **it
cannot pass ln 2 = 0.693**. It is what a GAN's discriminator measures.""",
    "tv": r"""
Total variation, $\frac12 ∫ |p - q|\,dx$: the share of the samples that lie in a wrong place, half the
area between the curves. **At most 1.**""",
    "w1": r"""
Wasserstein, or earth mover's: carry $q$'s mass to where $p$ has it. The least sum of mass times way is
$∫ |F_p - F_q|\,dx$, with $F(x)$ the share left of $x$. **It grows with the way.**""",
}
TRY = """\
All five are **0 when the curves are equal, and only then.** Now drag $q$ far away: JSD and TV stop at
their bounds, and only KL and W₁ still tell far from very far. (A nat is the unit of $\\ln$: $\\ln 2$
nats are one bit.)"""


def show() -> None:
    """Words and controls, and the picture."""
    words, figure = layout()
    chosen = address.get("measure")
    with words:
        st.markdown(HOW)
        st.markdown(SAID[chosen])
        pair.controls("p", "q")
        st.button(
            "Make them equal",
            on_click=pair.equal,
            help="Make the generator's density that of the data.",
        )
        st.markdown(TRY)
    p, q = pair.density("p"), pair.density("q")
    with figure:
        switch("measure", {n: m.name for n, m in MEASURES.items()}, "The measure to look into.")
        board(
            "divergences-distances",
            {
                "densities": figures.densities(p, q),
                "integrand": figures.integrand(chosen, p, q),
                "values": figures.values(p, q, chosen),
            },
            "Two densities, what each place adds to the chosen measure, and all five measures as bars",
            handles=[*pair.handles("p", "densities"), *pair.handles("q", "densities")], moved=pair.moved,
        )  # fmt: skip
