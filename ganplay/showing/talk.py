"""What a talk's screen shows of a run: the stage, one figure of evidence, and the words of a scene."""

import functools
import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode, urlsplit

import segno

from ganplay.config import RunConfig
from ganplay.figures import style
from ganplay.history import WATCHED
from ganplay.live import View
from ganplay.measures import MEASURES
from ganplay.observe import PictureLook, PlaneLook, look_of
from ganplay.scenarios import Claim, Scenario, load
from ganplay.showing.shown import Number, Shown

TILES = {
    "near_modes": "near modes",
    "modes": "modes",
    "high_quality": "high quality",
    "mode_kl": "mode KL",
    "digits": "digits",
    "confident": "clear",
    "sharpness": "sharpness",
    "vae_sharpness": "VAE sharpness",
}
"""Measures that are among the numbers above the stage, and their names there."""
EVIDENCE = ("coverage_over_time", "quality")
"""The figures in which a claim's measure is shown, of points and of pictures."""
HERE = ("127.0.0.1", "localhost", "::1")
COMMAND = ".venv/bin/streamlit run app.py --server.address 0.0.0.0"

Place = tuple[str, int]
"""A scenario by its name, and a scene of it, counted from 0."""


def evidence_only(shown: Shown) -> Shown:
    """The stage and the figure of evidence alone."""
    first = next(iter(shown.figures))
    kept = (first, next(name for name in EVIDENCE if name in shown.figures))
    return replace(shown, figures={name: shown.figures[name] for name in kept})


def talk_header(
    scenario: Scenario,
    number: int,
    view: View,
    shown: Shown,
    playlist: Sequence[str] = (),
    **more: Any,
) -> dict[str, Any]:
    """What `static/screen.js` shows beside the figures, in a scene counted from 0 of a talk through a
    playlist of scenarios; `more` is what else it knows of."""
    scene = scenario.scenes[number]
    playlist = playlist or (scenario.name,)
    before, after = (neighbour(playlist, scenario.name, number, way) for way in (-1, 1))
    return {
        "name": scenario.name,
        "title": scenario.title,
        "scene": scene.title,
        "number": number + 1,
        "count": len(scenario.scenes),
        "caption": scene.caption,
        "numbers": numbers(view, shown, scenario.claim_of(number)),
        "switch": scenario.scenes[number + 1].switch if number + 1 < len(scenario.scenes) else "",
        "previous": _named(before),
        "next": _named(after),
        "notes": scene.notes,
        "inks": style.DARK,
        **more,
    }


def scene_of(view: View, scenario: Scenario, number: int) -> int:
    """The scene that was on at the moment that a view is of, in a run that is now in scene `number`."""
    if view.scene is None or view.scene >= len(scenario.scenes):  # or that of another scenario
        return scenario.start_of(number)
    return view.scene


def neighbour(playlist: Sequence[str], name: str, number: int, way: int) -> Place | None:
    """The scene one on (`way` 1) or back (-1) from a scene of a scenario of the playlist; None at its
    ends."""
    if 0 <= number + way < len(load(name).scenes):
        return name, number + way
    at = (playlist.index(name) if name in playlist else -1) + way
    if not 0 <= at < len(playlist):
        return None
    other = playlist[at]
    return other, 0 if way > 0 else len(load(other).scenes) - 1


def _named(place: Place | None) -> str:
    """A scene in words: what leads to it, or its own title."""
    if place is None:
        return ""
    scenario, number = load(place[0]), place[1]
    scene = scenario.scenes[number]
    return scene.switch or f"{scenario.title}: {scene.title}"


def numbers(view: View, shown: Shown, claim: Claim | None) -> list[tuple[str, str, str]]:
    """One or two numbers to be seen from afar, each its name, its value and what stands beside it: what
    the claim is about, then what tells most beside that."""
    tiles = {tile[0]: tile for tile in shown.status}
    names = claim.needs() if claim else ()
    found = [_number(view, tiles, i, name) for i, name in enumerate(names)]
    kind = MEASURES[names[0]].of if names else look_of(view.config.data)
    if any(name.startswith("vae_") for name in names):
        others = [TILES.get(name.removeprefix("vae_"), "near modes") for name in names]
    elif kind is PictureLook:
        others = ["digits", "sharpness"]
    elif kind is PlaneLook and tiles["high quality"][2]:  # there are modes
        others = (
            ["high quality"]
            if "modes" in {each[0] for each in found}
            else ["near modes", "high quality"]
        )
    else:
        others = ["D right"]
    found += [_said(tiles[name]) for name in others if name in tiles]
    return list({each[0]: each for each in reversed(found)}.values())[::-1][:2]


def _number(view: View, tiles: dict[str, Number], i: int, measure: str) -> tuple[str, str, str]:
    """The i-th measure that is watched."""
    if (tile := TILES.get(measure, "")) in tiles:
        return _said(tiles[tile])
    values = view.history.column(WATCHED[i])
    last = values[-1] if len(values) else math.nan
    # exponents are not for the last row
    value = "–" if math.isnan(last) else "< .001" if 0 < last < 0.001 else f"{last:.3g}"
    return MEASURES[measure].title, value, ""


def _said(tile: Number) -> tuple[str, str, str]:
    name, value, perfect, _ = tile
    beside = perfect if perfect.startswith("of ") or not perfect else f"perfect: {perfect}"
    return name, value, beside


# ---- the run for everybody in the room


def run_address(base: str, scenario: Scenario, number: int, config: RunConfig) -> str:
    """Where a scene is played with the settings and the seed of a run, by a run of one's own; `base` is
    where the home page is."""
    query = {"scenario": scenario.name, "scene": str(number + 1)}
    settings = config.to_query(scenario.config(number))
    return f"{base.rstrip('/')}/{scenario.page}?{urlencode(query | settings)}"


@functools.lru_cache(64)
def qr(address: str) -> dict[str, str]:
    """An address as the header holds it: the QR code as SVG, the address, and what is wrong with it
    for a room, in a sentence; a long address, as of points of one's own, has no code."""
    try:
        code = segno.make(address, error="m", micro=False)
    except segno.DataOverflowError:
        note = "This run's address, with its own points, is too long for a QR code."
        return {"svg": "", "address": "", "note": note}
    only_here = urlsplit(address).hostname in HERE
    return {
        "svg": code.svg_inline(border=4, light=style.PAPER, omitsize=True),
        "address": address,
        "note": (
            "This address is of this machine alone. To serve the room, start the app with"
            f" {COMMAND} and open this page by the machine's name on the network."
            if only_here
            else ""
        ),
    }
