"""The matrix products against plain einsum in float64, on both sides of every choice of kernel."""

import math

import pytest
import torch
from torch import Generator, Tensor

from ganplay.nets import ACTIVATIONS, MLP, products
from ganplay.nets.products import FEW, LARGE, THIN, linear, outer, times

SMALL, MANY = 24, 700
WIDTHS = [1, 2, THIN, THIN + 1, 64]
DTYPES = [torch.float32, torch.float64]

sizes = [
    pytest.mark.parametrize("without", [False, True], ids=["oneDNN", "BLAS"]),
    pytest.mark.parametrize("dtype", DTYPES, ids=str),
    pytest.mark.parametrize("runs", [1, 3]),
    pytest.mark.parametrize("rows", [SMALL, MANY]),
    pytest.mark.parametrize("width", WIDTHS),
]


def every_size(test: object) -> object:
    for mark in sizes:
        test = mark(test)
    return test


def normal(*shape: int, dtype: torch.dtype, seed: int = 0) -> Tensor:
    return torch.randn(shape, generator=Generator().manual_seed(seed), dtype=dtype)


def same(ours: Tensor, equation: str, *factors: Tensor) -> None:
    """Rounding grows with the root of the number of products, and is relative to their size."""
    exact = torch.einsum(equation, *(factor.double() for factor in factors))
    sizes = torch.einsum(equation, *(factor.double().square() for factor in factors)).sqrt()
    unit = 1e-5 if ours.dtype == torch.float32 else 1e-12
    assert ((ours - exact).abs() <= unit * sizes).all()
    assert exact.abs().max() > 0


@pytest.fixture
def kernels(without: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    if without:
        monkeypatch.setattr(products, "_linear", None)


def test_sizes_are_on_both_sides() -> None:
    """A product of 100 numbers a row with each width."""
    assert SMALL * 100 * 64 < LARGE < MANY * 100 * 64
    assert SMALL * 100 < FEW < MANY * 100
    assert min(WIDTHS) < THIN < max(WIDTHS)


@pytest.mark.parametrize(
    ("rows", "runs", "dtype", "taken"),
    [
        (LARGE // 5000, 1, torch.float32, True),
        (LARGE // 5000 - 1, 1, torch.float32, False),
        (LARGE // 5000, 2, torch.float32, False),
        (LARGE // 5000, 1, torch.float64, False),
    ],
    ids=str,
)
def test_onednn_gets_large_products_of_one_run_in_single_precision(
    rows: int, runs: int, dtype: torch.dtype, taken: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[Tensor] = []
    monkeypatch.setattr(products, "linear", lambda x, *_: calls.append(x) or torch.zeros(()))
    monkeypatch.setattr(products, "_linear", object())
    x = normal(runs, rows, 50, dtype=dtype)
    if not taken:
        times(x, normal(runs, 50, 100, dtype=dtype))
        outer(x, normal(runs, rows, 100, dtype=dtype), torch.empty(runs, 50, 100, dtype=dtype))
        assert not calls
        return
    times(x, normal(runs, 50, 100, dtype=dtype))
    assert len(calls) == 1
    outer(x, normal(runs, rows, 100, dtype=dtype), torch.empty(runs, 50, rows, dtype=dtype))
    assert len(calls) == 2


@pytest.mark.usefixtures("kernels")
@every_size
def test_times(width: int, rows: int, runs: int, dtype: torch.dtype) -> None:
    x = normal(runs, rows, 100, dtype=dtype)
    weight = normal(runs, 100, width, dtype=dtype, seed=1)
    product = times(x, weight)
    assert product.is_contiguous()
    same(product, "kbo,koi->kbi", x, weight)


@pytest.mark.usefixtures("kernels")
@every_size
def test_outer_into_a_part_of_a_buffer(
    width: int, rows: int, runs: int, dtype: torch.dtype
) -> None:
    left = normal(runs, rows, 100, dtype=dtype)
    right = normal(runs, rows, width, dtype=dtype, seed=1)
    buffer = torch.full((runs, 100 * width + 7), math.nan, dtype=dtype)
    out = buffer[:, 3:-4].view(runs, 100, width)
    for _ in range(2):
        outer(left, right, out)
    same(out, "kbn,kbm->knm", left, right)
    assert buffer.isnan().sum() == 7 * runs, "it wrote beyond its part"


@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize("turned", [True, False])
@pytest.mark.parametrize("name", [name for name, act in ACTIVATIONS.items() if act.fused])
def test_linear_with_an_activation(name: str, turned: bool, bias: bool) -> None:
    if products._linear is None:
        pytest.skip("this torch has no oneDNN operator")
    x, w, b = (
        normal(1, *shape, dtype=torch.float32, seed=seed)
        for seed, shape in enumerate([(MANY, 100), (64, 100), (1, 64)])
    )
    weight = w.mT.contiguous().mT if turned else w
    plain = linear(x, weight, b if bias else None)
    exact = torch.einsum("kbi,koi->kbo", x.double(), w.double()) + b.double() * bias
    torch.testing.assert_close(plain.double(), exact, rtol=1e-5, atol=1e-4)
    after = linear(x, weight, b if bias else None, ACTIVATIONS[name].fused)
    expected = ACTIVATIONS[name].function(exact)
    torch.testing.assert_close(after.double(), expected, rtol=1e-5, atol=1e-4)


@pytest.mark.parametrize("activation", [n for n, act in ACTIVATIONS.items() if act.slope])
def test_a_net_is_the_same_with_and_without_the_operator(
    activation: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    mlp = MLP((2, 90, 70, 1), activation, "he", [Generator().manual_seed(0)], torch.float32)
    mlp.prepare_gradients()
    x = normal(1, MANY, 2, dtype=torch.float32)
    found = []
    for _ in range(2):
        values = mlp.trace(x)
        chain = mlp.pull_back(values, torch.ones_like(values[-1]) / MANY)
        moves = mlp.push_forward(values, x)
        gradient = mlp.collect(values, chain).clone()
        found.append([*values, *chain, *moves, mlp.to_input(chain), gradient])
        monkeypatch.setattr(products, "_linear", None)
    for one, other in zip(*found, strict=True):
        torch.testing.assert_close(one, other, rtol=1e-4, atol=1e-5 * float(one.abs().max()))
    assert products.LARGE < MANY * 90 * 70
