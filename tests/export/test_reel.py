"""Recordings: what is in them is what the run was, and what was shown of it."""

import json
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from ganplay.config import RunConfig
from ganplay.export import reel, reel_file
from ganplay.export.reel import PER_SECOND, REST, Reel, of_run, of_scenario
from ganplay.figures.style import Picture
from ganplay.history import WATCHED
from ganplay.live import View
from ganplay.live.run import Opening, Run
from ganplay.scenarios import Scenario, load, names
from ganplay.showing import show
from ganplay.showing.talk import talk_header
from ganplay.snapshot import PictureSnapshot
from ganplay.trainer import Trainer
from tests.configs import on
from tests.export.recorded import SIZES, File, short

ROOM = 10**9


@pytest.fixture(scope="module")
def played() -> Reel:
    return of_scenario(short())


@pytest.fixture(scope="module")
def ran() -> View:
    """A run of 30 iterations, with a picture at every third and a change at the 12th."""
    run = Run("a", RunConfig().updated(SIZES))
    for step in range(3, 31, 3):
        run.trainer.advance(3)
        run.publish()
        if step == 12:
            run.change([run.configs[0].updated({"loss": "wgan"})])
    return run.view


# ---- of a scenario


def test_a_scenario_is_played_scene_by_scene(played: Reel) -> None:
    """40 and 20 iterations at 10 a second, 8 pictures a second, and a rest after each scene."""
    assert played.title == "Collapse, then cure"
    assert played.scenes == ("Mode hopping", "Unrolled")
    steps = [frame.view.step for frame in played.frames]
    assert steps == [40 * n // 32 for n in range(33)] + [40 + 20 * n // 16 for n in range(17)]
    seconds = [frame.second for frame in played.frames]
    ends = (np.arange(33) / PER_SECOND, 4 + REST + np.arange(17) / PER_SECOND)
    np.testing.assert_allclose(seconds, np.concatenate(ends))
    assert played.length == pytest.approx(6 + 2 * REST)
    assert [frame.scene for frame in played.frames] == [0] * 33 + [1] * 17
    for frame in played.frames:
        scene = load("mode-hopping").scenes[frame.scene]
        assert frame.talk["scene"] == scene.title
        assert frame.talk["caption"] == scene.caption
        assert not frame.talk["notes"], "they are for the speaker"
        assert list(frame.shown.figures) == ["stage", "coverage_over_time"]
        assert frame.view.rate == 10, "the pace of so short a scene"


def test_its_pictures_are_of_the_run(played: Reel) -> None:
    scenario = short()
    trainer = Trainer(scenario.config(0))
    for frame in played.frames:
        if frame.view.step == 40 and frame.scene == 1:
            trainer.use(scenario.config(1))
        trainer.advance(frame.view.step - trainer.step)
        stage = frame.shown.figures["stage"]
        np.testing.assert_array_equal(stage.traces[3]["x"], trainer.snapshot(0).fake[:, 0])
        assert frame.view.config == scenario.config(frame.scene)


def test_a_scene_that_starts_again_does(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reel, "PER_SECOND", 1)
    scenario = short()
    again = scenario.model_copy(
        update={
            "scenes": (scenario.scenes[0], scenario.scenes[1].model_copy(update={"again": True}))
        }
    )
    steps = [frame.view.step for frame in of_scenario(again).frames]
    assert steps == [0, 10, 20, 30, 40, 0, 10, 20]


def test_it_is_the_same_each_time_and_says_how_far_it_is() -> None:
    told: list[float] = []
    first, second = (reel_file.write(of_scenario(short(), 4, told.append), ROOM) for _ in range(2))
    assert first == second
    half = told[: len(told) // 2]
    assert half == sorted(half)
    assert half[0] == 0
    assert half[-1] == 1
    assert 0.3 < half[len(half) // 2] < 0.7


def test_digits_are_judged_once_a_second_and_at_the_end_of_a_scene(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("ganplay.live.exam.LIVE_SAMPLES", 250)
    monkeypatch.setattr(reel, "PER_SECOND", 4)
    told = load("digits-collapse").model_dump()
    for scene in told["scenes"]:
        scene["iterations"] = 12
    told["scenes"][0]["settings"] |= SIZES
    played = of_scenario(Scenario.model_validate(told))
    assert len(played.frames) == 3 * 6
    for n, frame in enumerate(played.frames):
        snapshot = frame.view.snapshot
        assert isinstance(snapshot, PictureSnapshot)
        if n % 6 in (1, 5):
            assert snapshot.judged == snapshot.step
        assert (snapshot.verdict is None) is (n % 6 == 0)
    judged = played.frames[5].view.history.column("frechet")
    assert np.isfinite(judged).tolist() == [True, False, False, False, True]


def test_it_takes_as_long_as_is_asked_for(played: Reel) -> None:
    quick = of_scenario(short(), seconds=5)
    assert quick.length == 5
    shares = [frame.second / 5 for frame in quick.frames if frame.view.step in (0, 20, 40, 60)]
    long = [f.second / played.length for f in played.frames if f.view.step in (0, 20, 40, 60)]
    assert len(quick.frames) == 17 + 9
    np.testing.assert_allclose(shares, long)
    slow = of_scenario(short(), seconds=120)
    assert [frame.view.step for frame in slow.frames] == [*range(41), *range(40, 61)]


# ---- of a run


def test_a_run_is_recorded_by_its_kept_moments(ran: View) -> None:
    found = of_run(ran)
    assert [frame.view.snapshot.step for frame in found.frames] == ran.film.steps
    assert len(found.frames) == 11
    seconds = [frame.second for frame in found.frames]
    assert seconds[0] == 0
    assert len(set(np.diff(seconds))) == 1
    assert found.length > seconds[-1] + 1
    for frame in found.frames:
        losses = frame.shown.figures["losses"].traces
        assert len(losses[-1]["x"]) == len(frame.view.history.rows), "a curve knows the future"
    first = found.frames[0]
    assert list(first.shown.figures) == ["stage", "coverage_over_time", "losses"]
    assert first.talk["scene"] == found.title == "Ring"
    assert "Non-saturating" in first.talk["caption"], "the settings of then"
    assert "WGAN" in found.frames[-1].talk["caption"]
    assert not found.made_of


@pytest.mark.parametrize(
    ("name", "figures"),
    [
        ("spiral", ["stage", "coverage_over_time", "losses"]),
        ("mnist", ["stage", "quality", "losses"]),
        ("images", ["stage", "losses"]),
    ],
)
def test_any_run_of_the_pages_is_recorded(name: str, figures: list[str], ran: View) -> None:
    run = Run("a", on(name).updated(SIZES))
    run.trainer.advance(1)
    run.publish()
    (*_, frame) = of_run(run.view).frames
    assert list(frame.shown.figures) == figures
    in_a_scene = talk_header(load("grid-25"), 0, ran, show(ran))
    assert frame.talk.keys() == in_a_scene.keys(), "the screen would miss something"


def test_each_moment_is_told_in_the_words_of_its_scene() -> None:
    scenario = load("mode-hopping")
    run = Run("a", scenario.config(0))
    run.trainer.advance(2)
    run.begin(Opening(1, scenario.config(1), False, ("near_modes",), None))
    run.trainer.advance(1)
    run.publish()
    found = of_run(run.view, (scenario, 1))
    assert [(frame.view.snapshot.step, frame.talk["scene"]) for frame in found.frames] == [
        (0, "Mode hopping"),
        (2, "Unrolled"),
        (3, "Unrolled"),
    ]


def test_the_run_of_a_scene_is_shown_with_its_evidence() -> None:
    scenario = short()
    run = Run("a", scenario.config(0), watch=("near_modes",))
    run.trainer.advance(4)
    run.publish()
    found = of_run(run.view, (scenario, 0))
    assert found.title == scenario.title
    (talk,) = {frame.talk["scene"] for frame in found.frames}
    assert talk == "Mode hopping"
    assert not any(f.talk["next"] or f.talk["switch"] for f in found.frames), "nothing follows"
    shown = found.frames[-1].shown.figures
    assert list(shown) == ["stage", "coverage_over_time"]
    values = run.view.history.column(WATCHED[0])
    np.testing.assert_array_equal(shown["coverage_over_time"].traces[-1]["y"], values)


# ---- as a file


def test_a_file_holds_what_was_shown(played: Reel) -> None:
    file = File(reel_file.write(played, ROOM))
    assert file.header["title"] == played.title
    assert file.header["scenes"] == list(played.scenes)
    assert file.header["length"] == played.length
    assert len(file.frames) == len(played.frames)
    for n, frame in enumerate(played.frames):
        header = file.frames[n]
        assert header["second"] == pytest.approx(frame.second, abs=1e-3)
        assert header["scene"] == frame.scene
        assert header["talk"] == json.loads(json.dumps(frame.talk))
        assert header["attributes"]["data-step"] == frame.view.step
        assert header["label"] == f"{frame.shown.label}."
        assert len(header["figures"]) == len(frame.shown.figures)
        for name, picture in frame.shown.figures.items():
            same_figure(file, n, name, picture)


def same_figure(file: File, n: int, name: str, picture: Picture) -> None:
    spec = file.figure(n, name)["spec"]
    assert spec["layout"].keys() == picture.layout.keys()
    checked = 0
    for i, trace in enumerate(picture.traces):
        for key, values in trace.items():
            if not isinstance(values, np.ndarray):
                continue
            found = file.array(n, name, f"{i}.{key}")
            assert found.shape == values.shape
            if key == "z":
                fine = (values.max() - values.min()) / 255 / 2 * 1.001
            elif name == "stage":
                low, high = picture.layout[f"{key}axis"]["range"]
                fine = (high - low) / 16_384 / 2 * 1.001
                far = 1.4 * (high - low)
                values = np.clip(values, low - far, high + far)
                found = np.clip(found, low - far, high + far)
            else:
                fine = 0
            np.testing.assert_allclose(found, values, rtol=0, atol=fine)
            checked += 1
    assert checked >= 2


def test_far_points_stay_outside_and_gaps_stay_gaps(ran: View) -> None:
    (first, *_) = of_run(ran).frames
    stage = first.shown.figures["stage"]
    low, high = stage.layout["xaxis"]["range"]
    x = np.array([low, high, np.nan, 1e9, -1e9, np.inf, 0], np.float32)
    stage.traces[3]["x"], stage.traces[3]["y"] = x, np.zeros_like(x)
    file = File(reel_file.write(Reel("a", ("a",), (first,), 1.0), ROOM))
    found = file.array(0, "stage", "3.x")
    np.testing.assert_allclose(found[[0, 1, 6]], [low, high, 0], atol=(high - low) / 30_000)
    assert np.isnan(found[2])
    assert (found[[3, 5]] > high + (high - low)).all()
    assert found[4] < low - (high - low)


def test_what_is_the_same_lies_there_once(played: Reel) -> None:
    file = File(reel_file.write(played, ROOM))
    count = len(file.frames)
    real = {file.figure(n, "stage")["arrays"]["2.x"]["offset"] for n in range(count)}
    assert len(real) == 1
    curve = [file.figure(n, "coverage_over_time")["arrays"] for n in range(count)]
    assert len({places["0.y"]["offset"] for places in curve[1:]}) == 1, "a curve only grows"
    generated = {file.figure(n, "stage")["arrays"]["3.x"]["offset"] for n in range(count)}
    assert len(generated) == count - 1, "the switch itself moves nothing, training does"
    own = 600 * 2 * 2 + 64 * 64 + 64 * 6 * 2 * 2
    assert len(file.buffer) < 1.05 * count * own


def test_pictures_keep_their_shades() -> None:
    run = Run("a", RunConfig().updated(SIZES | {"data.name": "mnist"}))
    run.trainer.advance(2)
    run.publish()
    made = of_run(run.view)
    file = File(reel_file.write(made, ROOM))
    for n, frame in enumerate(made.frames):
        for i, trace in enumerate(frame.shown.figures["stage"].traces):
            found = file.array(n, "stage", f"{i}.z")
            assert len(np.unique(found)) <= 16
            assert {0, 255} <= {*np.unique(found)} or i == 0
            assert np.abs(found - trace["z"]).max() <= 8.5
    assert len({f["figures"][0]["arrays"]["1.z"]["offset"] for f in file.frames}) == 1


# ---- smaller


def test_thinning_keeps_the_ends_of_scenes_and_is_even(played: Reel) -> None:
    for most in (50, 49, 30, 12, 5):
        thin = played.thinned(most)
        assert len(thin.frames) == min(most, 50)
        kept = [(frame.scene, frame.view.step) for frame in thin.frames]
        assert {(0, 0), (0, 40), (1, 40), (1, 60)} <= {*kept}
        assert kept == sorted(kept)
        gaps = np.diff([frame.second for frame in thin.frames if frame.scene == 0])
        assert gaps.max() <= 3.1 * 50 / most / PER_SECOND
    assert len(played.thinned(1).frames) == 4
    assert replace(played.thinned(9), frames=played.frames) == played


def test_a_file_is_as_small_as_it_has_to_be(played: Reel) -> None:
    whole = reel_file.write(played, ROOM)
    assert reel_file.write(played, len(whole)) == whole
    for portion in (0.9, 0.5, 0.2):
        most = int(portion * len(whole))
        content = reel_file.write(played, most)
        assert 0.6 * most < len(content) <= most


# ---- those that are shipped


def test_all_together_they_are_small() -> None:
    sizes = [reel_file.shipped(name).stat().st_size for name in names()]
    assert max(sizes) <= 1_200_000
    assert sum(sizes) <= 14_000_000
    there = {path.stem for path in reel_file.shipped("a").parent.iterdir()}
    assert there == {*names()}


@pytest.mark.parametrize("name", names())
def test_every_scenario_has_its_recording(name: str) -> None:
    scenario = load(name)
    file = File(reel_file.shipped(name).read_bytes())
    assert file.header["made_of"] == reel.fingerprint(scenario), (
        f"run python -m docs.recordings {name}"
    )
    assert file.header["scenes"] == [scene.title for scene in scenario.scenes]
    assert file.frames[0]["second"] == 0
    for number, scene in enumerate(scenario.scenes):
        own = [frame for frame in file.frames if frame["scene"] == number]
        start = sum(s.iterations for s in scenario.scenes[scenario.start_of(number) : number])
        steps = [frame["attributes"]["data-step"] for frame in own]
        assert (steps[0], steps[-1]) == (start, start + scene.iterations)
        assert len(own) >= 10
        assert own[0]["talk"]["caption"] == scene.caption
        assert all(frame["attributes"]["data-state"] == "running" for frame in own)
    for n in range(len(file.frames)):
        for figure in file.frames[n]["figures"]:
            for key in figure["arrays"]:
                assert file.array(n, figure["name"], key).size >= 0


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("title", "Another title"),
        ("scenes.0.caption", "Another caption of the scene, long enough."),
        ("scenes.1.settings", {"aids.unroll": 4}),
        ("scenes.0.iterations", 399),
        ("claims.0.at_most", 3),
        ("scenes.0.notes", None),
    ],
)
def test_a_fingerprint_is_of_all_that_is_shown(field: str, value: Any) -> None:
    scenario = load("mode-hopping")
    told = scenario.model_dump()
    part: Any = told
    *way, last = field.split(".")
    for step in way:
        part = part[int(step)] if step.isdigit() else part[step]
    if value is None:
        part[last] = part[last][::-1]
    else:
        part[last] = value
    other = type(scenario).model_validate(told)
    assert other != scenario
    same = reel.fingerprint(other) == reel.fingerprint(scenario)
    assert same is (last == "notes")
