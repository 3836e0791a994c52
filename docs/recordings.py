"""Records the scenarios anew, for "play recording": `python -m docs.recordings [NAME ...]`."""

import sys

from ganplay.device import choose_device
from ganplay.export import reel, reel_file
from ganplay.files import write_whole
from ganplay.scenarios import load, names

MOST = 850_000
"""Bytes of each, so that all together stay below 14 MB."""


def main() -> None:
    """Play each and keep its pictures."""
    choose_device("cpu")
    for name in sys.argv[1:] or names():
        file = reel_file.write(reel.of_scenario(load(name)), MOST)
        write_whole(reel_file.shipped(name), file)


if __name__ == "__main__":
    main()
