"""A stand-in for a generator: whatever it is given, it makes pictures that are known."""

from collections.abc import Sequence

import torch
from torch import Generator, Tensor

from ganplay import observe
from ganplay.data.pictures import scaled, shipped_digits
from ganplay.nets import Net
from ganplay.observe import PictureLook
from ganplay.trainer import Trainer


class Gallery(Net):
    """Makes the next of its pictures [n, c, side, side], over and over."""

    def __init__(self, pictures: Tensor):
        super().__init__([(1, 1)], 1, pictures.device, pictures.dtype)
        self.pictures, self.made = pictures, [0]

    def __call__(self, x: Tensor, leaves: Sequence[Tensor] | None = None) -> Tensor:
        first = self.made[0]
        self.made[0] = first + x.shape[1]
        return self.pictures[torch.arange(first, self.made[0]) % len(self.pictures)][None]


def look_at(trainer: Trainer, pictures: Tensor) -> PictureLook:
    """Run 0, had it made these pictures."""
    trainer.stacks[0].shown = Gallery(pictures)
    seen = observe.look(*trainer.places[0])
    assert isinstance(seen, PictureLook)
    trainer.stacks[0].shown.made[0] = 0
    return seen


def digits(n: int, seed: int = 0) -> Tensor:
    """Real ones, each of the ten as likely, [n, 1, 28, 28]."""
    which = torch.randint(10_000, (n,), generator=Generator().manual_seed(seed))
    return scaled(shipped_digits()[0][which])


def of_class(digit: int, n: int) -> Tensor:
    """Real ones of a kind."""
    return scaled(shipped_digits()[0][1000 * digit : 1000 * digit + n])
