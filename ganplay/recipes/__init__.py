"""Whole settings that were found to work, each a TOML file, for the page and for `train --config`."""

from functools import cache
from pathlib import Path

from ganplay.config import RunConfig


@cache
def recipe(name: str) -> RunConfig:
    """The settings of a recipe, by the name of its file."""
    return RunConfig.from_toml(Path(__file__).with_name(f"{name}.toml"))
