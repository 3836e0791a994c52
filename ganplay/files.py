"""Writing files that are there as a whole or not at all."""

import os
from pathlib import Path


def write_whole(path: Path, content: bytes) -> None:
    """Write a file beside its place and only then put it there, so that a process which has the old
    one open keeps it. Raises OSError, and leaves nothing half-done."""
    waiting = path.with_name(f"{path.name}.part")
    try:
        waiting.write_bytes(content)
        os.replace(waiting, path)
    except OSError:
        waiting.unlink(missing_ok=True)
        raise
