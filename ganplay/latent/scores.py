"""How D judges pictures, and how well it tells real from generated ones."""

import torch
from torch import Tensor

from ganplay.latent.model import PIECE, Model


@torch.no_grad()
def scores(model: Model, pictures: Tensor) -> Tensor:
    """D's logit of each picture [n, *shape], [n]."""
    return torch.cat([model.logits(part) for part in torch.split(pictures, PIECE)])


def told_apart(real: Tensor, generated: Tensor) -> float:
    """In which portion of all pairs D's logit of the real picture is the higher one, ties counting
    half: 1 where it always knows, .5 where it can't tell; the area under its ROC curve."""
    ordered = generated.sort().values
    lower, equal_too = (torch.searchsorted(ordered, real, right=right) for right in (False, True))
    return float((lower + equal_too).double().mean() / (2 * len(generated)))


def below(values: Tensor, value: float) -> float:
    """The portion of values that lie below one."""
    return float((values < value).double().mean())
