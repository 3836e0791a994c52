"""Stacked perceptrons against `torch.nn`, and their initial weights against its formulas."""

import math
from collections.abc import Callable
from itertools import pairwise

import pytest
import torch
from torch import Tensor, nn

from ganplay.nets import ACTIVATIONS, INITS, MLP

TORCH: dict[str, Callable[[], nn.Module]] = {
    "relu": nn.ReLU,
    "leaky_relu": lambda: nn.LeakyReLU(0.2),
    "tanh": nn.Tanh,
    "silu": nn.SiLU,
}
BY_HAND = [name for name, activation in ACTIVATIONS.items() if activation.slope]
WIDTHS = (3, 5, 4, 2)
SHAPES = [(3, 2), (3, 5, 2), WIDTHS]
RUNS = 3

every_activation = pytest.mark.parametrize("activation", ACTIVATIONS)
every_shape = pytest.mark.parametrize("widths", SHAPES, ids=str)
one_and_many = pytest.mark.parametrize("runs", [1, RUNS])
bounded_or_not = pytest.mark.parametrize("bounded", [False, True])


def seeded(seed: int) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def net(
    widths: tuple[int, ...] = WIDTHS,
    activation: str = "tanh",
    init: str = "default",
    seed: int = 0,
    runs: int = RUNS,
    bounded: bool = False,
) -> MLP:
    rngs = [seeded(seed + k) for k in range(runs)]
    return MLP(widths, activation, init, rngs, torch.float64, bounded=bounded)


def oracle(mlp: MLP, k: int) -> nn.Sequential:
    """Run k as a torch module."""
    name = next(name for name, activation in ACTIVATIONS.items() if activation is mlp.activation)
    modules: list[nn.Module] = []
    for weight, bias in mlp.layers:
        linear = nn.Linear(*weight.shape[:0:-1], dtype=torch.float64)
        linear.load_state_dict({"weight": weight[k].detach(), "bias": bias[k, 0].detach()})
        modules += [linear, TORCH[name]()]
    modules[-1] = nn.Tanh() if mlp.bounded else nn.Identity()
    return nn.Sequential(*modules)


def points(n: int = 6, dim: int = 3, runs: int = RUNS, seed: int = 9) -> Tensor:
    return torch.randn(runs, n, dim, generator=seeded(seed), dtype=torch.float64)


def same(ours: Tensor, theirs: Tensor) -> None:
    torch.testing.assert_close(ours, theirs, rtol=1e-10, atol=1e-13)


def test_every_activation_has_its_oracle() -> None:
    assert TORCH.keys() == ACTIVATIONS.keys()


@bounded_or_not
@every_activation
@every_shape
def test_forward_is_that_of_torch_for_each_run(
    widths: tuple[int, ...], activation: str, bounded: bool
) -> None:
    mlp = net(widths, activation, bounded=bounded)
    assert mlp(points()).shape == (RUNS, 6, 2)
    for k, x in enumerate(points()):
        expected = oracle(mlp, k)(x).detach()
        torch.testing.assert_close(mlp(points())[k].detach(), expected, rtol=1e-12, atol=1e-14)
        alone = mlp.only(k)(x[None])[0].detach()
        torch.testing.assert_close(alone, expected, rtol=1e-12, atol=1e-14)


@bounded_or_not
@every_activation
def test_gradient_is_that_of_torch_in_the_order_of_the_buffer(
    activation: str, bounded: bool
) -> None:
    mlp = net(activation=activation, bounded=bounded)
    flat = mlp.gradient_of(mlp(points()).square().sum((1, 2)))
    for k, x in enumerate(points()):
        module = oracle(mlp, k)
        module(x).square().sum().backward()
        same(flat[k], torch.cat([p.grad.flatten() for p in module.parameters()]))


def test_gradient_is_zero_where_a_parameter_has_no_part() -> None:
    mlp = net()
    gradient = mlp.gradient_of(mlp.leaves[0].sum((1, 2)))
    ones = mlp.leaves[0][0].numel()
    assert torch.equal(gradient[:, :ones], torch.ones(RUNS, ones, dtype=torch.float64))
    assert gradient.shape == mlp.flat.shape
    assert not gradient[:, ones:].any()


def test_other_leaves_stand_for_the_nets_own() -> None:
    mlp, other = net(), net(seed=7)
    assert torch.equal(mlp(points(), other.leaves), other(points()))
    assert torch.equal(mlp(points(), mlp.leaves), mlp(points()))
    flat = other.flat.clone().requires_grad_()
    (gradient,) = torch.autograd.grad(mlp(points(), mlp.views(flat)).square().sum(), flat)
    same(gradient, other.gradient_of(other(points()).square().sum((1, 2))))


def test_a_copy_is_apart_and_one_alone_is_not() -> None:
    mlp = net()
    copied, alone = mlp.copy(), mlp.only(1)
    before = mlp(points()).detach()
    mlp.flat.add_(0.5)
    assert torch.equal(copied(points()), before)
    torch.testing.assert_close(alone(points()[1:2]), mlp(points())[1:2], rtol=1e-12, atol=1e-14)
    assert not torch.allclose(mlp(points()), before)


# ---- by hand


def offset_values(mlp: MLP, x: Tensor, offsets: list[Tensor]) -> list[Tensor]:
    """What `trace` gives, written out, with a number added to each layer's result before the
    activation."""
    values = [x]
    for i, ((weight, bias), offset) in enumerate(zip(mlp.layers, offsets, strict=True)):
        x = torch.einsum("kbi,koi->kbo", x, weight) + bias + offset
        last = torch.tanh if mlp.bounded else torch.clone
        x = (last if i == len(offsets) - 1 else mlp.activation.function)(x)
        values.append(x)
    return values


def by_hand_case(
    widths: tuple[int, ...], activation: str, runs: int, bounded: bool = False
) -> tuple[MLP, list[Tensor], Tensor, list[Tensor]]:
    """A net, what it traces, a gradient by its output, and that carried back."""
    mlp = net(widths, activation, runs=runs, bounded=bounded)
    mlp.prepare_gradients()
    values = mlp.trace(points(runs=runs))
    slopes = points(dim=2, runs=runs, seed=4)
    return mlp, values, slopes, mlp.pull_back(values, slopes)


def every_case(test: Callable[..., None]) -> Callable[..., None]:
    return every_shape(one_and_many(pytest.mark.parametrize("activation", BY_HAND)(test)))


@bounded_or_not
@every_case
def test_trace_ends_in_what_the_net_gives(
    activation: str, widths: tuple[int, ...], runs: int, bounded: bool
) -> None:
    mlp, values, *_ = by_hand_case(widths, activation, runs, bounded)
    zeros = [torch.zeros((), dtype=torch.float64)] * len(mlp.layers)
    for ours, theirs in zip(values, offset_values(mlp, points(runs=runs), zeros), strict=True):
        same(ours, theirs.detach())
    same(values[-1], mlp(points(runs=runs)).detach())


@bounded_or_not
@every_case
def test_pull_back_and_to_input_are_autograds(
    activation: str, widths: tuple[int, ...], runs: int, bounded: bool
) -> None:
    mlp, values, slopes, chain = by_hand_case(widths, activation, runs, bounded)
    x = points(runs=runs).requires_grad_()
    offsets = [torch.zeros_like(value).requires_grad_() for value in values[1:]]
    output = offset_values(mlp, x, offsets)[-1]
    *expected, by_x = torch.autograd.grad((output * slopes).sum(), [*offsets, x])
    for ours, theirs in zip(chain, expected, strict=True):
        same(ours, theirs)
    same(mlp.to_input(chain), by_x)
    assert torch.equal(slopes, points(dim=2, runs=runs, seed=4)), "the argument was changed"


@bounded_or_not
@every_case
def test_collect_is_autograds(
    activation: str, widths: tuple[int, ...], runs: int, bounded: bool
) -> None:
    mlp, values, slopes, chain = by_hand_case(widths, activation, runs, bounded)
    expected = mlp.gradient_of((mlp(points(runs=runs)) * slopes).sum((1, 2)))
    for _ in range(2):  # it leaves no trace of itself
        same(mlp.collect(values, chain), expected)
    assert torch.equal(
        mlp.gradient, torch.cat([g.flatten(1) for pair in mlp.gradients for g in pair], 1)
    )


@every_case
def test_counts_weigh_the_rows_for_the_biases(
    activation: str, widths: tuple[int, ...], runs: int
) -> None:
    """With rows scaled on the left and counted alike, it is the gradient of the scaled outputs."""
    mlp, values, slopes, chain = by_hand_case(widths, activation, runs)
    counts = points(dim=1, runs=runs, seed=5)
    expected = mlp.gradient_of((mlp(points(runs=runs)) * slopes * counts).sum((1, 2)))
    same(mlp.collect([value * counts for value in values], chain, counts), expected)


@every_case
def test_push_forward_is_autograds_jvp(activation: str, widths: tuple[int, ...], runs: int) -> None:
    mlp, values, *_ = by_hand_case(widths, activation, runs)
    x, direction = points(runs=runs), points(runs=runs, seed=6)
    zeros = [torch.zeros((), dtype=torch.float64)] * len(mlp.layers)
    _, moves = torch.autograd.functional.jvp(
        lambda x: tuple(offset_values(mlp, x, zeros)[:-1]), x, direction
    )
    for ours, theirs in zip(mlp.push_forward(values, direction), moves, strict=True):
        same(ours, theirs.detach())


def test_activation_may_change() -> None:
    mlp = net(activation="relu")
    mlp.activation = ACTIVATIONS["silu"]
    expected = oracle(mlp, 1)(points()[1])
    torch.testing.assert_close(mlp(points())[1], expected, rtol=1e-12, atol=1e-14)


@every_activation
def test_piecewise_linear_ones_have_few_slopes(activation: str) -> None:
    x = torch.linspace(-3, 3, 100, dtype=torch.float64).requires_grad_()
    (slopes,) = torch.autograd.grad(ACTIVATIONS[activation].function(x).sum(), x)
    assert (len(slopes.unique()) <= 2) == ACTIVATIONS[activation].piecewise_linear


def test_layers_are_leaves_that_share_the_buffers_memory() -> None:
    mlp = net()
    assert mlp.flat.shape == (RUNS, sum((n + 1) * m for n, m in pairwise(WIDTHS)))
    assert all(leaf.is_leaf and leaf.requires_grad for leaf in mlp.leaves)
    assert torch.equal(torch.cat([leaf.detach().flatten(1) for leaf in mlp.leaves], 1), mlp.flat)
    mlp.flat.copy_(torch.arange(mlp.flat.numel()).view_as(mlp.flat))
    assert torch.equal(torch.cat([leaf.detach().flatten(1) for leaf in mlp.leaves], 1), mlp.flat)


@pytest.mark.parametrize("init", INITS)
def test_run_k_is_the_net_of_its_own_seed(init: str) -> None:
    stacked = net(init=init, seed=5).flat
    for k in range(RUNS):
        alone = MLP(WIDTHS, "relu", init, [seeded(5 + k)], torch.float64).flat
        assert torch.equal(stacked[k], alone[0])
        assert not torch.equal(stacked[k], stacked[(k + 1) % RUNS])


def test_runs_do_not_touch_each_other() -> None:
    mlp = net()
    before = mlp(points()).detach()
    mlp.flat[1] = torch.nan
    after = mlp(points()).detach()
    assert torch.equal(after[[0, 2]], before[[0, 2]])
    assert after[1].isnan().all()


def drawn(init: str, n_in: int, n_out: int) -> tuple[Tensor, Tensor]:
    """Weight [out, in] and bias [out] of a linear net."""
    mlp = MLP((n_in, n_out), "relu", init, [seeded(0)], torch.float64)
    ((weight, bias),) = mlp.layers
    return weight[0].detach(), bias[0, 0].detach()


def like_torch(init: str, n_in: int, n_out: int) -> tuple[Tensor, Tensor]:
    """The same from `torch.nn`, whose draws differ."""
    linear = nn.Linear(n_in, n_out, dtype=torch.float64)
    match init:
        case "default":
            return linear.weight.detach(), linear.bias.detach()
        case "xavier":
            nn.init.xavier_uniform_(linear.weight)
        case "he":
            nn.init.kaiming_normal_(linear.weight, nonlinearity="relu")
        case "orthogonal":
            nn.init.orthogonal_(linear.weight)
        case _:
            raise AssertionError(f"no oracle for {init}")
    return linear.weight.detach(), torch.zeros(n_out, dtype=torch.float64)


@pytest.mark.parametrize("init", INITS)
@pytest.mark.parametrize("shape", [(200, 60), (60, 200), (90, 90)], ids=str)
def test_initial_weights_are_spread_as_torchs(init: str, shape: tuple[int, int]) -> None:
    torch.manual_seed(1)
    for mine, expected in zip(drawn(init, *shape), like_torch(init, *shape), strict=True):
        spread, count = float(expected.std()), mine.numel()
        # five standard errors of a normal sample; those of a uniform one are smaller
        assert float(mine.std()) == pytest.approx(spread, abs=5 * spread / math.sqrt(count))
        assert float(mine.mean()) == pytest.approx(0, abs=5 * spread / math.sqrt(count))


@pytest.mark.parametrize(
    ("init", "bound"), [("default", 1 / math.sqrt(30)), ("xavier", math.sqrt(6 / 80))]
)
def test_uniform_weights_fill_their_bounds(init: str, bound: float) -> None:
    weight, bias = drawn(init, 30, 50)
    assert 0.99 * bound < weight.abs().max() <= bound
    if init == "default":
        assert 0.9 * bound < bias.abs().max() <= bound
    else:
        assert not bias.any()


@pytest.mark.parametrize("shape", [(8, 5), (5, 8), (6, 6)], ids=str)
def test_orthogonal_weights_are(shape: tuple[int, int]) -> None:
    weight, bias = drawn("orthogonal", *shape)
    tall = weight if shape[0] <= shape[1] else weight.T
    identity = torch.eye(min(shape), dtype=torch.float64)
    torch.testing.assert_close(tall.T @ tall, identity, rtol=0, atol=1e-12)
    assert not bias.any()
