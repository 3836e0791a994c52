"""A tab of a browser without the browser: a page that is run, looked at and clicked on."""

import json
import struct
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from streamlit.components.v2.bidi_component.main import _make_trigger_id
from streamlit.testing.v1 import AppTest

from ganplay.live import View, shared_engine
from ganplay.ui.controls import GROUPS
from ganplay.ui.page import PATHS

ROOT = Path(__file__).parents[2]
PATIENCE = 20.0
"""Seconds to wait for what comes at once on an idle machine."""


class Tab:
    """A tab, at first with the home page; `app` is Streamlit's own."""

    def __init__(self) -> None:
        self.app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=PATIENCE)
        self.runs: set[str] = set()

    def go(self, page: str, **query: str) -> None:
        """Open a page with an address, in which `__` stands for a dot."""
        self.app.query_params.clear()  # as a browser does on its way to another page
        for name, value in query.items():
            self.app.query_params[name.replace("__", ".")] = value
        self.app.switch_page(PATHS[page])
        self.update()

    def update(self) -> None:
        """Run the page once more, as something in it has changed."""
        self.app.run()
        assert not self.app.exception
        self.runs |= {self.run, *(run for run, _ in self.learned.values())}

    def unfold(self) -> None:
        """Open all groups of settings."""
        for group in GROUPS:
            self.app.session_state[f"group:{group}"] = True
        self.update()

    def press(self, key: str) -> None:
        self.app.button(key=key).click()
        self.update()

    def send(self, key: str, value: object) -> None:
        """Have a component send something, as its JavaScript does."""
        (it,) = (
            element.proto.id
            for element in self.app.get("bidi_component")
            if element.proto.id.split("-", 2)[-1] == key
        )
        states = self.app._tree.get_widget_states()
        sent = json.dumps([{"event": "sent", "value": value}])
        states.widgets.add(id=_make_trigger_id(it, "events"), json_trigger_value=sent)
        self.app._run(states)
        assert not self.app.exception
        self.update()

    @property
    def run(self) -> str:
        """The run of the page that is open; empty on the home page."""
        state = self.app.session_state
        name = f"run@{state['page'].name}" if "page" in state else ""
        return str(state[name]) if name in state else ""

    @property
    def learned(self) -> dict[str, Any]:
        """The runs of a chapter of the theory by their names, each with its settings."""
        state, prefix = self.app.session_state, "learned:"
        found = {name: state[name] for name in state if name.startswith(prefix)}
        return {
            name.removeprefix(prefix): value
            for name, value in found.items()
            if isinstance(value, tuple)  # and not a button
        }

    @property
    def view(self) -> View:
        view = shared_engine().poll(self.run)
        assert view
        return view

    def wait(self, wanted: Callable[[View], bool]) -> View:
        """Poll the run as a page does, until its view is as wanted."""
        end = time.monotonic() + PATIENCE
        while not wanted(view := self.view):
            assert time.monotonic() < end, f"still {view.state} at step {view.snapshot.step}"
            time.sleep(0.02)
        return view

    @property
    def sent(self) -> dict[str, Any]:
        """What the live view was sent last, but its arrays."""
        (feed,) = (e.proto for e in self.app.get("bidi_component") if "-feed" in e.proto.id)
        (length,) = struct.unpack("<I", feed.bytes[:4])
        header: dict[str, Any] = json.loads(feed.bytes[4 : 4 + length])
        return header

    @property
    def address(self) -> dict[str, str]:
        values = self.app.query_params.items()
        return {name: v if isinstance(v, str) else v[0] for name, v in values}

    @property
    def keys(self) -> set[str]:
        """Those of all buttons."""
        return {button.key or "" for button in self.app.button}

    @property
    def bar(self) -> str:
        """What the sidebar says in words."""
        return "\n".join(text.value for text in self.app.sidebar.markdown)

    @property
    def problem(self) -> str:
        """The one sentence about what was refused; empty where there is none."""
        sentences = [error.value for error in self.app.error]
        assert len(sentences) <= 1
        return "".join(sentences)

    def key(self, name: str) -> str:
        """That of a setting's control."""
        return f"set:{name}:{self.app.session_state['generation']}"

    @property
    def controls(self) -> dict[str, Any]:
        """The controls in sight by the names of their settings."""
        app, generation = self.app, self.app.session_state["generation"]
        kinds = (app.selectbox, app.number_input, app.text_input, app.select_slider, app.checkbox)
        every = {widget.key: widget for kind in kinds for widget in kind}
        of_settings = (key for key in every if key and key.endswith(f":{generation}"))
        return {key.split(":")[1]: every[key] for key in of_settings}

    def set(self, name: str, value: Any) -> None:
        """Change a setting by its control."""
        self.controls[name].set_value(value)
        self.update()


@pytest.fixture
def tabs() -> Iterator[Callable[[], Tab]]:
    """Opens tabs. No run goes on after its test."""
    opened: list[Tab] = []

    def tab() -> Tab:
        opened.append(Tab())
        return opened[-1]

    yield tab
    for run in {run for each in opened for run in each.runs}:
        shared_engine().close(run)


@pytest.fixture
def show(tabs: Callable[[], Tab]) -> Callable[..., Tab]:
    """Opens a page with an address."""

    def show(page: str, **query: str) -> Tab:
        tab = tabs()
        tab.go(page, **query)
        return tab

    return show


@pytest.fixture
def lab(show: Callable[..., Tab]) -> Callable[..., Tab]:
    """Opens the lab with an address."""
    return partial(show, "Lab")


@pytest.fixture
def mnist(show: Callable[..., Tab]) -> Callable[..., Tab]:
    """Opens the page of digits with an address."""
    return partial(show, "MNIST")
