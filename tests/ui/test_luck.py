"""Is it luck? What a page makes of what the jury says."""

import json
from collections.abc import Callable
from typing import Any, ClassVar

import numpy as np
import pytest

from ganplay.live import EngineError
from ganplay.scenarios import load
from ganplay.ui import luck

Open = Callable[..., Any]
HOPPING = load("mode-hopping")

TILES = [[[0.0, 1.0]]] * 16


class Said:
    """A trial that says one thing."""

    failed = False
    state: ClassVar[dict[str, Any]] = {}

    def __init__(self, *args: Any):
        type(self).asked = args

    def poll(self) -> dict[str, Any]:
        return self.state


@pytest.mark.parametrize(
    ("state", "failed", "said"),
    [
        ({}, False, "Starting 16 runs"),
        ({"done": 0.25, "made": TILES, "holds": None}, False, "25% done"),
        ({"done": 1.0, "made": TILES, "holds": [True] * 16}, False, "16 of 16: not luck"),
        ({"done": 1.0, "made": TILES, "holds": [False, *[True] * 15]}, False, "15 of 16: not luck"),
        ({"done": 1.0, "made": TILES, "holds": [False] * 2 + [True] * 14}, False, "14 of 16: luck"),
        ({"done": 0.25, "made": TILES, "holds": None}, True, "ended early"),
    ],
)  # fmt: skip
def test_what_the_jury_says_is_shown(
    state: dict[str, Any], failed: bool, said: str, monkeypatch: pytest.MonkeyPatch, lab: Open
) -> None:
    jury = type("Jury", (Said,), {"state": state, "failed": failed})
    monkeypatch.setattr(luck, "Trial", jury)
    tab = lab(scenario="mode-hopping")
    tab.press("scene:luck")
    name, scene, runs, seed = jury.asked
    assert (name, scene, runs) == ("mode-hopping", 0, 16)
    assert seed >= 16
    assert said in shown(tab)
    assert ("luck.**" in shown(tab)) is (HOPPING.claims[0].text in shown(tab))
    sent = tiles(tab)
    assert [tile["made"] for tile in sent["tiles"]] == state.get("made", [[]] * 16)
    assert [tile["holds"] for tile in sent["tiles"]] == (state.get("holds") or [None] * 16)
    assert sent["extent"] == HOPPING.config(0).data.extent
    assert np.shape(sent["real"]) == (200, 2)


def test_a_jury_of_digits_shows_pictures(monkeypatch: pytest.MonkeyPatch, mnist: Open) -> None:
    made = [[f"picture {k}"] * 16 for k in range(8)]
    holds = [True] * 7 + [False]
    jury = type("Jury", (Said,), {"state": {"done": 1.0, "made": made, "holds": holds}})
    monkeypatch.setattr(luck, "Trial", jury)
    tab = mnist(scenario="digits-collapse")
    tab.press("scene:luck")
    assert jury.asked[:3] == ("digits-collapse", 0, 8)
    assert "7 of 8: not luck" in shown(tab)
    sent = tiles(tab)
    assert [tile["made"] for tile in sent["tiles"]] == made
    assert len({tile["label"] for tile in sent["tiles"]}) == 8
    assert "real" not in sent


def tiles(tab: Any) -> dict[str, Any]:
    """What the picture of all runs was sent."""
    found = (e.proto for e in tab.app.get("bidi_component"))
    (proto,) = (proto for proto in found if proto.component_name == "ganplay.tiles")
    sent: dict[str, Any] = json.loads(proto.json)
    return sent


def shown(tab: Any) -> str:
    progress = [bar.proto.text for bar in tab.app.get("progress")]
    return "\n".join([*progress, *(error.value for error in tab.app.error)])


def test_a_trial_that_is_refused_is_explained_at_once(
    monkeypatch: pytest.MonkeyPatch, lab: Open
) -> None:
    def refuse(*args: Any) -> None:
        raise EngineError("2 trials are running on this server already; try again in a minute.")

    monkeypatch.setattr(luck, "Trial", refuse)
    tab = lab(scenario="mode-hopping")
    tab.press("scene:luck")
    assert "try again in a minute" in shown(tab)
    tab.app.run()
    assert tab.view.state == "idle"
