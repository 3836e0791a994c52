"""The chapter of Kantorovich and Rubinstein: its parts, what one drags, and what critics learn."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from ganplay.data import Mixture1D
from ganplay.live import shared_engine
from ganplay.theory import transport as theory
from ganplay.theory.mixture import Mixture
from ganplay.trainer import Trainer
from ganplay.ui import address
from ganplay.ui.theory.chapters import transport
from ganplay.ui.theory.chapters.transport import PARTS
from ganplay.ui.theory.transport.critics import (
    CRITICS,
    ITERATIONS,
    REAL_DATA,
    config,
    estimate,
)

from .conftest import Tab

Open = Callable[..., Tab]
SEEDS = 16


@pytest.fixture
def chapter(show: Open) -> Open:
    """Opens the chapter with choices."""
    return lambda **choices: show("Theory", chapter="transport", **choices)


def bars(tab: Tab, figure: str) -> list[str]:
    (found,) = (each for each in tab.sent["figures"] if each["name"] == figure)
    return [each["text"] for each in found["spec"]["layout"]["annotations"]]


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("generated", ["-4", "0", "1.234", "4"])
def test_every_part_opens_anywhere(part: str, generated: str, chapter: Open) -> None:
    tab = chapter(part=part, generated=generated)
    assert not tab.problem
    assert len(tab.sent["figures"]) >= 2


WRONG = [
    ({"generated": "5"}, "generated: 5 is not allowed; it takes a number from -4 to 4."),
    ({"part": "dua"}, "part: dua is not allowed; it takes one of line, plane, dual, learned"),
    ({"cloud": "1"}, "cloud: 1 is not allowed; it takes x,y from -2 to 2."),
    ({"cloud": "1,nan"}, "it takes a number from -2 to 2."),
    ({"own": "-1,0,0,2,1,0"}, "no steeper than 1."),
    ({"own": "1,0,0,0,-1,0"}, "from left to right"),
    ({"own": "-1,0,0,0"}, "x,y of three points"),
    ({"exchanged": "41"}, "exchanged: 41 is not allowed; it takes a whole number from 0 to 40."),
]


@pytest.mark.parametrize(("query", "said"), WRONG, ids=[str(query) for query, _ in WRONG])
def test_a_wrong_address_gets_one_sentence(query: dict[str, str], said: str, chapter: Open) -> None:
    assert said in chapter(**query).problem


def test_the_data_are_those_of_the_run() -> None:
    data = config("clip", 0.0).data
    assert isinstance(data, Mixture1D)
    means, sigmas, masses = (values.tolist() for values in data.modes())
    assert (means, sigmas) == ([*REAL_DATA.means], [*REAL_DATA.sigmas])
    assert masses == pytest.approx(np.array(REAL_DATA.weights) / sum(REAL_DATA.weights))


@pytest.mark.parametrize("other", ["independent", "reversed"])
def test_another_plan_is_dearer(other: str, chapter: Open) -> None:
    q = Mixture((0.5,), (1.0,))
    price = {"independent": theory.independent_cost, "reversed": theory.reversed_cost}[other]
    tab = chapter(part="line", generated="0.5", other=other)
    assert bars(tab, "price") == [f"<b>{theory.w1(REAL_DATA, q):.3f}</b> this plan"]
    for portion in (50, 100):
        tab.app.slider(key="theory:portion").set_value(portion)
        tab.update()
        spent = theory.w1(REAL_DATA, q) * (1 - portion / 100)
        spent += price(REAL_DATA, q) * portion / 100
        assert bars(tab, "price") == [f"<b>{spent:.3f}</b> this plan"]
        assert tab.address["portion"] == str(portion)


def test_exchanging_partners_lengthens_the_ways_alone(chapter: Open) -> None:
    before = bars(chapter(part="plane"), "price")
    after = bars(chapter(part="plane", exchanged="30"), "price")
    way, fall = (float(text.split("</b>")[0].removeprefix("<b>")) for text in before)
    assert way == fall
    assert float(after[0].split("</b>")[0].removeprefix("<b>")) > way + 0.05
    assert after[1] == before[1]


def test_the_best_of_three_points_meets_w1(chapter: Open) -> None:
    """With the bell at 2 all mass goes right: a straight fall of slope 1 gains all of W1."""
    texts = bars(chapter(part="dual", generated="2", own="-3,3,0,0,3,-3"), "value")
    assert texts == ["<b>2.000</b> your f gains", "<b>2.000</b> f* gains"]


def test_dragging(monkeypatch: pytest.MonkeyPatch) -> None:
    chosen: dict[str, Any] = {"own": (-3.0, 0.6, 0.0, -0.6, 3.0, 0.6)}
    monkeypatch.setattr(address, "put", chosen.__setitem__)
    monkeypatch.setattr(address, "get", chosen.__getitem__)
    transport._moved_potential("bell", 9.0, 0.3)
    assert chosen["generated"] == transport.FURTHEST
    transport._moved_cloud("cloud", -1.234, 7.0)
    assert chosen["cloud"] == (-1.23, 2.0)
    transport._moved_potential("1", 0.0, -9.0)
    assert chosen["own"] == (-3.0, 0.6, 0.0, -2.4, 3.0, 0.6), "it sticks at slope 1"
    transport._moved_potential("1", 9.0, 0.6)
    assert chosen["own"][2] == pytest.approx(3.0 - transport.NEAR), "it stays between the others"


def test_any_drag_leaves_a_function_that_the_address_takes(monkeypatch: pytest.MonkeyPatch) -> None:
    field = transport.FIELDS["own"]
    chosen: dict[str, Any] = {"own": field.default}
    monkeypatch.setattr(address, "put", chosen.__setitem__)
    monkeypatch.setattr(address, "get", chosen.__getitem__)
    rng = np.random.default_rng(0)
    for _ in range(3000):
        transport._moved_potential(str(rng.integers(3)), *rng.uniform(-7, 7, 2))
        assert field.parse(field.text(chosen["own"])) == pytest.approx(chosen["own"], abs=1e-4)


def test_two_critics_learn_at_the_place_chosen(chapter: Open) -> None:
    tab = chapter(part="learned", generated="1.5")
    assert tab.learned.keys() == {f"transport:{name}" for name in CRITICS}
    assert {c.generator.start for _, c in tab.learned.values()} == {1.5}
    clip, penalty = (tab.learned[f"transport:{name}"][1] for name in ("clip", "penalty"))
    assert (clip.clip, clip.penalty.name) == (0.01, "none")
    assert (penalty.clip, penalty.penalty.name, penalty.penalty.weight) == (0.0, "gp", 0.3)
    tab.press("learned:step")
    views = [shared_engine().poll(run) for run, _ in tab.learned.values()]
    assert [view.snapshot.step for view in views if view] == [1, 1]
    assert {each["name"] for each in tab.sent["figures"]} == {
        "clip", "clip:course", "penalty", "penalty:course"
    }  # fmt: skip


# ---- what the words say of the critics


def critics(name: str, generated: float, iterations: int) -> tuple[np.ndarray, np.ndarray]:
    """Of 16 critics: what they say of W1, as portions of it, and how far they lie from f* in the mean
    over both distributions."""
    trainer = Trainer(config(name, generated).updated({"seed": 300}), runs=SEEDS)
    trainer.advance(iterations)
    snapshots = [trainer.snapshot(k) for k in range(SEEDS)]
    q = Mixture((generated,), (1.0,))
    w1, best = theory.w1(REAL_DATA, q), theory.potential(REAL_DATA, q)
    assert snapshots[0].w1 == pytest.approx(w1, abs=1e-3)
    strays = []
    for s in snapshots:
        weights = (s.p_data + s.p_g) / (s.p_data + s.p_g).sum()
        gap = s.logits / np.abs(s.slopes).max() - best(s.x)
        strays.append((np.abs(gap - (gap * weights).sum()) * weights).sum())
    return np.array([estimate(s) for s in snapshots]) / w1, np.array(strays)


def test_a_clipped_critic_is_blunt() -> None:
    found, strays = critics("clip", 2.0, 400)
    assert ((found >= 0.74) & (found <= 0.82)).sum() >= 15, sorted(found)
    assert (strays > 0.2).sum() >= 15, sorted(strays)


def test_a_penalised_critic_finds_the_potential() -> None:
    found, strays = critics("penalty", 2.0, ITERATIONS)
    assert (found <= 1 + 1e-3).all(), "what has slope 1 stays below W1"
    assert (found >= 0.95).sum() >= 15, sorted(found)
    assert (strays < 0.1).sum() >= 15, sorted(strays)


def test_a_penalised_critic_folds() -> None:
    found, strays = critics("penalty", 0.0, 300)
    assert (found <= 1 + 1e-3).all()
    assert (found >= 0.85).sum() >= 15, sorted(found)
    assert (strays < 0.25).sum() >= 15, sorted(strays)
