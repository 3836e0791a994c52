"""What stands on the screen of a talk until the server can show a run."""

from types import SimpleNamespace

import pytest
from streamlit.testing.v1 import AppTest

from ganplay.figures.style import DARK, PAPER
from ganplay.ui import curtain


def draw_curtain() -> None:
    from ganplay.ui import curtain

    curtain.drawn()


def test_while_torch_is_imported_the_title_stands_there(monkeypatch: pytest.MonkeyPatch) -> None:
    app = AppTest.from_function(draw_curtain)
    app.query_params["talk"], app.query_params["dark"] = "packing,clip", "on"
    assert not app.run().get("html"), "torch is there, and so soon is the screen"
    monkeypatch.setattr(curtain, "sys", SimpleNamespace(modules={}))
    (words,) = (element.proto.body for element in app.run().get("html"))
    assert "<b>Rescue by packing</b>" in words
    assert DARK[PAPER] in words
    app.query_params["talk"] = "<script>"
    assert not app.run().get("html")
