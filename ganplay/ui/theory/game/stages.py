"""The stages of the game, after the four moments of Goodfellow et al. 2014, fig. 1."""

from dataclasses import dataclass
from typing import Any

from ganplay.recipes import recipe

WHOLE = {"generator.steps_total": 1000, "discriminator.steps_total": 1000}
"""Rates that hardly fall in a short stage."""


@dataclass(frozen=True)
class Stage:
    """A stretch of the game: its button and what that does, what to see, the settings it has, for how
    many iterations, and the most of them per second."""

    button: str
    help: str
    words: str
    settings: dict[str, Any]
    iterations: int
    limit: float | None


STAGES = {
    "a": Stage(
        "a · Begin", "A new game: {} iterations of both nets.",
        "An early moment. G makes purple numbers that come near the data. D (grey) is no more than a"
        " first guess at the best D* (dashed).",
        WHOLE, 35, 20.0,
    ),
    "b": Stage(
        "b · Train D", "{} updates of D alone.",
        "G stands still. The grey line finds the dashed one: above ½ where there are more data, below"
        " where there is more purple. In the lowest picture, V rises to what the best D reaches.",
        {"generator.steps": 0, "penalty.name": "none", "discriminator.beta1": 0.9}, 1500, 400.0,
    ),
    "c": Stage(
        "c · Train G", "{} updates of G alone.",
        "D stands still. G moves its numbers up the grey line, to where D took them for data. Now"
        " the dashed line is elsewhere: D is out of date, and V has dropped.",
        {"discriminator.steps": 0, "generator.lr_decay": "none"}, 4, 2.0,
    ),
    "d": Stage(
        "d · Train both", "{} iterations of both nets, which learn in turn.",
        "In turn, they come to rest. Purple covers the green dots, D says ½ wherever there are data,"
        " and V stands at its floor, where JSD is 0. Two bells take longer: press d again.",
        {}, 1000, None,
    ),
}  # fmt: skip


def settings_of(stage: Stage, step: int) -> dict[str, Any]:
    """The settings of a stage that begins at a step: rates fall to 0 over its own iterations."""
    base, end = recipe("game").flat(), step + stage.iterations
    rates = {
        f"{net}.lr": min(10.0, base[f"{net}.lr"] * end / stage.iterations)
        for net in ("generator", "discriminator")
        if stage.settings.get(f"{net}.lr_decay") != "none"
    }
    ends = {"generator.steps_total": end, "discriminator.steps_total": end}
    own = {name: value for name, value in base.items() if not name.startswith(("data.", "seed"))}
    return own | ends | rates | stage.settings
