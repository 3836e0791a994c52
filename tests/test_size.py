"""How large nets will be, against those that are made."""

from typing import Any

import pytest
import torch
from torch import Generator

from ganplay.config import RunConfig
from ganplay.data.images import hold
from ganplay.nets import Shift
from ganplay.size import weights_of
from ganplay.stack import Stack

CASES: dict[str, dict[str, Any]] = {
    "plane": {},
    "linear": {"generator.hidden": "", "discriminator.hidden": ""},
    "packs": {"aids.pack": 4, "discriminator.fourier_features": 3},
    "shift": {"generator.kind": "shift", "latent.dim": 1},
    "pictures": {"data.name": "mnist", "aids.pack": 2, "generator.hidden": "7,9"},
    "one layer": {"data.name": "mnist", "dcgan": True, "generator.hidden": "9"},
    "layers left over": {
        "data.name": "mnist", "dcgan": True, "aids.pack": 2,
        "generator.hidden": "9,7", "discriminator.hidden": "5,6,7,8",
    },
    "large and coloured": {
        "side": 64, "dcgan": True, "generator.hidden": "9,7,5,3", "discriminator.hidden": "5,6",
    },
    "no layers": {"side": 48, "dcgan": True, "generator.hidden": "3", "discriminator.hidden": ""},
}  # fmt: skip


def config_of(case: str) -> RunConfig:
    fields = dict(CASES[case])
    if side := fields.pop("side", 0):
        pictures = torch.randint(256, (16, 3, side, side), generator=Generator().manual_seed(0))
        fields |= {"data.name": "images", "data.key": hold(pictures.byte()), "data.colour": True}
    if fields.pop("dcgan", False):
        fields |= {"generator.kind": "dcgan", "discriminator.kind": "dcgan"}
    return RunConfig().updated(fields)


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("norm", ["none", "batch"])
def test_weights_are_those_of_the_nets_that_are_made(case: str, norm: str) -> None:
    config = config_of(case).updated({"generator.norm": norm, "discriminator.norm": norm})
    stack = Stack(config, [0], "cpu", torch.float32)
    made = {"generator": stack.generator.net, "discriminator": stack.critic.net}
    for name, weights in weights_of(config).items():
        net = made[name]
        assert weights <= net.flat.numel(), "no sound file must be refused"
        if isinstance(net, Shift):
            continue
        real = sum(leaf[0].numel() for leaf in net.leaves[net.weights][::2])
        if name == "discriminator" and config.discriminator.fourier_features:
            waves = 2 * config.aids.pack * config.discriminator.fourier_features
            real -= waves * config.discriminator.hidden[0]
        assert weights == real
