"""Runs a standalone script as its reader would, and looks over its shoulder."""

import ast
import sys
from contextlib import nullcontext
from types import ModuleType
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.nn.utils.parametrize import is_parametrized
from torch.overrides import TorchFunctionMode

from ganplay.data import fetch
from ganplay.data.pictures import shipped_digits

LAYERS = nn.Linear | nn.Conv2d | nn.ConvTranspose2d
BORN = {torch.empty, torch.full, torch.ones, torch.zeros}
"""What `torch.nn` and a script make parameters with, and nothing else."""
PRODUCTS = {Tensor.matmul, Tensor.__matmul__}


class InDouble(TorchFunctionMode):
    """As a Trainer in float64: parameters are born so, and a product's factors are cast to it."""

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        kwargs = dict(kwargs or {})
        if func in BORN and kwargs.get("dtype") is None:
            kwargs["dtype"] = torch.float64
        if func in PRODUCTS:
            args = [factor.double() for factor in args]
        return func(*args, **kwargs)


class Played:
    """A script that has run: `before` holds all parameters of G, D and where there is one of G's
    average as the game began, `after` the same after each iteration, and `names` what it has made."""

    def __init__(self, text: str, double: bool = False):
        tree = ast.parse(text)
        self.names: dict[str, Any] = {"seen": lambda: self.after.append(self._flats())}
        self.before, self.after = torch.empty(0), list[Tensor]()
        place = next(i for i, node in enumerate(tree.body) if is_loop(node))
        loop, end = tree.body[place], tree.body[place + 1 :]
        loop.body.append(ast.parse("seen()").body[0])  # type: ignore[attr-defined]
        if double:  # what has been drawn in float32 is cast, and an end that has not is left out
            self.names["next"] = lambda batches: [each.double() for each in next(batches)]
            end = []
        with torch.random.fork_rng(), InDouble() if double else nullcontext():
            self._run(tree.body[:place])
            self.before = self._flats()
            self._run([loop, *end])

    def _run(self, body: list[ast.stmt]) -> None:
        exec(compile(ast.fix_missing_locations(ast.Module(body, [])), "script", "exec"), self.names)

    def _flats(self) -> Tensor:
        nets = ("generator", "discriminator", "average")
        return torch.cat([flat(self.names[name]) for name in nets if name in self.names])


def is_loop(node: ast.stmt) -> bool:
    """Whether this is Algorithm 1."""
    return isinstance(node, ast.For) and ast.unparse(node.target) == "step"


def flat(net: nn.Module) -> Tensor:
    """A copy of all parameters of a net, in the order of ganplay's: layer by layer, and those of
    normalisations at last."""
    layers = [each for each in net.modules() if isinstance(each, LAYERS)]
    norms = [each for each in net.modules() if isinstance(each, nn.BatchNorm2d)]
    parts = [part for each in [*layers, *norms] for part in (weight_of(each), each.bias)]
    return torch.cat([part.detach().flatten() for part in parts or net.parameters()])


def weight_of(layer: Any) -> Tensor:
    normed = is_parametrized(layer)
    weight: Tensor = layer.parametrizations.weight.original if normed else layer.weight
    return weight


class Digits:
    """torchvision's MNIST as far as a script looks: the shipped digits are the first of each class
    among others, and the classes are mixed."""

    def __init__(self, root: str = "data", download: bool = True):
        assert (root, download) == ("data", True)
        pictures, labels = shipped_digits()
        mixed = torch.arange(10_000).view(10, 1000).T.flatten()
        self.data = torch.cat((pictures[mixed, 0], pictures[::100, 0].flip(1)))
        self.targets = torch.cat((labels[mixed], labels[::100]))


def stand_in(monkeypatch: pytest.MonkeyPatch) -> None:
    """Digits for torchvision, and as what has been fetched."""
    datasets = ModuleType("torchvision.datasets")
    vars(datasets).update(MNIST=Digits, FashionMNIST=Digits)
    monkeypatch.setitem(sys.modules, "torchvision", ModuleType("torchvision"))
    monkeypatch.setitem(sys.modules, "torchvision.datasets", datasets)
    monkeypatch.setattr(fetch, "check", lambda name: None)
    monkeypatch.setattr(fetch, "read", lambda name: (Digits().data[:, None], None))
