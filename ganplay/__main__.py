"""The command line: `python -m ganplay COMMAND`. Results on stdout, all else on stderr."""

import argparse
import json
import math
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NoReturn

from ganplay import scenarios
from ganplay.config import ConfigError, RunConfig
from ganplay.device import choose_device
from ganplay.metrics.protocols import SAMPLES, WITHIN
from ganplay.observe import perfect
from ganplay.tables import COLUMNS, TABLES, Table
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
    command = commands.add_parser("scenarios", help="list the demonstrations")
    command.set_defaults(run=list_scenarios)
    command = commands.add_parser("scenario", help="check a demonstration's claims on fresh seeds")
    command.set_defaults(run=scenario)
    command.add_argument("name", metavar="NAME")
    command.add_argument("--runs", type=_count, default=16, metavar="K", help="seeds")
    command.add_argument("--seed", type=_seed, default=1000, metavar="S", help="the first of them")
    _add_json(command)
    command = commands.add_parser("table", help="published figures beside those measured here")
    command.set_defaults(run=table)
    command.add_argument("name", choices=TABLES, metavar="NAME", help=", ".join(TABLES))
    command.add_argument("--runs", type=_count, default=4, metavar="R", help="runs of each row")
    command.add_argument(
        "--seed", type=_seed, default=1000, metavar="S", help="seed of the first run"
    )
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
        "floors": perfect(trainer.config.data),
    }
    if options.json != "-":
        _print_table(report)
    if options.json:
        _write_json(report, options.json)
    return 0


def list_scenarios(options: argparse.Namespace) -> int:
    """Name and sentence of each scenario."""
    for name in scenarios.names():
        found = scenarios.load(name)
        print(f"{name:20} {found.title}: {found.sentence}")
    return 0


def scenario(options: argparse.Namespace) -> int:
    """Play a scenario on fresh seeds and check its claims; 1 if one does not hold."""
    found = scenarios.load(options.name)
    choose_device("cpu")
    plays = scenarios.play_on_all_cores(found, options.runs, options.seed, _progress)
    claims = scenarios.check(plays)
    ok = all(claim["ok"] for claim in claims)
    if options.json != "-":
        for claim in claims:
            verdict = "holds" if claim["ok"] else "FAILS"
            print(
                f"{verdict} {claim['holds']:3} of {claim['of']}, {claim['required']} needed: {claim['text']}"
            )
    if options.json:
        _write_json({"scenario": found.name, "ok": ok, "claims": claims}, options.json)
    return 0 if ok else 1


def _progress(done: float) -> None:
    """A line of progress on a terminal."""
    if sys.stderr.isatty():
        print(f"\r{done:4.0%}", end="\n" if done == 1 else "", file=sys.stderr, flush=True)


def table(options: argparse.Namespace) -> int:
    """Print a published table and measure this project's rows of it, under the same protocol."""
    wanted = TABLES[options.name]
    choose_device("cpu")
    rows = []
    if options.json != "-":
        _print_protocol(wanted)
    for row in wanted.rows(options.runs, options.seed, _train_row):
        rows.append(row)
        if options.json != "-":
            cells = (_figure(row, column).rjust(14) for column in wanted.columns)
            source = "measured here" if row["source"] == "measured" else row["source"]
            lengths = f"{row['runs']:6} {row.get('iterations', ''):>12}"
            print(f"{source:14}{row['name']:22}", *cells, lengths.rstrip(), flush=True)
    if options.json:
        report = {"table": options.name, "protocol": wanted.describe(options.runs), "rows": rows}
        _write_json(report, options.json)
    return 0


def _print_protocol(table: Table) -> None:
    print(
        f"Published: {table.paper}. Trained: {table.trained}.\n"
        "Measured here: short training of small nets.\n"
        f"Both: {SAMPLES} samples a run; of high quality within {WITHIN} sigma of one of the"
        f" {table.modes} modes; one such sample makes a mode;\n"
        f"mean ± standard error over the runs. Assumed: {table.assumed}.\n"
    )
    heads = (COLUMNS[column][0].rjust(14) for column in table.columns)
    print(f"{'':14}{'':22}", *heads, f"{'runs':>6} {'iterations':>12}", flush=True)


def _figure(row: dict[str, Any], column: str) -> str:
    mean, error, decimals = row[column], row[f"{column}_error"], COLUMNS[column][1]
    if mean is None:
        return "-"
    return f"{mean:.{decimals}f}" + ("" if error is None else f" ± {error:.{decimals}f}")


def _train_row(name: str, trainer: Trainer, steps: int) -> None:
    print(f"training {name}: {trainer.runs} runs", file=sys.stderr, flush=True)
    _advance(trainer, steps)


def bench(options: argparse.Namespace) -> int:
    """Measure the engine against plain loops."""
    from bench.engine import GOALS, measure, sgemm_gflops  # beside the package: not always there

    gflops = sgemm_gflops()
    print(f"one thread; sgemm reaches {gflops:.0f} GFLOPS here", file=sys.stderr)
    rows = []
    for row in measure():
        rows.append(row)
        if options.json != "-":
            rate, ratio = row["iterations_per_second"], row["ratio_to_naive"]
            name = f"{row['workload']:<12} {row['variant']:<12}"
            goal = GOALS.get((row["workload"], row["variant"]))
            words = f"  (goal {goal:g})" if goal else ""
            print(f"{name} {rate:10.0f} iterations/s {ratio:8.2f} x naive{words}", flush=True)
    if options.json:
        _write_json({"rows": rows, "sgemm_gflops": gflops}, options.json)
    return 0


def _count(text: str) -> int:
    if not (text.isdigit() and int(text) > 0):
        raise argparse.ArgumentTypeError(f"{text} is not a whole number of at least 1")
    return int(text)


def _seed(text: str) -> int:
    if not (text.isdigit() and int(text) < 2**31):
        raise argparse.ArgumentTypeError(f"{text} is not a whole number from 0 to {2**31 - 1}")
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
    values = ["-" if v is None else f"{v:.4g}" for v in report["floors"].values()]
    print("perfect".rjust(10), *(value.rjust(12) for value in values))
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
