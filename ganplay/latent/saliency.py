"""What D looks for: its first kernels, what excites a map most, and which pixels do so.

As in Radford et al. 2015 (sec. 5, fig. 5): guided backpropagation (Springenberg et al. 2014) from
the places where a map of D responds most, beside the same of a D that never learned.
"""

from dataclasses import dataclass, replace

import torch
from torch import Generator, Tensor

from ganplay.latent.model import PIECE, Model
from ganplay.nets import DCGANDiscriminator
from ganplay.nets.dcgan import KERNEL, PADDING, STRIDE
from ganplay.stack import critic_of


def layers(model: Model) -> int:
    """How many layers of maps D has; none where it is a perceptron."""
    net = model.critic.net
    return net.convolutions if isinstance(net, DCGANDiscriminator) else 0


def untrained(model: Model, seed: int) -> Model:
    """The same model with a D of fresh random weights."""
    rngs = [Generator().manual_seed(seed)]
    critic = critic_of(model.config, rngs, torch.float32)
    critic.use_spectral_norm(model.config.discriminator.spectral_norm, rngs)
    return replace(model, critic=critic)


def kernels(model: Model) -> Tensor:
    """What each map of the first layer weighs pixels by, [maps, channels, 4, 4]. A D that judges packs
    is shown a picture beside itself, so that what it weighs is the sum over a pack."""
    first = model.critic.weights()[0][0].detach()
    return first.view(len(first), model.critic.pack, -1, KERNEL, KERNEL).sum(1)


# ---- what a place of a map sees


def span(layer: int, place: int) -> tuple[int, int]:
    """The first pixel that a row or column of a layer's maps sees, and the one after its last; they
    may lie outside the picture."""
    first, last = place, place
    for _ in range(layer + 1):
        first = STRIDE * first - PADDING
        last = STRIDE * last - PADDING + KERNEL - 1
    return first, last + 1


def cut(pictures: Tensor, layer: int, places: Tensor) -> Tensor:
    """What a place [row, column] of `places` [n, 2] in a layer's maps sees of each picture
    [n, c, h, w]: [n, c, size, size], NaN outside the picture."""
    size = span(layer, 0)[1] - span(layer, 0)[0]
    padded = torch.nn.functional.pad(pictures, (size,) * 4, value=torch.nan)
    found = []
    for picture, place in zip(padded, places.tolist(), strict=True):
        (top, bottom), (left, right) = (span(layer, each) for each in place)
        found.append(picture[:, size + top : size + bottom, size + left : size + right])
    return torch.stack(found)


# ---- what excites a map most


@dataclass(frozen=True, eq=False)
class Peaks:
    """Where the maps of a layer respond most, each map's strongest first.

    pictures: [maps, k] which picture, each at most once; places: [maps, k, 2] row and column;
    heights: [maps, k] the response there; spread: [maps] the deviation of a map's highest response
    from picture to picture.
    """

    pictures: Tensor
    places: Tensor
    heights: Tensor
    spread: Tensor


@torch.no_grad()
def peaks(model: Model, pictures: Tensor, count: int) -> list[Peaks]:
    """Those of each layer of D among pictures [n, *shape]."""
    highest: list[list[Tensor]] = [[] for _ in range(layers(model))]
    where: list[list[Tensor]] = [[] for _ in highest]
    sides = [0] * len(highest)
    for part in torch.split(pictures, PIECE):
        for layer, maps in enumerate(model.see(part)[:-1]):
            height, place = maps.flatten(2).max(2)
            highest[layer].append(height)
            where[layer].append(place)
            sides[layer] = maps.shape[-1]
    found = []
    for heights, flat, side in zip(highest, where, sides, strict=True):
        of_map = torch.cat(heights).T
        top = of_map.topk(min(count, len(pictures)))
        place = torch.cat(flat).T.gather(1, top.indices)
        places = torch.stack((place // side, place % side), 2)
        found.append(Peaks(top.indices, places, top.values, of_map.std(1)))
    return found


def guided(model: Model, pictures: Tensor, layer: int, number: int, places: Tensor) -> Tensor:
    """Which pixels of pictures [n, *shape] excite map `number` of a layer at a place [row, column]
    of `places` [n, 2] each: [n, *shape].

    The gradient of the response by the pixels, of which a unit on the way passes on only what would
    raise a response, and only where it responds itself (Springenberg et al. 2014, sec. 3.4). A
    leaky unit counts as silent below 0.
    """
    pixels = pictures.detach().requires_grad_()
    maps = model.see(pixels)[: layer + 1]
    n = torch.arange(len(pictures))
    signal = torch.zeros_like(maps[-1])
    signal[n, number, places[:, 0], places[:, 1]] = 1
    for after, before in zip(reversed(maps), reversed([pixels, *maps[:-1]]), strict=True):
        signal = signal.clamp(min=0) * (after > 0)
        (signal,) = torch.autograd.grad(after, before, signal, retain_graph=True)
    return signal
