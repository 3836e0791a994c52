"""How the lab keeps up in a real browser: `python -m bench.page [--seconds 60]`.

Pictures per second that reach the DOM, training's rate beside its rate without a page, remounts,
long tasks, bytes a picture, the time to pause and to the first paint, and growth of memory. The
rate without a page is taken before and after in a process of its own, on the same machine.
"""

import argparse
import json
import subprocess
import sys
import time
from statistics import mean
from typing import Any

import psutil
from playwright.sync_api import Page

from bench.browser import ROOT, Server, chromium, serve

WATCH = """() => {
  const view = document.querySelector('[data-testid="live-view"]');
  const seen = window.seen = { pictures: 0, remounts: 0, long: 0, tasks: 0 };
  new MutationObserver((all) => { seen.pictures += all.length; })
    .observe(view, { attributes: true, attributeFilter: ["data-frame"] });
  new MutationObserver(() => {
    const now = document.querySelector('[data-testid="live-view"]');
    if (now !== window.last) { seen.remounts += 1; window.last = now; }
  }).observe(document.body, { childList: true, subtree: true });
  window.last = view;
  new PerformanceObserver((list) => {
    for (const task of list.getEntries()) { seen.long += task.duration; seen.tasks += 1; }
  }).observe({ entryTypes: ["longtask"] });
}"""

PAINT = """() => {
  new MutationObserver((_, self) => {
    if (!document.querySelector('[data-testid="live-view"][data-frame]')) return;
    self.disconnect();
    requestAnimationFrame(() => setTimeout(() => { window.painted = Date.now() / 1000; }));
  }).observe(document, { childList: true, subtree: true, attributeFilter: ["data-frame"] });
}"""

PAUSE = """() => new Promise((done) => {
  const view = document.querySelector('[data-testid="live-view"]');
  const start = performance.now();
  new MutationObserver(() => {
    if (view.dataset.state === "paused") done(performance.now() - start);
  }).observe(view, { attributes: true });
  [...document.querySelectorAll("button")].find((b) => b.innerText.trim() === "Pause").click();
})"""


def rate_alone(seconds: float) -> float:
    """Iterations per second of the default run in a process that does nothing else."""
    script = (
        "from time import perf_counter\n"
        "from ganplay.config import RunConfig\n"
        "from ganplay.device import prepare_cpu\n"
        "from ganplay.trainer import Trainer\n"
        "prepare_cpu()\n"
        "trainer = Trainer(RunConfig()); trainer.advance(200)\n"
        "before, start = trainer.step, perf_counter()\n"
        f"while perf_counter() - start < {seconds}: trainer.advance(50)\n"
        "print((trainer.step - before) / (perf_counter() - start))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return float(done.stdout)


def memory(page: Page, server: Server) -> tuple[float, float]:
    """Browser heap after a collection, and the server's resident memory, in MB."""
    session = page.context.new_cdp_session(page)
    session.send("HeapProfiler.collectGarbage")
    heap = session.send("Runtime.getHeapUsage")["usedSize"]
    return heap / 1e6, psutil.Process(server.process.pid).memory_info().rss / 1e6


def measure(seconds: float) -> dict[str, Any]:
    """All figures of one session of so many seconds."""
    before = rate_alone(5)
    with chromium() as browser, serve() as server:
        page = browser.new_page(viewport={"width": 1280, "height": 720})
        received: list[int] = []
        page.on(
            "websocket", lambda ws: ws.on("framereceived", lambda data: received.append(len(data)))
        )
        page.add_init_script(f"({PAINT})()")
        page.goto(f"{server.url}/Lab")
        view = page.get_by_test_id("live-view")
        view.and_(page.locator("[data-frame]")).wait_for()
        page.get_by_role("button", name="Run", exact=True).click()
        page.wait_for_timeout(3000)  # drawing code gets compiled, memory fills up
        page_painted = page.evaluate("window.painted")
        heap, resident = memory(page, server)
        page.evaluate(WATCH)
        received.clear()
        start, step = time.perf_counter(), int(view.get_attribute("data-step") or 0)
        page.wait_for_timeout(1000 * seconds)
        wall = time.perf_counter() - start
        steps = int(view.get_attribute("data-step") or 0) - step
        seen, volume = page.evaluate("window.seen"), sum(received)
        heap_end, resident_end = memory(page, server)
        pauses = []
        for _ in range(5):
            pauses.append(page.evaluate(PAUSE))
            page.get_by_role("button", name="Run", exact=True).click()
            page.wait_for_timeout(1000)
    alone = mean((before, rate_alone(5)))
    return {
        "seconds": wall,
        "pictures_per_second": seen["pictures"] / wall,
        "iterations_per_second": steps / wall,
        "iterations_per_second_alone": alone,
        "portion_kept": steps / wall / alone,
        "remounts": seen["remounts"],
        "long_task_ms_per_second": seen["long"] / wall,
        "kilobytes_per_picture": volume / seen["pictures"] / 1000,
        "pause_ms_worst_of_5": max(pauses),
        "first_paint_seconds": page_painted - server.answered,
        "heap_mb": [heap, heap_end],
        "server_mb": [resident, resident_end],
    }


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60)
    print(json.dumps(measure(parser.parse_args().seconds), indent=2))
