"""The words, the numbers and the address of a talk's screen."""

import math
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
import segno

from ganplay.config import RunConfig
from ganplay.data import Plane
from ganplay.history import COLUMNS
from ganplay.live import View
from ganplay.live.run import Opening, Run
from ganplay.measures import MEASURES
from ganplay.scenarios import load, names
from ganplay.showing import show
from ganplay.showing.talk import (
    evidence_only,
    neighbour,
    numbers,
    qr,
    run_address,
    talk_header,
)

TALK = ("mode-hopping", "good-gan", "clip")


def begun(name: str, number: int = 0) -> View:
    """A scene after an iteration."""
    scenario = load(name)
    claim = scenario.claim_of(number)
    run = Run("abc", scenario.config(number).updated({"batch_size": 32}))
    watch = claim.needs() if claim else ()
    run.begin(Opening(number, run.configs[0], True, watch, None))
    run.move("iteration")
    return run.view


POINTS = [name for name in names() if isinstance(load(name).config(0).data, Plane)]


@pytest.mark.parametrize("name", POINTS)
def test_every_scene_has_its_words_its_evidence_and_numbers(name: str) -> None:
    scenario = load(name)
    for number, scene in enumerate(scenario.scenes):
        view, claim = begun(name, number), scenario.claim_of(number)
        shown = show(view, claim)
        kept = evidence_only(shown)
        assert list(kept.figures) == ["stage", "coverage_over_time"]
        header = talk_header(scenario, number, view, shown, ("clip", name), dark=True)
        words = (scenario.title, scene.title, scene.caption, scene.notes)
        assert tuple(header[key] for key in ("title", "scene", "caption", "notes")) == words
        assert (header["number"], header["count"]) == (number + 1, len(scenario.scenes))
        assert header["dark"] is True
        found = header["numbers"]
        assert 1 <= len(found) <= 2
        assert len({each[0] for each in found}) == len(found)
        if claim:
            title, value, _ = found[0]
            assert title.split() in ([*MEASURES[claim.needs()[0]].title.split()], ["near", "modes"])
            assert value != "–"
        assert "of 1" not in {beside for *_, beside in found}


def number_of(view: View, name: str, scene: int) -> list[tuple[str, str, str]]:
    claim = load(name).claim_of(scene)
    return numbers(view, show(view, claim), claim)


def test_the_claims_number_stands_first() -> None:
    view = begun("mode-hopping")
    near = view.snapshot.coverage.near_modes  # type: ignore[union-attr]
    found = number_of(view, "mode-hopping", 0)
    assert found[0] == ("near modes", str(near), "of 8")
    assert found[1][0] == "high quality"
    assert found[1][2] == "perfect: 98.8%"
    view = begun("vanishing-gradient")
    ratio = float(view.history.column("watched")[-1])
    found = number_of(view, "vanishing-gradient", 0)
    assert found[0] == ("gradient ratio", f"{ratio:.3g}", "")
    assert found[1][0] == "D right"
    for last, words in ((0.0, "0"), (2e-6, "< .001"), (0.0123, "0.0123"), (math.nan, "–")):
        rows = view.history.rows.copy()
        rows[-1, COLUMNS.index("watched")] = last
        then = replace(view, history=replace(view.history, rows=rows))
        assert number_of(then, "vanishing-gradient", 0)[0][1] == words


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("mode-hopping", ["near modes", "high quality"]),
        ("good-gan", ["modes", "high quality"]),
        ("frozen-generator", ["distance from 0", "near modes"]),
        ("em-estimate", ["D's estimate", "EMD"]),
        ("vae-ring", ["VAE off the modes", "near modes"]),
        ("parallel-lines", ["gap", "D right"]),  # where there are no modes
        ("clip", ["weights at c", "D right"]),
    ],
)
def test_which_numbers_are_large(name: str, shown: list[str]) -> None:
    scene = next(n for n in (0, 1) if load(name).claim_of(n))
    assert [each[0] for each in number_of(begun(name, scene), name, scene)] == shown


def test_a_scene_without_a_claim_shows_how_many_modes_there_are() -> None:
    assert load("frozen-generator").claim_of(0) is None
    found = number_of(begun("frozen-generator"), "frozen-generator", 0)
    assert [name for name, *_ in found] == ["near modes", "high quality"]


def test_what_is_not_known_yet_is_a_dash() -> None:
    run = Run("abc", load("vanishing-gradient").config(0).updated({"batch_size": 32}))
    assert number_of(run.view, "vanishing-gradient", 0)[0] == ("gradient ratio", "–", "")


def test_digits_are_counted_and_a_vae_is_set_beside_the_gan(small: RunConfig) -> None:
    view = Run("abc", small.updated({"data.name": "mnist", "vae.on": True})).view
    shown = show(view, load("vae-blur").claim_of(0))
    found = numbers(view, shown, load("vae-blur").claim_of(0))
    assert [name for name, *_ in found] == ["VAE sharpness", "sharpness"]
    found = numbers(view, shown, load("digits-collapse").claim_of(0))
    assert [(name, beside) for name, _, beside in found] == [("variety", ""), ("digits", "of 10")]
    assert list(evidence_only(shown).figures) == ["stage", "quality"]


@pytest.mark.parametrize(
    ("at", "way", "place"),
    [
        (("mode-hopping", 0), 1, ("mode-hopping", 1)),
        (("mode-hopping", 1), 1, ("good-gan", 0)),
        (("good-gan", 0), 1, ("clip", 0)),
        (("clip", 3), 1, None),
        (("clip", 0), -1, ("good-gan", 0)),
        (("good-gan", 0), -1, ("mode-hopping", 1)),
        (("mode-hopping", 0), -1, None),
        (("packing", 1), 1, ("mode-hopping", 0)),  # which is not of the talk
        (("packing", 0), -1, None),
    ],
)
def test_the_way_through_a_playlist(at: tuple[str, int], way: int, place: Any) -> None:
    assert neighbour(TALK, *at, way) == place


def test_what_comes_next_in_words() -> None:
    scenario, view = load("mode-hopping"), begun("mode-hopping")
    shown = show(view, scenario.claim_of(0))

    def around(number: int, *playlist: str) -> tuple[str, str, str]:
        header = talk_header(scenario, number, view, shown, playlist)
        return header["switch"], header["next"], header["previous"]

    switch = "Now unroll 5 steps"
    assert around(0) == (switch, switch, "")
    assert around(1) == ("", "", "Collapse, then cure: Mode hopping")
    assert around(1, *TALK)[1] == "A good GAN: R1 and a falling rate"
    assert around(0, "clip", "mode-hopping")[2] == "Now a gradient penalty"


def test_the_address_plays_the_scene_with_the_runs_settings_and_seed() -> None:
    scenario = load("mode-hopping")
    config = scenario.config(1).updated({"seed": 7, "generator.lr": 0.01, "loss": "wgan"})
    address = run_address("http://a.example:8501/", scenario, 1, config)
    parts = urlsplit(address)
    assert (parts.netloc, parts.path) == ("a.example:8501", "/Lab")
    query = dict(parse_qsl(parts.query))
    assert (query.pop("scenario"), query.pop("scene")) == ("mode-hopping", "2")
    assert not query.keys() & {"run", "talk"}
    assert query.keys() == {"seed", "generator.lr", "loss"}
    assert RunConfig.from_query(query, scenario.config(1)) == config
    digits = load("digits-collapse")
    assert "/MNIST?" in run_address("http://a.example", digits, 0, digits.config(0))


def test_the_code_holds_the_address() -> None:
    found = qr("http://a.example/Lab?seed=7")
    assert found["address"] == "http://a.example/Lab?seed=7"
    code = segno.make("http://a.example/Lab?seed=7", error="m", micro=False)
    side = code.symbol_size(border=4)[0]
    assert f'viewBox="0 0 {side} {side}"' in found["svg"], "the quiet zone is four cells"
    assert found["svg"].startswith("<svg")
    assert found["svg"] != qr("http://a.example/Lab?seed=8")["svg"]
    assert found["note"] == ""


def test_an_address_may_be_too_long_for_a_code() -> None:
    most = 2331  # bytes at this level of correction, by ISO/IEC 18004
    assert qr("http://a/" + (most - 9) * "a")["svg"]
    found = qr("http://a/" + (most - 8) * "a")
    assert (found["svg"], found["address"]) == ("", "")
    assert "too long for a QR code" in found["note"]


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]"])
def test_an_address_of_this_machine_alone_says_how_to_serve_a_room(host: str) -> None:
    note = qr(f"http://{host}:8501/Lab")["note"]
    assert "this machine alone" in note
    assert "--server.address 0.0.0.0" in note
