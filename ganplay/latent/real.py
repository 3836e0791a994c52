"""Real pictures beside those of a model: those it may have been trained on, and fresh ones."""

from functools import lru_cache

import torch
from torch import Generator, Tensor

from ganplay.data import Faces, StackedMNIST
from ganplay.data.faces import SEED, faces
from ganplay.data.pictures import scaled
from ganplay.latent.model import Model
from ganplay.stand_in import is_stand_in

MOST = 10_000
"""Training pictures that others are compared with: more would take long to be drawn and looked at."""
FRESH_SEED = SEED + 77
"""Of faces that no net was trained on."""


@lru_cache(maxsize=8)
def training(model: Model) -> Tensor | None:
    """The pictures of its data set, [N, *shape] uint8, or MOST of more; None where they are not on
    this machine, or too many to be compared one by one."""
    data = model.config.data
    if isinstance(data, Faces):
        # the first of the data set, without drawing the others
        return faces(min(MOST, data.count), SEED)[0]
    if isinstance(data, StackedMNIST) or is_stand_in(data):
        return None
    return model.real if len(model.real) <= MOST else model.real[apart(len(model.real), MOST)]


def some(model: Model, n: int) -> Tensor | None:
    """n pictures of its data set or all of fewer, [*, *shape] of -1..1, always the same; None where
    they are not on this machine."""
    data = model.config.data
    if isinstance(data, Faces):
        return scaled(faces(min(n, data.count), SEED)[0])
    if isinstance(data, StackedMNIST):
        return data.sample(n, Generator().manual_seed(0))
    known = training(model)
    return None if known is None else scaled(known[apart(len(known), n)])


def fresh(model: Model, n: int) -> Tensor | None:
    """n real pictures that it was not trained on, [n, *shape] of -1..1; None where there are none."""
    return scaled(faces(n, FRESH_SEED)[0]) if isinstance(model.config.data, Faces) else None


def apart(count: int, n: int) -> Tensor:
    """At most n numbers below `count`, drawn without any twice, always the same."""
    return torch.randperm(count, generator=Generator().manual_seed(0))[:n]
