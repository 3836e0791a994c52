"""What a run that makes pictures shows: its sheet as an eye sees it, and the judge's numbers."""

import dataclasses
import itertools
import math
from collections.abc import Callable
from typing import Any

import numpy as np
import plotly.graph_objects as go
import pytest

from ganplay.figures import pictures, style
from ganplay.figures.pictures import EDGE, GAP, ROWS, tiled
from ganplay.figures.style import Picture
from ganplay.history import JUDGED, TOLD, History
from ganplay.metrics.pictures import Verdict
from ganplay.snapshot import PictureSnapshot, VAEView

Checked = Callable[[Picture], dict[str, Any]]
Past = Callable[..., History]

FAIR = np.array([0.11, 0.09, *[0.1] * 8])
FLOOR = Verdict(2000, FAIR, FAIR, 10, 0.002, 0.98, 2.0, 0.9, 0.9, 1.0, 0.95)
SEEN = np.array([0.4, 0.0, 0.3, *[0.3 / 7] * 7])
VERDICT = dataclasses.replace(FLOOR, shares=SEEN, digits=7, confident=0.6, frechet=150.0)

BLOCKS = {
    False: [(9, "fake", style.GENERATED), (1, "real", style.REAL)],
    True: [
        (4, "fake", style.GENERATED),
        (4, "samples", style.VAE),
        (1, "real", style.REAL),
        (1, "reconstructed", style.VAE),
    ],
}
"""The blocks of a sheet without and with a VAE: columns, which pictures, and their ink."""

with_vae = pytest.mark.parametrize("vae", [False, True], ids=["GAN", "GAN and VAE"])


def noise(seed: int, n: int = 100, side: int = 28, colours: int = 1) -> np.ndarray:
    """Pictures of which no two pixels are likely to be alike."""
    return np.random.default_rng(seed).integers(0, 256, (n, colours, side, side), np.uint8)


def snapshot(vae: bool = False, n: int = 100, side: int = 28, colours: int = 1) -> PictureSnapshot:
    made = [noise(seed, n, side, colours) for seed in range(4)]
    beside = VAEView(made[2], made[3], 0.5, 100.0, 1.0) if vae else None
    numbers = {"sharpness": 0.8, "variety": 0.9, "vae": beside, "verdict": VERDICT, "floor": FLOOR}
    return PictureSnapshot(50, 1.0, "wgan", *[0.5] * 5, fake=made[0], real=made[1], **numbers)


def without(s: PictureSnapshot, *names: str) -> PictureSnapshot:
    return dataclasses.replace(s, **dict.fromkeys(names))


def blocks_of(s: PictureSnapshot) -> list[tuple[int, np.ndarray, str, float]]:
    """Columns, pictures, ink and left edge of each block."""
    found, left = [], 0.0
    for columns, name, colour in BLOCKS[s.vae is not None]:
        holder = s if hasattr(s, name) else s.vae
        found.append((columns, getattr(holder, name), colour, left))
        left += columns + GAP
    return found


def looked_at(trace: Any, x: float, y: float) -> int:
    """The level that plotly paints at a place: rows of z go up from y0."""
    column, row = (x - trace.x0) / trace.dx, (y - trace.y0) / trace.dy
    return int(trace.z[round(row)][round(column)])


# ---- the sheet


@pytest.mark.parametrize("side", [28, 32])
@with_vae
def test_the_first_picture_is_at_the_top_left_and_upright(vae: bool, side: int) -> None:
    s = snapshot(vae, side=side)
    figure = pictures.sheet(s).figure()
    low, high = figure.layout.yaxis.range
    assert low < high, "the sheet would hang upside down"
    assert (figure.layout.xaxis.range[0], low, high) == (0, 0, ROWS)
    unit = 1 / (side + EDGE)
    places = [(0, 0), (0, side - 1), (side - 1, 0), (side - 1, side - 1), (3, 17), (20, 5)]
    for trace, (columns, made, _, left) in zip(figure.data, blocks_of(s), strict=True):
        for picture in (0, 1, columns, 5 * columns + columns // 2, ROWS * columns - 1):
            row, column = divmod(picture, columns)
            for down, right in places:
                x = left + column + (EDGE / 2 + right + 0.5) * unit
                y = ROWS - row - (EDGE / 2 + down + 0.5) * unit
                assert looked_at(trace, x, y) == made[picture, 0, down, right]


@with_vae
def test_blocks_lie_side_by_side_and_fill_the_sheet(vae: bool) -> None:
    figure = pictures.sheet(snapshot(vae)).figure()
    ends = []
    for trace in figure.data:
        rows, columns = np.shape(trace.z)
        left = trace.x0 - trace.dx / 2
        ends.append((left, left + columns * trace.dx))
        assert trace.y0 - trace.dy / 2 == pytest.approx(0)
        assert rows * trace.dy == pytest.approx(ROWS)
    for (_, right), (left, _) in itertools.pairwise(ends):
        assert left - right == pytest.approx(GAP)
    assert (ends[0][0], ends[-1][1]) == pytest.approx(figure.layout.xaxis.range)
    assert figure.layout.yaxis.scaleanchor == "x", "pictures have to be square"
    for words, (left, right) in zip(figure.layout.annotations, ends, strict=True):
        assert (words.x, words.y) == (pytest.approx((left + right) / 2), ROWS)
    assert len({words.text for words in figure.layout.annotations}) == len(ends)


@with_vae
def test_each_block_is_in_the_ink_of_its_maker(vae: bool, checked: Checked) -> None:
    s = snapshot(vae)
    tree = checked(pictures.sheet(s))
    for trace, words, (_, _, colour, _) in zip(
        tree["data"], tree["layout"]["annotations"], blocks_of(s), strict=True
    ):
        assert (trace["zmin"], trace["zmax"]) == (0, 255)
        colours = [level[1] for level in trace["colorscale"]]
        assert colours == [style.PAPER, colour, style.INK[colour]]
        light = [luminance(each) for each in colours]
        assert light == sorted(light, reverse=True), "more ink has to be darker"
        assert (light[0] + 0.05) / (light[-1] + 0.05) > 7, "thin strokes would not be seen"
        assert words["font"]["color"] == style.INK[colour]


def luminance(colour: str) -> float:
    """WCAG's relative luminance."""
    parts = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    linear = np.where(parts <= 0.03928, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
    return float(linear @ [0.2126, 0.7152, 0.0722])


@pytest.mark.parametrize("n", [1, 9, 16, 99])
@with_vae
def test_places_without_a_picture_stay_empty(vae: bool, n: int, checked: Checked) -> None:
    s = snapshot(vae, n)
    checked(pictures.sheet(s))
    for trace, (columns, made, _, _) in zip(pictures.sheet(s).traces, blocks_of(s), strict=True):
        shown = int(made[: ROWS * columns].sum())
        assert trace["z"].sum() == shown > 0


def test_colours_are_shown_as_their_mean() -> None:
    s = snapshot(colours=3)
    (first, *_), made = pictures.sheet(s).traces, s.fake[0].astype(int)
    z = first["z"][::-1][EDGE // 2 :, EDGE // 2 :][:28, :28]
    assert z.dtype == np.uint8
    np.testing.assert_array_equal(z, made.sum(0) // 3)


@pytest.mark.parametrize("columns", [1, 4, 9])
def test_tiles_are_what_a_loop_makes_of_them(columns: int) -> None:
    made = noise(0, n=ROWS * columns - 1)[:, 0]
    pitch = 28 + EDGE
    expected = np.zeros((ROWS * pitch, columns * pitch), np.uint8)
    for i, picture in enumerate(made):
        top, left = (pitch * at + EDGE // 2 for at in divmod(i, columns))
        expected[top : top + 28, left : left + 28] = picture
    np.testing.assert_array_equal(tiled(made, columns), expected)


# ---- shares of digits


@pytest.mark.parametrize(
    ("names", "seen", "fair"),
    [
        ((), SEEN, FAIR),
        (("verdict",), np.zeros(10), FAIR),
        (("verdict", "floor"), np.zeros(10), np.full(10, 0.1)),
    ],
    ids=["judged", "not yet", "by nobody"],
)
def test_shares_stand_beside_those_of_real_digits(
    names: tuple[str, ...], seen: np.ndarray, fair: np.ndarray, checked: Checked
) -> None:
    drawn = pictures.shares(without(snapshot(), *names))
    checked(drawn)
    bars, line = drawn.figure().data
    np.testing.assert_allclose(bars.y, seen, rtol=1e-6)
    assert list(bars.x) == list(range(10))
    np.testing.assert_allclose(line.y.reshape(10, 3)[:, 0], fair, rtol=1e-6)
    top = drawn.figure().layout.yaxis.range[1]
    assert top >= seen.max()
    assert top >= 2 * fair.max(), "a fair share is no ceiling"
    assert drawn.layout["meta"]["x_name"] == "digit"
    assert (bars.marker.color, line.line.color) == (style.GENERATED, style.REAL)


# ---- over time


STEPS = [[step, *[0.5] * 4] for step in (100, 200, 300, 400)]


def curve(figure: go.Figure, colour: str, dash: str = "solid") -> dict[float, float]:
    """The points of the one curve of a colour."""
    (found,) = (t for t in figure.data if (t.line.color, t.line.dash) == (colour, dash))
    return {
        step: round(value, 4)
        for step, value in zip(found.x.tolist(), found.y.tolist(), strict=True)
    }


@with_vae
def test_distance_is_where_the_judge_has_spoken(vae: bool, past: Past, checked: Checked) -> None:
    nan = math.nan
    history = past(STEPS, frechet=[nan, 800, nan, 30], vae_frechet=[nan, nan, 90, 7])
    drawn = pictures.distance(snapshot(vae), history)
    tree, figure = checked(drawn), drawn.figure()
    assert curve(figure, style.GENERATED) == {200: 800, 400: 30}
    assert len(figure.data) == 1 + vae
    if vae:
        assert curve(figure, style.VAE) == {300: 90, 400: 7}
    assert tree["layout"]["yaxis"]["type"] == "log"
    low, high = (10**end for end in tree["layout"]["yaxis"]["range"])
    assert low < FLOOR.frechet / 1.2, "the floor would lie on the edge"
    assert high == pytest.approx(1000)
    (line,) = figure.layout.shapes
    assert (line.y0, line.y1, line.line.color) == (FLOOR.frechet, FLOOR.frechet, style.REAL)
    assert (line.x0, line.x1, line.xref) == (0, 1, "paper")


def test_where_nothing_was_judged_there_is_the_floor_alone(past: Past, checked: Checked) -> None:
    drawn = pictures.distance(snapshot(vae=True), past(STEPS))
    tree = checked(drawn)
    assert [len(trace["x"]) for trace in drawn.traces] == [0, 0]
    assert len(tree["layout"]["shapes"]) == 1
    tree = checked(pictures.distance(without(snapshot(), "floor"), past(STEPS)))
    assert not tree["layout"].get("shapes")


def test_marks_are_at_the_steps_of_the_run(past: Past, checked: Checked) -> None:
    """Though the curves have a value only here and there."""
    history = past(STEPS, ((250, "loss=wgan"),), frechet=[math.nan, 800, math.nan, 30])
    for draw in (pictures.distance, pictures.quality):
        tree = checked(draw(snapshot(), history))
        upright = [line for line in tree["layout"]["shapes"] if line["x0"] == line["x1"]]
        assert [line["x0"] for line in upright] == [250]
        assert tree["layout"]["xaxis"]["range"] == [0, 500]


def test_quality_is_of_clear_pictures_and_of_coverage(past: Past, checked: Checked) -> None:
    nan = math.nan
    history = past(STEPS, confident=[nan, 0.4, nan, 0.9], coverage=[nan, 0.1, nan, 0.7])
    drawn = pictures.quality(snapshot(), history)
    tree, figure = checked(drawn), drawn.figure()
    assert curve(figure, style.GENERATED) == {200: 0.4, 400: 0.9}
    assert curve(figure, style.GENERATED, "dot") == {200: 0.1, 400: 0.7}
    assert not tree["layout"].get("shapes")
    assert tree["layout"]["yaxis"]["range"][1] >= 1


def test_beside_a_vae_quality_is_sharpness(past: Past, checked: Checked) -> None:
    history = past(STEPS, sharpness=[1.4, 1.2, 1.1, 1.0], vae_sharpness=[0.1, 0.2, 0.3, 0.5])
    drawn = pictures.quality(snapshot(vae=True), history)
    tree, figure = checked(drawn), drawn.figure()
    assert curve(figure, style.GENERATED) == {100: 1.4, 200: 1.2, 300: 1.1, 400: 1.0}
    assert curve(figure, style.VAE) == {100: 0.1, 200: 0.2, 300: 0.3, 400: 0.5}
    assert [line["y0"] for line in tree["layout"]["shapes"]] == [1.0]
    assert tree["layout"]["yaxis"]["range"][1] > 1.4


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, 3.4e38, 1e-45, 0.0])
@with_vae
def test_figures_of_broken_numbers(vae: bool, value: float, past: Past, checked: Checked) -> None:
    s = snapshot(vae)
    broken = {name: [value] * 4 for name in TOLD}
    verdict = dataclasses.replace(VERDICT, **dict.fromkeys((*JUDGED[:3],), value), digits=0)
    for each in (s, dataclasses.replace(s, verdict=verdict), without(s, "verdict", "floor")):
        for history in (past([]), past(STEPS[:1]), past(STEPS, **broken)):
            checked(pictures.distance(each, history))
            checked(pictures.quality(each, history))
        checked(pictures.shares(each))
    unknown = dataclasses.replace(VERDICT, shares=np.full(10, math.nan), digits=0)
    checked(pictures.shares(dataclasses.replace(s, verdict=unknown)))
