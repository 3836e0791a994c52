"""What is taken away from a page: its address, and files that are made when they are asked for."""

import csv
import io
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from ganplay.config import RunConfig
from ganplay.live import shared_engine
from ganplay.ui import share
from tests.export.recorded import File
from tests.export.test_html import parts

Open = Callable[..., Any]
FILES = {
    "Recording (HTML)": "html",
    "Recording (GIF)": "gif",
    "Picture (PNG)": "png",
    "Curves (CSV)": "csv",
    "Settings (TOML)": "toml",
    "Script (PyTorch)": "py",
}

TOO_MUCH = {
    "aids.unroll": "2", "aids.pack": "2", "aids.minibatch_stddev": "true",
    "discriminator.fourier_features": "4", "penalty.name": "gp", "generator.ema": ".9",
    "latent.prior": "one_hot_mixture", "updates": "simultaneous",
}  # fmt: skip
"""Settings that no short program has room for."""


@pytest.fixture
def offered(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What the page last offered to download: label -> the name of the file, and what makes it."""
    found: dict[str, Any] = {}
    real = share.st.download_button

    def button(label: str, data: Any, file_name: str, **more: Any) -> bool:
        found[label] = file_name, data
        return bool(real(label, data, file_name, **more))

    monkeypatch.setattr(share.st, "download_button", button)
    return found


def address_of(tab: Any) -> str:
    (code,) = tab.app.sidebar.code
    return str(code.value)


@pytest.mark.parametrize("page", ["Lab", "MNIST"])
def test_both_pages_offer_the_same_with_a_sentence_of_help(
    page: str, show: Open, offered: dict[str, Any]
) -> None:
    tab = show(page)
    assert (
        FILES.items()
        <= {label: name.split(".")[-1] for label, (name, _) in offered.items()}.items()
    )
    for button in tab.app.sidebar.get("download_button"):
        assert button.proto.help.endswith(".")
        assert len(button.proto.help) > 30


def test_the_address_is_of_the_settings_and_not_of_the_run(lab: Open) -> None:
    tab = lab()
    tab.set("loss", "wgan")
    tab.set("seed", 7)
    assert set(address_of(tab).partition("?")[2].split("&")) == {"loss=wgan", "seed=7"}
    tab = lab(scenario="mode-hopping", scene="1")
    assert address_of(tab).endswith("?scenario=mode-hopping&scene=1")


def test_what_is_downloaded_is_the_run_when_the_button_is_pressed(
    lab: Open, offered: dict[str, Any], tmp_path: Path
) -> None:
    tab = lab(generator__hidden="7", discriminator__hidden="6", seed="3")
    for _ in range(4):
        shared_engine().move(tab.run, "iteration")
    files = {label: (name, make()) for label, (name, make) in offered.items() if label in FILES}
    assert files["Curves (CSV)"][0] == "ring.csv"
    rows = list(csv.DictReader(io.StringIO(files["Curves (CSV)"][1])))
    assert [row["step"] for row in rows] == ["1", "2", "3", "4"]
    (tmp_path / "a.toml").write_text(files["Settings (TOML)"][1])
    assert RunConfig.from_toml(tmp_path / "a.toml") == tab.view.config
    assert tomllib.loads(files["Settings (TOML)"][1])["seed"] == 3
    compile(files["Script (PyTorch)"][1], "ring.py", "exec")
    recording = File(parts(files["Recording (HTML)"][1])[2])
    assert [frame["attributes"]["data-step"] for frame in recording.frames][-1] == 4
    film = Image.open(io.BytesIO(files["Recording (GIF)"][1]))
    assert film.n_frames >= 2


def test_a_picture_is_of_the_figure_and_the_moment_that_are_seen(
    lab: Open, offered: dict[str, Any]
) -> None:
    tab = lab(generator__hidden="7", discriminator__hidden="6")
    pictures = {}

    def made() -> np.ndarray:
        return np.asarray(Image.open(io.BytesIO(offered["Picture (PNG)"][1]())))

    for _ in range(3):
        shared_engine().move(tab.run, "iteration")
    pictures["now"] = made()
    tab.app.session_state["looked@Lab"] = 1
    tab.update()
    pictures["then"] = made()
    choice = tab.app.selectbox(key="share:figure")
    assert choice.options[:2] == ["stage", "losses"]
    choice.select("losses")
    tab.update()
    assert offered["Picture (PNG)"][0] == "ring-losses.png"
    pictures["losses"] = made()
    assert pictures["now"].shape == pictures["then"].shape != pictures["losses"].shape
    differ = (pictures["now"] != pictures["then"]).any(2).mean()
    assert 0.001 < differ < 0.5


def test_in_a_scenario_files_have_its_name_and_recordings_its_words(
    lab: Open, offered: dict[str, Any]
) -> None:
    tab = lab(scenario="parallel-lines")
    shared_engine().move(tab.run, "iteration")
    name, make = offered["Recording (HTML)"]
    assert name == "parallel-lines.html"
    assert File(parts(make())[2]).header["title"] == "Parallel lines"


def test_a_script_that_can_not_be_is_a_sentence(lab: Open, offered: dict[str, Any]) -> None:
    tab = lab(**{name.replace(".", "__"): value for name, value in TOO_MUCH.items()})
    captions = [caption.value for caption in tab.app.sidebar.caption]
    assert any(c.startswith("No script: updates, latent.prior, ") for c in captions)
    assert "Script (PyTorch)" not in offered
    assert "Settings (TOML)" in offered
    tab = lab()
    assert "Script (PyTorch)" in offered
    captions = [caption.value for caption in tab.app.sidebar.caption]
    assert not any(c.startswith("No script") for c in captions)
