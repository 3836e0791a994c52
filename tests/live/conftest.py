"""An engine for each test, and a page's patience with it."""

import time
from collections.abc import Callable, Iterator

import pytest

from ganplay.config import RunConfig
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


@pytest.fixture(scope="session")
def digits(small: RunConfig) -> RunConfig:
    """The small config on handwritten digits."""
    return small.updated({"data.name": "mnist"})


@pytest.fixture(scope="session")
def convolutions(digits: RunConfig) -> RunConfig:
    """One with convolutions, whose generator normalises over the batch."""
    channels = {"generator.hidden": (4, 3), "discriminator.hidden": (3, 4)}
    kinds = {"generator.kind": "dcgan", "discriminator.kind": "dcgan"}
    return digits.updated(channels | kinds)


class Clock:
    """What a run takes for the time."""

    now = 1000.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """A clock that a test turns by hand, for runs outside an engine."""
    clock = Clock()
    monkeypatch.setattr("ganplay.live.run.time", clock)
    monkeypatch.setattr("ganplay.live.past.time", clock)
    return clock
