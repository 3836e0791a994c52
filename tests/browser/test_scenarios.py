"""A scenario as an audience sees it, from the gallery to the verdict, in a real Chromium."""

import re
from urllib.parse import parse_qs, urlparse

import pytest
from playwright.sync_api import Page, expect

from ganplay.scenarios import names
from tests.browser.steps import press, step_of

pytestmark = pytest.mark.browser

NEAR = """() => {
  const tiles = [...document.querySelectorAll(".live-tile")];
  const near = tiles.find((tile) => tile.querySelector("span").textContent === "near modes");
  return near?.querySelector("b").textContent;
}"""


def wait_for_near(tab: Page, least: int, most: int, step: int, seconds: float) -> None:
    """Wait until, from an iteration on, so many of eight modes have generated points near them."""
    tab.wait_for_function(
        f"""([least, most, step]) => {{
          const done = +document.querySelector("[data-testid=live-view]").dataset.step;
          const near = parseInt(({NEAR})());
          return done >= step && least <= near && near <= most;
        }}""",
        arg=[least, most, step],
        timeout=1000 * seconds,
    )


def test_collapse_then_cure(tab: Page, url: str) -> None:
    tab.goto(url)
    opens = tab.get_by_role("button", name="Open", exact=True)
    expect(opens).to_have_count(len(names()))  # before that one card takes the place of another
    opens.first.click()
    view = tab.get_by_test_id("live-view")
    expect(view).to_have_attribute("data-state", "idle")
    sidebar = tab.get_by_test_id("stSidebar")
    expect(sidebar.get_by_text("Collapse, then cure")).to_be_visible()
    expect(sidebar.get_by_text("scene 1 of 2")).to_be_visible()
    view.evaluate("element => { element.born = 1; }")

    press(tab, "Run")
    wait_for_near(tab, 1, 2, 200, 60)
    expect(view.locator(".live-figure").get_by_text("near modes")).to_be_visible()
    run, step = view.get_attribute("data-run"), step_of(view)

    press(tab, "Now unroll 5 steps")
    expect(sidebar.get_by_text("scene 2 of 2")).to_be_visible()
    expect(view.get_by_text("aids.unroll=5").first).to_be_visible()
    wait_for_near(tab, 8, 8, step, 90)
    expect(view).to_have_attribute("data-state", "running")
    expect(view).to_have_attribute("data-run", str(run))
    assert view.evaluate("element => element.born") == 1, "the view was mounted again"
    query = parse_qs(urlparse(tab.url).query)
    assert query == {"run": [run], "scenario": ["mode-hopping"], "scene": ["2"]}

    press(tab, "Back")
    expect(sidebar.get_by_text("scene 1 of 2")).to_be_visible()
    tab.wait_for_function(
        "step => +document.querySelector('[data-testid=live-view]').dataset.step < step", arg=step
    )
    press(tab, "Leave")
    expect(sidebar.get_by_text("scene 1 of 2")).to_be_hidden()
    expect(view).to_have_attribute("data-run", str(run))


PAINTED = """canvas => {
  const { width, height } = canvas;
  const paint = canvas.getContext("2d");
  return Array.from({ length: 16 }, (_, i) => {
    const [w, h] = [Math.floor(width / 8), Math.floor(height / 2)];
    const { data } = paint.getImageData((i % 8) * w, Math.floor(i / 8) * h, w, h);
    const colors = new Set();
    for (let k = 0; k < data.length; k += 4) if (data[k + 3]) colors.add(data.slice(k, k + 3).join());
    return colors.size;
  });
}"""


def test_is_it_luck(tab: Page, url: str) -> None:
    tab.goto(f"{url}/Lab?scenario=mode-hopping")
    expect(tab.get_by_test_id("live-view")).to_have_attribute("data-state", "idle")
    press(tab, "Is it luck?")
    dialog = tab.get_by_role("dialog")
    tiles = dialog.get_by_role("img", name="runs in training")
    expect(tiles).to_be_visible()
    progress = dialog.get_by_role("progressbar")
    seen: list[int] = []
    for _ in range(300):
        seen.append(int(progress.get_attribute("aria-valuenow") or 0))
        if len(set(seen)) > 4:
            break
        tab.wait_for_timeout(200)
    assert seen == sorted(seen)
    assert len(set(seen)) > 4, f"the progress stands at {seen[-1]} %"
    assert min(tiles.evaluate(PAINTED)) > 3  # a frame, words, and points of two colours

    expect(dialog.get_by_text(re.compile(r"1[56] of 16: not luck"))).to_be_visible(timeout=120_000)
    expect(dialog.get_by_role("img", name=re.compile(r"^1[56] of 16 hold$"))).to_be_visible()
    tab.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    press(tab, "Run")
    expect(tab.get_by_test_id("live-view")).to_have_attribute("data-state", "running")
