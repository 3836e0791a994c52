"""One thread that trains the runs of all pages of this process, turn by turn."""

import atexit
import functools
import gc
import math
import secrets
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from queue import Empty, SimpleQueue
from typing import Any, TypeVar

from ganplay import checkpoint, observe
from ganplay.anatomy import trace
from ganplay.anatomy.moments import Parts, Trace
from ganplay.config import RunConfig
from ganplay.device import prepare_cpu
from ganplay.live.past import Watch
from ganplay.live.run import Configs, Move, Run
from ganplay.live.view import Opening, View
from ganplay.trainer import Trainer

SLICE = 0.008
"""Seconds of training before the next run has its turn."""
BREATH = 0.0005
"""Seconds of sleep after each round, in which other threads get hold of the interpreter."""
PARK = 5.0
"""A run that no page has looked at for so many seconds rests until one does."""
CAPACITY = 64
"""Most runs kept."""
PATIENCE = 30.0
"""Most seconds a page waits for the engine to answer."""

T = TypeVar("T")


class EngineError(RuntimeError):
    """What the engine can't do, in a sentence for the page."""


class Engine:
    """Trains runs in a thread of its own. Pages name a run by its id and exchange plain data.

    Each call waits until the engine has done it, for about one slice of training. Runs are parked
    while nobody polls them, and found again by their id as long as there is room.
    """

    def __init__(self, capacity: int = CAPACITY):
        self._capacity = capacity
        self._runs: dict[str, Run] = {}
        self._inbox: SimpleQueue[Callable[[], None]] = SimpleQueue()
        self._stopping = False
        self._thread = threading.Thread(target=self._loop, name="ganplay-engine", daemon=True)
        self._thread.start()
        atexit.register(self.stop)

    # ---- what pages call

    def create(self, configs: Configs, watch: Watch = (), limit: float | None = None) -> View:
        """A new run, idle, or a duel of several, whose pictures tell of some measures and which is held
        to so many iterations per second. Raises EngineError when all places are taken by runs being
        watched."""
        return self._add(configs, watch, limit)

    def save(self, run: str) -> bytes:
        """The run's whole state as a checkpoint. Raises EngineError."""
        return self._ask(lambda: checkpoint.dumps(self._found(run).trainer))

    def load(self, source: bytes) -> View:
        """A new run, paused where the one was that a checkpoint is of. Raises CheckpointError, and
        EngineError as `create` does."""
        trainer = checkpoint.loads(source)
        if trainer.runs > 1:
            raise EngineError(
                f"The checkpoint holds {trainer.runs} runs and a page shows one; go on with it by"
                " `python -m ganplay train --load`."
            )
        if trainer.diverged()[0]:
            raise EngineError(
                "The run had diverged when it was saved; nothing can go on from there."
            )
        return self._add(trainer.config, trainer=trainer)

    def poll(self, run: str) -> View | None:
        """The run's latest view, at once; None if there is no such run. Keeps the run training."""
        found = self._runs.get(run)
        if found is None:
            return None
        found.polled = time.monotonic()
        found.wanted = True
        return found.view

    def play(self, run: str, until: float = math.inf) -> View:
        """Start training or go on, and pause at an iteration if one is named."""
        return self._command(run, lambda r: r.play(until))

    def pause(self, run: str) -> View:
        """Stop training."""
        return self._command(run, Run.pause)

    def move(self, run: str, kind: Move) -> View:
        """One iteration, or one update of one player; the run is paused after it."""
        return self._command(run, lambda r: r.move(kind))

    def reset(self, run: str) -> View:
        """Start again with the same settings, idle."""
        return self._command(run, lambda r: r.reset(r.configs))

    def change(self, run: str, *configs: RunConfig) -> View:
        """Go on with another config, in a duel one for each side; what a run is born with starts it
        again."""
        return self._command(run, lambda r: r.change(configs))

    def branch(self, run: str, step: int, fields: Mapping[str, Any]) -> View:
        """Go on anew from the latest kept moment up to a step, with the settings it had but for these;
        what came after it becomes a ghost on the curves. Raises ConfigError."""

        def do() -> View:
            found = self._found(run)
            found.polled = time.monotonic()
            found.branch(step, fields)
            return found.view

        return self._ask(do)

    def hold(self, run: str, limit: float | None) -> View:
        """Hold the run to so many iterations per second; None is as fast as it goes."""
        return self._command(run, lambda r: r.hold(limit))

    def begin(self, run: str, scene: Opening) -> View:
        """Play a scene."""
        return self._command(run, lambda r: r.begin(scene))

    def parts(self, run: str) -> Parts:
        """What all parts of the game hold now, of a run in the plane. Raises EngineError."""
        return self._ask(lambda: trace.parts(self._found(run).trainer))

    def trace(self, run: str) -> Trace:
        """The next iteration of a run in the plane, moment by moment, before it is done. Raises
        EngineError."""
        return self._ask(lambda: trace.trace(self._found(run).trainer))

    def close(self, run: str) -> None:
        """Forget a run."""
        self._ask(lambda: self._runs.pop(run, None))

    def stop(self) -> None:
        """End the thread. A torch thread that still runs when Python exits would abort it."""
        self._stopping = True
        self._thread.join()
        atexit.unregister(self.stop)

    # ---- the thread

    def _ask(self, work: Callable[[], T]) -> T:
        answer: Future[T] = Future()

        def do() -> None:
            try:
                answer.set_result(work())
            except Exception as error:
                answer.set_exception(error)

        if self._stopping:
            raise EngineError("The engine has stopped; restart the app.")
        self._inbox.put(do)
        try:
            return answer.result(PATIENCE)
        except TimeoutError:
            raise EngineError("The engine is busy and did not answer; try again.") from None

    def _add(
        self,
        configs: Configs,
        watch: Watch = (),
        limit: float | None = None,
        trainer: Trainer | None = None,
    ) -> View:
        for config in [configs] if isinstance(configs, RunConfig) else configs:
            observe.prepare(config.data)  # here, where no other run has to wait for it

        def add() -> View:
            self._make_room()
            run = Run(secrets.token_hex(4), configs, watch, limit, trainer)
            self._runs[run.id] = run
            return run.view

        return self._ask(add)

    def _command(self, run: str, act: Callable[[Run], None]) -> View:
        def do() -> View:
            found = self._found(run)
            found.polled = time.monotonic()
            self._guard(found, lambda: act(found))
            return found.view

        return self._ask(do)

    def _found(self, run: str) -> Run:
        if run not in self._runs:
            raise EngineError(f"There is no run {run} on this server any more; reload the page.")
        return self._runs[run]

    def _make_room(self) -> None:
        if len(self._runs) < self._capacity:
            return
        oldest = min(self._runs.values(), key=lambda run: run.polled)
        if time.monotonic() - oldest.polled < PARK:
            raise EngineError(
                f"This server shows {self._capacity} runs at once and all are being watched;"
                " close a page and reload this one."
            )
        del self._runs[oldest.id]

    def _loop(self) -> None:
        prepare_cpu()
        gc.freeze()  # what is loaded by now stays: no collection need look at it again
        while not self._stopping:
            self._serve()
            now = time.monotonic()
            turns = [
                r for r in self._runs.values() if r.state == "running" and now - r.polled < PARK
            ]
            worked = False
            for run in turns:
                worked |= self._turn(run)
                self._serve()
            if worked:
                time.sleep(BREATH)
            else:
                self._serve(wait=0.005 if turns else 0.1)
        self._serve()

    def _turn(self, run: Run) -> bool:
        worked = self._guard(run, lambda: run.train(SLICE))
        self._guard(run, run.examine)
        if run.due(time.monotonic()):
            self._guard(run, run.publish)
        return bool(worked)

    @staticmethod
    def _guard(run: Run, work: Callable[[], T]) -> T | None:
        try:
            return work()
        except Exception as error:
            run.fail(error)
            return None

    def _serve(self, wait: float = 0.0) -> None:
        """Do what pages asked for, in the order they asked; `wait` seconds for a first request."""
        try:
            while True:
                (self._inbox.get(timeout=wait) if wait else self._inbox.get_nowait())()
                wait = 0.0
        except Empty:
            pass


@functools.cache
def shared_engine() -> Engine:
    """The engine of this process, started when it is first asked for."""
    return Engine()
