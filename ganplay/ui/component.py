"""Components whose code Streamlit serves from static/, and plotly.js beside it."""

import shutil
import sys
from pathlib import Path
from typing import Any

import plotly
import streamlit as st

STATIC = Path(__file__).parents[2] / "static"
"""What Streamlit serves under app/static/; it must lie beside app.py."""
SCRIPT = "live_view.js"


def _loading(script: str) -> str:
    """JavaScript that begins to load static/`script`, as the promise `code`."""
    version = (STATIC / script).stat().st_mtime_ns
    address = f'new URL("app/static/{script}?v={version}", document.baseURI)'
    return f"const code = import({address}.href);\n"  # the line break tells it from a path


def component(name: str, script: str, draw: str, remove: str = "") -> Any:
    """A component whose code is static/`script`. `draw` and `remove` are JavaScript that may use
    that module as `it`, and `parentElement`, `data` and `send(value)`.

    Streamlit sends a component's code along with every picture, so only this loader is inline.
    """
    use = f"""
        export default function ({{ parentElement, data, setTriggerValue }}) {{
          const send = (value) => setTriggerValue("sent", value);
          code.then((it) => {{ {draw} }});
          return () => code.then((it) => {{ {remove} }});
        }}
    """
    return st.components.v2.component(
        f"ganplay.{name}", isolate_styles=False, js=_loading(script) + use
    )


def sent(key: str) -> Any:
    """What the component of a key has sent; None where its page was left meanwhile."""
    state = st.session_state.get(key)
    return state["sent"] if state else None


_early = component("early", SCRIPT, "")


def fetch_early() -> None:
    """Let the browser load the live view and plotly.js while the server imports torch: each
    takes about a second."""
    source = Path(plotly.__file__).parent / "package_data" / "plotly.min.js"
    target = STATIC / source.name
    if not target.exists() or target.stat().st_size != source.stat().st_size:
        shutil.copyfile(source, target)  # the installed one, so that no page needs a network
    # in turns of 5 ms, Python's default, sending it beside the import takes twice as long
    sys.setswitchinterval(0.0005)
    _early(key="early")
