"""Checkpoints: training goes on as if never stopped, and nothing hostile gets any further."""

import json
import pickle
import random
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import safetensors.torch
import torch

from ganplay import checkpoint, trainer
from ganplay.checkpoint import CheckpointError, dumps, loads, read, save
from ganplay.config import RunConfig
from ganplay.trainer import Trainer

PICTURES = {
    "data.name": "mnist",
    "generator.kind": "dcgan",
    "discriminator.kind": "dcgan",
    "generator.hidden": "4",
    "discriminator.hidden": "3,4",
}
CASES: dict[str, dict[str, Any]] = {
    "plain": {},
    "wgan": {"loss": "wgan", "discriminator.steps": 3, "discriminator.optimizer": "rmsprop"},
    "momentum": {
        "generator.optimizer": "sgd",
        "generator.momentum": 0.9,
        "updates": "simultaneous",
    },
    "paired": {"loss": "relativistic", "penalty.name": "r1_r2", "penalty.every": 4},
    "penalty": {"penalty.name": "gp", "aids.instance_noise": 0.3, "latent.prior": "uniform"},
    "average": {"generator.ema": 0.9, "generator.lr_decay": "linear"},
    "spectral": {"discriminator.spectral_norm": True},
    "waves": {"discriminator.fourier_features": 4, "aids.pack": 3},
    "unroll": {"aids.unroll": 2},
    "stddev": {"aids.minibatch_stddev": True},
    "shift": {"generator.kind": "shift", "latent.dim": 1},
    "pictures": PICTURES,
    "vae": {"vae.on": True},
    "vae of pictures": PICTURES | {"vae.on": True, "vae.variance": "learned"},
}

File = tuple[dict[str, torch.Tensor], dict[str, Any]]


@pytest.fixture
def trained(small: RunConfig) -> Trainer:
    """Two runs in the middle of a block of draws."""
    two = Trainer(small, 2)
    two.advance(5)
    return two


def state_of(trainer: Trainer) -> list[Any]:
    """All of a state but the time it took, for comparison."""
    return [
        *map(plain, trainer.state_dict()["stacks"]),
        [s.vae and plain(s.vae.state_dict()) for s in trainer.stacks],
    ]


def plain(state: Any) -> Any:
    """A state as lists of numbers: equal only if all bits are, NaN aside."""
    if isinstance(state, dict):
        return {name: plain(part) for name, part in state.items()}
    if isinstance(state, list | tuple):
        return [plain(part) for part in state]
    return (state.dtype, state.tolist()) if isinstance(state, torch.Tensor) else state


def unpacked(source: bytes) -> File:
    """The tensors of a checkpoint, and what its metadata say."""
    header = json.loads(source[8 : 8 + int.from_bytes(source[:8], "little")])
    return safetensors.torch.load(source), json.loads(header["__metadata__"]["ganplay"])


def packed(tensors: dict[str, torch.Tensor], about: Any) -> bytes:
    return safetensors.torch.save(tensors, {"ganplay": json.dumps(about)})


def changed(
    source: bytes, change: Callable[[dict[str, torch.Tensor], dict[str, Any]], None]
) -> bytes:
    """A checkpoint that somebody has had in hands."""
    tensors, about = unpacked(source)
    change(tensors, about)
    return packed(tensors, about)


# ---- going on


@pytest.mark.parametrize("case", CASES)
def test_training_goes_on_as_if_never_saved(case: str, small: RunConfig) -> None:
    one = Trainer(small.updated(CASES[case] | {"seed": 7}), 2)
    one.advance(5)
    one.update_discriminator()  # the players' draws are no longer in step
    before = state_of(one)
    source = dumps(one)
    assert state_of(one) == before
    other = loads(source)
    assert state_of(other) == before
    assert (other.config, other.step, other.seconds) == (one.config, 5, one.seconds)
    for each in (one, other):
        each.advance(4)
        each.update_generator()
    assert state_of(other) == state_of(one) != before
    z = torch.ones(3, one.config.latent.dim)
    assert torch.equal(other.generate(z, 1), one.generate(z, 1))


def test_float64_stays_float64(small: RunConfig) -> None:
    one = Trainer(small.updated(CASES["waves"]), 2, dtype=torch.float64)
    one.advance(3)
    other = loads(dumps(one))
    for each in (one, other):
        each.advance(3)
    assert other.stacks[0].generator.net.flat.dtype == torch.float64
    assert state_of(other) == state_of(one)


def test_what_changed_in_the_middle_stays_changed(small: RunConfig) -> None:
    one = Trainer(small, 2)
    one.advance(3)
    one.change(
        **{"discriminator.spectral_norm": True, "generator.optimizer": "sgd", "loss": "hinge"}
    )
    one.change(**{"data.name": "grid", "discriminator.activation": "tanh"})
    one.advance(3)
    other = loads(dumps(one))
    for each in (one, other):
        each.advance(3)
    assert other.config.data.name == "grid"
    assert state_of(other) == state_of(one)


def test_several_configs_in_several_stacks(
    small: RunConfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trainer, "CACHE", 3 * 4 * 2 * 18 * 8)  # three runs of the small config
    configs = [small.updated({"seed": 3}), small.updated({"seed": 3, "generator.hidden": "4"})]
    one = Trainer([*configs, small.updated({"seed": 8})], 5)
    assert [list(stack.seeds) for stack in one.stacks[:2]] == [[3, 4], [5, 6, 7]]
    one.advance(5)
    other = loads(dumps(one))
    for each in (one, other):
        each.advance(3)
    assert state_of(other) == state_of(one)
    assert [s.seeds for s in other.stacks] == [s.seeds for s in one.stacks]


def test_runs_are_told_apart_however_they_are_stacked(
    small: RunConfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = Trainer(small.updated(CASES["waves"] | CASES["spectral"]), 5)
    one.advance(5)
    source = dumps(one)
    monkeypatch.setattr(trainer, "CACHE", 1)
    other = loads(source)
    assert (len(one.stacks), len(other.stacks)) == (1, 5)
    for each in (one, other):
        each.advance(1)
    for k, (stack, _) in enumerate(other.places):
        torch.testing.assert_close(stack.critic.net.flat[0], one.stacks[0].critic.net.flat[k])
        assert one.stacks[0].critic.frequencies is not None
        assert stack.critic.frequencies is not None
        assert torch.equal(stack.critic.frequencies[0], one.stacks[0].critic.frequencies[k])
        for mine, its in zip(
            one.stacks[0].critic.directions or [], stack.critic.directions or [], strict=True
        ):
            torch.testing.assert_close(its[0], mine[k])


def test_on_another_kind_of_device_only_the_generators_start_anew(small: RunConfig) -> None:
    one = Trainer(small.updated(CASES["waves"]), 2)
    one.advance(5)
    waves = one.stacks[0].critic.frequencies
    assert waves is not None
    waves.mul_(2)  # as if drawn on a GPU

    def from_gpu(tensors: dict[str, torch.Tensor], about: dict[str, Any]) -> None:
        about["device"] = "cuda"
        for name in ("0.draws.0.starts", "0.draws.1.starts"):
            tensors[name] = torch.zeros(2, 16, dtype=torch.uint8)

    other = loads(changed(dumps(one), from_gpu))
    mine, theirs = one.stacks[0], other.stacks[0]
    for name in ("generator", "discriminator", "shown", "step"):
        assert plain(theirs.state_dict()[name]) == plain(mine.state_dict()[name])
    assert theirs.critic.frequencies is not None
    assert torch.equal(theirs.critic.frequencies, waves)
    born = Trainer(one.config, 2).stacks[0].state_dict()["draws"]
    assert plain(theirs.state_dict()["draws"]) == plain(born)
    other.advance(1)


# ---- files


def test_files(trained: Trainer, tmp_path: Path) -> None:
    path = tmp_path / "run.safetensors"
    path.write_bytes(b"an older one")
    save(trained, path)
    assert list(tmp_path.iterdir()) == [path]
    assert state_of(read(path)) == state_of(trained)
    with pytest.raises(CheckpointError, match=r"nowhere: can't be read \(No such file"):
        read(tmp_path / "nowhere")
    with pytest.raises(CheckpointError, match=r"can't be read \(Is a directory"):
        read(tmp_path)
    with pytest.raises(CheckpointError, match=r"none/run: can't be written \(No such file"):
        save(trained, tmp_path / "none" / "run")


def test_a_failure_leaves_the_older_file(
    trained: Trainer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "run.safetensors"
    path.write_bytes(b"an older one")

    def full(self: Path, source: bytes) -> int:
        with self.open("wb") as file:
            file.write(source[:100])
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(CheckpointError, match="No space left on device"):
        save(trained, path)
    assert [file.read_bytes() for file in tmp_path.iterdir()] == [b"an older one"]


def test_only_files_of_ones_own_name_a_file(small: RunConfig, tmp_path: Path) -> None:
    points = tmp_path / "points.csv"
    points.write_text("1,2\n3,4\n5,5\n")
    one = Trainer(small.updated({"data.name": "points", "data.file": str(points)}))
    path = tmp_path / "run.safetensors"
    save(one, path)
    assert read(path).config == one.config
    points.unlink()  # it must not even be looked for
    with pytest.raises(CheckpointError, match=r"data\.file: it can't name a file"):
        loads(path.read_bytes())


@pytest.mark.parametrize(
    ("bound", "least"), [("MAX_BYTES", 20_000), ("MAX_HEADER", 1000), ("MOST_RUNS", 1)]
)
def test_what_could_not_be_read_is_not_written(
    bound: str, least: int, trained: Trainer, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = dumps(trained)
    monkeypatch.setattr(checkpoint, bound, least)
    with pytest.raises(CheckpointError, match="too large"):
        dumps(trained)
    with pytest.raises(CheckpointError):
        loads(source)


# ---- what is refused


class Bomb:
    """What a pickle would run when it is loaded."""

    def __init__(self, path: Path):
        self.path = path

    def __reduce__(self) -> Any:
        return Path.touch, (self.path,)


def test_pickles_are_never_loaded(tmp_path: Path) -> None:
    bomb, path = tmp_path / "bomb", tmp_path / "run.pt"
    torch.save({"weights": Bomb(bomb)}, path)
    for source in (path.read_bytes(), pickle.dumps(Bomb(bomb))):
        with pytest.raises(CheckpointError, match=r"never pickles such as \.pt and \.pth\.$"):
            loads(source)
    assert not bomb.exists()
    pickle.loads(source)
    assert bomb.exists()  # it was a live one


def test_what_is_no_checkpoint_is_refused(trained: Trainer) -> None:
    whole = dumps(trained)
    for source, said in [
        (b"", "is empty"),
        (b"\0" * 8, "cut short or no"),
        (b"x" * 1000, "cut short or no"),
        (whole[:-1], "cut short or no"),
        (whole + b"\0", "cut short or no"),
        (safetensors.torch.save({"weight": torch.zeros(3)}), "of another program"),
        (safetensors.torch.save({}, {"format": "pt"}), "of another program"),
        (safetensors.torch.save({}, {"ganplay": "{"}), "not JSON"),
        (safetensors.torch.save({}, {"ganplay": "[" * 100_000}), "not JSON"),
        (safetensors.torch.save({}, {"ganplay": "[]"}), "wrong at"),
        (safetensors.torch.save({}, {"ganplay": '{"version": 3}'}), "newer ganplay"),
        (safetensors.torch.save({}, {"ganplay": '{"version": "2"}'}), "wrong at version"),
        (struct.pack("<Q", 5_000_000) + b" " * 6_000_000, "header is too long"),
        (bytes(64_000_001), "at most 64 MB"),
    ]:
        with pytest.raises(CheckpointError, match=said) as caught:
            loads(source)
        assert str(caught.value).startswith("The checkpoint ")
        assert str(caught.value).endswith(".")


def drop(name: str) -> Any:
    return lambda tensors, about: tensors.pop(name)


def put(name: str, tensor: torch.Tensor) -> Any:
    return lambda tensors, about: tensors.update({name: tensor})


def say(**fields: Any) -> Any:
    return lambda tensors, about: about.update(fields)


def number(name: str, value: Any) -> Any:
    return lambda tensors, about: about["groups"][0]["numbers"].update({name: value})


def setting(name: str, value: Any) -> Any:
    return lambda tensors, about: about["groups"][0]["config"].update({name: value})


def twister(left: int, following: int) -> Any:
    """A state with so many words left, the first of them at that place."""

    def change(tensors: dict[str, torch.Tensor], about: dict[str, Any]) -> None:
        state = bytearray(tensors["0.draws.1.starts"][1].numpy().tobytes())
        struct.pack_into("<iiQ", state, 8, left, 1, following)
        tensors["0.draws.1.starts"][1] = torch.frombuffer(state, dtype=torch.uint8)

    return change


def shape(*numbers: Any) -> Any:
    return lambda tensors, about: about["groups"][0].update(shape=list(numbers))


def many(tensors: dict[str, torch.Tensor], about: dict[str, Any]) -> None:
    about |= {"groups": about["groups"] * 3, "runs": 2000}


REFUSED: list[tuple[Any, str]] = [
    (drop("0.generator.flat"), "generator.flat is missing"),
    (drop("0.discriminator.moments.1"), r"moments.1 is missing, and its config needs float32 \[2,25"),
    (drop("0.draws.0.starts"), "draws.0.starts is missing"),
    (put("0.extra", torch.zeros(2)), r"extra is float32 \[2\], and its config needs no such thing"),
    (put("1.generator.flat", torch.zeros(2)), "1.generator.flat is of none of its runs"),
    (put("extra", torch.zeros(2)), "extra is of none of its runs"),
    (put("0.shown", torch.zeros(2, 79)), r"shown is float32 \[2,79\], and its config needs .* \[2,80"),
    (put("0.shown", torch.zeros(3, 80)), r"shown is float32 \[3,80\], and its config needs .* \[2,80"),
    (put("0.shown", torch.zeros(160)), r"shown is float32 \[160\]"),
    (put("0.shown", torch.zeros(2, 80).double()), r"shown is float64 \[2,80\]"),
    (put("0.shown", torch.zeros(())), "shown is a float32"),
    (put("0.generator.count", torch.zeros(2)), r"generator.count is float32 \[2\], .* a float32"),
    (put("0.step", torch.zeros(2)), "step is there twice"),
    (number("generator.flat", 1), "generator.flat is there twice"),
    (number("step", -1), "wrong at groups.0.numbers.step"),
    (number("step", 10**30), "wrong at groups.0.numbers.step"),
    (number("step", 1.5), "wrong at groups.0.numbers.step"),
    (number("step", True), "wrong at groups.0.numbers.step"),
    (lambda tensors, about: about["groups"][0]["numbers"].pop("step"), "step is missing"),
    (number("steps", 1), "steps is a whole number, and its config needs no such thing"),
    (number("draws.0.used", 65), "more random numbers than are drawn at once"),
    (number("draws.1.used", 2**53), "more random numbers than are drawn at once"),
    (twister(624, 624), r"draws.1.starts can't be states"),
    (twister(300, 326), r"draws.1.starts can't be states"),
    (twister(1, 2**63), r"draws.1.starts can't be states"),
    (twister(0, 0), r"draws.1.starts can't be states"),
    (put("0.draws.0.starts", torch.zeros(2, 16, dtype=torch.uint8)), "draws.0.starts is uint8"),
    (setting("generator.lr", 1e9), r"The checkpoint's generator.lr: 1000000000.0 is not allowed"),
    (setting("generator.lr", [[]]), r"The checkpoint's generator.lr: "),
    (setting("loss", "gan"), "The checkpoint's loss: gan is not allowed; it takes one of"),
    (setting("loose", 1), "The checkpoint's loose: there is no such setting; the nearest is loss"),
    (setting("data.name", ["ring"]), "The checkpoint's data.name: "),
    (setting("data.file", "/etc/passwd"), "data.file: it can't name a file"),
    (setting("latent.dim", 4), r"generator.flat is float32 \[2,80\], .* needs float32 \[2,87\]"),
    (setting("discriminator.optimizer", "sgd"), "moments.1 .* no such thing"),
    (shape(1), r"its data are \[2\] and not \[1\]"),
    (shape(1, 28, 28), r"its data are \[2\] and not \[1,28,28\]"),
    *((shape(*numbers), "wrong at groups.0.shape") for numbers in [
        (), (3,), (2, 2), (3, 10**6, 10**6), (3, 28, 32), (2, 28, 28), (0, 28, 28), (1, 1, 28, 28),
        (1, 7, 7), (-1, 28, 28), (1, 28.0, 28), (1, "28", 28), (None,),
    ]),
    (say(runs=3), "generator.flat is missing or too small"),
    (say(runs=0), "wrong at runs"),
    (say(runs="2"), "wrong at runs"),
    (say(runs=10**9), "wrong at runs"),
    (say(device="tpu"), "wrong at device"),
    (say(dtype="float16"), "wrong at dtype"),
    (say(dtype="float64"), r"float32 .* needs .*float64"),
    (say(seconds=float("inf")), "wrong at seconds"),
    (say(seconds=-1.0), "wrong at seconds"),
    (say(version=0), "wrong at version"),
    (say(groups=[]), "wrong at groups"),
    (say(groups=[{"config": {}}]), "wrong at groups.0.numbers"),
    (say(more=1), "wrong at more"),
    (many, "too many runs; at most 4096"),
]  # fmt: skip


@pytest.mark.parametrize(("change", "said"), REFUSED, ids=[said for _, said in REFUSED])
def test_what_does_not_fit_is_refused(change: Any, said: str, trained: Trainer) -> None:
    with pytest.raises(CheckpointError, match=said) as caught:
        loads(changed(dumps(trained), change))
    text = str(caught.value)
    assert text.startswith("The checkpoint")
    assert text.endswith(".")
    assert len(text.splitlines()) == 1
    assert len(text) < 400


def test_a_sound_state_at_its_edge_is_taken(trained: Trainer) -> None:
    for left, following in ((624, 1), (1, 624), (1, 0)):
        loads(changed(dumps(trained), twister(left, following))).advance(3)


def test_a_small_file_makes_no_large_nets(
    trained: Trainer, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = dumps(trained)
    monkeypatch.setattr(checkpoint, "Trainer", pytest.fail)
    for player in ("generator", "discriminator"):
        with pytest.raises(CheckpointError, match=rf"{player}.flat is missing or too small"):
            loads(changed(source, setting(f"{player}.hidden", [1024] * 16)))
    with pytest.raises(CheckpointError, match=r"generator.flat is missing or too small"):
        loads(changed(source, larger))


def larger(tensors: dict[str, torch.Tensor], about: dict[str, Any]) -> None:
    about["groups"][0] |= {"shape": [1, 28, 28]}
    about["groups"][0]["config"] = {"data.name": "mnist", "generator.hidden": [7]}


def test_an_older_file_goes_on_as_well(trained: Trainer) -> None:
    """Of the first version, which did not tell the shape of the data."""

    def older(tensors: dict[str, torch.Tensor], about: dict[str, Any]) -> None:
        about["version"] = 1
        del about["groups"][0]["shape"]

    assert state_of(loads(changed(dumps(trained), older))) == state_of(trained)


def test_any_damage_is_a_sentence_or_a_trainer(trained: Trainer) -> None:
    whole, rng = dumps(trained), random.Random(0)
    header = 8 + int.from_bytes(whole[:8], "little")
    refused = 0
    for turn in range(300):
        source = bytearray(whole)
        if turn % 10 == 0:
            del source[rng.randrange(len(source)) :]
        for _ in range(rng.choice((1, 1, 3))):
            at = rng.randrange(header if turn % 2 else len(whole))
            if at < len(source):
                source[at] = rng.choice((source[at] ^ 1 << rng.randrange(8), *b'09"{,-'))
        try:
            loads(bytes(source)).advance(1)
        except CheckpointError:
            refused += 1
    assert 50 < refused < 300
