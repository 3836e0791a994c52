"""Distances between two sets of samples, both [N, 2], by POT (Flamary et al. 2021).

Both are above 0 even between two samples of the same distribution: that is the noise floor at N.
"""

from torch import Tensor

EMD_SAMPLES = 512
"""How many samples of each kind the exact EMD takes: its time grows faster than their square."""


def sliced_w2(a: Tensor, b: Tensor, directions: int = 64) -> float:
    """Sliced 2-Wasserstein distance (Bonneel et al. 2015) over fixed random directions."""
    import ot  # slow to import, and only the command line needs it

    return float(
        ot.sliced_wasserstein_distance(
            a.double().numpy(), b.double().numpy(), n_projections=directions, seed=0
        )
    )


def emd(a: Tensor, b: Tensor) -> float:
    """Exact earth mover's (1-Wasserstein) distance with Euclidean cost; N of 256 to 1000."""
    import ot

    cost = ot.dist(a.double().numpy(), b.double().numpy(), metric="euclidean")
    return float(ot.emd2([], [], cost))
