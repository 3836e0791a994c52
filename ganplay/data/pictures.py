"""Data sets of pictures: handwritten digits, 10,000 of them shipped as one sheet, and clothes."""

from functools import lru_cache
from pathlib import Path
from typing import ClassVar, Literal, Self

import numpy as np
import torch
from PIL import Image
from pydantic import model_validator
from torch import Tensor

from ganplay.data import fetch
from ganplay.data.base import DataSet
from ganplay.settings import setting

SHEET = Path(__file__).with_name("digits.png")
"""The first 1,000 training digits of each class of MNIST (LeCun, Cortes and Burges; CC BY-SA 3.0),
class by class, in rows of 100."""


class Pictures(DataSet):
    """Pictures, each as likely as any other; their values are scaled to -1..1."""

    @property
    def shape(self) -> tuple[int, ...]:
        return (1, 28, 28)

    def pictures(self) -> Tensor:
        """All of them, [N, *shape] uint8, on the CPU."""
        raise NotImplementedError

    def sample(self, n: int, generator: torch.Generator) -> Tensor:
        return scaled(drawn(on_device(self, generator.device), (n,), generator))


class MNIST(Pictures):
    """Handwritten digits, 28 by 28."""

    title: ClassVar[str] = "Digits (MNIST)"
    name: Literal["mnist"] = "mnist"
    whole: bool = setting(
        False,
        "All 60,000 training digits in place of the 10,000 that are shipped; fetch them first, by"
        " `python -m ganplay data fetch mnist`.",
        title="all digits",
    )

    @model_validator(mode="after")
    def _is_here(self) -> Self:
        if self.whole:
            fetch.check("mnist")
        return self

    def pictures(self) -> Tensor:
        return fetch.read("mnist")[0] if self.whole else shipped_digits()[0]


class FashionMNIST(Pictures):
    """Clothes, shoes and bags, 28 by 28 (Xiao et al. 2017)."""

    title: ClassVar[str] = "Clothes (Fashion-MNIST)"
    name: Literal["fashion_mnist"] = "fashion_mnist"

    @model_validator(mode="after")
    def _is_here(self) -> Self:
        fetch.check("fashion_mnist")
        return self

    def pictures(self) -> Tensor:
        return fetch.read("fashion_mnist")[0]


class StackedMNIST(Pictures):
    """Three digits as red, green and blue, which makes 1,000 modes (Metz et al. 2017)."""

    title: ClassVar[str] = "Stacked digits (three in one)"
    name: Literal["stacked_mnist"] = "stacked_mnist"
    whole: bool = setting(
        False,
        "Stacks all 60,000 training digits in place of the 10,000 that are shipped; fetch them"
        " first, by `python -m ganplay data fetch mnist`.",
        title="all digits",
    )

    @model_validator(mode="after")
    def _is_here(self) -> Self:
        if self.whole:
            fetch.check("mnist")
        return self

    @property
    def digits(self) -> MNIST:
        """What is stacked; there are too many stacks for `pictures`."""
        return MNIST.model_construct(whole=self.whole)  # files need not be looked at for each batch

    @property
    def shape(self) -> tuple[int, ...]:
        return (3, 28, 28)

    def sample(self, n: int, generator: torch.Generator) -> Tensor:
        digits = on_device(self.digits, generator.device)
        return scaled(drawn(digits, (n, 3), generator).flatten(1, 2))


def drawn(pictures: Tensor, shape: tuple[int, ...], generator: torch.Generator) -> Tensor:
    """Independent draws of them, [*shape, *]."""
    which = torch.randint(len(pictures), shape, generator=generator, device=generator.device)
    return pictures[which]


def scaled(pictures: Tensor) -> Tensor:
    """0..255 to -1..1, in torch's default dtype."""
    return pictures.to(torch.get_default_dtype()).div_(127.5).sub_(1)


@lru_cache(maxsize=8)
def on_device(data: Pictures, device: torch.device) -> Tensor:
    """All pictures, [N, *shape] uint8."""
    return data.pictures().to(device)


@lru_cache(maxsize=1)
def shipped_digits() -> tuple[Tensor, Tensor]:
    """The shipped digits [10000, 1, 28, 28] uint8, and what each is, [10000] int64."""
    with Image.open(SHEET) as image:
        sheet = np.asarray(image)
    tiles = sheet.reshape(100, 28, 100, 28).swapaxes(1, 2).reshape(-1, 1, 28, 28)
    return torch.from_numpy(tiles.copy()), torch.arange(10).repeat_interleave(1000)
