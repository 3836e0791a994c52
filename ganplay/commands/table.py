"""`table`: published figures beside those measured here."""

import argparse
import sys
from typing import Any

from ganplay.commands.common import Commands, add_json, advance, count, seed, write_json
from ganplay.device import choose_device
from ganplay.metrics.protocols import SAMPLES, WITHIN
from ganplay.tables import COLUMNS, TABLES, Table
from ganplay.trainer import Trainer


def add(commands: Commands) -> None:
    """Add the command."""
    command = commands.add_parser("table", help="published figures beside those measured here")
    command.set_defaults(run=table)
    command.add_argument("name", choices=TABLES, metavar="NAME", help=", ".join(TABLES))
    command.add_argument("--runs", type=count, default=4, metavar="R", help="runs of each row")
    command.add_argument(
        "--seed", type=seed, default=1000, metavar="S", help="seed of the first run"
    )
    add_json(command)


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
        write_json(report, options.json)
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
    advance(trainer, steps)
