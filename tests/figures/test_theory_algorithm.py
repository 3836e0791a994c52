"""The figures of a moment of an algorithm: its samples, D and p_g, now and a line before."""

from dataclasses import replace
from itertools import islice, pairwise

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy.stats import norm

from ganplay.anatomy.algorithm import Moment
from ganplay.anatomy.stepping import play
from ganplay.figures import theory_algorithm as figures
from ganplay.figures.style import DISCRIMINATOR, GENERATED, REAL, Picture
from ganplay.recipes import recipe
from ganplay.theory.mixture import Mixture

DATA = Mixture((1.5,), (0.6,))
PAIRS = [
    pair for name in ("algorithm", "algorithm_wgan") for pair in pairwise(islice(play(recipe(name)), 28))
]  # fmt: skip
every_pair = pytest.mark.parametrize(("before", "now"), PAIRS)


def trace(picture: Picture, name: str) -> dict[str, np.ndarray]:
    (found,) = (each for each in picture.traces if each["name"] == name)
    return found


@every_pair
def test_verdict(before: Moment, now: Moment) -> None:
    for critic in (False, True):
        picture = figures.verdict(before, now, critic)
        assert_allclose(trace(picture, "D")["y"], now.verdict)
        assert_allclose(trace(picture, "a line before")["y"], before.verdict)
        for name, x, y in (
            ("real", now.real, now.says_real),
            ("generated", now.fake, now.says_fake),
        ):
            assert_allclose(trace(picture, name)["x"], x)
            assert_allclose(trace(picture, name)["y"], y)
        low, high = picture.layout["yaxis"]["range"]
        assert (low < 0 and high > 1) if not critic else (low < -4 and high > 4)


@every_pair
def test_densities(before: Moment, now: Moment) -> None:
    picture = figures.densities(before, now, DATA)
    for name, moment in (("p_g", now), ("a line before", before)):
        a, b = moment.generator
        assert_allclose(
            trace(picture, name)["y"], norm(b, abs(a)).pdf(moment.x), rtol=1e-9, atol=1e-300
        )
    assert_allclose(trace(picture, "p_data")["y"], norm(1.5, 0.6).pdf(now.x), rtol=1e-9)


@every_pair
def test_mapping(before: Moment, now: Moment) -> None:
    picture = figures.mapping(now)
    lines = np.stack((trace(picture, "G")["x"], trace(picture, "G")["y"]), 1).reshape(-1, 3, 2)
    assert_allclose(lines[:, 0], np.stack((now.z, 0 * now.z), 1))
    assert_allclose(lines[:, 1], np.stack((now.fake, 0 * now.z + 1), 1))
    a, b = now.generator
    assert_allclose(lines[:, 1, 0], a * lines[:, 0, 0] + b)


def test_axes_stay_and_colours_mean_the_same() -> None:
    ranges = set()
    for before, now in PAIRS:
        pictures = (
            figures.verdict(before, now, True),
            figures.densities(before, now, DATA),
            figures.mapping(now),
        )
        ranges |= {
            (tuple(p.layout["xaxis"]["range"]), tuple(p.layout["yaxis"]["range"])) for p in pictures
        }
        for picture in pictures:
            for each in picture.traces:
                colour = (each.get("marker") or each["line"])["color"]
                wanted = {
                    "real": REAL,
                    "p_data": REAL,
                    "generated": GENERATED,
                    "p_g": GENERATED,
                    "D": DISCRIMINATOR,
                }
                assert colour == wanted.get(each["name"], colour)
    assert len(ranges) == 3
    figures.verdict(*PAIRS[5], True).figure()
    figures.densities(*PAIRS[5], DATA).figure()
    figures.mapping(PAIRS[5][1]).figure()


def test_a_generator_that_makes_one_point_is_drawn() -> None:
    flat = replace(PAIRS[0][1], generator=np.array([0.0, 1.0]))
    made = figures.densities(flat, flat, DATA)
    assert np.isfinite(trace(made, "p_g")["y"]).all()
    assert trace(made, "p_g")["y"].max() > 100
