"""What the address of a page of choices says: the view of it, and what is chosen there.

Each choice lives in the session under its name, as the state of a widget or as what was clicked; the
address follows. A new address is read once, and what is wrong in it is said in a sentence.
"""

import math
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import streamlit as st

from ganplay.settings import nearest, shown

PAGE = "page of choices"
"""The page whose choices these are."""
WRITTEN = "address"
"""The addresses that the page wrote, each until when the browser may still be at it."""
LAG = 5.0
"""Seconds in which a browser takes in a new address; until then it sends one from before."""
PROBLEM = "problem"


@dataclass(frozen=True)
class Field:
    """A choice: what it is at first, how it is read from a text (ValueError with what is allowed),
    how it is written, and between which numbers it lies where it is one."""

    default: Any
    parse: Callable[[str], Any]
    text: Callable[[Any], str] = str
    least: float = -math.inf
    most: float = math.inf


def choice(*options: str, default: str = "") -> Field:
    """One of some words, the first unless another is the default."""

    def parse(text: str) -> str:
        if text not in options:
            raise ValueError(f"one of {', '.join(options)}{nearest(text, options)}")
        return text

    return Field(default or options[0], parse)


def whole(default: int, least: int, most: int) -> Field:
    """A whole number."""
    return Field(default, lambda text: _within(int, text, least, most), str, least, most)


def real(default: float, least: float, most: float) -> Field:
    """A number."""
    return Field(
        default, lambda text: _within(float, text, least, most), lambda v: f"{v:g}", least, most
    )


def several(
    default: tuple[float, ...], least: float, most: float, count: int, kind: type = int
) -> Field:
    """At most so many numbers, written `3,17`."""

    def parse(text: str) -> tuple[float, ...]:
        parts = text.split(",") if text else []
        if len(parts) > count:
            raise ValueError(f"at most {count} numbers")
        return tuple(_within(kind, part, least, most) for part in parts)

    return Field(default, parse, lambda values: ",".join(f"{v:g}" for v in values))


def switch(default: bool = False) -> Field:
    """On or off."""
    words = {"on": True, "off": False}

    def parse(text: str) -> bool:
        if text not in words:
            raise ValueError("on or off")
        return words[text]

    return Field(default, parse, lambda on: "on" if on else "off")


def _within(kind: type, text: str, least: float, most: float) -> Any:
    try:
        value = kind(text)
    except ValueError:
        value = None
    if value is None or not least <= value <= most:
        what = "a whole number" if kind is int else "a number"
        raise ValueError(f"{what} from {least:g} to {most:g}")
    return value


# ---- the session


def begin(page: str) -> None:
    """Have all that follows be of this page."""
    st.session_state[PAGE] = page


def key(name: str) -> str:
    """Under which key a widget, and the session, keeps a choice of the page."""
    return f"{st.session_state[PAGE]}:{name}"


def get(name: str) -> Any:
    """What is chosen."""
    return st.session_state[key(name)]


def put(name: str, value: Any) -> None:
    """Choose something; for a widget only before it is drawn, or in a callback."""
    st.session_state[key(name)] = value


def chosen() -> dict[str, Any]:
    """All that the session keeps of the page's choices."""
    every = ((str(name), value) for name, value in st.session_state.items())
    return {name: value for name, value in every if name.startswith(key(""))}


def refuse(sentence: str) -> None:
    """Have the page say what was wrong."""
    st.session_state[key(PROBLEM)] = sentence


def problem() -> str:
    """What was wrong last, told once."""
    return str(st.session_state.pop(key(PROBLEM), ""))


def arrived() -> dict[str, str]:
    """What a new address says; nothing where the page itself wrote it."""
    query, now = st.query_params.to_dict(), time.monotonic()
    own = (query == each and now < until for each, until in st.session_state.get(key(WRITTEN), ()))
    return {} if any(own) else query


def read(fields: Mapping[str, Field]) -> None:
    """Take the choices of these fields from a new address; those that nobody made are as at first."""
    query = arrived()
    for name, field in fields.items():
        if name in query:
            try:
                put(name, field.parse(query[name]))
            except ValueError as allowed:
                put(name, field.default)
                refuse(f"{name}: {shown(query[name])} is not allowed; it takes {allowed}.")
        else:  # put again, or Streamlit would forget a widget that is not drawn
            put(name, _kept(st.session_state.get(key(name), field.default), field))


def _kept(value: Any, field: Field) -> Any:
    """A choice that was made, unless another model has no such thing."""
    try:
        return field.parse(field.text(value))
    except (ValueError, TypeError):
        return field.default


def check(known: Mapping[str, Field]) -> None:
    """Refuse names in a new address that there are none of."""
    for name in arrived():
        if name not in known:
            refuse(f"{shown(name)}: there is no such choice{nearest(name, known)}.")


def write(fields: Mapping[str, Field]) -> None:
    """Put into the address what differs from what is at first."""
    query = {n: f.text(get(n)) for n, f in fields.items() if get(n) != f.default}
    if st.query_params.to_dict() != query:
        st.query_params.from_dict(query)
    now = time.monotonic()
    known = [(q, min(until, now + LAG)) for q, until in st.session_state.get(key(WRITTEN), ())]
    before = [(q, until) for q, until in known if q != query and now < until]
    st.session_state[key(WRITTEN)] = [*before, (query, math.inf)]
