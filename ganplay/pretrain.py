"""Shipped checkpoints, made again from the data up: `python -m ganplay pretrain NAME`."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import torch
from safetensors.torch import save
from torch import Generator, Tensor, nn
from torch.nn import functional
from torch.nn.utils.fusion import fuse_conv_bn_eval

from ganplay.config import ConfigError
from ganplay.data import fetch
from ganplay.data.pictures import scaled
from ganplay.device import choose_device
from ganplay.files import write_whole
from ganplay.metrics.judge import FOLDER, Judge

Tell = Callable[[str], None]
"""Is told how it goes, a line at a time."""


class Checkpoint(NamedTuple):
    """What a file will hold: tensors by name, and what there is to know about them."""

    tensors: dict[str, Tensor]
    facts: dict[str, str]


Maker = Callable[[int | None, str, Tell], Checkpoint]
"""Trains for so many epochs (None: its own number) on a device."""


def pretrain(name: str, out: Path | None, epochs: int | None, device: str, tell: Tell) -> None:
    """Make the checkpoint `name`, one of PRETRAINED, and write it to `out`, else to where it is
    shipped. Raises ConfigError. The same on each run on the same CPU."""
    if name not in PRETRAINED:
        raise ConfigError(
            f"pretrain: {name[:40]!r} is no checkpoint; take {' or '.join(PRETRAINED)}."
        )
    if epochs is not None and epochs < 1:
        raise ConfigError(f"epochs: {epochs} is not allowed; it has to be at least 1.")
    target = out or FOLDER / f"{name}.safetensors"
    if target.is_dir() or not os.access(target.parent, os.W_OK):
        raise ConfigError(f"out: {target} can't be written; name a file in a folder that is there.")
    chosen = choose_device(device)
    tensors, facts = PRETRAINED[name](epochs, chosen, tell)
    command = f"python -m ganplay pretrain {name}"
    command += (f" --epochs {epochs}" if epochs else "") + (" --device cuda" * (chosen == "cuda"))
    content = save(
        {key: each.cpu().contiguous() for key, each in tensors.items()},
        {"command": command, **facts},
    )
    try:
        write_whole(target, content)
    except OSError as error:
        raise ConfigError(f"out: {target} can't be written ({error.strerror}).") from None
    tell(f"wrote {target}, {len(content) / 1e6:.1f} MB")


# ---- the judge of digits

EPOCHS = 10
RATE = 4e-3
"""The highest of the one-cycle schedule (Smith and Topin 2018)."""

PER_BATCH = 128
SHIFT = 2
"""Each digit is moved by up to so many pixels in each direction, anew each time."""

SEED = 0


def make_judge(epochs: int | None, device: str, tell: Tell) -> Checkpoint:
    """Train the judge on MNIST's 60,000 training digits, and let it look at the 10,000 test digits.

    Neither the number of epochs nor anything else is chosen by the test digits.
    """
    try:
        (pictures, labels), (held_out, truth) = (
            fetch.read("mnist", part) for part in (True, False)
        )
    except fetch.FetchError:
        raise ConfigError(
            "judge-mnist is trained on all of MNIST, which is missing or broken on this machine;"
            f" fetch it by `{fetch.command('mnist')}`."
        ) from None
    net = trained(pictures.to(device), labels.to(device), epochs or EPOCHS, tell)
    tensors = folded(net)
    judge = Judge({**tensors, "reference": torch.empty(0, device=device)}, 0)
    seen = judge.features(scaled(held_out.to(device)))
    accuracy = (judge.logits(seen).argmax(1).cpu() == truth).double().mean().item()
    tell(f"{accuracy:.2%} of the {len(truth):,} test digits are named right")
    return Checkpoint({**tensors, "reference": seen.half()}, {"test_accuracy": f"{accuracy:.4f}"})


class Net(nn.Module):
    """The judge as it is trained, with batch norm: pictures [n, 1, 28, 28] -> logits [n, 10]."""

    def __init__(self) -> None:
        super().__init__()
        self.first = nn.Conv2d(1, 16, 3, padding=1, bias=False)
        self.first_norm = nn.BatchNorm2d(16)
        self.second = nn.Conv2d(16, 32, 3, padding=1, bias=False)
        self.second_norm = nn.BatchNorm2d(32)
        self.hidden = nn.Linear(32 * 7 * 7, 64)
        self.last = nn.Linear(64, 10)

    def forward(self, x: Tensor) -> Tensor:
        x = functional.max_pool2d(self.first_norm(self.first(x)), 2).relu()
        x = functional.max_pool2d(self.second_norm(self.second(x)), 2).relu()
        x = self.hidden(x.flatten(1)).relu()
        logits: Tensor = self.last(x)
        return logits


def trained(pictures: Tensor, labels: Tensor, epochs: int, tell: Tell) -> Net:
    """The net trained on pictures [N, 1, 28, 28] uint8 of labels [N], by Adam and cross entropy."""
    device = pictures.device
    with torch.random.fork_rng([device] if device.type == "cuda" else []):
        torch.manual_seed(SEED)
        net = Net().to(device)
    rng = Generator().manual_seed(SEED)
    count = len(pictures) // PER_BATCH
    optimizer = torch.optim.Adam(net.parameters(), RATE)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, RATE, epochs * count)
    for epoch in range(epochs):
        total = torch.zeros((), device=device)
        order = torch.randperm(len(pictures), generator=rng)[: count * PER_BATCH]
        for which in order.view(count, -1).to(device):
            loss = functional.cross_entropy(
                net(scaled(moved(pictures[which], rng)).float()), labels[which]
            )
            optimizer.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            optimizer.step()
            schedule.step()
            total += loss.detach()
        tell(f"epoch {epoch + 1} of {epochs}: mean loss {total.item() / count:.4f}")
    net.eval()
    return net


def moved(pictures: Tensor, rng: Generator) -> Tensor:
    """Each of [n, 1, 28, 28] uint8 moved by up to SHIFT pixels, onto black."""
    n, _, height, width = pictures.shape
    padded = functional.pad(pictures, (SHIFT,) * 4)[:, 0]
    down, right = torch.randint(2 * SHIFT + 1, (2, n, 1), generator=rng).to(pictures.device)
    row, column = (torch.arange(size, device=pictures.device) for size in (height, width))
    image = torch.arange(n, device=pictures.device)[:, None, None]
    return padded[image, (down + row)[:, :, None], (right + column)[:, None, :]][:, None]


def folded(net: Net) -> dict[str, Tensor]:
    """The trained net's weights by their names in the file, batch norm folded into the convolution
    before it: the same net once its statistics stand still."""
    layers = {
        "first": fuse_conv_bn_eval(net.first, net.first_norm),
        "second": fuse_conv_bn_eval(net.second, net.second_norm),
        "hidden": net.hidden,
        "last": net.last,
    }
    return {
        f"{name}.{kind}": getattr(layer, kind).detach()
        for name, layer in layers.items()
        for kind in ("weight", "bias")
    }


PRETRAINED: dict[str, Maker] = {"judge-mnist": make_judge}
"""What makes each shipped checkpoint."""
