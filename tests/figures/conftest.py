"""What holds for every figure, and the past of a run made of numbers."""

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import plotly.graph_objects as go
import pytest

from ganplay.figures import style
from ganplay.figures.style import Picture
from ganplay.history import COLUMNS, WATCHED, History

COLOUR = re.compile(r"#[0-9a-fA-F]{3,8}\b|rgba?\([^)]*\)")
PALETTE = set(COLOUR.findall(Path(style.__file__).read_text("utf-8")))


def leaves(tree: Any) -> Iterator[Any]:
    """All values in a figure's JSON."""
    match tree:
        case dict():
            for value in tree.values():
                yield from leaves(value)
        case list():
            for value in tree:
                yield from leaves(value)
        case _:
            yield tree


def solid(colour: str) -> str:
    """The colour itself, or of which it is a pale one, as areas are."""
    if "," not in colour:
        return colour
    red, green, blue, _ = re.findall(r"[\d.]+", colour)
    return f"#{int(red):02x}{int(green):02x}{int(blue):02x}"


@pytest.fixture(scope="session")
def checked() -> Callable[[Picture], dict[str, Any]]:
    """The figure's JSON, after what holds for every figure. Plotly itself refuses unknown options."""

    def checked(picture: Picture) -> dict[str, Any]:
        figure = picture.figure()
        assert isinstance(figure, go.Figure)
        tree: dict[str, Any] = json.loads(figure.to_json(), parse_constant=pytest.fail)
        texts = [text for text in leaves(tree) if isinstance(text, str)]
        used = {colour for text in texts for colour in COLOUR.findall(text)} - PALETTE
        assert {solid(colour) for colour in used} <= PALETTE
        assert tree["layout"]["uirevision"] == "live", "a new picture would lose the viewer's zoom"
        for name, axis in tree["layout"].items():
            if name.startswith(("xaxis", "yaxis")):
                low, high = axis["range"]
                assert -np.inf < low < high < np.inf
        return tree

    return checked


@pytest.fixture(scope="session")
def past() -> Callable[..., History]:
    """A history of rows, each the first of COLUMNS and then, beyond `COLUMNS[:7]`, what is watched;
    `columns` are further ones by their names."""

    def past(
        rows: list[list[float]], marks: tuple[tuple[int, str], ...] = (), **columns: list[float]
    ) -> History:
        whole = np.full((len(rows), len(COLUMNS)), np.nan, np.float32)
        for values, row in zip(rows, whole, strict=True):
            row[: len(values[:7])] = values[:7]
            watched = values[7:]
            row[len(COLUMNS) - len(WATCHED) :][: len(watched)] = watched
        for name, values in columns.items():
            whole[:, COLUMNS.index(name)] = values
        return History(whole, marks)

    return past
