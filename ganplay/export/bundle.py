"""The modules of static/ as one script, for a page that can't load any."""

import re
from pathlib import Path

STATIC = Path(__file__).parents[2] / "static"

IMPORT = re.compile(r'^import \{([^}]*)\} from "\./([\w.]+)";\n', re.M)
EXPORT = re.compile(r"^export ((?:async )?(?:function|class|const|let) (\w+))", re.M)


def bundle(*names: str) -> str:
    """So many modules, and those they need, as one script that has each of them, by its name without the
    ending, as an object of what it exports. They import by name from beside them, and export where they
    declare; anything else raises ValueError."""
    found: dict[str, str] = {}
    for name in names:
        _gather(name, found, ())
    return "\n".join(found.values())


def _gather(name: str, found: dict[str, str], above: tuple[str, ...]) -> None:
    """Put a module behind all that it needs."""
    if name in above:
        raise ValueError(f"{name} needs itself, by way of {', '.join(above)}")
    if name in found:
        return
    text = (STATIC / name).read_text("utf-8")
    for _, needed in IMPORT.findall(text):
        _gather(needed, found, (*above, name))
    body = IMPORT.sub(
        lambda m: f"const {{{m[1].replace(' as ', ': ')}}} = {_variable(m[2])};\n", text
    )
    exported = ", ".join(name for _, name in EXPORT.findall(text))
    body = EXPORT.sub(r"\1", body)
    if left := re.search(r"^(?:import|export)\b.*|\bimport\(.*", body, re.M):
        raise ValueError(f"{name}: can't be bundled for its line {left[0]}")
    found[name] = f"const {_variable(name)} = (() => {{\n{body}return {{ {exported} }};\n}})();"


def _variable(name: str) -> str:
    return f"${name.removesuffix('.js')}"
