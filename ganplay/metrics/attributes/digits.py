"""Reads what a handwritten digit is, whether it is bold, and whether it slants."""

from pathlib import Path
from typing import ClassVar

import torch
from torch import Tensor
from torch.nn import functional

from ganplay.metrics.attributes.reader import Reader, agreed
from ganplay.metrics.classifier import Classifier, load, shapes
from ganplay.metrics.judge import FOLDER, Judge, judge
from ganplay.metrics.pictures import Gaussian

WEIGHTS = FOLDER / "reader-digits.safetensors"

SIDE = 28
SHAPES = shapes(1, SIDE, Judge.classes)
"""What its file holds: one classifier with a logit for each digit."""

THIN, BOLD = 2.37, 2.81
"""Pixels of stroke width: a third of MNIST's 60,000 training digits are thinner, and a third bolder."""

UPRIGHT, SLANTED = -0.01, 0.224
"""Slant: a third of MNIST's 60,000 training digits slant less, and a third slant more."""

DIGITS = tuple(map(str, range(Judge.classes)))


class DigitsReader(Reader):
    """Reads digits. What it is has to be named by two classifiers: the judge, and one trained on
    digits that are warped, thinned, thickened, faded, noisy and laid over each other. Stroke width
    and slant are measured on the pixels; the middle third of digits is neither bold nor thin, and
    neither slanted nor upright."""

    names: ClassVar = ("bold", "slanted", *DIGITS)
    movable: ClassVar = ("bold", "slanted")
    titles: ClassVar = {
        "bold": "bold",
        "slanted": "slanted",
        **{digit: f"{'an' if digit == '8' else 'a'} {digit}" for digit in DIGITS},
    }
    shape: ClassVar = (1, SIDE, SIDE)

    def __init__(self, plain: Judge, robust: Classifier):
        self.plain, self.robust = plain, robust
        self.reference = Gaussian.of(plain.reference.cpu())

    @classmethod
    def load(cls, path: Path = WEIGHTS) -> "DigitsReader":
        """The judge, and the second classifier of a file which
        `python -m ganplay pretrain reader-digits` wrote. Raises ValueError."""
        return cls(judge(), Classifier(load(path, SHAPES, "the reader of digits")[0]))

    def features(self, pictures: Tensor) -> Tensor:
        return self.plain.features(pictures)

    def chances(self, pictures: Tensor) -> Tensor:
        """The chance that each classifier gives each digit, [2, n, 10]; NaN for a picture with a value
        that is no finite number."""
        said = [each.logits(each.features(pictures)) for each in (self.plain, self.robust)]
        return torch.stack(said).softmax(2)

    def read(self, pictures: Tensor) -> Tensor:
        digit = agreed(self.chances(pictures))
        bold = _thirds(stroke_width(pictures), THIN, BOLD)
        slanted = _thirds(slant(pictures), UPRIGHT, SLANTED)
        return torch.cat([bold[:, None], slanted[:, None], digit], 1)


def stroke_width(pictures: Tensor) -> Tensor:
    """How wide the strokes of digits [n, 1, 28, 28] of -1..1 are, in pixels [n]: twice the ink over
    the length of its outline, by central differences; NaN where there is no ink."""
    ink = _ink(pictures)
    padded = functional.pad(ink, (1, 1, 1, 1))
    across = padded[:, 1:-1, 2:] - padded[:, 1:-1, :-2]
    down = padded[:, 2:, 1:-1] - padded[:, :-2, 1:-1]
    outline = torch.hypot(across, down).sum((1, 2)) / 2
    return 2 * ink.sum((1, 2)) / outline


def slant(pictures: Tensor) -> Tensor:
    """How far the strokes of digits [n, 1, 28, 28] of -1..1 lean to the right, [n]: columns for each
    row upwards, by the second moments of the ink; NaN where there is none."""
    ink = _ink(pictures).double()
    place = torch.arange(SIDE, dtype=torch.float64, device=ink.device)
    mass = ink.sum((1, 2))
    down = place - (ink.sum(2) @ place / mass)[:, None]
    across = place - (ink.sum(1) @ place / mass)[:, None]
    both = torch.einsum("nij,ni,nj->n", ink, down, across)
    return -both / torch.einsum("nij,ni->n", ink, down.square())


def _ink(pictures: Tensor) -> Tensor:
    return (pictures.detach()[:, 0].float() + 1) / 2


def _thirds(values: Tensor, low: float, high: float) -> Tensor:
    return (values >= high).to(torch.int8) - (values <= low).to(torch.int8)
