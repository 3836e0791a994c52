"""What the views of feature maps and of how a picture grows show, and what their address says."""

import base64
import re

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from ganplay import checkpoint
from ganplay.config import RunConfig
from ganplay.figures.sheets import coloured, shaded
from ganplay.figures.style import ATTENTION
from ganplay.latent import ablation
from ganplay.latent.growing import EXAMPLE
from ganplay.latent.model import shipped
from ganplay.observe.pictures import pixels
from ganplay.trainer import Trainer
from ganplay.ui.explorer import models

from .conftest import Tab
from .explorer import Sent, all_sent, opened


def sent(tab: Tab, name: str) -> list[Sent]:
    """The headers and pictures of the sheets of what is called so."""
    return [each for each in all_sent(tab) if each[0]["name"] == name]


def html(tab: Tab) -> list[str]:
    return [element.proto.body for element in tab.app.get("html")]


def same(shown: NDArray[np.uint8], truth: NDArray[np.uint8]) -> bool:
    """Whether pictures are alike but for rounding."""
    return bool(np.abs(shown.astype(int) - truth.astype(int)).max() <= 2)


def own(**fields: object) -> str:
    """The name of a model of one's own."""
    nets = {"generator.kind": "dcgan", "generator.hidden": "8,4", "discriminator.hidden": "16"}
    known = {**nets, "data.name": "mnist", "batch_size": 8, "latent.dim": 6}
    return models.hold(checkpoint.dumps(Trainer(RunConfig().updated(known | fields))), "mine")


PERCEPTRON = {"generator.kind": "mlp", "generator.hidden": "16"}


# ---- maps, by hand


@torch.no_grad()
def test_maps_that_are_off_are_missing_in_all_samples_and_the_others_are_shown() -> None:
    off = {0: (5, 9), 1: (2,)}
    tab = opened(model="faces", view="maps", seed="3", layer="2", mapped="4", off1="5,9", off2="2")
    model = shipped("faces")
    z = model.noise(40, 3)[:16]

    def zeroed(layer: int, maps: torch.Tensor) -> torch.Tensor:
        keep = torch.ones(maps.shape[1])
        keep[list(off.get(layer, ()))] = 0
        return maps * keep[:, None, None]

    before, after = (coloured(pixels(model.grow(z, c)[-1])) for c in (None, zeroed))
    (header, strip), (_, pair) = sent(tab, "sample")[0], sent(tab, "picture")[0]
    assert same(strip, np.concatenate([before, after]))
    assert not same(before, after)
    assert header["badges"] == {"4": "✓"}
    assert same(pair, np.stack([before[4], after[4]]))

    header, shown = sent(tab, "map")[0]
    first = {0: off[0]}
    own_maps = model.grow(z, lambda i, m: zeroed(i, m) if i in first and i == 0 else m)[1][4]
    assert same(shown, shaded(own_maps.numpy(), float(own_maps.max()) / 2))
    assert header["badges"] == {"2": "off"}
    assert [n for n, f in enumerate(header["frames"]) if f == ATTENTION] == [2]
    assert sent(tab, "picture")[0][0]["heads"] == ["Before and after\n3 maps off"]


def test_buttons_switch_the_strongest_off_and_all_on() -> None:
    tab = opened(model="digits", view="maps", off2="3")
    tab.press("maps:some")
    model = shipped("digits")
    maps = model.grow(model.noise(40, 0)[:1])[0][0].detach()
    strongest = maps.square().mean((1, 2)).argsort(descending=True)[:8].tolist()
    assert tab.address["off1"] == ",".join(map(str, strongest))
    assert tab.address["off2"] == "3"
    tab.press("maps:on")
    assert not {"off1", "off2"} & tab.address.keys()
    (before, after) = np.split(sent(tab, "sample")[0][1], 2)
    assert (before == after).all()


def test_maps_that_another_model_lacks_are_on_again() -> None:
    tab = opened(model="faces", view="maps", off1="127", off2="3", layer="3")
    tab.app.radio(key="explorer:model").set_value("digits")
    tab.update()
    assert not tab.problem
    assert {k: v for k, v in tab.address.items() if k.startswith("off")} == {"off2": "3"}


@pytest.mark.parametrize("fields", [
    {"generator.hidden": "1,1"}, {"generator.hidden": "7"},
    {"data.name": "stacked_mnist", "latent.prior": "uniform"},
])  # fmt: skip
@pytest.mark.parametrize("view", ["maps", "grow"])
def test_nets_of_any_size_are_shown(fields: dict[str, object], view: str) -> None:
    query = {"grow": "generator"} if view == "grow" else {}
    tab = opened(model=own(**fields), view=view, **query)
    assert not tab.problem
    count = sum(header["count"] for header, _ in sent(tab, "map"))
    hidden = str(fields.get("generator.hidden", "8,4")).split(",")
    wanted = [int(each) for each in hidden]
    assert count == (sum(wanted) if view == "grow" else wanted[0])


def test_a_perceptron_has_no_maps_and_is_told_so() -> None:
    name = own(**PERCEPTRON)
    for query in ({"view": "maps"}, {"view": "grow", "grow": "generator"}):
        tab = opened(model=name, **query)
        (words,) = [info.value for info in tab.app.info]
        assert "perceptron" in words
        assert not sent(tab, "map")
    assert "step 1 of 25" in " ".join(html(opened(model=name, view="grow")))


# ---- maps that carry an attribute


def numbers(tab: Tab) -> list[str]:
    return re.findall(r'font-size: 26px">([^<]+)<', " ".join(html(tab)))


def test_the_rates_are_those_that_were_measured_and_the_pictures_those_of_the_changes() -> None:
    query = {"model": "faces", "view": "maps", "maps": "attribute", "forget": "hat"}
    tab = opened(**query, at="2", carriers="16", strength="2")
    model = shipped("faces")
    assert model.reader
    attribute = model.reader.names.index("hat")
    zeroed = ablation.zeroing(model, attribute, 1)
    switched = ablation.switching(model, attribute, (1, 16), 2.0)
    rates = [zeroed.rates, switched.rates, switched.control]
    assert numbers(tab) == ["200", *(f"{each.clean:.0%}" for each in rates)]
    said = " ".join(html(tab))
    for each in rates:
        assert f"{each.gone:.0%} lose it at all" in said
    assert f"random maps zeroed: {zeroed.control.clean:.0%}" in said

    z, _ = ablation.having(model, attribute, 2, 10)
    chosen, shift = ablation.lever(model, attribute, (1, 16), 2.0)
    with torch.no_grad():
        made = model.grow(z, ablation.shifted(1, chosen, shift))[-1]
    rows = [pictures for _, pictures in sent(tab, "sample")]
    assert same(rows[0], coloured(pixels(model.generate(z))))
    assert same(rows[2], coloured(pixels(made)))
    heads = [header["heads"][0] for header, _ in sent(tab, "sample")]
    speaking = len(ablation.speaking_for(model, attribute, 1))
    assert [head.partition("\n")[0] for head in heads] == [
        "As they are", "Zeroed, as in the paper", "Switched", "Random maps",
    ]  # fmt: skip
    assert f"{speaking} of the 64 maps of layer 2" in heads[1]
    assert "16 of the 64 maps of layer 2" in heads[2]


def test_where_nobody_chose_the_fewest_maps_that_work_are_shifted() -> None:
    tab = opened(model="faces", view="maps", maps="attribute")
    model = shipped("faces")
    found = {place: ablation.tried(model, 0, place) for place in ablation.places(model)}
    layer, count = ablation.best(found)
    head = sent(tab, "sample")[2][0]["heads"][0]
    assert f"{count} of the {(128, 64, 32)[layer]} maps of layer {layer + 1}" in head
    table = html(tab)[-1] if "layer 1" in html(tab)[-1] else " ".join(html(tab))
    framed = re.findall(rf"solid {ATTENTION}\">(\d+)<", table)
    assert framed == [f"{100 * found[layer, count]:.0f}"]


@pytest.mark.parametrize("query", [{"at": "2", "carriers": "64"}, {"at": "2", "carriers": "32"}])
def test_a_layer_that_is_too_small_for_so_many_is_told(query: dict[str, str]) -> None:
    tab = opened(model="digits", view="maps", maps="attribute", **query)
    (words,) = [info.value for info in tab.app.info]
    assert "too small" in words


def test_a_model_that_knows_too_little_is_told() -> None:
    tab = opened(model=own(), view="maps", maps="attribute")
    (words,) = [info.value for info in tab.app.info]
    assert "too few" in words
    tab = opened(model=own(**{"data.name": "stacked_mnist"}), view="maps", maps="attribute")
    (words,) = [info.value for info in tab.app.info]
    assert "Nothing here reads attributes" in words


# ---- grow


def drawing(tab: Tab) -> str:
    """The SVG that is shown."""
    (source,) = re.findall(r"data:image/svg\+xml;base64,([^\"]+)", " ".join(html(tab)))
    return base64.b64decode(source).decode()


@pytest.mark.parametrize(("way", "steps"), [("slide", 25), ("stamp", 4)])
def test_steps_go_on_and_from_the_last_to_the_first(way: str, steps: int) -> None:
    tab = opened(view="grow", by=way, place=str(steps - 1))

    def press(label: str) -> str:
        next(b for b in tab.app.button if b.label == label).click()
        tab.update()
        return tab.address.get("place", "1")

    assert press("Next") == str(steps)
    corner = f"{float(EXAMPLE.output[-1, -1]):g}".replace("-", "−")
    assert f">{corner}<" in drawing(tab)
    assert press("Next") == "1"
    assert f">{corner}<" not in drawing(tab).split("output")[1]
    assert press("Back") == str(steps)


def test_the_other_way_begins_at_its_first_step_and_has_no_more_than_its_own() -> None:
    tab = opened(view="grow", place="20")
    tab.app.segmented_control(key="explorer:by").set_value("stamp")
    tab.update()
    assert "place" not in tab.address
    assert "step 4 of 4" in " ".join(html(opened(view="grow", by="stamp", place="25")))


@torch.no_grad()
def test_the_stages_are_those_of_the_generator() -> None:
    tab = opened(model="faces", view="grow", grow="generator", grown="6", seed="2")
    model = shipped("faces")
    z = model.noise(40, 2)[6]
    *layers, picture = (each[0] for each in model.grow(z[None]))
    stages = sent(tab, "map")
    assert [pictures.shape[:2] for _, pictures in stages] == [(15, 4), (15, 8), (15, 16)]
    for (_, shown), maps in zip(stages, layers, strict=True):
        order = maps.square().mean((1, 2)).argsort(descending=True)[:15]
        assert same(shown, shaded(maps[order].numpy(), float(maps[order].max()) / 2))
    assert same(sent(tab, "picture")[0][1], coloured(pixels(picture[None])))
    _, noise = sent(tab, "z")[0]
    ink = noise[0, :, :, 0].flatten().astype(int)
    assert ink[z.argmax()] == 20
    assert ink[z.argmin()] == 255
    assert np.corrcoef(ink, z)[0, 1] < -0.999
    said = " ".join(html(tab))
    for words in ("z: 64 numbers", "128 maps of 4×4", "64 maps of 8×8", "32 maps of 16×16",
                  "picture of 32×32", "transposed convolution 4×4, stride 2"):  # fmt: skip
        assert words in said
