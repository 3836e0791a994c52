"""Writes docs/settings.md, the table of all settings: `python -m docs.settings`."""

from pathlib import Path

from ganplay.config import named_fields
from ganplay.data import DATA_SETS
from ganplay.settings import allowed, as_text, note

TARGET = Path(__file__).with_suffix(".md")


def table() -> str:
    """The whole page."""
    lines = [
        "# Settings",
        "",
        "Names as in `--set NAME=VALUE`, in TOML files and in a page's address. Those marked *",
        "start a run again; all others may change in its middle.",
        "",
        "| name | default | takes | what it is |",
        "| --- | --- | --- | --- |",
    ]
    own: dict[str, list[str]] = {}
    for data_name in DATA_SETS:
        for name, field in named_fields(data_name).items():
            star = " *" if note(field, "restart") else ""
            unit = f" {note(field, 'unit')}".rstrip()
            default = as_text(field.default) or "(empty)"
            row = f"`{name}`{star} | {default}{unit} | {allowed(field)} | {field.description} |"
            own.setdefault(row, []).append(data_name)
    # stable: all that belongs to data first, the rest in its own order
    for row, data_names in sorted(own.items(), key=lambda item: not item[0].startswith("`data.")):
        where = "" if len(data_names) == len(DATA_SETS) else f" ({', '.join(data_names)})"
        lines.append("| " + row.replace(" |", f"{where} |", 1))
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    TARGET.write_text(table(), "utf-8")
