"""What the pictures of maximum likelihood show."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from ganplay.figures import theory_likelihood as figures
from ganplay.figures.style import ATTENTION, Picture
from ganplay.theory.bands import Bands
from ganplay.theory.divergences import cross_entropy, entropy, kl, negative_log_likelihood
from ganplay.theory.mixture import Mixture

Checked = Callable[[Picture], dict[str, Any]]

P, Q = Mixture((-1.0,), (0.8,)), Mixture((0.6,), (1.0,))
SAMPLES = P.sample(60, np.random.default_rng(1))
MEANS = np.array([-2.0, -1.0, 0.0, 0.6])


def named(picture: Picture, name: str) -> list[dict[str, Any]]:
    return [trace for trace in picture.traces if trace["name"] == name]


def test_samples_lie_on_the_ground_and_those_excluded_stand_out(checked: Checked) -> None:
    picture = figures.with_samples(P, Q, SAMPLES)
    checked(picture)
    np.testing.assert_array_equal(named(picture, "samples")[0]["x"], SAMPLES)
    assert "excludes" not in picture.layout["title"]["text"]
    band = figures.with_samples(P, Bands((-1.0,), (0.5,)), SAMPLES)
    (excluded,) = named(band, "excluded")
    np.testing.assert_array_equal(excluded["x"], SAMPLES[np.abs(SAMPLES + 1) >= 0.5])
    assert excluded["marker"]["color"] == ATTENTION
    assert f"excludes: {len(excluded['x'])}" in band.layout["title"]["text"]


def test_curves_over_the_mean(checked: Checked) -> None:
    family = [Mixture((mean,), (1.0,)) for mean in MEANS.tolist()]
    picture = figures.over_means(P, MEANS, family, 0.6, SAMPLES)
    checked(picture)
    (curve,), (limit,), (mark,) = (named(picture, name) for name in ("samples", "limit", "q"))
    np.testing.assert_allclose(
        curve["y"], [negative_log_likelihood(each, SAMPLES) for each in family]
    )
    np.testing.assert_allclose(limit["y"], [entropy(P) + kl(P, each) for each in family])
    assert (mark["x"], mark["y"]) == ([0.6], [curve["y"][-1]])
    assert not picture.layout["annotations"]


@pytest.mark.parametrize(
    ("reach", "told"), [(5.0, []), (2.6, ["∞ where there is no curve"]),
                        (0.5, ["∞ for each mean of q, at this width"])],
)  # fmt: skip
def test_where_the_likelihood_is_0_it_is_told(reach: float, told: list[str]) -> None:
    p = Bands((-1.0,), (2.0,))
    samples = p.sample(60, np.random.default_rng(1))
    family = [Bands((mean,), (reach,)) for mean in MEANS.tolist()]
    picture = figures.over_means(p, MEANS, family, 0.6, samples)
    assert [note["text"] for note in picture.layout["annotations"]] == told
    (curve,) = named(picture, "samples")
    held = [np.abs(samples - mean).max() < reach for mean in MEANS]
    np.testing.assert_allclose(curve["y"], np.where(held, np.log(2 * reach), np.nan))


def test_the_exact_bar_stands_on_the_entropy(checked: Checked) -> None:
    picture = figures.two_sums(P, Q, SAMPLES)
    checked(picture)
    own, base, rest = picture.traces
    assert own["y"] == pytest.approx([negative_log_likelihood(Q, SAMPLES)])
    assert base["y"] == pytest.approx([entropy(P)])
    assert (rest["base"], rest["y"]) == (pytest.approx(entropy(P)), pytest.approx([kl(P, Q)]))
    own_text, text = (note["text"] for note in picture.layout["annotations"])
    assert text == f"<b>{cross_entropy(P, Q):.3f}</b>"
    assert own_text == f"<b>{negative_log_likelihood(Q, SAMPLES):.3f}</b>"


def test_an_infinite_bar_ends_in_an_arrow() -> None:
    picture = figures.two_sums(P, Bands((0.0,), (0.5,)), SAMPLES)
    assert [note["text"] for note in picture.layout["annotations"]] == ["↑<br><b>∞</b>"] * 2
    assert all(trace.get("base", 0) + trace["y"][0] <= figures.MOST for trace in picture.traces)
