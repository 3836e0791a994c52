"""What tests of whole runs share: runs with every aid, and a run's numbers."""

from typing import Any

import torch
from torch import Tensor

from ganplay.config import RunConfig
from ganplay.trainer import Trainer

PLAIN_AIDS: dict[str, dict[str, Any]] = {
    "penalty": {"penalty.name": "gp", "penalty.weight": 2.0},
    "pack": {"aids.pack": 3},
    "fourier": {"discriminator.fourier_features": 4},
    "stddev": {"aids.minibatch_stddev": True},
    "noise": {"aids.instance_noise": 0.3},
    "stddev and penalty": {"aids.minibatch_stddev": True, "penalty.name": "r1_r2"},
    "one hot": {"latent.prior": "one_hot_mixture"},
    "uniform": {"latent.prior": "uniform"},
    "heavy tails": {"latent.prior": "student_t"},
    "logarithm": {"discriminator.sees_log": True, "penalty.name": "r1"},
    "bounded": {"discriminator.spectral_norm": True},
    "lazy": {"penalty.name": "r1_r2", "penalty.every": 2},
    "lazy between": {"penalty.name": "gp", "penalty.every": 2, "discriminator.steps": 2},
    "all": {
        "penalty.name": "gp", "aids.pack": 3, "discriminator.fourier_features": 2,
        "aids.minibatch_stddev": True, "aids.instance_noise": 0.1, "latent.prior": "one_hot_mixture",
    },
}  # fmt: skip

AIDS: dict[str, dict[str, Any]] = PLAIN_AIDS | {
    "unroll": {"aids.unroll": 2},
    "spectral norm": {"discriminator.spectral_norm": True, "aids.unroll": 1},
    "average": {"generator.ema": 0.9, "generator.lr_decay": "linear", "generator.steps_total": 9},
    "relativistic": {"loss": "relativistic", "penalty.name": "r1_r2", "updates": "simultaneous"},
}


def flats(trainer: Trainer) -> Tensor:
    """All parameters of all runs, [K, P]; a copy."""
    players = [(stack.generator, stack.discriminator) for stack in trainer.stacks]
    return torch.cat([torch.cat((g.net.flat, d.net.flat), 1) for g, d in players])


def trained(config: RunConfig, iterations: int, **options: Any) -> Trainer:
    trainer = Trainer(config, **options)
    trainer.advance(iterations)
    return trainer
