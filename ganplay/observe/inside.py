"""Inside the critic: its weights, and the gradient of its loss on the way back through its layers."""

from collections.abc import Sequence

import torch

from ganplay.nets import MLP
from ganplay.observe.look import Look
from ganplay.snapshot import Inside

BINS = 40
FEW = 256
"""Samples of each kind that a picture's gradients are of."""
REACH = 1.0
"""Up to which size weights are counted where no clip holds them, as before the first update."""


def inside(look: Look) -> Inside:
    """What is seen of the critic's inside."""
    kernels = look.critic.net.leaves[look.critic.net.weights][::2]
    weights = torch.cat([leaf.detach().flatten() for leaf in kernels]).float()
    clip = look.config.clip
    limit = clip if clip and weights.abs().max() <= clip * 1.001 else REACH
    counts = torch.histc(weights.clamp(-limit, limit), BINS, -limit, limit)
    return Inside(
        (counts / len(weights)).cpu().numpy(), limit, tuple(layer_norms(look, FEW))
    )  # fmt: skip


def layer_norms(look: Look, count: int | None = None) -> Sequence[float]:
    """Norm of the gradient of the critic's loss on its first `count` samples by what each of its
    hidden layers gives, from the first on; none where a critic is more than its layers."""
    net = look.critic.net
    if not (isinstance(net, MLP) and look.critic.is_plain):
        return ()
    both = (look.real[:count], look.fake[:count])
    packs = [look.critic.packs(look.whole_packs(x)[None]) for x in both]
    x, results = torch.cat(packs, 1), []
    *hidden, (weight, bias) = net.layers
    for inner, shift in hidden:
        x = net.activation.function(torch.baddbmm(shift, x, inner.mT))
        results.append(x)
    logits = torch.baddbmm(bias, x, weight.mT).squeeze(-1)
    loss = look.loss.discriminator(*logits.chunk(2, 1))
    slopes = torch.autograd.grad(loss.sum(), results) if results else ()
    return [slope.double().norm().item() for slope in slopes]
