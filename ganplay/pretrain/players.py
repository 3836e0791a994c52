"""The pairs of nets whose latent space the explorer shows: DCGANs on digits and on drawn faces."""

from dataclasses import replace

from ganplay.config import ConfigError, RunConfig
from ganplay.data import fetch
from ganplay.latent.model import Model, about, tensors_of
from ganplay.metrics.attributes import FacesReader, faces_verdict, perfect_faces_verdict, reader_of
from ganplay.metrics.judge import judge
from ganplay.metrics.pictures import perfect_verdict, verdict
from ganplay.pretrain.checkpoint import Checkpoint, Tell
from ganplay.recipes import recipe
from ganplay.trainer import Trainer

DIGITS, FACES = 60_000, 36_000
"""Iterations of each: a quarter of an hour of one core, and half an hour."""

KNOWN = 60_000
"""Pictures of either that there are to learn from."""

CONSTANT = 0.6
"""Portion of the training on faces after which the learning rates begin to fall."""

PLAYERS = ("generator", "discriminator")
PIECE = 1000
"""Iterations after which it is told how far it is."""

JUDGED = 10_000
JUDGED_SEED = 1
"""Of the noise of the pictures that are judged."""


def make_digits(epochs: int | None, device: str, tell: Tell) -> Checkpoint:
    """Train the recipe for digits on all 60,000 of MNIST, its rates falling to 0 at the end."""
    try:
        config = recipe("dcgan").updated({"data.whole": True, "precision": "bfloat16"})
    except ConfigError:
        raise ConfigError(
            "dcgan-mnist is trained on all of MNIST, which is missing or broken on this machine;"
            f" fetch it by `{fetch.command('mnist')}`."
        ) from None
    total = epochs * KNOWN // config.batch_size if epochs else DIGITS
    trainer = Trainer(falling(config, total), device=device)
    train(trainer, total, total, tell)
    model = Model.of(trainer.stacks[0], "Digits")
    made = model.generate(model.noise(JUDGED, JUDGED_SEED))
    said, real = verdict(judge().features(made), judge()), perfect_verdict(judge(), JUDGED)
    shown = {
        "Fréchet distance": f"{said.frechet:.1f}, of real digits {real.frechet:.1f}",
        "KL of shares": f"{said.digit_kl:.4f}, of real digits {real.digit_kl:.4f}",
        "clear": f"{said.confident:.1%}, of real digits {real.confident:.1%}",
        "coverage": f"{said.coverage:.1%}, of real digits {real.coverage:.1%}",
    }
    return finished(model, shown, tell)


def make_faces(epochs: int | None, device: str, tell: Tell) -> Checkpoint:
    """Train the recipe for faces, its rates falling to 0 over the last two fifths."""
    config = recipe("faces").updated({"precision": "bfloat16"})
    total = epochs * KNOWN // config.batch_size if epochs else FACES
    trainer, constant = Trainer(config, device=device), int(CONSTANT * total)
    train(trainer, constant, total, tell)
    # a line to 0 at the end that begins at the rate there was
    steeper = {
        f"{who}.lr": config.flat()[f"{who}.lr"] * total / (total - constant) for who in PLAYERS
    }
    trainer.use(falling(config.updated(steeper), total))
    train(trainer, total, total, tell)
    model, reader = Model.of(trainer.stacks[0], "Faces"), reader_of("faces")
    assert isinstance(reader, FacesReader)
    said = faces_verdict(model.generate(model.noise(JUDGED, JUDGED_SEED)), reader)
    real = perfect_faces_verdict(JUDGED, reader)
    shown = {
        "Fréchet distance": f"{said.frechet:.1f}, of drawn faces {real.frechet:.1f}",
        "clear": f"{said.clear:.1%}, of drawn faces {real.clear:.1%}",
        "rarest combination": f"{said.lowest:.0%} of its share, of drawn faces {real.lowest:.0%}",
        "rates": f"off by {said.off:.1%} at most, of drawn faces {real.off:.1%}",
    }
    return finished(model, shown, tell)


def falling(config: RunConfig, total: int) -> RunConfig:
    """The config with rates that fall in a line to 0 at iteration `total`."""
    fields = {"lr_decay": "linear", "steps_total": total}
    return config.updated({f"{who}.{n}": v for who in PLAYERS for n, v in fields.items()})


def train(trainer: Trainer, until: int, total: int, tell: Tell) -> None:
    """Train until an iteration, of `total` in all."""
    while trainer.step < until:
        trainer.advance(min(PIECE, until - trainer.step))
        tell(f"iteration {trainer.step:,} of {total:,}, {trainer.seconds / 60:.1f} minutes")


def finished(model: Model, facts: dict[str, str], tell: Tell) -> Checkpoint:
    """What the file will hold."""
    tell(", ".join(f"{name} {value}" for name, value in facts.items()))
    return Checkpoint(tensors_of(model), about(replace(model, facts={**model.facts, **facts})))
