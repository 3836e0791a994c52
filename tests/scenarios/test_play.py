"""Scenarios played over many seeds, their claims checked, and the commands that do so."""

import json
import math
import sys
from collections.abc import Callable
from typing import Any

import pytest
import torch

from ganplay import observe, scenarios
from ganplay.measures import MEASURES
from ganplay.scenarios import Play, Scenario, check, load, names, play, play_on_all_cores
from ganplay.scenarios.jury import FAR, POINTS
from ganplay.scenarios.jury import main as jury
from ganplay.trainer import Trainer

SMALL = {
    "generator.hidden": "7,5",
    "discriminator.hidden": "6,5",
    "batch_size": 9,
    "latent.dim": 3,
    "generator.lr": 0.05,
}


def scene(iterations: int, looks: int, **more: Any) -> dict[str, Any]:
    words = {
        "title": "A scene",
        "caption": "A caption of some length.",
        "notes": "What one says meanwhile.",
    }
    return words | {"iterations": iterations, "looks": looks} | more


def claim(scene: int, measure: str, **more: Any) -> dict[str, Any]:
    return {"text": f"This is so of {measure}", "scene": scene, "measure": measure} | more


def tiny(*claims: dict[str, Any]) -> Scenario:
    """Three scenes of a run that costs next to nothing: the second goes on, the third starts anew."""
    return Scenario(
        name="tiny",
        title="A tiny one",
        sentence="It is over at once.",
        watch="Nothing much.",
        order=1,
        scenes=(
            scene(7, 3, settings=SMALL),
            scene(5, 2, settings={"loss": "hinge"}, switch="Go on"),
            scene(4, 2, settings={"data.name": "grid"}, switch="Anew", again=True),
        ),
        claims=claims,
    )


TINY = tiny(
    claim(1, "offset", at_least=0, when="always"),
    claim(1, "distance", at_least=0),
    claim(2, "correlation", at_least=-1, at_most=1, when="always"),
    claim(3, "near_modes", at_most=24),
)
NEEDED = ({"offset", "distance"}, {"estimate", "emd"}, {"near_modes"})
FALSE = claim(2, "distance", at_most=0)


def values(plays: list[Play]) -> list[float]:
    """All numbers, in the order of the seeds."""
    runs = [values for each in plays for values in each.values]
    return [
        value for run in runs for scene in run for _, course in sorted(scene.items()) for value in course
    ]  # fmt: skip


# ---- playing


def test_looks_are_those_at_a_run_of_that_seed() -> None:
    """Written out, scene by scene, for the second of two runs."""
    seen = play(TINY, 2, 40).values[1]
    assert tuple(set(scene) for scene in seen) == NEEDED
    first = Trainer(TINY.config(0).updated({"seed": 41}))
    third = Trainer(TINY.config(2).updated({"seed": 41}))
    for number, trainer, ages in ((0, first, (2, 5, 7)), (1, first, (9, 12)), (2, third, (2, 4))):
        if number == 1:
            trainer.change(loss="hinge")
        for i, age in enumerate(ages):
            trainer.advance(age - trainer.step)
            look = observe.look(*trainer.places[0])
            for name, course in seen[number].items():
                assert len(course) == len(ages)
                assert course[i] == pytest.approx(MEASURES[name].value(look), rel=1e-5), name


@pytest.mark.parametrize("parts", [(1, 1, 1), (2, 1)])
def test_together_is_as_one_by_one(parts: tuple[int, ...]) -> None:
    together = values([play(TINY, 3, 7)])
    apart = [play(TINY, runs, 7 + sum(parts[:i])) for i, runs in enumerate(parts)]
    assert values(apart) == pytest.approx(together, rel=1e-5, abs=1e-6)
    assert len(together) == 3 * (2 * 3 + 2 * 2 + 2)
    assert len(set(together)) > len(together) / 2
    assert check(apart) == check([play(TINY, 3, 7)])


def test_on_all_cores_is_as_on_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.cpu_count", lambda: 2)
    told: list[float] = []
    plays = play_on_all_cores(TINY, 3, 7, told.append)
    assert [(each.runs, each.seed) for each in plays] == [(1, 7), (2, 8)]
    assert values(plays) == pytest.approx(values([play(TINY, 3, 7)]), rel=1e-5, abs=1e-6)
    assert told == pytest.approx([i / 7 for i in range(1, 8)])


def test_a_part_is_the_whole_cut_short() -> None:
    part = Play(TINY, 2, 3, 2)
    steps = [trainer.step for trainer in part.go()]
    assert (steps, part.total) == ([2, 5, 7, 9, 12], 5)
    whole = play(TINY, 2, 3)
    assert [run[:2] for run in whole.values] == part.values
    assert part.holds(0) == whole.holds(0)


@pytest.mark.parametrize(
    ("of", "required"), [(1, 1), (2, 2), (4, 4), (5, 5), (8, 7), (16, 13), (17, 14), (32, 26)]
)
@pytest.mark.parametrize("missing", [0, 1])
def test_what_is_required_goes_with_the_number_of_runs(
    of: int, required: int, missing: int
) -> None:
    about = tiny(claim(1, "offset", at_most=1, required=13))
    halves = [Play(about, n, 0, 3) for n in (of // 2, of - of // 2)]
    courses = [run[0] for each in halves for run in each.values]
    for k, course in enumerate(courses):
        course["offset"] = [9.0, 9.0, 0.5 if k < required - missing else 9.0]
    (seen,) = check(halves)
    assert seen == {
        "text": "This is so of offset",
        "holds": required - missing,
        "of": of,
        "required": required,
        "ok": not missing,
    }


# ---- claims that are cheap enough to be checked here; `python -m ganplay scenario` checks all


@pytest.mark.parametrize("name", ["vanishing-gradient", "clip"])
def test_claims_hold_on_fresh_seeds(name: str) -> None:
    plays = [play(load(name), 4, 2000)]
    for seen in check(plays):
        assert seen["of"] == 4
        assert seen["ok"], seen
    numbers = values(plays)
    assert all(math.isfinite(number) for number in numbers)
    assert len(set(numbers)) > len(numbers) / 4  # no seed is another's twin


# ---- the command line

Command = Callable[..., tuple[int, str, str]]


@pytest.fixture
def command(command: Command, monkeypatch: pytest.MonkeyPatch) -> Command:
    """The same in this process alone."""
    monkeypatch.setattr("os.cpu_count", lambda: 1)
    return command


def only(monkeypatch: pytest.MonkeyPatch, scenario: Scenario) -> None:
    monkeypatch.setattr(scenarios, "load", {"tiny": scenario}.__getitem__)


@pytest.mark.parametrize(("more", "exit_code"), [((), 0), ((FALSE,), 1)])
def test_report_is_the_contracts(
    more: tuple[dict[str, Any], ...],
    exit_code: int,
    command: Command,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    only(monkeypatch, tiny(claim(1, "offset", at_least=0), *more))
    code, out, err = command("scenario", "tiny", "--runs", "3", "--seed", "5", "--json", "-")
    assert (code, err) == (exit_code, "")
    text = "This is so of offset"
    claims = [{"text": text, "holds": 3, "of": 3, "required": 3, "ok": True}]
    if more:
        claims.append(claims[0] | {"text": FALSE["text"], "holds": 0, "ok": False})
    known = {"scenario": "tiny", "ok": not more, "claims": claims}
    seen = json.loads(out, parse_constant=pytest.fail)
    assert seen == known
    for one in seen["claims"]:
        assert [type(value) for value in one.values()] == [str, int, int, int, bool]


def test_report_goes_to_a_file_and_words_to_stdout(
    command: Command, monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    only(monkeypatch, tiny(claim(1, "offset", at_least=0), FALSE))
    path = tmp_path / "out.json"
    code, out, err = command("scenario", "tiny", "--runs", "2", "--json", str(path))
    assert (code, err) == (1, "")
    first, second = out.splitlines()
    assert " ".join(first.split()) == "holds 2 of 2, 2 needed: This is so of offset"
    assert " ".join(second.split()) == "FAILS 0 of 2, 2 needed: This is so of distance"
    assert json.loads(path.read_text("utf-8"))["ok"] is False


def test_seeds_are_sixteen_fresh_ones_unless_told(
    command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    only(monkeypatch, TINY)
    asked = []

    def played(found: Scenario, runs: int, seed: int, progress: Any) -> list[Play]:
        asked.append((runs, seed))
        return [play(found, 1, seed)]

    monkeypatch.setattr(scenarios, "play_on_all_cores", played)
    command("scenario", "tiny")
    command("scenario", "tiny", "--runs", "2", "--seed", "9")
    (runs, seed), told = asked
    assert (runs, told) == (16, (2, 9))
    assert seed >= 16, "the seeds that the pages begin with"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["mode-hoping"], "the nearest is mode-hopping"),
        (["clip", "--runs", "0"], "--runs: 0 is not a whole number of at least 1"),
        (["clip", "--seed", "-1"], "--seed"),
        (["clip", "--seed", str(2**31)], "--seed"),
        (["clip", "--json", "/no/such/place.json"], "can't be written"),
        ([], "NAME"),
    ],
    ids=" ".join,
)
def test_bad_usage_is_one_line(words: list[str], said: str, command: Command) -> None:
    code, out, err = command("scenario", *words)
    assert (code, out, len(err.splitlines())) == (2, "", 1)
    assert said in err


def test_all_are_listed(command: Command) -> None:
    code, out, err = command("scenarios")
    assert (code, err) == (0, "")
    lines = out.splitlines()
    assert [line.split()[0] for line in lines] == list(names())
    for line, name in zip(lines, names(), strict=True):
        assert line.endswith(f"{load(name).title}: {load(name).sentence}")


# ---- the jury, whose lines a page reads


def lines_of(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, scenario: Scenario, at: int
) -> list[dict[str, Any]]:
    monkeypatch.setattr(sys.modules[jury.__module__], "load", {"tiny": scenario}.__getitem__)
    jury("tiny", at, 3, 7)
    out, err = capsys.readouterr()
    assert err == ""
    return [json.loads(line, parse_constant=pytest.fail) for line in out.splitlines()]


@pytest.mark.parametrize(("at", "looks"), [(0, 3), (1, 5)])
def test_jury_prints_each_look(
    at: int, looks: int, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    ends = [
        run[at]["offset"][-1]
        for run in play(tiny(claim(at + 1, "offset", at_least=0)), 3, 7).values
    ]
    about = tiny(claim(at + 1, "offset", at_most=sorted(ends)[1] + 1e-4), FALSE)
    lines = lines_of(capsys, monkeypatch, about, at)
    assert [line["done"] for line in lines] == pytest.approx(
        [i / looks for i in range(1, looks + 1)]
    )
    assert [line["holds"] for line in lines[:-1]] == [None] * (looks - 1)
    holds = lines[-1]["holds"]
    assert sum(holds) == 2
    assert holds == play(about, 3, 7).holds(0)

    trainer = Trainer(about.config(0).updated({"seed": 7}), 3)
    trainer.advance(2)
    for k, points in enumerate(lines[0]["made"]):
        known = observe.look(*trainer.places[k]).fake[:POINTS]
        torch.testing.assert_close(torch.tensor(points), known, rtol=0, atol=0.0051)
    assert lines[-1]["made"] != lines[0]["made"]


def test_jury_of_a_scene_without_a_claim(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = lines_of(capsys, monkeypatch, tiny(claim(2, "offset", at_most=9)), 0)
    assert (lines[-1]["done"], lines[-1]["holds"]) == (1, None)


def test_jury_of_runs_that_diverge(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """JSON has no NaN, and no claim holds of a run that has none but NaN to show."""
    wild = {f"{n}.{o}": v for n in ("generator", "discriminator") for o, v in WILD.items()}
    scenes = (scene(400, 2, settings=SMALL | wild),)
    fields = tiny(claim(1, "near_modes", at_most=8)).model_dump() | {"scenes": scenes}
    about = Scenario.model_validate(fields)
    last = lines_of(capsys, monkeypatch, about, 0)[-1]
    assert {abs(x) for run in last["made"] for point in run for x in point} == {FAR}
    assert last["holds"] == [False] * 3


WILD = {"optimizer": "sgd", "lr": 10, "momentum": 0.99}


def test_a_scene_that_starts_anew_needs_none_before_it() -> None:
    momentum = load("momentum")
    assert momentum.start_of(1) == 1
    assert load("mode-hopping").start_of(1) == 0
    assert Play(momentum, 1, 0, 2, momentum.start_of(1)).total == momentum.scenes[1].looks
