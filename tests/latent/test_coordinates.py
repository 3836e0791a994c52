"""Coordinates of z against NumPy, scikit-learn and SciPy."""

import math

import numpy as np
import pytest
import torch
from scipy import stats
from sklearn.decomposition import PCA
from torch.nn.functional import normalize

from ganplay.config_parts import Latent
from ganplay.latent import Model
from ganplay.latent.coordinates import (
    along,
    chance,
    deviation,
    effect,
    first_layer,
    lattice,
    plane_along,
    plane_through,
    principal,
    quantile,
    random_directions,
    strongest,
    usual_lengths,
)
from tests.latent.small import NETS, small_model

PRIORS = {
    "normal": stats.norm(),
    "uniform": stats.uniform(-1, 2),
    "student_t": stats.t(2),
}
CHANCES = (0.01, 0.1587, 0.5, 0.84, 0.99)


def prior(name: str, dim: int = 5) -> Latent:
    return Latent.model_validate({"prior": name, "dim": dim})


# ---- chances


@pytest.mark.parametrize("name", PRIORS)
def test_a_quantile_is_scipys(name: str) -> None:
    for portion in CHANCES:
        assert quantile(prior(name), portion) == pytest.approx(PRIORS[name].ppf(portion), abs=1e-12)


@pytest.mark.parametrize("name", PRIORS)
def test_a_chance_is_scipys(name: str) -> None:
    for value in (-30.0, -1.5, -0.3, 0.0, 0.7, 4.0):
        assert chance(prior(name), value) == pytest.approx(PRIORS[name].cdf(value), abs=1e-12)


@pytest.mark.parametrize("name", PRIORS)
def test_the_chances_are_those_of_the_noise_that_g_gets(name: str) -> None:
    z = small_model(latent__prior=name).noise(4000, 3).flatten().numpy()
    found = stats.kstest(z, PRIORS[name].cdf)
    assert found.pvalue > 1e-4
    assert stats.kstest(1.1 * z, PRIORS[name].cdf).pvalue < 1e-4


@pytest.mark.parametrize("name", [*PRIORS, "one_hot_mixture"])
def test_a_deviation_is_that_of_the_noise(name: str) -> None:
    z = small_model(latent__prior=name).noise(20_000, 4)
    if name == "student_t":  # has none
        assert (z.abs() < deviation(prior(name))).double().mean() == pytest.approx(
            0.6827, abs=0.005
        )
    else:
        assert deviation(prior(name, 6)) == pytest.approx(float(z.std()), rel=0.02)


def test_usual_lengths_are_those_of_a_chi_distribution() -> None:
    found = usual_lengths(small_model())
    assert found == pytest.approx(stats.chi(6).ppf([0.05, 0.5, 0.95]), rel=0.03)


# ---- principal directions


def before_activation(model: Model, z: torch.Tensor) -> torch.Tensor:
    """What the first layer of a DCGAN with ReLU makes, where none of its maps is cut off: those of z
    are what another z has plus what the layer does to the difference."""
    return model.grow(z)[0].flatten(1)


def test_the_first_layer_is_what_moves_its_maps() -> None:
    """Where ReLU passes both, the difference of maps is the layer times that of z."""
    model = small_model()
    a, b = model.noise(2, 5).split(1)
    one, other = before_activation(model, a)[0], before_activation(model, b)[0]
    there = (one > 0) & (other > 0)
    assert there.sum() > 50
    moved = first_layer(model) @ (b - a)[0]
    torch.testing.assert_close(moved[there], (other - one)[there], rtol=1e-4, atol=1e-5)


def test_without_normalisation_it_is_the_weight() -> None:
    mlp = small_model("mlp")
    assert first_layer(mlp).shape == (16, 6)
    assert torch.equal(first_layer(mlp), mlp.generator.leaves[0][0])
    bare = small_model(generator__norm="none")
    assert torch.equal(first_layer(bare), bare.generator.leaves[0][0])


@pytest.mark.parametrize("nets", NETS)
def test_directions_are_numpys_singular_vectors(nets: str) -> None:
    model = small_model(nets)
    found = principal(model)
    _, values, rows = np.linalg.svd(first_layer(model).double().numpy(), full_matrices=False)
    overlap = np.abs((found.vectors.double().numpy() * rows).sum(1))
    np.testing.assert_allclose(overlap, 1, atol=1e-4)
    np.testing.assert_allclose(found.shares, values**2 / (values**2).sum(), rtol=1e-4)
    assert (found.vectors.gather(1, found.vectors.abs().argmax(1, keepdim=True)) > 0).all()


def test_directions_are_those_of_ganspace() -> None:
    """PCA of the layer over many z, and the regression of z on its components (Härkönen et al. 2020,
    eq. 3), by scikit-learn."""
    model = small_model()
    z = torch.randn(40_000, 6, generator=torch.Generator().manual_seed(1), dtype=torch.float64)
    layer = first_layer(model).double()
    pca = PCA(3).fit((z @ layer.T).numpy())
    scores = pca.transform((z @ layer.T).numpy())
    regressed = np.linalg.lstsq(scores, z.numpy(), rcond=None)[0]
    regressed /= np.linalg.norm(regressed, axis=1, keepdims=True)
    overlap = np.abs((principal(model).vectors[:3].double().numpy() * regressed).sum(1))
    np.testing.assert_allclose(overlap, 1, atol=0.02)
    np.testing.assert_allclose(
        pca.explained_variance_ratio_, principal(model).shares[:3], rtol=0.05
    )


def test_the_strongest_numbers_of_z_have_the_longest_columns() -> None:
    model = small_model()
    long = first_layer(model).norm(dim=0)
    found = strongest(model, 4)
    assert len(set(found)) == 4
    assert long[found].tolist() == sorted(long.tolist(), reverse=True)[:4]


def test_the_effect_is_a_root_mean_square_of_pixels() -> None:
    model = small_model(latent__prior="uniform")
    vectors, z = random_directions(6, 2), model.noise(3, 6)
    torch.testing.assert_close(vectors.norm(dim=1), torch.ones(2))
    found = effect(model, vectors, z)
    for vector, each in zip(vectors, found, strict=True):
        high, low = model.generate(z + vector / 3**0.5), model.generate(z - vector / 3**0.5)
        assert float(each) == pytest.approx(float((high - low).square().mean() ** 0.5), rel=1e-3)


def test_random_directions_point_at_no_sample_of_a_sheet() -> None:
    """The cosine of unrelated directions in 64 dimensions deviates by 1/8 from 0; of 8,000, none by
    .7."""
    model = small_model(latent__dim=64)
    some = torch.cat([normalize(model.noise(40, seed)) for seed in range(50)])
    cosines = some @ random_directions(64, 4).T
    assert float(cosines.std()) == pytest.approx(1 / 8, rel=0.05)
    assert cosines.abs().max() < 0.7


# ---- along directions, and planes


def orthonormal(dim: int, seed: int = 0) -> torch.Tensor:
    rng = torch.Generator().manual_seed(seed)
    return torch.linalg.qr(torch.randn(dim, dim, generator=rng, dtype=torch.float64))[0]


def test_along_sets_some_coordinates_and_leaves_the_others() -> None:
    base = orthonormal(7)
    z = torch.arange(7, dtype=torch.float64)
    values = torch.tensor([[0.5, -2.0], [9.0, 1.0]], dtype=torch.float64)
    made = along(z, base[:2], values)
    torch.testing.assert_close(made @ base[:2].T, values)
    torch.testing.assert_close(made @ base[2:].T, (base[2:] @ z).expand(2, 5))
    torch.testing.assert_close(along(z, base[:2], (base[:2] @ z)[None])[0], z)


def test_a_plane_along_directions_holds_its_z() -> None:
    base, z = orthonormal(6), torch.linspace(-1, 2, 6).double()
    plane = plane_along(z, base[0], base[1])
    place = plane.places(z[None])
    torch.testing.assert_close(plane.at(place)[0], z)
    torch.testing.assert_close(place[0], base[:2] @ z)
    moved = plane.at(place + torch.tensor([[0.5, -1.0]]).double())[0]
    torch.testing.assert_close(moved, z + 0.5 * base[0] - base[1])


@pytest.mark.parametrize("dim", [2, 3, 64])
def test_a_plane_through_three_holds_them_as_they_are(dim: int) -> None:
    z = torch.randn(3, dim, generator=torch.Generator().manual_seed(dim), dtype=torch.float64)
    plane = plane_through(z)
    places = plane.places(z)
    torch.testing.assert_close(plane.at(places), z)
    torch.testing.assert_close(torch.cdist(places, places), torch.cdist(z, z))
    assert places[1, 0] > places[0, 0]
    assert float(places[1, 1]) == pytest.approx(float(places[0, 1]))
    assert places[2, 1] > places[0, 1]
    axes = torch.stack((plane.across, plane.up, plane.centre))
    gram = axes @ axes.T
    torch.testing.assert_close(gram[:2, :2], torch.eye(2).double())
    torch.testing.assert_close(gram[2, :2], torch.zeros(2).double(), rtol=0, atol=1e-12)


def test_on_the_ring_of_a_plane_z_has_its_length() -> None:
    plane = plane_through(torch.randn(3, 9, generator=torch.Generator().manual_seed(2)).double())
    radius = plane.ring(4.0)
    assert radius > 0
    turn = torch.linspace(0, 6, 7).double()
    places = radius * torch.stack((turn.cos(), turn.sin()), 1)
    torch.testing.assert_close(plane.at(places).norm(dim=1), torch.full((7,), 4.0).double())
    assert plane.ring(float(plane.centre.norm()) / 2) == 0


def test_a_lattice_is_read_from_the_upper_left() -> None:
    found = lattice(4, 2.0)
    assert found.shape == (16, 2)
    assert found[0].tolist() == [-1.5, 1.5]
    assert found[1].tolist() == [-0.5, 1.5]
    assert found[4].tolist() == [-1.5, 0.5]
    assert found[-1].tolist() == [1.5, -1.5]
    assert math.isclose(float(lattice(3, 3.0)[4].abs().sum()), 0, abs_tol=1e-6)
