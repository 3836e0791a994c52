"""What a limit c on a net's weights allows its gradient, layer by layer."""

import math
from collections.abc import Sequence
from itertools import pairwise

import numpy as np


def factor_at_most(c: float, n_in: int, n_out: int) -> float:
    """How many times larger a gradient can get on its way back through a layer whose weights
    [n_out, n_in] lie within +-c: its largest singular value is at most its Frobenius norm,
    c sqrt(n_in n_out), and is just that where all weights are +c (Gulrajani et al. 2017, sec. 3:
    gradients explode or vanish with c). ReLU makes no gradient larger."""
    return c * math.sqrt(n_in * n_out)


def factor_expected(c: float, width: int) -> float:
    """How many times larger it gets, in the root mean square, between layers of `width` units where
    the weights are +c or -c at random and half of the ReLUs are open: c sqrt(width / 2), from the
    factor width / 2 * Var w per layer of He et al. 2015, eq. 13, with Var w = c^2."""
    return c * math.sqrt(width / 2)


def steepest(c: float, widths: Sequence[int]) -> float:
    """The largest slope of a perceptron with `widths`, input and output included, and weights
    within +-c: the product of the layers' bounds,
    c^L sqrt(n_0) n_1 ... n_(L-1) sqrt(n_L). Clipping holds a critic to some Lipschitz constant K,
    never to 1 (Arjovsky et al. 2017, sec. 3)."""
    return math.prod(factor_at_most(c, *layer) for layer in pairwise(widths))


def even_clip(width: int) -> tuple[float, float]:
    """Below which c a gradient can only vanish in layers of `width`, 1 / width where all weights are
    alike; and above which it explodes even where signs are random, sqrt(2 / width)."""
    return 1 / width, math.sqrt(2 / width)


def growth(norms: Sequence[float]) -> float:
    """How many times larger a gradient gets per layer going back, of its norms from the first layer
    to the last: 10 to the power of the slope of a line fitted to their logarithms."""
    logs = np.log10(np.maximum(norms, 1e-300))
    return float(10.0 ** -np.polyfit(np.arange(len(logs)), logs, 1)[0])
