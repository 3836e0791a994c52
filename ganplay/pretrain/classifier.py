"""A small classifier as it is trained: with batch norm, which is folded away in the end."""

from collections.abc import Callable

import torch
from torch import Generator, Tensor, nn
from torch.nn import functional
from torch.nn.utils.fusion import fuse_conv_bn_eval

from ganplay.pretrain.checkpoint import Tell

RATE = 4e-3
"""The highest of the one-cycle schedule (Smith and Topin 2018)."""

PER_BATCH = 128
SEED = 0

Augment = Callable[[Tensor, Tensor, Generator], tuple[Tensor, Tensor]]
"""Pictures [n, c, h, w] uint8 and their targets, changed at random: what the net is to see, in -1..1,
and what it is to say."""

Loss = Callable[[Tensor, Tensor], Tensor]
"""Of logits and targets."""


class Net(nn.Module):
    """Pictures [n, channels, side, side] -> logits [n, outputs]."""

    def __init__(self, channels: int, side: int, outputs: int) -> None:
        super().__init__()
        self.first = nn.Conv2d(channels, 16, 3, padding=1, bias=False)
        self.first_norm = nn.BatchNorm2d(16)
        self.second = nn.Conv2d(16, 32, 3, padding=1, bias=False)
        self.second_norm = nn.BatchNorm2d(32)
        self.hidden = nn.Linear(32 * (side // 4) ** 2, 64)
        self.last = nn.Linear(64, outputs)

    def forward(self, x: Tensor) -> Tensor:
        x = functional.max_pool2d(self.first_norm(self.first(x)), 2).relu()
        x = functional.max_pool2d(self.second_norm(self.second(x)), 2).relu()
        x = self.hidden(x.flatten(1)).relu()
        logits: Tensor = self.last(x)
        return logits


def fitted(
    pictures: Tensor,
    targets: Tensor,
    outputs: int,
    *,
    augment: Augment,
    loss: Loss,
    epochs: int,
    tell: Tell,
) -> Net:
    """A net trained by Adam on pictures [N, c, side, side] uint8 and targets [N, *]."""
    device = pictures.device
    with torch.random.fork_rng([device] if device.type == "cuda" else []):
        torch.manual_seed(SEED)
        net = Net(pictures.shape[1], pictures.shape[2], outputs).to(device)
    rng = Generator().manual_seed(SEED)
    count = len(pictures) // PER_BATCH
    optimizer = torch.optim.Adam(net.parameters(), RATE)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, RATE, epochs * count)
    for epoch in range(epochs):
        total = torch.zeros((), device=device)
        order = torch.randperm(len(pictures), generator=rng)[: count * PER_BATCH]
        for which in order.view(count, -1).to(device):
            x, y = augment(pictures[which], targets[which], rng)
            error = loss(net(x).float(), y)
            optimizer.zero_grad()
            error.backward()  # type: ignore[no-untyped-call]
            optimizer.step()
            schedule.step()
            total += error.detach()
        tell(f"epoch {epoch + 1} of {epochs}: mean loss {total.item() / count:.4f}")
    net.eval()
    return net


def folded(net: Net) -> dict[str, Tensor]:
    """The trained net's weights by their names in the file, batch norm folded into the convolution
    before it: the same net once its statistics stand still."""
    layers = {
        "first": fuse_conv_bn_eval(net.first, net.first_norm),
        "second": fuse_conv_bn_eval(net.second, net.second_norm),
        "hidden": net.hidden,
        "last": net.last,
    }
    return {
        f"{name}.{kind}": getattr(layer, kind).detach()
        for name, layer in layers.items()
        for kind in ("weight", "bias")
    }
