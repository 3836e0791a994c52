"""Who answers last: the game of best answers, which the order of play decides."""

from functools import lru_cache

import numpy as np
import streamlit as st
from scipy.special import expit

from ganplay.figures import theory_responses
from ganplay.theory import responses
from ganplay.theory.responses import ANSWERS, FLOOR, REAL, Heaps, Moment
from ganplay.ui import address
from ganplay.ui.board import board
from ganplay.ui.theory.common import layout, slider, switch
from ganplay.ui.theory.dynamics.film import film

ROUNDS, FRAMES = 6, 10
"""How often D answers, and the pictures in which G does after it."""
LAST = ROUNDS * (1 + FRAMES) - 1
PACE = 0.25
"""Seconds between two pictures of the film."""

FIELDS = {
    "answer": address.choice(*ANSWERS, default="best"),
    "centre": address.real(-0.8, -1.2, 1.2),
    "moment": address.whole(0, 0, LAST),
}
WAYS = {"best": "Best answer", "slope": "Up the slope"}
SLOPE = "Each climbs $\\log D$, perhaps to a lower hill."


@lru_cache(maxsize=4)
def _game(centre: float, answer: str) -> list[tuple[Moment, float, float, float]]:
    """All moments, each with V, the most that D and the least that G can make of it."""
    found: list[tuple[Moment, float, float, float]] = []
    lowest = 0.0
    for moment in responses.turns(responses.spread(centre), answer, ROUNDS, FRAMES):
        q, answered = Heaps(moment.places), Heaps(moment.answered)
        if len(found) % (1 + FRAMES) == 0:  # D has just answered
            lowest = responses.lowest_value(answered)
        now = responses.value(answered, q)
        found.append((moment, now, responses.highest_value(q), lowest))
    return found


def show() -> None:
    """The controls, and the game at the moment that is chosen."""
    words, figure = layout()
    with words:
        _words()
    with figure:
        film(
            "moment", LAST, 1, PACE, "moment", "D answers at once, G in ten pictures.", _picture, _turns
        )  # fmt: skip


def _words() -> None:
    place, least = responses.one_place()
    st.markdown(
        "**Hold D fixed.** G's part of the value V, $E_z[\\log(1 - D(G(z)))]$, is a mean in which each z"
        " stands alone. It is least if *every* z goes where D is highest, $G(z) = \\arg\\max D$:"
        " **that is collapse**.\n\n"
        "Then D answers, $D^* = p / (p + q)$, its peak moves, and all of G hops after it. Press **Play**."
        " (Dots are samples; p and q are how D sees them, through noise.)"
    )
    switch("answer", WAYS, "How G answers")
    if address.get("answer") == "slope":
        st.markdown(SLOPE)
    slider(
        "centre", FIELDS["centre"], "Middle of G's samples at first",
        "Where G has got to before D answers.", 0.1,
    )  # fmt: skip
    st.markdown(
        f"Both orders have the same value, $\\min_G \\max_D V = \\max_D \\min_G V = -\\log 4 = {FLOOR:.3f}$."
        " But if **D answers last**, only q = p reaches it; if **G answers last**, D plays ½ and any q"
        " will do.\n\n"
        f"For a G of one place, min max is {least:.3f} (at ±{place:.2f}), max min still {FLOOR:.3f}."
    )


def _turns(plays: bool) -> None:
    """Buttons for the two answers, of which one is due."""
    turn, frame = divmod(address.get("moment"), 1 + FRAMES)
    answered = frame == FRAMES
    for word, to, due in (
        ("G answers", turn * (1 + FRAMES) + FRAMES, not answered),
        ("D answers", (turn + 1) * (1 + FRAMES), answered),
    ):
        st.button(
            word, key=f"answers:{word[0]}", on_click=address.put, args=("moment", to),
            disabled=plays or not due or to > LAST, help="The other stays as it is.",
        )  # fmt: skip


def _picture() -> None:
    n = address.get("moment")
    game = _game(address.get("centre"), address.get("answer"))
    moment, now, highest, lowest = game[n]
    x, q, answered = theory_responses.grid(), Heaps(moment.places), Heaps(moment.answered)
    values, upper, lower = np.array([each[1:] for each in game[: n + 1]]).T
    board(
        "dynamics:answers",
        {
            "line": theory_responses.answers(
                REAL.pdf(x), q.pdf(x), expit(responses.logit(answered, x)), moment.places,
                REAL.places, responses.best_place(answered),
            ),
            "values": theory_responses.values(
                values, upper, lower, [k * (1 + FRAMES) for k in range(ROUNDS)], LAST
            ),
        },
        f"The densities p and q, D and G's samples at moment {n}; V is {now:.3f} nats, between"
        f" {lowest:.3f} and {highest:.3f}",
    )  # fmt: skip
