"""What a user brings along: points, pictures, and runs that were saved."""

import io
import zipfile
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

from ganplay import checkpoint
from ganplay.config import RunConfig
from ganplay.data.images import hold
from ganplay.data.picture_files import FEWEST
from ganplay.live import shared_engine
from ganplay.recipes import recipe
from ganplay.trainer import Trainer

Open = Callable[..., Any]


def upload(tab: Any, key: str, name: str, content: bytes) -> None:
    tab.app.file_uploader(key=key).set_value((name, content, "application/octet-stream"))
    tab.update()


# ---- points


def test_own_points_begin_with_an_example_and_take_a_csv(lab: Open) -> None:
    tab = lab()
    tab.set("data.name", "points")
    assert tab.view.config.data.name == "points"
    upload(tab, "points_file", "p.csv", b"x,y\n0,0\n1,1\n2,0\n")
    assert not tab.problem
    assert len(tab.view.config.data.points) < 100
    upload(tab, "points_file", "q.csv", b"x,y\n0,zero\n")
    assert "zero" in tab.problem
    assert len(tab.view.config.data.points) < 100


# ---- pictures


def png(picture: np.ndarray) -> bytes:
    file = io.BytesIO()
    Image.fromarray(picture).save(file, "PNG")
    return file.getvalue()


def packed(files: dict[str, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return file.getvalue()


def pictures(side: int, n: int = FEWEST) -> np.ndarray:
    return np.random.default_rng(side).integers(0, 256, (n, side, side), np.uint8)


def zipped(side: int, n: int = FEWEST) -> bytes:
    return packed({f"{i:03}.png": png(picture) for i, picture in enumerate(pictures(side, n))})


@pytest.mark.parametrize("side", [28, 32])
@pytest.mark.parametrize("name", ["dcgan", "mlp"])
def test_own_pictures_become_the_data(side: int, name: str, mnist: Open) -> None:
    tab = mnist()
    tab.press(f"recipe:{name}")
    tab.press("do:Step")
    upload(tab, "pictures_file", "mine.zip", zipped(side))
    assert not tab.problem
    view = tab.view
    assert view.message == ""
    assert view.config.data.name == "images"
    assert (view.config.generator, view.config.loss) == (recipe(name).generator, recipe(name).loss)
    assert view.snapshot.real.shape == (100, 1, side, side)
    known = {picture.tobytes() for picture in pictures(side)}
    assert {picture.tobytes() for picture in view.snapshot.real} <= known
    assert view.snapshot.floor is None, "nobody can judge these"
    assert [figure["name"] for figure in tab.sent["figures"]] == [
        "stage", "losses", "gradient_norms"
    ]  # fmt: skip
    assert "digits" not in tab.sent["label"]
    assert tab.controls["data.name"].value == "images"
    tab.press("do:Step")
    assert (tab.view.state, tab.view.snapshot.step) == ("paused", 2 if side == 28 else 1)
    again = mnist(**{n.replace(".", "__"): v for n, v in tab.address.items()})
    assert again.run == tab.run
    tab.set("data.name", "mnist")
    assert not tab.problem
    assert tab.view.config == recipe(name)
    assert tab.view.snapshot.floor


def test_pictures_that_are_refused_change_nothing(mnist: Open) -> None:
    tab = mnist()
    tab.press("do:Step")
    before = tab.view
    cases = {
        "not a zip": b"PK\x03\x04 nor a picture",
        f"15 pictures; give at least {FEWEST}": zipped(28, 15),
        "28 by 28 or of 32 by 32": zipped(64),
        "give pictures of one size": packed(
            {"a.png": png(pictures(28)[0]), "b.png": png(pictures(32)[0])}
        ),
        "no pictures": packed({}),
        "words.txt": packed({"words.txt": b"hello"}),
    }
    for words, content in cases.items():
        upload(tab, "pictures_file", "mine.zip", content)
        assert words in tab.problem
        assert tab.problem.count("mine.zip") == 1
        assert len(tab.problem) < 300
        assert "\n" not in tab.problem
        assert tab.view is before
    upload(tab, "pictures_file", "mine.zip", zipped(28))
    assert not tab.problem


def test_pictures_of_another_size_take_the_place_of_scaled_ones(mnist: Open) -> None:
    """As of a run that was trained on the command line and loaded here."""
    scaled = RunConfig().updated(
        {"data.name": "images", "data.side": 48, "data.key": hold(blank(1, 48)), "batch_size": 16}
    )
    tab = mnist()
    upload(tab, "checkpoint_file", "run.safetensors", checkpoint.dumps(Trainer(scaled)))
    assert not tab.problem
    assert tab.view.snapshot.real.shape == (100, 1, 48, 48)
    tab.unfold()
    assert not {"data.side", "data.colour", "data.key"} & tab.controls.keys()
    upload(tab, "pictures_file", "mine.zip", zipped(32))
    assert not tab.problem
    assert tab.view.config.data.shape == (1, 32, 32)


def test_a_run_in_colour_is_not_for_the_page_of_digits(mnist: Open) -> None:
    coloured = {"data.name": "images", "data.colour": True, "data.key": hold(blank(3, 28))}
    config = recipe("dcgan").updated(coloured)
    tab = mnist()
    before = tab.view
    upload(tab, "checkpoint_file", "run.safetensors", checkpoint.dumps(Trainer(config)))
    assert "its data, images, is not for this page" in tab.problem
    assert tab.view is before


def blank(channels: int, side: int) -> torch.Tensor:
    return torch.zeros(FEWEST, channels, side, side, dtype=torch.uint8)


def test_a_long_name_is_cut_short(mnist: Open) -> None:
    tab = mnist()
    upload(tab, "pictures_file", f"{'long ' * 100}.zip", b"nothing")
    assert "not a zip" in tab.problem
    assert len(tab.problem) < 300


# ---- saved runs


@pytest.mark.parametrize("page", ["Lab", "MNIST"])
def test_a_saved_run_takes_the_place_of_the_pages_own(page: str, show: Open) -> None:
    tab = show(page, seed="5", loss="hinge")
    tab.press("do:Step")
    first, saved = tab.view, shared_engine().save(tab.run)
    other = show(page)
    upload(other, "checkpoint_file", "run.safetensors", saved)
    assert not other.problem
    view = other.view
    assert view.run not in (first.run, "")
    assert (view.state, view.config, view.snapshot.step) == ("paused", first.config, 1)
    np.testing.assert_array_equal(view.snapshot.fake, first.snapshot.fake)
    assert other.address == {"run": view.run, "seed": "5", "loss": "hinge"}
    assert other.sent["attributes"]["data-run"] == view.run
    assert other.controls["loss"].value == "hinge"
    other.press("do:Step")
    assert other.view.snapshot.step == 2
    again = show(page, **other.address)
    assert again.run == view.run


def test_a_saved_run_ends_the_scene(mnist: Open) -> None:
    saved = checkpoint.dumps(Trainer(recipe("mlp")))
    tab = mnist(scenario="digits-collapse")
    upload(tab, "checkpoint_file", "run.safetensors", saved)
    assert not tab.problem
    assert tab.view.config == recipe("mlp")
    assert not {key for key in tab.keys if key.startswith("scene:")}
    assert "scenario" not in tab.address


def test_saved_runs_that_are_refused_change_nothing(lab: Open) -> None:
    tab = lab()
    tab.press("do:Step")
    before = tab.view
    diverged = Trainer(RunConfig())
    diverged.advance()
    diverged.stacks[0].generator.net.flat.fill_(float("nan"))
    cases = {
        "never pickles": b"PK\x03\x04",
        "its data, mnist, is not for this page": checkpoint.dumps(Trainer(recipe("mlp"))),
        "holds 2 runs": checkpoint.dumps(Trainer(RunConfig(), runs=2)),
        "had diverged": checkpoint.dumps(diverged),
    }
    for words, content in cases.items():
        upload(tab, "checkpoint_file", "run.safetensors", content)
        assert words in tab.problem
        assert len(tab.problem) < 400
        assert "\n" not in tab.problem
        assert tab.view is before
        assert tab.address == {"run": before.run}


@pytest.mark.parametrize("page", ["Lab", "MNIST"])
def test_a_run_can_be_saved(page: str, show: Open) -> None:
    labels = [button.label for button in show(page).app.get("download_button")]
    assert labels.count("Save this run") == 1
