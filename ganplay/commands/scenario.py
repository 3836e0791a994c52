"""`scenarios` and `scenario`: the demonstrations, and whether their claims hold."""

import argparse
import sys

from ganplay import scenarios
from ganplay.commands.common import Commands, add_json, count, seed, write_json
from ganplay.device import choose_device


def add(commands: Commands) -> None:
    """Add both commands."""
    command = commands.add_parser("scenarios", help="list the demonstrations")
    command.set_defaults(run=list_scenarios)
    command = commands.add_parser("scenario", help="check a demonstration's claims on fresh seeds")
    command.set_defaults(run=scenario)
    command.add_argument("name", metavar="NAME")
    command.add_argument("--runs", type=count, metavar="K", help="seeds; 16, or 8 of pictures")
    command.add_argument("--seed", type=seed, default=1000, metavar="S", help="the first of them")
    add_json(command)


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
    plays = scenarios.play_on_all_cores(found, options.runs or found.seeds, options.seed, _progress)
    claims = scenarios.check(plays)
    ok = all(claim["ok"] for claim in claims)
    if options.json != "-":
        for claim in claims:
            verdict = "holds" if claim["ok"] else "FAILS"
            print(
                f"{verdict} {claim['holds']:3} of {claim['of']}, {claim['required']} needed: {claim['text']}"
            )
    if options.json:
        write_json({"scenario": found.name, "ok": ok, "claims": claims}, options.json)
    return 0 if ok else 1


def _progress(done: float) -> None:
    """A line of progress on a terminal."""
    if sys.stderr.isatty():
        print(f"\r{done:4.0%}", end="\n" if done == 1 else "", file=sys.stderr, flush=True)
