"""How many updates of D to how many of G."""

from functools import cache

import numpy as np
import streamlit as st

from ganplay.figures.style import ATTENTION
from ganplay.figures.theory_questions import lag, prices
from ganplay.theory.lag import Play, ideal, play
from ganplay.ui import address
from ganplay.ui.board import Handle, board
from ganplay.ui.page import PATHS
from ganplay.ui.theory.common import layout, slider, switch

RATIOS = {
    "5:1": (5, 1),
    "1:1": (1, 1),
    "1:2": (1, 2),
    "1:5": (1, 5),
    "1:20": (1, 20),
}
UPDATES = 600
MOMENT = address.whole(120, 0, UPDATES)
FIELDS = {"ratio": address.choice(*RATIOS, default="5:1"), "moment": MOMENT}


@cache
def _games() -> dict[str, Play]:
    return {name: play(*ratio, UPDATES) for name, ratio in RATIOS.items()}


@cache
def _ideal(of_g: int, of_d: int) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    return ideal(of_g, of_d, UPDATES)


def show() -> None:
    name, moment, games = address.get("ratio"), address.get("moment"), _games()
    game = games[name]
    error = game.error()
    words, figure = layout()
    with words:
        st.markdown(
            """**Why update D and G in this ratio?**

G follows D's slope. That slope is right only if D knows the G of *this moment*. Whenever G moves, D is out of
date until it has learned again.

Here D needs just two numbers and sees no noise, so all that goes wrong is its **lag**. With G five updates
ahead, it runs past the real samples again and again; in the plane it hops from mode to mode. With D far ahead
the slope is right, but G hardly moves."""
        )
        switch("ratio", {each: each for each in RATIOS}, "Updates of G : of D")
        slider("moment", MOMENT, "Moment", "The update that is shown; drag the orange point, too.")
        st.markdown(
            f"D is wrong by **{error[moment]:.3f}** on average now, and by **{error.mean():.3f}** over all"
            " updates. Its learning rate counts, too: here it is the same as G's."
        )
        st.page_link(
            PATHS["Lab"], label="The same with nets, in the plane", icon=":material/arrow_forward:",
            query_params={"scenario": "update-ratio"}, help="A scenario of the 2-D lab.",
        )  # fmt: skip
    settled = [each.settled() for each in games.values()]
    figures = {
        **lag(game, _ideal(*RATIOS[name]), moment),
        "prices": prices(list(RATIOS), settled, list(RATIOS).index(name), UPDATES),
    }
    with figure:
        board(
            "lag", figures, f"A game with {name} updates of G and D, at update {moment} of {UPDATES}.",
            handles=[
                Handle("moment", "way", moment, float(game.theta[moment]), ATTENTION,
                       "Drag to another moment.", "x")
            ],
            moved=lambda name, x, y: address.put(name, min(UPDATES, max(0, round(x)))),
        )  # fmt: skip
