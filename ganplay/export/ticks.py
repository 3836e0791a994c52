"""Where plotly puts the ticks of an axis, and what it writes at them."""

import math
from collections.abc import Mapping
from typing import Any

MINUS = "\u2212"
PIXELS_A_TICK = {"x": 80, "y": 40}
"""Between two ticks of an axis that says nothing about them."""
ENDS = 1e-4
"""How far beyond the ends of an axis a tick may lie, as a portion of its length."""
PREFIXES = {0: "", -15: "f", -12: "p", -9: "n", -6: "μ", -3: "m", 3: "k", 6: "M", 9: "B", 12: "T"}

Axis = Mapping[str, Any]


def ticks(axis: Axis, letter: str, start: float, length: float) -> list[tuple[float, str]]:
    """The ticks of an axis x or y that lies at start..start + length: where, in pixels, and the words
    there."""
    low, high = axis["range"]
    room, log = ENDS * (high - low), axis.get("type") == "log"
    found = _given(axis, log) if "tickvals" in axis else _even(axis, letter, length, log)
    return [
        (start + (at - low) / (high - low) * length, words)
        for at, words in found
        if low - room <= at <= high + room
    ]


def _given(axis: Axis, log: bool) -> list[tuple[float, str]]:
    values = axis["tickvals"]
    texts = axis.get("ticktext") or [_formatted(axis, value) for value in values]
    places = [math.log10(value) if log else float(value) for value in values]
    return list(zip(places, texts, strict=True))


def _even(axis: Axis, letter: str, length: float, log: bool) -> list[tuple[float, str]]:
    """Multiples of a round number."""
    low, high = axis["range"]
    usual = min(max(length / PIXELS_A_TICK[letter], 4), 9) + 1
    rough = (high - low) / (axis.get("nticks") or usual)
    step = axis.get("dtick") or (math.ceil(rough) if log else _round_up(rough))
    places = [n * step for n in range(math.floor(low / step), math.ceil(high / step) + 1)]
    return [(at, _power(axis, at) if log else _number(axis, at, step)) for at in places]


def _round_up(rough: float) -> float:
    """The next of 2, 5, 10, 20, 50, ... above a number."""
    # not log10, so that it is rounded as plotly's: then 1000 is a little less than a power of ten
    ten = 10.0 ** math.floor(math.log(rough) / math.log(10))
    return next((part * ten for part in (2, 5) if part * ten > rough), 10 * ten)


def _formatted(axis: Axis, value: float) -> str:
    """A number by the format that the axis gives, if it does."""
    form = axis.get("tickformat", "g").replace("d", ".0f")
    return f"{value:{form}}".replace("-", MINUS)


def _number(axis: Axis, value: float, step: float) -> str:
    """With no more digits than the step has, thousands and the like as a letter."""
    if "tickformat" in axis:
        return _formatted(axis, value)
    power = math.floor(math.log10(max(map(abs, axis["range"]))) + 0.01)
    if -15 <= power <= 14:
        power = 3 * round((power - 1) / 3) if abs(power) > 3 else 0
    digits = max(0, 2 - math.floor(math.log10(step) + 0.01) + power)
    if abs(value) < step / 200:
        return "0"
    text = f"{abs(value) / 10.0**power:.{digits}f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return MINUS * (value < 0) + text + PREFIXES.get(power, f"×{_ten_to(power)}")


def _power(axis: Axis, at: float) -> str:
    """A power of ten, which are all that a logarithmic axis with even ticks has."""
    if axis.get("exponentformat") == "power":
        return {0: "1", 1: "10"}.get(round(at), _ten_to(round(at)))
    return f"{10.0**at:{',' * (at > 3)}.{max(0, -round(at))}f}"


def _ten_to(power: int) -> str:
    return f"10<sup>{power}</sup>".replace("-", MINUS)
