"""What commands share: flags, progress, and results as JSON."""

import argparse
import json
import math
import os
from pathlib import Path
from typing import Any, TypeAlias

from ganplay import progress
from ganplay.config import ConfigError
from ganplay.trainer import Trainer

Commands: TypeAlias = "argparse._SubParsersAction[Any]"
"""What a command is added to."""


def add_json(command: argparse.ArgumentParser) -> None:
    """The flag that writes results."""
    command.add_argument(
        "--json", type=writable, metavar="FILE", help="write the results there; - is stdout"
    )


def add_device(command: argparse.ArgumentParser) -> None:
    """The flag that chooses the processor."""
    command.add_argument("--device", choices=("auto", "cpu", "cuda"), default="auto")


def count(text: str) -> int:
    """A flag's whole number of at least 1."""
    if not (text.isdigit() and int(text) > 0):
        raise argparse.ArgumentTypeError(f"{text} is not a whole number of at least 1")
    return int(text)


def seed(text: str) -> int:
    """A flag's seed."""
    if not (text.isdigit() and int(text) < 2**31):
        raise argparse.ArgumentTypeError(f"{text} is not a whole number from 0 to {2**31 - 1}")
    return int(text)


def writable(text: str) -> str:
    """Checked before the training, which may take long."""
    if text != "-" and not os.access(Path(text).parent, os.W_OK):
        raise argparse.ArgumentTypeError(f"{text} can't be written: no such folder, or no leave")
    return text


def safetensors(text: str) -> Path:
    """A flag's file to be written, checked before the training as well."""
    path = Path(text)
    if path.suffix != ".safetensors":
        raise argparse.ArgumentTypeError(f"{text} has to end in .safetensors")
    if path.is_dir():
        raise argparse.ArgumentTypeError(f"{text} can't be written: it is a folder")
    return Path(writable(text))


def advance(trainer: Trainer, steps: int) -> None:
    """Train with a line of progress on a terminal, in chunks of about 1 %."""
    chunk, goal = math.ceil(steps / 100), trainer.step + steps
    while trainer.step < goal:
        trainer.advance(min(chunk, goal - trainer.step))
        progress.tell(trainer.step, goal, "iterations")


def write_json(report: dict[str, Any], target: str) -> None:
    """Write results to a file, or to stdout for -."""
    text = json.dumps(report, indent=2, allow_nan=False)
    if target == "-":
        print(text)
        return
    try:
        Path(target).write_text(text + "\n", "utf-8")
    except OSError as error:
        raise ConfigError(f"--json {target}: can't be written ({error.strerror}).") from None
