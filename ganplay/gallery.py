"""The scenarios as the home page shows them, read without what it takes to play them."""

import tomllib
from pathlib import Path
from typing import NamedTuple

FOLDER = Path(__file__).parent / "scenarios"


class Card(NamedTuple):
    """What is said of a scenario before it is opened; `picture` is a PNG of its first
    scene, `page` the page it plays on."""

    name: str
    title: str
    sentence: str
    watch: str
    picture: Path
    page: str


def page_of(recipe: str) -> str:
    """The name of the page on which a scenario plays that starts from a recipe, or from none."""
    return "MNIST" if recipe else "Lab"


def cards() -> list[Card]:
    """All scenarios, in the order in which they are offered."""
    found = []
    for path in FOLDER.glob("*.toml"):
        texts = tomllib.loads(path.read_text("utf-8"))
        card = Card(
            path.stem,
            texts["title"],
            texts["sentence"],
            texts["watch"],
            path.with_suffix(".png"),
            page_of(texts.get("recipe", "")),
        )
        found.append((texts["order"], card))
    return [card for _, card in sorted(found)]
