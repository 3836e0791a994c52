"""A small classifier of handwritten digits that looks at generated ones.

Inception's features say little about digits, so that the Fréchet distance and its kin are taken in
the 64 penultimate features of this net, as is usual for MNIST.
"""

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import ClassVar

from torch import Tensor

from ganplay.metrics.classifier import Classifier, load, refused, shapes

FOLDER = Path(__file__).parents[1] / "weights"
"""Where the checkpoints lie that are shipped."""

WEIGHTS = FOLDER / "judge-mnist.safetensors"

SHAPES = shapes(1, 28, 10) | {"reference": (10_000, 64)}
"""What a judge's file holds: the classifier, and what it sees in held-out digits."""

WHAT = "the judge of digits"


class Judge(Classifier):
    """The classifier. `reference` [10000, 64] are the features of MNIST's test digits, which it has
    not been trained on; `accuracy` is the portion of them that it names right."""

    classes: ClassVar[int] = 10

    def __init__(self, tensors: Mapping[str, Tensor], accuracy: float):
        super().__init__({name: each for name, each in tensors.items() if name != "reference"})
        self.accuracy = accuracy
        self.reference = tensors["reference"].float()

    @classmethod
    def load(cls, path: Path = WEIGHTS) -> "Judge":
        """The judge in a file that `python -m ganplay pretrain judge-mnist` wrote. Raises
        ValueError."""
        tensors, told = load(path, SHAPES, WHAT)
        try:
            accuracy = float(told["test_accuracy"])
        except (KeyError, ValueError):
            raise refused(path, WHAT, "it doesn't say its test_accuracy") from None
        return cls(tensors, accuracy)


@lru_cache(maxsize=1)
def judge() -> Judge:
    """The judge that is shipped."""
    return Judge.load()
