"""The figures of the same game twice: what is drawn is what was given, and the arrows point down C."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from numpy.testing import assert_allclose

from ganplay.figures import theory_convergence as figures
from ganplay.figures.style import GRADIENT, REAL, Picture
from ganplay.history import History
from ganplay.losses import LOSSES
from ganplay.recipes import recipe
from ganplay.snapshot import AxisSnapshot
from ganplay.theory.functional import Path, growth
from ganplay.theory.game import FLOOR, best_discriminator
from ganplay.trainer import Trainer


@pytest.fixture(scope="module")
def trainer() -> Trainer:
    made = Trainer(recipe("convergence").updated({"seed": 0}))
    made.advance(60)
    return made


@pytest.fixture(scope="module")
def snapshot(trainer: Trainer) -> AxisSnapshot:
    seen = trainer.snapshot()
    assert isinstance(seen, AxisSnapshot)
    return seen


def trace(picture: Picture, name: str) -> dict[str, np.ndarray]:
    (found,) = (each for each in picture.traces if each["name"] == name)
    return found


def tails_and_tips(picture: Picture) -> tuple[np.ndarray, np.ndarray]:
    line = trace(picture, "slope")
    assert line["line"]["color"] == GRADIENT
    points = np.stack((line["x"], line["y"]), 1).reshape(-1, 6, 2)
    return points[:, 0], points[:, 1]


def test_density_is_drawn_with_the_best_d_and_how_it_grows(snapshot: AxisSnapshot) -> None:
    s = snapshot
    q = Path(s.x, s.p_data, s.p_g, 0.5).at(3)[0]
    rates = growth(s.p_data, q)
    picture = figures.of_density(s.x, s.p_data, q, rates)
    picture.figure()
    assert_allclose(trace(picture, "p_g")["y"], q)
    assert_allclose(trace(picture, "p_data")["y"], s.p_data)
    assert_allclose(trace(picture, "D*")["y"], best_discriminator(s.p_data, q))
    tails, tips = tails_and_tips(picture)
    assert_allclose(tails[:, 0], tips[:, 0], atol=1e-6)
    assert_allclose(tails[:, 1], q[:: figures.EVERY], atol=1e-5)
    ups, wanted = tips[:, 1] - tails[:, 1], rates[:: figures.EVERY]
    told = np.abs(wanted) > 1e-2
    assert (np.sign(ups[told]) == np.sign(wanted[told])).all()
    assert {-1, 1} <= set(np.sign(wanted[told]))
    assert np.abs(ups).max() * figures.ASPECT <= figures.LONGEST


def test_net_is_drawn_with_the_push_of_its_loss(snapshot: AxisSnapshot) -> None:
    """Arrows along x as autograd has -d(loss of G)/dx, here of a D with the logit 3 sin x."""
    loss = LOSSES[snapshot.loss]
    z = np.linspace(-2, 2, 21)
    s = replace(
        snapshot,
        verdict=loss.value(torch.from_numpy(3 * np.sin(snapshot.x))).numpy(),
        slopes=3 * np.cos(snapshot.x),
        arrows=np.stack((z, 1.7 * z), 1),
    )
    picture = figures.of_net(s)
    picture.figure()
    assert_allclose(trace(picture, "D")["y"], s.verdict)
    assert_allclose(trace(picture, "D*")["y"], s.best)
    assert_allclose(trace(picture, "p_g")["y"], s.p_g)
    tails, tips = tails_and_tips(picture)
    assert_allclose(tails[:, 0], 1.7 * z, atol=1e-6)
    assert_allclose(tails[:, 1], tips[:, 1], atol=1e-6)
    x = torch.from_numpy(1.7 * z).requires_grad_()
    (slope,) = torch.autograd.grad(loss.g_fake.value(3 * x.sin()).sum(), x)
    push = -slope.numpy()
    longest = figures.LONGEST * push / (np.abs(push) + figures.STRONG)
    assert_allclose(tips[:, 0] - tails[:, 0], longest, atol=2e-3)
    assert np.ptp(longest) > 1


def test_values_go_from_the_common_start(trainer: Trainer, snapshot: AxisSnapshot) -> None:
    start = -0.05
    history = History().with_snapshot(snapshot)
    exact = Path(snapshot.x, snapshot.p_data, snapshot.p_g, 0.1).at(60)[1]
    picture = figures.values(exact, history, start)
    picture.figure()
    itself, net, floor = picture.traces
    assert_allclose(itself["x"], np.arange(61))
    assert_allclose(itself["y"], exact, rtol=1e-6)
    assert_allclose(net["x"], [0, 60])
    assert_allclose(net["y"], [start, snapshot.best_value], rtol=1e-6)
    (line,) = (shape for shape in picture.layout["shapes"] if shape["line"]["color"] == REAL)
    assert line["y0"] == line["y1"] == FLOOR
    low, high = picture.layout["yaxis"]["range"]
    assert low < FLOOR
    assert high > 0
    assert f"{snapshot.best_value:.3f}".replace("-", "−") in picture.layout["title"]["text"]
    assert floor["line"]["color"] == REAL
