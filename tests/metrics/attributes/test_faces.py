"""What is read off faces, against faces that differ in one attribute alone, and wrecked ones."""

from collections.abc import Callable

import pytest
import torch
from torch import Generator, Tensor

from ganplay.data.faces import ATTRIBUTES, faces
from ganplay.data.pictures import scaled
from ganplay.metrics.attributes import FacesReader, reader_of
from ganplay.metrics.attributes.faces import WEIGHTS
from ganplay.metrics.pictures import Gaussian, frechet

SEED = 11
"""Of faces that nothing else here is made of."""


@pytest.fixture(scope="module")
def fresh() -> tuple[Tensor, Tensor]:
    """1,500 faces in -1..1, and their attributes [1500, 5] bool."""
    pictures, known = faces(1500, SEED)
    return scaled(pictures), known


def test_each_classifier_reads_fresh_faces(
    reader: FacesReader, fresh: tuple[Tensor, Tensor]
) -> None:
    pictures, known = fresh
    features, chances = reader.look(pictures)
    right = ((chances > 0.5) == known).double().mean(1)
    assert right.shape == (2, 5)
    assert right.min() >= 0.999
    torch.testing.assert_close(features, reader.features(pictures))
    said = reader.read(pictures)
    assert (said.shape, said.dtype) == ((1500, 5), torch.int8)
    truth = known.to(torch.int8) * 2 - 1
    assert (said == -truth).sum() <= 2, "wrong, and sure of it"
    assert (said == truth).all(1).double().mean() >= 0.99


@pytest.mark.parametrize("attribute", ATTRIBUTES)
def test_an_attribute_alone_flips_its_reading_alone(reader: FacesReader, attribute: str) -> None:
    with_it, without = (
        reader.read(scaled(faces(300, SEED, **{attribute: value})[0])) for value in (True, False)
    )
    column = reader.names.index(attribute)
    assert ((with_it[:, column] == 1) & (without[:, column] == -1)).double().mean() >= 0.99
    others = [i for i in range(5) if i != column]
    opposite = with_it[:, others] == -without[:, others]
    known = (with_it[:, others] != 0) & (without[:, others] != 0)
    assert (opposite & known).double().mean() <= 0.001
    assert known.double().mean() >= 0.99


# ---- wrecked pictures: the portion of readings that are 0, of pictures whose five are all clear, and
# of readings that are wrong


def faded(x: Tensor, rng: Generator) -> Tensor:
    return (x + x.flip(0)) / 2


def pixel_arithmetic(x: Tensor, rng: Generator) -> Tensor:
    return (x - x.roll(1, 0) + x.roll(2, 0)).clamp(-1, 1)


def noise_added(x: Tensor, rng: Generator) -> Tensor:
    return (x + 0.5 * torch.randn(x.shape, generator=rng)).clamp(-1, 1)


def noise_alone(x: Tensor, rng: Generator) -> Tensor:
    return torch.randn(x.shape, generator=rng).clamp(-1, 1)


def one_colour(x: Tensor, rng: Generator) -> Tensor:
    return (torch.rand(len(x), 3, 1, 1, generator=rng) * 2 - 1).expand_as(x)


def upside_down(x: Tensor, rng: Generator) -> Tensor:
    return x.flip(2)


def torn(x: Tensor, rng: Generator) -> Tensor:
    """Its sixteen tiles in another order."""
    tiles = torch.nn.functional.unfold(x, 8, stride=8)
    mixed = tiles[:, :, torch.randperm(16, generator=rng)]
    return torch.nn.functional.fold(mixed, 32, 8, stride=8)


ZERO_AND_CLEAR = {
    faded: ((0.4, 0.6), (0.01, 0.1)),
    pixel_arithmetic: ((0.2, 0.4), (0.1, 0.3)),
    noise_added: ((0.2, 0.35), (0.1, 0.3)),
    noise_alone: ((0.7, 1), (0, 0.01)),
    one_colour: ((0.7, 1), (0, 0.01)),
    upside_down: ((0.3, 0.6), (0, 0.1)),
    torn: ((0.3, 0.6), (0, 0.1)),
}


@pytest.mark.parametrize("wreck", ZERO_AND_CLEAR, ids=lambda wreck: wreck.__name__)
def test_of_wrecked_pictures_it_is_mostly_unsure(
    reader: FacesReader,
    fresh: tuple[Tensor, Tensor],
    wreck: Callable[[Tensor, Generator], Tensor],
) -> None:
    said = reader.read(wreck(fresh[0], Generator().manual_seed(0)))
    zero = (said == 0).double().mean()
    clear = (said != 0).all(1).double().mean()
    (low, high), (least, most) = ZERO_AND_CLEAR[wreck]
    assert low <= zero <= high, zero
    assert least <= clear <= most, clear


def test_of_two_faces_in_one_it_knows_what_they_share(
    reader: FacesReader, fresh: tuple[Tensor, Tensor]
) -> None:
    pictures, known = fresh
    said = reader.read(faded(pictures, Generator()))
    same = known == known.flip(0)
    truth = known.to(torch.int8) * 2 - 1
    assert (said[~same] == 0).double().mean() >= 0.95
    assert (said[same] == truth[same]).double().mean() >= 0.85
    assert (said[same] == -truth[same]).double().mean() <= 0.001


def test_noise_makes_it_unsure_rather_than_wrong(
    reader: FacesReader, fresh: tuple[Tensor, Tensor]
) -> None:
    pictures, known = fresh
    said = reader.read(noise_added(pictures, Generator().manual_seed(0)))
    assert (said == 1 - 2 * known.to(torch.int8)).double().mean() <= 0.003


def test_what_is_no_finite_number_is_neither_there_nor_missing(reader: FacesReader) -> None:
    pictures = scaled(faces(3, SEED)[0])
    pictures[1, 0, 5, 5] = torch.nan
    said = reader.read(pictures)
    assert said.ne(0).tolist() == [[True] * 5, [False] * 5, [True] * 5]
    assert reader.features(pictures)[1].isnan().all()
    assert reader.read(pictures[:0]).shape == (0, 5)


def test_reference_is_of_other_faces(reader: FacesReader, fresh: tuple[Tensor, Tensor]) -> None:
    seen = Gaussian.of(reader.features(fresh[0]))
    real = reader.reference
    assert (real.mean.shape, real.covariance.shape) == ((64,), (64, 64))
    torch.testing.assert_close(real.covariance, real.covariance.T)
    assert real.mean.dtype == torch.float64
    # what chance leaves between 1,500 and 10,000 of the same: between 1/10 and 10 times its order,
    # the trace of the covariance over both counts
    chance = real.covariance.trace().item() * (1 / 1500 + 1 / 10_000)
    assert chance / 10 < frechet(seen, real) < chance * 10
    other = reader.features(scaled(faces(1000, SEED, glasses=True)[0]))
    assert frechet(Gaussian.of(other), real) > 100 * chance


def test_the_file_is_small_and_says_what_made_it(reader: FacesReader) -> None:
    assert WEIGHTS.stat().st_size < 0.7e6
    assert reader.titles.keys() == set(reader.names)
    assert reader.titles["long_hair"] == "long hair"
    assert reader.movable == reader.names == ATTRIBUTES
    assert reader_of("faces") is reader
    assert reader_of("ring") is None
