"""What is said of a run: each rule on snapshots at either side of its limits."""

import dataclasses
import math
import re
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from ganplay.config import RunConfig
from ganplay.history import History
from ganplay.losses import LOSSES
from ganplay.reading import RULES, Reading, collapsed, critic_rises, d_is_sure, guessing, read
from ganplay.snapshot import Snapshot
from ganplay.trainer import Trainer


@pytest.fixture(scope="module")
def plain(small: RunConfig) -> Snapshot:
    """A run in its first steps, of which nothing is certain."""
    trainer = Trainer(small)
    trainer.advance(3)
    return changed(trainer.snapshot(), near_modes=6, modes=2, high_quality=0.1, d_accuracy=0.7)


def changed(s: Snapshot, **fields: Any) -> Snapshot:
    """The snapshot with other fields, of its coverage too; `shares` and `fair` are lists."""
    own = {name: value for name, value in fields.items() if hasattr(s, name)}
    rest = {name: fields[name] for name in fields.keys() - own.keys()}
    arrays = {n: np.array(rest[n], float) for n in ("shares", "fair") if n in rest}
    return dataclasses.replace(s, coverage=dataclasses.replace(s.coverage, **rest | arrays), **own)


def rising(s: Snapshot, values: Sequence[float]) -> History:
    """A history in which the critic's value, minus its loss, goes through `values`."""
    history = History()
    for step, value in enumerate(values, 1):
        history = history.with_snapshot(dataclasses.replace(s, step=step, loss_d=-value))
    return history


def even(n: int) -> list[float]:
    return [1 / n] * n


TWO = [0.0, 0.61, 0.0, 0.31, 0.02, 0.03, 0.02, 0.01]
GRID = [*even(7), *[0.0] * 18]
GOOD = {"modes": 8, "near_modes": 8, "high_quality": 0.9, "spread": 0.9, "d_accuracy": 0.5}
SURE = {"loss": "minimax", "d_accuracy": 0.98}
RISE = [*[1.0] * 10, *[1.12] * 10]
WGAN = {"loss": "wgan"}

Case = tuple[dict[str, Any], Sequence[float], str]

SPEAKS: dict[Any, list[Case]] = {
    collapsed: [
        ({"near_modes": 2, "shares": TWO}, (), "2 of 8 modes hold 92% of the samples: the gen"),
        ({"near_modes": 1, "shares": TWO}, (), "1 of 8 modes holds 61% of the samples: the gen"),
        ({"near_modes": 0, "shares": TWO}, (), "1 of 8 modes holds 61%"),
        ({"near_modes": 7, "shares": GRID, "fair": even(25)}, (), "7 of 25 modes hold 100%"),
        ({"near_modes": 1, "shares": [0.9, 0.1, 0, 0], "fair": even(4)}, (), "1 of 4 modes holds"),
        ({"near_modes": 2, "shares": TWO, "modes": None, "high_quality": None}, (), "2 of 8"),
    ],
    d_is_sure: [
        (SURE, (), "D is right on 98% of both kinds: the minimax generator gets almost no gradient"),
        (SURE | {"d_accuracy": 1.0}, (), "D is right on 100%"),
        ({"loss": "non_saturating", "d_accuracy": 0.991}, (), "right on 99% .* still gives G"),
    ],
    critic_rises: [
        (WGAN, RISE, "critic's value rises: .* no failure"),
        (WGAN, np.linspace(0.01, 9, 20), "critic's value rises"),
        (WGAN, [math.nan, 9, -1, *RISE], "critic's value rises"),
    ],
    guessing: [
        (GOOD, (), "about half of the time and all modes are covered"),
        (GOOD | {"loss": "minimax", "d_accuracy": 0.539}, (), "all modes are covered"),
        (GOOD | {"d_accuracy": 0.461, "high_quality": 0.85, "spread": 0.6}, (), "all modes are"),
        (GOOD | {"spread": None}, (), "all modes are covered"),
        (GOOD | {"spread": 0.584}, (), "All modes are covered, but each 58% as wide"),
        (GOOD | {"modes": 0, "high_quality": 0.49}, (), "yet 49% of the samples are good: D is weak"),
        (GOOD | {"high_quality": 0.0, "modes": 0}, (), "yet 0% of the samples are good"),
    ],
}  # fmt: skip

SILENT: dict[Any, list[tuple[dict[str, Any], Sequence[float]]]] = {
    collapsed: [
        ({"near_modes": 3, "shares": TWO}, ()),
        ({"near_modes": 8, "shares": TWO}, ()),
        ({"near_modes": 8, "shares": GRID, "fair": even(25)}, ()),
        ({"near_modes": 1, "shares": [0.9, 0.1, 0], "fair": even(3)}, ()),
        ({"near_modes": 2, "shares": [0.5, 0.5, 0, 0], "fair": even(4)}, ()),
    ],
    d_is_sure: [
        (SURE | {"d_accuracy": 0.9799}, ()),
        (SURE | {"d_accuracy": 0.02}, ()),
        *[
            ({"loss": name, "d_accuracy": 1.0}, ())
            for name in LOSSES
            if name not in ("minimax", "non_saturating")
        ],
    ],
    critic_rises: [
        (WGAN, ()),
        (WGAN, RISE[1:]),
        (WGAN, [*[1.0] * 10, *[1.08] * 10]),
        (WGAN, RISE[::-1]),
        (WGAN, [*RISE, *[1.12] * 10]),  # it rose before
        (WGAN, [-v for v in RISE]),
        (WGAN, [*RISE[:-1], math.inf]),
        (WGAN, [*RISE[:8], math.nan, *RISE[9:]]),
        *[({"loss": name}, RISE) for name in LOSSES if name != "wgan"],
    ],
    guessing: [
        (GOOD | {"d_accuracy": 0.541}, ()),
        (GOOD | {"d_accuracy": 0.459}, ()),
        (GOOD | {"high_quality": 0.849}, ()),
        (GOOD | {"high_quality": 0.5}, ()),
        (GOOD | {"modes": 7}, ()),
        (GOOD | {"high_quality": None, "modes": None, "spread": None}, ()),
        *[
            (GOOD | {"loss": name}, ())
            for name in LOSSES
            if name not in ("minimax", "non_saturating")
        ],
    ],
}

every_rule = pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)


@every_rule
def test_speaks_where_it_should_in_whole_sentences(rule: Any, plain: Snapshot) -> None:
    for fields, values, said in SPEAKS[rule]:
        s = changed(plain, **fields)
        reading = rule(s, rising(s, values))
        assert isinstance(reading, Reading), fields
        assert re.search(said, reading.text), reading.text
        assert reading.text.endswith(".")
        assert reading.text[0].isupper() or reading.text[0].isdigit()
        assert re.search(r"et al\. \d{4}", reading.source)
        assert read(s, rising(s, values)) == reading, "another rule was first"


@every_rule
def test_is_silent_beyond_its_limits(rule: Any, plain: Snapshot) -> None:
    for fields, values in SILENT[rule]:
        s = changed(plain, **fields)
        assert rule(s, rising(s, values)) is None, fields


def test_nothing_is_said_of_a_run_like_any_other(plain: Snapshot, small: RunConfig) -> None:
    assert read(plain, History()) is None
    for loss in LOSSES:
        s = dataclasses.replace(plain, loss=loss)
        assert read(s, rising(s, [1.0, 1.01] * 30)) is None


@every_rule
def test_nothing_is_said_before_the_start(rule: Any, plain: Snapshot) -> None:
    for fields, values, _ in SPEAKS[rule]:
        s = changed(plain, **fields)
        history = rising(s, values)
        assert read(dataclasses.replace(s, step=1), history)
        assert read(dataclasses.replace(s, step=0), history) is None


def test_what_matters_most_is_said_first(plain: Snapshot) -> None:
    few = {"near_modes": 2, "shares": TWO}
    for fields, values in ((SURE, ()), (WGAN, RISE), (GOOD, ())):
        s = changed(plain, **fields | few)
        later = [rule(s, rising(s, values)) for rule in RULES[1:]]
        assert sum(reading is not None for reading in later) == 1
        reading = read(s, rising(s, values))
        assert reading
        assert "collapsed" in reading.text
    assert RULES[0] is collapsed


def test_portions_are_those_of_the_data(plain: Snapshot) -> None:
    rng = np.random.default_rng(0)
    for _ in range(20):
        shares = rng.dirichlet(np.full(8, 0.2))
        count = int(rng.integers(1, 3))
        s = changed(plain, near_modes=count, shares=shares)
        reading = read(s, History())
        assert reading
        (percent,) = re.findall(r"(\d+)%", reading.text)
        assert abs(int(percent) - 100 * sum(sorted(shares)[-count:])) <= 0.5 + 1e-9
