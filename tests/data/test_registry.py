"""What holds for every data set; one without an example here fails."""

import pickle
from functools import cache

import numpy as np
import pytest
import torch
from pydantic import TypeAdapter, ValidationError
from scipy import stats

from ganplay.data import (
    DATA_SETS,
    MNIST,
    PLANE,
    Checkerboard,
    Data,
    DataSet,
    Faces,
    Gaussian1D,
    Grid,
    HeavyTail,
    Images,
    Line,
    Mixture1D,
    Plane,
    Points,
    Ring,
    Spiral,
    StackedMNIST,
    SwissRoll,
    TwoMoons,
    Unbalanced,
    encode_points,
)
from ganplay.data.images import hold

DRAWINGS = [hold(torch.arange(20 * s * s).sqrt().byte().view(20, 1, s, s)) for s in (28, 32)]
COLOURED = hold(torch.arange(20 * 3 * 48 * 48).sqrt().byte().view(20, 3, 48, 48))
CLOUD = encode_points(np.random.default_rng(0).normal(size=(500, 2)) * [3.0, 1.0])

EXAMPLES: dict[str, list[DataSet]] = {
    "ring": [Ring(), Ring(modes=64, radius=1.0, sigma=0.2)],
    "grid": [Grid(), Grid(modes=9, spacing=0.5, sigma=0.4)],
    "two_moons": [TwoMoons(), TwoMoons(sigma=0.3)],
    "spiral": [Spiral(), Spiral(sigma=0.5)],
    "swiss_roll": [SwissRoll(), SwissRoll(sigma=0.2)],
    "checkerboard": [Checkerboard()],
    "line": [Line(), Line(length=1.0, angle=-100.0, sigma=0.5)],
    "unbalanced": [Unbalanced(), Unbalanced(modes=12, radius=0.5, sigma=0.2, ratio=1000.0)],
    "heavy_tail": [HeavyTail(), HeavyTail(df=30.0, scale=1.0)],
    "points": [Points(points=CLOUD)],
    "gaussian_1d": [Gaussian1D(), Gaussian1D(mean=-4.0, sigma=2.0)],
    "mixture_1d": [
        Mixture1D(),
        Mixture1D(first_mean=3.0, first_sigma=0.1, second_mean=-2.0, second_sigma=1.0, share=0.3),
    ],
    "mnist": [MNIST()],
    "fashion_mnist": [],  # has to be fetched; test_fetch does so
    "images": [*(Images(key=key) for key in DRAWINGS), Images(key=COLOURED, side=48, colour=True)],
    "stacked_mnist": [StackedMNIST()],
    "faces": [Faces()],
}

every_example = pytest.mark.parametrize(
    "data", [example for name in DATA_SETS for example in EXAMPLES[name]], ids=repr
)
every_plane = pytest.mark.parametrize(
    "data", [example for name in PLANE for example in EXAMPLES[name]], ids=repr
)


def seeded(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


@cache
def many_samples(data: Plane) -> torch.Tensor:
    return data.sample(200_000, seeded())


@cache
def bin_masses(data: Plane, bins: int = 44) -> np.ndarray | None:
    """The integral of the density over each of bins x bins squares of the picture."""
    side = 2 * data.extent / bins
    fine = int(np.ceil(4 * side / getattr(data, "sigma", side)))
    ticks = (torch.arange(bins * fine, dtype=torch.float64) + 0.5) * (side / fine) - data.extent
    log_prob = data.log_prob(torch.cartesian_prod(ticks, ticks))
    if log_prob is None:
        return None
    masses = log_prob.exp() * (side / fine) ** 2
    return masses.reshape(bins, fine, bins, fine).sum((1, 3)).numpy()


def test_every_data_set_has_examples() -> None:
    assert set(EXAMPLES) == set(DATA_SETS)
    for name, examples in EXAMPLES.items():
        assert all(type(example) is DATA_SETS[name] for example in examples)


@pytest.mark.parametrize("name", DATA_SETS)
def test_explains_itself(name: str) -> None:
    kind = DATA_SETS[name]
    assert kind.title
    assert kind.__doc__
    assert kind.__doc__.endswith((".", ")."))
    assert "\n" not in kind.__doc__
    for option, field in kind.model_fields.items():
        if option != "name":
            assert field.title
            assert field.description
            assert field.description.endswith(".")
            unbounded = field.annotation in (str, bool)
            assert unbounded or len(field.metadata) == 2, "needs two bounds"


@every_example
def test_sample_depends_on_the_seed_alone(data: DataSet) -> None:
    points = data.sample(128, seeded(3))
    torch.rand(7)
    assert points.shape == (128, *data.shape)
    assert points.dtype == torch.get_default_dtype()
    assert torch.equal(points, data.sample(128, seeded(3)))
    assert not torch.equal(points, data.sample(128, seeded(4)))
    assert torch.isfinite(points).all()


@every_plane
def test_density_integrates_to_one(data: Plane) -> None:
    masses = bin_masses(data)
    inside = float((many_samples(data).abs() <= data.extent).all(-1).double().mean())
    if masses is None:
        assert isinstance(data, Points)
    elif isinstance(data, HeavyTail):  # its tail leaves the picture: test_shapes integrates it all
        assert masses.sum() == pytest.approx(inside, abs=0.003)
    else:
        assert masses.sum() == pytest.approx(1, abs=0.001)


@every_plane
def test_samples_follow_the_density(data: Plane) -> None:
    masses = bin_masses(data)
    if masses is None:
        return
    samples = many_samples(data).double().numpy()
    edges = np.linspace(-data.extent, data.extent, len(masses) + 1)
    counts, _, _ = np.histogram2d(*samples.T, bins=(edges, edges))
    expected = masses * len(samples)
    enough = expected >= 10
    rest = len(samples) - expected[enough].sum()
    squared_errors = ((counts - expected)[enough] ** 2 / expected[enough]).sum()
    squared_errors += (len(samples) - counts[enough].sum() - rest) ** 2 / max(rest, 10)
    assert enough.sum() > 50
    assert stats.chi2.sf(squared_errors, enough.sum()) > 1e-4


@every_plane
def test_shares_are_the_masses_of_the_parts(data: Plane) -> None:
    parts = data.parts()
    samples = many_samples(data)[:100_000]
    counts = torch.bincount(data.part_of(samples), minlength=len(parts.centres))
    assert parts.shares.sum() == pytest.approx(1, abs=1e-6)
    assert (parts.shares > 0).all()
    torch.testing.assert_close(counts / len(samples), parts.shares, atol=0.005, rtol=0)


@every_plane
def test_centres_lie_in_their_own_part(data: Plane) -> None:
    centres = data.parts().centres
    assert torch.equal(data.part_of(centres), torch.arange(len(centres)))


@every_plane
def test_extent_holds_the_data(data: Plane) -> None:
    inside = (many_samples(data).abs() <= data.extent).all(-1).double().mean()
    assert inside >= (0.8 if isinstance(data, HeavyTail) else 0.95)
    assert many_samples(data).abs().quantile(0.99) >= 0.25 * data.extent, "lost in the picture"


@every_plane
def test_log_prob_is_differentiable_and_keeps_shape_and_precision(data: Plane) -> None:
    points = data.sample(6, seeded()).double().reshape(2, 3, 2).requires_grad_()
    log_prob = data.log_prob(points)
    if log_prob is None:
        return
    assert log_prob.shape == (2, 3)
    assert log_prob.dtype == torch.float64
    torch.testing.assert_close(data.log_prob(points.float()).double(), log_prob, atol=2e-4, rtol=0)
    if not isinstance(data, Checkerboard):
        assert torch.autograd.gradcheck(data.log_prob, (points,))


@every_example
def test_use_leaves_no_trace(data: DataSet) -> None:
    fresh = data.model_copy()
    with torch.inference_mode():
        data.sample(3, seeded())
        if isinstance(data, Plane):
            data.parts()
    data.sample(3, seeded()).requires_grad_()  # what was kept is fit for training
    assert data == fresh
    assert hash(data) == hash(fresh)
    assert set(data.model_dump()) == set(type(data).model_fields)
    assert pickle.loads(pickle.dumps(data)) == fresh


@every_example
def test_name_tells_the_kind(data: DataSet) -> None:
    adapter: TypeAdapter[DataSet] = TypeAdapter(Data)
    assert adapter.validate_json(data.model_dump_json()) == data
    with pytest.raises(ValidationError, match="frozen"):
        data.name = "other"  # type: ignore[attr-defined]


def test_unknown_name_is_refused() -> None:
    with pytest.raises(ValidationError, match="nowhere"):
        TypeAdapter(Data).validate_python({"name": "nowhere"})
