"""Directions of attributes against NumPy, and what they switch on the shipped faces."""

import numpy as np
import pytest
import torch

from ganplay.latent.directions import (
    FEWEST,
    TRIALS,
    candidates,
    direction,
    direction_in,
    random_like,
    switched,
)
from ganplay.latent.model import Model
from ganplay.latent.pool import Pool, pool_of


def planted(n: int = 4000) -> tuple[Pool, torch.Tensor]:
    """z in 6 dimensions, of which three known directions that overlap say what is read."""
    rng = torch.Generator().manual_seed(5)
    true = torch.tensor([[1.0, 0, 0, 0, 0, 0], [0.6, 0.8, 0, 0, 0, 0], [0, 0.3, 1, 0, 0, 0]])
    z = torch.randn(n, 6, generator=rng)
    score = z @ true.T
    flags = (score > 0.3).to(torch.int8) - (score < -0.3).to(torch.int8)
    return Pool(z, np.zeros((n, 1, 4, 4), np.uint8), flags), true


def test_a_direction_is_the_difference_of_two_means() -> None:
    pool, true = planted()
    for i in range(3):
        z, read = pool.z.double().numpy(), pool.flags[:, i].numpy()
        truth = z[read == 1].mean(0) - z[read == -1].mean(0)
        found = direction_in(pool, i, alone=False)
        np.testing.assert_allclose(found.numpy(), truth, atol=1e-5)
        cosine = torch.cosine_similarity(found, true[i], dim=0)
        assert 0.99 < float(cosine) <= 1.0001


def test_alone_it_is_what_least_squares_leaves() -> None:
    pool, _ = planted()
    every = [direction_in(pool, i, alone=False).double().numpy() for i in range(3)]
    for i in range(3):
        others = np.stack([every[j] for j in range(3) if j != i], 1)
        truth = every[i] - others @ np.linalg.lstsq(others, every[i], rcond=None)[0]
        found = direction_in(pool, i, alone=True).numpy()
        np.testing.assert_allclose(found, truth, atol=1e-5)
        assert np.abs(others.T @ found).max() < 1e-5
        assert 0.1 < np.linalg.norm(found) < np.linalg.norm(every[i])


def test_attributes_of_which_one_always_holds_do_no_harm() -> None:
    """Classes: their directions nearly add up to nothing."""
    pool, _ = planted()
    score = pool.z[:, 3:]
    best = torch.nn.functional.one_hot(score.argmax(1), 3).to(torch.int8) * 2 - 1
    flags = torch.cat([pool.flags[:, :1], best], 1)
    found = direction_in(Pool(pool.z, pool.pictures, flags), 0, alone=True)
    for i in range(3):
        of_class = pool.z[best[:, i] == 1].mean(0) - pool.z[best[:, i] == -1].mean(0)
        assert abs(float(found @ of_class)) < 1e-4
    assert 1 < found.norm() <= direction_in(pool, 0, alone=False).norm()


def test_a_direction_needs_enough_samples() -> None:
    pool, _ = planted()
    flags = pool.flags.clone()
    flags[:, 1] = -1
    flags[:FEWEST, 1] = 1
    rare = Pool(pool.z, pool.pictures, flags)
    assert direction_in(rare, 1, alone=False).norm() > 0
    flags[0, 1] = -1
    with pytest.raises(ValueError, match="fewer than 16"):
        direction_in(rare, 1, alone=False)
    others = direction_in(rare, 0, alone=True)
    without = Pool(pool.z, pool.pictures, flags[:, [0, 2]])
    torch.testing.assert_close(others, direction_in(without, 0, alone=True))


def test_random_directions_are_as_long_and_point_anywhere() -> None:
    along = torch.tensor([3.0, 0, 4, 0, 0, 0])
    found = random_like(along, 2000)
    torch.testing.assert_close(found.norm(dim=1), torch.full((2000,), 5.0))
    assert found.mean(0).abs().max() < 4 * 5 / (6 * 2000) ** 0.5
    assert torch.equal(found[:3], random_like(along, 2000)[:3])


# ---- what a step does


def test_no_step_switches_nothing(faces: Model) -> None:
    still = switched(faces, 0, True, 0.0)
    assert (still.rate, still.control) == (0, 0)


@pytest.mark.parametrize("alpha", [1.5, -1.0])
def test_switching_is_that_of_a_slow_loop(alpha: float, faces: Model) -> None:
    reader, attribute, along = faces.reader, 1, direction(faces, 1, True)
    assert reader
    z, flags = candidates(faces)
    pool = {tuple(row) for row in pool_of(faces).z.tolist()}
    worked = tried = 0
    for code, read in zip(z, flags.tolist(), strict=True):
        if tried == TRIALS or 0 in read or read[attribute] != (-1 if alpha > 0 else 1):
            continue
        tried += 1
        assert tuple(code.tolist()) not in pool, "it had a part in finding the direction"
        after = reader.read(faces.generate(code[None] + alpha * along))[0].tolist()
        worked += after == [-flag if i == attribute else flag for i, flag in enumerate(read)]
    found = switched(faces, attribute, True, alpha)
    assert found.samples == tried
    assert found.rate == pytest.approx(worked / tried, abs=0.011)


@pytest.mark.parametrize("attribute", [0, 2])
def test_a_direction_switches_an_attribute_and_a_random_one_does_not(
    attribute: int, faces: Model
) -> None:
    for alpha in (1.5, -1.5):
        found = switched(faces, attribute, True, alpha)
        assert 0.7 < found.rate < 1
        assert found.control < 0.3
    assert switched(faces, attribute, True, 0.25).rate < 0.4
