"""What the view of memory shows: nearest training pictures with their distances, and a search for z."""

import io
import re
from functools import partial

import numpy as np
import pytest
import torch
from PIL import Image

from ganplay.data.pictures import scaled, shipped_digits
from ganplay.figures.sheets import coloured
from ganplay.figures.style import GENERATED, REAL
from ganplay.latent.inversion import STEPS
from ganplay.latent.model import shipped
from ganplay.observe.pictures import pixels
from ganplay.ui.explorer.finding import KEPT, RUNNING

from . import explorer
from .conftest import Tab
from .explorer import sent
from .test_explorer_discriminator import NETS, own, words

opened = partial(explorer.opened, view="memory")


# ---- nearest training pictures


def test_a_sample_stands_beside_its_nearest_digits() -> None:
    tab = opened(sample="17", seed="1")
    model = shipped("digits")
    made = model.generate(model.noise(40, 1)[17:18])
    known = shipped_digits()[0]
    for name, see in (("pixels", lambda x: x.flatten(1)), ("features", model.reader.features)):
        header, strip = sent(tab)[f"nearest in {name}"]
        apart = torch.cdist(see(made).double(), see(scaled(known)).double())[0]
        truth = apart.topk(5, largest=False)
        expected = coloured(known[truth.indices].numpy(), REAL)
        assert np.array_equal(strip[1:], expected)
        assert np.abs(strip[0].astype(int) - coloured(pixels(made))[0]).max() <= 2
        assert header["frames"] == [GENERATED] + [REAL] * 5
        ratios = [float(each) for each in header["captions"][1:]]
        assert np.allclose(np.array(ratios) / ratios[0], truth.values / truth.values[0], atol=0.03)
        assert 0.3 < ratios[0] < 3
    assert sent(tab)["sample"][0]["badges"] == {"17": "✓"}


def test_samples_are_counted_beside_chance_and_copies() -> None:
    tab = opened()
    found = re.search(
        r"Suspiciously near to a training picture: \*\*(\d+) of 40\*\* in pixels and \*\*(\d+) of 40\*\* in"
        r" features. By chance it is 2; of 40 copies it is (\d+) and (\d+).", words(tab),
    )  # fmt: skip
    assert found
    in_pixels, in_features, *copies = (int(each) for each in found.groups())
    assert max(in_pixels, in_features) <= 12
    assert min(copies) >= 36
    assert tab.app.get("plotly_chart")


def test_without_its_data_or_a_reader_it_says_what_it_can() -> None:
    tab = opened(model=own(**NETS, **{"data.name": "stacked_mnist"}))
    assert "not at hand" in words(tab)
    assert not sent(tab)


# ---- finding z


def finish(tab: Tab) -> int:
    """Press on until the search is done; how many looks that took."""
    tab.press("find:go")
    for look in range(200):
        if not tab.app.session_state[RUNNING]:
            return look
        tab.app.run()
        assert not tab.app.exception
    raise AssertionError("it never ends")


def test_a_drawing_is_sought_until_the_end() -> None:
    tab = opened(memory="find", sample="3")
    header, before = sent(tab)["picture"]
    assert before.shape == (9, 28, 28, 3)
    assert header["captions"][:3] == ["yours", "training", "sample"]
    assert all(text.startswith("start: ") for text in header["captions"][3:6])
    model = shipped("digits")
    sample = coloured(pixels(model.generate(model.noise(40, 0)[3:4])))[0]
    assert np.abs(before[2].astype(int) - sample).max() <= 2

    assert finish(tab) >= 2
    header, after = sent(tab)["picture"]
    assert np.array_equal(after[:3], before[:3])
    off = [float(re.search(r"([\d.]+)% off", text)[1]) for text in header["captions"][3:6]]
    assert off[2] < 4
    assert off[0] < 15
    text = words(tab)
    assert f"**Yours** is rebuilt {off[0]}% off." in text
    assert f"A **sample**, whose z exists, is rebuilt {off[2]}% off." in text
    assert f"is itself rebuilt {off[1]}% off" in text
    search = tab.app.session_state[KEPT].search
    assert search.step == STEPS
    errors = (search.found[-1].pictures - search.sought).square().flatten(1).mean(1).sqrt() / 2
    assert [100 * float(e) for e in errors] == pytest.approx(off, abs=0.06)
    assert tab.app.button(key="find:go").disabled
    assert {"find_save:png", "find_save:gif"} <= {
        each.proto.id.rsplit("-", 1)[-1] for each in tab.app.get("download_button")
    }


def test_it_stops_goes_on_and_ends_with_another_picture() -> None:
    tab = opened(memory="find", model="faces")
    tab.press("find:go")
    tab.app.run()
    step = tab.app.session_state[KEPT].search.step
    assert 0 < step < STEPS
    tab.press("find:stop")
    stopped = tab.app.session_state[KEPT].search.step
    tab.app.run()
    assert tab.app.session_state[KEPT].search.step == stopped
    assert "is rebuilt" in words(tab)
    assert tab.app.button(key="find:go").label == "Go on"
    tab.press("find:go")
    tab.app.run()
    assert tab.app.session_state[KEPT].search.step > stopped
    tab.app.number_input(key="explorer:face").set_value(5).run()
    assert not tab.app.exception
    assert tab.app.session_state[KEPT].search.step == 0
    assert not tab.app.session_state[RUNNING]
    tab.app.radio(key="explorer:model").set_value("digits").run()
    assert not tab.app.exception
    assert tab.app.session_state[KEPT].model is shipped("digits")


def test_nothing_is_sought_where_nothing_is_drawn() -> None:
    tab = opened(memory="find", strokes="")
    assert "draw or upload one" in words(tab)
    tab = opened(memory="find", model=own(**NETS, **{"data.name": "stacked_mnist"}))
    assert "draw or upload one" in words(tab)


def picture(mode: str, size: int, colour: object) -> bytes:
    target = io.BytesIO()
    Image.new(mode, (size, size), colour).save(target, "PNG")
    return target.getvalue()


def test_an_upload_takes_the_place_of_a_drawing() -> None:
    tab = opened(memory="find", model="faces")
    tab.app.file_uploader(key="explorer_picture").upload(
        "red.png", picture("RGB", 90, (255, 0, 0)), "image/png"
    ).run()
    assert not tab.app.exception
    assert (sent(tab)["picture"][1][0] == (255, 0, 0)).all()
    tab.app.file_uploader(key="explorer_picture").upload("no.png", b"no picture", "image/png").run()
    assert not tab.app.exception
    assert tab.problem.startswith("no.png")
    assert "picture" not in sent(tab)
