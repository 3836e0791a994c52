"""A small convolutional classifier as it is used: its weights, and a file of several of them."""

from collections.abc import Mapping
from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open
from torch import Tensor
from torch.nn import functional

from ganplay.settings import one_line

BATCH = 100
"""Pictures at a time: few enough for a CPU's cache."""

Shapes = dict[str, tuple[int, ...]]


def shapes(channels: int, side: int, outputs: int) -> Shapes:
    """The tensors of a classifier of pictures [channels, side, side]: two convolutions, each followed
    by 2x2 max pooling and ReLU, and two linear layers with a ReLU between."""
    return {
        "first.weight": (16, channels, 3, 3),
        "first.bias": (16,),
        "second.weight": (32, 16, 3, 3),
        "second.bias": (32,),
        "hidden.weight": (64, 32 * (side // 4) ** 2),
        "hidden.bias": (64,),
        "last.weight": (outputs, 64),
        "last.bias": (outputs,),
    }


class Classifier:
    """The net of tensors as `shapes` names them."""

    def __init__(self, tensors: Mapping[str, Tensor]):
        weights = {name: tensor.float() for name, tensor in tensors.items()}
        self._weights = {weights["last.bias"].device: weights}

    @torch.no_grad()
    def features(self, pictures: Tensor) -> Tensor:
        """What it sees in pictures [n, c, h, w] of -1..1 before it decides: [n, 64] float32 on their
        device, none below 0; NaN for a picture with a value that is no finite number."""
        parts = [self._see(part.detach().float()) for part in torch.split(pictures, BATCH)]
        return torch.cat(parts)

    @torch.no_grad()
    def logits(self, features: Tensor) -> Tensor:
        """What it says of features [n, 64]: a logit for each output."""
        weights = self._on(features.device)
        return functional.linear(features.float(), weights["last.weight"], weights["last.bias"])

    def _see(self, x: Tensor) -> Tensor:
        weights = self._on(x.device)
        good = x.isfinite().flatten(1).all(1, keepdim=True)
        for layer in ("first", "second"):
            x = functional.conv2d(
                x, weights[f"{layer}.weight"], weights[f"{layer}.bias"], padding=1
            )
            x = functional.max_pool2d(x, 2).relu_()
        x = functional.linear(x.flatten(1), weights["hidden.weight"], weights["hidden.bias"])
        return x.relu_().masked_fill_(~good, torch.nan)

    def _on(self, device: torch.device) -> dict[str, Tensor]:
        if device not in self._weights:
            weights = next(iter(self._weights.values()))
            self._weights[device] = {name: each.to(device) for name, each in weights.items()}
        return self._weights[device]


def load(path: Path, needed: Shapes, what: str) -> tuple[dict[str, Tensor], dict[str, str]]:
    """The tensors and metadata of a safetensors file of those `needed` and nothing else. Raises ValueError
    with one sentence that says why the file can't be used as `what`."""
    try:
        with safe_open(path, "pt") as file:
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
            told: dict[str, str] = file.metadata() or {}
    except (OSError, SafetensorError) as error:
        raise refused(path, what, str(error)) from None
    found = {name: tuple(tensor.shape) for name, tensor in tensors.items()}
    for name in sorted(needed.keys() | found.keys()):
        if found.get(name) != needed.get(name):
            has, needs = found.get(name, "missing"), needed.get(name, "nothing of that name")
            raise refused(path, what, f"{name[:40]} is {has} where {needs} is needed")
        if not (tensors[name].is_floating_point() and tensors[name].isfinite().all()):
            raise refused(path, what, f"{name} holds something that is no finite number")
    return tensors, told


def named(tensors: Mapping[str, Tensor], prefix: str) -> dict[str, Tensor]:
    """Those whose names begin with "prefix.", by the rest of their names."""
    start = f"{prefix}."
    return {n.removeprefix(start): t for n, t in tensors.items() if n.startswith(start)}


def refused(path: Path, what: str, reason: str) -> ValueError:
    """What says in a sentence why a file can't be used as `what`."""
    return ValueError(f"{path} can't be used as {what}: {one_line(reason)}.")
