"""The chapters of the theory as a user meets them, in a real Chromium."""

from importlib import import_module

import pytest
from playwright.sync_api import Locator, Page

from ganplay.ui.theory.chapters import CHAPTERS
from tests.browser.steps import FIRST, open_page, press, wait_for_step

pytestmark = pytest.mark.browser

PAINTED = """() => {
  const main = document.querySelector("[data-testid=stMain]");
  const inked = (canvas) => canvas.width && canvas.height && canvas.checkVisibility()
    && new Uint32Array(canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data.buffer).some(Boolean);
  return document.querySelector("[data-test-script-state=notRunning]")
    && ([...main.querySelectorAll("canvas")].some(inked) || [...main.querySelectorAll("img")].some((each) => each.naturalWidth));
}"""
"""Whether the page is at rest and something is painted."""
FITS = """() => {
  const main = document.querySelector("[data-testid=stMain]");
  return main.scrollWidth <= main.clientWidth && main.scrollHeight <= main.clientHeight;
}"""
AGREE = """([name, choice]) => {
  const told = document.querySelector(`[data-handle=${name}]`).ariaValueText;
  const slider = document.querySelector("[data-testid=stSlider]").innerText;
  const address = new URLSearchParams(location.search).get(choice);
  return address && Number(address) === Number(told) && slider.split(/\\s/).some((word) => word && Number(word) === Number(told));
}"""
"""Whether a handle, the slider and the address say the same, and not what is so at first."""


def parts(chapter: str) -> list[str]:
    module = import_module(f"ganplay.ui.theory.chapters.{chapter}")
    return [f"{chapter}&part={part}" for part in getattr(module, "PARTS", ())] or [chapter]


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_every_part_is_painted_and_nothing_scrolls(tab: Page, url: str, chapter: str) -> None:
    for part in parts(chapter):  # in one tab, which loads all code but once
        tab.goto(f"{url}/Theory?chapter={part}")
        tab.wait_for_function(PAINTED, timeout=FIRST)
        tab.wait_for_function(FITS)  # words with formulas take a moment to find their places
        assert tab.locator("[data-testid=stException], [data-testid=stAlert]").count() == 0, part


def drag(tab: Page, handle: Locator, dx: float) -> float:
    """Take a handle `dx` pixels to the right, and let go; where that is."""
    box = handle.bounding_box()
    assert box
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    tab.mouse.move(x, y)
    tab.mouse.down()
    for step in range(1, 25):
        tab.mouse.move(x + dx * step / 24, y)
        tab.wait_for_timeout(50)
    tab.mouse.up()
    return x + dx


def place(handle: Locator) -> float:
    box = handle.bounding_box()
    assert box
    return box["x"] + box["width"] / 2


def test_the_slider_and_the_address_follow_a_handle(tab: Page, url: str) -> None:
    tab.goto(f"{url}/Theory?chapter=lines")
    handle = tab.locator("[data-handle=line]")
    handle.wait_for(timeout=FIRST)
    dropped = drag(tab, handle, -120)
    tab.wait_for_function(AGREE, arg=["line", "theta"])
    assert abs(place(handle) - dropped) < 15, "half a step of the slider"


def test_a_handle_is_dragged_while_a_run_trains(tab: Page, url: str) -> None:
    view = open_page(tab, f"{url}/Theory?chapter=vanishing&part=drifting")
    press(tab, "Run")
    wait_for_step(tab, 5)
    first = view.get_attribute("data-run")
    handle = tab.locator("[data-handle=apart]")
    dropped = drag(tab, handle, -150)
    tab.wait_for_function(AGREE, arg=["apart", "apart"])
    tab.wait_for_function(
        "first => document.querySelector('[data-testid=live-view]').dataset.run !== first",
        arg=first,
    )
    wait_for_step(tab, 5)
    assert view.get_attribute("data-state") == "running", "training ended with the drag"
    assert abs(place(handle) - dropped) < 4
