"""The generator of one number, in the plane and on a line."""

from typing import Any

import pytest
import torch

from ganplay.config import RunConfig
from ganplay.nets import Shift
from ganplay.trainer import Trainer

LINE = {"data.name": "line", "data.angle": 90.0}
AXIS = {"data.name": "gaussian_1d", "data.mean": 0.0, "data.sigma": 1.0}
SHIFT = {"generator.kind": "shift", "latent.dim": 1}


def test_it_moves_a_line_sideways_in_the_plane() -> None:
    net = Shift(2, -0.5, 3, torch.device("cpu"), torch.float64)
    z = torch.randn(3, 4, 1, dtype=torch.float64)
    assert torch.equal(net(z), torch.cat((torch.full_like(z, -0.5), z), -1))


def test_it_moves_the_prior_on_a_line() -> None:
    net = Shift(1, 2.5, 3, torch.device("cpu"), torch.float64)
    z = torch.randn(3, 4, 1, dtype=torch.float64)
    assert torch.equal(net(z), z + 2.5)
    other = [torch.tensor([[[1.0]], [[2.0]], [[3.0]]], dtype=torch.float64)]
    torch.testing.assert_close(net(z, other) - z, other[0].expand(3, 4, 1))


@pytest.mark.parametrize("data", [LINE, AXIS], ids=["plane", "line"])
def test_it_starts_where_it_is_told(data: dict[str, Any]) -> None:
    config = RunConfig().updated(data | SHIFT)
    for start in (1.0, -3.25):
        config = config.updated({"generator.start": start})
        assert Trainer(config, 2).stacks[0].generator.net.flat.tolist() == [[start], [start]]
    assert RunConfig().generator.start == 1.0
    assert config.restarts(config.updated({"generator.start": 2.0})) == ["generator.start"]


@pytest.mark.parametrize("data", [LINE, AXIS], ids=["plane", "line"])
def test_its_gradient_is_the_mean_over_its_points(data: dict[str, Any]) -> None:
    """dL/dtheta is the sum of the loss's slopes by the first coordinate of each point."""
    config = RunConfig().updated(data | SHIFT | {"discriminator.activation": "tanh"})
    stack = Trainer(config, dtype=torch.float64).stacks[0]
    z = torch.randn(1, 64, 1, dtype=torch.float64)
    x = stack.generator.net(z).detach().requires_grad_()
    loss = torch.nn.functional.softplus(-stack.critic(x)).mean()
    (slopes,) = torch.autograd.grad(loss, x)
    found = stack.generator.net.gradient_of(
        torch.nn.functional.softplus(-stack.critic(stack.generator.net(z))).mean(-1)
    )
    assert found.item() == pytest.approx(slopes[..., 0].sum().item(), rel=1e-9)
    assert found.item() != 0
