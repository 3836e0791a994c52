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
from ganplay.metrics.coverage import FAIR_PART
from ganplay.metrics.pictures import Verdict
from ganplay.reading import (
    RULES,
    Reading,
    all_alike,
    collapsed,
    critic_rises,
    d_is_sure,
    digits_missing,
    guessing,
    read,
    sure_of_noise,
    vae_blurs,
)
from ganplay.snapshot import AxisSnapshot, PictureSnapshot, PlaneSnapshot, Snapshot, VAEView
from ganplay.trainer import Trainer

GREY = np.full((2, 1, 28, 28), 127, np.uint8)


@pytest.fixture(scope="module")
def points(small: RunConfig) -> PlaneSnapshot:
    """A run in its first steps, of which nothing is certain."""
    trainer = Trainer(small)
    trainer.advance(3)
    return changed(trainer.snapshot(), near_modes=6, modes=2, high_quality=0.1, d_accuracy=0.7)


@pytest.fixture(scope="module")
def numbers(small: RunConfig) -> AxisSnapshot:
    """One that makes numbers on a line, of which nothing is certain either."""
    trainer = Trainer(small.updated({"data.name": "gaussian_1d"}))
    trainer.advance(3)
    return changed(trainer.snapshot(), d_accuracy=0.7)


@pytest.fixture(scope="module")
def pictures() -> PictureSnapshot:
    """One that makes pictures, of which nothing is certain either."""
    fair = np.full(10, 0.1)
    floor = Verdict(2000, fair, fair, 10, 0.002, 0.98, 2.0, 0.9, 0.9, 1.0, 0.95)
    so_far = dataclasses.replace(floor, confident=0.8, frechet=100.0)
    own = {"sharpness": 0.9, "variety": 0.9, "verdict": so_far, "judged": 2, "floor": floor}
    return PictureSnapshot(3, 0.1, "non_saturating", 1.0, 1.0, 1.0, 1.0, 0.7, GREY, GREY, **own)


@pytest.fixture
def plain(request: pytest.FixtureRequest, kind: type[Snapshot]) -> Snapshot:
    """A run of a kind of which nothing is certain."""
    names = {PlaneSnapshot: "points", AxisSnapshot: "numbers", PictureSnapshot: "pictures"}
    return request.getfixturevalue(names[kind])


def changed(s: Any, **fields: Any) -> Any:
    """The snapshot with other fields, and others of its coverage or verdict; `shares` and `fair` are
    lists, and `blurred` is the sharpness of a VAE beside the GAN."""
    part = "coverage" if hasattr(s, "coverage") else "verdict"
    if "blurred" in fields:
        fields["vae"] = VAEView(GREY, GREY, fields.pop("blurred"), 100.0, 1.0)
    own = {name: value for name, value in fields.items() if hasattr(s, name)}
    rest = {name: fields[name] for name in fields.keys() - own.keys()}
    arrays = {n: np.array(rest[n], float) for n in ("shares", "fair") if n in rest}
    if rest:
        own[part] = dataclasses.replace(getattr(s, part), **rest | arrays)
    return dataclasses.replace(s, **own)


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
NOISE = {"confident": 0.85, "frechet": 120.0}
NO_3 = [0.1, 0.1, 0.1, 0.0, 0.1, 0.1, 0.1, 0.2, 0.1, 0.1]
NO_3_8 = [0.1, 0.1, 0.1, 0.0, 0.1, 0.1, 0.1, 0.2, FAIR_PART * 0.0999, 0.181]
SOFT = {"blurred": 0.75, "sharpness": 0.751}
UNKNOWN = {"shares": [math.nan] * 10, "digits": 0, "confident": math.nan, "frechet": math.nan}
"""Of pictures that are no finite numbers."""

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
    all_alike: [
        ({"variety": 0.194}, (), "differ from each other 19% as much .* so far z"),
        ({"variety": 0.0, "verdict": None, "floor": None}, (), "from each other 0% as much"),
        ({"variety": 0.1} | NOISE | SOFT, (), "from each other 10% as much"),
    ],
    sure_of_noise: [
        (NOISE, (), "sure of 85%, and yet they are 60 times as far"),
        (NOISE | {"confident": 1.0, "frechet": 4000.0}, (), "sure of 100%, .* 2000 times as far"),
        (NOISE | {"digits": 9, "shares": NO_3, "frechet": 121.0}, (), "sure of noise"),
    ],
    digits_missing: [
        ({"digits": 9, "shares": NO_3}, (), "^9 of 10 digits are drawn; hardly ever 3[.]"),
        ({"digits": 8, "shares": NO_3_8, "frechet": 120.0}, (), "^8 of 10 .* hardly ever 3, 8[.]"),
    ],
    vae_blurs: [
        (SOFT, (), "^Sharpness 0.75 for the VAE, 0.75 for the GAN"),
        (SOFT | {"blurred": 0.0, "sharpness": 1.49}, (), "0.00 for the VAE, 1.49 for the GAN"),
        (SOFT | {"verdict": None, "floor": None}, (), "0.75 for the VAE"),
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
    all_alike: [({"variety": 0.2}, ()), ({"variety": 1.1}, ()), ({"variety": math.nan}, ())],
    sure_of_noise: [
        (NOISE | {"confident": 0.849}, ()),
        (NOISE | {"frechet": 119.9}, ()),
        ({"verdict": None}, ()),
        (NOISE | {"floor": None}, ()),
        (UNKNOWN, ()),
        (NOISE | {"frechet": math.nan}, ()),
    ],
    digits_missing: [
        ({"digits": 10}, ()),
        ({"digits": 9, "shares": NO_3, "frechet": 120.1}, ()),
        ({"verdict": None}, ()),
        ({"digits": 9, "shares": NO_3, "floor": None}, ()),
        (UNKNOWN, ()),
    ],
    vae_blurs: [
        (SOFT | {"blurred": 0.751}, ()),
        (SOFT | {"sharpness": 0.75}, ()),
        (SOFT | {"sharpness": 1.5}, ()),
        ({"sharpness": 1.0, "vae": None}, ()),
        (SOFT | {"blurred": math.nan}, ()),
        (SOFT | {"sharpness": math.nan}, ()),
    ],
}

every_rule = pytest.mark.parametrize(
    ("kind", "rule"),
    [(kind, rule) for kind, rules in RULES.items() for rule in rules],
    ids=lambda value: value.__name__,
)
every_kind = pytest.mark.parametrize("kind", RULES, ids=lambda kind: kind.__name__)


def test_every_rule_has_its_cases() -> None:
    known = {rule for rules in RULES.values() for rule in rules}
    assert SPEAKS.keys() == SILENT.keys() == known
    assert set(RULES) == set(Snapshot.__subclasses__())


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


def test_only_pictures_that_once_varied_have_collapsed(pictures: PictureSnapshot) -> None:
    once = History().with_snapshot(dataclasses.replace(pictures, step=1, variety=0.21))
    now = dataclasses.replace(pictures, step=2, variety=0.1)
    reading = all_alike(now, once.with_snapshot(now))
    assert reading
    assert "has collapsed" in reading.text


@every_rule
def test_is_silent_beyond_its_limits(rule: Any, plain: Snapshot) -> None:
    for fields, values in SILENT[rule]:
        s = changed(plain, **fields)
        assert rule(s, rising(s, values)) is None, fields


@every_kind
def test_nothing_is_said_of_a_run_like_any_other(plain: Snapshot) -> None:
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


@pytest.mark.parametrize(
    ("kind", "worst", "others"),
    [
        (PlaneSnapshot, {"near_modes": 2, "shares": TWO}, (SURE, WGAN, GOOD)),
        (PictureSnapshot, {"variety": 0.1}, (SURE, WGAN, NOISE, SOFT)),
    ],
    ids=["points", "pictures"],
)
def test_what_matters_most_is_said_first(
    kind: type[Snapshot], worst: dict[str, Any], others: Sequence[dict[str, Any]], plain: Snapshot
) -> None:
    for fields in others:
        s = changed(plain, **fields | worst)
        later = [rule(s, rising(s, RISE)) for rule in RULES[kind][1:]]
        assert sum(reading is not None for reading in later) == 1
        reading = read(s, rising(s, RISE))
        assert reading
        assert re.search("collapsed|z hardly matters", reading.text)


def test_portions_are_those_of_the_data(points: PlaneSnapshot) -> None:
    rng = np.random.default_rng(0)
    for _ in range(20):
        shares = rng.dirichlet(np.full(8, 0.2))
        count = int(rng.integers(1, 3))
        s = changed(points, near_modes=count, shares=shares)
        reading = read(s, History())
        assert reading
        (percent,) = re.findall(r"(\d+)%", reading.text)
        assert abs(int(percent) - 100 * sum(sorted(shares)[-count:])) <= 0.5 + 1e-9
