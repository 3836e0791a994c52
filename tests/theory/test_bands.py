"""Bands, against SciPy's uniform distribution."""

import numpy as np
from scipy.stats import kstest, uniform

from ganplay.theory.bands import Bands

BANDS = Bands((-1.0, 2.0), (0.5, 3.0), (1.0, 3.0))
LAWS = [(0.25, uniform(-1.5, 1.0)), (0.75, uniform(-1.0, 6.0))]
X = np.linspace(-4, 7, 112) + 0.003


def test_density_and_distribution() -> None:
    for what in ("pdf", "cdf"):
        expected = sum(w * getattr(law, what)(X) for w, law in LAWS)
        np.testing.assert_allclose(getattr(BANDS, what)(X), expected, atol=1e-15)
    with np.errstate(divide="ignore"):
        np.testing.assert_array_equal(BANDS.log_pdf(X), np.log(BANDS.pdf(X)))
    assert BANDS.log_pdf(6.0) == -np.inf


def test_edges() -> None:
    assert BANDS.edges().tolist() == [-1.5, -1.0, -0.5, 5.0]


def test_samples_follow_it() -> None:
    assert kstest(BANDS.sample(4000, np.random.default_rng(3)), BANDS.cdf).pvalue > 1e-3
