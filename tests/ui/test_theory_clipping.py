"""The chapter of weight clipping: its slider, its runs, and the factors that the closed forms give."""

from collections.abc import Callable

import numpy as np
import pytest

from ganplay.live import shared_engine
from ganplay.observe import look
from ganplay.observe.inside import layer_norms
from ganplay.scenarios import load
from ganplay.theory.clipping import factor_at_most, factor_expected, growth
from ganplay.trainer import Trainer
from ganplay.ui.theory.chapters.clipping import LIMITS, config

from .conftest import Tab

Open = Callable[..., Tab]
SEEDS = 16


@pytest.fixture
def chapter(show: Open) -> Open:
    """Opens the chapter with choices."""
    return lambda **choices: show("Theory", chapter="clipping", **choices)


def test_its_runs_are_those_of_the_scenario() -> None:
    scenes = [load("clip").config(i) for i in range(4)]
    assert [scene.clip for scene in scenes] == [0.01, 0.1, 0.5, 0.0]
    for scene in scenes:
        assert config(scene.clip or None) == scene
    assert scenes[3].penalty.name == "gp"
    assert scenes[3].penalty.weight == 10
    assert all(scene.generator.steps == 0 for scene in scenes)


def test_another_c_starts_that_critic_again_and_leaves_the_other(chapter: Open) -> None:
    tab = chapter()
    first = tab.learned
    assert first["clipping:clip"][1].clip == 0.01
    tab.press("learned:step")
    tab.app.select_slider(key="theory:c").set_value("0.1")
    tab.update()
    assert tab.address["c"] == "0.1"
    run, settings = tab.learned["clipping:clip"]
    assert settings.clip == 0.1
    assert shared_engine().poll(run).snapshot.step == 0
    assert tab.learned["clipping:penalty"] == first["clipping:penalty"]


@pytest.mark.parametrize("limit", [LIMITS[0], LIMITS[-1]])
def test_every_c_can_be_shown(limit: str, chapter: Open) -> None:
    tab = chapter(c=limit)
    assert not tab.problem
    names = {each["name"] for each in tab.sent["figures"]}
    assert names == {"surface 0", "surface 1", "weights 0", "weights 1", "norms", "factors"}


@pytest.mark.parametrize("limit", ["0.03", "nan", "big"])
def test_another_c_gets_one_sentence(limit: str, chapter: Open) -> None:
    assert chapter(c=limit).problem.startswith(f"c: {limit} is not allowed; it takes one of 0.001")


def test_gradients_shrink_as_with_random_signs() -> None:
    """At c = .01, where the clip rules, each layer multiplies the gradient by about what the closed
    form gives; at none by more than the bound, the last layer's own included."""
    trainer = Trainer(config(0.01).updated({"seed": 300, "batch_size": 64}), runs=SEEDS)
    trainer.advance(150)
    found = np.array([layer_norms(look(*place), 256) for place in trainer.places])
    assert found.shape == (SEEDS, 12)
    assert (found[:, :-1] <= factor_at_most(0.01, 32, 32) * found[:, 1:] * (1 + 1e-5)).all()
    portions = np.array([growth(norms) for norms in found]) / factor_expected(0.01, 32)
    assert ((portions > 0.6) & (portions < 1.5)).sum() >= 15, sorted(portions)
