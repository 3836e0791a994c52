"""What the jury prints of runs that make pictures, for a page to show: each picture as text."""

import json
from base64 import b64decode
from typing import Any

import numpy as np
import pytest

from ganplay import observe
from ganplay.config import RunConfig
from ganplay.observe.pictures import pixels
from ganplay.scenarios import Scenario, jury
from ganplay.trainer import Trainer

SIZES = {"generator.hidden": "7,5", "discriminator.hidden": "6", "batch_size": 9}
WORDS = {
    "title": "A scene",
    "caption": "Something to look at, in a sentence.",
    "notes": "Something to say about it.",
}


def scenario(**claimed: Any) -> Scenario:
    """Two scenes of a few iterations, of which the second begins anew and claims something."""
    fields = {
        "name": "tiny",
        "title": "A scenario",
        "sentence": "It says something.",
        "watch": "The pictures, of course.",
        "order": 1,
        "recipe": "mlp",
        "seeds": 8,
        "scenes": [
            {**WORDS, "iterations": 2, "looks": 1, "settings": SIZES},
            {**WORDS, "iterations": 4, "looks": 2, "switch": "Go on", "again": True},
        ],
        "claims": [{"text": "Something is so", "scene": 2, "required": 8, **claimed}],
    }
    return Scenario.model_validate(fields)


def said(
    given: Scenario, patch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> list[dict[str, Any]]:
    """The lines of the jury on the second scene, with three seeds from 70 on."""
    patch.setattr(jury, "load", {given.name: given}.__getitem__)
    patch.setattr(jury, "prepare_cpu", lambda: None)
    jury.main(given.name, 1, 3, 70)
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


@pytest.mark.parametrize("data", ["mnist", "stacked_mnist"])
def test_each_look_has_pictures_of_each_run(
    data: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    given = scenario(measure="variety", at_least=0)
    first = given.scenes[0].model_copy(update={"settings": SIZES | {"data.name": data}})
    given = given.model_copy(update={"scenes": (first, given.scenes[1])})
    lines = said(given, monkeypatch, capsys)
    assert all(line.keys() == {"done", "made", "holds"} for line in lines)
    assert [line["done"] for line in lines] == [0.5, 1]
    assert [line["holds"] for line in lines] == [None, [True] * 3]
    for seed in range(3):
        trainer = Trainer(given.config(1).updated({"seed": 70 + seed}))
        for line in lines:
            trainer.advance(2)
            made = line["made"][seed]
            assert all(isinstance(text, str) for text in made)
            shown = np.array([list(b64decode(text)) for text in made], int)
            fake = observe.look(*trainer.places[0]).fake[: jury.PICTURES]
            known = pixels(fake)[:, 0].reshape(jury.PICTURES, 28 * 28)
            assert shown.shape == known.shape
            assert np.abs(shown - known).max() <= 1  # runs side by side round in other ways


@pytest.mark.parametrize(("bound", "holds"), [({"at_least": 1e9}, False), ({"at_most": 1e9}, True)])
def test_a_claim_about_digits(
    bound: dict[str, float],
    holds: bool,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    lines = said(scenario(measure="digits", **bound), monkeypatch, capsys)
    assert lines[-1]["holds"] == [holds] * 3


def test_a_diverged_run_is_shown_all_the_same(digits: RunConfig) -> None:
    trainer = Trainer(digits)
    trainer.stacks[0].generator.net.flat.fill_(float("nan"))
    made = jury._shown(observe.look(*trainer.places[0]))
    assert len(made) == jury.PICTURES
    assert {len(b64decode(text)) for text in made} == {28 * 28}
