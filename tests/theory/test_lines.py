"""Two parallel lines, against sums over cells, exact transport, quadrature and finite differences."""

import math

import numpy as np
import ot
import pytest
from scipy.integrate import quad
from scipy.spatial.distance import jensenshannon
from scipy.special import rel_entr
from scipy.stats import norm

from ganplay.theory import lines
from ganplay.theory.lines import DISTANCES

THETAS = (-1.5, -0.3, 0.0, 0.05, 1.0)
every_theta = pytest.mark.parametrize("theta", THETAS)


def cells(theta: float) -> tuple[np.ndarray, np.ndarray]:
    """The masses of both lines in cells of the plane, 0.05 wide, with 7 cells along z."""
    masses = np.zeros((2, 81, 7))
    masses[0, 40] = masses[1, 40 + round(theta / 0.05)] = 1 / 7
    return masses[0].ravel(), masses[1].ravel()


def by_cells(name: str, p: np.ndarray, q: np.ndarray) -> float:
    if name == "tv":
        return float(np.abs(p - q).sum() / 2)
    if name == "js":
        return float(jensenshannon(p, q)) ** 2
    return float(rel_entr(p, q).sum())


@every_theta
@pytest.mark.parametrize("name", ["tv", "js", "kl"])
def test_is_what_sums_over_cells_give(name: str, theta: float) -> None:
    p, q = cells(theta)
    found = DISTANCES[name].value(theta)
    assert found == pytest.approx(by_cells(name, p, q), abs=1e-12)
    assert found == pytest.approx(by_cells(name, q, p), abs=1e-12)


@every_theta
def test_wasserstein_is_that_of_exact_transport(theta: float) -> None:
    z = np.random.default_rng(1).random(40)
    p, q = (np.stack((np.full_like(z, x), z), 1) for x in (0.0, theta))
    cost = ot.dist(p, q, metric="euclidean")
    assert lines.wasserstein(theta) == pytest.approx(ot.emd2([], [], cost), abs=1e-12)


@pytest.mark.parametrize("theta", [-1.0, 0.5])
def test_thin_bands_tend_to_the_lines(theta: float) -> None:
    """JSD and total variation of bands of a width of a hundredth of the gap, by quadrature."""
    width = abs(theta) / 100

    def p(x: float) -> tuple[float, float]:
        return norm.pdf(x, 0, width), norm.pdf(x, theta, width)

    def js(x: float) -> float:
        a, b = p(x)
        return float(rel_entr(a, (a + b) / 2) + rel_entr(b, (a + b) / 2)) / 2

    ends = sorted((0.0, theta))
    span = ends[0] - 10 * width, ends[1] + 10 * width
    found, _ = quad(js, *span, points=ends, limit=500, epsabs=1e-9)
    assert lines.jensen_shannon(theta) == pytest.approx(found, abs=1e-6)
    found, _ = quad(lambda x: abs(np.subtract(*p(x))) / 2, *span, points=ends, limit=500)
    assert lines.total_variation(theta) == pytest.approx(found, abs=1e-6)


@pytest.mark.parametrize("name", DISTANCES)
def test_slope_is_that_of_finite_differences(name: str) -> None:
    theta = np.array([-1.2, -0.1, 0.4, 1.5])
    with np.errstate(invalid="ignore"):  # infinity less infinity
        rise = DISTANCES[name].value(theta + 1e-6) - DISTANCES[name].value(theta - 1e-6)
    np.testing.assert_allclose(DISTANCES[name].slope(theta), rise / 2e-6, atol=1e-9)


@pytest.mark.parametrize("name", DISTANCES)
def test_at_the_data_all_are_0_without_a_slope(name: str) -> None:
    assert DISTANCES[name].value(0.0) == 0
    assert math.isnan(DISTANCES[name].slope(0.0))
    left, right = DISTANCES[name].value([-1e-9, 1e-9])
    assert left == right
    assert (left > 0.5) == (name != "w")


def test_all_that_is_public_has_a_source() -> None:
    for distance in DISTANCES.values():
        assert "Arjovsky et al." in " ".join((distance.value.__doc__ or "").split())
