"""Nets that learn by squared error: they find the mean, also where nothing real is near it."""

import numpy as np
import pytest
import torch

from ganplay.learners import UPDATES, WIDTHS, least_squares
from ganplay.nets import MLP
from ganplay.theory.regression import Branches

SEEDS = range(16)
AT = torch.linspace(0, 1, 101)


def learned(case: Branches) -> np.ndarray:
    """What nets of 16 seeds learned, each from a thousand pairs of its own: [16, 101]."""
    rows = []
    for seed in SEEDS:
        x, y = case.sample(1000, np.random.default_rng(seed))
        pairs = (torch.tensor(each, dtype=torch.float32) for each in (x, y))
        rows.append(least_squares(*pairs, AT, [seed])[0].numpy())
    return np.array(rows)


@pytest.mark.parametrize(
    "case", [Branches(1.2), Branches(1.2, 0.8), Branches(1.6, 1.0)], ids=lambda b: f"{b.share:g}"
)
def test_it_learns_the_conditional_mean(case: Branches) -> None:
    """Seen of 64 seeds: .01 to .11 off at root mean square, half of them more than .049, where y itself
    varies by 1.2: by chance of the pairs."""
    found = learned(case)
    error = np.sqrt(((found - case.mean(AT.numpy())) ** 2).mean(1))
    assert (error < 0.12).sum() >= 15
    assert error.max() > 1e-3
    upper = case.upper(AT.numpy())
    if case.share == 0.5:
        middle = (AT.numpy() > 0.25) & (AT.numpy() < 0.75)
        gap = np.abs(np.abs(found[:, middle]) - upper[middle]).min(1)
        assert (gap > 0.4).sum() >= 15, "between the branches"
        density = [max(float(case.given(0.5).pdf(value)) for value in row[40:61]) for row in found]
        assert (np.array(density) < 1e-3).sum() >= 15


def test_nets_side_by_side_are_those_one_by_one() -> None:
    x, y = (torch.tensor(each) for each in Branches(1.0).sample(100, np.random.default_rng(0)))
    both = least_squares(x, y, AT.double(), [3, 8])
    one = least_squares(x, y, AT.double(), [8])
    torch.testing.assert_close(both[1], one[0], rtol=0, atol=1e-9)
    assert not torch.allclose(both[0], both[1])


def test_its_updates_are_those_of_torch() -> None:
    """The same net as torch.nn, by autograd and torch.optim.Adam."""
    x, y = (torch.tensor(each) for each in Branches(1.0, 0.7).sample(60, np.random.default_rng(1)))
    start = MLP(WIDTHS, "tanh", "default", [torch.Generator().manual_seed(5)], torch.float64)
    layers: list[torch.nn.Module] = []
    for weight, bias in start.layers:
        layer = torch.nn.Linear(weight.shape[2], weight.shape[1], dtype=torch.float64)
        layer.weight.data, layer.bias.data = weight[0].detach().clone(), bias[0, 0].detach().clone()
        layers += [layer, torch.nn.Tanh()]
    net = torch.nn.Sequential(*layers[:-1])
    adam = torch.optim.Adam(net.parameters(), lr=2e-2, betas=(0.9, 0.999))
    rate = torch.optim.lr_scheduler.LambdaLR(adam, lambda n: 1 - n / UPDATES)
    for _ in range(UPDATES):
        adam.zero_grad()
        torch.nn.functional.mse_loss(net(((x - x.mean()) / x.std())[:, None])[:, 0], y).backward()
        adam.step()
        rate.step()
    truth = net(((AT.double() - x.mean()) / x.std())[:, None])[:, 0].detach()
    torch.testing.assert_close(least_squares(x, y, AT.double(), [5])[0], truth, rtol=0, atol=1e-6)
