"""The game without nets, against quadrature, finite differences and what is proven of it."""

from itertools import islice, pairwise

import numpy as np
import pytest
from scipy.integrate import quad

from ganplay.theory.functional import SETTLED, Path, descent, functional_gradient, growth
from ganplay.theory.game import FLOOR, best_value
from ganplay.theory.mixture import Mixture

X, WIDTH = np.linspace(-9, 9, 1201, retstep=True)
TWO = Mixture((-2.0, 2.0), (0.5, 0.5), (0.5, 0.5))
UNEVEN = Mixture((-1.0, 2.5), (0.3, 1.0), (0.2, 0.8))
STARTS = {
    "narrow": Mixture((0.5,), (0.4,)),
    "wide": Mixture((0.0,), (1.5,)),
    "one mode": Mixture((2.0,), (0.5,)),
    "two": Mixture((0.0, 1.0), (1.0, 0.4), (0.3, 0.7)),
}
PAIRS = [(p, q) for p in (TWO, UNEVEN) for q in STARTS.values()]
every_pair = pytest.mark.parametrize(("p", "q"), PAIRS)
SIZES = [0.01, 0.1, 0.5, 1.0]
every_size = pytest.mark.parametrize("size", SIZES)


def random_density(rng: np.random.Generator) -> np.ndarray:
    """A density without any shape, some of it all but 0."""
    values = np.exp(rng.normal(0, 4, len(X)))
    return values / values.sum() / WIDTH


def relative_entropy(p: np.ndarray, q: np.ndarray) -> float:
    """KL(p || q), nats."""
    return float((p * np.log(p / q)).sum() * WIDTH)


def by_quadrature(p: Mixture, q: Mixture) -> float:
    """max_D V(D, q), nats."""

    def integrand(x: float) -> float:
        a, b = p.log_pdf(x), q.log_pdf(x)
        both = np.logaddexp(a, b)
        return float(np.exp(a) * (a - both) + np.exp(b) * (b - both))

    ends = (*p.means, *q.means)
    return quad(integrand, -15, 15, points=ends, limit=500, epsabs=1e-12, epsrel=1e-12)[0]


@pytest.mark.parametrize("p", [TWO, UNEVEN])
def test_gradient_is_that_of_quadrature(p: Mixture) -> None:
    """Along mass that goes from one part of p_g to another."""

    def q(share: float) -> Mixture:
        return Mixture((0.0, 1.0), (1.0, 0.4), (share, 1 - share))

    step = 1e-3
    truth = (by_quadrature(p, q(0.3 + step)) - by_quadrature(p, q(0.3 - step))) / (2 * step)
    way = q(1.0).pdf(X) - q(0.0).pdf(X)
    along = (functional_gradient(p.pdf(X), q(0.3).pdf(X)) * way).sum() * WIDTH
    assert along == pytest.approx(truth, abs=1e-6)
    assert abs(along) > 0.1


@pytest.mark.parametrize("seed", range(5))
def test_gradient_is_that_of_finite_differences(seed: int) -> None:
    """In any direction of mass 0."""
    rng = np.random.default_rng(seed)
    p, q = random_density(rng), random_density(rng)
    way = random_density(rng) * q
    way = way / way.sum() / WIDTH - q
    step = 1e-3 / np.max(np.abs(way) / q)
    ahead, behind = best_value(X, p, q + step * way), best_value(X, p, q - step * way)
    along = (functional_gradient(p, q) * way).sum() * WIDTH
    assert along == pytest.approx((ahead - behind) / (2 * step), rel=1e-5)


@pytest.mark.parametrize("seed", range(10))
def test_value_is_convex(seed: int) -> None:
    """Below its chords and above its tangents, by densities of no shape; and not curved more than
    the entropy, which the step relies on."""
    rng = np.random.default_rng(seed)
    p, a, b = (random_density(rng) for _ in range(3))
    ends = best_value(X, p, a), best_value(X, p, b)
    for t in (0.1, 0.5, 0.9):
        assert best_value(X, p, t * a + (1 - t) * b) < t * ends[0] + (1 - t) * ends[1] - 1e-3
    tangent = ends[0] + (functional_gradient(p, a) * (b - a)).sum() * WIDTH
    assert tangent < ends[1] < tangent + relative_entropy(b, a)


@every_pair
@every_size
def test_it_falls_at_each_step_as_fast_as_proven(p: Mixture, q: Mixture, size: float) -> None:
    a, b = p.pdf(X), q.pdf(X)
    steps = list(islice(descent(a, b, size), 100))
    excess = np.array([best_value(X, a, each) for each in steps]) - FLOOR
    np.testing.assert_allclose(steps[0], b)
    assert all(after < before + 1e-14 for before, after in pairwise(excess))
    assert excess[-1] < excess[0] - 1e-3
    assert (excess[1:] * size * np.arange(1, 100) < relative_entropy(a, b)).all()
    np.testing.assert_allclose(np.sum(steps, 1), b.sum(), rtol=1e-12)
    assert np.min(steps) > 0


@every_pair
def test_it_reaches_the_data_and_the_floor(p: Mixture, q: Mixture) -> None:
    a = p.pdf(X)
    last = next(islice(descent(a, q.pdf(X), 0.5), 120, None))
    np.testing.assert_allclose(last, a, atol=1e-9)
    assert best_value(X, a, last) == pytest.approx(FLOOR, abs=1e-12)


def test_it_comes_back_from_nothing() -> None:
    """Where p_g is 0 to all digits, its logarithm is finite all the same."""
    p = TWO.pdf(X)
    start = (np.abs(X) < 0.2).astype(float)
    start /= start.sum() * WIDTH
    steps = list(islice(descent(p, start, 0.1), 400))
    values = [best_value(X, p, each) for each in steps]
    assert all(after < before + 1e-14 for before, after in pairwise(values))
    np.testing.assert_allclose(steps[-1], p, atol=1e-6)


@every_size
def test_a_step_is_the_least_of_its_model(size: float) -> None:
    """Mirror descent: <dC/dq, r> + KL(r || q) / size is least at the next q, over all densities r."""
    rng = np.random.default_rng(2)
    p, start = random_density(rng), random_density(rng)
    _, after = islice(descent(p, start, size), 2)

    def model(r: np.ndarray) -> float:
        way = functional_gradient(p, start) * (r - start)
        return float(way.sum() * WIDTH) + relative_entropy(r, start) / size

    for _ in range(10):
        other = after * np.exp(rng.normal(0, 1e-2, len(X)))
        assert model(after) < model(other / other.sum() / WIDTH)


@every_pair
def test_a_whole_step_goes_half_way(p: Mixture, q: Mixture) -> None:
    a, b = p.pdf(X), q.pdf(X)
    _, after = islice(descent(a, b, 1.0), 2)
    np.testing.assert_allclose(after, (a + b) / 2, atol=1e-12)


@every_pair
def test_growth_is_that_of_a_small_step(p: Mixture, q: Mixture) -> None:
    a, b = p.pdf(X), q.pdf(X)
    _, after = islice(descent(a, b, 1e-7), 2)
    np.testing.assert_allclose(growth(a, b), (after - b) / 1e-7, atol=1e-5)
    assert abs(growth(a, b).sum()) * WIDTH < 1e-12, "no mass comes or goes"


def test_path_is_the_descent_until_it_has_settled() -> None:
    a, b = TWO.pdf(X), STARTS["wide"].pdf(X)
    path = Path(X, a, b, 0.5)
    steps = list(islice(descent(a, b, 0.5), 11))
    for step in (10, 0, 4):
        density, values = path.at(step)
        np.testing.assert_array_equal(density, steps[step])
        np.testing.assert_array_equal(values, [best_value(X, a, q) for q in steps[: step + 1]])
    density, values = path.at(5000)
    assert len(values) == 5001
    assert values[-1] == values[-1000] == pytest.approx(FLOOR, abs=SETTLED)
    np.testing.assert_allclose(density, a, atol=1e-4)
