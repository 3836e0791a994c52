"""Each change that is offered can be made, and changes something."""

from typing import Any

import pytest

from ganplay.config import ConfigError, RunConfig
from ganplay.recipes import recipe
from ganplay.scenarios import load, names
from ganplay.trainer import Trainer
from ganplay.whatif import FACTORS, WHAT_IFS, options

TITLES = [*WHAT_IFS, *FACTORS]

CONFIGS: dict[str, RunConfig] = {
    "ring": RunConfig(),
    "dcgan": recipe("dcgan"),
    "wgan": RunConfig().updated({"loss": "wgan", "discriminator.steps": 5}),
    "penalised": RunConfig().updated({"penalty.name": "r1"}),
    "line": RunConfig().updated({"data.name": "gaussian_1d"}),
    "fastest": RunConfig().updated({"generator.lr": 5.0}),
    "unrolled": RunConfig().updated({"aids.unroll": 5}),
    **{f"{name} {i}": load(name).config(i) for name in names() for i in (0, -1)},
}


@pytest.mark.parametrize("title", TITLES)
def test_each_is_offered_to_some_run(title: str) -> None:
    assert any(title in options(config, born=True) for config in CONFIGS.values())
    if title != "packs of two":  # which a run is born with
        assert any(title in options(config) for config in CONFIGS.values())


@pytest.mark.parametrize("born", [False, True])
@pytest.mark.parametrize("name", CONFIGS)
def test_what_is_offered_can_be_and_changes_something(name: str, born: bool) -> None:
    config = CONFIGS[name]
    found = options(config, born)
    assert len(found) > 3
    made = {title: config.updated(fields) for title, fields in found.items()}
    assert config not in made.values()
    if not born:
        assert not any(config.restarts(other) for other in made.values())
    assert list(found) == [title for title in TITLES if title in found], (
        "the likely cures come first"
    )


@pytest.mark.parametrize("born", [False, True])
@pytest.mark.parametrize("name", ["ring", "dcgan", "wgan", "fastest"])
def test_what_is_not_offered_can_not_be_or_changes_nothing(name: str, born: bool) -> None:
    config = CONFIGS[name]
    for title in WHAT_IFS.keys() - options(config, born).keys():
        try:
            other = config.updated(WHAT_IFS[title])
        except ConfigError:
            continue
        assert other == config or (config.restarts(other) and not born), title


def test_only_a_new_run_can_be_born_otherwise() -> None:
    config = RunConfig()
    only = options(config, born=True).keys() - options(config).keys()
    assert only == {"packs of two"}
    assert all(config.restarts(config.updated(WHAT_IFS[title])) for title in only)


def test_learning_rates_are_scaled_together() -> None:
    config = RunConfig().updated({"generator.lr": 3e-4, "discriminator.lr": 2e-3})
    for title, rates in (
        ("learning rates x 10", (3e-3, 2e-2)),
        ("learning rates / 10", (3e-5, 2e-4)),
    ):
        other = config.updated(options(config)[title])
        assert (other.generator.lr, other.discriminator.lr) == rates
        assert config.changes(other).keys() == {"generator.lr", "discriminator.lr"}
    too_fast = CONFIGS["fastest"]
    assert "learning rates / 10" in options(too_fast)
    assert "learning rates x 10" not in options(too_fast), "beyond what is allowed"


@pytest.mark.parametrize("start", [{}, {"loss": "wgan", "penalty.name": "gp"}], ids=["", "WGAN-GP"])
def test_a_run_goes_on_with_each_of_them(start: dict[str, Any], small: RunConfig) -> None:
    config = small.updated(start)
    trainer = Trainer(config)
    trainer.advance(2)
    state = trainer.state_dict()
    for fields in options(config).values():
        trainer.load_state_dict(state)
        trainer.change(**fields)
        trainer.advance(2)
        assert trainer.diverged() == [False]
