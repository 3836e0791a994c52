"""Which processor trains, and how the CPU is set up for it."""

import contextlib
import ctypes

import torch

from ganplay.config import ConfigError

M_TRIM_THRESHOLD, M_MMAP_THRESHOLD = -1, -3
"""Of glibc's mallopt."""


def choose_device(name: str) -> str:
    """`auto`, `cpu` or `cuda` -> the device's torch name. Raises ConfigError without a GPU."""
    if name == "cuda" and not torch.cuda.is_available():
        raise ConfigError("device: cuda is not allowed here, as torch finds no GPU; use cpu.")
    if name != "cpu" and torch.cuda.is_available():
        return "cuda"
    prepare_cpu()
    return "cpu"


def prepare_cpu() -> None:
    """Set this process up for nets so small that a second thread costs more than it brings, and
    that giving memory back to the system after each iteration, to be handed it anew page by page
    in the next, can take half the time. Where there is no glibc, the latter stays as it is."""
    torch.set_num_threads(1)
    with contextlib.suppress(OSError, AttributeError):
        libc = ctypes.CDLL("libc.so.6")
        libc.mallopt(M_MMAP_THRESHOLD, 1 << 25)
        libc.mallopt(M_TRIM_THRESHOLD, 1 << 28)
