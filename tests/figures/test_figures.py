"""Every figure for every data set and loss, and for numbers that are not numbers."""

import dataclasses
from collections.abc import Callable
from typing import Any

import numpy as np
import plotly.graph_objects as go
import pytest

from ganplay import figures
from ganplay.config import RunConfig
from ganplay.data import PLANE
from ganplay.figures import style
from ganplay.figures.stage import LONGEST, STRONG
from ganplay.figures.style import GENERATED, VAE, Picture
from ganplay.history import History
from ganplay.losses import LOSSES
from ganplay.metrics.coverage import PERFECT_HQ
from ganplay.snapshot import PlaneSnapshot
from ganplay.trainer import Trainer

OF_SNAPSHOT = {
    "stage": figures.stage,
    "surface": figures.surface,
    "coverage": lambda snapshot: figures.coverage(snapshot.coverage),
}
OF_HISTORY = {
    "losses": figures.losses,
    "gradient_norms": figures.gradient_norms,
    "coverage_over_time": figures.coverage_over_time,
    "evidence": lambda history: figures.evidence(history, ["gap", "EMD"], [0.2]),
}

Checked = Callable[[Picture], dict[str, Any]]
Past = Callable[..., History]

of_history = pytest.mark.parametrize("name", OF_HISTORY)


@pytest.fixture(scope="module")
def seen(small: RunConfig) -> PlaneSnapshot:
    trainer = Trainer(small)
    trainer.advance(3)
    return trainer.snapshot()


def trace(figure: go.Figure, name: str) -> Any:
    (found,) = figure.select_traces({"name": name})
    return found


def test_every_figure_is_tested() -> None:
    elsewhere = {"pictures"}  # in test_pictures.py
    assert OF_SNAPSHOT.keys() | OF_HISTORY.keys() | elsewhere == set(figures.__all__)


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("data", PLANE)
def test_figures_of_every_data_set_and_loss(
    data: str, loss: str, small_on: Callable[[str], RunConfig], checked: Checked
) -> None:
    trainer = Trainer(small_on(data).updated({"loss": loss, "vae.on": loss == "hinge"}))
    history = History()
    for _ in range(3):
        trainer.advance()
        snapshot = trainer.snapshot()
        history = history.with_snapshot(snapshot)
    for draw in OF_SNAPSHOT.values():
        checked(draw(snapshot))
    for draw in OF_HISTORY.values():
        checked(draw(history.with_mark(2, "loss=hinge")))


@pytest.mark.parametrize("name", OF_SNAPSHOT)
@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf, 3.4e38, 0.0])
def test_figures_of_broken_snapshots(
    name: str, value: float, seen: PlaneSnapshot, checked: Checked
) -> None:
    arrays = ("fake", "arrows", "surface")
    broken = {field: np.full_like(getattr(seen, field), value) for field in arrays}
    broken["vae"] = broken["fake"]
    numbers = dict.fromkeys(("loss_d", "loss_g", "norm_d", "norm_g"), value)
    scale = {"scale": (value, value), "loss": "wgan"}
    checked(OF_SNAPSHOT[name](dataclasses.replace(seen, **broken, **numbers, **scale)))


@of_history
@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf, 3.4e38, -3.4e38, 1e-45, 0.0])
def test_figures_of_broken_histories(name: str, value: float, past: Past, checked: Checked) -> None:
    checked(OF_HISTORY[name](past([])))
    checked(OF_HISTORY[name](past([[10, *[value] * 8]])))
    checked(OF_HISTORY[name](past([[10, *[value] * 8], [20, 1, 1, 1, 1, 0.5, 0.5, 1, 1]])))


def test_evidence_has_its_curves_a_line_at_each_bound_and_room_for_both(
    past: Past, checked: Checked
) -> None:
    history = past([[10, *[0.5] * 6, 2.0, 0.1], [20, *[0.5] * 6, 6.5, -0.3]])
    tree = checked(figures.evidence(history, ["near modes", "EMD"], [8.0, 1.0]))
    assert [trace["name"] for trace in tree["data"]] == ["near modes", "EMD"]
    assert [line["y0"] for line in tree["layout"]["shapes"]] == [8.0, 1.0]
    low, high = tree["layout"]["yaxis"]["range"]
    assert low < -0.3
    assert high > 8
    alone = checked(figures.evidence(past([]), ["near modes"], []))
    assert len(alone["data"]) == 1


@pytest.mark.parametrize(("of_vae", "colour"), [(False, GENERATED), (True, VAE)])
def test_evidence_is_in_the_colour_of_what_it_is_about(
    of_vae: bool, colour: str, past: Past, checked: Checked
) -> None:
    tree = checked(figures.evidence(past([]), ["sharpness"], [], of_vae))
    assert tree["data"][0]["line"]["color"] == colour


# ---- the stage


@pytest.mark.parametrize("extent", [0.7, 2.5, 30.0])
def test_stage_shows_the_extent_and_nothing_else(extent: float, seen: PlaneSnapshot) -> None:
    figure = figures.stage(dataclasses.replace(seen, extent=extent)).figure()
    assert figure.layout.xaxis.range == figure.layout.yaxis.range == (-extent, extent)
    assert figure.layout.yaxis.scaleanchor == "x"
    for name in ("D", "undecided"):
        grid = trace(figure, name)
        size = len(seen.surface)
        assert (grid.x0, grid.y0) == (-extent, -extent)
        assert grid.x0 + (size - 1) * grid.dx == pytest.approx(extent)
        assert grid.y0 + (size - 1) * grid.dy == pytest.approx(extent)
        np.testing.assert_array_equal(grid.z, seen.surface)


def test_stage_has_the_points_in_their_colours(seen: PlaneSnapshot) -> None:
    """Those of a VAE too, where there is one."""
    beside = dataclasses.replace(seen, vae=-seen.fake)
    kinds = {
        "real": (seen.real, style.REAL),
        "generated": (seen.fake, style.GENERATED),
        "VAE": (beside.vae, style.VAE),
    }
    figure = figures.stage(beside).figure()
    for name, (points, colour) in kinds.items():
        shown = trace(figure, name)
        np.testing.assert_array_equal(np.stack((shown.x, shown.y), 1), points)
        assert shown.marker.color == colour
    alone = figures.stage(seen).figure()
    assert {t.name for t in figure.data} - {t.name for t in alone.data} == {"VAE"}


@pytest.mark.parametrize("scale", [(0.0, 1.0), (-1.0, 1.0), (4.0, 4.0), (1e9, 1e9)], ids=str)
def test_undecided_line_is_in_the_middle_of_the_verdict(
    scale: tuple[float, float], seen: PlaneSnapshot
) -> None:
    figure = figures.stage(dataclasses.replace(seen, scale=scale)).figure()
    heat, line = trace(figure, "D"), trace(figure, "undecided").contours
    assert heat.zmin < heat.zmax
    assert line.start == line.end == pytest.approx(sum(scale) / 2)
    ticks = heat.colorbar.tickvals
    assert heat.zmin <= min(ticks) < max(ticks) <= heat.zmax
    assert len(ticks) == len(heat.colorbar.ticktext) == 3


def arrows(figure: go.Figure) -> list[np.ndarray]:
    """The drawn arrows: of each its points, the tail first and the tip second."""
    line = trace(figure, "gradients")
    points = np.stack((line.x, line.y), 1)
    gaps = np.flatnonzero(np.isnan(points[:, 0]))
    return [part[~np.isnan(part[:, 0])] for part in np.split(points, gaps)[:-1]]


@pytest.mark.parametrize("size", [0.0, 1e-9, 1.0, 1e9])
@pytest.mark.parametrize("loss", LOSSES)
def test_arrows_point_along_the_gradient_and_have_a_longest_length(
    loss: str, size: float, seen: PlaneSnapshot
) -> None:
    rng = np.random.default_rng(0)
    gradients = (rng.normal(size=seen.arrows.shape) * size).astype(np.float32)
    snapshot = dataclasses.replace(seen, arrows=gradients, loss=loss)
    drawn = arrows(figures.stage(snapshot).figure())
    assert len(drawn) == len(gradients)
    shafts = np.array([arrow[1] - arrow[0] for arrow in drawn])
    tails = np.array([arrow[0] for arrow in drawn])
    lengths = np.linalg.norm(shafts, axis=1)
    np.testing.assert_array_equal(tails, seen.fake[: len(tails)])
    assert lengths.max() <= LONGEST * seen.extent * 1.001
    if size == 1.0:
        along = (shafts * gradients).sum(1) / lengths / np.linalg.norm(gradients, axis=1)
        np.testing.assert_allclose(along, 1, atol=1e-4)
        assert lengths.max() > 0.3 * LONGEST * seen.extent
    if size == 1e-9:  # under fixed targets a vanished gradient is seen to have vanished
        assert (lengths.max() < 1e-6) == (LOSSES[loss].targets is not None)


def test_longer_gradients_have_longer_arrows(seen: PlaneSnapshot) -> None:
    sizes = np.geomspace(0.01, 100, len(seen.arrows), dtype=np.float32)
    gradients = np.stack((sizes, 0 * sizes), 1)
    drawn = arrows(figures.stage(dataclasses.replace(seen, arrows=gradients)).figure())
    lengths = [arrow[1, 0] - arrow[0, 0] for arrow in drawn]
    assert (np.diff(lengths) > 0).all()
    half = np.interp(STRONG, sizes, lengths)
    assert half == pytest.approx(LONGEST * seen.extent / 2, rel=0.01)


def test_surface_is_that_of_the_snapshot(seen: PlaneSnapshot) -> None:
    (shown,) = figures.surface(seen).figure().data
    columns, rows = (
        np.rint((np.array(places) / seen.extent + 1) / 2 * 63).astype(int)
        for places in (shown.x, shown.y)
    )
    np.testing.assert_array_equal(shown.z, seen.surface[np.ix_(rows, columns)])
    assert (shown.cmin, shown.cmax) == seen.scale


# ---- the panels


@of_history
def test_curves_are_the_history_up_to_a_round_number(name: str, past: Past) -> None:
    rows = [[step, 0.5, 0.7, 2.0, 3.0, 0.6, 0.25, 4.0, 5.0] for step in (10, 400, 1800)]
    figure = OF_HISTORY[name](past(rows, ((400, "loss=wgan"),))).figure()
    assert figure.layout.xaxis.range == (0, 2000)
    for curve in figure.data:
        assert list(curve.x) == [10, 400, 1800]
        assert len(set(curve.y)) == 1
        assert curve.y[0] in np.array(rows, np.float32)
    assert any(shape.x0 == shape.x1 == 400 for shape in figure.layout.shapes)


@pytest.mark.parametrize(
    ("values", "range_"),
    [
        ([0.3, 1.2, 1.4], (0, 2)),
        ([1.3, 1.9, 1.96], (0, 5)),
        ([-0.004, 0.0, 0.02], (-0.005, 0.05)),
        ([-3.0, -2.0, -1.0], (-5, 0)),
    ],
    ids=str,
)
def test_losses_lie_between_round_numbers_about_zero(
    values: list[float], range_: tuple[float, float], past: Past
) -> None:
    history = past([[i, value, value, 1, 1, 1, 1] for i, value in enumerate(values)])
    assert figures.losses(history).figure().layout.yaxis.range == pytest.approx(range_)


def test_losses_are_scaled_to_the_present_loss(past: Past) -> None:
    rows = [[step, loss, 0.1, 1, 1, 1, 1] for step, loss in ((10, 300.0), (20, 0.7), (30, 0.8))]
    figure = figures.losses(past(rows, ((10, "seed=1, loss=hinge"), (20, "batch_size=9")))).figure()
    assert figure.layout.yaxis.range == (0, 1)


def test_norms_lie_between_decades(past: Past) -> None:
    history = past([[i, 0, 0, norm, 5e-4, 1, 1] for i, norm in enumerate((0.0, 0.02, 3.0))])
    assert figures.gradient_norms(history).figure().layout.yaxis.range == (-4, 1)


def test_quality_stands_beside_that_of_a_perfect_generator(seen: PlaneSnapshot, past: Past) -> None:
    without = past([[10, 1, 1, 1, 1, np.nan, 0.5]])
    assert len(figures.coverage_over_time(without).figure().data) == 1
    assert not figures.coverage_over_time(without).figure().layout.shapes
    figure = figures.coverage_over_time(History().with_snapshot(seen)).figure()
    assert len(figure.data) == 2
    assert [shape.y0 for shape in figure.layout.shapes] == [PERFECT_HQ]


def test_coverage_shows_shares_beside_fair_ones(seen: PlaneSnapshot) -> None:
    shares = np.array([0.5, 0.3, 0.2, 0])
    fair = np.array([0.4, 0.3, 0.2, 0.1])
    figure = figures.coverage(dataclasses.replace(seen.coverage, shares=shares, fair=fair)).figure()
    bars, line = figure.data
    np.testing.assert_allclose(bars.y, shares, rtol=1e-6)
    assert list(bars.x) == [1, 2, 3, 4]
    np.testing.assert_allclose(line.y.reshape(4, 3)[:, 0], fair, rtol=1e-6)
    assert figure.layout.yaxis.range[1] >= 0.5
