"""The judge of digits."""

import torch
from torch import Generator, Tensor
from torch.nn import functional

from ganplay.config import ConfigError
from ganplay.data import fetch
from ganplay.data.pictures import scaled
from ganplay.metrics.judge import Judge
from ganplay.pretrain.augment import moved
from ganplay.pretrain.checkpoint import Checkpoint, Tell
from ganplay.pretrain.classifier import Net, fitted, folded

EPOCHS = 10
SHIFT = 2
"""Each digit is moved by up to so many pixels in each direction, anew each time."""


def make_judge(epochs: int | None, device: str, tell: Tell) -> Checkpoint:
    """Train the judge on MNIST's 60,000 training digits, and let it look at the 10,000 test digits.

    Neither the number of epochs nor anything else is chosen by the test digits.
    """
    (pictures, labels), (held_out, truth) = all_digits("judge-mnist")
    net = trained(pictures.to(device), labels.to(device), epochs or EPOCHS, tell)
    tensors = folded(net)
    judge = Judge({**tensors, "reference": torch.empty(0, device=device)}, 0)
    seen = judge.features(scaled(held_out.to(device)))
    accuracy = (judge.logits(seen).argmax(1).cpu() == truth).double().mean().item()
    tell(f"{accuracy:.2%} of the {len(truth):,} test digits are named right")
    return Checkpoint({**tensors, "reference": seen.half()}, {"test_accuracy": f"{accuracy:.4f}"})


def trained(pictures: Tensor, labels: Tensor, epochs: int, tell: Tell) -> Net:
    """The net trained on pictures [N, 1, 28, 28] uint8 of labels [N], by Adam and cross entropy."""
    return fitted(
        pictures,
        labels,
        Judge.classes,
        augment=shifted,
        loss=functional.cross_entropy,
        epochs=epochs,
        tell=tell,
    )


def shifted(pictures: Tensor, labels: Tensor, rng: Generator) -> tuple[Tensor, Tensor]:
    """Digits [n, 1, 28, 28] uint8 moved by up to SHIFT pixels, in -1..1; what they are stays."""
    return scaled(moved(pictures, SHIFT, rng)), labels


def all_digits(name: str) -> tuple[tuple[Tensor, Tensor], tuple[Tensor, Tensor]]:
    """MNIST's training digits and its test digits, each pictures [N, 1, 28, 28] uint8 and labels [N],
    for the checkpoint `name`. Raises ConfigError where they are not on this machine."""
    try:
        return fetch.read("mnist", True), fetch.read("mnist", False)
    except fetch.FetchError:
        raise ConfigError(
            f"{name} is trained on all of MNIST, which is missing or broken on this machine;"
            f" fetch it by `{fetch.command('mnist')}`."
        ) from None
