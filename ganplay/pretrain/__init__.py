"""Shipped checkpoints, made again from the data up: `python -m ganplay pretrain NAME`."""

import os
from pathlib import Path

from safetensors.torch import save

from ganplay.config import ConfigError
from ganplay.device import choose_device
from ganplay.files import write_whole
from ganplay.metrics.judge import FOLDER
from ganplay.pretrain.checkpoint import Checkpoint, Maker, Tell
from ganplay.pretrain.judge import make_judge
from ganplay.pretrain.players import make_digits, make_faces
from ganplay.pretrain.readers import make_digits_reader, make_faces_readers

PRETRAINED: dict[str, Maker] = {
    "judge-mnist": make_judge,
    "readers-faces": make_faces_readers,
    "reader-digits": make_digits_reader,
    "dcgan-mnist": make_digits,
    "dcgan-faces": make_faces,
}
"""What makes each shipped checkpoint."""


def pretrain(name: str, out: Path | None, epochs: int | None, device: str, tell: Tell) -> None:
    """Make the checkpoint `name`, one of PRETRAINED, and write it to `out`, else to where it is
    shipped. Raises ConfigError. The same on each run on the same CPU."""
    if name not in PRETRAINED:
        raise ConfigError(
            f"pretrain: {name[:40]!r} is no checkpoint; take {' or '.join(PRETRAINED)}."
        )
    if epochs is not None and epochs < 1:
        raise ConfigError(f"epochs: {epochs} is not allowed; it has to be at least 1.")
    target = out or FOLDER / f"{name}.safetensors"
    if target.is_dir() or not os.access(target.parent, os.W_OK):
        raise ConfigError(f"out: {target} can't be written; name a file in a folder that is there.")
    chosen = choose_device(device)
    tensors, facts = PRETRAINED[name](epochs, chosen, tell)
    command = f"python -m ganplay pretrain {name}"
    command += (f" --epochs {epochs}" if epochs else "") + (" --device cuda" * (chosen == "cuda"))
    content = save(
        {key: each.cpu().contiguous() for key, each in tensors.items()},
        {"command": command, **facts},
    )
    try:
        write_whole(target, content)
    except OSError as error:
        raise ConfigError(f"out: {target} can't be written ({error.strerror}).") from None
    tell(f"wrote {target}, {len(content) / 1e6:.1f} MB")


__all__ = ["PRETRAINED", "Checkpoint", "Maker", "Tell", "pretrain"]
