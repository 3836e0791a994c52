"""Pictures of the user's own as a data set: what is kept, and what a config makes of them."""

import copy
import gc
import pickle
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from pydantic import TypeAdapter, ValidationError

from ganplay.config import ConfigError, RunConfig
from ganplay.data import Data, Images, images
from ganplay.data.images import HELD, hold
from tests.picture_files import GOOD, named, noise, zipped


@pytest.fixture
def forgetful() -> Iterator[None]:
    """A process that has read nothing yet."""
    images._latest.clear()
    gc.collect()
    yield
    images._latest.clear()


# ---- keeping


def test_a_key_is_made_of_the_content() -> None:
    key = hold(torch.from_numpy(noise()[:, None]))
    assert len(key) == 16
    assert int(key, 16) >= 0
    assert key == hold(torch.from_numpy(noise()[:, None].copy()))
    assert key != hold(torch.from_numpy(noise(seed=1)[:, None]))
    flat = torch.zeros(28 * 28 * 32 * 32, dtype=torch.uint8)
    assert hold(flat.view(-1, 1, 28, 28)) != hold(flat.view(-1, 1, 32, 32))


def test_a_file_becomes_its_key(tmp_path: Path) -> None:
    source = tmp_path / "faces.zip"
    source.write_bytes(zipped(named(noise(20, 32))))
    data = Images(file=str(source))
    assert data.model_dump() == {
        "name": "images", "file": "", "side": 0, "colour": False, "key": data.key
    }  # fmt: skip
    assert data.shape == (1, 32, 32)
    source.unlink()
    assert Images(key=data.key) == data
    np.testing.assert_array_equal(data.pictures()[:, 0], noise(20, 32))
    samples = data.sample(500, torch.Generator().manual_seed(0))
    assert samples.shape == (500, 1, 32, 32)
    seen = {p.tobytes() for p in ((samples + 1) * 127.5).round().to(torch.uint8).numpy()}
    assert seen == {picture.tobytes() for picture in noise(20, 32)}


@pytest.mark.parametrize("options", [{}, {"file": "a", "key": "b"}, {"file": "", "key": ""}])
def test_takes_a_file_or_a_key(options: dict[str, str]) -> None:
    with pytest.raises(ValidationError, match="one of the two"):
        Images(**options)


def held_by_nobody(seed: int) -> str:
    return hold(torch.from_numpy(noise(seed=seed)[:, None]))


GONE = (
    "these pictures are not on this server any more; load them again, on the command line by"
    " data.file"
)


@pytest.mark.usefixtures("forgetful")
def test_the_latest_are_kept() -> None:
    keys = [held_by_nobody(seed) for seed in range(HELD)]
    held_by_nobody(0)  # again
    held_by_nobody(HELD)
    gc.collect()
    for key in (keys[0], *keys[2:]):
        assert Images(key=key).key == key
    with pytest.raises(ValidationError, match=GONE):
        Images(key=keys[1])


@pytest.mark.usefixtures("forgetful")
def test_what_is_in_use_is_kept() -> None:
    data = Images(key=held_by_nobody(99))
    same = data.model_copy()
    for seed in range(HELD + 1):
        held_by_nobody(seed)
    assert Images(key=data.key) == data, "another change of the config needs it again"
    np.testing.assert_array_equal(data.pictures()[:, 0], noise(seed=99))
    key = data.key
    del data
    gc.collect()
    assert len(Images(key=key).pictures()) == 16, "the copy still has it"
    del same
    gc.collect()
    with pytest.raises(ValidationError, match=GONE):
        Images(key=key)


def test_equality_goes_by_the_key(tmp_path: Path) -> None:
    one, same = (Images(key=held_by_nobody(1)) for _ in range(2))
    other = Images(key=held_by_nobody(2))
    assert one == same
    assert hash(one) == hash(same)
    assert one != other
    assert len({one, same, other}) == 2
    for again in (copy.deepcopy(one), pickle.loads(pickle.dumps(one)), one.model_copy()):
        assert again == one
        assert hash(again) == hash(one)
        assert torch.equal(again.pictures(), one.pictures())
    adapter: TypeAdapter[Any] = TypeAdapter(Data)
    assert adapter.validate_json(one.model_dump_json()) == one
    with pytest.raises(ValidationError, match="frozen"):
        one.key = other.key  # type: ignore[misc]


def test_another_process_gets_the_pictures_along(tmp_path: Path) -> None:
    (tmp_path / "config").write_bytes(pickle.dumps(Images(key=held_by_nobody(3))))
    program = """
import pickle, sys
from ganplay.data import Images
data = pickle.load(open(sys.argv[1], "rb"))
assert Images(key=data.key) == data
print(int(data.pictures().sum()))
"""
    command = [sys.executable, "-c", program, tmp_path / "config"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert int(done.stdout) == noise(seed=3).sum()


@pytest.mark.usefixtures("forgetful")
def test_many_threads_may_hold_and_find() -> None:
    broken = []

    def work(first: int) -> None:
        try:
            for seed in range(40):
                data = Images(key=Images(key=held_by_nobody(first)).key)
                held_by_nobody(100 + (first * seed) % 17)
                assert torch.equal(data.pictures()[:, 0], torch.from_numpy(noise(seed=first)))
        except ValidationError as error:  # forgotten between hold and use, by other threads' sets
            if GONE not in str(error):
                broken.append(error)
        except Exception as error:
            broken.append(error)

    threads = [threading.Thread(target=work, args=(first,)) for first in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert broken == []
    assert len(images._latest) == HELD


# ---- in a config


def test_a_config_takes_a_file_and_keeps_the_key(tmp_path: Path) -> None:
    source = tmp_path / "faces.zip"
    source.write_bytes(zipped(GOOD))
    config = RunConfig().updated({"data.name": "images", "data.file": str(source)})
    assert isinstance(config.data, Images)
    assert config.data.shape == (1, 28, 28)
    source.unlink()
    changed = config.updated({"seed": 5})
    assert changed.data == config.data
    assert config.to_query() == {"data.name": "images", "data.key": config.data.key}
    assert RunConfig.from_query(config.to_query()) == config


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({}, "data: give data.file (a folder or a zip of pictures) or data.key"),
        (
            {"data.file": "/nowhere/x.zip"},
            "data: cannot read '/nowhere/x.zip': no such folder or zip.",
        ),
        ({"data.file": "/" + "a" * 300}, "data: cannot read '/aaa"),
        ({"data.file": "\0"}, "data: cannot read '"),
        ({"data.key": "0123456789abcdef"}, f"data: {GONE}."),
        ({"data.key": "x" * 10_000}, f"data: {GONE}."),
        ({"data.keys": "1"}, "data.keys: there is no such setting"),
        ({"data.key": 3}, "data.key: 3 is not allowed; it takes text."),
        ({"data.file": 3}, "data.file: 3 is not allowed; it takes text."),
    ],
    ids=lambda value: str(value)[:30],
)
def test_a_config_refuses_in_one_sentence(fields: dict[str, Any], words: str) -> None:
    with pytest.raises(ConfigError) as raised:
        RunConfig().updated({"data.name": "images"} | fields)
    assert str(raised.value).startswith(words)
    assert "\n" not in str(raised.value)
    assert str(raised.value).endswith(".")


@pytest.mark.parametrize(("side", "colour"), [(48, True), (32, False), (0, True), (28, True)])
def test_a_config_keeps_how_its_file_was_read(side: int, colour: bool, tmp_path: Path) -> None:
    size = side or 32
    for name, content in named(noise(16, 32 if side == 0 else 70)).items():
        (tmp_path / name).write_bytes(content)
    texts = {"data.file": str(tmp_path), "data.side": str(side), "data.colour": str(colour).lower()}
    config = RunConfig().updated({"data.name": "images"} | texts)
    assert isinstance(config.data, Images)
    assert config.data.shape == (3 if colour else 1, size, size)
    assert (config.data.side, config.data.colour, config.data.file) == (side, colour, "")
    assert RunConfig.from_query(config.to_query()) == config
    other = tmp_path.parent / f"{tmp_path.name} b"
    other.mkdir()
    for name, content in named(noise(16, 32 if side == 0 else 60, seed=1)).items():
        (other / name).write_bytes(content)
    changed = config.updated({"data.file": str(other)})
    assert isinstance(changed.data, Images)
    assert changed.data.key != config.data.key
    assert changed.data.shape == config.data.shape, "another file is read as the first was"


WRONG = "which data.side and data.colour can't change; give data.file again."


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"data.side": 20}, "data.side: 20 is not allowed; give 28, 32, 48 or 64, or 0 for"),
        ({"data.side": 65}, "data.side: 65 is not allowed; it takes a whole number at least 0"),
        ({"data.colour": "red"}, "data.colour: red is not allowed; it takes true or false."),
        ({"data.side": 48}, "data: the pictures of data.key are grey, 28 by 28, "),
        ({"data.colour": True}, "data: the pictures of data.key are grey, 28 by 28, "),
    ],
)
def test_pictures_that_were_read_stay_as_they_are(fields: dict[str, Any], words: str) -> None:
    grey = RunConfig().updated({"data.name": "images", "data.key": held_by_nobody(5)})
    assert grey.updated({"data.side": 28}).data.shape == (1, 28, 28)
    with pytest.raises(ConfigError) as raised:
        grey.updated(fields)
    assert str(raised.value).startswith(words)
    assert words.startswith("data.") or str(raised.value).endswith(WRONG)
    coloured = hold(torch.from_numpy(noise()[:, None].repeat(3, 1)))
    with pytest.raises(ConfigError, match=r"of data\.key are coloured, 28 by 28"):
        RunConfig().updated({"data.name": "images", "data.key": coloured})


def test_an_address_can_not_name_a_file() -> None:
    with pytest.raises(ConfigError, match="an address can't name a file"):
        RunConfig.from_query({"data.name": "images", "data.file": "/etc"})
