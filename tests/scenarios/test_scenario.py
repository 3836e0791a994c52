"""What the scenarios' files promise, and when a claim holds."""

import math
import re
from typing import Any

import pytest
from PIL import Image
from pydantic import ValidationError

from ganplay import gallery
from ganplay.config import ConfigError, RunConfig
from ganplay.data import Pictures, Plane
from ganplay.recipes import recipe
from ganplay.scenarios import Claim, Scenario, Scene, load, names, play
from ganplay.scenarios.scenario import FOLDER
from ganplay.trainer import Trainer

STARTS = {
    "mode-hopping": (True, False),
    "packing": (True, True),  # D's first layer is as wide as the pack
    "vanishing-gradient": (True, False),
    "frozen-generator": (True, False, False),
    "good-gan": (True,),
    "momentum": (True, True),
    "update-ratio": (True, True),
    "sharp-ring": (True,),
    "em-estimate": (True, True),
    "clip": (True, True, True, True),
    "grid-25": (True,),
    "parallel-lines": (True, True),
    "vae-ring": (True, True),
    "heavy-tail": (True, True),
    "digits-collapse": (True, True, False),
    "vae-blur": (True, True),
}
"""Which scenes start a new run."""

every_scenario = pytest.mark.parametrize("name", names())


@every_scenario
def test_its_scenes_can_be_trained_and_are_new(name: str) -> None:
    scenario = load(name)
    configs = [scenario.config(i) for i in range(len(scenario.scenes))]
    for i in range(1, len(configs)):
        if configs[i] == configs[i - 1]:  # the same run, watched for longer
            assert not scenario.scenes[i].settings
            assert not scenario.starts_again(i)
            assert scenario.claim_of(i)
    trainer = Trainer(configs[0])
    for i, config in enumerate(configs):
        if scenario.starts_again(i):
            trainer = Trainer(config)
        trainer.use(config)  # refuses what a run is born with
        assert trainer.config == config
        assert config == config.updated(scenario.scenes[i].settings)


@every_scenario
def test_where_it_starts_again(name: str) -> None:
    scenario = load(name)
    assert STARTS[name] == tuple(scenario.starts_again(i) for i in range(len(scenario.scenes)))


@every_scenario
def test_its_words(name: str) -> None:
    scenario = load(name)
    told = (words for s in scenario.scenes for words in (s.caption, s.notes))
    for sentence in (scenario.sentence, scenario.watch, *told):
        assert sentence[0].isupper() or sentence[0].isdigit() or sentence.startswith("z ")
        assert sentence.endswith((".", "?"))
        assert not set(sentence) & set("\n\t")
        assert "  " not in sentence
    for claim in scenario.claims:
        assert claim.text[0].isupper()
        assert not claim.text.endswith(".")  # whoever shows it goes on
    for phrase in (scenario.title, *(s.title for s in scenario.scenes)):
        assert phrase == phrase.strip(" .")


@every_scenario
def test_its_picture(name: str) -> None:
    path = FOLDER / f"{name}.png"
    assert path.stat().st_size < 250_000
    with Image.open(path) as picture:
        assert picture.format == "PNG"
        assert picture.width >= 250
        picture.load()  # all of it is there


def test_no_two_are_alike_and_none_is_left_over() -> None:
    found = [load(name) for name in names()]
    assert [scenario.name for scenario in found] == list(names())
    assert {path.stem for path in FOLDER.glob("*.png")} == set(names()) == set(STARTS)
    assert len({scenario.title for scenario in found}) == len(found)
    orders = [scenario.order for scenario in found]
    assert orders == sorted(set(orders))


def test_the_gallery_shows_what_the_files_say() -> None:
    assert [card.name for card in gallery.cards()] == list(names())
    for card in gallery.cards():
        scenario = load(card.name)
        assert card[:4] == (card.name, scenario.title, scenario.sentence, scenario.watch)
        assert card.page == scenario.page
        assert card.picture == FOLDER / f"{card.name}.png"


@every_scenario
def test_it_plays_where_its_data_are_shown(name: str) -> None:
    """From a recipe on the page of pictures, without one on that of points; and so to the end."""
    scenario = load(name)
    assert scenario.page == ("MNIST" if scenario.recipe else "Lab")
    for number in range(len(scenario.scenes)):
        config = scenario.config(number)
        assert isinstance(config.data, Pictures if scenario.recipe else Plane)
    start = recipe(scenario.recipe) if scenario.recipe else RunConfig()
    changes = {name for name in start.changes(scenario.config(0)) if not name.startswith("data.")}
    assert changes <= scenario.scenes[0].settings.keys()


@every_scenario
def test_most_of_its_seeds_have_to_keep_its_claims(name: str) -> None:
    scenario = load(name)
    assert scenario.seeds in (8, 16)
    for claim in scenario.claims:
        assert scenario.seeds / 2 < claim.required <= scenario.seeds
        assert claim.required / scenario.seeds >= 0.75


@every_scenario
def test_its_claims_are_about_what_can_be_measured(name: str) -> None:
    """A number at the end of each scene, cut short to a few iterations."""
    scenario = load(name)
    few = [scene.model_copy(update={"iterations": 2, "looks": 1}) for scene in scenario.scenes]
    played = play(scenario.model_copy(update={"scenes": tuple(few)}), 1, 0)
    for claim in scenario.claims:
        for measure in claim.needs():
            (value,) = played.values[0][claim.scene - 1][measure]
            assert math.isfinite(value), (claim.text, value)


@pytest.mark.parametrize(
    ("wrong", "near"),
    [
        ("mode-hoping", "mode-hopping"),
        ("packin", "packing"),
        ("grid", "grid-25"),
        ("", None),
        ("../config", None),
        ("q" * 500 + "\n", None),
    ],
)
def test_an_unknown_name_is_told_the_nearest(wrong: str, near: str | None) -> None:
    with pytest.raises(ConfigError) as caught:
        load(wrong)
    said = str(caught.value)
    assert said.startswith("scenario: ")
    assert said.endswith(".")
    assert len(said.splitlines()) == 1
    assert len(said) < 400
    assert all(name in said for name in names())
    if near:
        assert f"the nearest is {near};" in said


WORDS = {
    "title": "One",
    "caption": "A caption of some length.",
    "notes": "What to say while it plays.",
}
"""Of a scene."""


@pytest.mark.parametrize(
    ("iterations", "pace"),
    [(1, 10), (150, 10), (151, 50), (750, 50), (751, 200), (3000, 200), (20_000, 200)],
)
def test_a_scene_takes_a_quarter_of_a_minute(iterations: int, pace: float) -> None:
    assert Scene(**WORDS, iterations=iterations).pace == pace


# ---- claims

NAN = math.nan


def claim(measure: str = "near_modes", **fields: Any) -> Claim:
    return Claim(text="Something is so", scene=1, measure=measure, **fields)


UP_TO_2 = {"at_most": 2}
BETWEEN = {"at_least": -0.5, "at_most": 0.5}
TWENTY = [9.0] * 20


@pytest.mark.parametrize(
    ("fields", "values", "holds"),
    [
        (UP_TO_2, [8, 8, 2], True),
        (UP_TO_2, [2, 2, 2.001], False),
        (UP_TO_2, [2, 2, NAN], False),
        (UP_TO_2, [NAN, NAN, 2], True),
        ({"at_least": 8}, [0, 8], True),
        ({"at_least": 8}, [8, 7.999], False),
        ({"at_least": 8}, [8, NAN], False),
        (BETWEEN, [0.5], True),
        (BETWEEN, [-0.5], True),
        (BETWEEN, [0.51], False),
        (BETWEEN, [-0.51], False),
        (UP_TO_2 | {"when": "second half"}, [9, 9, 2, 2], True),
        (UP_TO_2 | {"when": "second half"}, [2, 2, 9, 2], False),
        (UP_TO_2 | {"when": "second half"}, [9, 9, 2, 2, 2], True),
        (UP_TO_2 | {"when": "second half"}, [2, 2, 9, 2, 2], False),
        (UP_TO_2 | {"when": "second half"}, [2], True),
        (UP_TO_2 | {"when": "second half"}, [9], False),
        (UP_TO_2 | {"when": "always"}, [2, 1, 0], True),
        (UP_TO_2 | {"when": "always"}, [9, 2, 2, 2], False),
        (UP_TO_2 | {"when": "always"}, [2, NAN, 2], False),
        (UP_TO_2 | {"when": "always", "portion": 0.5}, [9, NAN, 2, 2], True),
        (UP_TO_2 | {"when": "always", "portion": 0.5}, [9, NAN, NAN, 2], False),
        (UP_TO_2 | {"when": "second half", "portion": 0.95}, [*TWENTY, *[2] * 19, 9], True),
        (UP_TO_2 | {"when": "second half", "portion": 0.95}, [*TWENTY, *[2] * 18, 9, 9], False),
    ],
)
def test_when_a_claim_about_a_measure_holds(
    fields: dict[str, Any], values: list[float], holds: bool
) -> None:
    others = {"emd": [NAN] * len(values)}  # which another claim has asked for
    assert claim(**fields).holds({"near_modes": values} | others) is holds
    assert claim(**fields).holds(others | {"near_modes": values}) is holds


@pytest.mark.parametrize(
    ("when", "bounds", "visited", "holds"),
    [
        ("end", {"at_least": 2}, [0, 0, 1, 1], True),
        ("always", {"at_least": 3}, [0, 0, 1, 1], False),
        ("second half", {"at_least": 2}, [0, 1, 1, 1], False),
        ("second half", {"at_least": 2}, [0, 0, 0, 1], True),
        ("always", {"at_most": 1}, [5, 5], True),
        ("always", {"at_most": 1}, [5, 6], False),
    ],
)
def test_when_a_claim_about_a_course_holds(
    when: str, bounds: dict[str, float], visited: list[float], holds: bool
) -> None:
    assert claim("modes_visited", when=when, **bounds).holds({"main_mode": visited}) is holds


@pytest.mark.parametrize(
    ("estimate", "emd", "holds"),
    [
        ([1, 2, 3], [2, 4, 6], True),
        ([1, 2, 3], [3, 2, 1], False),
        ([1, 2, NAN], [2, 4, 6], False),
        ([1, 2, 3], [2, math.inf, 6], False),
    ],
)
def test_when_a_claim_about_two_measures_holds(
    estimate: list[float], emd: list[float], holds: bool
) -> None:
    about = claim("correlation", at_least=0.9)
    assert about.needs() == ("estimate", "emd")
    assert about.holds({"estimate": estimate, "emd": emd}) is holds


def test_a_claim_needs_and_is_called_after_its_measure() -> None:
    assert (claim(at_most=1).needs(), claim(at_most=1).title) == (("near_modes",), "near modes")
    assert claim("modes_visited", at_least=5).needs() == ("main_mode",)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({}, "without a bound"),
        ({"at_least": -math.inf}, "without a bound"),
        ({"at_least": 1, "measure": "beauty"}, "no measure beauty"),
        ({"at_least": 1, "portion": 0}, "greater than 0"),
        ({"at_least": 1, "required": 4}, "greater than or equal to 5"),
        ({"at_least": 1, "required": 17}, "less than or equal to 16"),
        ({"at_least": 1, "when": "sometimes"}, "second half"),
        ({"at_leest": 1}, "not permitted"),
    ],
)
def test_a_claim_that_makes_no_sense_is_refused(fields: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        Claim(**{"text": "Something is so", "scene": 1, "measure": "emd"} | fields)


def test_a_scenario_that_is_not_whole_is_refused() -> None:
    def whole(**changes: Any) -> dict[str, Any]:
        scene = {**WORDS, "iterations": 5}
        about = {"text": "Something is so", "scene": 1, "measure": "emd", "at_most": 1}
        words = {"name": "a", "title": "A title", "sentence": "It is short.", "watch": "Look here."}
        return words | {"order": 1, "scenes": [scene], "claims": [about]} | changes

    (scene,), (about,) = whole()["scenes"], whole()["claims"]
    later = scene | {"switch": "Now another"}
    assert Scenario(**whole(scenes=[scene, later])).claim_of(1) is None
    for seeds, required in ((8, 5), (8, 8), (16, 9), (16, 16), (9, 5)):
        Scenario(**whole(seeds=seeds, claims=[about | {"required": required}]))
    of_any = [about | {"measure": name} for name in ("estimate", "layer_slope")]
    Scenario(**whole(claims=of_any))
    Scenario(**whole(claims=[*of_any, about | {"measure": "digits"}], recipe="dcgan"))
    # what counts is the data of the claim's own scene
    pictures = later | {"settings": {"data.name": "mnist"}}
    later_claim = about | {"measure": "variety", "scene": 2}
    Scenario(**whole(scenes=[scene, pictures], claims=[about, later_claim]))
    for changes, said in (
        ({"claims": []}, "at least 1 item"),
        ({"scenes": []}, "at least 1 item"),
        ({"claims": [about | {"scene": 2}]}, "a scene that there is not"),
        ({"scenes": [later]}, "needs a switch"),
        ({"scenes": [scene, scene]}, "needs a switch"),
        ({"colour": "red"}, "not permitted"),
        ({"claims": [about | {"required": 8}]}, "more than half of the seeds"),
        ({"seeds": 8}, "not for more than all"),
        ({"seeds": 8, "claims": [about | {"required": 9}]}, "not for more than all"),
        ({"seeds": 10, "claims": [about | {"required": 5}]}, "more than half of the seeds"),
        ({"seeds": 7}, "greater than or equal to 8"),
        ({"seeds": 17}, "less than or equal to 16"),
        ({"claims": [about | {"measure": "digits"}]}, "digits is no measure of Ring"),
        ({"claims": [about | {"measure": "vae_sharpness"}]}, "no measure of Ring"),
        ({"recipe": "mlp"}, r"emd is no measure of Digits \(MNIST\)"),
        ({"recipe": "mlp", "claims": [about | {"measure": "correlation"}]}, "no measure of Digits"),
        ({"recipe": "mlb"}, "can't be read"),
        ({"scenes": [scene | {"settings": {"generator.lrr": 1}}]}, "no such setting"),
    ):
        with pytest.raises(ValidationError, match=said):
            Scenario(**whole(**changes))


@every_scenario
def test_its_notes_name_for_how_many_seeds_each_claim_holds(name: str) -> None:
    scenario = load(name)
    for claim in scenario.claims:
        notes = " ".join(scene.notes for scene in scenario.scenes)
        assert re.search(rf"\b{claim.required}\b", notes), claim.text
        assert f"of {scenario.seeds} seeds" in notes
