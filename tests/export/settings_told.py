"""Settings whose scripts the tests try, each a few fields of a small config."""

from typing import Any

from ganplay.config import RunConfig, named_fields
from ganplay.nets import ACTIVATIONS, INITS
from ganplay.optimizers import OPTIMIZERS
from ganplay.penalties import PENALTIES
from ganplay.recipes import recipe
from ganplay.scenarios import scenario
from ganplay.settings import choices
from tests.runs import AIDS

PRIORS = choices(named_fields("ring")["latent.prior"])


def both(**fields: Any) -> dict[str, Any]:
    """Settings of G and D."""
    nets = ("generator", "discriminator")
    return {f"{net}.{name}": value for net in nets for name, value in fields.items()}


def small(**fields: Any) -> RunConfig:
    sizes = {"generator.hidden": (7, 5), "discriminator.hidden": (6, 5), "batch_size": 12, "latent.dim": 3}  # fmt: skip
    return RunConfig().updated(sizes | fields)


RULES = {
    f"{name} {momentum}": both(optimizer=name, momentum=momentum, lr=0.01)
    for name in OPTIMIZERS
    for momentum in (0, 0.7)
}
TOGETHER = {"updates": "simultaneous"}
STEPS = {"discriminator.steps": 2, "generator.steps": 3}

SETTINGS: dict[str, dict[str, Any]] = {
    **AIDS,
    **{f"penalty {name}": {"penalty.name": name, "penalty.weight": 2.0} for name in PENALTIES},
    **{f"smooth under {name}": {"discriminator.activation": "silu", "penalty.name": name} for name in PENALTIES},
    **{f"activation {name}": both(activation=name) for name in ACTIVATIONS},
    **{f"init of G {name}": {"generator.init": name} for name in INITS},
    **{f"init of D {name}": {"discriminator.init": name} for name in INITS},
    **{f"prior {name}": {"latent.prior": name} for name in PRIORS},
    **RULES,
    **{f"unroll {name}": fields | {"aids.unroll": 3} for name, fields in RULES.items()},
    "betas": both(beta1=0.8, beta2=0.9),
    "unroll with betas": both(beta1=0.8, beta2=0.9) | {"aids.unroll": 2},
    "unroll under a penalty": {"aids.unroll": 2, "penalty.name": "gp", "penalty.every": 3},
    "unroll of a clipped D": {"aids.unroll": 2, "loss": "wgan"},
    "unroll of pairs": {"aids.unroll": 2, "loss": "relativistic", "penalty.name": "r1_r2"},
    "unroll with all": AIDS["all"] | {"aids.unroll": 2, "discriminator.sees_log": True},
    "clip": {"discriminator.clip": 0.03},
    "wgan with gp": {"loss": "wgan", "penalty.name": "gp", "penalty.weight": 10.0},
    "pairs with gp": {"loss": "relativistic", "penalty.name": "gp"},
    "turns": STEPS,
    "frozen D": {"discriminator.steps": 0},
    "frozen G": {"generator.steps": 0, "generator.ema": 0.9},
    "together": TOGETHER,
    "together, D more": TOGETHER | {"discriminator.steps": 3},
    "together, G more": TOGETHER | STEPS,
    "together, D alone": TOGETHER | {"generator.steps": 0},
    "together, D bounded": TOGETHER | {"discriminator.spectral_norm": True} | STEPS,
    "together, unrolled": TOGETHER | {"aids.unroll": 2} | STEPS,
    "both slower": both(lr_decay="linear", steps_total=8),
    "long average": {"generator.ema": 0.999},
    "short average": {"generator.ema": 0.3},
    "linear nets": both(hidden=()),
    "deep nets": both(hidden=(5,) * 9),
    "seed": {"seed": 7, "discriminator.spectral_norm": True},
    "blocks of three": {"latent.dim": 250, "batch_size": 70},
    "packs under the log": {"aids.pack": 2, "discriminator.sees_log": True, "discriminator.fourier_features": 3},
    "stddev of a linear D": {"aids.minibatch_stddev": True, "discriminator.hidden": ()},
    "noise of pairs": {"aids.instance_noise": 0.3, "loss": "relativistic", "aids.pack": 3},
    "line, moved": {"generator.kind": "shift", "latent.dim": 1, "generator.start": 0.5, "discriminator.init": "he"},
    "numbers, moved": {"data.name": "gaussian_1d", "generator.kind": "shift", "latent.dim": 1},
    "waves on a line": {"data.name": "mixture_1d", "discriminator.fourier_features": 3},
}  # fmt: skip

LONG = {
    "all", "spectral norm", "unroll under a penalty", "unroll of pairs", "unroll with all",
    "together, unrolled",
}  # fmt: skip
"""Those that take more than 80 lines."""

PICTURES: dict[str, dict[str, Any]] = {
    "plain": {},
    "penalty": {"penalty.name": "gp", "aids.instance_noise": 0.1},
    "lazy": {"penalty.name": "r1", "penalty.every": 2, "generator.ema": 0.9},
    "packs": {"aids.pack": 3, "penalty.name": "r1_r2"},
    "bounded": {"discriminator.spectral_norm": True, "discriminator.sees_log": True},
    "normalised": {"discriminator.norm": "batch", "generator.norm": "none", "penalty.name": "r2"},
    "started": both(init="orthogonal"),
    "stacked": {"data.name": "stacked_mnist", "aids.pack": 2},
}

RECIPES = ["algorithm", "algorithm_wgan", "branches", "convergence", "dcgan", "game", "mlp", "transport"]  # fmt: skip
SHIPPED = {name: recipe(name) for name in RECIPES} | {
    f"{name} {scene}": scenario.load(name).config(scene)
    for name in scenario.names()
    for scene in range(len(scenario.load(name).scenes))
}
"""What a reader meets: the recipes but that of faces, and every scene."""
