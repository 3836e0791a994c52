"""The one palette, and numbers to end an axis at."""

import re
from pathlib import Path

import pytest

from ganplay import figures
from ganplay.figures import style
from ganplay.figures.style import ceiling

COLOUR = re.compile(r"#[0-9a-fA-F]{3,8}\b|rgba?\([^)]*\)")


@pytest.mark.parametrize("decade", [-45, -7, -1, 0, 1, 2, 3, 15, 38])
def test_ceiling_climbs_a_ladder_of_round_numbers(decade: int) -> None:
    unit = 10.0**decade
    for value, bound in ((1, 1), (1.0001, 2), (2, 2), (2.1, 5), (5, 5), (5.1, 10), (9.99, 10)):
        assert ceiling(value * unit) == pytest.approx(bound * unit, rel=1e-12)
        assert ceiling(value * unit) >= value * unit


def test_no_colour_is_named_outside_the_style() -> None:
    for path in Path(figures.__file__).parent.glob("*.py"):
        if path.name != "style.py":
            assert not COLOUR.findall(path.read_text("utf-8")), path.name
    named = [style.REAL, style.GENERATED, style.VAE]
    named += [style.DISCRIMINATOR, style.GRADIENT, style.ATTENTION]
    assert len(set(named)) == 6
    assert style.INK.keys() == {style.REAL, style.GENERATED, style.VAE}
