"""What tests of configs share: one on each data set, and what a refusal says."""

from typing import Any

import numpy as np
import pytest
import torch

from ganplay.config import ConfigError, RunConfig
from ganplay.data import DATA_SETS, encode_points
from ganplay.data.images import hold

CLOUD = encode_points(np.random.default_rng(0).normal(size=(50, 2)))
DRAWINGS = torch.arange(16 * 28 * 28).sqrt().byte().view(16, 1, 28, 28)
LARGER = torch.arange(16 * 32 * 32).sqrt().byte().view(16, 1, 32, 32)
HERE = [name for name in DATA_SETS if name != "fashion_mnist"]
"""Without what has to be fetched first."""


def on(data: str) -> RunConfig:
    needs = {"points": {"data.points": CLOUD}, "images": {"data.key": hold(DRAWINGS)}}
    return RunConfig().updated({"data.name": data} | needs.get(data, {}))


def refusal(fields: dict[str, Any], config: RunConfig | None = None) -> str:
    """What `updated` says, which is one line."""
    with pytest.raises(ConfigError) as caught:
        (config or RunConfig()).updated(fields)
    assert "\n" not in str(caught.value)
    return str(caught.value)
