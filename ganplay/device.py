"""Which processor trains."""

import torch

from ganplay.config import ConfigError


def choose_device(name: str) -> str:
    """`auto`, `cpu` or `cuda` -> the device's torch name. Raises ConfigError without a GPU.

    On the CPU the nets here are so small that a second thread costs more than it brings.
    """
    if name == "cuda" and not torch.cuda.is_available():
        raise ConfigError("device: cuda is not allowed here, as torch finds no GPU; use cpu.")
    if name != "cpu" and torch.cuda.is_available():
        return "cuda"
    torch.set_num_threads(1)
    return "cpu"
