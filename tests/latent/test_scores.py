"""D's logits, and how well they tell real from generated, against scikit-learn."""

import numpy as np
import pytest
import torch
from sklearn.metrics import roc_auc_score

from ganplay.latent.model import PIECE
from ganplay.latent.scores import below, scores, told_apart

from .small import small_model


@pytest.mark.parametrize(("levels", "shift"), [(1000, 0.3), (4, 0.5), (1, 0.0), (3, -2.0)])
def test_pairs_told_apart_are_the_area_under_the_curve(levels: int, shift: float) -> None:
    rng = np.random.default_rng(0)
    real = (rng.normal(shift, 1, 70) * levels / 4).round().astype(np.float32)
    fake = (rng.normal(0, 1, 45) * levels / 4).round().astype(np.float32)
    truth = roc_auc_score([1] * 70 + [0] * 45, np.concatenate((real, fake)))
    assert told_apart(torch.tensor(real), torch.tensor(fake)) == pytest.approx(truth, abs=1e-9)


def test_it_is_certain_or_can_not_tell() -> None:
    low, high = torch.zeros(5), torch.ones(3)
    assert told_apart(high, low) == 1
    assert told_apart(low, high) == 0
    assert told_apart(low, torch.zeros(2)) == 0.5


def test_a_portion_below() -> None:
    assert below(torch.tensor([1.0, 2.0, 2.0, 5.0]), 2.0) == 0.25


@pytest.mark.parametrize("pack", [1, 2])
def test_scores_are_the_logits_of_each_alone(pack: int) -> None:
    model = small_model(aids__pack=pack)
    pictures = model.generate(model.noise(PIECE + 7, 0))
    found = scores(model, pictures)
    assert found.shape == (PIECE + 7,)
    for n in (0, PIECE - 1, PIECE, PIECE + 6):
        assert float(found[n]) == pytest.approx(
            float(model.logits(pictures[n : n + 1]).detach()), abs=1e-5
        )
    assert found.std() > 0
