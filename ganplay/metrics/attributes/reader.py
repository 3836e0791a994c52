"""What all readers of attributes have in common."""

from abc import ABC, abstractmethod
from typing import ClassVar

import torch
from torch import Tensor

from ganplay.metrics.pictures import Gaussian

SURE = 0.9
"""A classifier is sure of an attribute from this chance on, and from 1 minus it down of its absence.
Of real pictures that nobody was trained on, 99.6 % of faces and 97 % of digits are then clear in all
that they are; of two faces laid over each other, half and half, 5 %, and of two digits a quarter."""


class Reader(ABC):
    """Says of pictures which attributes they have.

    names: the attributes, in the order of the columns of `read`.
    movable: those that vector arithmetic can switch on while it keeps the others.
    titles: each attribute in words for a page.
    shape: [c, h, w] of the pictures it reads.
    reference: the Gaussian of the features of 10,000 real pictures that no net was trained on, for
        `frechet`.
    """

    names: ClassVar[tuple[str, ...]]
    movable: ClassVar[tuple[str, ...]]
    titles: ClassVar[dict[str, str]]
    shape: ClassVar[tuple[int, int, int]]
    reference: Gaussian

    @abstractmethod
    def features(self, pictures: Tensor) -> Tensor:
        """What the first classifier sees in pictures [n, *shape] of -1..1 before it decides: [n, F]
        float32, none below 0; NaN for a picture with a value that is no finite number."""

    @abstractmethod
    def read(self, pictures: Tensor) -> Tensor:
        """The attributes of pictures [n, *shape] of -1..1: [n, A] int8, 1 where an attribute is
        there for sure, -1 where it is missing for sure, and 0 where nobody can say, as everywhere in
        a picture with a value that is no finite number."""


def agreed(chances: Tensor) -> Tensor:
    """What classifiers say together, given the chance [k, *] that each of k gives: int8 [*], 1 where
    all are SURE that it is there, -1 where all are sure that it isn't, else 0."""
    there = (chances >= SURE).all(0).to(torch.int8)
    return there - (chances <= 1 - SURE).all(0).to(torch.int8)
