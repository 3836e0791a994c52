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
WIDTHS = (3, 5, 4, 2)
RUNS = 3


def seeded(seed: int) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def net(
    widths: tuple[int, ...] = WIDTHS, activation: str = "tanh", init: str = "default", seed: int = 0
) -> MLP:
    rngs = [seeded(seed + k) for k in range(RUNS)]
    return MLP(widths, activation, init, rngs, torch.float64)


def oracle(mlp: MLP, k: int) -> nn.Sequential:
    """Run k as a torch module."""
    name = next(name for name, activation in ACTIVATIONS.items() if activation is mlp.activation)
    modules: list[nn.Module] = []
    for weight, bias in mlp.layers:
        linear = nn.Linear(*weight.shape[1:], dtype=torch.float64)
        linear.load_state_dict({"weight": weight[k].detach().T, "bias": bias[k, 0].detach()})
        modules += [linear, TORCH[name]()]
    return nn.Sequential(*modules[:-1])


def points(n: int = 6, dim: int = 3) -> Tensor:
    return torch.randn(RUNS, n, dim, generator=seeded(9), dtype=torch.float64)


def test_every_activation_has_its_oracle() -> None:
    assert TORCH.keys() == ACTIVATIONS.keys()


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("widths", [(3, 2), (3, 5, 2), WIDTHS], ids=str)
def test_forward_is_that_of_torch_for_each_run(widths: tuple[int, ...], activation: str) -> None:
    mlp = net(widths, activation)
    assert mlp(points()).shape == (RUNS, 6, 2)
    for k, x in enumerate(points()):
        expected = oracle(mlp, k)(x).detach()
        torch.testing.assert_close(mlp(points())[k].detach(), expected, rtol=1e-12, atol=1e-14)
        alone = mlp(x[None], slice(k, k + 1))[0].detach()
        torch.testing.assert_close(alone, expected, rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_gradient_is_that_of_torch_in_the_order_of_the_buffer(activation: str) -> None:
    mlp = net(activation=activation)
    grads = torch.autograd.grad(mlp(points()).square().sum(), mlp.leaves)
    flat = torch.cat([grad.flatten(1) for grad in grads], 1)
    for k, x in enumerate(points()):
        module = oracle(mlp, k)
        module(x).square().sum().backward()
        expected = [p.grad.t().flatten() for p in module.parameters()]
        torch.testing.assert_close(flat[k], torch.cat(expected), rtol=1e-10, atol=1e-13)


def test_activation_may_change() -> None:
    mlp = net(activation="relu")
    mlp.activation = ACTIVATIONS["silu"]
    expected = oracle(mlp, 1)(points()[1])
    torch.testing.assert_close(mlp(points())[1], expected, rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_trace_ends_in_what_the_net_gives(activation: str) -> None:
    mlp = net(activation=activation)
    values = mlp.trace(points())
    assert torch.equal(values[0], points())
    assert torch.equal(values[-1], mlp(points()))
    assert len(values) == len(mlp.layers) + 1


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
    """Weight [in, out] and bias [out] of a linear net."""
    mlp = MLP((n_in, n_out), "relu", init, [seeded(0)], torch.float64)
    ((weight, bias),) = mlp.layers
    return weight[0].detach(), bias[0, 0].detach()


def like_torch(init: str, n_in: int, n_out: int) -> tuple[Tensor, Tensor]:
    """The same from `torch.nn`, whose draws differ."""
    linear = nn.Linear(n_in, n_out, dtype=torch.float64)
    match init:
        case "default":
            return linear.weight.detach().T, linear.bias.detach()
        case "xavier":
            nn.init.xavier_uniform_(linear.weight)
        case "he":
            nn.init.kaiming_normal_(linear.weight, nonlinearity="relu")
        case "orthogonal":
            nn.init.orthogonal_(linear.weight)
        case _:
            raise AssertionError(f"no oracle for {init}")
    return linear.weight.detach().T, torch.zeros(n_out, dtype=torch.float64)


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
    tall = weight if shape[0] >= shape[1] else weight.T
    identity = torch.eye(min(shape), dtype=torch.float64)
    torch.testing.assert_close(tall.T @ tall, identity, rtol=0, atol=1e-12)
    assert not bias.any()
