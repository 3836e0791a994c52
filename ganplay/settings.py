"""One setting of a run: its default, its bounds, and the one sentence that explains it everywhere."""

import difflib
from collections.abc import Iterable
from typing import Any, get_args, get_origin

from annotated_types import Ge, Gt, Le, Lt, MaxLen
from pydantic import Field
from pydantic.fields import FieldInfo


def setting(
    default: Any,
    help: str,
    *,
    title: str,
    unit: str = "",
    restart: bool = False,
    when: str = "",
    **bounds: Any,
) -> Any:
    """Declare a field of RunConfig.

    `help` is the control's tooltip, the column in the docs and the flag's description. `restart`
    marks a setting that is part of what a run was born with, so that changing it means starting
    again. `when` names a `field=value,...` of the same model outside which the setting has no
    effect, so that its control can be left away. `bounds` are pydantic's own (`ge`, `gt`, `le`,
    `lt`, `max_length`).
    """
    notes: dict[str, Any] = {"unit": unit, "restart": restart, "when": when}
    return Field(default, title=title, description=help, json_schema_extra=notes, **bounds)


def note(field: FieldInfo, name: str) -> Any:
    """What `setting` was told as `name`: unit, restart or when."""
    return field.json_schema_extra[name] if isinstance(field.json_schema_extra, dict) else ""


def choices(field: FieldInfo) -> tuple[str, ...]:
    """The names a field may take; empty where it takes something else."""
    options = get_args(field.annotation)
    return options if options and all(isinstance(option, str) for option in options) else ()


def bounds(field: FieldInfo) -> tuple[float | None, float | None, str]:
    """Lowest and highest value of a numeric field, and both in words."""
    low: Any = None
    high: Any = None
    words = []
    for limit in field.metadata:
        match limit:
            case Ge(ge=value) | Gt(gt=value):
                low = value
                words.append(f"{'at least' if isinstance(limit, Ge) else 'more than'} {value}")
            case Le(le=value) | Lt(lt=value):
                high = value
                words.append(f"{'at most' if isinstance(limit, Le) else 'less than'} {value}")
    return low, high, " and ".join(words)


def allowed(field: FieldInfo) -> str:
    """What a field takes, in words."""
    if names := choices(field):
        return "one of " + ", ".join(names)
    if get_origin(field.annotation) is tuple:
        longest = next(limit.max_length for limit in field.metadata if isinstance(limit, MaxLen))
        return f"at most {longest} whole numbers, such as 64,64"
    if field.annotation is str:
        return "text"
    if field.annotation is bool:
        return "true or false"
    kind = "a whole number" if field.annotation is int else "a number"
    return f"{kind} {bounds(field)[2]}".rstrip()


def as_text(value: Any) -> str:
    """A value as command line, TOML and address write it."""
    if isinstance(value, list | tuple):
        return ",".join(map(str, value))
    if isinstance(value, bool):
        return str(value).lower()
    return "" if value is None else str(value)


def nearest(name: str, known: Iterable[str]) -> str:
    """A hint at the known name that is most like this one; empty where none is."""
    close = difflib.get_close_matches(name, list(known), 1, 0.3)
    return f"; the nearest is {close[0]}" if close else ""


def shown(value: Any) -> str:
    """A value on one line and not too long: it comes from an address or a file, and may be anything."""
    text = "".join(c if c.isprintable() else "?" for c in as_text(value)) or "nothing"
    return text if len(text) <= 60 else f"{text[:60]}…"


def one_line(text: str) -> str:
    """Somebody else's error, printable and not too long, to stand in a sentence."""
    return "".join(c if c.isprintable() else " " for c in text)[:150].rstrip(". ")
