"""Many seeds of a scene at once, trained in a process of their own while a page looks on."""

import json
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

from ganplay.live.engine import EngineError

ROOT = Path(__file__).parents[2]
"""Where `-m ganplay` is found, wherever the server was started."""

MOST = 2
"""Trials at once on a server; each takes a core."""
PATIENCE = 5.0
"""A trial that nobody has looked at for so many seconds ends."""

_running: set["Trial"] = set()
_lock = threading.Lock()


class Trial:
    """Starts at once; `state` is the latest line of `ganplay.scenarios.jury`, empty before the
    first. Raises EngineError where too many run already."""

    def __init__(self, scenario: str, scene: int, runs: int, seed: int):
        with _lock:
            if len(_running) >= MOST:
                raise EngineError(
                    f"{MOST} trials are running on this server already; try again in a minute."
                )
            command = [sys.executable, "-m", "ganplay.scenarios.jury", scenario]
            self._process = subprocess.Popen(
                [*command, str(scene), str(runs), str(seed)],
                cwd=ROOT,
                stdout=subprocess.PIPE,
                text=True,
            )
            _running.add(self)
        self.state: dict[str, Any] = {}
        self.failed = False
        self._polled = time.monotonic()
        for work in (self._listen, self._watch):
            threading.Thread(target=work, daemon=True).start()

    def poll(self) -> dict[str, Any]:
        """How far it is; keeps it going."""
        self._polled = time.monotonic()
        return self.state

    def close(self) -> None:
        """End it."""
        self._process.kill()

    def _listen(self) -> None:
        assert self._process.stdout
        with self._process.stdout as lines:
            for line in lines:
                if line.endswith("\n"):  # the last line of one that was ended may be cut off
                    self.state = json.loads(line)
        self.failed = self._process.wait() != 0
        with _lock:
            _running.discard(self)

    def _watch(self) -> None:
        while self._process.poll() is None:
            if time.monotonic() - self._polled > PATIENCE:
                self.close()
            time.sleep(0.5)
