"""Which model the explorer shows: a shipped one, or one that was opened from a file or a page."""

import hashlib
import re
import threading
from collections import OrderedDict

import streamlit as st

from ganplay.config import ConfigError
from ganplay.latent import Model
from ganplay.latent.model import SHIPPED, loads, shipped
from ganplay.settings import shown
from ganplay.ui import address

HELD = 8
"""Models from files that are kept after nobody looks at them any more."""
FIELD = "model"

_lock = threading.Lock()
_held: OrderedDict[str, Model] = OrderedDict()


def hold(source: bytes, title: str) -> str:
    """Keep the model of a checkpoint in this process, and return its name in the address. Raises
    CheckpointError."""
    name = f"file-{hashlib.sha256(source).hexdigest()[:12]}"
    model = loads(source, title)
    with _lock:
        _held[name] = model
        _held.move_to_end(name)
        while len(_held) > HELD:
            _held.popitem(last=False)
    return name


def found(name: str) -> Model:
    """The model of a name in the address. Raises ValueError."""
    if name in SHIPPED:
        return shipped(name)
    with _lock:
        if name not in _held:
            raise ValueError(f"{' or '.join(SHIPPED)}, or a file that is opened here again")
        _held.move_to_end(name)
        return _held[name]


def known() -> dict[str, str]:
    """Every model by its name in the address, and its title."""
    with _lock:
        own = {name: _plain(model.title) for name, model in _held.items()}
    return {name: name.capitalize() for name in SHIPPED} | own


def _plain(text: str) -> str:
    """What a file says, as words: Markdown in it could have the browser fetch something."""
    return re.sub(r"([^\w\s,.:%])", r"\\\1", shown(text))


def field() -> address.Field:
    """The choice of a model."""

    def parse(name: str) -> str:
        found(name)
        return name

    return address.Field(next(iter(SHIPPED)), parse)


def chooser(model: Model) -> None:
    """In the sidebar: the models, a file picker, and what is known of the open one."""
    titles = known()
    st.radio(
        "Model", list(titles), format_func=titles.__getitem__, key=address.key(FIELD),
        help="The pair of nets whose latent space is shown.",
    )  # fmt: skip
    st.file_uploader(
        "Open a checkpoint", type=["safetensors"], key="explorer_file", on_change=_use_file,
        help="A run that was saved on the page of digits or by `train --save`, as .safetensors.",
    )  # fmt: skip
    st.caption("  \n".join(_plain(f"{name}: {text}") for name, text in model.facts.items()))


def _use_file() -> None:
    file = st.session_state["explorer_file"]
    if file is None:
        return
    try:
        address.put(FIELD, hold(file.getvalue(), shown(file.name)))
    except ConfigError as error:
        address.refuse(f"{shown(file.name)}: {error}")
