"""Trials: processes that come, are looked at, and are gone whatever happens."""

import gc
import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ganplay.live import EngineError, trial
from ganplay.live.trial import MOST, Trial

PATIENCE = 60.0
"""Seconds to wait for what takes a few on an idle machine."""

Start = Callable[..., Trial]


def wait(wanted: Callable[[], bool], seconds: float = PATIENCE) -> None:
    end = time.monotonic() + seconds
    while not wanted():
        assert time.monotonic() < end, "it did not come to that"
        time.sleep(0.02)


def is_gone(pid: int) -> bool:
    """Whether there is no such process, not even one that nobody has waited for."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return False


@pytest.fixture
def start(monkeypatch: pytest.MonkeyPatch) -> Iterator[Start]:
    """Starts trials, and sees to it that none is left: no process, no place taken, no open pipe."""
    monkeypatch.setattr(trial, "_running", set())
    begun: list[Trial] = []

    def start(name: str = "vanishing-gradient", scene: int = 0) -> Trial:
        begun.append(Trial(name, scene, 2, 3000))
        return begun[-1]

    yield start
    for each in begun:
        each.close()
    pids = [each._process.pid for each in begun]
    wait(lambda: all(map(is_gone, pids)), 10)
    wait(lambda: not trial._running, 2)
    begun.clear()
    gc.collect()  # which has Python warn of a pipe that nobody has closed


@pytest.fixture
def says(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[[str], None]:
    """Puts a process in the jury's place that says something and then stays."""

    def says(text: str, then: str = "exec sleep 60") -> None:
        (tmp_path / "said").write_text(text)
        program = tmp_path / "program"
        program.write_text(f"#!/bin/sh\ncat {tmp_path}/said\n{then}\n")
        program.chmod(0o700)
        monkeypatch.setattr(sys, "executable", str(program))

    return says


LINE = json.dumps({"done": 0.5, "made": [[[0, 1]], [[2, 3]]], "holds": None}) + "\n"


def test_a_trial_comes_to_a_verdict(start: Start) -> None:
    begun = time.monotonic()
    running = start()
    assert time.monotonic() - begun < 2, "a page would wait for it"
    assert running.poll() == {}
    portions: list[float] = []

    def done() -> bool:
        portions.append(running.poll().get("done", 0))
        assert not running.failed
        return portions[-1] == 1

    wait(done)
    assert portions == sorted(portions)
    assert len(set(portions)) > 2
    state = running.poll()
    assert state["holds"] == [True, True]
    assert [len(made) for made in state["made"]] == [120, 120]
    assert all(len(point) == 2 for made in state["made"] for point in made)
    wait(lambda: running not in trial._running)
    assert running.poll() == state, "the verdict stays for the page to show"
    assert not running.failed


def test_it_ends_when_nobody_looks(
    start: Start, says: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trial, "PATIENCE", 1.0)
    says(LINE)
    running = start()
    end = time.monotonic() + 2.5
    while time.monotonic() < end:
        running.poll()
        time.sleep(0.02)
    assert running._process.poll() is None, "somebody looks"
    assert running.poll()["done"] == 0.5
    wait(lambda: is_gone(running._process.pid), 10)
    wait(lambda: not trial._running, 2)
    # a page that comes back, such as one in a tab that slept, says so instead of waiting for ever
    assert running.poll()["done"] == 0.5
    assert running.failed


@pytest.mark.parametrize(
    "text", ["", LINE, LINE + LINE[:30]], ids=["none", "one", "one and a half"]
)
def test_close_ends_it_whatever_it_has_said(
    text: str, start: Start, says: Callable[..., None]
) -> None:
    says(text)
    running = start()
    wait(lambda: bool(running.poll()) or not text)
    running.close()
    wait(lambda: is_gone(running._process.pid), 5)
    wait(lambda: not trial._running, 2)
    assert running.state == (json.loads(LINE) if text else {})
    running.close()  # once more does no harm


def test_a_few_at_once(start: Start, says: Callable[..., None]) -> None:
    says(LINE)
    running = [start() for _ in range(MOST)]
    with pytest.raises(EngineError, match=f"^{MOST} trials are running .* in a minute[.]$"):
        start()
    running[0].close()
    wait(lambda: len(trial._running) < MOST, 5)
    start()
    with pytest.raises(EngineError):
        start()


def test_one_that_fails_says_so(start: Start, says: Callable[..., None]) -> None:
    says(LINE, "exit 3")
    running = start()
    wait(lambda: running.failed, 5)
    wait(lambda: not trial._running, 2)


def test_one_that_cannot_start_takes_no_place(
    start: Start, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(sys, "executable", str(tmp_path / "nothing"))
    with pytest.raises((EngineError, OSError)):
        start()
    assert not trial._running
