"""Fetching whole data sets, from a server on this machine that has small ones; no network."""

import gzip
import hashlib
import os
import shutil
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from pydantic import ValidationError

from ganplay.data import DATA_SETS, MNIST, FashionMNIST, StackedMNIST, fetch
from ganplay.data.fetch import FETCHABLE, FetchError, File
from ganplay.data.pictures import on_device, scaled
from ganplay.data.vision import datasets, define_missing

COUNTS = {"train": 30, "t10k": 10}
Truth = dict[str, tuple[np.ndarray, np.ndarray]]


def md5(content: bytes) -> str:
    return hashlib.md5(content, usedforsecurity=False).hexdigest()


def idx(values: np.ndarray) -> bytes:
    """The format of MNIST's files, as its page describes it: a magic number, sizes, bytes."""
    header = [0, 0, 8, values.ndim]
    return bytes(header) + np.array(values.shape, ">i4").tobytes() + values.tobytes()


class Mirror:
    """A web server with a folder for each data set."""

    def __init__(self, root: Path, server: ThreadingHTTPServer, asked: list[str]):
        self.root = root
        self.url = f"http://127.0.0.1:{server.server_port}/"
        self.asked = asked
        """File names, in the order of the requests."""
        self.content: dict[str, bytes] = {}
        self.truth: Truth = {}

    def archives(self, kind: str) -> dict[str, bytes]:
        return {path.name: path.read_bytes() for path in (self.root / kind).iterdir()}


@pytest.fixture
def mirror(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Mirror]:
    """Serves small data sets in place of the real ones, which torchvision and `fetch` believe in."""
    asked: list[str] = []

    class Handler(SimpleHTTPRequestHandler):
        def log_message(self, *arguments: Any) -> None:
            asked.append(Path(self.path).name)

    root = tmp_path / "server"
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, directory=root)) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        mirror = Mirror(root, server, asked)
        rng = np.random.default_rng(0)
        for part, count in COUNTS.items():
            pictures = rng.integers(256, size=(count, 28, 28), dtype=np.uint8)
            labels = rng.integers(10, size=count, dtype=np.uint8)
            mirror.truth[part] = (pictures, labels)
            mirror.content[f"{part}-images-idx3-ubyte"] = idx(pictures)
            mirror.content[f"{part}-labels-idx1-ubyte"] = idx(labels)
        resources = []
        for kind in ("MNIST", "FashionMNIST"):
            (root / kind).mkdir(parents=True)
        for name, content in mirror.content.items():
            packed = gzip.compress(content)
            resources.append((f"{name}.gz", md5(packed)))
            for kind in ("MNIST", "FashionMNIST"):
                (root / kind / f"{name}.gz").write_bytes(packed)
        for name, known in FETCHABLE.items():
            files = {
                n: File(len(c), md5(c) if known.files[n].md5 else "")
                for n, c in mirror.content.items()
            }
            monkeypatch.setitem(FETCHABLE, name, replace(known, files=files))
            source = getattr(datasets(), known.kind)
            monkeypatch.setattr(source, "resources", resources)
            monkeypatch.setattr(source, "mirrors", [f"{mirror.url}{known.kind}/"])
        monkeypatch.setattr(fetch, "ROOT", tmp_path / "data")
        monkeypatch.setenv("no_proxy", "*")
        on_device.cache_clear()
        yield mirror
        on_device.cache_clear()
        server.shutdown()
        thread.join()


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def refused(name: str) -> str:
    """What `fetch` says, which is one line."""
    with pytest.raises(FetchError) as raised:
        fetch.fetch(name)
    text = str(raised.value)
    assert "\n" not in text
    assert 30 < len(text) < 300
    assert not text.endswith(".")
    return text


both = pytest.mark.parametrize("name", FETCHABLE)


# ---- fetching


@both
def test_fetches_all_files_whole(name: str, mirror: Mirror, capsys: Any) -> None:
    assert not fetch.stored(name)
    place = fetch.fetch(name)
    assert place == fetch.ROOT / FETCHABLE[name].kind / "raw"
    assert contents(place) == mirror.content
    assert fetch.stored(name)
    assert capsys.readouterr().out == "", "stdout is for results"


@both
def test_what_is_whole_is_not_fetched_again(
    name: str, mirror: Mirror, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = fetch.fetch(name)
    assert set(mirror.asked) == {f"{file}.gz" for file in mirror.content}
    mirror.asked.clear()
    with monkeypatch.context() as patch:
        patch.setattr(fetch, "datasets", lambda: pytest.fail("torchvision takes a second to load"))
        assert fetch.fetch(name) == place
    assert mirror.asked == []
    (place / "t10k-labels-idx1-ubyte").unlink()
    fetch.fetch(name)
    assert set(mirror.asked) == {"t10k-labels-idx1-ubyte.gz"}
    assert contents(place) == mirror.content


def flipped(content: bytes) -> bytes:
    return content[:-1] + bytes([content[-1] ^ 1])


@pytest.mark.parametrize("damage", [lambda c: c[:-1], lambda c: c + b"0", lambda c: b"", flipped])
def test_a_broken_file_is_seen_and_fetched_anew(damage: Any, mirror: Mirror) -> None:
    place = fetch.fetch("mnist")
    mirror.asked.clear()
    broken = place / "train-images-idx3-ubyte"
    broken.write_bytes(damage(broken.read_bytes()))
    assert not fetch.stored("mnist")
    with pytest.raises(FetchError, match=r"^the 60,000 digits are broken; fetch them by"):
        fetch.read("mnist")
    assert len(fetch.read("mnist", train=False)[0]) == COUNTS["t10k"], "these are whole"
    fetch.fetch("mnist")
    assert set(mirror.asked) == {"train-images-idx3-ubyte.gz"}
    assert contents(place) == mirror.content


def test_a_cut_off_file_is_seen_without_its_checksum(mirror: Mirror) -> None:
    place = fetch.fetch("fashion_mnist")
    assert {known.md5 for known in FETCHABLE["fashion_mnist"].files.values()} == {""}
    os.truncate(place / "train-labels-idx1-ubyte", 20)
    assert not fetch.stored("fashion_mnist")
    fetch.fetch("fashion_mnist")
    assert contents(place) == mirror.content


def test_an_archive_that_torchvision_left_is_used(mirror: Mirror) -> None:
    place = fetch.folder("mnist")
    place.mkdir(parents=True)
    for name, content in mirror.archives("MNIST").items():
        (place / name).write_bytes(content)
    half = place / "t10k-images-idx3-ubyte.gz"
    os.truncate(half, 100)
    fetch.fetch("mnist")
    assert set(mirror.asked) == {half.name}
    assert fetch.stored("mnist")
    assert not half.exists(), "it was broken"


@pytest.mark.parametrize("broken", ["missing", "cut", "other"])
def test_the_next_mirror_is_asked(
    broken: str, mirror: Mirror, monkeypatch: pytest.MonkeyPatch
) -> None:
    break_mirror(mirror.root / "MNIST", broken)
    urls = [f"{mirror.url}{kind}/" for kind in ("MNIST", "FashionMNIST")]
    monkeypatch.setattr(datasets().MNIST, "mirrors", urls)
    assert contents(fetch.fetch("mnist")) == mirror.content


def break_mirror(folder: Path, how: str) -> None:
    archive = folder / "train-images-idx3-ubyte.gz"
    if how == "missing":
        archive.unlink()
    elif how == "cut":
        os.truncate(archive, 1000)
    else:
        archive.write_bytes(gzip.compress(b"something else"))


@both
@pytest.mark.parametrize(
    ("broken", "words"),
    [("missing", "HTTP Error 404: File not found"), ("cut", "corrupted"), ("other", "corrupted")],
)
def test_what_is_not_the_file_is_not_taken(
    broken: str, words: str, name: str, mirror: Mirror
) -> None:
    break_mirror(mirror.root / FETCHABLE[name].kind, broken)
    text = refused(name)
    assert words in text
    assert mirror.url in text
    assert contents(fetch.folder(name)) == {}


def test_what_is_in_the_archive_is_looked_at(
    mirror: Mirror, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = dict.fromkeys(mirror.content, File(1, ""))
    monkeypatch.setitem(FETCHABLE, "mnist", replace(FETCHABLE["mnist"], files=files))
    assert "not the file that was expected" in refused("mnist")
    assert contents(fetch.folder("mnist")) == {}


@both
def test_offline_it_says_so(name: str, mirror: Mirror, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as nobody:
        port = nobody.getsockname()[1]
    source = getattr(datasets(), FETCHABLE[name].kind)
    monkeypatch.setattr(source, "mirrors", [f"http://127.0.0.1:{port}/"])
    text = refused(name)
    assert text.startswith(f"the {FETCHABLE[name].what} could not be fetched (http://127.0.0.1:")
    assert "Connection refused" in text
    assert text.endswith("this needs the network, and the 10,000 digits that are shipped do not")


def test_the_usual_mirrors_reason_is_told_and_not_at_length(
    mirror: Mirror, monkeypatch: pytest.MonkeyPatch
) -> None:
    mirrors = [f"{mirror.url}{letter * 500}/" for letter in "ab"]
    monkeypatch.setattr(datasets().MNIST, "mirrors", mirrors)
    assert mirrors[0][:100] in refused("mnist")


def test_what_is_broken_does_not_stay(mirror: Mirror) -> None:
    place = fetch.fetch("mnist")
    os.truncate(place / "train-labels-idx1-ubyte", 3)
    shutil.rmtree(mirror.root)
    refused("mnist")
    assert contents(place).keys() == mirror.content.keys() - {"train-labels-idx1-ubyte"}


def test_a_silent_mirror_is_given_up(mirror: Mirror, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetch, "PATIENCE", 0.1)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/"
        monkeypatch.setattr(datasets().MNIST, "mirrors", [url])
        assert "timed out" in refused("mnist")
    assert socket.getdefaulttimeout() is None


@pytest.mark.parametrize("moment", ["_urlretrieve", "extract_archive"])
def test_interrupted_it_leaves_nothing(
    moment: str, mirror: Mirror, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ctrl-C in the midst of the third file: the first two are there, and whole."""
    from torchvision.datasets import utils

    usual, calls = getattr(utils, moment), []

    def interrupted(source: Any, target: Any, *rest: Any) -> Any:
        result = usual(source, target, *rest)
        calls.append(source)
        if len(calls) == 3:
            for path in [Path(target), *Path(target).glob("*")]:
                if path.is_file():
                    os.truncate(path, path.stat().st_size // 2)
            raise KeyboardInterrupt
        return result

    monkeypatch.setattr(utils, moment, interrupted)
    with pytest.raises(KeyboardInterrupt):
        fetch.fetch("mnist")
    first_two = dict(list(mirror.content.items())[:2])
    assert contents(fetch.folder("mnist")) == first_two
    mirror.asked.clear()
    assert contents(fetch.fetch("mnist")) == mirror.content
    assert not {f"{name}.gz" for name in first_two} & set(mirror.asked)


def test_says_where_it_can_not_write(
    mirror: Mirror, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setattr(fetch, "ROOT", tmp_path / "file")
    assert refused("mnist").startswith(f"can't write to {tmp_path / 'file'}")


def test_only_what_is_known_is_fetched(mirror: Mirror) -> None:
    assert refused("mnits") == "'mnits' can't be fetched; it takes one of mnist, fashion_mnist"
    assert len(refused("x" * 1000)) < 120
    assert mirror.asked == []


# ---- reading


@both
@pytest.mark.parametrize("part", COUNTS)
def test_reads_what_torchvision_reads(name: str, part: str, mirror: Mirror) -> None:
    fetch.fetch(name)
    pictures, labels = fetch.read(name, part == "train")
    assert (pictures.dtype, labels.dtype) == (torch.uint8, torch.int64)
    assert pictures.shape == (COUNTS[part], 1, 28, 28)
    theirs = getattr(datasets(), FETCHABLE[name].kind)(fetch.ROOT, train=part == "train")
    assert torch.equal(pictures[:, 0], theirs.data)
    assert torch.equal(labels, theirs.targets)
    np.testing.assert_array_equal(pictures[:, 0], mirror.truth[part][0])
    np.testing.assert_array_equal(labels, mirror.truth[part][1])


def test_reads_once_until_the_file_changes(mirror: Mirror) -> None:
    place = fetch.fetch("fashion_mnist")
    before = fetch.read("fashion_mnist")[0]
    assert fetch.read("fashion_mnist")[0] is before
    images = place / "train-images-idx3-ubyte"
    images.write_bytes(flipped(images.read_bytes()))
    os.utime(images, ns=(0, 0))
    assert (fetch.read("fashion_mnist")[0] != before).sum() == 1


@pytest.mark.parametrize(
    ("make", "name", "what", "instead"),
    [
        (lambda: MNIST(whole=True), "mnist", "digits", "leave data.whole at false"),
        (lambda: StackedMNIST(whole=True), "mnist", "digits", "leave data.whole at false"),
        (
            FashionMNIST,
            "fashion_mnist",
            "clothes",
            "take mnist, of which 10,000 digits are shipped",
        ),
    ],
)
def test_a_data_set_is_refused_until_it_is_fetched(
    make: Any, name: str, what: str, instead: str, mirror: Mirror
) -> None:
    with pytest.raises(ValidationError) as raised:
        make()
    (error,) = raised.value.errors()
    assert error["msg"] == (
        f"Value error, the 60,000 {what} are not on this machine yet; fetch them by"
        f" `python -m ganplay data fetch {name}`, or {instead}"
    )
    assert len(MNIST().pictures()) == 10_000
    fetch.fetch(name)
    samples = make().sample(200, torch.Generator().manual_seed(0))
    seen = {picture.numpy().tobytes() for picture in samples.flatten(0, 1)}
    every = scaled(torch.from_numpy(mirror.truth["train"][0]))
    assert seen == {picture.numpy().tobytes() for picture in every}


def test_a_run_goes_on_when_its_files_are_gone(mirror: Mirror) -> None:
    place = fetch.fetch("mnist")
    data = [MNIST(whole=True), StackedMNIST(whole=True)]
    for each in data:
        each.sample(1, torch.Generator())
    (place / "train-images-idx3-ubyte").unlink()
    for each in data:
        assert each.sample(2, torch.Generator()).shape == (2, *each.shape)


# ---- what is known


@both
def test_names_and_sizes_are_those_of_the_real_files(name: str) -> None:
    known = FETCHABLE[name]
    real = dict(getattr(datasets(), known.kind).resources)
    assert set(real) == {f"{file}.gz" for file in known.files}
    counts = {"train": 60_000, "t10k": 10_000}
    for file, (size, _) in known.files.items():
        part, kind, _, _ = file.split("-")
        assert size == (16 + 784 * counts[part] if kind == "images" else 8 + counts[part])


def test_lists_every_data_set_and_where_it_is(mirror: Mirror) -> None:
    rows = {row.name: row for row in fetch.listing()}
    assert {name: row.title for name, row in rows.items()} == {
        name: kind.title for name, kind in DATA_SETS.items()
    }
    assert rows["ring"].what == rows["faces"].what == "drawn"
    assert "20,000 faces" in rows["faces"].where
    assert rows["points"].what == rows["images"].what == "your own"
    assert rows["mnist"].what == rows["stacked_mnist"].what == "shipped"
    assert "10,000" in rows["mnist"].where
    assert rows["fashion_mnist"].what == "to be fetched"
    for name in ("mnist", "stacked_mnist"):
        assert "`python -m ganplay data fetch mnist`" in rows[name].where
    assert "`python -m ganplay data fetch fashion_mnist`" in rows["fashion_mnist"].where
    fetch.fetch("mnist")
    fetch.fetch("fashion_mnist")
    rows = {row.name: row for row in fetch.listing()}
    assert rows["fashion_mnist"].what == "fetched"
    for name in ("mnist", "stacked_mnist", "fashion_mnist"):
        kind = "FashionMNIST" if name == "fashion_mnist" else "MNIST"
        assert str(fetch.ROOT / kind / "raw") in rows[name].where
        assert "python" not in rows[name].where


# ---- torchvision beside any torch


def test_torchvision_is_imported_late_and_without_a_word(tmp_path: Path) -> None:
    program = """
import sys
from ganplay.data import DATA_SETS, fetch
from ganplay.data.vision import datasets
assert str(fetch.ROOT) == sys.argv[1], fetch.ROOT
fetch.listing()
assert not any(name.startswith("torchvision") for name in sys.modules)
assert datasets().MNIST.__name__ == "MNIST"
assert datasets() is sys.modules["torchvision.datasets"]
"""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", program, tmp_path],
        env=os.environ | {"GANPLAY_DATA": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_operators_that_are_there_are_left_alone() -> None:
    datasets()
    before = {name: getattr(torch.ops.torchvision, name) for name in ("nms", "qnms")}
    define_missing()
    assert {name: getattr(torch.ops.torchvision, name) for name in before} == before
