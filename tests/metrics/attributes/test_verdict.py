"""The verdict on faces: drawn ones, drawn ones of the wrong rates, and pictures that are none."""

import itertools

import numpy as np
import pytest
import torch
from torch import Generator, Tensor

from ganplay.data.faces import RATES, faces
from ganplay.data.pictures import scaled
from ganplay.metrics.attributes import (
    FacesReader,
    FacesVerdict,
    faces_verdict,
    perfect_faces_verdict,
)

SEED = 12


@pytest.fixture(scope="module")
def drawn() -> tuple[Tensor, Tensor]:
    pictures, known = faces(2000, SEED)
    return scaled(pictures), known


@pytest.fixture(scope="module")
def said(reader: FacesReader, drawn: tuple[Tensor, Tensor]) -> FacesVerdict:
    return faces_verdict(drawn[0], reader)


def test_it_counts_what_is_there(said: FacesVerdict, drawn: tuple[Tensor, Tensor]) -> None:
    """Each combination counted one by one from what the faces were drawn with."""
    _, known = drawn
    assert said.samples == 2000
    np.testing.assert_allclose(said.rates, known.double().mean(0), atol=0.002)
    for has in itertools.product((False, True), repeat=5):
        share = (known == torch.tensor(has)).all(1).double().mean()
        fair = np.prod([p if one else 1 - p for one, p in zip(has, RATES.values(), strict=True)])
        index = sum(2**i for i, one in enumerate(has) if one)
        assert said.ratios[index] == pytest.approx((share / fair).item(), abs=0.0011 / fair)
    assert said.lowest == said.ratios.min()
    assert said.highest == said.ratios.max()
    assert said.off == np.abs(said.rates - list(RATES.values())).max()
    assert said.clear >= 0.99


def test_other_perfect_faces_get_the_same(reader: FacesReader, said: FacesVerdict) -> None:
    perfect = perfect_faces_verdict(2000, reader)
    assert perfect.frechet != said.frechet
    assert perfect.frechet == pytest.approx(said.frechet, rel=0.5)
    assert perfect.frechet < 10
    assert perfect.off < 0.05 > said.off
    assert perfect.clear == pytest.approx(said.clear, abs=0.01)
    assert perfect_faces_verdict(2000, reader) is perfect


def test_a_missing_combination_and_a_wrong_rate_show(
    reader: FacesReader, drawn: tuple[Tensor, Tensor], said: FacesVerdict
) -> None:
    pictures, known = drawn
    without = pictures[~(known[:, 1] & known[:, 4])]  # nobody with glasses and a hat
    found = faces_verdict(without, reader)
    missing = [index for index in range(32) if index & 2 and index & 16]
    assert found.ratios[missing].max() < 0.05
    assert np.delete(found.ratios, missing).min() > 0.5
    assert found.frechet > 5 * said.frechet
    bearded = faces_verdict(scaled(faces(500, SEED, beard=True)[0]), reader)
    assert bearded.rates[3] >= 0.998
    assert bearded.off == pytest.approx(0.65, abs=0.002)


def test_wrecked_faces_are_far_away_and_unclear(
    reader: FacesReader, drawn: tuple[Tensor, Tensor], said: FacesVerdict
) -> None:
    x = drawn[0][:1000]
    noisy = (x + 0.5 * torch.randn(x.shape, generator=Generator().manual_seed(0))).clamp(-1, 1)
    for wrecked in (noisy, (x + x.flip(0)) / 2, torch.zeros_like(x)):
        found = faces_verdict(wrecked, reader)
        assert found.frechet > 50 * said.frechet
        assert found.clear < 0.3


def test_of_what_is_no_finite_number_nothing_is_known(reader: FacesReader) -> None:
    pictures = scaled(faces(20, SEED)[0])
    pictures[3, 0, 0, 0] = torch.inf
    for nothing in (faces_verdict(pictures, reader), faces_verdict(pictures[:0], reader)):
        numbers = (nothing.frechet, nothing.clear, nothing.lowest, nothing.highest, nothing.off)
        assert np.isnan([*numbers, *nothing.ratios, *nothing.rates]).all()
        assert (nothing.ratios.shape, nothing.rates.shape) == ((32,), (5,))
