"""Every method's eigenvalues, limits and paths, against numpy's eigenvalues and closed forms."""

import cmath
import math
from itertools import product

import numpy as np
import pytest

from ganplay.theory import dirac
from ganplay.theory.dirac import LOSSES
from ganplay.theory.integrators import (
    FAR,
    METHODS,
    averaged,
    expected,
    orbit,
    path,
    shrinkage,
    verdict,
)

START = np.array([1.0, 1.0])
# for each method: what happens near the equilibrium at h = 0.1 and its own first weight, and the largest
# step size as a function of the loss's speed w and of the weight g
TRUTHS = {
    "simultaneous": ("leaves", lambda w, g: 0.0),
    "alternating": ("orbits", lambda w, g: 0.0),
    "r1": ("converges", lambda w, g: r1_limit(w, g)),
    "gradient_penalty": ("jumps", lambda w, g: 0.0),
    "clipping": ("leaves", lambda w, g: 0.0),
    "consensus": ("converges", lambda w, g: 2 * g / (1 + (g * w) ** 2)),
    "extragradient": ("converges", lambda w, g: 1 / w),
    "average": ("orbits", lambda w, g: 0.0),
}
every_method = pytest.mark.parametrize("name", METHODS)
every_loss = pytest.mark.parametrize("loss", LOSSES)


def r1_limit(w: float, g: float) -> float:
    """Below it both roots of (l - 1)^2 + g h (l - 1) + (w h)^2 lie in the circle, by Jury's criterion."""
    return g / w**2 if g < 2 * w else 2 / (g / 2 + math.sqrt(g**2 / 4 - w**2))


def weights(name: str) -> tuple[float, ...]:
    own = METHODS[name].weight
    return (own.default, own.least, 0.6 * own.most) if own else (0.0,)


def jacobian(name: str, loss: str, h: float, weight: float) -> np.ndarray:
    """That of the update at the equilibrium, by central differences; with the average, where there is
    one, as further coordinates."""
    method = METHODS[name]
    update = method.update(LOSSES[loss], h, weight)

    def whole(x: np.ndarray) -> np.ndarray:
        new = update(x[:2])
        return np.append(new, weight * x[2:] + (1 - weight) * new) if method.averages else new

    size = 4 if method.averages else 2
    return np.stack([(whole(e) - whole(-e)) / 2e-5 for e in 1e-5 * np.eye(size)], -1)


def test_there_is_a_truth_for_every_method() -> None:
    assert METHODS.keys() == TRUTHS.keys()


@every_method
@every_loss
@pytest.mark.parametrize("h", [0.02, 0.1, 0.9, 2.5])
def test_eigenvalues_are_those_of_the_update(name: str, loss: str, h: float) -> None:
    for weight in weights(name):
        found = METHODS[name].eigenvalues(LOSSES[loss], h, weight)
        if METHODS[name].rates is None:
            assert not len(found)
            continue
        true = list(np.linalg.eigvals(jacobian(name, loss, h, weight)))
        assert len(found) == len(true)
        for each in found:  # a double eigenvalue is known to the root of the error only
            nearest = min(true, key=lambda other: abs(other - each))
            assert abs(nearest - each) < 2e-4
            true.remove(nearest)
        sums = (
            np.trace(jacobian(name, loss, h, weight)),
            np.linalg.det(jacobian(name, loss, h, weight)),
        )
        np.testing.assert_allclose((found.sum(), np.prod(found)), sums, atol=1e-7)


@every_loss
def test_a_gradient_penalty_leaves_no_place_to_rest(loss: str) -> None:
    field = METHODS["gradient_penalty"].field(LOSSES[loss], 1.5)
    above, below = field(np.array([[0, 1e-9], [0, -1e-9]]))
    assert above[1] - below[1] == pytest.approx(3.0)
    assert above[1] > 0


@every_method
@every_loss
def test_the_limit_is_where_the_largest_eigenvalue_passes_1(name: str, loss: str) -> None:
    """By bisection on numpy's eigenvalues."""
    method = METHODS[name]
    for weight in weights(name):
        limit = method.limit(LOSSES[loss], weight)
        known = TRUTHS[name][1](LOSSES[loss].speed, weight)
        assert limit == pytest.approx(known, rel=1e-12)
        if method.rates is None:
            continue

        def is_stable(h: float, weight: float = weight) -> bool:
            return bool(np.abs(np.linalg.eigvals(jacobian(name, loss, h, weight))).max() < 1 - 1e-8)

        if not limit:
            assert not any(map(is_stable, (0.01, 0.1, 0.5, 1, 2, 4)))
            continue
        assert all(is_stable(part * limit) for part in (0.1, 0.5, 0.9, 0.999))
        low, high = 0.5 * limit, 1.5 * limit
        assert not is_stable(high)
        while high - low > 1e-9:
            middle = (low + high) / 2
            low, high = (middle, high) if is_stable(middle) else (low, middle)
        assert low == pytest.approx(limit, abs=1e-5)


@every_method
@every_loss
def test_what_the_eigenvalues_foretell_happens(name: str, loss: str) -> None:
    method = METHODS[name]
    weight = weights(name)[0]
    told = verdict(method.eigenvalues(LOSSES[loss], 0.1, weight))
    assert told == TRUTHS[name][0]
    update = method.update(LOSSES[loss], 0.1, weight)
    first = 1e-3 * START
    last = float(dirac.radius(path(update, first, 1500))[-1] / dirac.radius(first))
    if told == "converges":
        assert last < 0.2
    elif told == "orbits":
        assert 0.9 < last < 1.1
    else:
        assert last > 2


# ---- closed forms of whole paths


def radii(name: str, loss: str, h: float, weight: float = 0.0, count: int = 500) -> np.ndarray:
    return dirac.radius(path(METHODS[name].update(LOSSES[loss], h, weight), START, count))


@pytest.mark.parametrize("h", [0.02, 0.1, 0.3])
def test_simultaneous_steps_of_the_bilinear_game_grow_exactly(h: float) -> None:
    found = radii("simultaneous", "wgan", h)
    steps = np.arange(501)
    np.testing.assert_allclose(found / found[0], (1 + h**2) ** (steps / 2), rtol=1e-11)
    assert found[-1] / found[0] == pytest.approx(dirac.growth(h, 500), rel=1e-11)
    assert dirac.growth(0.1, 500) == pytest.approx(12.0321, abs=1e-4)


@every_loss
def test_simultaneous_steps_of_a_zero_sum_game_always_lead_outwards(loss: str) -> None:
    grows = bool((np.diff(radii("simultaneous", loss, 0.3)) > 0).all())
    assert grows == LOSSES[loss].zero_sum


@pytest.mark.parametrize("h", [0.1, 1.0, 1.9])
def test_alternating_steps_of_the_bilinear_game_keep_their_form(h: float) -> None:
    states = path(METHODS["alternating"].update(LOSSES["wgan"], h, 0), START, 500)
    np.testing.assert_allclose(dirac.kept(states, h), dirac.kept(START, h), rtol=1e-9)
    reach = math.sqrt(float(dirac.kept(START, h)) / (1 - h / 2))
    assert dirac.radius(states).max() <= reach * (1 + 1e-9)
    found = orbit(METHODS["alternating"], LOSSES["wgan"], h, 0, START)
    assert found
    assert found[0] == "exact orbit"
    np.testing.assert_allclose(dirac.kept(found[1], h), dirac.kept(START, h), rtol=1e-12)


def test_alternating_steps_that_are_too_large_lead_away() -> None:
    assert verdict(METHODS["alternating"].eigenvalues(LOSSES["wgan"], 2.1, 0)) == "leaves"
    assert orbit(METHODS["alternating"], LOSSES["wgan"], 2.1, 0, START)[0] != "exact orbit"  # type: ignore[index]


def test_r1_brings_the_bilinear_game_to_rest() -> None:
    found = radii("r1", "wgan", 0.1, 1.0)
    assert found[-1] < 1e-9
    # psi_n is a real solution of the recursion with the two multipliers: solved for its constants
    update = METHODS["r1"].update(LOSSES["wgan"], 0.1, 1.0)
    states = path(update, START, 60)
    one, other = METHODS["r1"].eigenvalues(LOSSES["wgan"], 0.1, 1.0)
    constants = np.linalg.solve(np.array([[1, 1], [one, other]]), states[:2, 1].astype(complex))
    solved = [(constants @ np.array([one**n, other**n])).real for n in range(61)]
    np.testing.assert_allclose(states[:, 1], solved, atol=1e-12)


@pytest.mark.parametrize(("name", "weight"), [("extragradient", 0.0), ("consensus", 0.8)])
def test_spirals_of_the_bilinear_game_shrink_exactly(name: str, weight: float) -> None:
    h, steps = 0.1, np.arange(501)
    factor = (1 - h**2 + h**4) if name == "extragradient" else (1 - h * weight) ** 2 + h**2
    found = radii(name, "wgan", h, weight)
    np.testing.assert_allclose(found / found[0], factor ** (steps / 2), rtol=1e-11)


@every_loss
def test_clipping_holds_psi_but_does_not_bring_it_to_rest(loss: str) -> None:
    states = path(METHODS["clipping"].update(LOSSES[loss], 0.1, 0.3), START, 3000)
    assert np.abs(states[1:, 1]).max() <= 0.3
    assert dirac.radius(states)[1000:].min() > 0.1


@every_loss
@pytest.mark.parametrize("weight", [0.5, 1.0, 3.0])
def test_a_gradient_penalty_ends_elsewhere(loss: str, weight: float) -> None:
    """D's slope is 0 only at theta = 0 and the pull there is not, so the two stay away from it."""
    found = radii("gradient_penalty", loss, 0.02, weight, 6000)
    assert found[-1000:].min() > 0.2


# ---- averages


def test_an_average_is_the_sum_it_stands_for() -> None:
    states = np.random.default_rng(1).normal(size=(30, 2))
    memory, n = 0.8, 29
    shares = (1 - memory) * memory ** np.arange(n)[::-1]
    last = memory**n * states[0] + shares @ states[1:]
    np.testing.assert_allclose(averaged(states, memory)[-1], last, rtol=1e-12)
    np.testing.assert_array_equal(averaged(states, 0.0), states)


@pytest.mark.parametrize(("h", "memory"), [(0.1, 0.9), (0.3, 0.97), (1.5, 0.5)])
def test_the_average_of_the_bilinear_game_ends_on_a_smaller_orbit(h: float, memory: float) -> None:
    method, loss = METHODS["average"], LOSSES["wgan"]
    tail = averaged(path(method.update(loss, h, memory), START, 2000), memory)[1500:]
    found = orbit(method, loss, h, memory, START)
    assert found
    np.testing.assert_allclose(dirac.kept(tail, h), dirac.kept(found[1][0], h), rtol=1e-8)
    size = shrinkage(method.eigenvalues(loss, h, memory), memory)
    angle = 2 * math.asin(h / 2)  # by which an alternating step turns
    assert size == pytest.approx((1 - memory) / abs(cmath.exp(1j * angle) - memory), rel=1e-12)
    assert size < 1


# ---- what stands beside a path


@every_method
@every_loss
def test_expected_distances(name: str, loss: str) -> None:
    method, weight = METHODS[name], weights(name)[0]
    found = expected(method, LOSSES[loss], 0.1, weight, START, 50)
    eigenvalues = method.eigenvalues(LOSSES[loss], 0.1, weight)
    if not len(eigenvalues):
        assert found is None
        return
    assert found is not None
    assert found.shape == (51,)
    np.testing.assert_allclose(found[1:] / found[:-1], np.abs(eigenvalues).max(), rtol=1e-12)
    size = shrinkage(eigenvalues, weight) if method.averages else 1
    assert found[0] == pytest.approx(math.sqrt(2) * size)


@every_method
@every_loss
def test_an_exact_orbit_is_shown_only_where_it_is_known(name: str, loss: str) -> None:
    found = orbit(METHODS[name], LOSSES[loss], 0.1, weights(name)[0], START)
    bilinear = name in ("alternating", "average") and loss == "wgan"
    circle = name in ("simultaneous", "alternating", "extragradient") and LOSSES[loss].zero_sum
    if not bilinear and not circle:
        assert found is None
        return
    assert found is not None
    assert found[0] == ("exact orbit" if bilinear else "infinitely small steps")
    if not bilinear:
        np.testing.assert_allclose(dirac.radius(found[1]), math.sqrt(2), rtol=1e-12)


@every_method
@every_loss
def test_no_step_size_or_weight_breaks_it(name: str, loss: str) -> None:
    own = METHODS[name].weight
    for h, weight in product((0.02, 4.2), (own.least, own.most) if own else (0.0,)):
        states = path(METHODS[name].update(LOSSES[loss], h, weight), 2.8 * START, 500)
        gone = np.isnan(states).any(-1)
        assert (np.diff(gone.astype(int)) >= 0).all(), "what is gone stays away"
        if gone.any():
            assert np.abs(states[~gone][-1]).max() >= FAR
        for start in (START, 0 * START):
            expected(METHODS[name], LOSSES[loss], h, weight, start, 500)
            orbit(METHODS[name], LOSSES[loss], h, weight, start)
        still = path(METHODS[name].update(LOSSES[loss], h, weight), np.zeros(2), 5)
        assert not still.any()
