"""The one palette, and numbers to end an axis at."""

import itertools
import re
from pathlib import Path
from typing import Any

import numpy as np
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


SIGHT = {
    "all cones": np.eye(3),
    "no red": [[0.152, 1.053, -0.205], [0.115, 0.786, 0.099], [-0.004, -0.048, 1.052]],
    "no green": [[0.367, 0.861, -0.228], [0.28, 0.673, 0.047], [-0.012, 0.043, 0.969]],
    "no blue": [[1.256, -0.077, -0.179], [-0.078, 0.931, 0.148], [0.005, 0.691, 0.304]],
}
"""What is seen of linear RGB (Machado et al. 2009, severity 1)."""

XYZ = [[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]


def lab(colour: str, sight: Any) -> np.ndarray:
    """A colour as CIE 1976 L*a*b*, where 2.3 is just noticed, as somebody sees it."""
    rgb = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    t = XYZ @ np.clip(sight @ linear, 0, 1) / np.array([0.9505, 1, 1.089])
    x, y, z = np.where(t > 0.008856, np.cbrt(t), 7.787 * t + 16 / 116)
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


@pytest.mark.parametrize("sight", SIGHT)
def test_whoever_sees_them_tells_what_is_real_from_what_each_net_makes(sight: str) -> None:
    kinds = [lab(c, np.array(SIGHT[sight])) for c in (style.REAL, style.GENERATED, style.VAE)]
    for one, other in itertools.combinations(kinds, 2):
        assert np.linalg.norm(one - other) > 30
