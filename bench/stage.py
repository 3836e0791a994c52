"""What time travel costs and how fast it is: `python -m bench.stage`.

In a real browser: milliseconds from a key on the timeline to its picture, and from "Branch here" to the
first new iteration, and pictures a second of a duel of four. In one process: the portion of the
iterations that keeping the moments of a run takes, alternating with and without, and the bytes kept of
a run of 20,000 iterations.
"""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from statistics import median
from typing import Any
from unittest.mock import patch

import numpy as np
from playwright.sync_api import Page

from bench.browser import chromium, serve
from bench.page import WATCH as COUNT
from ganplay.config import RunConfig
from ganplay.device import prepare_cpu
from ganplay.live.film import Keyframes, size_of
from ganplay.live.run import Run
from ganplay.recipes import recipe

WATCH = """(wanted) => {
  const view = document.querySelector('[data-testid="live-view"]');
  const before = { ...view.dataset }, start = performance.now();
  window.took = new Promise((done) => {
    new MutationObserver((_, self) => {
      if (!eval(wanted)) return;
      self.disconnect();
      requestAnimationFrame(() => setTimeout(() => done(performance.now() - start)));
    }).observe(view, { attributes: true });
  });
}"""
SHOWN = "view.dataset.shown !== before.shown"
GOES_ON = (
    "view.dataset.state === 'running' && view.dataset.frame !== before.frame"
    " && +view.dataset.step > +before.shown"
)


def timed(page: Page, wanted: str, act: Callable[[], None]) -> float:
    """Milliseconds from an act to the picture that is wanted, painted."""
    page.evaluate(WATCH, wanted)
    act()
    return float(page.evaluate("window.took"))


@contextmanager
def running(address: str) -> Iterator[Page]:
    """A page with a live run, begun."""
    with chromium() as browser, serve() as server:
        page = browser.new_page(viewport={"width": 1280, "height": 720})
        page.goto(f"{server.url}/{address}")
        page.locator('[data-testid="live-view"][data-frame]').wait_for()
        page.get_by_role("button", name="Run", exact=True).click()
        yield page


def in_browser(presses: int = 8) -> dict[str, Any]:
    """Scrubbing and branching in the lab."""
    with running("Lab") as page:
        page.wait_for_timeout(8000)
        slider = page.get_by_role("slider", name="moment of the run")
        scrubs, branches = [], []
        for _ in range(3):
            page.get_by_role("button", name="Pause", exact=True).click()
            page.wait_for_timeout(1000)
            slider.focus()
            for _ in range(presses):
                scrubs.append(timed(page, SHOWN, lambda: page.keyboard.press("ArrowLeft")))
                page.wait_for_timeout(700)  # until the server's own picture is there
            branches.append(timed(page, GOES_ON, page.get_by_role("button", name="Branch").click))
            page.wait_for_timeout(2000)
    return {
        "scrub_ms": {"median": median(scrubs), "worst": max(scrubs)},
        "branch_ms": branches,
    }


def of_four(seconds: float = 20) -> dict[str, float]:
    """A duel of four default nets at full speed."""
    with running("Duel?b.loss=minimax&c.loss=hinge&d.loss=lsgan") as page:
        page.wait_for_timeout(3000)
        page.evaluate(COUNT)
        page.wait_for_timeout(1000 * seconds)
        seen = page.evaluate("window.seen")
    return {"pictures_per_second": seen["pictures"] / seconds, "remounts": seen["remounts"]}


def iterations(run: Run, seconds: float) -> float:
    """Iterations a second of this thread's own time, of a run that makes pictures as if a page asked
    for them."""
    start, step = time.thread_time(), run.trainer.step
    while time.thread_time() - start < seconds:
        now = time.monotonic()
        run.train(0.008)
        run.wanted = True
        if run.due(now):
            run.publish()
    return (run.trainer.step - step) / (time.thread_time() - start)


def cost(config: RunConfig, seconds: float = 2.0, rounds: int = 5) -> float:
    """The portion of the iterations that keeping moments takes, a median of ratios."""
    run = Run("bench", config)
    run.play()
    iterations(run, seconds)
    portions = []
    for _ in range(rounds):
        kept = iterations(run, seconds)
        with patch.object(Keyframes, "keep"):
            portions.append(1 - kept / iterations(run, seconds))
    return median(portions)


def kept(config: RunConfig, until: int = 20_000) -> dict[str, float]:
    """Bytes that are kept of a long run."""
    run = Run("bench", config)
    run.play()
    while run.trainer.step < until:
        run.trainer.advance(50)
        run.publish()
    frames = [frame for past in run.pasts for frame in past.film.frames]
    arrays = [
        part for frame in frames for part in vars(frame).values() if isinstance(part, np.ndarray)
    ]
    films = sum(array.nbytes for array in arrays)
    states = sum(size_of(key.state) for key in run.keyframes.kept)
    return {"moments": len(run.view.film.frames), "states": len(run.keyframes.kept),
            "megabytes": (films + states) / 1e6}  # fmt: skip


if __name__ == "__main__":
    found = in_browser() | {"duel_of_four": of_four()}
    prepare_cpu()
    wide = RunConfig().updated({"generator.hidden": "128,128", "discriminator.hidden": "128,128"})
    found["keyframes_cost"] = {
        "default": cost(RunConfig()), "128-128": cost(wide), "dcgan": cost(recipe("dcgan"))
    }  # fmt: skip
    found["kept_after_20000"] = kept(wide)
    print(json.dumps(found, indent=2))
