"""Panels, integrals and roots on the line."""

import numpy as np
import pytest
from scipy.optimize import brentq

from ganplay.theory.bands import Bands
from ganplay.theory.mixture import Mixture
from ganplay.theory.quadrature import integral, panels, roots


def test_polynomials_are_exact() -> None:
    edges = np.array([-1.0, 0.5, 2.0])
    assert integral(lambda x: 24 * x**23, edges) == pytest.approx(2.0**24 - 1, rel=1e-12)


def test_panels_fit_the_narrowest_and_hold_all_mass() -> None:
    p, q = Mixture((0.0, 5.0), (2.0, 0.1), (1.0, 1.0)), Bands((-30.0,), (1.0,))
    edges = panels(p, q)
    assert (np.diff(edges) > 0).all()
    assert edges[0] == -31
    assert edges[-1] == 20
    assert np.diff(edges)[(edges[1:] > 4) & (edges[:-1] < 6)].max() < 0.1 + 1e-9
    assert {-31.0, -29.0} <= set(edges)


def test_panels_are_short_where_one_gaussian_overtakes_another() -> None:
    """Of two that are 12 apart, half-way: the slopes of their logarithms differ by 1,200 there."""
    edges = panels(Mixture((-6.0, 6.0), (0.1, 0.1), (1.0, 1.0)))
    near = edges[np.abs(edges) < 1 / 600]
    np.testing.assert_allclose(near, [-1 / 1200, 0, 1 / 1200], atol=1e-12)


def test_an_edge_is_where_one_gaussian_overtakes_another() -> None:
    one, other = (Mixture((-1.0,), (0.2,)), 0.9), (Mixture((4.0,), (0.7,)), 0.1)

    def lead(x: float) -> float:
        (p, a), (q, b) = one, other
        return float(p.log_pdf(x) + np.log(a) - q.log_pdf(x) - np.log(b))

    place = brentq(lead, -1, 4, xtol=1e-14)
    edges = panels(Mixture((-1.0, 4.0), (0.2, 0.7), (0.9, 0.1)))
    assert np.abs(edges - place).min() < 1e-12


def test_a_part_without_weight_is_not_looked_at() -> None:
    one = Mixture((0.0,), (1.0,), (1.0,))
    np.testing.assert_allclose(panels(Mixture((0.0, 9.0), (1.0, 0.1), (2.0, 0.0))), panels(one))


def test_roots_of_a_polynomial() -> None:
    found = roots(lambda x: (x + 1) * (x - 0.25) * (x - 0.3), np.array([-2.0, -0.5, 0.275, 1.0]))
    np.testing.assert_allclose(found, [-1, 0.25, 0.3], atol=1e-6)


def test_what_is_zero_all_over_has_no_roots() -> None:
    assert len(roots(lambda x: 1e-16 * np.sin(x), np.linspace(0, 9, 4))) == 0
