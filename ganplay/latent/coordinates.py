"""Coordinates of z: principal directions, planes to walk in, and chances instead of numbers."""

import math
from dataclasses import dataclass
from functools import lru_cache

import torch
from torch import Tensor
from torch.nn.functional import normalize

from ganplay.config_parts import Latent
from ganplay.draws import ONE_HOT_NOISE
from ganplay.latent.model import Model
from ganplay.nets import DCGANGenerator

EPSILON = 1e-5
"""What `F.batch_norm` adds to a variance."""

RANDOM_SEED = 1 << 22
"""Of random directions, apart from the seeds of z: they would point at samples."""

# ---- principal directions


@dataclass(frozen=True, eq=False)
class Directions:
    """Principal directions of z, the strongest first.

    vectors: [n, latent.dim], orthonormal; shares: [n] of the variance that G's first layer has over
    all of z, which of all together is 1.
    """

    vectors: Tensor
    shares: Tensor


def first_layer(model: Model) -> Tensor:
    """What G's first layer does to z before its activation, [units, latent.dim], the batch
    normalisation included: by fixed moments that is linear as well."""
    g = model.generator
    weight = g.leaves[0][0].detach()
    if isinstance(g, DCGANGenerator) and g.moments:
        scale, variance = g.leaves[g.weights.stop][0, 0].detach(), g.moments[0][1]
        gain = scale / (variance + EPSILON).sqrt()
        weight = (weight.view(len(gain), -1, weight.shape[1]) * gain[:, None, None]).flatten(0, 1)
    return weight


@lru_cache(maxsize=8)
def principal(model: Model) -> Directions:
    """The right singular vectors of G's first layer: what moves its units most for a step of length 1.

    These are the eigenvectors of A^T A, SeFa's closed form (Shen and Zhou 2021, eq. 4); and as the
    layer is linear and the coordinates of z are independent and alike, they are also what GANSpace
    (Härkönen et al. 2020, sec. 2.2) finds by PCA of the layer over samples. The largest part of each
    is positive.
    """
    _, values, vectors = torch.linalg.svd(first_layer(model), full_matrices=False)
    largest = vectors.gather(1, vectors.abs().argmax(1, keepdim=True))
    powers = values.square()
    return Directions(vectors * largest.sign(), powers / powers.sum())


def strongest(model: Model, count: int) -> list[int]:
    """The coordinates of z that move the first layer's units most, the strongest first."""
    order = first_layer(model).norm(dim=0).argsort(descending=True, stable=True)
    return [int(i) for i in order[:count]]


def random_directions(dim: int, count: int) -> Tensor:
    """Directions that nothing speaks for, of length 1: [count, dim]."""
    rng = torch.Generator().manual_seed(RANDOM_SEED)
    return normalize(torch.randn(count, dim, generator=rng))


def effect(model: Model, vectors: Tensor, z: Tensor) -> Tensor:
    """How much the pixels of pictures change from a deviation below z [n, latent.dim] to one above it
    along each of some directions [k, latent.dim]: the root of the mean square, [k]."""
    step = deviation(model.config.latent) * vectors[:, None]
    low, high = (model.generate((z + sign * step).flatten(0, 1)) for sign in (-1, 1))
    return (high - low).view(len(vectors), -1).square().mean(1).sqrt()


# ---- along directions


def along(z: Tensor, vectors: Tensor, values: Tensor) -> Tensor:
    """z [latent.dim] with other values [n, k] along k orthonormal directions [k, latent.dim], and as
    it is across them: [n, latent.dim]."""
    return z + (values - vectors @ z) @ vectors


def deviation(latent: Latent) -> float:
    """How far a coordinate of z usually is from 0: its standard deviation, or for Student's t, which
    has none, what as many values lie below (68.3 %)."""
    if latent.prior == "uniform":
        return 1 / math.sqrt(3)
    if latent.prior == "student_t":
        return quantile(latent, (1 + math.erf(1 / math.sqrt(2))) / 2)
    if latent.prior == "one_hot_mixture":
        return math.sqrt((1 - 1 / latent.dim + ONE_HOT_NOISE**2) / latent.dim)
    return 1.0


@lru_cache(maxsize=4)
def usual_lengths(model: Model) -> tuple[float, float, float]:
    """How long z is: a twentieth are shorter than the first, half than the second, and a twentieth
    longer than the third."""
    long = model.noise(4096, 0).norm(dim=1)
    low, middle, high = torch.quantile(long, torch.tensor([0.05, 0.5, 0.95])).tolist()
    return low, middle, high


def has_chances(latent: Latent) -> bool:
    """Whether the coordinates of z are independent of each other, so that each can have its own."""
    return latent.prior != "one_hot_mixture"


def quantile(latent: Latent, chance: float) -> float:
    """The value that a coordinate of z stays below with a chance in 0..1: its inverse CDF."""
    if latent.prior == "uniform":
        return 2 * chance - 1
    if latent.prior == "student_t":  # of 2 degrees of freedom
        return (2 * chance - 1) / math.sqrt(2 * chance * (1 - chance))
    return float(torch.special.ndtri(torch.tensor(chance, dtype=torch.float64)))


def chance(latent: Latent, value: float) -> float:
    """The chance with which a coordinate of z stays below a value: its CDF."""
    if latent.prior == "uniform":
        return min(1.0, max(0.0, (value + 1) / 2))
    if latent.prior == "student_t":
        return (1 + value / math.sqrt(2 + value**2)) / 2
    return float(torch.special.ndtr(torch.tensor(value, dtype=torch.float64)))


# ---- planes


@dataclass(frozen=True, eq=False)
class Plane:
    """A plane in the space of z: its point nearest to the origin, and two orthonormal axes
    [latent.dim], which are orthogonal to that."""

    centre: Tensor
    across: Tensor
    up: Tensor

    def at(self, places: Tensor) -> Tensor:
        """z of places (x, y) [n, 2]: [n, latent.dim]."""
        return self.centre + places @ torch.stack((self.across, self.up))

    def places(self, z: Tensor) -> Tensor:
        """Where z [n, latent.dim] falls on the plane, [n, 2]."""
        return z @ torch.stack((self.across, self.up), 1)

    def ring(self, length: float) -> float:
        """The radius, around the middle, of where z has a length; 0 where it has nowhere."""
        return math.sqrt(max(0.0, length**2 - float(self.centre.square().sum())))


def plane_along(z: Tensor, across: Tensor, up: Tensor) -> Plane:
    """The plane through z [latent.dim] along two orthonormal directions."""
    axes = torch.stack((across, up))
    return Plane(z - (axes @ z) @ axes, across, up)


def plane_through(z: Tensor) -> Plane:
    """The plane through three z [3, latent.dim]: the second lies to the right of the first, and the
    third above them."""
    sides = (z[1:] - z[0]).T
    axes, known = torch.linalg.qr(sides)
    across, up = (axes * torch.where(known.diagonal() < 0, -1.0, 1.0)).T
    return plane_along(z[0], across, up)


def lattice(across: int, reach: float) -> Tensor:
    """The middles of across x across squares that fill -reach..reach, row by row from the top, as
    places (x, y): [across^2, 2]."""
    middles = (torch.arange(across) + 0.5) / across * 2 - 1
    y, x = torch.meshgrid(-middles, middles, indexing="ij")
    return reach * torch.stack((x.flatten(), y.flatten()), 1)
