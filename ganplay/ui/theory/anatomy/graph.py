"""The graph of the game as the page shows it: its parts, the paths between them, and what is told."""

import math
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from itertools import groupby
from typing import Any

import streamlit as st

from ganplay.anatomy.moments import Parts, Player, Stage, Trace
from ganplay.config import RunConfig
from ganplay.data import DATA_SETS
from ganplay.figures import message
from ganplay.figures.style import BLEND, DISCRIMINATOR, GENERATED, GRADIENT, REAL, WORDS, Picture
from ganplay.live import View
from ganplay.losses import LOSSES
from ganplay.showing import attributes
from ganplay.snapshot import PlaneSnapshot
from ganplay.ui.component import component
from ganplay.ui.theory.anatomy.words import LETTERS, NAMES, Told, number, sees_real

KEY = "anatomy"
CLICKED = "anatomy:clicked"
"""When the latest click that was followed was made."""

TITLES = {
    "noise": "Noise z",
    "generator": "Generator G",
    "generated": "Generated G(z)",
    "real": "Real x",
    "discriminator": "Discriminator D",
    "predictions": "Predictions",
    "losses": "Losses",
    "gradients": "Gradients",
}
SHORT = {
    "generator": "G",
    "generated": "Generated",
    "discriminator": "D",
    "noise": "Noise",
    "real": "Real",
}
"""Titles where there is little room."""
COLOURS = {
    "noise": BLEND,
    "generator": GENERATED,
    "generated": GENERATED,
    "real": REAL,
    "discriminator": DISCRIMINATOR,
    "predictions": DISCRIMINATOR,
    "losses": DISCRIMINATOR,
    "gradients": GRADIENT,
}
FORWARD = (
    ("noise", "generator"),
    ("generator", "generated"),
    ("generated", "discriminator"),
    ("real", "discriminator"),
    ("discriminator", "predictions"),
    ("predictions", "losses"),
)
BACK = (
    ("losses", "predictions"),
    ("predictions", "discriminator"),
    ("discriminator", "gradients"),
    ("gradients", "generated"),
    ("generated", "generator"),
)

LIT: dict[tuple[Player, Stage], str] = {
    ("discriminator", "draw"): "noise real",
    ("discriminator", "generate"): "noise>generator generator generator>generated generated",
    ("discriminator", "judge"): "generated>discriminator real>discriminator discriminator"
    " discriminator>predictions predictions",
    ("discriminator", "loss"): "predictions>losses losses",
    ("discriminator", "gradient"): "losses>predictions predictions>discriminator discriminator",
    ("discriminator", "update"): "discriminator",
    ("generator", "draw"): "noise",
    ("generator", "generate"): "noise>generator generator generator>generated generated",
    (
        "generator",
        "judge",
    ): "generated>discriminator discriminator discriminator>predictions predictions",
    ("generator", "loss"): "predictions>losses losses",
    ("generator", "points"): "losses>predictions predictions>discriminator discriminator>gradients"
    " gradients",
    ("generator", "gradient"): "gradients>generated generated>generator generator",
    ("generator", "update"): "generator",
}
"""What is lit at a stage of a player's update: parts, and paths between them."""

_graph = component(
    "anatomy", "anatomy.js", "it.mount(parentElement, send)", "it.unmount(parentElement)"
)
_feed = component("anatomy_feed", "anatomy.js", "it.show(data)")


def graph(clicked: Callable[[str, str | int], None]) -> None:
    """The graph of the page's run, which shows what `feed` sends. `clicked` is called with what was
    clicked: "part" and its name, or "moment" and its number."""

    def use() -> None:
        sent = st.session_state[KEY]["sent"]
        if sent and sent[2] > st.session_state.get(CLICKED, 0):
            st.session_state[CLICKED] = sent[2]
            clicked(sent[0], sent[1])

    _graph(key=KEY, on_sent_change=use)


@dataclass(frozen=True)
class Seen:
    """What is seen of a run: its parts, the iteration that is taken apart and the moment it is at (None
    while it trains), and what is told."""

    view: View
    parts: Parts
    trace: Trace | None
    place: int
    told: Told


def feed(seen: Seen, pictures: Mapping[str, Picture], part: str) -> None:
    """Send the graph what it shows: a picture of each part, and of the one that is opened, if any,
    another one, "enlarged"."""
    view, trace = seen.view, seen.trace
    lit = _lit(trace, seen.place, view.config) if trace else set()
    back = any(f"{a}>{b}" in lit for a, b in BACK)
    captions = _captions(seen)
    header = {
        "attributes": attributes(view),
        "label": f"Graph of the game; {seen.told.head}: {seen.told.title}; {view.state}.",
        "message": view.message,
        "open": part,
        "told": asdict(seen.told),
        "parts": [
            {
                "name": name, "title": _title(name, view), "short": SHORT.get(name, title),
                "colour": COLOURS[name], "ink": _ink(COLOURS[name]),
                "caption": [(text, _ink(colour)) for text, colour in captions[name]],
                "lit": name in lit, "back": back,
            }
            for name, title in TITLES.items()
        ],
        "paths": [
            {"from": a, "to": b, "back": way is BACK, "lit": f"{a}>{b}" in lit}
            for way in (BACK, FORWARD)
            for a, b in way
        ],
        "strip": _strip(trace, seen.place),
    }  # fmt: skip
    _feed(key=f"feed-{KEY}", data=message.pack(header, pictures))


def _ink(colour: str) -> str:
    """A colour for words."""
    return WORDS.get(colour, colour)


def _lit(trace: Trace, place: int, config: RunConfig) -> set[str]:
    """What is lit at a moment: parts and paths."""
    moment = trace.moments[place]
    player, stage = trace.updates[moment.update].player, moment.stage
    lit = set(LIT[player, stage].split())
    if stage == "draw" and sees_real(player, config):
        lit.add("real")
    if stage == "judge" and LOSSES[config.loss].paired:
        lit.add("real>discriminator")
    return lit


def _title(name: str, view: View) -> str:
    is_critic = name == "discriminator" and view.config.loss == "wgan"
    return "Critic D" if is_critic else TITLES[name]


def _strip(trace: Trace | None, place: int) -> dict[str, Any]:
    """The moments of the iteration, those of an update together."""
    if trace is None:
        return {"groups": [], "now": -1}
    groups = []
    numbered = enumerate(trace.moments)
    for own, moments in groupby(numbered, lambda each: each[1].update):
        update = trace.updates[own]
        title = LETTERS[update.player] + (f" {update.number}" if update.of > 1 else "")
        stages = [{"number": n, "name": NAMES[moment.stage]} for n, moment in moments]
        groups.append({"title": title, "colour": _ink(COLOURS[update.player]), "stages": stages})
    return {"groups": groups, "now": place}


def _captions(seen: Seen) -> dict[str, list[tuple[str, str]]]:
    """Under each part, its numbers and their colours."""
    view, parts, config = seen.view, seen.parts, seen.view.config
    s = view.snapshot
    assert isinstance(s, PlaneSnapshot)
    losses, norms = (s.loss_d, s.loss_g), (s.norm_d, s.norm_g)
    if seen.trace:
        losses, norms = (
            known(seen.trace, seen.place, "loss"),
            known(seen.trace, seen.place, "gradient"),
        )
    both = (("D", DISCRIMINATOR), ("G", GENERATED))
    prior = config.latent.prior.replace("_", " ")
    reached = f"{s.coverage.covered} of {len(s.coverage.fair)} modes reached"
    return {
        "noise": [(f"{config.latent.dim} × {prior}", BLEND)],
        "generator": [(f"learning rate {config.generator.lr:g}", GENERATED)],
        "generated": [(reached, GENERATED)],
        "real": [(DATA_SETS[config.data.name].title, REAL)],
        "discriminator": [(f"learning rate {config.discriminator.lr:g}", DISCRIMINATOR)],
        "predictions": [
            (f"real {number(parts.says_real.mean(), 2)}", REAL),
            (f"generated {number(parts.says_fake.mean(), 2)}", GENERATED),
        ],
        "losses": [
            (f"{letter} {number(value)}", colour)
            for (letter, colour), value in zip(both, losses, strict=True)
        ],
        "gradients": [
            (f"of {letter}'s weights {number(value)}", colour)
            for (letter, colour), value in zip(both, norms, strict=True)
        ],
    }


def known(trace: Trace, place: int, stage: Stage) -> tuple[float, float]:
    """D's and G's latest loss, or length of the gradient, that is known at a moment; NaN before one is."""
    found = {"discriminator": math.nan, "generator": math.nan}
    for moment in trace.moments[: place + 1]:
        update = trace.updates[moment.update]
        if moment.stage == stage:
            found[update.player] = update.loss if stage == "loss" else update.norm
    return found["discriminator"], found["generator"]
