"""How good digits get in so many minutes of one core: `python -m bench.digits`.

Trains a recipe on the 10,000 shipped digits, and judges 10,000 generated ones against the held-out
digits after each of some minutes. The clock is the processor's and stands still while judging.
"""

import argparse
import sys
import time

from ganplay.device import prepare_cpu
from ganplay.recipes import recipe
from ganplay.trainer import Trainer

MINUTES = (1, 3, 5, 10)
SHOWN = ("frechet", "digit_kl", "confident", "coverage", "sharpness")


def main() -> None:
    """Print a row for each seed and each look."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--recipe", default="dcgan")
    parser.add_argument("--set", action="append", default=[], metavar="FIELD=VALUE")
    parser.add_argument(
        "--seed", type=int, action="append", help="repeatable; 0, 1, 2 unless given"
    )
    parser.add_argument("--minutes", type=float, nargs="+", default=MINUTES)
    options = parser.parse_args()
    prepare_cpu()
    print("seed", "minutes", "iterations", *SHOWN, sep="\t", flush=True)
    for seed in options.seed or (0, 1, 2):
        fields = dict(each.split("=", 1) for each in options.set)
        trainer = Trainer(recipe(options.recipe).updated({**fields, "seed": seed}))
        spent = 0.0
        for minutes in options.minutes:
            while spent < 60 * minutes:
                start = time.process_time()
                trainer.advance(10)
                spent += time.process_time() - start
            found = trainer.metrics()
            values = (f"{found[name]:.3f}" for name in SHOWN)
            print(seed, minutes, trainer.step, *values, sep="\t", flush=True)


if __name__ == "__main__":
    sys.exit(main())
