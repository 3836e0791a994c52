"""`record`: a demonstration as a page that plays without a server, or as a GIF."""

import argparse
import math
from pathlib import Path

from ganplay import progress, scenarios
from ganplay.commands.common import Commands, writable
from ganplay.config import ConfigError
from ganplay.device import choose_device
from ganplay.files import write_whole
from ganplay.scenarios.play import Progress

SECONDS = (4, 120)
"""How short and how long a recording may be."""


def add(commands: Commands) -> None:
    """Add the command."""
    command = commands.add_parser("record", help="record a demonstration as HTML or GIF")
    command.set_defaults(run=record)
    command.add_argument("name", metavar="NAME")
    command.add_argument(
        "--out", type=_file, required=True, metavar="FILE", help="ends in .html or .gif"
    )
    command.add_argument(
        "--seconds", type=_seconds, metavar="N", help="how long it plays; else as its scenes do"
    )


def record(options: argparse.Namespace) -> int:
    """Play a scenario, write the recording, and say how large it is."""
    scenario = scenarios.load(options.name)
    choose_device("cpu")
    # what draws takes a second to load, which the other commands need not wait for
    from ganplay.export import animation, html, reel

    recorded = reel.of_scenario(scenario, options.seconds, _telling("played"))
    if options.out.suffix == ".gif":
        content = animation.animation(recorded, _telling("drawn"))
    else:
        content = html.html(recorded)
    try:
        write_whole(options.out, content)
    except OSError as error:
        raise ConfigError(f"--out {options.out}: can't be written ({error.strerror}).") from None
    print(f"{options.out}: {len(content) / 1e6:.1f} MB, {recorded.length:.0f} s")
    return 0


def _telling(what: str) -> Progress:
    """A line of progress in percent."""
    return lambda done: progress.tell(math.floor(100 * done), 100, f"% {what}")


def _file(text: str) -> Path:
    path = Path(text)
    if path.suffix not in (".html", ".gif"):
        raise argparse.ArgumentTypeError(f"{text} has to end in .html or .gif")
    if path.is_dir():
        raise argparse.ArgumentTypeError(f"{text} can't be written: it is a folder")
    return Path(writable(text))


def _seconds(text: str) -> float:
    low, high = SECONDS
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not low <= value <= high:
        raise argparse.ArgumentTypeError(f"{text} is not a number from {low} to {high}")
    return value
