"""Metrics of pictures against SciPy, scikit-learn and closed forms, and on pictures that are wrong in
a known way."""

import math
from dataclasses import asdict

import numpy as np
import pytest
import torch
from scipy import linalg, special, stats
from scipy.ndimage import gaussian_filter
from scipy.spatial.distance import pdist
from sklearn.neighbors import NearestNeighbors
from torch import Generator, Tensor

from ganplay.data.pictures import scaled, shipped_digits
from ganplay.metrics import pictures as package
from ganplay.metrics.judge import Judge, judge
from ganplay.metrics.pictures import (
    NEIGHBOURS,
    PICTURE_METRICS,
    Gaussian,
    Verdict,
    frechet,
    perfect_stacked,
    perfect_verdict,
    prdc,
    sharpness,
    squared_radii,
    stacked_verdict,
    variety,
    verdict,
)

N = 1000


@pytest.fixture(scope="module")
def real() -> Tensor:
    """Shipped digits in a mixed order, [3000, 1, 28, 28]."""
    which = torch.randperm(10_000, generator=Generator().manual_seed(0))[:3000]
    return scaled(shipped_digits()[0][which])


@pytest.fixture(scope="module")
def seen(real: Tensor) -> Tensor:
    """What the judge sees in them, [3000, 64]."""
    return judge().features(real)


def score(pictures: Tensor) -> Verdict:
    return verdict(judge().features(pictures), judge())


def values(found: Verdict) -> list[float]:
    return [getattr(found, name) for name in PICTURE_METRICS]


def normal(n: int, seed: int, size: int = 64) -> Tensor:
    return torch.randn(n, size, generator=Generator().manual_seed(seed), dtype=torch.float64)


# ---- Fréchet distance


def test_frechet_of_independent_coordinates() -> None:
    rng = np.random.default_rng(0)
    means, variances = rng.normal(size=(2, 9)), rng.uniform(0, 4, size=(2, 9))
    variances[0, :3] = 0
    a, b = (
        Gaussian(torch.tensor(m), torch.tensor(np.diag(v)))
        for m, v in zip(means, variances, strict=True)
    )
    expected = (
        np.square(means[0] - means[1]).sum()
        + np.square(np.sqrt(variances[0]) - np.sqrt(variances[1])).sum()
    )
    assert frechet(a, b) == pytest.approx(expected, rel=1e-9)
    assert frechet(b, a) == pytest.approx(expected, rel=1e-6)
    assert frechet(a, a) == pytest.approx(0, abs=1e-9)


def test_frechet_is_scipys(seen: Tensor) -> None:
    seen = seen[:, seen[:100].std(0) > 0]  # SciPy wants full rank, and some features are never used
    mixed = 3 * normal(500, 0, 60) @ normal(60, 1, seen.shape[1]) / 8 + 2
    assert seen.shape[1] > 40
    for a, b in ((seen[:400], seen[400:]), (seen, mixed), (mixed, seen[:200])):
        x, y = a.double().numpy(), b.double().numpy()
        s, t = np.cov(x.T), np.cov(y.T)
        root = linalg.sqrtm(s @ t).real
        expected = np.square(x.mean(0) - y.mean(0)).sum() + np.trace(s + t - 2 * root)
        assert frechet(Gaussian.of(a), Gaussian.of(b)) == pytest.approx(expected, rel=1e-6)


@pytest.mark.parametrize(("n", "m"), [(1, 1), (1, 200), (2, 5), (20, 500), (63, 30)])
def test_frechet_of_fewer_samples_than_features(n: int, m: int) -> None:
    """tr (AB)^(1/2) is the nuclear norm of X Y^T, where A = X^T X and B = Y^T Y."""
    a, b = normal(n, 0), 2 * normal(m, 1) + 1
    x, y = ((v - v.mean(0)).numpy() / math.sqrt(max(len(v) - 1, 1)) for v in (a, b))
    crossed = np.linalg.norm(x @ y.T, "nuc")
    shift = (a.mean(0) - b.mean(0)).square().sum().item()
    expected = shift + np.square(x).sum() + np.square(y).sum() - 2 * crossed
    for left, right in ((a, b), (b, a)):
        assert frechet(Gaussian.of(left), Gaussian.of(right)) == pytest.approx(expected, rel=1e-5)
    same = Gaussian.of(a)
    assert 0 <= frechet(same, same) < 1e-4 * max(1, float(same.covariance.trace()))


# ---- precision, recall, density, coverage


@pytest.mark.parametrize("n", [700, 40, NEIGHBOURS + 1])
def test_neighbourhoods_are_scikit_learns(n: int, seen: Tensor) -> None:
    fake = 0.8 * seen[1000 : 1000 + n] + 0.2 * seen[2000 : 2000 + n].flip(0)
    real = seen[:900]

    def reach(x: Tensor) -> np.ndarray:
        return NearestNeighbors(n_neighbors=NEIGHBOURS).fit(x).kneighbors()[0][:, -1]

    apart = np.linalg.norm(real.numpy()[:, None] - fake.numpy(), axis=-1)
    inside = apart <= reach(real)[:, None]
    expected = {
        "precision": inside.any(0).mean(),
        "recall": (apart <= reach(fake)).any(1).mean(),
        "density": inside.sum(0).mean() / NEIGHBOURS,
        "coverage": inside.any(1).mean(),
    }
    found = prdc(fake, real, squared_radii(real))
    assert found == pytest.approx(expected, abs=2e-3)
    assert all(0 < value < 1.5 for value in found.values())


def test_neighbourhoods_where_they_can_be_counted() -> None:
    """On a line, real at 0, 1, ..., 9: the fifth nearest of i is 5 away from the ends, and 3 from the
    four in the middle."""
    real = torch.arange(10.0)[:, None]
    radii = squared_radii(real)
    assert radii.sqrt().tolist() == pytest.approx([5, 4, 3, 3, 3, 3, 3, 3, 4, 5])
    found = prdc(torch.tensor([[-1.0], [-6.0], [4.5]]), real, radii)
    # -1 is in the neighbourhoods of 0 to 2, -6 in none, and 4.5 in those of 0 to 9
    assert found["precision"] == pytest.approx(2 / 3)
    assert found["density"] == pytest.approx((3 + 0 + 10) / 3 / NEIGHBOURS)
    assert found["coverage"] == 1
    assert math.isnan(found["recall"])


# ---- a verdict


def test_verdict_against_scipy(seen: Tensor) -> None:
    features = torch.cat((seen[:700], seen[:300] * 0.3))
    found, weights = verdict(features, judge()), judge()
    odds = special.softmax(weights.logits(features).double().numpy(), -1)
    fair = np.bincount(weights.logits(weights.reference).argmax(1), minlength=10) / 10_000
    shares = np.bincount(odds.argmax(1), minlength=10) / 1000
    np.testing.assert_allclose(found.shares, shares)
    np.testing.assert_allclose(found.fair, fair)
    assert found.samples == 1000
    assert found.digit_kl == pytest.approx(stats.entropy(shares, fair), rel=1e-9)
    assert found.confident == (odds.max(-1) >= 0.9).mean()
    assert 0.7 < found.confident < 0.95
    assert found.frechet == frechet(Gaussian.of(features), Gaussian.of(weights.reference))
    assert tuple(asdict(found))[3:] == PICTURE_METRICS


def test_a_digit_counts_from_a_fifth_of_its_fair_share_on(seen: Tensor) -> None:
    said = judge().logits(seen).argmax(1)
    others, sixes = seen[said != 6], seen[said == 6]
    few = 1000 * judge_fair()[6] / 5
    for count, digits in ((math.floor(few), 9), (math.ceil(few), 10)):
        mixed = torch.cat((sixes[:count], others[: 1000 - count]))
        assert verdict(mixed, judge()).digits == digits


def judge_fair() -> np.ndarray:
    return np.bincount(judge().logits(judge().reference).argmax(1), minlength=10) / 10_000


def test_real_digits_are_at_the_floor(seen: Tensor) -> None:
    """Nearly: MNIST's training and test digits were written by other people."""
    found, floor = verdict(seen[:2000], judge()), perfect_verdict(judge(), 2000)
    assert found.digits == floor.digits == 10
    assert floor.frechet < found.frechet < 3 * floor.frechet
    assert found.digit_kl < 4 * floor.digit_kl
    for name in ("confident", "precision", "recall", "coverage"):
        assert getattr(found, name) == pytest.approx(getattr(floor, name), abs=0.04), name
    assert found.density == pytest.approx(1, abs=0.12)


def blurred(real: Tensor, sigma: float) -> Tensor:
    return torch.from_numpy(
        gaussian_filter(real.numpy(), (0, 0, sigma, sigma), cval=-1, mode="constant")
    )


def test_blank_pictures_are_confidently_wrong() -> None:
    found = score(torch.full((N, 1, 28, 28), -1.0))
    assert (found.digits, found.confident) == (1, 1)
    assert found.frechet > 800
    assert found.recall == 0
    assert found.coverage < 0.01


def test_noise_is_confidently_wrong() -> None:
    found = score(torch.rand(N, 1, 28, 28, generator=Generator().manual_seed(0)) * 2 - 1)
    assert found.digits <= 2
    assert found.confident > 0.95
    assert found.frechet > 4000
    assert (found.precision, found.recall, found.density, found.coverage) == (0, 0, 0, 0)


def test_half_of_the_digits(seen: Tensor) -> None:
    floor = perfect_verdict(judge(), N)
    found = verdict(seen[judge().logits(seen).argmax(1) < 5][:N], judge())
    assert found.digits == 5
    assert found.digit_kl == pytest.approx(math.log(2), abs=0.06)
    assert found.shares[5:].sum() == 0
    assert found.confident > 0.97
    assert 100 < found.frechet < 500
    assert found.precision == pytest.approx(floor.precision, abs=0.04)
    assert found.coverage < 0.65 * floor.coverage
    assert found.recall < 0.8 * floor.recall


def test_blurred_digits(real: Tensor) -> None:
    found, sharp = score(blurred(real[:N], 1.0)), score(real[:N])
    assert found.frechet > 20 * sharp.frechet
    assert found.confident < 0.9 < sharp.confident
    assert found.recall < 0.1
    assert found.coverage < 0.4 * sharp.coverage


def test_the_same_digit_again_and_again(seen: Tensor) -> None:
    found = verdict(seen[:1].expand(N, -1), judge())
    assert found.digits == 1
    assert found.digit_kl == pytest.approx(-math.log(found.fair[found.shares.argmax()]))
    assert found.frechet > 1000
    assert found.recall < 0.01
    assert found.coverage < 0.02


@pytest.mark.parametrize("n", [1, NEIGHBOURS, NEIGHBOURS + 1, 30])
def test_few_pictures(n: int, seen: Tensor) -> None:
    found = verdict(seen[:n], judge())
    assert math.isnan(found.recall) == (n <= NEIGHBOURS)
    assert all(math.isfinite(value) for value in values(found) if value is not found.recall)


@pytest.mark.parametrize("value", [math.nan, math.inf])
def test_what_is_no_finite_number_gets_no_verdict(value: float, seen: Tensor) -> None:
    broken = seen[:50].clone()
    broken[7, 3] = value
    for features in (broken, seen[:0]):
        found = verdict(features, judge())
        assert (found.samples, found.digits) == (len(features), 0)
        assert all(map(math.isnan, values(found)[1:]))
        assert np.isnan(found.shares).all()
        assert found.fair.sum() == pytest.approx(1)


def test_huge_numbers_are_far_away(seen: Tensor) -> None:
    found = verdict(seen[:100] * 1e30, judge())
    assert found.frechet > 1e60
    assert (found.precision, found.coverage) == (0, 0)


def test_a_verdict_is_the_same_each_time(seen: Tensor) -> None:
    before = torch.random.get_rng_state()
    first = verdict(seen[:300].requires_grad_(), judge())
    assert values(verdict(seen[:300].detach(), judge())) == values(first)
    assert torch.equal(torch.random.get_rng_state(), before)
    shuffled = verdict(seen[:300].detach().flip(0), judge())
    assert values(shuffled) == pytest.approx(values(first), rel=1e-6)


# ---- the floors


def test_floors_are_where_they_were_measured() -> None:
    """Another net of this kind had 3.6 at 2,000 against 10,000, .86 at 10,000, precision .936, recall
    .929 and coverage .909."""
    at = {n: perfect_verdict(judge(), n) for n in (250, 2000, 10_000)}
    assert 2.2 < at[2000].frechet < 5
    assert 0.6 < at[10_000].frechet < 1.5
    assert at[250].frechet > 4 * at[2000].frechet
    for n, floor in at.items():
        assert floor.samples == n
        assert floor.digits == 10
        assert floor.precision == pytest.approx(0.945, abs=0.03)
        assert floor.recall == pytest.approx(0.945, abs=0.03)
        assert floor.density == pytest.approx(1, abs=0.05)
        assert floor.confident == pytest.approx(0.98, abs=0.015)
    assert 0.9 < at[2000].coverage < 0.99
    # at[250]: one real neighbourhood has no generated picture with probability about
    # (1 + 250/2000)^-5, as its own size varies as that of 5 of 2000 points does
    assert at[250].coverage == pytest.approx(1 - (1 + 250 / 2000) ** -NEIGHBOURS, abs=0.05)
    assert at[2000].coverage == pytest.approx(1 - 2**-NEIGHBOURS, abs=0.02)


@pytest.mark.parametrize("n", [250, 3000, 10_000])
def test_floors_are_those_of_fresh_samples(n: int) -> None:
    """A judge of features of which there are as many as one likes: n against 10,000 that know nothing
    of each other."""
    weights = {"last.weight": normal(10, 5) / 8, "last.bias": torch.zeros(10)}
    kinds = (("first.weight", 1), ("first.bias", 1), ("second.weight", 1), ("second.bias", 1))
    blank = {
        name: torch.zeros(size) for name, size in (*kinds, ("hidden.weight", 1), ("hidden.bias", 1))
    }
    held_out = normal(10_000, 0)
    found = perfect_verdict(Judge({**weights, **blank, "reference": held_out}, 1.0), n)
    expected = np.mean(
        [
            frechet(Gaussian.of(normal(n, seed)), Gaussian.of(normal(10_000, seed + 50)))
            for seed in (1, 2, 3, 4)
        ]
    )
    assert found.frechet == pytest.approx(expected, rel=0.03)


@pytest.mark.parametrize("n", [40, 2000])
def test_floor_of_the_kl_is_a_multinomials(n: int) -> None:
    rng, p = np.random.default_rng(0), judge_fair()
    fair, shares = rng.multinomial(10_000, p, 40_000), rng.multinomial(n, p, 40_000)
    expected = stats.entropy(shares, fair, axis=1).mean()
    assert perfect_verdict(judge(), n).digit_kl == pytest.approx(expected, rel=0.02)


def test_no_floor_compares_a_digit_with_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    n, sets, draws = 61, [], []
    inner, of = package.prdc, Gaussian.of

    def spy(fake: Tensor, real: Tensor, radii: Tensor) -> dict[str, float]:
        sets.append((fake, real))
        return inner(fake, real, radii)

    def fitted(features: Tensor) -> Gaussian:
        draws.append(features)
        return of(features)

    monkeypatch.setattr(package, "prdc", spy)
    monkeypatch.setattr(Gaussian, "of", fitted)
    perfect_verdict(judge(), n)
    assert len(sets) == package.DRAWS
    assert len({fake.sum().item() for fake, _ in sets}) == package.DRAWS
    for fake, real in sets:
        assert (len(fake), len(real)) == (n, 2000)
        assert not rows(fake) & rows(real)
    fitted_to = [features for features in draws if len(features) != 10_000]
    for others, drawn in zip(fitted_to[::2], fitted_to[1::2], strict=True):
        assert (len(others), len(drawn)) == (10_000 - n, n)
        assert not rows(drawn) & rows(others)


def rows(x: Tensor) -> set[bytes]:
    return {row.tobytes() for row in x.numpy()}


# ---- pixels


def test_sharpness_of_slopes() -> None:
    """Differences of 3 along one axis and none along the other, against 1 and 2."""
    down, right = torch.meshgrid(torch.arange(6.0), torch.arange(9.0), indexing="ij")
    steep, plain = 3 * right.expand(4, 2, -1, -1), (down + 2 * right).expand(5, 2, -1, -1)
    assert sharpness(steep, plain) == pytest.approx(9 / 5)
    assert sharpness(plain, plain) == 1
    assert sharpness(0 * plain, plain) == 0


def test_sharpness_of_noise_and_of_blur(real: Tensor) -> None:
    noise = torch.randn(400, 1, 28, 28, generator=Generator().manual_seed(0))
    # differences of independent values have twice their variance, in either direction
    ramp = torch.arange(28.0).expand(1, 1, 28, 28)
    assert sharpness(noise, ramp) == pytest.approx(4, rel=0.02)
    assert sharpness(noise.sign(), real) > 2
    assert sharpness(real[:256], real[256:512]) == pytest.approx(1, abs=0.05)
    by_blur = [sharpness(blurred(real[:256], sigma), real[256:512]) for sigma in (0.5, 1.0, 2.0)]
    assert 1 > by_blur[0] > 0.6 > by_blur[1] > 2 * by_blur[2] > 0


def test_variety_is_scipys(real: Tensor) -> None:
    a, b = real[:60], blurred(real[100:180], 2.0)
    distances = [pdist(x.flatten(1).double().numpy()).mean() for x in (b, a)]
    assert variety(b, a) == pytest.approx(distances[0] / distances[1], rel=1e-9)
    assert variety(real[:256], real[256:512]) == pytest.approx(1, abs=0.02)
    assert variety(3 * a, a) == pytest.approx(3)
    assert variety(a[:1].expand(9, -1, -1, -1), a) == 0
    two_kinds = a[:2].repeat(4, 1, 1, 1)  # of 28 pairs 16 differ
    assert variety(two_kinds, a[:2]) == pytest.approx(16 / 28)


def test_pixels_that_are_no_finite_numbers(real: Tensor) -> None:
    broken = real[:9].clone()
    broken[3, 0, 3, 3] = math.nan
    assert math.isnan(sharpness(broken, real))
    assert math.isnan(variety(broken, real[:9]))
    assert math.isnan(variety(real[:1], real[:9])), "one has no variety"


# ---- stacked digits


@pytest.fixture(scope="module")
def clear(real: Tensor, seen: Tensor) -> Tensor:
    """One digit of each kind that the judge names, [10, 28, 28]."""
    said = judge().logits(seen).argmax(1)
    return torch.stack([real[said == digit][0, 0] for digit in range(10)])


def test_stacked_digits_in_known_numbers(clear: Tensor) -> None:
    modes = torch.tensor([123, 321, 321, 7, 700, 123, 123, 999])
    stacks = torch.stack([clear[modes // 10**place % 10] for place in (2, 1, 0)], 1)
    found = stacked_verdict(stacks, judge())
    shares = np.bincount(modes, minlength=1000) / len(modes)
    assert found.modes == 5
    assert found.mode_kl == pytest.approx(stats.entropy(shares, np.full(1000, 1e-3)), rel=1e-9)


def test_stacked_digits_of_all_kinds_and_of_half(clear: Tensor) -> None:
    every = clear[torch.cartesian_prod(*[torch.arange(10)] * 3)]
    assert stacked_verdict(every, judge()) == pytest.approx((1000, 0), abs=1e-9)
    half = every[:500].repeat(2, 1, 1, 1)
    assert stacked_verdict(half, judge()) == pytest.approx((500, math.log(2)))


def test_stacked_digits_that_are_no_finite_numbers(clear: Tensor) -> None:
    stacks = clear[:3].expand(4, -1, -1, -1).clone()
    stacks[2, 1, 4, 4] = math.nan
    modes, kl = stacked_verdict(stacks, judge())
    assert modes == 0
    assert math.isnan(kl)


@pytest.mark.parametrize("n", [500, 26_000])
def test_floor_of_stacked_digits(n: int) -> None:
    shares = np.random.default_rng(0).multinomial(n, np.full(1000, 1e-3), 300) / n
    floor = perfect_stacked(n)
    assert floor.modes == pytest.approx((shares > 0).sum(1).mean(), rel=0.005)
    kl = stats.entropy(shares, np.full(shares.shape, 1e-3), axis=1)
    assert floor.mode_kl == pytest.approx(kl.mean(), abs=4 * kl.std() / math.sqrt(300))
    if n == 26_000:
        assert floor.modes == pytest.approx(1000, abs=1e-6)
        assert floor.mode_kl == pytest.approx(999 / (2 * n), rel=0.02)
