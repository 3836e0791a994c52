"""What is proven of the game, beside what a net does; and the two algorithms line by line."""

from typing import cast

import streamlit as st

from ganplay.figures import theory_convergence
from ganplay.live import View, shared_engine
from ganplay.recipes import recipe
from ganplay.snapshot import AxisSnapshot
from ganplay.theory.functional import Path, growth
from ganplay.theory.game import FLOOR
from ganplay.ui import address
from ganplay.ui.board import redraw
from ganplay.ui.theory import learned
from ganplay.ui.theory.chapter import Chapter
from ganplay.ui.theory.common import layout, slider, switch
from ganplay.ui.theory.convergence import algorithm

PARTS = {"proof": "Where the proof stops", "algorithm": "Algorithm 1, line by line"}
AHEAD = {"g": "G is ahead, 5 to 1", "d": "D is ahead, 5 to 1"}
RATIOS = {
    "g": recipe("convergence"),
    "d": recipe("convergence").updated({"generator.steps": 1, "discriminator.steps": 5}),
}
SAID = {
    "g": "G makes 5 updates for each of D and runs to wherever D does not look yet: $p_g$ **leaps from bell"
    " to bell**. The proof speaks of the best D (dashed), and this one lags behind. On 15 of 16 starts or"
    " more, C stays 0.3 nats above its floor on average.",
    "d": "D makes 5 updates for each of G, so it knows where G is before G moves on: $p_g$ **comes to cover"
    " both bells**, to 0.1 nats of the floor on 15 of 16 starts or more. That is found by trying; for"
    " the weights of nets nothing is proven.",
}
PACE = 100.0
"""Most iterations a second, so that one can follow."""
PATH = "convergence:path"

FIELDS = {
    "part": address.choice(*PARTS),
    "ahead": address.choice(*AHEAD),
    "size": address.real(0.05, 0.02, 1.0),
    **algorithm.FIELDS,
}


def show() -> None:
    switch("part", PARTS, "What to see")
    if address.get("part") == "algorithm":
        algorithm.show()
    else:
        _proof()


def _proof() -> None:
    ahead = address.get("ahead")
    view = learned.run("convergence", RATIOS[ahead], limit=PACE)
    if view is None:
        return
    words, figure = layout()
    with words:
        st.markdown(
            "Let D answer each $p_g$ with its best. G is left with a number,"
            " $C = \\max_D V(D, p_g)$, a **bowl**: convex in $p_g$, with a single bottom,"
            " $-\\log 4$, at $p_g = p_{data}$.\n\n"
            "**Left**, $p_g$ itself rolls down: it grows or shrinks at each place as the slope"
            " $\\log(1 - D)$ says (pink).  \n"
            "**Right**, the same start, but $p_g$ comes out of a net. Only its weights move, so samples"
            " are **pushed sideways** (pink)."
        )
        learned.transport(view)
        switch("ahead", AHEAD, "Who makes more updates")
        st.markdown(SAID[ahead])
        slider(
            "size", FIELDS["size"], "Step size on the left",
            "How far p_g goes in one step; up to 1, C falls at every step.", 0.01,
        )  # fmt: skip
    with figure:
        learned.live("convergence", lambda: _picture(view.run), view)


def _picture(run: str) -> None:
    view = shared_engine().poll(run)
    if view is None:
        return
    now = cast(AxisSnapshot, view.snapshot)
    start = cast(AxisSnapshot, view.film.frames[0])
    density, values = _path(view, start).at(now.step)
    redraw(
        "convergence",
        {
            "density": theory_convergence.of_density(
                now.x, now.p_data, density, growth(now.p_data, density)
            ),
            "net": theory_convergence.of_net(now),
            "values": theory_convergence.values(values, view.history, start.best_value),
        },
        f"After {now.step} steps C lies {values[-1] - FLOOR:.3f} nats above its floor where p_g itself is"
        f" moved, and {now.best_value - FLOOR:.3f} where it is moved through a net",
        view=view,
    )


def _path(view: View, start: AxisSnapshot) -> Path:
    """The descent from where the run began, as far as it was seen."""
    wanted = (view.run, view.config, address.get("size"))
    known, path = st.session_state.get(PATH, (None, None))
    if known != wanted:
        path = Path(start.x, start.p_data, start.p_g, address.get("size"))
        st.session_state[PATH] = (wanted, path)
    return cast(Path, path)


CHAPTER = Chapter(
    "Convergence",
    "The game has one solution and the way down to it is proven. Why then do GANs cycle and collapse?",
    FIELDS, show,
)  # fmt: skip
