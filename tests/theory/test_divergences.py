"""Divergences on the line, against SciPy's adaptive quadrature, closed forms of Gaussians and of bands, and
optimal transport of quantiles."""

import math
from itertools import pairwise

import numpy as np
import ot
import pytest
from scipy.integrate import quad
from scipy.optimize import minimize
from scipy.stats import norm

from ganplay.theory import divergences
from ganplay.theory.bands import Bands
from ganplay.theory.divergences import (
    LOG_2,
    MEASURES,
    blurred,
    cross_entropy,
    doubt,
    entropy,
    jsd,
    kl,
    mean_doubt,
    most_likely_band,
    most_likely_gaussian,
    mutual_information,
    negative_log_likelihood,
    posterior,
    reverse_kl,
    total_variation,
    wasserstein_1,
)
from ganplay.theory.mixture import Mixture
from ganplay.theory.quadrature import Density


def bell(mean: float, sigma: float) -> Mixture:
    return Mixture((mean,), (sigma,))


PAIRS: list[tuple[Density, Density]] = [
    (bell(0, 1), bell(0.3, 1)),
    (bell(-1, 0.4), bell(2, 2.5)),
    (bell(-5, 0.4), bell(5, 0.4)),
    (Mixture((-1.5, 1.0), (0.6, 0.3), (0.3, 0.7)), Mixture((1.0, -2.0), (0.1, 1.2), (1, 1))),
    (bell(0, 2), Mixture((-6, 6), (0.1, 0.1), (0.2, 0.8))),
    (Mixture((-2, 2), (0.5, 0.5), (1, 9)), Mixture((-2, 2), (0.5, 0.5), (9, 1))),
    (Bands((0.0,), (1.0,)), Bands((0.5,), (2.0,))),
    (Bands((-1.0, 2.0), (0.5, 1.0), (0.25, 0.75)), Bands((1.0, 2.5), (3.0, 1.0), (1, 1))),
    (Bands((0.0,), (1.5,)), bell(0.5, 0.7)),
    (Bands((-2.0,), (0.5,)), Bands((2.0,), (1.0,))),
]  # fmt: skip
every_pair = pytest.mark.parametrize(("p", "q"), PAIRS)


def parts(density: Density) -> list[tuple[float, float, float]]:
    """Place, width and share of each."""
    mixed = isinstance(density, Mixture)
    places = density.means if mixed else density.centres
    widths = density.sigmas if mixed else density.reaches
    total = sum(density.weights)
    return [(m, s, w / total) for m, s, w in zip(places, widths, density.weights, strict=True)]


def pdf(density: Density, x: float) -> float:
    if isinstance(density, Bands):
        return sum(w / (2 * s) for m, s, w in parts(density) if abs(x - m) < s)
    return sum(
        w * math.exp(-(((x - m) / s) ** 2) / 2) / s for m, s, w in parts(density)
    ) / math.sqrt(2 * math.pi)


def log_pdf(density: Density, x: float) -> float:
    """As exact far out, where the density is 0 to all digits."""
    if isinstance(density, Bands):
        return math.log(pdf(density, x)) if pdf(density, x) else -math.inf
    logs = [
        math.log(w / s) - ((x - m) / s) ** 2 / 2 - math.log(2 * math.pi) / 2
        for m, s, w in parts(density)
    ]
    return max(logs) + math.log(sum(math.exp(each - max(logs)) for each in logs))


def cdf(density: Density, x: float) -> float:
    if isinstance(density, Bands):
        return sum(w * min(max((x - m + s) / (2 * s), 0), 1) for m, s, w in parts(density))
    return sum(w * math.erfc((m - x) / s / math.sqrt(2)) / 2 for m, s, w in parts(density))


def truth(name: str, p: Density, q: Density, x: float) -> float:
    """The integrand of a measure, written anew."""
    a, b = pdf(p, x), pdf(q, x)
    match name:
        case "kl":
            return a * (log_pdf(p, x) - log_pdf(q, x)) if a else 0.0
        case "reverse_kl":
            return truth("kl", q, p, x)
        case "jsd":
            return sum(each / 2 * math.log(2 * each / (a + b)) for each in (a, b) if each)
        case "tv":
            return abs(a - b) / 2
        case "w1":
            return abs(cdf(p, x) - cdf(q, x))
        case "H(p, q)":
            return -a * log_pdf(q, x) if a else 0.0
        case "H(Z | X)":
            return -sum(each / 2 * math.log(each / (a + b)) for each in (a, b) if each)
    raise AssertionError(f"no truth is known for {name}")


def by_quad(name: str, p: Density, q: Density) -> float:
    """By SciPy, over pieces that break where densities do; it states an error below 1e-8 of the value. The
    pieces are short where the integrand has kinks at unknown places, for then it states too little."""
    marks = set(np.linspace(-25, 25, 1001 if name in ("tv", "w1") else 51))
    for each in (p, q):
        steps = (-6, -3, -1, 0, 1, 3, 6) if isinstance(each, Mixture) else (-1, 1)
        marks |= {m + k * s for m, s, _ in parts(each) for k in steps}
    pieces = [
        quad(lambda x: truth(name, p, q, x), a, b, epsabs=1e-11, epsrel=1e-9)
        for a, b in pairwise(sorted({round(float(mark), 9) for mark in marks}))
    ]
    value = sum(value for value, _ in pieces)
    assert sum(error for _, error in pieces) < 1e-8 * max(1, abs(value))
    return value


def outside(p: Density, q: Density) -> bool:
    """Whether p reaches where q does not."""
    if isinstance(q, Mixture):
        return False
    return isinstance(p, Mixture) or any(
        pdf(q, m + k * s) == 0 for m, s, _ in parts(p) for k in np.linspace(-0.999, 0.999, 999)
    )


# ---- the measures


@every_pair
@pytest.mark.parametrize("name", MEASURES)
def test_a_measure_is_the_integral(name: str, p: Density, q: Density) -> None:
    value = MEASURES[name].value(p, q)
    if (name == "kl" and outside(p, q)) or (name == "reverse_kl" and outside(q, p)):
        assert value == math.inf
    else:
        assert value == pytest.approx(by_quad(name, p, q), rel=1e-9, abs=1e-9)


@every_pair
@pytest.mark.parametrize("name", MEASURES)
def test_what_a_measure_comes_from(name: str, p: Density, q: Density) -> None:
    x = np.linspace(-7, 7, 57) + 0.003
    shown = MEASURES[name].at(p, q, x)
    for at, value in zip(x, shown, strict=True):
        away = {"kl": q, "reverse_kl": p}.get(name)
        if isinstance(away, Bands) and pdf(away, at) == 0:
            assert value == (math.inf if pdf(p if away is q else q, at) else 0)
        else:
            assert value == pytest.approx(truth(name, p, q, at), rel=1e-9, abs=1e-14)


@every_pair
@pytest.mark.parametrize("name", MEASURES)
def test_bounds_and_zero(name: str, p: Density, q: Density) -> None:
    measure = MEASURES[name]
    assert measure.value(p, p) == pytest.approx(0, abs=1e-12)
    assert measure.value(q, q) == pytest.approx(0, abs=1e-12)
    assert 1e-3 < measure.value(p, q) <= measure.bound + 1e-9


@every_pair
def test_which_are_symmetric(p: Density, q: Density) -> None:
    for measure in (jsd, total_variation, wasserstein_1):
        assert measure(p, q) == pytest.approx(measure(q, p), abs=1e-10)
    assert reverse_kl(p, q) == kl(q, p)


@every_pair
def test_known_inequalities(p: Density, q: Density) -> None:
    """Pinsker; Lin 1991: JSD <= ln 2 TV; and JSD >= TV^2 / 2 of Pinsker's on both halves."""
    variation = total_variation(p, q)
    assert variation <= math.sqrt(kl(p, q) / 2)
    assert variation**2 / 2 - 1e-9 <= jsd(p, q) <= LOG_2 * variation + 1e-9


@pytest.mark.parametrize("seed", range(12))
def test_gaussians_have_closed_forms(seed: int) -> None:
    rng = np.random.default_rng(seed)
    m, n = rng.uniform(-8, 8, 2)
    s, t = 10 ** rng.uniform(-2, 1, 2)
    closed = math.log(t / s) + (s**2 + (m - n) ** 2) / (2 * t**2) - 1 / 2
    assert kl(bell(m, s), bell(n, t)) == pytest.approx(closed, rel=1e-10, abs=1e-10)
    apart = abs(m - n)
    assert wasserstein_1(bell(m, s), bell(n, s)) == pytest.approx(apart, abs=1e-9)
    assert wasserstein_1(bell(m, s), bell(m, t)) == pytest.approx(
        abs(s - t) * math.sqrt(2 / math.pi), abs=1e-9
    )
    overlap = 2 * norm.cdf(-apart / (2 * s))
    assert total_variation(bell(m, s), bell(n, s)) == pytest.approx(1 - overlap, abs=1e-9)
    assert entropy(bell(m, s)) == pytest.approx(math.log(s * math.sqrt(2 * math.pi * math.e)))


def test_bands_have_closed_forms() -> None:
    still = Bands((0.0,), (1.0,))
    apart = Bands((3.0,), (1.0,))
    values = {name: measure.value(still, apart) for name, measure in MEASURES.items()}
    expected = {"kl": math.inf, "reverse_kl": math.inf, "jsd": LOG_2, "tv": 1.0, "w1": 3.0}
    assert values == pytest.approx(expected, abs=1e-12)
    assert entropy(Bands((2.0,), (0.25,))) == pytest.approx(math.log(0.5))


@every_pair
def test_carrying_quantiles_costs_as_much(p: Density, q: Density) -> None:
    """By POT on 4,000 quantiles of each, found by bisection of SciPy's kind of distribution function; it is
    off by no more than the tails hold, here 1 %."""
    chances = (np.arange(4000) + 0.5) / 4000
    grid = np.linspace(-25, 25, 20_001)
    samples = [
        np.interp(chances, *np.unique((each.cdf(grid).round(15), grid), axis=1)) for each in (p, q)
    ]
    cost = ot.wasserstein_1d(*samples, p=1)
    assert wasserstein_1(p, q) == pytest.approx(cost, rel=0.01)


@pytest.mark.parametrize("seed", range(8))
def test_the_stated_error_holds_for_mixtures_at_random(seed: int) -> None:
    """JSD and KL again by the trapezoidal rule on 200,000 points, which is exact to 1e-9 here."""
    rng = np.random.default_rng(seed)
    p, q = (
        Mixture(*(tuple(v) for v in (rng.uniform(-6, 6, 3), 10 ** rng.uniform(-1.3, 0.5, 3), rng.dirichlet([1] * 3))))
        for _ in range(2)
    )  # fmt: skip
    x, step = np.linspace(-40, 40, 200_001, retstep=True)
    log_p, log_q = p.log_pdf(x), q.log_pdf(x)
    log_m = np.logaddexp(log_p, log_q) - math.log(2)
    a, b = np.exp(log_p), np.exp(log_q)
    assert kl(p, q) == pytest.approx((a @ (log_p - log_q)) * step, rel=1e-9)
    assert jsd(p, q) == pytest.approx(
        (a @ (log_p - log_m) + b @ (log_q - log_m)) * step / 2, abs=1e-9
    )
    assert total_variation(p, q) == pytest.approx(np.abs(a - b).sum() * step / 2, abs=1e-6)


# ---- information


@every_pair
def test_divergence_is_information(p: Density, q: Density) -> None:
    assert mutual_information(p, q) == pytest.approx(jsd(p, q), abs=1e-9)
    assert mean_doubt(p, q) == pytest.approx(by_quad("H(Z | X)", p, q), abs=1e-9)


@every_pair
def test_cross_entropy_is_entropy_and_divergence(p: Density, q: Density) -> None:
    assert entropy(p) == pytest.approx(by_quad("H(p, q)", p, p), abs=1e-9)
    assert cross_entropy(p, q) == pytest.approx(entropy(p) + kl(p, q), rel=1e-9)


@every_pair
def test_posterior_follows_bayes(p: Density, q: Density) -> None:
    for x in np.linspace(-4, 4, 17) + 0.003:
        a, b = pdf(p, x), pdf(q, x)
        if a + b:
            assert float(posterior(p, q, x)) == pytest.approx(a / (a + b), rel=1e-9)
        else:
            assert math.isnan(posterior(p, q, x))


def test_posterior_far_out_follows_the_wider_one() -> None:
    assert posterior(bell(0, 1), bell(0, 2), 80.0) < 1e-300
    assert posterior(bell(0, 2), bell(0, 1), 80.0) == 1


def test_doubt_of_a_coin() -> None:
    assert doubt([0, 1, 0.5]) == pytest.approx([0, 0, LOG_2])
    assert doubt(0.25) == pytest.approx(0.75 * math.log(4 / 3) + 0.25 * math.log(4))


# ---- likelihood and noise


def test_likelihood_tends_to_the_cross_entropy() -> None:
    p, q = PAIRS[3]
    samples = p.sample(400_000, np.random.default_rng(0))
    spread = q.log_pdf(samples).std() / math.sqrt(len(samples))
    found = negative_log_likelihood(q, samples)
    assert abs(found - cross_entropy(p, q)) < 4 * spread < 0.1


def test_likelihood_adds_logarithms() -> None:
    q = bell(1, 2)
    logs = [float(norm.logpdf(x, 1, 2)) for x in (-1.0, 0.5, 4.0)]
    assert negative_log_likelihood(q, [-1.0, 0.5, 4.0]) == pytest.approx(-sum(logs) / 3)
    assert negative_log_likelihood(Bands((0,), (1,)), [0.0, 1.5]) == math.inf


@pytest.mark.parametrize("seed", range(3))
def test_the_most_likely_gaussian_and_band(seed: int) -> None:
    samples = PAIRS[3][0].sample(40, np.random.default_rng(seed))

    def loss(at: np.ndarray) -> float:
        return negative_log_likelihood(bell(at[0], math.exp(at[1])), samples)

    best = minimize(loss, [0.0, 0.0], method="BFGS").x
    fit = most_likely_gaussian(samples)
    assert (*fit.means, *fit.sigmas) == pytest.approx((best[0], math.exp(best[1])), abs=1e-4)
    band = most_likely_band(samples)
    width = samples.max() - samples.min()
    assert negative_log_likelihood(band, samples) == pytest.approx(math.log(width), abs=1e-8)


def test_noise_blurs() -> None:
    p = blurred(Mixture((-1.0, 2.0), (0.0, 0.3), (0.25, 0.75)), 0.4)
    assert p == Mixture((-1.0, 2.0), (0.4, 0.5), (0.25, 0.75))


@pytest.mark.parametrize("noise", [0.2, 0.5, 1.0, 3.0])
def test_noise_brings_distributions_closer(noise: float) -> None:
    """Data processing: no measure grows; of two points, KL is d^2 / 2 s^2 and W1 stays."""
    p, q = PAIRS[3]
    assert isinstance(p, Mixture)
    assert isinstance(q, Mixture)
    for measure in MEASURES.values():
        before, after = measure.value(p, q), measure.value(blurred(p, noise), blurred(q, noise))
        assert after < before
    one, other = (blurred(Mixture((m,), (0.0,)), noise) for m in (0.0, 1.7))
    assert kl(one, other) == pytest.approx(1.7**2 / (2 * noise**2))
    assert wasserstein_1(one, other) == pytest.approx(1.7, abs=1e-9)


def test_all_that_is_public_has_a_source() -> None:
    for name, thing in vars(divergences).items():
        if (
            callable(thing)
            and getattr(thing, "__module__", "") == divergences.__name__
            and name[0] != "_"
        ):
            assert thing.__doc__, name
