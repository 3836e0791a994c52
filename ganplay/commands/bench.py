"""`bench`: the engine's speed."""

import argparse
import sys

from ganplay.commands.common import Commands, add_json, write_json


def add(commands: Commands) -> None:
    """Add the command."""
    command = commands.add_parser("bench", help="speed against plain PyTorch loops")
    command.set_defaults(run=bench)
    add_json(command)


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
        write_json({"rows": rows, "sgemm_gflops": gflops}, options.json)
    return 0
