"""`train`: train runs, keep them in a file or go on from one, and report their metrics."""

import argparse
import os
import sys
from pathlib import Path
from typing import Any

import torch

from ganplay import checkpoint
from ganplay.commands.common import (
    Commands,
    add_device,
    add_json,
    advance,
    count,
    safetensors,
    write_json,
)
from ganplay.config import ConfigError, RunConfig
from ganplay.device import choose_device
from ganplay.observe import perfect
from ganplay.trainer import Trainer

OWN = ("config", "seed", "runs")
"""Flags that say what a checkpoint says by itself."""


def add(commands: Commands) -> None:
    """Add the command."""
    command = commands.add_parser("train", help="train, then print each run's metrics")
    command.set_defaults(run=train)
    command.add_argument("--config", type=Path, metavar="FILE.toml", help="settings to start from")
    command.add_argument(
        "--set", action="append", default=[], metavar="FIELD=VALUE", help="one setting; repeatable"
    )
    command.add_argument("--steps", type=count, default=2000, metavar="N", help="iterations")
    command.add_argument("--runs", type=count, metavar="K", help="runs at once")
    command.add_argument("--seed", type=int, metavar="S", help="seed of the first run")
    add_device(command)
    command.add_argument(
        "--load", type=Path, metavar="FILE.safetensors", help="go on from where these runs stand"
    )
    command.add_argument(
        "--save", type=safetensors, metavar="FILE.safetensors", help="keep the trained runs there"
    )
    add_json(command)


def train(options: argparse.Namespace) -> int:
    """Train new runs or those of a checkpoint, and report their metrics."""
    trainer = _loaded(options) if options.load else _new(options)
    if options.save:
        checkpoint.dumps(trainer)  # what can't be kept is refused before the training
    if trainer.config.convolves:
        torch.set_num_threads(os.cpu_count() or 1)  # two are 1.5 times as fast as one
    advance(trainer, options.steps)
    if options.save:
        checkpoint.save(trainer, options.save)
    seeds = [seed for stack in trainer.stacks for seed in stack.seeds]
    report = {
        "config": trainer.config.model_dump(),
        "steps": trainer.step,
        "seconds": trainer.seconds,
        "iterations_per_second": trainer.step / trainer.seconds,
        "device": trainer.device,
        "runs": [
            {"seed": seeds[k], "diverged": diverged, "metrics": trainer.metrics(k)}
            for k, diverged in enumerate(trainer.diverged())
        ],
        "floors": perfect(trainer.config.data),
    }
    if options.json != "-":
        _print_table(report)
    if options.json:
        write_json(report, options.json)
    return 0


def _new(options: argparse.Namespace) -> Trainer:
    config = RunConfig.from_toml(options.config) if options.config else RunConfig()
    fields = _fields(options)
    if options.seed is not None:
        fields["seed"] = options.seed
    return Trainer(config.updated(fields), options.runs or 1, choose_device(options.device))


def _loaded(options: argparse.Namespace) -> Trainer:
    for flag in OWN:
        if getattr(options, flag) is not None:
            raise ConfigError(f"--{flag} can't go with --load: a checkpoint has its own {flag}.")
    fields = _fields(options)
    given = "data.file" in fields  # in place of what may be elsewhere
    trainer = checkpoint.read(options.load, choose_device(options.device), anywhere=given)
    if len({stack.config for stack in trainer.stacks}) > 1:
        raise ConfigError(f"--load {options.load}: it holds runs of several configs; give one.")
    if fields:
        trainer.use(trainer.config.updated(fields))  # in one go: pictures may take minutes to read
    return trainer


def _fields(options: argparse.Namespace) -> dict[str, Any]:
    return dict(_assignment(text) for text in options.set)


def _assignment(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals:
        raise ConfigError(f"--set {text}: write FIELD=VALUE, as in generator.lr=0.001.")
    return name.strip(), value.strip()


def _print_table(report: dict[str, Any]) -> None:
    names = list(report["runs"][0]["metrics"])
    print("seed".rjust(10), *(name.rjust(12) for name in names))
    for run in report["runs"]:
        values = ["-" if v is None else f"{v:.4g}" for v in run["metrics"].values()]
        print(str(run["seed"]).rjust(10), *(value.rjust(12) for value in values), end="")
        print("  diverged" if run["diverged"] else "")
    values = ["-" if v is None else f"{v:.4g}" for v in report["floors"].values()]
    print("perfect".rjust(10), *(value.rjust(12) for value in values))
    rate = report["iterations_per_second"]
    print(f"{report['steps']} iterations at {rate:.0f}/s on {report['device']}", file=sys.stderr)
