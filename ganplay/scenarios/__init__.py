"""Scenarios: demonstrations with claims that a command checks over fresh seeds, each a TOML file."""

from ganplay.scenarios.play import Play, check, play, play_on_all_cores
from ganplay.scenarios.scenario import Claim, Scenario, Scene, load, names

__all__ = [
    "Claim",
    "Play",
    "Scenario",
    "Scene",
    "check",
    "load",
    "names",
    "play",
    "play_on_all_cores",
]
