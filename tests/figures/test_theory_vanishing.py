"""The pictures of vanishing gradients: curves, marks, arrows and the numbers that are written."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from scipy.stats import norm

from ganplay.figures import theory_vanishing
from ganplay.figures.style import BLEND, DISCRIMINATOR, GENERATED, GRADIENT, REAL, Picture
from ganplay.history import History
from ganplay.snapshot import AxisSnapshot

Checked = Callable[[Picture], dict[str, Any]]
DISTANCES = (0.0, 0.5, 4.0, 7.0)


def traces(picture: Picture, colour: str) -> list[dict[str, Any]]:
    return [t for t in picture.traces if colour in (t.get("line") or t["marker"]).values()]


def words(tree: dict[str, Any]) -> str:
    return str(tree["layout"]["title"]["text"])


def at(x: float, trace: dict[str, Any]) -> float:
    return float(np.interp(x, trace["x"], trace["y"]))


@pytest.mark.parametrize("d", [0.005, 0.1, 0.5, 0.995])
def test_losses_and_their_slopes(d: float, checked: Checked) -> None:
    known = {
        "losses": (np.log(1 - d), -np.log(d)),
        "slopes": (1 / (1 - d), 1 / d),
        "logit_slopes": (d, 1 - d),
    }
    for name, (minimax, other) in known.items():
        picture = getattr(theory_vanishing, name)(d)
        tree = checked(picture)
        solid, dashed, marks = picture.traces
        assert (solid["name"], dashed["name"]) == ("minimax", "non-saturating")
        assert (solid["line"]["dash"], dashed["line"]["dash"]) == ("solid", "dash")
        for curve, value in ((solid, minimax), (dashed, other)):
            assert at(d, curve) == pytest.approx(value, rel=0.1)  # between two places
        np.testing.assert_allclose(marks["y"], [minimax, other], rtol=1e-6)
        assert solid["line"]["color"] == (BLEND if name == "losses" else GRADIENT)
        if name != "losses":
            assert f"{minimax:.3g}" in words(tree)
    picture = theory_vanishing.ratio(d)
    assert f"D / (1 − D) = {d / (1 - d):.3g}<" in words(checked(picture))
    curve, mark = picture.traces
    assert float(mark["y"][0]) == pytest.approx(d / (1 - d))
    assert at(d, curve) == pytest.approx(d / (1 - d), rel=0.1)


def test_norms_over_the_iterations(past: Callable[..., History], checked: Checked) -> None:
    empty = theory_vanishing.norms(History(), 500), theory_vanishing.course_of_ratio(History(), 500)
    for picture in empty:
        checked(picture)
    nan = [np.nan] * 6
    history = past([[10, *nan, 0.2, 0.2], [20, *nan, 0.02, 0.8]])
    picture = theory_vanishing.norms(history, 500)
    assert checked(picture)["layout"]["xaxis"]["range"] == [0, 500]
    minimax, other = picture.traces
    assert (minimax["name"], minimax["line"]["dash"]) == ("minimax", "solid")
    assert (other["name"], other["line"]["dash"]) == ("non-saturating", "dash")
    np.testing.assert_allclose(minimax["y"], [0.2, 0.02])
    np.testing.assert_allclose(other["y"], [0.2, 0.8])
    picture = theory_vanishing.course_of_ratio(history, 500)
    assert "0.025" in words(checked(picture))
    np.testing.assert_allclose(picture.traces[1]["y"], [1, 0.025], rtol=1e-6)


def learned(distance: float) -> AxisSnapshot:
    """A run whose D is the best and whose critic is twice as steep as allowed."""
    x = np.linspace(-10, 10, 801)
    p, q = norm.pdf(x), norm.pdf(x, distance)
    return AxisSnapshot(
        step=3, seconds=0, loss="wgan", loss_d=0, loss_g=0, norm_d=0, norm_g=0, d_accuracy=1,
        real=np.zeros(1, np.float32), fake=np.zeros(1, np.float32), x=x, p_data=p, p_g=q,
        verdict=7 - 2 * x, logits=x, slopes=x, best=p / (p + q), arrows=np.zeros((1, 2)),
        value=0, jsd=0, w1=0,
    )  # fmt: skip


@pytest.mark.parametrize("distance", DISTANCES)
def test_two_bells_and_d(distance: float, checked: Checked) -> None:
    picture = theory_vanishing.drifting(distance, learned(distance))
    checked(picture)
    (real,) = traces(picture, REAL)
    made, starts = traces(picture, GENERATED)
    for bell, mean in ((real, 0.0), (made, distance)):
        np.testing.assert_allclose(bell["y"], norm.pdf(bell["x"], mean), atol=1e-5)
    (best,) = traces(picture, BLEND)
    x = best["x"].astype(float)
    np.testing.assert_allclose(best["y"], 1 / (1 + norm.pdf(x, distance) / norm.pdf(x)), atol=1e-5)
    (own,) = traces(picture, DISCRIMINATOR)
    np.testing.assert_allclose(own["y"], 7 - 2 * own["x"], atol=1e-5)
    (arrows,) = traces(picture, GRADIENT)
    np.testing.assert_allclose(arrows["x"][0::7], starts["x"])
    best_d = 1 / (1 + norm.pdf(starts["x"], distance) / norm.pdf(starts["x"]))
    lengths = (arrows["x"][0::7] - arrows["x"][1::7]) / theory_vanishing.REACH
    np.testing.assert_allclose(lengths, distance * best_d, atol=1e-5)


@pytest.mark.parametrize("distance", DISTANCES)
def test_a_critic_is_drawn_0_half_way(distance: float, checked: Checked) -> None:
    picture = theory_vanishing.critic(distance, learned(distance))
    checked(picture)
    (best,), (own,) = traces(picture, BLEND), traces(picture, DISCRIMINATOR)
    np.testing.assert_allclose(best["y"], distance / 2 - best["x"], atol=1e-5)
    np.testing.assert_allclose(own["y"], 2 * (distance / 2 - own["x"]), atol=1e-4)
    (arrows,) = traces(picture, GRADIENT)
    np.testing.assert_allclose(
        arrows["x"][0::7] - arrows["x"][1::7], theory_vanishing.REACH, rtol=1e-5
    )


def test_gradients_over_the_distance(checked: Checked) -> None:
    picture = theory_vanishing.gradients(4.0, 0.1, 0.6)
    checked(picture)
    minimax, critic, dots = picture.traces
    assert at(1.0, minimax) == pytest.approx(0.39797, rel=1e-4)
    assert at(7.0, minimax) == pytest.approx(0.00250, rel=1e-2)
    np.testing.assert_array_equal(critic["y"], 1)
    np.testing.assert_allclose(dots["x"], 4)
    np.testing.assert_allclose(dots["y"], [0.1, 0.6])
