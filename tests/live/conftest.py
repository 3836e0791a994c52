"""An engine for each test, and a page's patience with it."""

import time
from collections.abc import Callable, Iterator

import pytest

from ganplay.live import Engine, View

PATIENCE = 20.0
"""Seconds to wait for what comes at once on an idle machine."""


@pytest.fixture
def live() -> Iterator[Engine]:
    live = Engine(capacity=2)
    yield live
    live.stop()


@pytest.fixture
def until(live: Engine) -> Callable[[str, Callable[[View], bool]], View]:
    """Polls a run as a page does, until its view is as wanted."""

    def wait(run: str, wanted: Callable[[View], bool]) -> View:
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            view = live.poll(run)
            assert view is not None
            if wanted(view):
                return view
            time.sleep(0.01)
        pytest.fail(f"still {view.state} at step {view.snapshot.step}: {view.message}")

    return wait
