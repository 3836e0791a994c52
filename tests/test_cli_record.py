"""`record`: one line for what is wrong before anything is trained, and a file that plays."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from ganplay import scenarios
from ganplay.export import animation, reel
from tests.export.recorded import short

Command = Callable[..., tuple[int, str, str]]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["mode-hoping", "--out", "{}/a.html"], "mode-hopping"),
        (["mode-hopping"], "--out"),
        (["mode-hopping", "--out", "{}/a.mp4"], ".html or .gif"),
        (["mode-hopping", "--out", "{}/a"], ".html or .gif"),
        (["mode-hopping", "--out", "{}/none/a.gif"], "no such folder"),
        (["mode-hopping", "--out", "{}/folder.html"], "folder"),
        (["mode-hopping", "--out", "{}/a.html", "--seconds", "3.9"], "from 4 to 120"),
        (["mode-hopping", "--out", "{}/a.html", "--seconds", "120.5"], "from 4 to 120"),
        (["mode-hopping", "--out", "{}/a.html", "--seconds", "nan"], "from 4 to 120"),
        (["mode-hopping", "--out", "{}/a.html", "--seconds", "ten"], "ten"),
    ],
)
def test_what_is_wrong_is_said_in_a_line_before_the_training(
    words: list[str], said: str, command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reel, "of_scenario", lambda *_: pytest.fail("it has trained"))
    (tmp_path / "folder.html").mkdir()
    code, out, err = command("record", *[word.format(tmp_path) for word in words])
    assert code == 2
    assert not out
    assert said in err
    assert err.count("\n") == 1
    assert [path.name for path in tmp_path.iterdir()] == ["folder.html"]


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Has a scenario that is short in place of each."""
    monkeypatch.setattr(scenarios, "load", lambda name: short())


@pytest.mark.usefixtures("quick")
def test_a_page_is_written_and_its_size_is_told(command: Command, tmp_path: Path) -> None:
    path = tmp_path / "a.html"
    code, out, err = command("record", "mode-hopping", "--out", str(path), "--seconds", "4")
    assert (code, err) == (0, "")
    assert path.read_bytes().startswith(b"<!doctype html>")
    assert out == f"{path}: {path.stat().st_size / 1e6:.1f} MB, 4 s\n"
    assert 2 < path.stat().st_size / 1e6 < 3


@pytest.mark.usefixtures("quick")
def test_a_gif_shows_each_scene_for_its_time(
    command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(animation, "RATE", 1)
    path = tmp_path / "a.gif"
    code, out, _ = command("record", "mode-hopping", "--out", str(path), "--seconds", "10")
    assert code == 0
    assert re.fullmatch(r".*a\.gif: \d+\.\d MB, 10 s\n", out)
    with Image.open(path) as film:
        seconds = []
        for n in range(film.n_frames):
            film.seek(n)
            seconds.append(film.info["duration"] / 1000)
    assert sum(seconds) == pytest.approx(10)
    assert max(seconds) >= 2, "it does not rest at the end of a scene"
    assert min(seconds) == pytest.approx(1)


@pytest.mark.usefixtures("quick")
def test_a_file_that_can_not_be_written_after_all_is_one_line(
    command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(path: Path, content: bytes) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("ganplay.commands.record.write_whole", full)
    code, out, err = command("record", "mode-hopping", "--out", str(tmp_path / "a.html"), "--seconds", "4")  # fmt: skip
    assert (code, out) == (2, "")
    assert err == f"--out {tmp_path}/a.html: can't be written (No space left on device).\n"
