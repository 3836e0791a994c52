"""Colours as people see them: with all cones, without one kind of them, or in grey."""

import numpy as np
from colorspacious import cspace_convert
from numpy.typing import NDArray

LACKING = {"no red": "protanomaly", "no green": "deuteranomaly", "no blue": "tritanomaly"}
"""Sights that lack a kind of cones: the anomaly of it in full (Machado et al. 2009, severity 1)."""
SIGHTS = ("all cones", *LACKING)
GREY = "grey"
"""The sight of somebody without cones, or of a printer without colours."""

POINT = 0.1
"""Degrees that a point of 4 pixels takes at arm's length."""


def lab(colour: str, sight: str = "all cones") -> NDArray[np.float64]:
    """A colour #rrggbb in CIE 1976 L*a*b*, as a sight has it."""
    rgb = _rgb(colour)
    if sight in LACKING:
        space = {"name": "sRGB1+CVD", "cvd_type": LACKING[sight], "severity": 100}
        rgb = np.clip(cspace_convert(rgb, space, "sRGB1"), 0, 1)
    found = cspace_convert(rgb, "sRGB1", "CIELab")
    return found * (1, 0, 0) if sight == GREY else found


def difference(one: str, other: str, sight: str, size: float = POINT) -> float:
    """How far two colours lie apart in L*a*b*; at 1, half of the viewers tell them apart on marks
    of a size, in degrees (Stone, Szafir and Setlur 2014; below 1/3 degree an extrapolation)."""
    told = np.array([5.079, 5.339, 5.349]) + np.array([0.751, 1.541, 2.871]) / size
    return float(np.linalg.norm((lab(one, sight) - lab(other, sight)) / told))


def contrast(one: str, other: str) -> float:
    """The ratio of two colours' luminances, from 1 to 21 (WCAG 2.2)."""
    darker, lighter = sorted(cspace_convert(_rgb(c), "sRGB1", "XYZ1")[1] for c in (one, other))
    return float((lighter + 0.05) / (darker + 0.05))


def _rgb(colour: str) -> NDArray[np.float64]:
    return np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255
