"""torchvision's data sets, also beside a torch without CUDA."""

from functools import lru_cache
from importlib import import_module
from types import ModuleType

import torch

MISSING = ("nms", "qnms")
"""Operators that torchvision speaks of when it is imported, and its compiled part defines."""
ARGUMENTS = "(Tensor dets, Tensor scores, float iou_threshold) -> Tensor"

_defined: list[torch.library.Library] = []  # an operator lives as long as the library it is from


@lru_cache(maxsize=1)
def datasets() -> ModuleType:
    """The module `torchvision.datasets`."""
    try:
        return import_module("torchvision.datasets")
    except RuntimeError:  # no compiled part: it is for CUDA, and data sets need none of it
        define_missing()
        return import_module("torchvision.datasets")


def define_missing() -> None:
    """Give those operators a name, where nothing has."""
    library = torch.library.Library("torchvision", "FRAGMENT")  # type: ignore[no-untyped-call]
    for name in MISSING:
        if not hasattr(torch.ops.torchvision, name):
            library.define(name + ARGUMENTS)  # type: ignore[no-untyped-call]
    _defined.append(library)
