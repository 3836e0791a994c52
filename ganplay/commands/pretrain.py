"""`pretrain`: makes a shipped checkpoint again, from the data up."""

import argparse
import sys

from ganplay import pretrain as pretraining
from ganplay.commands.common import Commands, add_device, count, safetensors


def add(commands: Commands) -> None:
    """Add the command."""
    command = commands.add_parser("pretrain", help="make a shipped checkpoint again")
    command.set_defaults(run=pretrain)
    names = tuple(pretraining.PRETRAINED)
    command.add_argument("name", choices=names, metavar="NAME", help=", ".join(names))
    command.add_argument(
        "--out", type=safetensors, metavar="FILE.safetensors", help="write it there instead"
    )
    command.add_argument("--epochs", type=count, metavar="N", help="train so long instead")
    add_device(command)


def pretrain(options: argparse.Namespace) -> int:
    """Make it, with messages on stderr and the result on stdout."""
    pretraining.pretrain(options.name, options.out, options.epochs, options.device, _tell)
    print(f"{options.name} is in {options.out or 'its place'}")
    return 0


def _tell(message: str) -> None:
    print(message, file=sys.stderr, flush=True)
