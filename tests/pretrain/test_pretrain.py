"""Making a shipped checkpoint again: where it is written, and what is refused."""

from pathlib import Path

import pytest
import torch
from safetensors import safe_open
from safetensors.torch import load_file

from ganplay import pretrain as module
from ganplay.config import ConfigError
from ganplay.data import fetch
from ganplay.metrics.judge import FOLDER
from ganplay.pretrain import PRETRAINED, Checkpoint, pretrain


def nothing(line: str) -> None:
    """Is told, and forgets."""


def stub(epochs: int | None, device: str, tell: object) -> Checkpoint:
    return Checkpoint({"a": torch.arange(6.0).view(2, 3).T}, {"epochs": str(epochs)})


@pytest.fixture
def stubbed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder for shipped checkpoints, and one that is made in no time."""
    monkeypatch.setattr(module, "FOLDER", tmp_path)
    monkeypatch.setitem(PRETRAINED, "stub", stub)
    return tmp_path


def test_it_goes_where_it_is_shipped_and_takes_the_place_of_the_last(stubbed: Path) -> None:
    path = stubbed / "stub.safetensors"
    path.write_text("old")
    pretrain("stub", None, None, "cpu", nothing)
    torch.testing.assert_close(load_file(path)["a"], torch.arange(6.0).view(2, 3).T)
    with safe_open(path, "pt") as file:
        assert file.metadata() == {"command": "python -m ganplay pretrain stub", "epochs": "None"}
    assert list(stubbed.iterdir()) == [path]


def test_whatever_is_shipped_can_be_made_again() -> None:
    shipped = sorted(FOLDER.glob("*.safetensors"))
    assert {path.stem for path in shipped} == set(PRETRAINED)
    for path in shipped:
        with safe_open(path, "pt") as file:
            assert file.metadata()["command"].startswith(f"python -m ganplay pretrain {path.stem}")


def refused(*arguments: object) -> str:
    with pytest.raises(ConfigError) as caught:
        pretrain(*arguments, "cpu", pytest.fail)
    said = str(caught.value)
    assert said.endswith(".")
    assert said.isprintable()
    return said


def test_what_cannot_be_is_refused_before_it_takes_long(stubbed: Path) -> None:
    assert (
        refused("judge", None, 1)
        == f"pretrain: 'judge' is no checkpoint; take {' or '.join(PRETRAINED)}."
    )
    assert refused("stub", None, 0) == "epochs: 0 is not allowed; it has to be at least 1."
    assert refused("stub", stubbed, 1).startswith(f"out: {stubbed} can't be written")
    missing = stubbed / "missing" / "a.safetensors"
    assert refused("stub", missing, 1).startswith(f"out: {missing} can't be written")
    assert not list(stubbed.iterdir())


def test_a_disk_that_is_full(stubbed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(path: Path, content: bytes) -> None:
        path.touch()
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    path = stubbed / "stub.safetensors"
    assert refused("stub", None, 1) == f"out: {path} can't be written (No space left on device)."
    assert not list(stubbed.iterdir())


@pytest.mark.parametrize("name", ["judge-mnist", "reader-digits"])
def test_without_the_digits(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetch, "ROOT", tmp_path)
    said = refused(name, tmp_path / "a.safetensors", 1)
    assert said.startswith(f"{name} is trained on all of MNIST")
    assert "`python -m ganplay data fetch mnist`" in said
    assert not list(tmp_path.iterdir())
