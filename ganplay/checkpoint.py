"""The whole state of a Trainer as safetensors, from which training goes on as if never stopped.

Each tensor has the runs of a config along its first dimension, however a device stacks them; all
else is JSON in the metadata. A checkpoint may come from anywhere: nothing in it is ever executed,
and whatever is wrong with it is a CheckpointError.
"""

import json
import struct
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

import safetensors.torch
import torch
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator
from torch import Tensor

from ganplay.config import ConfigError, RunConfig
from ganplay.data.picture_files import SIDES
from ganplay.files import write_whole
from ganplay.leaves import Leaf, filled, is_drawn, joined, leaves_of, separate
from ganplay.settings import shown
from ganplay.size import weights_of
from ganplay.stack import Stack
from ganplay.stand_in import at_hand
from ganplay.trainer import Trainer

MAX_BYTES = 64_000_000
MAX_HEADER = 4_000_000
"""Bytes of names and metadata, which take a multiple of that once they are read."""

MOST_RUNS = 4096
KEY = "ganplay"
"""Where the metadata hold what tensors can't."""
VERSION = 2
"""What is written; 1 did not tell the shape of the data."""
TAKEN = "only .safetensors that ganplay saved are read, never pickles such as .pt and .pth"

WORDS = 624
"""Of a Mersenne Twister."""
SHAPES = [[1], [2], *([channels, side, side] for channels in (1, 3) for side in SIDES)]
"""Of what there are data: points and pictures."""


class CheckpointError(ConfigError):
    """A checkpoint that can't be read or written: one sentence."""


class _Group(BaseModel):
    """All runs of a config: its dotted fields, the numbers of their state by name, and the shape of
    its data."""

    model_config = ConfigDict(strict=True, extra="forbid")

    config: dict[str, Any]
    numbers: dict[str, Annotated[int, Field(ge=0, le=2**53)]]
    shape: list[int] | None = None

    @field_validator("shape")
    @classmethod
    def _is_of_data(cls, shape: list[int] | None) -> list[int] | None:
        if shape not in (None, *SHAPES):
            raise ValueError("no data have this shape")
        return shape


class _About(BaseModel):
    """What the metadata say; each config has so many runs."""

    model_config = ConfigDict(strict=True, extra="forbid", allow_inf_nan=False)

    version: Literal[1, 2]
    device: Literal["cpu", "cuda"]
    dtype: Literal["float32", "float64"]
    seconds: Annotated[float, Field(ge=0)]
    runs: Annotated[int, Field(ge=1, le=MOST_RUNS)]
    groups: Annotated[list[_Group], Field(min_length=1, max_length=MOST_RUNS)]


# ---- saving


def save(trainer: Trainer, path: Path) -> None:
    """Write a checkpoint to a file, all of it or nothing. Raises CheckpointError."""
    source = dumps(trainer)
    try:
        write_whole(path, source)
    except OSError as error:
        raise CheckpointError(f"{path}: can't be written ({error.strerror}).") from None


def dumps(trainer: Trainer) -> bytes:
    """The whole state of a Trainer. Raises CheckpointError where it is too large."""
    tensors: dict[str, Tensor] = {}
    groups: list[dict[str, Any]] = []
    for stacks in _groups(trainer):
        numbers = {}
        for name, leaf in joined([leaves_of(stack) for stack in stacks]).items():
            if isinstance(leaf, Tensor):
                tensors[f"{len(groups)}.{name}"] = leaf.cpu()
            else:
                numbers[name] = leaf
        config = stacks[0].config
        groups.append({"config": config.flat(), "numbers": numbers, "shape": config.data.shape})
    about = {
        "version": VERSION,
        "device": trainer.device,
        "dtype": _name(trainer.stacks[0].generator.net.flat.dtype),
        "seconds": trainer.seconds,
        "runs": trainer.runs // len(groups),
        "groups": groups,
    }
    source = safetensors.torch.save(tensors, {KEY: json.dumps(about, allow_nan=False)})
    if len(source) > MAX_BYTES or _header_size(source) > MAX_HEADER or trainer.runs > MOST_RUNS:
        raise CheckpointError(
            f"These runs would take {len(source) / 1e6:.0f} MB, which is too large; a checkpoint"
            f" holds at most {MOST_RUNS} runs and {MAX_BYTES // 10**6} MB."
        )
    return source


def _groups(trainer: Trainer) -> list[list[Stack]]:
    """The stacks of each config; the first of them begins with the config's own seed."""
    groups: list[list[Stack]] = []
    for stack in trainer.stacks:
        if stack.seeds[0] == stack.config.seed:
            groups.append([])
        groups[-1].append(stack)
    return groups


# ---- loading


def read(path: Path, device: str = "cpu", anywhere: bool = False) -> Trainer:
    """`loads` for a file of one's own, which may name a file of points. Raises CheckpointError."""
    try:
        with path.open("rb") as file:
            source = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise CheckpointError(f"{path}: can't be read ({error.strerror}).") from None
    return loads(source, device, files=True, anywhere=anywhere)


def loads(
    source: bytes, device: str = "cpu", files: bool = False, anywhere: bool = False
) -> Trainer:
    """The Trainer that `dumps` was given. Raises CheckpointError.

    Where it was saved on the other kind of device, its generators start anew from the seeds of the
    runs: they are of another kind, and give other numbers than before. `files` is whether its
    config may name a file on this machine. With `anywhere`, for who wants the nets alone, others
    stand for data that are not on this machine (`stand_in`).
    """
    tensors, about = _parsed(source)
    dtype, fresh = getattr(torch, about.dtype), about.device != device
    configs: list[RunConfig] = []
    leaves: list[dict[str, Leaf]] = []
    for i, group in enumerate(about.groups):
        names = [name for name in tensors if name.startswith(f"{i}.")]
        own = {name.partition(".")[2]: tensors.pop(name) for name in names}
        shape = tuple(group.shape) if group.shape else None
        config = _config(at_hand(group.config, shape, files) if anywhere else group.config, files)
        if shape not in (None, config.data.shape):
            raise damaged(f"its data are [{shown(config.data.shape)}] and not [{shown(shape)}]")
        configs.append(config)
        leaves.append(own | group.numbers)
        if twice := own.keys() & group.numbers.keys():
            raise damaged(f"{shown(min(twice))} is there twice")
        _check_size(own, config, about.runs)
        single = Trainer(config, 1, device, dtype).stacks[0]
        _check_kinds(leaves[i], leaves_of(single), about.runs, fresh)
        if not fresh:
            _check_draws(leaves[i], single, device)
    if tensors:
        raise damaged(f"{shown(min(tensors))} is of none of its runs")
    trainer = Trainer(configs, about.runs, device, dtype)
    states = []
    for stacks, theirs in zip(_groups(trainer), leaves, strict=True):
        for stack in stacks:
            first = stack.seeds[0] - stack.config.seed
            rows = slice(first, first + len(stack.seeds))
            states.append(filled(stack, theirs, rows, fresh))
    trainer.load_state_dict({"seconds": about.seconds, "stacks": states})
    return trainer


def unpacked(source: bytes) -> tuple[dict[str, Tensor], dict[str, str]]:
    """The tensors and the metadata of a safetensors file from anywhere. Raises CheckpointError."""
    if not source:
        raise CheckpointError(f"The checkpoint is empty; {TAKEN}.")
    if len(source) > MAX_BYTES:
        raise CheckpointError(
            f"The checkpoint is too large; at most {MAX_BYTES // 10**6} MB are read."
        )
    if MAX_HEADER < _header_size(source) < len(source):
        raise damaged("its header is too long")
    try:
        tensors = safetensors.torch.load(source)
        metadata = json.loads(source[8 : 8 + _header_size(source)]).get("__metadata__") or {}
    except Exception:  # of a hostile file safetensors raises several kinds
        raise CheckpointError(f"The checkpoint is cut short or no .safetensors; {TAKEN}.") from None
    return tensors, metadata


def _parsed(source: bytes) -> tuple[dict[str, Tensor], _About]:
    """The tensors by name, and what the metadata say."""
    tensors, metadata = unpacked(source)
    if KEY not in metadata:
        raise CheckpointError(f"The checkpoint is of another program; {TAKEN}.")
    try:
        about = json.loads(metadata[KEY])
    except (ValueError, RecursionError):
        raise damaged("its metadata are not JSON") from None
    version = about.get("version") if isinstance(about, dict) else None
    if isinstance(version, int) and version > VERSION:
        raise CheckpointError(
            f"The checkpoint is of a newer ganplay (version {shown(version)} of the format, and this"
            f" one reads {VERSION}); update this one."
        )
    try:
        known = _About.model_validate(about)
    except ValidationError as error:
        place = ".".join(map(str, error.errors()[0]["loc"]))
        raise damaged(f"its metadata are wrong at {shown(place)}") from None
    if known.runs * len(known.groups) > MOST_RUNS:
        raise CheckpointError(f"The checkpoint has too many runs; at most {MOST_RUNS} are read.")
    return tensors, known


def _header_size(source: bytes) -> int:
    return int.from_bytes(source[:8], "little")


def damaged(what: str) -> CheckpointError:
    """What to raise for a file that fits no config."""
    return CheckpointError(f"The checkpoint is damaged: {what}; save it again.")


def _config(fields: Mapping[str, Any], files: bool) -> RunConfig:
    if fields.get("data.file") and not files:
        raise CheckpointError(
            "The checkpoint's data.file: it can't name a file; go on with it on the command line."
        )
    try:
        return RunConfig().updated(fields)
    except ConfigError as error:
        raise CheckpointError(f"The checkpoint's {error}") from None


def _check_size(tensors: Mapping[str, Tensor], config: RunConfig, runs: int) -> None:
    """Refuse a small file with a config of large nets, before anything of that size is made."""
    for name, weights in weights_of(config).items():
        flat = tensors.get(f"{name}.flat")
        if flat is None or flat.numel() < runs * weights:
            raise damaged(f"{name}.flat is missing or too small for its config")


def _check_kinds(
    leaves: Mapping[str, Leaf], single: Mapping[str, Leaf], runs: int, fresh: bool
) -> None:
    """Hold the leaves of so many runs to those of a single one."""
    for name in sorted(leaves.keys() | single.keys()):
        if fresh and is_drawn(name):
            continue
        given = _kind(leaves[name]) if name in leaves else "missing"
        needed = _kind(single[name], runs) if name in single else "no such thing"
        if given != needed:
            raise damaged(f"{shown(name)} is {given}, and its config needs {needed}")


def _kind(leaf: Leaf, runs: int = 0) -> str:
    """What a leaf is, in words; with `runs`, if it were of so many."""
    if not isinstance(leaf, Tensor):
        return "a whole number"
    shape = [runs or leaf.shape[0], *leaf.shape[1:]] if leaf.ndim else []
    return f"{_name(leaf.dtype)} [{shown(shape)}]" if shape else f"a {_name(leaf.dtype)}"


def _name(dtype: torch.dtype) -> str:
    return str(dtype).removeprefix("torch.")


def _check_draws(leaves: Mapping[str, Leaf], single: Stack, device: str) -> None:
    """Refuse what the generators can't go on with; `single` is used up by it."""
    for name, leaf in leaves.items():
        states = separate(leaf) if isinstance(leaf, Tensor) and is_drawn(name) else []
        if not all(_is_sound(state, device) for state in states):
            raise damaged(f"{name} can't be states of generators of random numbers")
    single.load_state_dict(filled(single, leaves, slice(1), fresh=False))
    for draws in (single.draws_d, single.draws_g, *([single.vae.draws] if single.vae else [])):
        try:
            draws.next()
        except IndexError:
            raise damaged("it used more random numbers than are drawn at once") from None


def _is_sound(state: Tensor, device: str) -> bool:
    """Whether a generator can go on from a state."""
    if device == "cpu":
        # torch takes some with which it would read beyond the twister's words: `left` says how many
        # there are until it makes new ones, and `following` which comes next
        left, following = struct.unpack_from("<i4xQ", state.numpy().tobytes(), 8)
        if left + following > WORDS + 1:
            return False
    try:
        torch.Generator(device).set_state(state)
    except RuntimeError:
        return False
    return True
