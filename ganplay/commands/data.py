"""`data`: the data sets, and fetching those that are too large to ship."""

import argparse

from ganplay.commands.common import Commands
from ganplay.config import ConfigError
from ganplay.data import fetch as fetching


def add(commands: Commands) -> None:
    """Add the command, whose own commands are `list` and `fetch`."""
    command = commands.add_parser("data", help="the data sets, and fetching the large ones")
    own = command.add_subparsers(required=True, metavar="COMMAND")
    command = own.add_parser("list", help="every data set, and where it comes from")
    command.set_defaults(run=list_data)
    command = own.add_parser("fetch", help="bring one that is too large to ship to this machine")
    command.set_defaults(run=fetch)
    names = tuple(fetching.FETCHABLE)
    command.add_argument("name", choices=names, metavar="NAME", help=", ".join(names))


def list_data(options: argparse.Namespace) -> int:
    """Name and title of each data set, what it is, and where."""
    for name, title, what, where in fetching.listing():
        print(f"{name:15} {title:28} {what:14} {where}")
    return 0


def fetch(options: argparse.Namespace) -> int:
    """Fetch a data set and say where it lies."""
    try:
        fetching.fetch(options.name)
    except fetching.FetchError as error:
        raise ConfigError(f"{str(error).rstrip('.')}.") from None
    print(f"{options.name} is in {fetching.folder(options.name)}")
    return 0
