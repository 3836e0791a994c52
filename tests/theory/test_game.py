"""The game's closed forms, against SciPy's quadrature and by looking for a better D."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from scipy import integrate, optimize

from ganplay.theory.game import FLOOR, best_discriminator, best_value, jsd_on, value

Density = Callable[[Any], Any]

X = np.linspace(-14, 14, 4001)


def normal(mean: float, sigma: float) -> Density:
    return lambda x: np.exp(-(((x - mean) / sigma) ** 2) / 2) / (sigma * math.sqrt(2 * math.pi))


def two(x: Any) -> Any:
    return 0.3 * normal(-2, 0.5)(x) + 0.7 * normal(1, 0.9)(x)


PAIRS: dict[str, tuple[Density, Density]] = {
    "near": (normal(0, 1), normal(0.4, 1.2)),
    "apart": (normal(0, 1), normal(5, 0.5)),
    "two modes": (two, normal(0, 2)),
    "same": (two, two),
}

every_pair = pytest.mark.parametrize(("p", "q"), PAIRS.values(), ids=list(PAIRS))


def quadrature(f: Density) -> float:
    return sum(
        integrate.quad(f, a, b, epsabs=1e-12, limit=200)[0]
        for a, b in ((-14, -4), (-4, -1), (-1, 2), (2, 4.5), (4.5, 14))
    )


def xlogy(a: float, b: float) -> float:
    return a * math.log(b) if a > 0 else 0.0


@every_pair
def test_no_other_d_does_better_anywhere(p: Density, q: Density) -> None:
    """Of p log d + q log(1 - d) at each x alone, looked for by golden section."""
    for x in (-3.0, -1.0, 0.3, 2.0):
        a, b = p(x), q(x)

        def loss(d: float, a: float = a, b: float = b) -> float:
            return -(a * math.log(d) + b * math.log1p(-d))

        found = optimize.minimize_scalar(
            loss, bounds=(1e-12, 1 - 1e-12), method="bounded", options={"xatol": 1e-12}
        )
        best = float(best_discriminator(p(x), q(x)))
        assert best == pytest.approx(found.x, abs=1e-6)


def test_where_nothing_is_any_d_is_as_good() -> None:
    assert math.isnan(float(best_discriminator(0.0, 0.0)))
    assert best_discriminator([1.0, 0.0, 2.0], [0.0, 1.0, 2.0]).tolist() == [1.0, 0.0, 0.5]


@every_pair
def test_the_value_is_its_integral(p: Density, q: Density) -> None:
    def d(x: Any) -> Any:
        return 1 / (1 + np.exp(-0.7 * x + 0.3))

    exact = quadrature(lambda x: p(x) * math.log(d(x)) + q(x) * math.log(1 - d(x)))
    found = value(X, p(X), q(X), d(X))
    assert found == pytest.approx(exact, abs=1e-6)


@every_pair
def test_the_best_value_is_two_jsd_less_log_4(p: Density, q: Density) -> None:
    def both(x: float) -> float:
        m = (p(x) + q(x)) / 2
        return (xlogy(p(x), p(x) / m) + xlogy(q(x), q(x) / m)) / 2 if m > 0 else 0.0

    exact = quadrature(both)
    assert jsd_on(X, p(X), q(X)) == pytest.approx(exact, abs=1e-6)
    best = best_discriminator(p(X), q(X))
    sure = 1 - 2**-53  # the largest number below 1: a logit has no such end
    reached = value(X, p(X), q(X), np.clip(np.nan_to_num(best, nan=0.5), 1 - sure, sure))
    assert reached == pytest.approx(2 * exact - math.log(4), abs=1e-6)
    assert best_value(X, p(X), q(X)) == pytest.approx(reached, abs=1e-9)
    worse = value(X, p(X), q(X), np.clip(np.nan_to_num(best, nan=0.5), 0.2, 0.8))
    assert worse <= reached + 1e-12


def test_the_floor_is_reached_where_both_are_the_same_and_the_top_where_they_are_apart() -> None:
    assert pytest.approx(-2 * math.log(2), abs=1e-15) == FLOOR
    p = two(X)
    assert best_value(X, p, p) == pytest.approx(FLOOR, abs=1e-9)
    near, far = normal(-5, 0.3)(X), normal(10, 0.3)(X)
    assert jsd_on(X, near, far) == pytest.approx(math.log(2), abs=1e-9)
    assert best_value(X, near, far) == pytest.approx(0, abs=1e-9)


def test_to_be_sure_and_wrong_is_as_bad_as_can_be() -> None:
    assert value(X, two(X), two(X), np.ones_like(X)) == -math.inf
