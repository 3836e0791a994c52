"""The command line: `python -m ganplay COMMAND`. Results on stdout, all else on stderr."""

import argparse
import sys
from collections.abc import Sequence
from typing import NoReturn

from ganplay.commands import MODULES
from ganplay.config import ConfigError
from ganplay.progress import clear


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
        clear()
        print(error, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        clear()
        print("Stopped.", file=sys.stderr)
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = _Parser("python -m ganplay", description="Small GANs that train while you watch.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for module in MODULES:
        module.add(commands)
    return parser


if __name__ == "__main__":
    sys.exit(main())
