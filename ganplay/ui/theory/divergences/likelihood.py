"""Maximum likelihood, and the divergence that it minimises."""

import numpy as np
import streamlit as st

from ganplay.figures import theory_likelihood
from ganplay.theory.divergences import most_likely_band, most_likely_gaussian
from ganplay.theory.mixture import Values
from ganplay.ui import address
from ganplay.ui.board import board
from ganplay.ui.theory.common import layout, switch
from ganplay.ui.theory.divergences import pair

COUNTS = {"20": "20 samples", "200": "200", "2000": "2000"}
FIELDS = {"samples": address.choice(*COUNTS, default="200"), "seed": address.whole(0, 0, 9999)}

HOW = r"""
The dots on the ground are samples $x_i$ of the data. Under a model $q$ their likelihood is the product
of all $q(x_i)$. It is large where the **average of $-\ln q(x_i)$ is small**. **Drag the purple
curve, then press Fit.**"""
WHY = r"""
With many samples the average tends to $∫p\,(-\ln q)\,dx = H(p) + \mathrm{KL}(p\,\|\,q).$ The entropy
$H(p) = -∫p \ln p\,dx$ does not depend on $q$, so **maximum likelihood is the least
$\mathrm{KL}(p\,\|\,q).$** """
SHAPES = {
    "bell": """\
**Choose two bumps of p and press Fit.** To leave out data costs without bound, so $q$ covers both **and
the gap between them**: it blurs.""",
    "band": r"""
Bands end. **One sample outside $q$ has $q = 0$, and $-\ln 0 = ∞$.** Near or far, all such $q$ are infinitely
bad: no slope says which way to go. Drag $q$ until it holds all samples.""",
}


def show() -> None:
    """Words and controls, and the picture."""
    words, figure = layout()
    with words:
        st.markdown(HOW)
        pair.controls("p")
        switch("samples", COUNTS, "How many samples of the real data there are.")
        fit, again = st.columns(2)
        fit.button("Fit", on_click=_fit, help="Move q to where the samples are most likely.")
        again.button("New samples", on_click=_again, help="Draw other samples from the same data.")
        st.markdown(WHY + SHAPES[address.get("shape")].strip())
    p, q, samples = pair.density("p"), pair.first("q"), _samples()
    mean, width = address.get("q_mean"), address.get("q_width")
    means = np.unique((*theory_likelihood.MEANS, mean))
    family = [pair.bumps((each,), (width,), (1.0,)) for each in means.tolist()]
    with figure:
        board(
            "divergences-likelihood",
            {
                "densities": theory_likelihood.with_samples(p, q, samples),
                "means": theory_likelihood.over_means(p, means, family, mean, samples),
                "sums": theory_likelihood.two_sums(p, q, samples),
            },
            "The real density with samples on the ground and the model's density; below, the average"
            " negative log-likelihood over the model's mean, and its parts",
            handles=pair.handles("q", "densities", alone=True), moved=pair.moved,
        )  # fmt: skip


def _samples() -> Values:
    rng = np.random.default_rng(address.get("seed"))
    return pair.density("p").sample(int(address.get("samples")), rng)


def _fit() -> None:
    if address.get("shape") == "bell":
        bell = most_likely_gaussian(_samples())
        pair.choose("q", bell.means[0], bell.sigmas[0])
    else:
        band = most_likely_band(_samples())
        # a hundredth more, as what is rounded must hold all samples too
        pair.choose("q", band.centres[0], band.reaches[0] / pair.SIDES["band"] + 0.01)


def _again() -> None:
    address.put("seed", (address.get("seed") + 1) % 10_000)
