"""Is it luck? The scene that is on, for many seeds at once."""

from typing import Any

import streamlit as st
import torch

from ganplay.data import Plane
from ganplay.figures.style import ATTENTION, GENERATED, REAL
from ganplay.live.trial import Trial
from ganplay.scenarios import Scenario
from ganplay.ui import tab
from ganplay.ui.component import component

FIRST_SEED = 1000
"""Seeds that the live runs, which begin at 0, are unlikely to have shown."""

_tiles = component("tiles", "tiles.js", "it.draw(parentElement, data)")


def ask(scenario: Scenario, scene: int) -> None:
    """The button, and what it opens."""
    if st.button(
        "Is it luck?", key="scene:luck", width="stretch",
        help=f"Trains {scenario.seeds} other seeds at once and counts for how many the claim holds.",
    ):  # fmt: skip
        trial = tab.attempt(lambda: Trial(scenario.name, scene, scenario.seeds, FIRST_SEED))
        if not trial:
            st.rerun()  # to say why
        _show(scenario, scene, trial)


@st.dialog("Is it luck?", width="large", on_dismiss="rerun")
def _show(scenario: Scenario, scene: int, trial: Trial) -> None:
    claim = scenario.claim_of(scene)
    data = scenario.config(scene).data
    look: dict[str, Any] = {
        "colors": {"real": REAL, "generated": GENERATED, "attention": ATTENTION}
    }
    if isinstance(data, Plane):
        look["extent"] = data.extent
        look["real"] = data.sample(200, torch.Generator().manual_seed(0)).tolist()

    @st.fragment(run_every=0.5)
    def picture() -> None:
        state = trial.poll()
        holds = state.get("holds")
        if trial.failed:
            st.error("The training of these seeds ended early; close this and ask again.")
        elif not state:
            st.progress(0.0, f"Starting {scenario.seeds} runs…")
        elif holds is None:
            st.progress(
                state["done"], f"{scenario.seeds} seeds, from scratch: {state['done']:.0%} done"
            )
        elif claim:
            kept = sum(holds)
            verdict = "not luck" if kept >= claim.required else "luck"
            st.progress(1.0, f"**{kept} of {scenario.seeds}: {verdict}.** {claim.text}.")
        made = state.get("made", [[]] * scenario.seeds)
        tiles = [
            {
                "label": f"seed {FIRST_SEED + k}",
                "made": made[k],
                "holds": holds[k] if holds else None,
            }
            for k in range(scenario.seeds)
        ]
        _tiles(key="tiles", data={"tiles": tiles, **look})

    picture()
