"""What the views of ways between samples and of walks through z show, and what their address says."""

import time

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from ganplay import checkpoint
from ganplay.config import RunConfig
from ganplay.figures.sheets import coloured
from ganplay.latent import Model
from ganplay.latent.coordinates import principal, quantile
from ganplay.latent.model import shipped
from ganplay.latent.paths import path, spherical
from ganplay.observe.pictures import pixels
from ganplay.trainer import Trainer
from ganplay.ui import address
from ganplay.ui.explorer import models
from ganplay.ui.explorer.along import NUMBER

from .explorer import opened, sent


def made(model: Model, z: torch.Tensor) -> NDArray[np.int16]:
    return coloured(pixels(model.generate(z))).astype(np.int16)


def same(shown: NDArray[np.uint8], truth: NDArray[np.int16]) -> bool:
    """Whether pictures are alike but for rounding."""
    return bool(np.abs(shown.astype(np.int16) - truth).max() <= 2)


def own(**fields: object) -> str:
    """The name of a model of one's own."""
    nets = {"generator.hidden": "16", "discriminator.hidden": "16", "data.name": "mnist"}
    config = RunConfig().updated({**nets, "batch_size": 8, "latent.dim": 6, **fields})
    return models.hold(checkpoint.dumps(Trainer(config)), "mine")


# ---- between


def test_a_strip_leads_through_the_anchors_along_each_way() -> None:
    tab = opened(model="faces", anchors="4,7,2", seed="5")
    model = shipped("faces")
    z = model.noise(40, 5)[[4, 7, 2]]
    header, shown = sent(tab)["picture on the way"]
    assert header["columns"] == 9
    assert same(shown[9:18], made(model, path(z, 4, spherical)))
    ends = made(model, z)
    for row in range(3):
        assert same(shown[9 * row : 9 * row + 9 : 4], ends)
    mean = (ends[0] + ends[1]) / 2
    assert np.abs(shown[18 + 2] - mean).max() <= 2
    assert header["badges"] == {
        str(9 * row + 4 * n): str(n + 1) for row in range(3) for n in range(3)
    }
    assert sent(tab)["sample"][0]["badges"] == {"4": "1", "7": "2", "2": "3"}
    assert [head.partition("\n")[0] for head in header["heads"]] == [
        "Linear", "Spherical", "Pixel cross-fade"
    ]  # fmt: skip


def test_a_film_goes_back_to_where_it_began() -> None:
    tab = opened(model="digits", shape="film", way="spherical", anchors="4,7")
    header, shown = sent(tab)["loop through the anchors"]
    model = shipped("digits")
    z = model.noise(40, 0)[[4, 7]]
    assert header["lanes"] == ["Spherical", "Pixel cross-fade"]
    assert len(shown) == 2 * 48
    assert same(shown[[0, 24]], made(model, z))
    assert same(shown[:25], made(model, path(z, 24, spherical)))
    assert same(shown[:48][1:][::-1], made(model, path(z, 24, spherical, closed=True))[1:])
    assert header["marks"] == {"0": "1", "24": "2", "47": "1"}


def test_a_grid_completes_its_corners() -> None:
    tab = opened(model="faces", shape="grid", anchors="1,9")
    assert sent(tab)["sample"][0]["badges"] == {"1": "1", "9": "2", "0": "(3)", "2": "(4)"}
    _, (whole,) = sent(tab)["grid: Linear"]
    corners = np.stack([whole[:32, :32], whole[:32, -32:], whole[-32:, :32], whole[-32:, -32:]])
    model = shipped("faces")
    assert same(corners, made(model, model.noise(40, 0)[[1, 9, 0, 2]]))


@pytest.mark.parametrize("anchors", ["", "6", "6,6", "0,1,2,3,4,5,6,7"])
@pytest.mark.parametrize("shape", ["strip", "film", "grid"])
def test_any_number_of_anchors_is_shown(anchors: str, shape: str) -> None:
    tab = opened(model="digits", shape=shape, anchors=anchors)
    assert not tab.problem
    assert len(sent(tab)) >= 2


def test_other_anchors_at_random_and_none() -> None:
    tab = opened(model="digits", anchors="4,7,2")
    (surprise,) = [b for b in tab.app.button if b.label == "Surprise me"]
    surprise.click()
    tab.update()
    chosen = tab.address["anchors"].split(",")
    assert len(set(chosen)) == 3
    (over,) = [b for b in tab.app.button if b.label == "Start over"]
    over.click()
    tab.update()
    assert tab.address["anchors"] == ""
    assert sent(tab)["sample"][0]["badges"] == {"0": "(1)", "1": "(2)"}


# ---- walk


def test_the_map_shows_exactly_the_place_in_the_address() -> None:
    tab = opened(model="faces", view="walk", spot="1.25,-0.5", right="3", up="1", start="6")
    header, shown = sent(tab)["map of pictures"]
    model = shipped("faces")
    vectors = principal(model).vectors
    z = model.noise(40, 0)[6]
    goal = z + (1.25 - vectors[2] @ z) * vectors[2] + (-0.5 - vectors[0] @ z) * vectors[0]
    assert header["place"] == [1.25, -0.5]
    assert header["across"] ** 2 + 1 == len(shown)
    assert same(shown[-1:], made(model, goal[None]))
    length = np.hypot(header["middle"], np.hypot(*header["place"]))
    assert length == pytest.approx(float(goal.norm()), abs=1e-3)
    assert header["badges"]["start"] == pytest.approx((vectors[[2, 0]] @ z).tolist(), abs=1e-4)


def test_three_samples_stand_on_their_map() -> None:
    tab = opened(model="faces", view="walk", plane="samples", three="3,8,1")
    header, shown = sent(tab)["map of pictures"]
    model = shipped("faces")
    z = model.noise(40, 0)[[3, 8, 1]]
    assert same(shown[-1:], made(model, z[:1]))
    places = np.array([header["badges"][name] for name in "123"])
    gaps = np.linalg.norm(places - np.roll(places, 1, 0), axis=1)
    np.testing.assert_allclose(gaps, (z - z.roll(1, 0)).norm(dim=1), rtol=1e-4)
    assert header["place"] == pytest.approx(places[0])
    assert 0 < header["ring"] < header["reach"]


def test_the_two_axes_of_a_map_differ() -> None:
    tab = opened(model="faces", view="walk", right="3", up="3")
    assert tab.address["up"] == "1"
    tab.app.selectbox(key="explorer:right").set_value(1)
    tab.update()
    assert sent(tab)["map of pictures"][0]["axes"] == ["direction 1", "direction 2"]


def test_strips_lead_along_directions_from_the_sample() -> None:
    tab = opened(model="digits", view="walk", walk="directions", start="2")
    header, shown = sent(tab)["picture along a direction"]
    model = shipped("digits")
    direction, z = principal(model).vectors[1], model.noise(40, 0)[2]
    values = torch.linspace(-3, 3, 11)[:, None]
    truth = made(model, z + (values - direction @ z) * direction)
    assert same(shown[11:22], truth)
    assert len(header["heads"]) == NUMBER + 1
    assert header["heads"][-1].startswith("A random direction")


def test_sliders_set_chances_along_directions() -> None:
    tab = opened(model="faces", view="walk", walk="sliders")
    model = shipped("faces")
    z = model.noise(40, 0)[0]
    assert same(sent(tab)["picture of the sliders"][1], made(model, z[None]))
    tab.app.slider[1].set_value(0.9)
    tab.update()
    vectors = principal(model).vectors[:NUMBER]
    written = [float(each) for each in tab.address["chances"].split(",")]
    assert written[1] == 0.9
    values = vectors @ z
    values[1] = quantile(model.config.latent, 0.9)
    goal = z + (values - vectors @ z) @ vectors
    assert same(sent(tab)["picture of the sliders"][1], made(model, goal[None]))
    (back,) = [b for b in tab.app.button if b.label == "As the sample"]
    back.click()
    tab.update()
    assert "chances" not in tab.address


@pytest.mark.parametrize(
    ("prior", "value"), [("normal", 0.6745), ("uniform", 0.5), ("student_t", 0.8165)]
)
def test_sliders_set_numbers_of_z_by_the_inverse_cdf_of_the_prior(prior: str, value: float) -> None:
    name = own(**{"latent.prior": prior})
    tab = opened(model=name, view="walk", walk="sliders", basis="coordinates", numbers="4,1",
                 chances="0.75,0.5")  # fmt: skip
    model = models.found(name)
    z = model.noise(40, 0)[0].clone()
    z[4], z[1] = value, 0.0
    assert same(sent(tab)["picture of the sliders"][1], made(model, z[None]))
    assert tab.app.slider[0].label.endswith(f"(0.75) = {value:.2f}")


def test_other_numbers_of_z_forget_their_chances() -> None:
    tab = opened(model="faces", view="walk", walk="sliders", basis="coordinates", chances="0.5",
                 numbers="2")  # fmt: skip
    tab.app.multiselect[0].set_value([2, 9])
    tab.update()
    assert tab.address["numbers"] == "2,9"
    assert "chances" not in tab.address
    tab.app.multiselect[0].set_value([])
    tab.update()
    assert "numbers" not in tab.address
    assert len(tab.app.slider) == NUMBER


def test_where_numbers_of_z_hang_together_there_are_no_sliders() -> None:
    tab = opened(model=own(**{"latent.prior": "one_hot_mixture"}), view="walk", walk="sliders")
    assert not tab.app.slider
    assert "not independent" in tab.app.info[0].value


def test_a_single_number_is_no_plane() -> None:
    tab = opened(model=own(**{"latent.dim": 1}), view="walk")
    assert "single number" in tab.app.info[0].value


# ---- the address


def test_a_choice_holds_while_the_browser_is_still_at_the_address_before() -> None:
    tab = opened(model="faces", view="walk", walk="sliders")
    for value in (0.3, 0.4, 0.5):
        late = dict(tab.address)
        tab.app.slider[0].set_value(value)
        tab.update()
        tab.app.query_params.clear()
        tab.app.query_params.update(late)
    tab.update()
    assert tab.app.slider[0].value == 0.5
    assert tab.address["chances"].startswith("0.5,")


def test_an_address_from_long_ago_is_a_new_one(monkeypatch: pytest.MonkeyPatch) -> None:
    tab = opened(model="faces", view="walk", walk="sliders", chances="0.3")
    old = {**tab.address, "start": "7"}
    for start in ("8", "9"):
        tab.app.query_params["start"] = start
        tab.update()
    assert tab.address["start"] == "9"
    tab.app.query_params["start"] = old["start"]
    tab.update()
    assert tab.address["start"] == "7"
    late = time.monotonic() + address.LAG + 1
    monkeypatch.setattr(time, "monotonic", lambda: late)
    tab.app.query_params["start"] = "9"
    tab.update()
    assert tab.address["start"] == "9"
