"""Reads the five attributes of drawn faces."""

from pathlib import Path
from typing import ClassVar

import torch
from torch import Tensor

from ganplay.data.faces import ATTRIBUTES, SIDE
from ganplay.metrics.attributes.reader import Reader, agreed
from ganplay.metrics.classifier import Classifier, load, named, shapes
from ganplay.metrics.judge import FOLDER
from ganplay.metrics.pictures import Gaussian

WEIGHTS = FOLDER / "readers-faces.safetensors"

CLASSIFIERS = ("plain", "robust")

SHAPES = {
    f"{which}.{name}": shape
    for which in CLASSIFIERS
    for name, shape in shapes(3, SIDE, len(ATTRIBUTES)).items()
} | {"reference.mean": (64,), "reference.covariance": (64, 64)}
"""What its file holds: two classifiers with a logit for each attribute, and the mean and covariance
of what the first sees in held-out faces."""


class FacesReader(Reader):
    """Reads drawn faces by two classifiers, which have to agree: a plain one, and one trained on
    faces in false colours, faded, noisy, striped and laid over each other, which a picture that only
    has something of an attribute doesn't take in."""

    names: ClassVar = ATTRIBUTES
    movable: ClassVar = ATTRIBUTES
    titles: ClassVar = {name: name.replace("_", " ") for name in ATTRIBUTES}
    shape: ClassVar = (3, SIDE, SIDE)

    def __init__(self, plain: Classifier, robust: Classifier, reference: Gaussian):
        self.plain, self.robust, self.reference = plain, robust, reference

    @classmethod
    def load(cls, path: Path = WEIGHTS) -> "FacesReader":
        """That of a file which `python -m ganplay pretrain readers-faces` wrote. Raises
        ValueError."""
        tensors, _ = load(path, SHAPES, "the reader of faces")
        known = {name: tensor.double() for name, tensor in named(tensors, "reference").items()}
        plain, robust = (Classifier(named(tensors, which)) for which in CLASSIFIERS)
        return cls(plain, robust, Gaussian(**known))

    def features(self, pictures: Tensor) -> Tensor:
        return self.plain.features(pictures)

    def look(self, pictures: Tensor) -> tuple[Tensor, Tensor]:
        """The features of pictures [n, 3, 32, 32], and the chance that each classifier gives each
        attribute, [2, n, 5]; NaN for a picture with a value that is no finite number."""
        nets = (self.plain, self.robust)
        seen = [net.features(pictures) for net in nets]
        said = [net.logits(each) for net, each in zip(nets, seen, strict=True)]
        return seen[0], torch.stack(said).sigmoid()

    def read(self, pictures: Tensor) -> Tensor:
        return agreed(self.look(pictures)[1])
