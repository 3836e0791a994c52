"""Weights and patches as colours, and where logits lie."""

import numpy as np
import pytest

from ganplay.figures.explorer_discriminator import BINS, OUTSIDE, logits, patches, weights
from ganplay.figures.style import ATTENTION, DISCRIMINATOR, GRADIENT


def rgb(colour: str) -> list[int]:
    return [int(colour[i : i + 2], 16) for i in (1, 3, 5)]


def test_grey_weights_are_pink_for_and_grey_against() -> None:
    values = np.zeros((2, 1, 8, 8), np.float32)
    values[0, 0, 0, :] = 3
    values[0, 0, 1, :] = -3
    values[0, 0, 2, :] = 1.5
    values[1, 0, 3, 3] = np.nan
    found = weights(values)
    assert found.shape == (2, 8, 8, 3)
    assert found[0, 0, 0].tolist() == rgb(GRADIENT)
    assert found[0, 1, 0].tolist() == rgb(DISCRIMINATOR)
    half = [(255 + part) / 2 for part in rgb(GRADIENT)]
    assert np.abs(found[0, 2, 0] - half).max() <= 1
    assert found[0, 3, 0].tolist() == [255] * 3
    assert tuple(found[1, 3, 3]) == OUTSIDE
    assert (found[1, :3] == 255).all()


def test_weights_in_colour_are_added_to_middle_grey_each_on_its_own_scale() -> None:
    values = np.zeros((2, 3, 4, 4), np.float32)
    values[0, 0, :, 0], values[0, 2, :, 1] = 0.2, -0.2
    values[1] = 50 * values[0]
    found = weights(values)
    assert found[0, 0, 0].tolist() == [255, 128, 128]
    assert found[0, 0, 1].tolist() == [128, 128, 0]
    assert found[0, 0, 2].tolist() == [128] * 3
    assert np.array_equal(found[0], found[1])


def test_patches_show_what_is_outside() -> None:
    pictures = np.full((1, 3, 4, 4), 7, np.uint8)
    outside = np.zeros((1, 4, 4), bool)
    outside[0, 0] = True
    found = patches(pictures, outside)
    assert (found[0, 0] == OUTSIDE).all()
    assert (found[0, 1:] == 7).all()


def test_histograms_are_shares_and_the_mark_is_in_sight() -> None:
    rng = np.random.default_rng(0)
    real, fake = (rng.normal(mean, 1, 500).astype(np.float32) for mean in (1, -1))
    found = logits(real, fake, 9.0, "this one")
    assert [trace["name"] for trace in found.traces] == ["real", "generated"]
    for trace, values in zip(found.traces, (real, fake), strict=True):
        assert len(trace["x"]) == BINS
        assert trace["y"].sum() == pytest.approx(1)
        assert (trace["x"] * trace["y"]).sum() == pytest.approx(values.mean(), abs=0.1)
    low, high = found.layout["xaxis"]["range"]
    assert low < min(real.min(), fake.min())
    assert high > 9
    (line,) = found.layout["shapes"]
    assert line["x0"] == line["x1"] == 9
    assert line["line"]["color"] == ATTENTION
    (words,) = found.layout["annotations"]
    assert words["xanchor"] == "right"
    assert "9.00" in words["text"]
    found.figure()


def test_without_real_pictures_there_is_one_kind_and_all_may_be_the_same() -> None:
    found = logits(np.empty(0, np.float32), np.ones(5, np.float32), 1.0, "this one")
    assert [trace["name"] for trace in found.traces] == ["generated"]
    assert "real" not in found.layout["title"]["text"]
    low, high = found.layout["xaxis"]["range"]
    assert low < 1 < high
    found.figure()
