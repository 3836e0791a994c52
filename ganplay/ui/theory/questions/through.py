"""How the gradient reaches G through D, while only G moves."""

from base64 import b64encode

import numpy as np
import streamlit as st

from ganplay.figures.theory_step import STAGES, graph
from ganplay.theory.backprop import RATE, START, Z, step
from ganplay.ui import address
from ganplay.ui.theory.common import layout, slider, switch

KINDS = {
    "generator": "G's step",
    "discriminator": "D's step",
    "attached": "no detach()",
}
STAGE, FIRST = address.whole(1, 1, len(STAGES)), address.real(1.2, -3, 3)
FIELDS = {"step": address.choice(*KINDS), "stage": STAGE, "z": FIRST}

MAKE = "**G** makes three samples of it, $x = wz + b$."
JUDGE = "**D** gives each sample a logit $f$. It means that D takes it for real with probability $s(f) = 1/(1+e^{-f})$."
D_LOSS = r"""**D's loss.** D wants $s(f)=1$ for real samples and 0 for G's:
$L = -\frac13\sum_{\text{real}}\log s(f) - \frac13\sum_{\text{G's}}\log(1-s(f))$, in nats."""
D_BACK = r"**Back to the logits:** $\partial L/\partial f = (s(f)-1)/3$ for real samples, $s(f)/3$ for G's."
D_MOVES = f"**Update.** Only D's optimizer steps: each weight less {RATE:g} times its gradient. G stands still, and D's loss on this batch falls."

WORDS = {
    "generator": (
        "**Noise.** Three numbers $z$ are drawn. The slider sets the first.",
        MAKE,
        JUDGE,
        r"**G's loss.** G wants D to say *real*: $L = -\frac13\sum\log s(f)$, in nats.",
        r"**Back to the logits:** $\partial L/\partial f = (s(f)-1)/3$. It is negative: a higher logit would lower the loss.",
        r"**Back through D:** $\partial L/\partial x = \partial L/\partial f \cdot D'(x)$. D tells each sample which way to move. On the way D's weights get gradients too.",
        r"**Back through G:** $\partial L/\partial w = \sum z\,\partial L/\partial x$ and $\partial L/\partial b = \sum \partial L/\partial x$.",
        f"**Update.** Only G's optimizer steps: $w$ and $b$ less {RATE:g} times their gradients. D's gradients are thrown away (**zero_grad**): D stood still, it only passed them on.",
    ),
    "discriminator": (
        "**Noise.** Three numbers $z$ are drawn. The slider sets the first. Beside them come three real samples.",
        MAKE + " They are cut off from G: **x.detach()**.",
        JUDGE,
        D_LOSS,
        D_BACK,
        "**Back into D:** its weights get their gradients. At **detach()** the way ends: to D, $x$ is just data.",
        "**Back into G:** nothing comes here. G's weights have no gradient, and no time was spent on it.",
        D_MOVES,
    ),
    "attached": (
        "**Noise.** Three numbers $z$ are drawn. The slider sets the first. Beside them come three real samples.",
        MAKE + " This time nobody calls **detach()**.",
        JUDGE,
        D_LOSS,
        D_BACK,
        r"**Back through D:** its weights get the very same gradients. But the way goes on, to $\partial L/\partial x$.",
        "**Back into G:** its weights get gradients of *D's* loss. Down that way G would help D, the opposite of what it wants.",
        D_MOVES + " G's wrong gradients cost time and, unless zeroed, are added to those of its own step.",
    ),
}  # fmt: skip
"""What happens at each stage."""


def show() -> None:
    kind, stage = address.get("step"), address.get("stage")
    words, figure = layout()
    with words:
        st.markdown("**How does the gradient reach G through D, while only G moves?**")
        switch("step", KINDS, "Whose step")
        with st.container(horizontal=True, vertical_alignment="center"):
            for word, by in (("Back", -1), ("Next", 1)):
                st.button(
                    word, on_click=_turn, args=(by,), help=f"{word}: one stage.",
                    type="primary" if by > 0 else "secondary",
                    disabled=not STAGE.least <= stage + by <= STAGE.most,
                )  # fmt: skip
            st.markdown(f"stage {stage} of {len(STAGES)}")
        with st.container(height=190, border=False):  # so that nothing below it jumps
            st.markdown(WORDS[kind][stage - 1])
        slider("z", FIRST, "First z", "The first number of noise; all others follow.", 0.1)
        st.caption(
            "Pink: slopes of the loss, $\\partial L/\\partial\\ldots$ Orange: what happens now."
        )
    z = np.array([address.get("z"), *Z])
    source = b64encode(graph(z, step(kind, z), START, stage - 1).svg().encode()).decode()
    figure.html(
        f'<img src="data:image/svg+xml;base64,{source}" style="width: 100%; max-width: 122vh"'
        f' alt="{KINDS[kind]}, stage {stage} of {len(STAGES)}, as a graph of its numbers">'
    )


def _turn(by: int) -> None:
    address.put("stage", address.get("stage") + by)
