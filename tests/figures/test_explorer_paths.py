"""The curves along a way between samples."""

import numpy as np

from ganplay.figures.explorer_paths import LOOKS, journey


def test_each_way_has_a_curve_in_both_panels() -> None:
    steps = {name: np.full(10, 0.1 + i, np.float32) for i, name in enumerate(LOOKS)}
    real = {name: np.linspace(0, 1, 11, dtype=np.float32) for name in LOOKS}
    figure = journey(steps, real, [0, 5, 10]).figure()
    assert [trace.name for trace in figure.data] == [*LOOKS, *LOOKS]
    for trace in figure.data[:3]:
        assert list(trace.x) == [n + 0.5 for n in range(10)]
        assert list(trace.y) == list(steps[trace.name])
        assert (trace.line.color, trace.line.dash) == LOOKS[trace.name]
    for trace in figure.data[3:]:
        assert list(trace.x) == list(range(11))
        assert list(trace.y) == list(real[trace.name])
        assert (trace.xaxis, trace.yaxis) == ("x2", "y2")
    assert figure.layout.yaxis.range == (0, 5)
    assert list(figure.layout.xaxis2.tickvals) == [0, 5, 10]
    assert all(name in figure.layout.title.text for name in LOOKS)


def test_a_way_that_stands_still_is_a_flat_line() -> None:
    still = {name: np.zeros(4, np.float32) for name in LOOKS}
    real = {name: np.zeros(5, np.float32) for name in LOOKS}
    figure = journey(still, real, [0, 4]).figure()
    assert figure.layout.yaxis.range[1] > 0
