"""A standalone script against the Trainer whose run it tells: the same draws, and the same weights
iteration by iteration."""

from typing import Any

import numpy as np
import pytest
import torch
from torch import Generator, Tensor

from ganplay.config import RunConfig
from ganplay.data import AXIS, DATA_SETS, PLANE, encode_points
from ganplay.draws import noise
from ganplay.export import script as module
from ganplay.export.script import script
from ganplay.export.script_data import REFUSED
from ganplay.losses import LOSSES
from ganplay.trainer import Trainer
from tests.export.playing import Played, stand_in
from tests.export.settings_told import PICTURES, PRIORS, SETTINGS, both, small

KINDS = [(g, d) for g in ("mlp", "dcgan") for d in ("mlp", "dcgan")]

CLOUD = encode_points(np.random.default_rng(0).normal(size=(40, 2)))
OTHERS = {
    "modes": 49, "radius": 1.7, "sigma": 0.33, "spacing": 1.1, "ratio": 3.7, "length": 5.3,
    "angle": -77.0, "df": 0.7, "scale": 1.3, "mean": -2.1, "first_mean": -0.3, "first_sigma": 1.9,
    "second_mean": 4.4, "second_sigma": 0.2, "share": 0.13, "whole": True,
}  # fmt: skip
"""Options of data sets, none at its default."""


def on(name: str) -> dict[str, Any]:
    """Settings of a data set."""
    return {"data.name": name} | ({"data.points": CLOUD} if name == "points" else {})


def flats(trainer: Trainer) -> Tensor:
    """All parameters of G, D and where there is one of G's average; a copy."""
    (stack,) = trainer.stacks
    nets = [stack.generator.net, stack.critic.net]
    nets += [stack.shown] if stack.config.generator.ema else []
    return torch.cat([net.flat[0] for net in nets])


def compare(
    config: RunConfig, within: float = 1e-9, double: bool = True, iterations: int = 20
) -> None:
    """Script and Trainer begin with the same bits and go the same way, and somewhere."""
    played = Played(script(config, iterations), double)
    trainer = Trainer(config, dtype=torch.float64 if double else torch.float32)
    start = flats(trainer)
    assert torch.equal(played.before, start)
    assert len(played.after) == iterations
    for now in played.after:
        trainer.advance()
        torch.testing.assert_close(now, flats(trainer), rtol=0, atol=within)
    assert float((flats(trainer) - start).abs().max()) > 1e-3


# ---- the same run


@pytest.mark.parametrize("loss", LOSSES)
def test_every_loss_goes_as_the_trainer_does(loss: str) -> None:
    compare(RunConfig().updated({"loss": loss, "seed": 3}))


@pytest.mark.parametrize("loss", LOSSES)
def test_as_it_is_written_it_goes_so_too(loss: str) -> None:
    """In float32, by SGD: many a bias has no gradient but rounding, of which Adam makes whole steps."""
    fields = {"loss": loss, "discriminator.clip": 0} | both(optimizer="sgd", lr=0.02)
    compare(RunConfig().updated(fields), 1e-4, double=False)


def test_by_default_it_goes_so_by_adam_too() -> None:
    compare(RunConfig(), 1e-4, double=False)


@pytest.mark.parametrize("fields", SETTINGS.values(), ids=SETTINGS)
def test_every_setting_is_told(fields: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LINES", 200)
    compare(small(**fields), iterations=11)


@pytest.mark.parametrize("name", [*PLANE, *AXIS])
def test_every_data_set_is_learned_as_by_the_trainer(name: str) -> None:
    compare(small(**on(name)), iterations=5)


@pytest.mark.parametrize(("g", "d"), KINDS)
@pytest.mark.parametrize("extra", PICTURES)
def test_pictures_are_learned_as_by_the_trainer(
    g: str, d: str, extra: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By SGD, as a bias before a normalisation has no gradient but rounding."""
    stand_in(monkeypatch)
    monkeypatch.setattr(module, "LINES", 200)
    fields = {"data.name": "mnist", "batch_size": 6, "generator.kind": g, "discriminator.kind": d}
    fields |= {"generator.hidden": (4, 3), "discriminator.hidden": (4, 3, 5)}
    fields |= both(optimizer="sgd", lr=0.05)
    compare(small(**fields | PICTURES[extra]), iterations=5)


# ---- the same draws


@pytest.mark.parametrize("name", [name for name in DATA_SETS if name not in REFUSED])
@pytest.mark.parametrize("options", [{}, OTHERS], ids=["as shipped", "with other options"])
def test_every_data_set_is_drawn_bit_for_bit(
    name: str, options: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    stand_in(monkeypatch)
    known = DATA_SETS[name].model_fields
    changed = {f"data.{option}": value for option, value in options.items() if option in known}
    config = RunConfig().updated(on(name) | changed)
    draw = Played(script(config, 1)).names["draw_real"]
    rng, same = Generator().manual_seed(5), Generator().manual_seed(5)
    assert torch.equal(draw(2000, rng), config.data.sample(2000, same))
    assert torch.equal(rng.get_state(), same.get_state())


@pytest.mark.parametrize("prior", PRIORS)
@pytest.mark.parametrize("dim", [2, 3, 64])
def test_every_prior_is_drawn_bit_for_bit(prior: str, dim: int) -> None:
    config = small(**{"latent.prior": prior, "latent.dim": dim})
    draw = Played(script(config, 1)).names["draw_z"]
    rng, same = Generator().manual_seed(5), Generator().manual_seed(5)
    assert torch.equal(draw(999, rng), noise(config.latent, 999, same))
