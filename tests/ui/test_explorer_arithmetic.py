"""The explorer's arithmetic: what its address says is what it shows."""

import json
import struct
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from ganplay import checkpoint
from ganplay.config import RunConfig
from ganplay.latent.arithmetic import equations
from ganplay.latent.model import shipped
from ganplay.latent.pool import pool_of
from ganplay.trainer import Trainer
from ganplay.ui.explorer import models

from . import explorer
from .conftest import Tab


def opened(model: str = "faces", **query: str) -> Tab:
    tab = explorer.opened(90, model=model, view="arithmetic", **query)
    assert not tab.app.exception
    return tab


def sent(app: AppTest, name: str) -> dict[str, Any]:
    """The header of what a component was sent."""
    (found,) = (e.proto for e in app.get("bidi_component") if f"-{name}" in e.proto.id)
    (length,) = struct.unpack("<I", found.bytes[:4])
    header: dict[str, Any] = json.loads(found.bytes[4 : 4 + length])
    return header


def test_it_opens_on_an_equation_with_its_rates() -> None:
    app = opened().app
    header = sent(app, "equation")
    assert header["counts"] == [10, 10, 10]
    assert "smile" in header["titles"][0]
    assert "smile" in header["titles"][3]
    assert not any("smile" in title for title in header["titles"][1:3])
    assert not header["pickable"]
    assert all(said == "✓ works" or said.startswith("fails: ") for said in header["said"])
    (rates,) = (c.value for c in app.caption if c.value.startswith("Of 200 equations"))
    assert "with one exemplar a term" in rates
    assert len(app.get("plotly_chart")) == 1


def test_each_address_is_one_of_the_counted_equations() -> None:
    tab = opened(target="hat", kind="long_hair", mean="3", equation="2")
    header = sent(tab.app, "equation")
    model = shipped("faces")
    asked, flags = equations(model, 4), pool_of(model).flags
    of_kind = [
        t for t in range(200) if flags[asked.a[t, 0], 2] == 1 and flags[asked.c[t, 0], 2] == -1
    ]
    assert model.reader
    names = [
        [title for name, title in model.reader.titles.items()
         if flags[getattr(asked, term)[of_kind[1], 0], model.reader.names.index(name)] == 1]
        for term in "abc"
    ]  # fmt: skip
    assert header["counts"] == [3, 3, 3]
    assert header["titles"][:3] == [", ".join(each) or "none of the attributes" for each in names]
    tab.app.button[0].click()
    assert tab.app.button[0].label == "Another"
    tab.update()
    assert tab.address["equation"] == "3"
    assert tab.address["kind"] == "long_hair"


def test_the_last_equation_is_followed_by_the_first() -> None:
    tab = opened(equation="200")
    tab.app.button[0].click()
    tab.update()
    assert "equation" not in tab.address


def test_a_kind_that_is_added_itself_is_no_kind() -> None:
    tab = opened(target="hat", kind="hat")
    assert "kind" not in tab.address
    assert not tab.problem


def test_digits_are_added_to_as_other_digits() -> None:
    header = sent(opened("digits", target="slanted", kind="3").app, "equation")
    a, b, c, result = header["titles"]
    assert (a, b) == ("a 3, slanted", "a 3")
    assert c != "a 3"
    assert result == f"{c}, slanted"


def test_exemplars_by_click_are_of_any_sheet() -> None:
    tab = opened(add="click", a="0,41,3", b="7", c="12,13", term="B", seed="1")
    header = sent(tab.app, "equation")
    assert header["counts"] == [3, 1, 2]
    assert header["active"] == 1
    assert header["pickable"]
    assert all(said.startswith("is read as: ") for said in header["said"])
    assert sent(tab.app, "exemplars")["badges"] == {"1": "A"}
    tab.app.button[0].click()
    tab.update()
    assert sent(tab.app, "equation")["counts"] == [0, 0, 0]
    assert sent(tab.app, "equation")["said"] == ["", ""]
    assert (tab.address["a"], tab.address["b"], tab.address["c"]) == ("", "", "")


def test_a_direction_has_its_rate_beside_a_random_one() -> None:
    tab = opened(add="direction", target="glasses", alpha="-2", followed="5")
    header = sent(tab.app, "steps")
    assert len(header["frames"]) == 24
    assert header["badges"] == {"5": "↓"}
    assert header["heads"][1] == "−2 along glasses"
    sweep = sent(tab.app, "sweep")
    assert sweep["captions"][0] == "−3"
    assert sweep["captions"][6] == "0"
    assert sweep["frames"].index("#d95f02") == 2
    (rates,) = (c.value for c in tab.app.caption if c.value.startswith("A step of −2 switches"))
    assert "a random one as long" in rates
    tab.app.slider[0].set_value(0.5)
    tab.update()
    assert tab.address["alpha"] == "0.5"
    assert sent(tab.app, "steps")["heads"][1] == "+0.5 along glasses"


SMALL = {"batch_size": 8, "latent.dim": 6, "generator.hidden": "16", "discriminator.hidden": "16"}


def of_ones_own(data: str) -> str:
    config = RunConfig().updated({"data.name": data, **SMALL})
    return models.hold(checkpoint.dumps(Trainer(config)), "mine")


def test_without_a_reader_one_picks_by_click() -> None:
    tab = opened(of_ones_own("stacked_mnist"))
    assert any("Nothing reads attributes" in caption.value for caption in tab.app.caption)
    header = sent(tab.app, "equation")
    assert header["counts"] == [1, 1, 1]
    assert header["said"] == ["", ""]
    tab = opened(of_ones_own("stacked_mnist"), add="direction")
    assert "add: there is no such choice" in tab.problem


@pytest.mark.parametrize("add", ["attribute", "direction"])
def test_a_generator_that_knows_nothing_is_told_in_a_sentence(add: str) -> None:
    tab = opened(of_ones_own("mnist"), add=add)
    (sentence,) = (info.value for info in tab.app.info)
    assert sentence.startswith("Bold can't be added: ")
    assert sentence.endswith(".")
