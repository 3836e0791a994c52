"""What the view of D shows: its maps' patches and saliency, and its scores."""

import re
from functools import partial

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from ganplay import checkpoint
from ganplay.config import RunConfig
from ganplay.data.faces import ATTRIBUTES, draw_all, people
from ganplay.data.pictures import scaled, shipped_digits
from ganplay.data.strokes import as_digit, decode
from ganplay.figures.explorer_discriminator import OUTSIDE
from ganplay.figures.sheets import coloured
from ganplay.figures.style import REAL
from ganplay.latent import Model, real
from ganplay.latent.model import shipped
from ganplay.latent.saliency import untrained
from ganplay.observe.pictures import pixels
from ganplay.trainer import Trainer
from ganplay.ui.explorer import models
from ganplay.ui.explorer.own_picture import EXAMPLE, FIRST_FACE

from . import explorer
from .conftest import Tab
from .explorer import sent

opened = partial(explorer.opened, view="discriminator")


def own(**fields: object) -> str:
    """The name of a run of small nets that is opened from a file."""
    config = RunConfig().updated({"data.name": "mnist", "batch_size": 8, "latent.dim": 6, **fields})
    return models.hold(checkpoint.dumps(Trainer(config)), "mine")


NETS = {"generator.kind": "dcgan", "generator.hidden": "8,4", "discriminator.kind": "dcgan",
        "discriminator.hidden": "4,8"}  # fmt: skip


def words(tab: Tab) -> str:
    return "\n".join(each.value for each in [*tab.app.markdown, *tab.app.caption, *tab.app.info])


# ---- its maps


def best_patch(model: Model, shown: torch.Tensor, number: int) -> NDArray[np.uint8]:
    """What excites a map of the second layer most, in the digit it is in."""
    with torch.no_grad():
        maps = torch.cat([model.see(part)[1][:, number] for part in torch.split(shown, 100)])
    heights = maps.flatten(1).max(1)
    n = int(heights.values.argmax())
    row, column = divmod(int(heights.indices[n]), 7)
    padded = np.full((28 + 20, 28 + 20, 3), OUTSIDE, np.uint8)
    padded[10:38, 10:38] = coloured(pixels(shown[n : n + 1]), REAL)[0]
    top, left = 4 * row - 3 + 10, 4 * column - 3 + 10
    return padded[top : top + 10, left : left + 10]


def test_the_patches_are_cut_from_real_digits_and_excite_most() -> None:
    tab = opened(d_layer="2", d_map="3")
    sheets = sent(tab)
    header, patches = sheets["patch"]
    assert patches.shape == (8, 10, 10, 3)
    number = (
        int(re.search(r"\*\*Map (\d+) is excited most by these 10×10", words(tab)).group(1)) - 1
    )
    model = shipped("digits")
    shown = real.some(model, 2000)
    assert np.array_equal(patches[0], best_patch(model, shown, number))
    assert set(header["frames"]) == {REAL}
    assert sheets["map"][0]["badges"] == {"3": f"map {number + 1}"}
    assert np.array_equal(sheets["map"][1][3], patches[0])
    fresh = untrained(model, 0)
    others = [best_patch(fresh, shown, number) for number in range(64)]
    control = sheets["patch of random weights"][1][0]
    assert any(np.array_equal(control, each) for each in others)
    for name in ("cause", "cause of random weights"):
        assert sheets[name][1].shape == patches.shape
    assert not np.array_equal(sheets["cause"][1], sheets["cause of random weights"][1])


def test_in_the_first_layer_kernels_are_shown_and_responses_all_over_the_pictures() -> None:
    sheets = sent(opened(model="faces"))
    assert sheets["map"][1].shape == (16, 4, 4, 3)
    assert sheets["patch"][1].shape == (8, 4, 4, 3)
    assert sheets["cause"][1].shape == (8, 16, 16, 3)


def test_another_model_has_other_layers() -> None:
    tab = opened(model="faces", d_layer="3")
    assert sent(tab)["patch"][1].shape[1] == 22
    tab.app.radio(key="explorer:model").set_value("digits").run()
    assert not tab.app.exception
    assert not tab.problem
    assert sent(tab)["patch"][1].shape[1] == 4
    assert tab.address == {"view": "discriminator"}


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ({"d_layer": "3"}, "d_layer: 3 is not allowed; it takes one of 1, 2"),
        ({"d_map": "16"}, "a whole number from 0 to 15"),
        ({"scored": "mine"}, "one of generated, real, own"),
        ({"strokes": "!!"}, "strokes as the pad writes them"),
        ({"model": "faces", "wears": "smile,wings"}, "some of smile,glasses"),
        ({"model": "faces", "wears": ","}, "some of smile,glasses"),
    ],
)
def test_a_wrong_address_is_told(query: dict[str, str], said: str) -> None:
    assert said in opened(**query).problem


def test_few_maps_are_all_of_them() -> None:
    tab = opened(model=own(**NETS), d_map="9")
    header, kernels = sent(tab)["map"]
    assert len(kernels) == 4
    assert list(header["badges"]) == ["3"]


def test_a_perceptron_has_only_a_score_and_one_that_sees_batches_none() -> None:
    fields = {"generator.hidden": "16", "discriminator.hidden": "16"}
    tab = opened(model=own(**fields))
    assert "is a perceptron" in words(tab)
    assert "D gives it the logit" in words(tab)
    tab = opened(model=own(**NETS, **{"discriminator.norm": "batch"}))
    assert "judges a whole batch at once" in words(tab)
    assert not sent(tab)


# ---- its score


def logit_of(picture: torch.Tensor, model: str = "digits") -> float:
    with torch.no_grad():
        return float(shipped(model).logits(picture))


def said(tab: Tab) -> list[float]:
    found = re.search(
        r"logit \*\*(-?[\d.]+)\*\*: more than ([\d.]+)% of generated pictures get, and more than"
        r" ([\d.]+)% of real ones", words(tab),
    )  # fmt: skip
    assert found
    return [float(each) for each in found.groups()]


def test_a_samples_score_stands_among_others() -> None:
    tab = opened(d_shows="score", score_of="5", seed="2")
    model = shipped("digits")
    logit = logit_of(model.generate(model.noise(40, 2)[5:6]))
    fresh = model.generate(model.noise(1500, 12345))
    with torch.no_grad():
        fake = torch.cat([model.logits(part) for part in torch.split(fresh, 100)])
        known = scaled(shipped_digits()[0][::8])
        true = torch.cat([model.logits(part) for part in torch.split(known, 100)])
    shown, above_fake, above_real = said(tab)
    assert shown == pytest.approx(logit, abs=0.006)
    assert above_fake == pytest.approx(100 * float((fake < logit).double().mean()), abs=6)
    assert above_real == pytest.approx(100 * float((true < logit).double().mean()), abs=6)
    assert "At 0 D is undecided" in words(tab)
    assert tab.app.get("plotly_chart")


def test_a_relativistic_d_has_no_zero() -> None:
    tab = opened(model="faces", d_shows="score", scored="real", score_of="1")
    assert "no zero point" in words(tab)
    assert said(tab)[0] == pytest.approx(
        logit_of(real.some(shipped("faces"), 40)[1:2], "faces"), abs=0.006
    )


def test_a_drawing_is_judged_as_mnist_would_have_it() -> None:
    tab = opened(d_shows="score", scored="own")
    picture = scaled(as_digit(decode(EXAMPLE)))[None]
    assert said(tab)[0] == pytest.approx(logit_of(picture), abs=0.006)
    (_, judged) = sent(tab)["judged"]
    assert np.array_equal(judged, coloured(as_digit(decode(EXAMPLE))[None].numpy(), REAL))
    other = opened(d_shows="score", scored="own", strokes="U8Uv")
    assert said(other)[0] == pytest.approx(
        logit_of(scaled(as_digit(decode("U8Uv")))[None]), abs=0.006
    )
    assert other.address["strokes"] == "U8Uv"
    assert "draw or upload one" in words(opened(d_shows="score", scored="own", strokes=""))


def test_a_face_is_put_together() -> None:
    tab = opened(model="faces", d_shows="score", scored="own", face="12", wears="hat,beard")
    has = {name: name in ("hat", "beard") for name in ATTRIBUTES}
    truth = draw_all(people(1, FIRST_FACE + 12, **has)).numpy()
    assert np.array_equal(sent(tab)["judged"][1], truth.transpose(0, 2, 3, 1))
    tab.app.pills(key="explorer:wears").set_value([]).run()
    assert not tab.app.exception
    assert tab.address["wears"] == ""
    bare = draw_all(people(1, FIRST_FACE + 12, **dict.fromkeys(ATTRIBUTES, False))).numpy()
    assert np.array_equal(sent(tab)["judged"][1], bare.transpose(0, 2, 3, 1))
