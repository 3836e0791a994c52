"""Pictures that Streamlit draws have words for whoever can't see them."""

import ast
from pathlib import Path

import ganplay

ROOT = Path(ganplay.__file__).parents[1]
SOURCES = [ROOT / "app.py", *ROOT.glob("pages/*.py"), *ROOT.glob("ganplay/ui/**/*.py")]
KINDS = {"image", "plotly_chart", "pyplot"}


def test_every_picture_has_words() -> None:
    calls = [
        (path.name, call)
        for path in SOURCES
        for call in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(call, ast.Call)
        and isinstance(call.func, ast.Attribute)
        and call.func.attr in KINDS
    ]
    assert len(calls) > 5
    bare = [
        f"{name}:{call.lineno}"
        for name, call in calls
        if "alt" not in {each.arg for each in call.keywords}
    ]
    assert not bare
