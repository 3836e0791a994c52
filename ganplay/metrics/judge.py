"""A small classifier of handwritten digits that looks at generated ones.

Inception's features say little about digits, so that the Fréchet distance and its kin are taken in
the 64 penultimate features of this net, as is usual for MNIST.
"""

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import ClassVar

import torch
from safetensors import SafetensorError, safe_open
from torch import Tensor
from torch.nn import functional

from ganplay.settings import one_line

FOLDER = Path(__file__).parents[1] / "weights"
"""Where the checkpoints lie that are shipped."""

WEIGHTS = FOLDER / "judge-mnist.safetensors"

SHAPES = {
    "first.weight": (16, 1, 3, 3),
    "first.bias": (16,),
    "second.weight": (32, 16, 3, 3),
    "second.bias": (32,),
    "hidden.weight": (64, 32 * 7 * 7),
    "hidden.bias": (64,),
    "last.weight": (10, 64),
    "last.bias": (10,),
    "reference": (10_000, 64),
}
"""What a judge's file holds: two convolutions, each followed by 2x2 max pooling and ReLU, and two
linear layers with a ReLU between; and what the net sees in held-out digits."""

BATCH = 200
"""Pictures at a time: few enough for a CPU's cache."""


class Judge:
    """The classifier. `reference` [10000, 64] are the features of MNIST's test digits, which it has
    not been trained on; `accuracy` is the portion of them that it names right."""

    classes: ClassVar[int] = 10

    def __init__(self, tensors: Mapping[str, Tensor], accuracy: float):
        self.accuracy = accuracy
        self.reference = tensors["reference"].float()
        weights = {name: tensors[name].float() for name in SHAPES if name != "reference"}
        self._weights = {self.reference.device: weights}

    @classmethod
    def load(cls, path: Path = WEIGHTS) -> "Judge":
        """The judge in a file that `python -m ganplay pretrain judge-mnist` wrote. Raises
        ValueError."""
        try:
            with safe_open(path, "pt") as file:
                tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
                told = file.metadata() or {}
        except (OSError, SafetensorError) as error:
            raise _refused(path, str(error)) from None
        shapes = {name: tuple(tensor.shape) for name, tensor in tensors.items()}
        for name in sorted(SHAPES.keys() | shapes.keys()):
            if shapes.get(name) != SHAPES.get(name):
                has, needs = shapes.get(name, "missing"), SHAPES.get(name, "nothing of that name")
                raise _refused(path, f"{name[:40]} is {has} where {needs} is needed")
            if not (tensors[name].is_floating_point() and tensors[name].isfinite().all()):
                raise _refused(path, f"{name} holds something that is no finite number")
        try:
            accuracy = float(told["test_accuracy"])
        except (KeyError, ValueError):
            raise _refused(path, "it doesn't say its test_accuracy") from None
        return cls(tensors, accuracy)

    @torch.no_grad()
    def features(self, pictures: Tensor) -> Tensor:
        """What the net sees in pictures [n, 1, 28, 28] of -1..1, before it decides: [n, 64] float32
        on their device, none below 0; NaN for a picture with a value that is no finite number."""
        parts = [self._see(part.detach().float()) for part in torch.split(pictures, BATCH)]
        return torch.cat(parts)

    @torch.no_grad()
    def logits(self, features: Tensor) -> Tensor:
        """What it says of features [n, 64]: a logit for each digit, [n, 10]."""
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


@lru_cache(maxsize=1)
def judge() -> Judge:
    """The judge that is shipped."""
    return Judge.load()


def _refused(path: Path, reason: str) -> ValueError:
    return ValueError(f"{path} can't be used as the judge of digits: {one_line(reason)}.")
