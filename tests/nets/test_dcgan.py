"""DCGAN's nets against `torch.nn` modules that hold the same weights."""

import math
from itertools import pairwise
from typing import Any

import pytest
import torch
from torch import Generator, Tensor, nn
from torch.utils.flop_counter import FlopCounterMode

from ganplay.nets import ACTIVATIONS, INITS, DCGANDiscriminator, DCGANGenerator, Net
from ganplay.nets.dcgan import doublings, halvings, work_of_discriminator, work_of_generator

TORCH: dict[str, type[nn.Module] | nn.Module] = {
    "relu": nn.ReLU(), "leaky_relu": nn.LeakyReLU(0.2), "tanh": nn.Tanh(), "silu": nn.SiLU()
}  # fmt: skip

with_norm_or_not = pytest.mark.parametrize("normalise", [True, False])
every_side = pytest.mark.parametrize("side", [28, 32])
both_kinds = pytest.mark.parametrize("kind", ["generator", "discriminator"])


def built(
    kind: str,
    side: int,
    normalise: bool,
    activation: str = "leaky_relu",
    init: str = "default",
    **more: Any,
) -> Net:
    own = (normalise, activation, init, [Generator().manual_seed(0)], torch.float64)
    if kind == "generator":
        return DCGANGenerator(5, (6, 4), (3, side, side), *own)
    return DCGANDiscriminator((3, side, side), (4, 6, 7), *own, **more)


def batch_norm(width: int) -> nn.BatchNorm2d:
    return nn.BatchNorm2d(width, dtype=torch.float64)


def generator_modules(start: int, normalise: bool, act: nn.Module) -> list[nn.Module]:
    norms = [[batch_norm(width)] if normalise else [] for width in (6, 4)]
    return [
        nn.Linear(5, 6 * start**2), nn.Unflatten(1, (6, start, start)),
        *norms[0], act, nn.ConvTranspose2d(6, 4, 4, 2, 1),
        *norms[1], act, nn.ConvTranspose2d(4, 3, 4, 2, 1), nn.Tanh(),
    ]  # fmt: skip


def discriminator_modules(
    side: int, normalise: bool, act: nn.Module, outputs: int
) -> list[nn.Module]:
    norms = [[batch_norm(width)] if normalise else [] for width in (6, 7)]
    first = [nn.Conv2d(3, 4, 4, 2, 1), act, nn.Conv2d(4, 6, 4, 2, 1), *norms[0], act]
    if side == 28:  # two halvings, as 7 is odd, and the last width is fully connected
        return [*first, nn.Flatten(), nn.Linear(6 * 7**2, 7), act, nn.Linear(7, outputs)]
    return [*first, nn.Conv2d(6, 7, 4, 2, 1), *norms[1], act, nn.Flatten(),
            nn.Linear(7 * 4**2, outputs)]  # fmt: skip


def parameters_of(modules: nn.Sequential) -> list[nn.Parameter]:
    """In the order of a Net: those of normalisations come last."""
    layers = sorted(modules, key=lambda layer: isinstance(layer, nn.BatchNorm2d))
    return [parameter for layer in layers for parameter in layer.parameters()]


def filled(net: Net, modules: list[nn.Module]) -> nn.Sequential:
    """The modules with the net's weights; they have to take all of them."""
    made = nn.Sequential(*modules)
    for parameter, leaf in zip(parameters_of(made), net.leaves, strict=True):
        assert parameter.numel() == leaf[0].numel()
        parameter.data = leaf.detach()[0].clone().view_as(parameter)
    return made


def case(
    kind: str, side: int, normalise: bool, activation: str = "leaky_relu", outputs: int = 1
) -> tuple[Net, nn.Sequential, Tensor]:
    """A net whose normalisations do something, the same from torch, and a batch."""
    more = {"outputs": outputs} if kind == "discriminator" else {}
    net, act = built(kind, side, normalise, activation, **more), TORCH[activation]
    rng = Generator().manual_seed(1)
    for leaf in net.leaves[net.weights.stop :]:
        leaf.data.add_(0.3 * torch.randn(leaf.shape, dtype=torch.float64, generator=rng))
    modules = (
        generator_modules(side // 4, normalise, act)
        if kind == "generator"
        else discriminator_modules(side, normalise, act, outputs)
    )
    shape = (9, 5) if kind == "generator" else (9, 3, side, side)
    x = torch.randn(shape, dtype=torch.float64, generator=rng)
    return net, filled(net, modules), x


def flat(gradients: tuple[Tensor, ...]) -> Tensor:
    return torch.cat([gradient.flatten() for gradient in gradients])


@pytest.mark.parametrize("activation", ACTIVATIONS)
@with_norm_or_not
@every_side
@both_kinds
def test_value_and_gradient_are_torchs(
    kind: str, side: int, normalise: bool, activation: str
) -> None:
    net, modules, x = case(kind, side, normalise, activation)
    ours, theirs = net(x[None])[0], modules(x)
    torch.testing.assert_close(ours, theirs, rtol=1e-10, atol=1e-12)
    gradient = net.gradient_of(ours.square().sum()[None])[0]
    expected = flat(torch.autograd.grad(theirs.square().sum(), parameters_of(modules)))
    torch.testing.assert_close(gradient, expected, rtol=1e-8, atol=1e-10)
    assert gradient.norm() > 1e-3


@pytest.mark.parametrize("activation", ACTIVATIONS)
@with_norm_or_not
@every_side
def test_gradient_of_a_slope_is_torchs(side: int, normalise: bool, activation: str) -> None:
    """As R1 takes it: through the batch normalisation twice."""
    net, modules, x = case("discriminator", side, normalise, activation)
    found = []
    for run, parameters in (
        (lambda x: net(x[None]), net.leaves),
        (modules, parameters_of(modules)),
    ):
        at = x.clone().requires_grad_()
        (slope,) = torch.autograd.grad(run(at).sum(), at, create_graph=True)
        value = slope.square().sum() / 2
        found.append(flat(torch.autograd.grad(value, parameters, materialize_grads=True)))
    torch.testing.assert_close(found[0], found[1], rtol=1e-8, atol=1e-10)
    assert found[1].norm() > 1e-3


@pytest.mark.parametrize("outputs", [1, 6])
@every_side
def test_a_discriminator_gives_so_many_numbers(side: int, outputs: int) -> None:
    net, modules, x = case("discriminator", side, True, outputs=outputs)
    assert net(x[None]).shape == (1, 9, outputs)
    torch.testing.assert_close(net(x[None])[0], modules(x), rtol=1e-10, atol=1e-12)


@with_norm_or_not
@both_kinds
def test_other_leaves_stand_for_the_nets_own(kind: str, normalise: bool) -> None:
    net, _, x = case(kind, 28, normalise)
    moved = net.copy()
    moved.flat.add_(0.1)
    assert torch.equal(net(x[None], moved.leaves), moved(x[None]))
    assert not torch.allclose(net(x[None], moved.leaves), net(x[None]))


# ---- how a net starts


@pytest.mark.parametrize("init", INITS)
@with_norm_or_not
@both_kinds
def test_starts_from_its_seed_with_every_init(kind: str, normalise: bool, init: str) -> None:
    net = built(kind, 32, normalise, init=init)
    assert torch.equal(net.flat, built(kind, 32, normalise, init=init).flat)
    assert net.flat.isfinite().all()
    weights, norms = net.leaves[net.weights], net.leaves[net.weights.stop :]
    assert all(weight.detach().std() > 1e-3 for weight in weights[::2])
    assert all(bias.any() == (init == "default") for bias in weights[1::2])
    assert bool(norms) == normalise
    assert all((scale == 1).all() for scale in norms[::2])
    assert not any(shift.any() for shift in norms[1::2])


def like_torch(init: str, layer: nn.Module) -> Tensor:
    """A layer's weight with that init, drawn by torch."""
    weight = layer.weight
    assert isinstance(weight, Tensor)
    match init:
        case "xavier":
            nn.init.xavier_uniform_(weight)
        case "he":
            nn.init.kaiming_normal_(weight, nonlinearity="relu")
        case "orthogonal":
            nn.init.orthogonal_(weight)
        case _:
            assert init == "default", f"no oracle for {init}"
    return weight.detach()


@pytest.mark.parametrize("init", INITS)
@both_kinds
def test_initial_weights_are_spread_as_torchs(kind: str, init: str) -> None:
    torch.manual_seed(1)
    own = (False, "relu", init, [Generator().manual_seed(0)], torch.float32)
    net: Net
    if kind == "generator":
        net = DCGANGenerator(30, (24, 16), (3, 28, 28), *own)
        layers = [nn.Linear(30, 24 * 49), nn.ConvTranspose2d(24, 16, 4), nn.ConvTranspose2d(16, 3, 4)]  # fmt: skip
    else:
        net = DCGANDiscriminator((3, 28, 28), (16, 24, 20), *own)
        layers = [nn.Conv2d(3, 16, 4), nn.Conv2d(16, 24, 4), nn.Linear(24 * 49, 20), nn.Linear(20, 1)]  # fmt: skip
    for weight, bias, layer in zip(net.leaves[::2], net.leaves[1::2], layers, strict=True):
        expected = like_torch(init, layer)
        spread, count = float(expected.std()), expected.numel()
        assert weight[0].shape == expected.shape
        # five standard errors of a normal sample; those of a uniform one are smaller
        error = 5 / math.sqrt(count)
        assert float(weight.detach().std()) == pytest.approx(spread, rel=error)
        assert float(weight.detach().mean()) == pytest.approx(0, abs=spread * error)
        if init == "default" and layer.bias.numel() > 10:
            bound = float(layer.bias.detach().abs().max())
            assert float(bias.detach().abs().max()) == pytest.approx(bound, rel=0.3)


# ---- settled


def settle(modules: nn.Sequential, z: Tensor) -> None:
    """Put torch's normalisations into eval mode with the moments of this batch, the variance being
    that of the batch itself."""
    x = z
    for layer in modules.train():
        made = layer(x)
        if isinstance(layer, nn.BatchNorm2d):
            layer.running_mean = x.mean((0, 2, 3)).detach()
            layer.running_var = x.var((0, 2, 3), correction=0).detach()
        x = made
    modules.eval()


@with_norm_or_not
@every_side
def test_a_settled_generator_is_torchs_in_eval_mode(side: int, normalise: bool) -> None:
    net, modules, z = case("generator", side, normalise)
    made = net.settle(z[None])
    torch.testing.assert_close(made, net.copy()(z[None]), rtol=1e-10, atol=1e-12)
    torch.testing.assert_close(made[0], modules.train()(z), rtol=1e-10, atol=1e-12)
    settle(modules, z)
    others = torch.randn(7, 5, dtype=torch.float64, generator=Generator().manual_seed(8)) * 3
    torch.testing.assert_close(net(others[None])[0], modules(others), rtol=1e-9, atol=1e-11)


@with_norm_or_not
def test_a_sample_depends_on_its_batch_until_it_is_settled(normalise: bool) -> None:
    net, _, z = case("generator", 28, normalise)
    mates = torch.cat((z[:1], 4 * z[1:]))
    alike = torch.allclose(net(z[None])[0, 0], net(mates[None])[0, 0], rtol=0, atol=1e-6)
    assert alike != normalise
    net.settle(z[None])
    for batch in (mates, z[:1]):
        assert torch.allclose(net(z[None])[0, 0], net(batch[None])[0, 0], rtol=0, atol=1e-12)


def test_settling_one_leaves_the_net_it_is_of_alone() -> None:
    net, modules, z = case("generator", 28, True)
    before = net(2 * z[None])
    for twin in (net.only(0), net.copy()):
        twin.settle(z[None])
        assert torch.equal(net(2 * z[None]), before)
        assert not torch.allclose(twin(2 * z[None]), before)
    torch.testing.assert_close(before[0], modules(2 * z), rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize("twin_of", [lambda net: net.copy(), lambda net: net.only(0)])
def test_twins_of_a_settled_net_are_settled(twin_of: Any) -> None:
    net, _, z = case("generator", 28, True)
    net.settle(z[None])
    twin = twin_of(net)
    assert torch.equal(twin(2 * z[None]), net(2 * z[None]))
    fixed = net(2 * z[None])
    twin.settle(5 * z[None])
    assert torch.equal(net(2 * z[None]), fixed)


def test_a_settled_copy_stays_as_it_was_while_the_net_moves() -> None:
    net, _, z = case("generator", 28, True)
    looked, kept = net.only(0), net.copy()
    for twin in (looked, kept):
        twin.settle(z[None])
    before = kept(z[None])
    net.flat.mul_(1.1).add_(0.05)
    assert torch.equal(kept(z[None]), before)
    assert not torch.allclose(looked(z[None]), before)  # it shares the memory


# ---- sides


@pytest.mark.parametrize("side", range(1, 130))
def test_sides_are_halved_as_often_as_they_are_even(side: int) -> None:
    count = next(n for n in range(10) if side // 2**n % 2)
    assert doublings(side) == count
    for widths in range(8):
        steps, left = 0, side
        while steps < widths and left % 2 == 0 and left > 4:
            left, steps = left // 2, steps + 1
        assert halvings(side, widths) == steps


@pytest.mark.parametrize("side", [4, 6, 8, 12, 28, 32, 40, 64])
def test_every_depth_that_fits_makes_pictures_of_that_side(side: int) -> None:
    rngs, z = [Generator().manual_seed(0)], torch.randn(1, 3, 5)
    own = (True, "relu", "default", rngs, torch.float32)
    for depth in range(1, doublings(side) + 1):
        g = DCGANGenerator(5, (3,) * depth, (2, side, side), *own)
        assert g(z).shape == (1, 3, 2, side, side)
    for depth in range(5):
        d = DCGANDiscriminator((2, side, side), (3,) * depth, *own)
        logits = d(torch.randn(1, 3, 2, side, side))
        assert logits.shape == (1, 3, 1)
        assert d.normalises == (halvings(side, depth) > 1)


# ---- work


def multiplications(net: Net, x: Tensor) -> int:
    with FlopCounterMode(display=False) as counter:
        net(x)
    return counter.get_total_flops() // 2


@pytest.mark.parametrize("picture", [(1, 28, 28), (3, 28, 28), (3, 32, 32), (1, 40, 40)], ids=str)
@pytest.mark.parametrize("widths", [(), (5,), (6, 4), (4, 6, 7), (3, 4, 5, 6)], ids=str)
def test_work_is_that_of_the_products(
    picture: tuple[int, int, int], widths: tuple[int, ...]
) -> None:
    """As torch counts it, a multiplication and an addition for each; a convolution at the border is
    counted as anywhere."""
    own = (False, "relu", "default", [Generator().manual_seed(0)], torch.float32)
    d = DCGANDiscriminator(picture, widths, *own)
    counted = multiplications(d, torch.randn(1, 2, *picture)) / 2
    assert work_of_discriminator(picture, widths) == counted
    if 1 <= len(widths) <= doublings(picture[1]):
        g = DCGANGenerator(9, widths, picture, *own)
        assert work_of_generator(9, widths, picture) == multiplications(g, torch.randn(1, 2, 9)) / 2


def test_shapes_hold_all_there_is() -> None:
    """The number of parameters, added up by hand."""
    g, d = built("generator", 28, True), built("discriminator", 28, True)
    widths = pairwise((6, 4, 3))
    for_g = (5 + 1) * 6 * 49 + sum(16 * a * b + b for a, b in widths) + 2 * (6 + 4)
    for_d = 16 * 3 * 4 + 4 + 16 * 4 * 6 + 6 + 2 * 6 + (6 * 49 + 1) * 7 + 7 + 1
    assert (g.flat.numel(), d.flat.numel()) == (for_g, for_d)


def after_activations(modules: nn.Sequential, activation: str, x: Tensor) -> list[Tensor]:
    """What torch has after each activation that leaves maps, and at last its output."""
    seen = []
    for layer in modules:
        x = layer(x)
        if layer is TORCH[activation] and x.ndim == 4:
            seen.append(x)
    return [*seen, x]


@with_norm_or_not
@every_side
@both_kinds
def test_layers_are_torchs(kind: str, side: int, normalise: bool) -> None:
    net, modules, x = case(kind, side, normalise, "relu")
    seen = net.grow(x) if isinstance(net, DCGANGenerator) else net.see(x)
    expected = after_activations(modules, "relu", x)
    assert len(seen) == len(expected) >= 3
    for ours, theirs in zip(seen, expected, strict=True):
        torch.testing.assert_close(ours, theirs, rtol=1e-10, atol=1e-12)
    torch.testing.assert_close(seen[-1], net(x[None])[0], rtol=0, atol=0)


@pytest.mark.parametrize("layer", [0, 1])
def test_a_change_of_maps_goes_on_to_the_picture(layer: int) -> None:
    net, modules, x = case("generator", 32, False, "relu")
    assert isinstance(net, DCGANGenerator)
    seen = net.grow(x, lambda at, maps: maps * 0 if at == layer else maps)
    assert seen[layer].abs().sum() == 0
    cut = [i for i, each in enumerate(modules) if each is TORCH["relu"]][layer] + 1
    expected = modules[cut:](torch.zeros_like(modules[:cut](x)))
    torch.testing.assert_close(seen[-1], expected, rtol=1e-10, atol=1e-12)
    assert not torch.allclose(seen[-1], net(x[None])[0])


def test_a_copy_shares_no_memory() -> None:
    for kind in ("generator", "discriminator"):
        net = built(kind, 28, True)
        twin = net.copy("cpu")
        assert torch.equal(twin.flat, net.flat)
        assert twin.flat.data_ptr() != net.flat.data_ptr()
        assert twin.leaves[0].data_ptr() == twin.flat.data_ptr()
