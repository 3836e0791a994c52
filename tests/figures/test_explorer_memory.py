"""Distances as dots, and the way of a search."""

import numpy as np
import pytest

from ganplay.figures.explorer_memory import ROWS, descent, ratios
from ganplay.figures.style import ATTENTION

KINDS = [kind for kind, _ in ROWS]


def rows(seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    copies, samples, real = (
        rng.normal(mean, 0.1, n).astype(np.float32) for mean, n in ((0.2, 40), (1.1, 40), (1, 256))
    )
    return copies, samples, real


def test_each_picture_is_a_dot_in_its_row_and_the_picked_one_has_a_ring() -> None:
    given = [("pixels", rows(0), 0.7), ("features", rows(1), 0.6)]
    found = ratios(given, 7)
    assert [trace["name"] for trace in found.traces] == [*KINDS, "picked"] * 2
    for space, (name, values, near) in enumerate(given):
        n = "" if space == 0 else "2"
        own = found.traces[4 * space : 4 * space + 4]
        for y, (trace, each) in enumerate(zip(own, values, strict=False)):
            assert trace["xaxis"] == f"x{n}"
            assert np.array_equal(trace["x"], each)
            assert np.abs(trace["y"] - y).max() < 0.36
        assert own[3]["x"].tolist() == [values[1][7]]
        assert own[3]["y"].tolist() == [own[1]["y"][7]]
        axis = found.layout[f"xaxis{n}"]
        assert axis["range"][0] == 0
        assert 1 < axis["range"][1] < 2
        assert f"distance in {name}" in [w["text"] for w in found.layout["annotations"]]
        lines = [s for s in found.layout["shapes"] if s["xref"] == f"x{n}"]
        assert [line["x0"] for line in lines[:3]] == pytest.approx([np.median(v) for v in values])
        assert lines[3]["x0"] == near
        assert lines[3]["line"]["color"] == ATTENTION
    domains = [found.layout[name]["domain"] for name in ("xaxis", "xaxis2")]
    assert 0 <= domains[0][0] < domains[0][1] < domains[1][0] < domains[1][1] <= 1
    found.figure()


def test_one_space_has_the_whole_width() -> None:
    found = ratios([("pixels", rows(0), 0.7)], 0)
    assert found.layout["xaxis"]["domain"] == pytest.approx([0, 1], abs=0.03)
    found.figure()


def test_a_search_is_a_curve_for_each_picture_within_its_axis() -> None:
    steps = [0, 5, 10]
    curves = [
        ("yours", np.array([0.2, 0.1, 0.05], np.float32), "#d95f02"),
        ("sample", np.array([0.1, 0.02, 0.0], np.float32), "#7570b3"),
    ]
    found = descent(steps, curves)
    assert [trace["name"] for trace in found.traces] == ["yours", "sample"]
    assert "yours" in found.layout["title"]["text"]
    low, high = found.layout["yaxis"]["range"]
    assert np.isfinite(low)
    assert low < np.log10(0.02)
    assert high > np.log10(0.2)
    assert found.layout["xaxis"]["range"] == [0, 10]
    found.figure()
