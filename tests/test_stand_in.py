"""A checkpoint whose data are elsewhere: its nets are the same, and nothing hostile gets further."""

import gc
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import safetensors.torch
import torch

from ganplay import checkpoint
from ganplay.checkpoint import CheckpointError, dumps, loads
from ganplay.config import RunConfig
from ganplay.data import MNIST, FashionMNIST, Images, Ring, StackedMNIST, fetch, images
from ganplay.data.images import hold
from ganplay.data.pictures import on_device
from ganplay.data.points import load
from ganplay.stand_in import is_stand_in
from ganplay.trainer import Trainer
from tests.picture_files import noise
from tests.test_checkpoint import changed, setting, shape, state_of, unpacked

NETS = {
    "batch_size": 8,
    "latent.dim": 5,
    "generator.hidden": (6, 5),
    "discriminator.hidden": (5, 6),
}
DCGAN = NETS | {"generator.kind": "dcgan", "discriminator.kind": "dcgan"}
Z = torch.randn(6, 5, generator=torch.Generator().manual_seed(0))


def of_images(side: int, channels: int, **more: Any) -> Trainer:
    """Two runs on pictures that nobody keeps afterwards."""
    pictures = torch.from_numpy(noise(20 * channels, side)).view(20, channels, side, side)
    own = {"data.name": "images", "data.key": hold(pictures), "data.colour": channels == 3}
    trainer = Trainer(RunConfig().updated(DCGAN | own | more), 2)
    trainer.advance(3)
    return trainer


def forget() -> None:
    """As in a process that has read nothing yet."""
    images._latest.clear()
    on_device.cache_clear()
    gc.collect()


@pytest.fixture(scope="module")
def elsewhere() -> bytes:
    """A checkpoint of pictures that are not here."""
    source = dumps(of_images(48, 3))
    forget()
    return source


def drawn(trainer: Trainer) -> list[Any]:
    return [trainer.generate(Z, k).tolist() for k in range(trainer.runs)]


# ---- nets as they were


@pytest.mark.parametrize("side", [28, 32, 48, 64])
@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("more", [{}, {"vae.on": True}, {"data.side": True}])
def test_the_nets_come_without_their_pictures(
    side: int, channels: int, more: dict[str, Any]
) -> None:
    fields = more | {"data.side": side} if "data.side" in more else more
    one = of_images(side, channels, **fields)
    source, samples, nets = dumps(one), drawn(one), parameters(one)
    assert drawn(loads(source, anywhere=True)) == samples, "here they are"
    del one
    forget()
    with pytest.raises(CheckpointError, match="not on this server any more; load them again"):
        loads(source)
    other = loads(source, anywhere=True)
    assert drawn(other) == samples
    assert parameters(other) == nets
    assert (other.step, other.runs) == (3, 2)
    data = other.config.data
    assert isinstance(data, Images)
    assert data.shape == (channels, side, side)
    assert (data.side, data.colour) == (side, channels == 3)
    assert is_stand_in(data)
    assert state_of(loads(dumps(other))) == state_of(other)


def parameters(trainer: Trainer) -> list[Any]:
    """All of each run's nets, those that are shown and the optimizers' memory included."""
    states = trainer.state_dict()["stacks"]
    names = ("generator", "discriminator", "shown")
    return [
        [str(state[name]) for name in names] + [stack.shown.flat.tolist(), stack.critic.net.flat.tolist()]
        for state, stack in zip(states, trainer.stacks, strict=True)
    ]  # fmt: skip


def test_pictures_that_are_here_are_no_stand_in() -> None:
    one = of_images(32, 1)
    other = loads(dumps(one), anywhere=True)
    assert other.config == one.config
    assert state_of(other) == state_of(one)
    assert not is_stand_in(other.config.data)
    assert not is_stand_in(MNIST())
    assert not is_stand_in(Ring())


def test_it_may_even_train(elsewhere: bytes) -> None:
    other = loads(elsewhere, anywhere=True)
    other.advance(2)
    assert other.diverged() == [False, False]


def unfetched(data: FashionMNIST | MNIST | StackedMNIST) -> bytes:
    """A checkpoint of data that were here once."""

    def moved(tensors: dict[str, torch.Tensor], about: dict[str, Any]) -> None:
        (group,) = about["groups"]
        others = {n: v for n, v in group["config"].items() if not n.startswith("data.")}
        group["config"] = others | {f"data.{n}": v for n, v in data.model_dump().items()}

    return changed(dumps(of_images(28, data.shape[0])), moved)


@pytest.mark.parametrize(
    ("data", "instead"),
    [
        (MNIST.model_construct(whole=True), MNIST()),
        (StackedMNIST.model_construct(whole=True), StackedMNIST()),
        (FashionMNIST.model_construct(), None),
    ],
    ids=lambda data: data.name if data else "",
)
def test_data_that_are_not_fetched(
    data: Any, instead: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(fetch, "ROOT", tmp_path)
    source = unfetched(data)
    with pytest.raises(CheckpointError, match="not on this machine yet; fetch them by"):
        loads(source)
    other = loads(source, anywhere=True)
    assert other.config.data.shape == data.shape
    assert other.generate(Z).shape == (6, *data.shape)
    if instead:
        assert other.config.data == instead
    assert is_stand_in(other.config.data) == (not instead)


def test_a_file_of_points_is_not_even_looked_for(tmp_path: Path) -> None:
    points = tmp_path / "points.csv"
    points.write_text("1,2\n3,4\n5,5\n")
    own = {"data.name": "points", "data.file": str(points)}
    one = Trainer(RunConfig().updated(NETS | own))
    one.advance(2)
    source = dumps(one)
    other = loads(source, anywhere=True)
    assert other.config == one.config.updated({"data.name": "ring"})
    assert drawn(other) == drawn(one)
    path = tmp_path / "run.safetensors"
    path.write_bytes(source)
    assert checkpoint.read(path, anywhere=True).config == one.config
    points.unlink()
    load.cache_clear()
    assert checkpoint.read(path, anywhere=True).config == other.config


def test_no_file_of_pictures_is_read(elsewhere: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(images, "read", pytest.fail)
    source = changed(elsewhere, setting("data.file", "/etc"))
    assert drawn(loads(source, anywhere=True)) == drawn(loads(elsewhere, anywhere=True))
    with pytest.raises(CheckpointError, match=r"data\.file: it can't name a file"):
        loads(source)


# ---- what is refused


def drop_shape(tensors: dict[str, torch.Tensor], about: dict[str, Any]) -> None:
    about["version"] = 1
    del about["groups"][0]["shape"]


REFUSED: list[tuple[Callable[..., Any], str]] = [
    (drop_shape, "data: these pictures are not on this server any more; load them again"),
    (shape(2), "dcgan is for pictures"),
    (shape(3, 64, 64), r"generator.flat is missing or too small"),
    (shape(3, 32, 32), r"discriminator.flat is float32 .*, and its config needs float32"),
    (shape(1, 48, 48), r"discriminator.flat is float32 .*, and its config needs float32"),
    (shape(3, 10**9, 10**9), "its metadata are wrong at groups.0.shape"),
    (shape(3, 48, 47), "its metadata are wrong at groups.0.shape"),
    (shape(48, 48), "its metadata are wrong at groups.0.shape"),
    (shape(), "its metadata are wrong at groups.0.shape"),
    (setting("data.name", "mnist"), "there is no such setting"),
    (setting("data.name", "mars"), "data.name: mars is not allowed"),
    (setting("data.name", ["images"]), "data.name: "),
    (setting("data.whole", True), "data.whole: there is no such setting"),
    (setting("generator.lr", 1e9), "generator.lr: 1000000000.0 is not allowed"),
    (setting("generator.hidden", [100, 100]), "generator.flat is missing or too small"),
    (
        setting("generator.hidden", [6, 5, 4, 3, 2]),
        "generator.hidden, data.name: each layer doubles",
    ),
    (setting("loose", 1), "there is no such setting"),
]


@pytest.mark.parametrize(("change", "said"), REFUSED)
def test_what_does_not_fit_is_refused(change: Any, said: str, elsewhere: bytes) -> None:
    with pytest.raises(CheckpointError, match=said) as caught:
        loads(changed(elsewhere, change), anywhere=True)
    text = str(caught.value)
    assert text.startswith("The checkpoint")
    assert text.endswith(".")
    assert len(text.splitlines()) == 1
    assert len(text) < 400


@pytest.mark.parametrize(
    ("source", "said"),
    [
        (b"", "is empty"),
        (b"\x80\x04.", "never pickles"),
        (safetensors.torch.save({"weight": torch.zeros(3)}), "of another program"),
    ],
)
def test_what_is_no_checkpoint_is_refused(source: bytes, said: str) -> None:
    with pytest.raises(CheckpointError, match=said):
        loads(source, anywhere=True)


def test_any_damage_is_a_sentence_or_a_trainer(elsewhere: bytes) -> None:
    rng, said = random.Random(0), list[str]()
    header = 8 + int.from_bytes(elsewhere[:8], "little")
    for turn in range(200):
        source = bytearray(elsewhere)
        if turn % 10 == 0:
            del source[rng.randrange(len(source)) :]
        for _ in range(rng.choice((1, 1, 3))):
            at = rng.randrange(min(header, len(source)))
            source[at] = rng.choice((source[at] ^ 1 << rng.randrange(8), *b'09"{,-[3'))
        try:
            loads(bytes(source), anywhere=True).generate(Z)
        except CheckpointError as error:
            said.append(str(error))
    assert 50 < len(said) < 200
    assert all(text.startswith("The checkpoint") and "\n" not in text for text in said)


def test_what_stands_in_is_held_once(elsewhere: bytes) -> None:
    """So that opening many of them pushes nobody's pictures out."""
    mine = hold(torch.from_numpy(noise(seed=77)[:, None]))
    keys = {loads(elsewhere, anywhere=True).config.data.key for _ in range(20)}
    assert len(keys) == 1
    assert Images(key=mine).shape == (1, 28, 28)
    _, about = unpacked(elsewhere)
    assert about["groups"][0]["shape"] == [3, 48, 48]
