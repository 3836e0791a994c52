"""DCGAN's nets against `torch.nn` modules that hold the same weights."""

import pytest
import torch
from torch import Generator, Tensor, nn

from ganplay.nets import INITS, Judge, Net, Painter


def built(kind: str, side: int, init: str = "default") -> Net:
    rngs = [Generator().manual_seed(0)]
    if kind == "painter":
        return Painter(5, (6, 4), (3, side, side), "leaky_relu", init, rngs, torch.float64)
    return Judge((3, side, side), (4, 6, 7), "leaky_relu", init, rngs, torch.float64)


def filled(net: Net, modules: list[nn.Module]) -> nn.Sequential:
    """The modules with the net's weights; they have to take all of them."""
    leaves = [leaf.detach()[0] for leaf in net.leaves]
    for module in modules:
        for parameter in module.parameters():
            parameter.data = leaves.pop(0).view_as(parameter)
    assert not leaves
    return nn.Sequential(*modules)


def painter_modules(start: int) -> list[nn.Module]:
    return [
        nn.Linear(5, 6 * start**2), nn.Unflatten(1, (6, start, start)),
        nn.BatchNorm2d(6, track_running_stats=False, dtype=torch.float64), nn.LeakyReLU(0.2),
        nn.ConvTranspose2d(6, 4, 4, 2, 1),
        nn.BatchNorm2d(4, track_running_stats=False, dtype=torch.float64), nn.LeakyReLU(0.2),
        nn.ConvTranspose2d(4, 3, 4, 2, 1), nn.Tanh(),
    ]  # fmt: skip


def judge_modules(side: int) -> list[nn.Module]:
    act = nn.LeakyReLU(0.2)
    if side == 28:  # two halvings, as 7 is odd, and the last width is fully connected
        return [nn.Conv2d(3, 4, 4, 2, 1), act, nn.Conv2d(4, 6, 4, 2, 1), act, nn.Flatten(),
                nn.Linear(6 * 7**2, 7), act, nn.Linear(7, 1)]  # fmt: skip
    return [nn.Conv2d(3, 4, 4, 2, 1), act, nn.Conv2d(4, 6, 4, 2, 1), act,
            nn.Conv2d(6, 7, 4, 2, 1), act, nn.Flatten(), nn.Linear(7 * 4**2, 1)]  # fmt: skip


def case(kind: str, side: int) -> tuple[Net, nn.Sequential, Tensor]:
    net = built(kind, side)
    modules = painter_modules(side // 4) if kind == "painter" else judge_modules(side)
    shape = (9, 5) if kind == "painter" else (9, 3, side, side)
    x = torch.randn(shape, dtype=torch.float64, generator=Generator().manual_seed(1))
    return net, filled(net, modules), x


@pytest.mark.parametrize("side", [28, 32])
@pytest.mark.parametrize("kind", ["painter", "judge"])
def test_value_and_gradient_are_torchs(kind: str, side: int) -> None:
    net, modules, x = case(kind, side)
    ours, theirs = net(x[None])[0], modules(x)
    torch.testing.assert_close(ours, theirs, rtol=1e-10, atol=1e-12)
    gradient = net.gradient_of(ours.square().sum()[None])[0]
    theirs.square().sum().backward()
    expected = torch.cat([p.grad.flatten() for p in modules.parameters()])
    torch.testing.assert_close(gradient, expected, rtol=1e-9, atol=1e-11)
    assert gradient.norm() > 1e-3


@pytest.mark.parametrize("init", INITS)
@pytest.mark.parametrize("kind", ["painter", "judge"])
def test_starts_from_its_seed_with_every_init(kind: str, init: str) -> None:
    net = built(kind, 32, init)
    assert torch.equal(net.flat, built(kind, 32, init).flat)
    assert net.flat.isfinite().all()
    weights = net.leaves[4 * (kind == "painter") :: 4 if kind == "painter" else 2]
    assert all(weight.detach().std() > 1e-3 for weight in weights)
    if kind == "painter":
        assert all((scale == 1).all() for scale in net.leaves[2::4])
        assert not any(shift.any() for shift in net.leaves[3::4])
