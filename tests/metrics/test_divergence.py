"""The Jensen-Shannon divergence against SciPy, and cell masses against other quadratures."""

import math

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from scipy import integrate, stats
from scipy.spatial.distance import jensenshannon
from sklearn.metrics import mutual_info_score
from torch import Tensor

from ganplay.data import PLANE, Grid, HeavyTail, Line, Plane, Points, Ring, Spiral, Unbalanced
from ganplay.metrics import jsd
from ganplay.metrics.divergence import CELLS, histogram, jensen_shannon, masses

Array = NDArray[np.float64]

SHARPEST = [
    Ring(sigma=0.005),
    Ring(radius=0.5, sigma=0.005, modes=64),
    Grid(modes=100, sigma=0.005),
]
WITH_DENSITY = [kind() for name, kind in PLANE.items() if name != "points"]


def draw(data: Plane, n: int, seed: int = 0) -> Tensor:
    return data.sample(n, torch.Generator().manual_seed(seed)).double()


def edges_of(data: Plane) -> Array:
    return np.linspace(-data.extent, data.extent, CELLS + 1)


def numpy_histogram(samples: Array, data: Plane) -> Array:
    """Portions in each cell, and outside."""
    edges = edges_of(data)
    inside, _, _ = np.histogram2d(samples[:, 0], samples[:, 1], bins=(edges, edges))
    return np.append(inside.ravel(), len(samples) - inside.sum()) / len(samples)


# ---- the histogram and the formula


@pytest.mark.parametrize("data", [Ring(), HeavyTail(df=0.5)], ids=lambda data: data.name)
def test_histogram_is_numpys(data: Plane) -> None:
    samples = draw(data, 5000)
    expected = numpy_histogram(samples.numpy(), data)
    np.testing.assert_allclose(histogram(samples, data.extent), expected, atol=1e-12)
    if data.name == "heavy_tail":
        assert expected[-1] > 0.2, "nothing tests what lies outside"


def test_points_far_away_are_outside() -> None:
    far = torch.tensor([[1e30, 0.0], [-1e30, 1e30], [0.0, -2.0], [2.0, 0.0]])
    counts = histogram(far, 2.0)
    assert counts.tolist()[-1] == 3 / 4  # the upper edge is outside, the lower one inside
    assert counts.reshape(-1)[: CELLS**2].view(CELLS, CELLS)[CELLS // 2, 0] == 1 / 4


@pytest.mark.parametrize("data", [*WITH_DENSITY, *SHARPEST], ids=repr)
def test_is_scipys_on_the_same_histograms(data: Plane) -> None:
    samples, p = draw(data, 2500) * 1.1, masses(data)
    assert p is not None
    expected = jensenshannon(p.numpy(), numpy_histogram(samples.numpy(), data)) ** 2
    assert jsd(samples, data) == pytest.approx(expected, abs=1e-9)
    assert expected > 0.01


def test_is_the_mutual_information_with_the_source() -> None:
    """JSD = I(cell; source) for as many samples of each kind (scikit-learn's)."""
    data = Spiral()
    pair = draw(data, 2000), 1.2 * draw(data, 2000, 1)
    cells = [
        np.digitize(x[:, 0], edges_of(data)) * 100 + np.digitize(x[:, 1], edges_of(data))
        for x in pair
    ]
    expected = mutual_info_score(np.repeat([0, 1], 2000), np.concatenate(cells))
    assert jensen_shannon(*(histogram(x, data.extent) for x in pair)) == pytest.approx(
        expected, rel=1e-9
    )
    assert expected > 0.05


def test_is_at_most_log_2_and_that_where_nothing_overlaps() -> None:
    assert jsd(torch.zeros(100, 2), Ring(sigma=0.01)) == pytest.approx(math.log(2), abs=1e-9)
    assert jsd(torch.full((100, 2), 50.0), Ring(sigma=0.01)) == pytest.approx(math.log(2), abs=1e-9)


def test_is_none_without_a_density(small_on) -> None:  # type: ignore[no-untyped-def]
    cloud = small_on("points").data
    assert isinstance(cloud, Points)
    assert jsd(torch.zeros(9, 2), cloud) is None


def test_is_the_same_in_any_precision_and_keeps_no_gradient() -> None:
    samples = draw(Ring(), 500).float()
    assert jsd(samples.requires_grad_(), Ring()) == jsd(samples.double(), Ring())


# ---- the masses


@pytest.mark.parametrize("data", [*WITH_DENSITY, *SHARPEST, HeavyTail(df=0.5)], ids=repr)
def test_masses_are_a_distribution_with_p_datas_moments(data: Plane) -> None:
    p = masses(data)
    assert p is not None
    assert (p >= 0).all()
    assert float(p.sum()) == pytest.approx(1, abs=1e-12)
    # against a million samples, chi-square over the cells that have any mass to speak of
    n = 10**6
    seen, expected = histogram(draw(data, n), data.extent) * n, p * n
    big = expected > 5
    z = (seen - expected)[big] / expected[big].sqrt()
    assert float(z.square().mean()) == pytest.approx(1, abs=6 * math.sqrt(2 / int(big.sum())))
    assert float(seen[~big].sum()) == pytest.approx(
        float(expected[~big].sum()), abs=10 + 6 * math.sqrt(float(expected[~big].sum()))
    )


@pytest.mark.parametrize("data", [Ring(), Unbalanced(), *SHARPEST], ids=repr)
def test_masses_of_modes_are_the_normals(data: Plane) -> None:
    """Each mode's mass in a cell is a product of two differences of the normal's cdf (SciPy's)."""
    centres, weights = (column.numpy() for column in data.nodes())  # type: ignore[attr-defined]
    sigma = data.sigma  # type: ignore[attr-defined]
    expected = np.zeros((CELLS, CELLS))
    for centre, weight in zip(centres, weights, strict=True):
        along = [np.diff(stats.norm.cdf(edges_of(data), c, sigma)) for c in centre]
        expected += weight * np.outer(*along)
    p = masses(data)
    assert p is not None
    np.testing.assert_allclose(p[:-1].view(CELLS, CELLS), expected, atol=1e-14)
    assert float(p[-1]) == pytest.approx(1 - expected.sum(), abs=1e-12)


@pytest.mark.parametrize("data", [Spiral(), Line(), HeavyTail(), HeavyTail(df=0.5)], ids=repr)
def test_masses_are_the_densitys_integral(data: Plane) -> None:
    """SciPy's adaptive quadrature over the heaviest cells and some others."""
    p = masses(data)
    assert p is not None
    heavy = p[:-1].argsort(descending=True)[:2].tolist()
    edges = edges_of(data)

    def density(y: float, x: float) -> float:
        log_density = data.log_prob(torch.tensor([x, y], dtype=torch.float64))
        assert log_density is not None
        return math.exp(log_density)

    for index in (*heavy, heavy[0] + 3, heavy[1] - 2 * CELLS):
        i, j = divmod(index, CELLS)
        box = edges[i], edges[i + 1], edges[j], edges[j + 1]
        mass, _ = integrate.dblquad(density, *box, epsabs=1e-9)
        close = 1e-3 if isinstance(data, HeavyTail) else 1e-6
        assert float(p[index]) == pytest.approx(mass, rel=close, abs=1e-9), (i, j)


def test_the_mass_outside_the_heavy_tail() -> None:
    """P(|x| > r) is known; the square holds the circle of radius `extent` and lies in another."""
    data, p = HeavyTail(), masses(HeavyTail())
    assert p is not None

    def beyond(r: float) -> float:
        return (1 + r**2 / (data.df * data.scale**2)) ** (-data.df / 2)

    assert beyond(math.sqrt(2) * data.extent) < float(p[-1]) < beyond(data.extent)


def test_masses_of_the_checkerboard_are_exact() -> None:
    """Each cell's overlap with each dark square, as lengths of intervals."""
    data = PLANE["checkerboard"]()
    edges = edges_of(data)
    overlap = [
        np.clip(np.minimum(edges[1:], k + 1) - np.maximum(edges[:-1], k), 0, None)
        for k in range(-2, 2)
    ]
    expected = sum(
        np.outer(overlap[i], overlap[j]) / 8 for i in range(4) for j in range(4) if (i + j) % 2 == 0
    )
    p = masses(data)
    assert p is not None
    np.testing.assert_allclose(p[:-1].view(CELLS, CELLS), expected, atol=1e-12)
    assert float(p[-1]) == pytest.approx(0, abs=1e-12)


# ---- known divergences


@pytest.mark.parametrize("shift", [0.5, 1.0, 2.0, 4.0])
def test_of_a_shifted_gaussian_is_the_integral(shift: float) -> None:
    """One mode, many samples: what one-dimensional quadrature gives for two normals `shift` sigma
    apart; cells of .28 sigma lose a little."""
    data = Ring(modes=1, radius=0.5, sigma=1.0)

    def half(x: float) -> float:
        p, q = stats.norm.pdf(x), stats.norm.pdf(x, shift)
        m = (p + q) / 2
        return float(p * math.log(p / m) + q * math.log(q / m)) / 2

    exact, _ = integrate.quad(half, -8, 8 + shift)
    seen = jsd(draw(data, 10**6) + torch.tensor([0, shift]), data)
    assert seen == pytest.approx(exact, rel=0.03)


@pytest.mark.parametrize(("modes", "missing"), [(8, 1), (8, 4), (8, 7)])
def test_of_missing_modes_is_the_closed_form(modes: int, missing: int) -> None:
    """Equal modes that lie apart, some left out: JSD of two uniform distributions on M and K parts."""
    data = Ring(modes=modes, sigma=0.05)
    samples = draw(data, 10**6)
    left = modes - missing
    kept = samples[data.part_of(samples) < left]
    p = np.full(modes, 1 / modes)
    q = np.where(np.arange(modes) < left, 1 / left, 0)
    assert jsd(kept, data) == pytest.approx(jensenshannon(p, q) ** 2, rel=2e-3)
