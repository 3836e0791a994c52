"""What is shown of a duel: its sides side by side, with their headings, and their curves."""

import dataclasses
import itertools
from typing import Any

import numpy as np
import pytest

from ganplay.config import RunConfig
from ganplay.duel import Duel
from ganplay.figures.style import SIDES
from ganplay.live import View
from ganplay.live.run import Run
from ganplay.metrics.pictures import Verdict
from ganplay.showing.duel import Shown, show

OTHERS: tuple[dict[str, Any], ...] = (
    {"aids.unroll": 1}, {"loss": "wgan"}, {"aids.pack": 3}
)  # fmt: skip
CURVES = ["covered", "high_quality", "loss_d", "norm_g"]


def view(config: RunConfig, *others: dict[str, Any], steps: int = 2) -> View:
    run = Run("abc", Duel(config, others).configs)
    for _ in range(steps):
        run.move("iteration")
    return run.view


@pytest.fixture(scope="module")
def four(small: RunConfig) -> View:
    return view(small, *OTHERS)


def overlap(shown: Shown) -> float:
    """The largest area that two figures share, as a portion of the board."""
    places = [figure.layout["meta"]["place"] for figure in shown.figures.values()]

    def shared(one: Any, other: Any) -> float:
        sides = [min(one[i] + one[i + 2], other[i] + other[i + 2]) - max(one[i], other[i]) for i in (0, 1)]  # fmt: skip
        return max(sides[0], 0) * max(sides[1], 0)

    return max(shared(a, b) for a, b in itertools.combinations(places, 2))


@pytest.mark.parametrize("count", [2, 3, 4])
def test_each_side_has_a_picture_and_the_board_is_filled(count: int, small: RunConfig) -> None:
    shown = show(view(small, *OTHERS[: count - 1]))
    sides = [f"side {letter}" for letter in "ABCD"[:count]]
    assert list(shown.figures) == sides + CURVES
    assert [heading.figure for heading in shown.headings] == sides
    places = [figure.layout["meta"]["place"] for figure in shown.figures.values()]
    assert sum(wide * tall for _, _, wide, tall in places) == pytest.approx(1)
    assert overlap(shown) < 1e-9
    assert len({place[2:] for place in places[:count]}) == 1, "all sides are of one size"
    for left, top, wide, tall in places:
        assert 0 <= left <= left + wide <= 1 + 1e-9
        assert 0 <= top <= top + tall <= 1 + 1e-9
    ranges = {
        tuple(shown.figures[side].layout[axis]["range"]) for side in sides for axis in ("xaxis", "yaxis")
    }  # fmt: skip
    assert len(ranges) == 1


def test_a_heading_says_what_is_different(four: View) -> None:
    headings = show(four).headings
    assert [h.badge for h in headings] == list("ABCD")
    assert [h.colour for h in headings] == list(SIDES.values())
    assert [h.title for h in headings] == list(Duel.of(four).titles)
    assert [h.note for h in headings] == ["", "", "", "D starts otherwise"]
    assert not any(h.ended for h in headings)


def test_each_side_shows_its_own_run(four: View) -> None:
    shown = show(four)
    for side, heading in zip(four.sides, shown.headings, strict=True):
        fake = next(t for t in shown.figures[heading.figure].traces if t["name"] == "generated")
        np.testing.assert_array_equal(fake["x"], side.snapshot.fake[:, 0])
        found = {name: value for name, value, *_ in heading.numbers}
        assert found["modes"] == str(side.snapshot.coverage.covered)
        assert found["high quality"] == f"{side.snapshot.coverage.high_quality:.0%}"
    curves = [t for t in shown.figures["norm_g"].traces if t["mode"] == "lines"]
    for side, curve in zip(four.sides, curves, strict=True):
        np.testing.assert_array_equal(curve["y"], side.history.column("norm_g"))


def test_the_label_says_it_all(four: View) -> None:
    label = show(four).label
    assert label.startswith("Duel on ring at iteration 2. A, ")
    for letter, title in zip("BCD", Duel.of(four).titles[1:], strict=True):
        assert f"{letter}, {title}: modes " in label


def test_a_side_that_diverged_says_so_and_the_others_go_on(small: RunConfig) -> None:
    wild = {"generator.optimizer": "sgd", "generator.lr": 10.0, "discriminator.optimizer": "sgd",
            "discriminator.lr": 10.0, "generator.momentum": 0.99, "discriminator.momentum": 0.99,
            "loss": "lsgan"}  # fmt: skip
    ended = view(small, wild, steps=60)
    assert ended.state == "paused"
    first, second = show(ended).headings
    assert first.ended == ""
    assert first.numbers
    assert second.ended.startswith("Training diverged by iteration ")
    assert "diverged" in show(ended).label
    assert show(ended).step == 60
    # before that it was well
    assert [h.ended for h in show(ended.at(1)).headings] == ["", ""]


def test_an_earlier_moment_is_shown_as_it_was_then(four: View) -> None:
    shown = show(four.at(1))
    assert shown.step == 1
    assert "at iteration 1." in shown.label
    now = show(four)
    for name in ("side A", "side D"):
        assert not np.array_equal(*(s.figures[name].traces[3]["x"] for s in (shown, now)))


def test_where_nothing_trains_g_its_gradient_is_not_drawn(small: RunConfig) -> None:
    frozen = view(small.updated({"generator.steps": 0}), {"loss": "hinge"})
    assert "norm_d" in show(frozen).figures
    assert "norm_g" not in show(frozen).figures
    one = view(small.updated({"generator.steps": 0}), {"generator.steps": 1})
    assert "norm_g" in show(one).figures


def test_data_without_quality_have_a_curve_less(small: RunConfig) -> None:
    shown = show(view(small.updated({"data.name": "heavy_tail"}), {"loss": "hinge"}))
    known = four_numbers(shown)
    assert ("high_quality" in shown.figures) is (known != "–")
    assert overlap(shown) < 1e-9


def four_numbers(shown: Shown) -> str:
    return next(value for name, value, *_ in shown.headings[0].numbers if name == "high quality")


def test_the_colours_are_said_in_words(four: View, small: RunConfig) -> None:
    assert [words for words, _ in show(four).legend][:2] == ["real", "generated"]
    beside = show(view(small.updated({"vae.on": True}), {"loss": "hinge"}))
    assert "VAE" in [words for words, _ in beside.legend]
    assert "VAE quality" in [name for name, *_ in beside.headings[0].numbers]


@pytest.mark.parametrize("vae", [False, True])
def test_digits(vae: bool, small: RunConfig) -> None:
    found = view(small.updated({"data.name": "mnist", "vae.on": vae}), {"loss": "hinge"})
    shown = show(found)
    own = ["frechet", "vae_frechet", "sharpness", "vae_sharpness"] if vae else ["frechet", "coverage", "variety", "norm_g"]  # fmt: skip
    assert list(shown.figures) == ["side A", "side B", *own]
    assert shown.legend == []
    numbers = [[name for name, *_ in h.numbers] for h in shown.headings]
    assert numbers == [["Fréchet distance", "digits", *(["VAE sharpness"] if vae else [])]] * 2
    floor = found.snapshot.floor.frechet
    assert shown.figures["frechet"].layout["shapes"][0]["y0"] == floor


def test_what_the_judge_says_is_of_its_side(small: RunConfig) -> None:
    found = view(small.updated({"data.name": "mnist"}), {"loss": "hinge"})
    fair = np.full(10, 0.1)
    verdict = Verdict(2000, fair, fair, 7, 0.01, 0.5, 80.0, 0.9, 0.9, 1.0, 0.25)
    (other,) = found.beside
    judged = dataclasses.replace(
        other, snapshot=dataclasses.replace(other.snapshot, verdict=verdict)
    )
    first, second = show(dataclasses.replace(found, beside=(judged,))).headings
    assert [value for _, value, *_ in first.numbers] == ["–", "–"]
    assert [value for _, value, *_ in second.numbers] == ["80.0", "7"]
