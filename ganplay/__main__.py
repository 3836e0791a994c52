"""The command line: `python -m ganplay COMMAND`. Results on stdout, all else on stderr."""

import argparse
import json
import math
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NoReturn

from ganplay.config import ConfigError, RunConfig
from ganplay.device import choose_device
from ganplay.trainer import Trainer


class _Parser(argparse.ArgumentParser):
    """A parser whose errors are one line, without the usage."""

    def error(self, message: str) -> NoReturn:
        raise ConfigError(f"{message}; see {self.prog} --help.")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command: 0 done, 1 a claim did not hold, 2 bad usage or bad config."""
    try:
        options = _parser().parse_args(arguments)
        return int(options.run(options))
    except ConfigError as error:
        print(error, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("Stopped.", file=sys.stderr)
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = _Parser("python -m ganplay", description="Small GANs that train while you watch.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    command = commands.add_parser("train", help="train, then print each run's metrics")
    command.set_defaults(run=train)
    command.add_argument("--config", type=Path, metavar="FILE.toml", help="settings to start from")
    command.add_argument(
        "--set", action="append", default=[], metavar="FIELD=VALUE", help="one setting; repeatable"
    )
    command.add_argument("--steps", type=_count, default=2000, metavar="N", help="iterations")
    command.add_argument("--runs", type=_count, default=1, metavar="K", help="runs at once")
    command.add_argument("--seed", type=int, metavar="S", help="seed of the first run")
    command.add_argument("--device", choices=("auto", "cpu", "cuda"), default="auto")
    _add_json(command)
    command = commands.add_parser("bench", help="speed against plain PyTorch loops")
    command.set_defaults(run=bench)
    _add_json(command)
    return parser


def _add_json(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--json", type=_writable, metavar="FILE", help="write the results there; - is stdout"
    )


def train(options: argparse.Namespace) -> int:
    """Train `options.runs` runs and report their metrics."""
    config = RunConfig.from_toml(options.config) if options.config else RunConfig()
    fields: dict[str, Any] = dict(_assignment(text) for text in options.set)
    if options.seed is not None:
        fields["seed"] = options.seed
    trainer = Trainer(config.updated(fields), options.runs, choose_device(options.device))
    _advance(trainer, options.steps)
    report = {
        "config": trainer.config.model_dump(),
        "steps": trainer.step,
        "seconds": trainer.seconds,
        "iterations_per_second": trainer.step / trainer.seconds,
        "device": trainer.device,
        "runs": [
            {"seed": trainer.config.seed + k, "diverged": diverged, "metrics": trainer.metrics(k)}
            for k, diverged in enumerate(trainer.diverged())
        ],
    }
    if options.json != "-":
        _print_table(report)
    if options.json:
        _write_json(report, options.json)
    return 0


def bench(options: argparse.Namespace) -> int:
    """Measure the engine against plain loops."""
    from bench.engine import measure, sgemm_gflops  # beside the package: not for every command

    gflops = sgemm_gflops()
    print(f"one thread; sgemm reaches {gflops:.0f} GFLOPS here", file=sys.stderr)
    rows = []
    for row in measure():
        rows.append(row)
        if options.json != "-":
            rate, ratio = row["iterations_per_second"], row["ratio_to_naive"]
            name = f"{row['workload']:<10} {row['variant']:<12}"
            print(f"{name} {rate:10.0f} iterations/s {ratio:8.2f} x naive", flush=True)
    if options.json:
        _write_json({"rows": rows, "sgemm_gflops": gflops}, options.json)
    return 0


def _count(text: str) -> int:
    if not (text.isdigit() and int(text) > 0):
        raise argparse.ArgumentTypeError(f"{text} is not a whole number of at least 1")
    return int(text)


def _writable(text: str) -> str:
    """Checked before the training, which may take long."""
    if text != "-" and not os.access(Path(text).parent, os.W_OK):
        raise argparse.ArgumentTypeError(f"{text} can't be written: no such folder, or no leave")
    return text


def _assignment(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals:
        raise ConfigError(f"--set {text}: write FIELD=VALUE, as in generator.lr=0.001.")
    return name.strip(), value.strip()


def _advance(trainer: Trainer, steps: int) -> None:
    """Train with a line of progress on a terminal, in chunks of about 1 %."""
    chunk = math.ceil(steps / 100)
    while trainer.step < steps:
        trainer.advance(min(chunk, steps - trainer.step))
        if sys.stderr.isatty():
            end = "\n" if trainer.step == steps else ""
            print(f"\r{trainer.step} of {steps} iterations", end=end, file=sys.stderr, flush=True)


def _print_table(report: dict[str, Any]) -> None:
    names = list(report["runs"][0]["metrics"])
    print("seed".rjust(10), *(name.rjust(12) for name in names))
    for run in report["runs"]:
        values = ["-" if v is None else f"{v:.4g}" for v in run["metrics"].values()]
        print(str(run["seed"]).rjust(10), *(value.rjust(12) for value in values), end="")
        print("  diverged" if run["diverged"] else "")
    rate = report["iterations_per_second"]
    print(f"{report['steps']} iterations at {rate:.0f}/s on {report['device']}", file=sys.stderr)


def _write_json(report: dict[str, Any], target: str) -> None:
    text = json.dumps(report, indent=2, allow_nan=False)
    if target == "-":
        print(text)
        return
    try:
        Path(target).write_text(text + "\n", "utf-8")
    except OSError as error:
        raise ConfigError(f"--json {target}: can't be written ({error.strerror}).") from None


if __name__ == "__main__":
    sys.exit(main())
