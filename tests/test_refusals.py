"""Every refusal of a config is one useful line."""

import math
from typing import Any

import pytest
import torch

from ganplay.config import RunConfig
from ganplay.data.images import hold
from tests.configs import LARGER, on, refusal

KEY = hold(LARGER)


@pytest.fixture(autouse=True)
def held() -> None:
    """Pictures of other tests may have taken their place."""
    assert hold(LARGER) == KEY


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"generator.lrr": 1}, "generator.lrr: there is no such setting; the nearest is generator.lr."),
        ({"batchsize": 1}, "the nearest is batch_size."),
        ({"data.spacing": 1}, "data.spacing: there is no such setting"),
        ({"loss": "wgam"}, "loss: wgam is not allowed; it takes one of minimax, non_saturating, wgan, lsgan, hinge, relativistic; the nearest is wgan."),
        ({"data.name": "rings"}, "data.name: rings is not allowed"),
        ({"data.name": "rings"}, "the nearest is ring."),
        ({"generator.activation": "RELU6"}, "one of relu, leaky_relu, tanh, silu"),
        ({"generator.lr": 1e9}, "generator.lr: 1000000000.0 is not allowed; it takes a number more than 0 and at most 10."),
        ({"generator.lr": "0"}, "generator.lr: 0 is not allowed"),
        ({"generator.lr": ""}, "generator.lr: nothing is not allowed"),
        ({"generator.lr": None}, "generator.lr: nothing is not allowed"),
        ({"generator.lr": math.nan}, "generator.lr: nan is not allowed"),
        ({"generator.lr": math.inf}, "generator.lr: inf is not allowed"),
        ({"batch_size": "12.5"}, "batch_size: 12.5 is not allowed; it takes a whole number"),
        ({"generator.steps": 0, "discriminator.steps": 0}, "generator.steps, discriminator.steps: both are 0"),
        ({"generator.hidden": "0"}, "generator.hidden: 0 is not allowed; "),
        ({"generator.hidden": 0}, "generator.hidden: 0 is not allowed; "),
        ({"generator.hidden": "64,-1"}, "generator.hidden: 64,-1 is not allowed; "),
        ({"generator.hidden": "64,1025"}, "from 1 to 1024"),
        ({"generator.hidden": "64,abc"}, "generator.hidden: "),
        ({"generator.hidden": "64,"}, "generator.hidden: "),
        ({"generator.hidden": ",".join(["1"] * 17)}, "at most 16"),
        ({"data.name": "grid", "data.modes": 24}, "data.modes: 24 is not allowed; "),
        ({"aids.minibatch_stddev": "maybe"}, "aids.minibatch_stddev: maybe is not allowed; it takes true or false."),
        ({"discriminator.spectral_norm": None}, "discriminator.spectral_norm: nothing is not allowed"),
        ({"latent.prior": "one_hot"}, "it takes one of normal, uniform, one_hot_mixture, student_t; the nearest is one_hot_mixture."),
        ({"aids.pack": 0}, "aids.pack: 0 is not allowed; it takes a whole number at least 1 and at most 16."),
        ({"aids.unrolling": 1}, "the nearest is aids.unroll."),
        ({"data.name": "points"}, "points"),
        ({"generator.hidden": (1024,) * 9, "batch_size": 8192}, "batch_size, steps: together they take"),
        ({"loss": "x" * 10_000}, "one of minimax"),
        ({"data\n": 1}, "there is no such setting"),
    ],
    ids=lambda value: str(value)[:40],
)  # fmt: skip
def test_refusal_says_what_is_allowed(fields: dict[str, Any], words: str) -> None:
    text = refusal(fields)
    assert words in text
    assert len(text) < 400


@pytest.mark.parametrize(
    ("together", "cures"),
    [
        (
            {"discriminator.clip": 0.1, "penalty.name": "gp"},
            [{"discriminator.clip": 0}, {"discriminator.clip": ""}, {"penalty.name": "r1"}],
        ),
        (
            {"discriminator.clip": 0.1, "discriminator.spectral_norm": "true"},
            [{"discriminator.clip": None}, {"discriminator.spectral_norm": "false"}],
        ),
        (
            {"aids.unroll": 1, "discriminator.steps": 0},
            [{"aids.unroll": 0}, {"discriminator.steps": 1}],
        ),
        ({"aids.pack": 3, "batch_size": 10}, [{"aids.pack": 5}, {"batch_size": 12}]),
        (
            {"aids.minibatch_stddev": True, "batch_size": 4, "aids.pack": 4},
            [{"aids.minibatch_stddev": False}, {"batch_size": 8}, {"aids.pack": 2}],
        ),
        (
            {"data.name": "mnist", "discriminator.kind": "dcgan", "aids.minibatch_stddev": True},
            [{"aids.minibatch_stddev": False}, {"discriminator.kind": "mlp"}],
        ),
        (
            {"latent.prior": "one_hot_mixture", "latent.dim": 1},
            [{"latent.prior": "normal"}, {"latent.dim": 2}],
        ),
        (
            {"generator.steps": 0, "discriminator.steps": 0},
            [{"generator.steps": 1}, {"discriminator.steps": 1}],
        ),
        *(
            (
                {f"{net}.kind": "dcgan", "data.name": "two_moons"},
                [{f"{net}.kind": "mlp"}, {"data.name": "mnist"}],
            )
            for net in ("generator", "discriminator")
        ),
        (
            {"generator.hidden": "8,8,8", "data.name": "mnist", "generator.kind": "dcgan"},
            [
                {"generator.hidden": "8,8"},
                {"generator.kind": "mlp"},
                {"data.name": "images", "data.key": KEY},
            ],
        ),
        (
            {"generator.hidden": "", "data.name": "mnist", "generator.kind": "dcgan"},
            [
                {"generator.hidden": "8"},
                {"generator.kind": "mlp"},
                {"data.name": "mnist", "generator.hidden": "8,8"},
            ],
        ),
        (
            {
                "precision": "bfloat16",
                "data.name": "mnist",
                "generator.kind": "mlp",
                "discriminator.kind": "mlp",
            },
            [
                {"precision": "float32"},
                {"generator.kind": "dcgan"},
                {"discriminator.kind": "dcgan"},
            ],
        ),
        (
            {"discriminator.fourier_features": 2, "data.name": "mnist", "aids.unroll": 1},
            [{"discriminator.fourier_features": 0, "aids.unroll": 0}, {"data.name": "spiral"}],
        ),
        (
            {"generator.kind": "shift", "data.name": "mnist", "latent.dim": 1},
            [{"generator.kind": "mlp"}, {"data.name": "line", "latent.dim": 1}],
        ),
        (
            {"generator.kind": "shift", "data.name": "line", "latent.dim": 2},
            [{"generator.kind": "mlp", "data.name": "grid"}, {"latent.dim": 1}],
        ),
    ],
    ids=lambda value: ",".join(value) if isinstance(value, dict) else "",
)
def test_what_excludes_each_other_is_refused_in_one_sentence(
    together: dict[str, Any], cures: list[dict[str, Any]]
) -> None:
    text = refusal(together)
    named = text.partition(": ")[0].split(", ")
    assert set(named) <= together.keys()
    assert {name for cure in cures for name in cure} >= set(named)
    assert text.endswith(".")
    assert ". " not in text
    for cure in cures:
        changed = RunConfig().updated(together | cure)
        assert RunConfig.from_query(changed.to_query()) == changed
        assert refusal(together, changed) == text


@pytest.mark.parametrize("name", ["discriminator.fourier_features", "aids.unroll"])
def test_each_of_what_is_for_points_is_refused_for_pictures(name: str) -> None:
    text = refusal({name: 1}, on("mnist"))
    assert text.startswith("discriminator.fourier_features, aids.unroll, data.name: ")


def test_every_depth_of_a_drawing_net_that_fits_is_allowed() -> None:
    """28 can be halved twice, 32 five times, 48 four times and 64 six times."""
    for side, most in ((28, 2), (32, 5), (48, 4), (64, 6)):
        key = hold(torch.zeros(16, 3, side, side, dtype=torch.uint8))
        base = on("images").updated({"data.key": key, "data.colour": True})
        for depth in range(8):
            fields = {"generator.kind": "dcgan", "generator.hidden": (4,) * depth}
            if 1 <= depth <= most:
                assert base.updated(fields).generator.hidden == (4,) * depth
            else:
                assert f"give 1 to {most}." in refusal(fields, base)
