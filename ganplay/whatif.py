"""What if: one change of a run, with a title, to branch with or to set against the run in a duel."""

import functools
from collections.abc import Mapping
from typing import Any

from ganplay.config import ConfigError, RunConfig

Fields = Mapping[str, Any]

WHAT_IFS: dict[str, Fields] = {
    "unroll 5 steps": {"aids.unroll": 5},
    "minimax": {"loss": "minimax"},
    "non-saturating": {"loss": "non_saturating"},
    "WGAN, clipped": {"loss": "wgan", "penalty.name": "none", "discriminator.clip": 0.01},
    "WGAN-GP": {"loss": "wgan", "penalty.name": "gp", "discriminator.clip": None},
    "LSGAN": {"loss": "lsgan"},
    "hinge": {"loss": "hinge"},
    "relativistic, R1 + R2": {"loss": "relativistic", "penalty.name": "r1_r2"},
    "R1 on D": {"penalty.name": "r1"},
    "no penalty": {"penalty.name": "none"},
    "spectral norm": {"discriminator.spectral_norm": True, "discriminator.clip": None},
    "instance noise .3": {"aids.instance_noise": 0.3},
    "five D steps to one of G": {"discriminator.steps": 5, "generator.steps": 1},
    "one step each": {"discriminator.steps": 1, "generator.steps": 1},
    "both move at once": {"updates": "simultaneous"},
    "beta 1 = 0": {"generator.beta1": 0.0, "discriminator.beta1": 0.0},
    "beta 1 = .9": {"generator.beta1": 0.9, "discriminator.beta1": 0.9},
    "packs of two": {"aids.pack": 2},
}
"""Title -> settings by their dotted names, the likely cure of a collapse first."""

FACTORS = {"learning rates x 10": 10.0, "learning rates / 10": 0.1}
"""Title -> what both learning rates are multiplied by."""


@functools.lru_cache(64)  # a page asks with each picture
def options(config: RunConfig, born: bool = False) -> Mapping[str, Fields]:
    """What would change something of a config and can be; with `born`, also what takes a new run."""
    rates = {"generator.lr": config.generator.lr, "discriminator.lr": config.discriminator.lr}
    scaled = {
        title: {name: f"{rate * factor:g}" for name, rate in rates.items()}
        for title, factor in FACTORS.items()
    }
    found = {}
    for title, fields in (WHAT_IFS | scaled).items():
        try:
            other = config.updated(fields)
        except ConfigError:
            continue
        if other != config and (born or not config.restarts(other)):
            found[title] = fields
    return found
