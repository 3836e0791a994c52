"""Logistic regression with a ridge, by Newton's method."""

import torch
from torch import Tensor
from torch.nn import functional

STEPS = 50
CLOSE = 1e-9
"""Newton stops where no number moves further."""


def standard(x: Tensor) -> Tensor:
    """Each column of x [n, F] with mean 0 and deviation 1; one that is constant becomes 0."""
    centred = x.double() - x.double().mean(0)
    return centred / centred.square().mean(0).sqrt().clamp(min=1e-9)


def logistic(x: Tensor, y: Tensor, ridge: float = 1.0) -> tuple[Tensor, float]:
    """The weights w [F] and the offset b, float64, that make sum log(1 + exp(-s (x w + b))) +
    ridge |w|^2 / 2 least for x [n, F] and y [n] bool, both of which occur; s is 1 where y is true
    and -1 where it isn't."""
    design = torch.cat([x.double(), x.new_ones(len(x), 1).double()], 1)
    pull = torch.full((design.shape[1],), ridge, dtype=torch.float64)
    pull[-1] = 0
    target = y.double()

    def loss(beta: Tensor) -> Tensor:
        fit = functional.binary_cross_entropy_with_logits(design @ beta, target, reduction="sum")
        return fit + (pull * beta.square()).sum() / 2

    beta = torch.zeros_like(pull)
    for _ in range(STEPS):
        chance = (design @ beta).sigmoid()
        gradient = design.mT @ (chance - target) + pull * beta
        curvature = (design * (chance * (1 - chance))[:, None]).mT @ design + pull.diag()
        step = torch.linalg.solve(curvature, gradient)
        while loss(beta - step) > loss(beta) and step.abs().max() > CLOSE:
            step = step / 2  # far from the minimum a whole step may lead too far
        beta = beta - step
        if step.abs().max() <= CLOSE:
            break
    return beta[:-1], float(beta[-1])
