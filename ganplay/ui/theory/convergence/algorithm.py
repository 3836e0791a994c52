"""Algorithm 1 of the GAN and of the WGAN, stepped through line by line."""

from typing import cast

import streamlit as st

from ganplay.anatomy.algorithm import Moment, count
from ganplay.anatomy.stepping import play
from ganplay.config import RunConfig
from ganplay.data import Gaussian1D
from ganplay.figures import theory_algorithm
from ganplay.recipes import recipe
from ganplay.theory.mixture import Mixture
from ganplay.ui import address
from ganplay.ui.board import board
from ganplay.ui.theory.common import slider, switch
from ganplay.ui.theory.convergence.algorithm_words import code, place, table, weights

RECIPES = {"gan": recipe("algorithm"), "wgan": recipe("algorithm_wgan")}
TITLES = {"gan": "GAN (2014)", "wgan": "WGAN (2017)"}
SPEEDS = {"slow": "slow", "quick": "quick", "whole": "iterations"}
PACE = {"slow": 2.0, "quick": 0.25, "whole": 0.25}
"""Seconds from one picture of the film to the next."""
LAST = 2000
"""The last moment that is played."""
PLAYS, PLAYED = "algorithm:plays", "algorithm:played"

FIELDS = {
    "by": address.choice(*RECIPES),
    "k": address.whole(2, 1, 5),
    "speed": address.choice(*SPEEDS, default="quick"),
    "moment": address.whole(0, 0, LAST),
}


def show() -> None:
    """The controls, and what there is after the line that is chosen or, in the film, after one after the
    other."""
    plays, played = st.session_state.get(PLAYS, False), st.session_state.get(PLAYED)
    if played and played[0] != _config():  # another game begins at its beginning
        address.put("moment", 0)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        switch("by", TITLES, "Which algorithm")
        for word, moves, help in (
            ("Back", -1, "Undo a line."),
            ("Next", 1, "Do the next line."),
            ("Next iteration", count(_config()), "Do as many lines as an iteration has."),
            ("Reset", -LAST, "Go back to before the first line."),
        ):
            st.button(
                word,
                key=f"algorithm:{word}",
                disabled=plays,
                on_click=_turn,
                args=(moves,),
                help=help,
            )
        st.button(
            "Hold" if plays else "Play", key="algorithm:play", type="primary", on_click=_toggle,
            icon=":material/pause:" if plays else ":material/play_arrow:",
            help="One line after the other, by itself.",
        )  # fmt: skip
        switch(
            "speed", SPEEDS, "How fast it plays: a line in 2 s, 4 lines a second, or 4 iterations"
        )
    if plays:
        st.fragment(_film, run_every=PACE[address.get("speed")])(_config())
    else:
        _picture()


def _film(drawn: RunConfig) -> None:
    if _config() != drawn:  # the turns of D, which are chosen in the film
        st.rerun()
    _turn(count(_config()) if address.get("speed") == "whole" else 1)
    if address.get("moment") == LAST:
        st.session_state[PLAYS] = False
        st.rerun()
    _picture()


def _picture() -> None:
    config, at = _config(), address.get("moment")
    before, now = _moment(max(at - 1, 0)), _moment(at)
    data = cast(Gaussian1D, config.data)
    words, figure = st.columns((9, 11), gap="medium")
    with words:
        st.markdown(place(config, now))
        st.html(code(config, now))
        samples, turns = st.columns((11, 8), vertical_alignment="center")
        samples.html(table(now, config.batch_size))
        with turns:
            slider(
                "k",
                FIELDS["k"],
                "Turns of D",
                "How often D is updated before G is: k, or n critic.",
            )
        st.html(weights(before, now))
    with figure:
        board(
            "algorithm",
            {
                "verdict": theory_algorithm.verdict(before, now, config.loss == "wgan"),
                "densities": theory_algorithm.densities(
                    before, now, Mixture((data.mean,), (data.sigma,))
                ),
                "mapping": theory_algorithm.mapping(now),
            },
            f"Iteration {now.iteration}: D over the axis, p_data and p_g, and where G sends each z;"
            f" G(z) = {now.generator[0]:.3f} z + {now.generator[1]:.3f}",
        )


def _config() -> RunConfig:
    return RECIPES[address.get("by")].updated({"discriminator.steps": address.get("k")})


def _moment(number: int) -> Moment:
    """A moment of the game that is chosen, which is played as far as it takes and then kept."""
    config = _config()
    if st.session_state.get(PLAYED, (None,))[0] != config:
        st.session_state[PLAYED] = (config, play(config), [])
    _, rest, moments = st.session_state[PLAYED]
    while len(moments) <= number:
        moments.append(next(rest))
    return cast(Moment, moments[number])


def _turn(moves: int) -> None:
    address.put("moment", min(max(address.get("moment") + moves, 0), LAST))


def _toggle() -> None:
    st.session_state[PLAYS] = not st.session_state.get(PLAYS, False)
