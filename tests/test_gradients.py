"""The two paths to a gradient agree, for all that can be combined."""

from itertools import product

import pytest
import torch
from torch import Generator, Tensor

from ganplay.config import RunConfig
from ganplay.gradients import Autograd, ByHand, gradients_for
from ganplay.losses import LOSSES
from ganplay.nets import ACTIVATIONS, MLP
from ganplay.optimizers import OPTIMIZERS
from ganplay.trainer import Trainer

BY_HAND = [name for name, activation in ACTIVATIONS.items() if activation.slope]
RUNS = 3


def nets(activation: str, hidden: tuple[int, ...]) -> tuple[MLP, MLP]:
    rngs = [Generator().manual_seed(k) for k in range(RUNS)]
    g, d = (
        MLP((n_in, *hidden, n_out), activation, "default", rngs, torch.float64)
        for n_in, n_out in ((5, 2), (2, 1))
    )
    return g, d


def points(*shape: int) -> Tensor:
    return torch.randn(RUNS, *shape, dtype=torch.float64, generator=Generator().manual_seed(9))


@pytest.mark.parametrize("hidden", [(), (7,), (8, 6, 5)], ids=str)
@pytest.mark.parametrize("activation", BY_HAND)
@pytest.mark.parametrize("loss", LOSSES)
def test_paths_agree(loss: str, activation: str, hidden: tuple[int, ...]) -> None:
    g, d = nets(activation, hidden)
    real, fake, z = points(16, 2), 0.5 - points(16, 2), points(16, 5)
    for by_hand, by_autograd in (
        [path.discriminator(d, LOSSES[loss], real, fake) for path in (ByHand(), Autograd())],
        [path.generator(g, d, LOSSES[loss], z) for path in (ByHand(), Autograd())],
    ):
        torch.testing.assert_close(by_hand, by_autograd, atol=1e-12, rtol=1e-10)
        assert by_autograd[1].norm() > 1e-3


@pytest.mark.parametrize(
    ("loss", "optimizer", "updates"),
    list(product(LOSSES, OPTIMIZERS, ("alternating", "simultaneous"))),
    ids="-".join,
)
def test_runs_on_both_paths_agree(loss: str, optimizer: str, updates: str) -> None:
    fields = {f"{net}.{name}": value for net in ("generator", "discriminator")
              for name, value in (("optimizer", optimizer), ("hidden", "12,10"), ("lr", 1e-3))}  # fmt: skip
    fields |= {"loss": loss, "updates": updates, "discriminator.steps": 2, "batch_size": 16}
    config = RunConfig().updated(fields)
    flats = []
    for path in (ByHand(), Autograd()):
        trainer = Trainer(config, RUNS, dtype=torch.float64)
        trainer._gradients = path
        trainer.advance(10)
        flats.append((trainer.generator.net.flat, trainer.discriminator.net.flat))
    torch.testing.assert_close(flats[0], flats[1], atol=1e-10, rtol=0)


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_the_fastest_path_that_takes_the_nets_is_chosen(activation: str) -> None:
    path = ByHand if activation in BY_HAND else Autograd
    assert isinstance(gradients_for(*nets(activation, (4,))), path)


def test_a_change_of_activation_changes_the_path() -> None:
    trainer = Trainer(RunConfig())
    assert isinstance(trainer._gradients, ByHand)
    trainer.change(**{"generator.activation": "silu"})
    assert isinstance(trainer._gradients, Autograd)
    trainer.advance(2)
