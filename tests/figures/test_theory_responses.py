"""Pictures of the game of best answers show what they are given, on axes that stay."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from ganplay.figures import theory_responses
from ganplay.figures.style import ATTENTION, DISCRIMINATOR, GENERATED, REAL, Picture
from ganplay.figures.theory_responses import EXTENT, GROUND, LOWEST, ROOM, grid

Checked = Callable[[Picture], dict[str, Any]]


def traces(picture: Picture) -> dict[str, dict[str, Any]]:
    return {trace["name"]: trace for trace in picture.traces}


def test_the_line(checked: Checked) -> None:
    p, q, d = np.exp(-(grid() ** 2)), np.exp(-((grid() - 1) ** 2)), 1 / (1 + np.exp(grid()))
    samples = np.array([1.0, -2.0, 1.0, 1.0])
    picture = theory_responses.answers(p, q, d, samples, np.array([0.0]), (-2.0, 0.88))
    found = traces(picture)
    for name, values in (("p", p), ("q", q), ("D", d)):
        np.testing.assert_allclose(found[name]["x"], grid())
        np.testing.assert_allclose(found[name]["y"], values)
    assert found["p"]["line"]["color"] == REAL
    assert found["q"]["line"]["color"] == GENERATED
    assert found["D"]["line"]["color"] == DISCRIMINATOR
    assert (found["best place"]["x"], found["best place"]["y"]) == (-2.0, 0.88)
    assert found["best place"]["marker"]["color"] == ATTENTION
    np.testing.assert_allclose(found["samples"]["x"], [-2, 1, 1, 1])
    heights = found["samples"]["y"]
    assert heights[0] == heights[1] == GROUND
    assert heights[1] > heights[2] > heights[3], "a heap is seen to be one"
    layout = checked(picture)["layout"]
    assert layout["xaxis"]["range"] == [-EXTENT, EXTENT]
    assert layout["yaxis"]["range"] == list(ROOM)


def test_a_heap_of_all_samples_has_room() -> None:
    same = np.zeros_like(grid())
    picture = theory_responses.answers(same, same, same, np.ones(24), np.zeros(1), (0.0, 0.5))
    assert traces(picture)["samples"]["y"].min() > ROOM[0]


def test_the_value_over_the_turns(checked: Checked) -> None:
    now, highest, lowest = np.array([-1.2, -2]), np.array([-1.2, -1.1]), np.array([-2.3, -2.3])
    picture = theory_responses.values(now, highest, lowest, [0, 5], 9)
    found = traces(picture)
    np.testing.assert_allclose(found["V"]["y"], now)
    np.testing.assert_allclose(found["most D can reach"]["y"], highest)
    np.testing.assert_allclose(found["least G can reach"]["y"], lowest)
    assert (found["now"]["x"], found["now"]["y"]) == (1, -2)
    layout = checked(picture)["layout"]
    assert layout["shapes"][0]["y0"] == -math.log(4)
    assert layout["yaxis"]["range"] == [LOWEST, 0]
    assert layout["xaxis"]["range"][1] == 9
    assert len(layout["xaxis"]["ticktext"]) == 2
