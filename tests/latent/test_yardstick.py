"""What pictures are measured by."""

import numpy as np
import pytest
import torch
from scipy.spatial.distance import pdist

from ganplay.latent import Model
from ganplay.latent.model import SHIPPED, shipped
from ganplay.latent.yardstick import SAMPLES, SEED, yardstick_of
from tests.latent.small import small_model


def without_reader(monkeypatch: pytest.MonkeyPatch) -> Model:
    monkeypatch.setattr(Model, "reader", None)
    return small_model()


def test_two_samples_are_1_apart_on_average(monkeypatch: pytest.MonkeyPatch) -> None:
    """Against all pairs of other samples, by SciPy, in pixels."""
    model = without_reader(monkeypatch)
    others = model.generate(model.noise(300, 9)).flatten(1).double().numpy()
    assert yardstick_of(model).apart == pytest.approx(float(pdist(others).mean()), rel=0.03)


@pytest.mark.parametrize("name", SHIPPED)
def test_steps_are_distances_in_what_the_reader_sees(name: str) -> None:
    model = shipped(name)
    reader, rule = model.reader, yardstick_of(model)
    assert reader
    made = model.generate(model.noise(4, 2))
    seen = reader.features(made).double().numpy()
    truth = np.linalg.norm(np.diff(seen, axis=0), axis=1) / rule.apart
    np.testing.assert_allclose(rule.steps(made), truth, rtol=1e-3)
    others = reader.features(model.generate(model.noise(300, 9))).double().numpy()
    assert rule.apart == pytest.approx(float(pdist(others).mean()), rel=0.05)


def test_a_picture_that_stands_still_makes_no_step(monkeypatch: pytest.MonkeyPatch) -> None:
    model = without_reader(monkeypatch)
    made = model.generate(model.noise(1, 0)).expand(4, -1, -1, -1)
    assert yardstick_of(model).steps(made).tolist() == [0, 0, 0]


@pytest.mark.parametrize("pack", [1, 2])
def test_realness_is_the_rank_among_samples(pack: int) -> None:
    model = small_model(aids__pack=pack, batch_size=8)
    rule = yardstick_of(model)
    known = model.logits(model.generate(model.noise(SAMPLES, SEED))).detach()
    made = model.generate(model.noise(20, 3))
    truth = [(known < logit).double().mean().item() for logit in model.logits(made).detach()]
    assert rule.realness(made).tolist() == pytest.approx(truth, abs=2 / SAMPLES)


def test_realness_of_samples_is_even() -> None:
    model = small_model()
    found = yardstick_of(model).realness(model.generate(model.noise(2000, 4))).sort().values
    even = torch.linspace(0, 1, 2000)
    assert (found - even).abs().max() < 0.07
