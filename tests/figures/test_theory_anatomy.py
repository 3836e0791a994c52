"""Pictures of the parts of the game, for every data set and loss and for numbers that are not numbers."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from numpy.testing import assert_allclose

from ganplay.anatomy.moments import Parts
from ganplay.anatomy.trace import parts
from ganplay.config import RunConfig
from ganplay.data import PLANE
from ganplay.figures.style import Picture
from ganplay.figures.theory_anatomy import ARROWS, BINS, EVERY, PICTURES, Scene
from ganplay.history import History
from ganplay.losses import LOSSES
from ganplay.trainer import Trainer

Checked = Callable[[Picture], dict[str, Any]]


def scene(config: RunConfig, iterations: int = 3) -> Scene:
    trainer = Trainer(config)
    trainer.advance(iterations)
    s = trainer.snapshot()
    history = History().with_snapshot(s)
    return Scene(parts(trainer), s.loss, s.extent, s.scale, history, s.step, (1.0, 0.5), 3.0)


@pytest.fixture(scope="module")
def seen(small: RunConfig) -> Scene:
    return scene(small)


def trace(picture: Picture, name: str) -> dict[str, Any]:
    (found,) = [each for each in picture.traces if each.get("name") == name]
    return found


@pytest.mark.parametrize(
    ("data", "loss"), [*((data, "wgan") for data in PLANE), *(("ring", loss) for loss in LOSSES)]
)
def test_every_part_of_every_game(
    data: str, loss: str, small_on: Callable[[str], RunConfig], checked: Checked
) -> None:
    found = scene(small_on(data).updated({"loss": loss}))
    for name, draw in PICTURES.items():
        picture = draw(found)
        checked(picture)
        assert picture.traces, name
        for each in picture.traces:
            assert isinstance(each["x"] if "x" in each else each["z"], np.ndarray)


@pytest.mark.parametrize("name", PICTURES)
@pytest.mark.parametrize("value", [np.nan, np.inf, 1e30])
def test_numbers_that_are_none_are_left_out(
    name: str, value: float, seen: Scene, checked: Checked
) -> None:
    broken = Parts(**{n: np.full_like(v, value) for n, v in vars(seen.parts).items()})
    broken = replace(broken, grid=seen.parts.grid)
    checked(PICTURES[name](replace(seen, parts=broken, now=(np.nan, np.nan))))


def test_the_bars_count_every_point_once(seen: Scene) -> None:
    picture = PICTURES["predictions"](seen)
    for name, says in (("real", seen.parts.says_real), ("generated", seen.parts.says_fake)):
        bars = trace(picture, name)
        assert len(bars["y"]) == BINS
        assert_allclose(bars["y"].sum(), 1, rtol=1e-6)
        # each bar lies where its points do
        share = np.array([np.mean(np.abs(says - x) <= bars["width"] / 2) for x in bars["x"]])
        assert_allclose(bars["y"], share, atol=1e-6)


@pytest.mark.parametrize("loss", LOSSES)
def test_verdicts_beyond_the_axis_are_counted_at_its_ends(loss: str, seen: Scene) -> None:
    far = replace(seen.parts, says_real=np.full(10, 1e6, np.float32))
    targets = LOSSES[loss].targets or (-3.0, -1.4)
    picture = PICTURES["predictions"](replace(seen, parts=far, loss=loss, scale=targets))
    assert trace(picture, "real")["y"].tolist() == [0] * (BINS - 1) + [1]
    low, high = picture.layout["xaxis"]["range"]
    assert low <= targets[0] < targets[1] <= high


def test_a_critic_keeps_its_axis_while_its_scale_drifts_a_little(seen: Scene) -> None:
    ranges = [
        PICTURES["predictions"](replace(seen, loss="wgan", scale=scale)).layout["xaxis"]["range"]
        for scale in ((5.0, 6.1), (5.05, 6.15), (5.0, 6.3))
    ]
    assert ranges[0] == ranges[1] == ranges[2] == [4, 8]


def test_the_grid_is_drawn_line_by_line(seen: Scene) -> None:
    line = trace(PICTURES["generator"](seen), "grid")
    gaps = np.flatnonzero(np.isnan(line["x"]))
    count = len(seen.parts.warp)
    assert len(gaps) == 2 * len(range(0, count, EVERY))
    assert_allclose(line["x"][:count], seen.parts.warp[0, :, 0])
    assert_allclose(line["y"][-count - 1 : -1], seen.parts.warp[:, -1, 1])


def test_noise_of_one_number_is_a_line(small: RunConfig, checked: Checked) -> None:
    found = scene(small.updated({"latent.dim": 1}))
    picture = PICTURES["noise"](found)
    checked(picture)
    assert_allclose(trace(picture, "noise")["x"], found.parts.z[:, 0])
    assert not trace(picture, "noise")["y"].any()
    assert np.isnan(trace(PICTURES["generator"](found), "grid")["x"]).sum() == 1


def test_arrows_start_at_the_points_they_are_of(seen: Scene) -> None:
    line = trace(PICTURES["gradients"](seen), "gradients")
    starts = np.stack((line["x"], line["y"]), 1).reshape(ARROWS, 6, 2)
    assert_allclose(starts[:, 0], seen.parts.tails[:ARROWS], rtol=1e-6)
    ways = starts[:, 1] - starts[:, 0]
    assert ((ways * seen.parts.arrows[:ARROWS]).sum(1) > 0).all()


def test_the_losses_of_the_batch_are_dots_at_their_iteration(seen: Scene) -> None:
    picture = PICTURES["losses"](replace(seen, step=3, now=(1.25, 0.5)))
    for name, value in (("D", 1.25), ("G", 0.5)):
        dot = trace(picture, f"{name}, this batch")
        assert (dot["x"].tolist(), dot["y"].tolist()) == ([3], [value])
        assert dot["marker"]["color"] == trace(picture, name)["line"]["color"]


def test_the_undecided_line_lies_half_way(seen: Scene) -> None:
    picture = PICTURES["discriminator"](replace(seen, scale=(-2.0, 6.0)))
    assert trace(picture, "undecided")["contours"]["start"] == 2.0
    assert (trace(picture, "D")["zmin"], trace(picture, "D")["zmax"]) == (-2, 6)
    flat = PICTURES["discriminator"](replace(seen, scale=(1.0, 1.0)))
    assert trace(flat, "D")["zmin"] < trace(flat, "D")["zmax"]
