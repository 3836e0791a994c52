"""A run's settings as a file."""

import json
from typing import Any

from ganplay.config import RunConfig

HEAD = "# All settings of a run. To train it: python -m ganplay train --config FILE"


def toml(config: RunConfig) -> str:
    """The whole config as TOML, what is as usual too, so that it stays the same when defaults change;
    `RunConfig.from_toml` reads it back."""
    groups: dict[str, list[str]] = {"": []}
    for name, value in config.flat().items():
        group, _, leaf = name.rpartition(".")
        groups.setdefault(group, []).append(f"{leaf} = {_written(value)}")
    tables = ["\n".join([f"[{group}]"] * bool(group) + lines) for group, lines in groups.items()]
    return "\n\n".join([HEAD, *tables]) + "\n"


def _written(value: Any) -> str:
    """A value as TOML writes it, which is as JSON does; what is not set is an empty text."""
    text = json.dumps("" if value is None else value, ensure_ascii=False)
    return text.replace("\x7f", "\\u007f")
