"""What D's maps see: receptive fields by perturbation, peaks by brute force, guided gradients by hand."""

from collections.abc import Iterator

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from torch import Tensor

from ganplay.latent.model import shipped
from ganplay.latent.saliency import cut, guided, kernels, layers, peaks, span, untrained

from .small import small_model

LEAK = 0.2


@pytest.fixture(scope="module")
def pictures() -> Tensor:
    return torch.rand(9, 1, 28, 28, generator=torch.Generator().manual_seed(5)) * 2 - 1


def test_a_perceptron_has_no_maps() -> None:
    assert layers(small_model()) == 2
    assert layers(small_model("mlp")) == 0


@pytest.mark.parametrize("layer", [0, 1, 2])
def test_a_place_changes_with_the_pixels_of_its_span_and_no_others(layer: int) -> None:
    """Each row of pixels is changed in turn, and each column; an edge of 32 takes three layers."""
    model = small_model(data__name="faces", discriminator__hidden="4,4,4")
    base = torch.zeros(1, *model.shape)
    for axis in (2, 3):
        changed = base.repeat(32, 1, 1, 1)
        for i in range(32):
            changed.select(axis, i)[i] += torch.randn(
                3, 32, generator=torch.Generator().manual_seed(i)
            )
        with torch.no_grad():
            before, after = model.see(base)[layer], model.see(changed)[layer]
        other = 3 if axis == 2 else 2
        touched = (after != before).any(1).any(other - 1).T  # [place, row or column]
        assert touched.any()
        for place, seen in enumerate(touched):
            first, end = span(layer, place)
            wanted = torch.zeros(32, dtype=torch.bool)
            wanted[max(first, 0) : end] = True
            assert torch.equal(seen, wanted), (axis, place)


def test_a_cut_is_the_span_and_nan_outside(pictures: Tensor) -> None:
    places = torch.tensor([[0, 3], [3, 0], [6, 6], [2, 2]])
    found = cut(pictures[:4], 1, places)
    assert found.shape == (4, 1, 10, 10)
    for patch, picture, (row, column) in zip(found, pictures, places.tolist(), strict=False):
        for i in range(10):
            for j in range(10):
                y, x = 4 * row - 3 + i, 4 * column - 3 + j
                if 0 <= y < 28 and 0 <= x < 28:
                    assert patch[0, i, j] == picture[0, y, x]
                else:
                    assert patch[0, i, j].isnan()
    assert found[2].isnan().sum() > 0
    assert not found[3].isnan().any()


def test_peaks_are_those_of_all_places_of_all_pictures(pictures: Tensor) -> None:
    model = small_model()
    found = peaks(model, pictures, 4)
    with torch.no_grad():
        seen = model.see(pictures)[:-1]
    assert len(found) == len(seen) == 2
    for each, maps in zip(found, seen, strict=True):
        values = maps.numpy()
        for number in range(values.shape[1]):
            ranked = sorted(
                (
                    -values[n, number].max(),
                    n,
                    *divmod(int(values[n, number].argmax()), maps.shape[3]),
                )
                for n in range(len(pictures))
            )[:4]
            assert each.pictures[number].tolist() == [n for _, n, _, _ in ranked]
            assert each.places[number].tolist() == [[row, column] for *_, row, column in ranked]
            assert np.allclose(each.heights[number], [-height for height, *_ in ranked], atol=1e-6)
            highest = [values[n, number].max() for n in range(len(pictures))]
            assert np.isclose(each.spread[number], np.std(highest, ddof=1), rtol=1e-4)


def test_fewer_pictures_than_asked_for_are_all(pictures: Tensor) -> None:
    assert peaks(small_model(), pictures[:3], 8)[0].pictures.shape == (4, 3)


# ---- guided backpropagation


def places_of(
    kernel: NDArray[np.float64], row: int, column: int
) -> Iterator[tuple[int, int, int, int]]:
    for i in range(4):
        for j in range(4):
            yield i, j, 2 * row - 1 + i, 2 * column - 1 + j


def guided_by_hand(
    weights: list[NDArray[np.float64]], x: NDArray[np.float64], number: int, row: int, column: int
) -> NDArray[np.float64]:
    """For the second layer, in loops: what passes is positive, through units that are positive."""
    first, bias, second, second_bias = weights
    side = x.shape[1]
    units = np.zeros((len(first), side // 2, side // 2))
    for m in range(len(first)):
        for r in range(side // 2):
            for c in range(side // 2):
                total = bias[m]
                for i, j, y, z in places_of(first, r, c):
                    if 0 <= y < side and 0 <= z < side:
                        total += (first[m, :, i, j] * x[:, y, z]).sum()
                units[m, r, c] = total if total > 0 else LEAK * total
    total = second_bias[number]
    signal = np.zeros_like(units)
    for i, j, y, z in places_of(second, row, column):
        if 0 <= y < side // 2 and 0 <= z < side // 2:
            total += (second[number, :, i, j] * units[:, y, z]).sum()
            signal[:, y, z] += second[number, :, i, j]
    if total <= 0:
        return np.zeros_like(x)
    signal = np.maximum(signal, 0) * (units > 0)
    found = np.zeros_like(x)
    for m, r, c in zip(*np.nonzero(signal), strict=True):
        for i, j, y, z in places_of(first, r, c):
            if 0 <= y < side and 0 <= z < side:
                found[:, y, z] += first[m, :, i, j] * signal[m, r, c]
    return found


def test_guided_backpropagation_is_that_of_its_rule_by_hand(pictures: Tensor) -> None:
    model = small_model()
    net = model.critic.net
    weights = [leaf[0].detach().double().numpy() for leaf in net.leaves[:4]]
    weights = [w.reshape(-1) if w.ndim == 2 else w for w in weights]
    places = torch.tensor([[0, 0], [3, 2], [6, 5], [2, 6]])
    silent = 0
    for number in range(8):
        found = guided(model, pictures[:4], 1, number, places)
        for k, (row, column) in enumerate(places.tolist()):
            truth = guided_by_hand(weights, pictures[k].double().numpy(), number, row, column)
            silent += not truth.any()
            assert np.allclose(found[k], truth, atol=1e-6)
    assert 0 < silent < 32, "both a silent and a responding unit were tried"


def test_it_is_not_the_gradient_and_leaves_nothing_behind(pictures: Tensor) -> None:
    model = small_model()
    peak = peaks(model, pictures, 1)[1]
    number = int(peak.heights[:, 0].argmax())
    which = peak.pictures[number]
    asked = pictures[which].clone().requires_grad_()
    row, column = peak.places[number, 0].tolist()
    response = model.see(asked)[1][0, number, row, column]
    (gradient,) = torch.autograd.grad(response, asked)
    found = guided(model, pictures[which], 1, number, peak.places[number])
    assert found.any()
    assert not torch.allclose(found, gradient, atol=1e-4)
    assert not found.requires_grad
    assert all(leaf.grad is None for leaf in model.critic.net.leaves)


def test_in_the_first_layer_it_is_the_kernel(pictures: Tensor) -> None:
    model = small_model()
    peak = peaks(model, pictures, 1)[0]
    for number, kernel in enumerate(kernels(model)):
        found = guided(model, pictures[peak.pictures[number]], 0, number, peak.places[number])
        seen = cut(found, 0, peak.places[number])[0]
        inside = ~seen.isnan()
        assert torch.allclose(seen[inside], kernel[inside], atol=1e-7)


# ---- packs, and a D that never learned


def test_a_pack_is_a_picture_beside_itself(pictures: Tensor) -> None:
    model = small_model(aids__pack=2)
    kernel = kernels(model)
    assert kernel.shape == (4, 1, 4, 4)
    bias = model.critic.net.leaves[1][0, 0].detach()
    response = torch.nn.functional.conv2d(pictures, kernel, bias, 2, 1)
    with torch.no_grad():
        seen = model.see(pictures)
        assert torch.allclose(seen[0], torch.nn.functional.leaky_relu(response, LEAK), atol=1e-6)
        assert torch.allclose(seen[-1][:, 0], model.logits(pictures))


def test_the_one_that_never_learned_has_the_same_nets_and_other_weights() -> None:
    model = shipped("digits")
    fresh, again, other = untrained(model, 0), untrained(model, 0), untrained(model, 1)
    assert fresh.generator is model.generator
    flats = [each.critic.net.flat for each in (model, fresh, other)]
    assert len({flat.shape for flat in flats}) == 1
    assert not torch.equal(flats[0], flats[1])
    assert not torch.equal(flats[1], flats[2])
    assert torch.equal(again.critic.net.flat, fresh.critic.net.flat)


def test_it_has_a_spectral_norm_where_the_trained_one_has() -> None:
    fresh = untrained(small_model(discriminator__spectral_norm=True), 0)
    for weight in fresh.critic.weights()[:6:2]:
        largest = torch.linalg.matrix_norm(weight[0].detach().flatten(1), 2)
        assert float(largest) == pytest.approx(1, abs=0.05)
