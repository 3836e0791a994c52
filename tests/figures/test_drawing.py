"""Arrows: where their heads point, as SVG and as pixels."""

from xml.etree import ElementTree

import numpy as np
import pytest

from ganplay.figures.drawing import Arrow, Drawing
from ganplay.figures.style import GRADIENT, PAPER, parts

WAYS = [((10, 20), (50, 20)), ((50, 20), (10, 20)), ((30, 5), (30, 35)), ((30, 35), (30, 5))]
every_way = pytest.mark.parametrize("way", WAYS)


@every_way
def test_the_head_is_at_the_end_and_symmetric(way: tuple[tuple[float, float], ...]) -> None:
    start, end = np.array(way, float)
    tip, *barbs = np.array(Arrow(way, GRADIENT, 2).head)
    np.testing.assert_array_equal(tip, end)
    along = (end - start) / np.linalg.norm(end - start)
    back = [float((barb - tip) @ along) for barb in barbs]
    assert back[0] == pytest.approx(back[1])
    assert back[0] == pytest.approx(-7)
    np.testing.assert_allclose((barbs[0] + barbs[1]) / 2, tip + back[0] * along)
    assert np.linalg.norm(barbs[0] - barbs[1]) == pytest.approx(7)


@pytest.mark.parametrize("is_open", [False, True])
def test_it_is_drawn_in_its_colour(is_open: bool) -> None:
    arrow = Arrow([(10, 10), (40, 10), (40, 30)], GRADIENT, 2, open=is_open)
    drawing = Drawing(60, 40, [arrow])
    found = ElementTree.fromstring(drawing.svg())
    kinds = [each.tag.partition("}")[2] for each in found]
    assert kinds == (["polyline"] if is_open else ["polyline", "polygon"])
    assert found[0].get("points") == "10,10 40,10 40,30"
    pixels = drawing.pixels()
    assert pixels[10, 25].tolist() == parts(GRADIENT)
    assert pixels[20, 40].tolist() == parts(GRADIENT)
    beside = parts(PAPER) if is_open else parts(GRADIENT)
    assert pixels[25, 42].tolist() == beside, "where a barb is"
