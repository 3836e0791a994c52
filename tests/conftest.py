"""What all tests share: one thread, and a config so small that a run of it costs next to nothing."""

from collections.abc import Callable

import numpy as np
import pytest
import torch

from ganplay.__main__ import main
from ganplay.config import RunConfig
from ganplay.data import encode_points

torch.set_num_threads(1)


@pytest.fixture(scope="session")
def small() -> RunConfig:
    """Nets and batches of a handful, with odd sizes so that mixed-up dimensions show."""
    sizes = {"generator.hidden": (7, 5), "discriminator.hidden": (6,), "batch_size": 9}
    return RunConfig().updated(sizes | {"latent.dim": 3})


@pytest.fixture(scope="session")
def small_on(small: RunConfig) -> Callable[[str], RunConfig]:
    """The small config on the data set of a name, whatever that needs."""
    cloud = encode_points(np.random.default_rng(0).normal(size=(60, 2)))
    needs = {"points": {"data.points": cloud}}
    return lambda name: small.updated({"data.name": name} | needs.get(name, {}))


@pytest.fixture
def command(capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str, str]]:
    """Runs the command line: exit code, stdout, stderr."""

    def run(*words: str) -> tuple[int, str, str]:
        code = main(words)
        return code, *capsys.readouterr()

    return run
