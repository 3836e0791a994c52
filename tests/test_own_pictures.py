"""Pictures of one's own on the command line: from a folder to a trained run, and on from a file."""

import gc
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch

from ganplay import checkpoint
from ganplay.config import RunConfig
from ganplay.data import Images, images
from ganplay.data.images import hold
from ganplay.data.picture_files import SIDES, read
from ganplay.data.pictures import on_device
from ganplay.trainer import Trainer
from tests.picture_files import encoded, noise

DCGAN = {
    "batch_size": "8",
    "latent.dim": "5",
    "generator.kind": "dcgan",
    "discriminator.kind": "dcgan",
    "generator.hidden": "6,5,4",
    "discriminator.hidden": "4,5,6",
}

Command = Callable[..., tuple[int, str, str]]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Photographs of a size of their own."""
    place = tmp_path / "faces"
    place.mkdir()
    for i, picture in enumerate(noise(20 * 3, 66).reshape(20, 66, 66, 3)[:, :54]):
        (place / f"{i:06}.jpg").write_bytes(encoded(picture, "JPEG"))
    return place


def arguments(folder: Path, side: int, *more: str, **fields: str) -> list[str]:
    own = {"data.name": "images", "data.file": str(folder), "data.side": str(side)}
    settings = [f"--set={name}={value}" for name, value in (DCGAN | own | fields).items()]
    return ["train", "--device", "cpu", "--steps", "3", *settings, *more]


def forget() -> None:
    """As in a process that has read nothing yet."""
    images._latest.clear()
    on_device.cache_clear()
    gc.collect()


# ---- nets that fit


@pytest.mark.parametrize("side", [32, 48, 64])
@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("fields", [{"vae.on": "true"}, {"discriminator.norm": "batch"}])
def test_three_layers_draw_and_judge_every_larger_side(
    side: int, channels: int, fields: dict[str, str]
) -> None:
    pictures = torch.from_numpy(noise(20 * channels, side)).view(20, channels, side, side)
    own = {"data.name": "images", "data.key": hold(pictures), "data.colour": channels == 3}
    trainer = Trainer(RunConfig().updated(DCGAN | own | fields))
    before = trainer.stacks[0].generator.net.flat.clone()
    trainer.advance(3)
    made = trainer.generate(torch.randn(7, 5))
    assert made.shape == (7, channels, side, side)
    assert made.abs().max() <= 1
    assert not torch.equal(before, trainer.stacks[0].generator.net.flat)
    assert trainer.diverged() == [False]
    assert all(isinstance(value, float) for value in trainer.metrics().values())


# ---- the command line


@pytest.mark.parametrize("side", SIDES)
@pytest.mark.parametrize("colour", ["true", "false"])
def test_a_folder_is_trained_on(side: int, colour: str, folder: Path, command: Command) -> None:
    layers = {"generator.hidden": "5,4"} if side == 28 else {}
    fields = {"data.colour": colour} | layers
    code, out, err = command(*arguments(folder, side, "--json", "-", **fields))
    assert (code, err.count("\n")) == (0, 0)
    report: dict[str, Any] = json.loads(out)
    data = report["config"]["data"]
    assert (data["name"], data["side"], data["colour"]) == ("images", side, colour == "true")
    assert report["runs"][0]["metrics"].keys() == {"sharpness", "variety", "d_accuracy"}


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"data.side": "0"}, "data: faces: 000000.jpg has 66 by 54 pixels; give pictures of 28"),
        ({"data.side": "40"}, "data.side: 40 is not allowed; give 28, 32, 48 or 64, or 0"),
        ({"data.side": "28"}, "generator.hidden, data.name: each layer doubles the side, so 2"),
    ],
)
def test_a_folder_is_refused_in_one_line(
    fields: dict[str, str], words: str, folder: Path, command: Command
) -> None:
    code, out, err = command(*arguments(folder, 32, **fields))
    assert (code, out) == (2, "")
    assert err.startswith(words)
    assert err.endswith(".\n")
    assert err.count("\n") == 1


def test_on_a_terminal_it_says_how_many_are_read(
    folder: Path, command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    code, _, err = command(*arguments(folder, 32))
    assert code == 0
    assert "\r1 of 20 pictures\r2 of 20 pictures\r" in err
    assert "\r20 of 20 pictures\n" in err
    (folder / "000019.jpg").write_bytes(b"no picture")
    code, _, err = command(*arguments(folder, 32))
    assert code == 2
    *_, last = err.split("\r")
    assert last.startswith("\x1b[Kdata: faces: 000019.jpg is broken, or no PNG")


def test_a_run_goes_on_with_its_folder_given_again(
    folder: Path, tmp_path: Path, command: Command
) -> None:
    kept, again = str(tmp_path / "a.safetensors"), str(tmp_path / "b.safetensors")
    colour = {"data.colour": "true"}
    assert command(*arguments(folder, 48, "--runs", "2", "--save", kept, **colour))[0] == 0
    forget()
    code, out, err = command("train", "--load", kept, "--steps", "2")
    assert (code, out) == (2, "")
    assert err.startswith("The checkpoint's data: these pictures are not on this server any more;")
    assert "data.file" in err
    given = f"--set=data.file={folder}"
    code, _, err = command("train", "--load", kept, "--steps", "2", given, "--save", again)
    assert code == 0, err
    pictures = read(str(folder), 48, colour=True)
    hold(pictures)
    trainer = checkpoint.read(Path(again))
    assert (trainer.step, trainer.runs) == (5, 2)
    assert isinstance(trainer.config.data, Images)
    assert torch.equal(trainer.config.data.pictures(), pictures)


def test_the_folder_of_a_loaded_run_is_read_once(
    folder: Path, tmp_path: Path, command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = str(tmp_path / "a.safetensors")
    assert command(*arguments(folder, 32, "--runs", "3", "--save", kept))[0] == 0
    asked: list[Any] = []
    monkeypatch.setattr(images, "read", lambda *how: (asked.append(how), read(*how))[1])
    given = f"--set=data.file={folder}"
    assert command("train", "--load", kept, "--steps", "1", given)[0] == 0
    assert asked == [(str(folder), 32, False)]


def test_a_folder_of_another_shape_is_refused(
    folder: Path, tmp_path: Path, command: Command
) -> None:
    kept = str(tmp_path / "a.safetensors")
    assert command(*arguments(folder, 32, "--save", kept))[0] == 0
    for field in ("data.side=48", "data.colour=true"):
        code, _, err = command(
            "train", "--load", kept, f"--set=data.file={folder}", f"--set={field}"
        )
        assert (code, err) == (
            2,
            "data.name: can't change in the middle of a run; start it again.\n",
        )
