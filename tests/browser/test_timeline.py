"""Looking back and branching as a user does it, in a real Chromium."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.steps import open_page, press, step_of, wait_for_step

pytestmark = pytest.mark.browser

AT_ONCE = """async () => {
  const view = document.querySelector("[data-testid=live-view]");
  const slider = document.querySelector(".timeline input");
  const words = document.querySelector(".timeline output");
  slider.value = 0;
  slider.dispatchEvent(new Event("input"));
  await new Promise((done) => setTimeout(done, 5));
  return [view.dataset.shown, words.textContent];
}"""
"""What is shown, and what it says, a few milliseconds after the slider was moved to a moment that
was seen: before the server can have answered."""

AT_THE_SETTLING = """async () => {
  const slider = document.querySelector(".timeline input");
  const look = (index) => { slider.value = index; slider.dispatchEvent(new Event("input")); };
  look(1);
  await new Promise((done) => setTimeout(done, 570));
  const end = performance.now() + 60;
  while (performance.now() < end) {}
  look(2);
  look(3);
  await new Promise((done) => setTimeout(done, 800));
  return slider.value;
}"""
"""Looks at a moment, and at another when the server should have answered and the browser is busy."""

FAINT = """() => {
  let faint = 0;
  const [, ...curves] = document.querySelectorAll("[data-testid=live-view] .live-figure canvas");
  for (const canvas of curves) {
    const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    for (let k = 3; k < data.length; k += 4) faint += Math.abs(data[k] - 0.35 * 255) < 3;
  }
  return faint;
}"""
"""How many pixels beside the stage are as faint as a ghost."""

SCROLLS = """() => [document.documentElement, document.querySelector("[data-testid=stMain]")]
  .some((node) => node.scrollHeight > node.clientHeight + 1)"""


def test_back_by_the_keyboard_and_on_from_there(tab: Page, url: str) -> None:
    view = open_page(tab, f"{url}/Lab")
    slider = tab.get_by_role("slider", name="moment of the run")
    expect(slider).to_have_attribute("aria-valuetext", "now, iteration 0")
    branch = tab.get_by_role("button", name="Branch here", exact=True)
    expect(branch).to_be_disabled()
    press(tab, "Run")
    wait_for_step(tab, 300)
    assert tab.evaluate(FAINT) < 100

    shown, words = tab.evaluate(AT_ONCE)
    assert shown == "0"
    assert words.startswith("iteration 0 of ")
    expect(view).to_have_attribute("data-state", "paused")
    slider.focus()
    slider.press("End")
    expect(view).not_to_have_attribute("data-shown", "0")
    slider.press("Home")
    expect(view).to_have_attribute("data-shown", "0")
    for key in ("ArrowRight", "ArrowRight", "ArrowLeft", "ArrowRight"):
        slider.press(key)
    expect(slider).to_have_value("2")
    expect(view).not_to_have_attribute("data-shown", "0")
    tab.wait_for_timeout(800)  # until the server has the last word
    then, now = int(view.get_attribute("data-shown") or 0), step_of(view)
    assert 0 < then < now
    assert tab.evaluate(AT_THE_SETTLING) == "3"
    slider.press("ArrowLeft")
    expect(slider).to_have_value("2")
    expect(slider).to_have_attribute("aria-valuetext", f"iteration {then:,} of {now:,}")
    assert not tab.evaluate(SCROLLS)
    box = tab.get_by_role("group", name="timeline").bounding_box()
    assert box
    assert box["y"] + box["height"] <= 720

    tab.get_by_role("combobox", name="branch with").select_option("hinge")
    branch.click()
    expect(view).to_have_attribute("data-state", "running")
    expect(view.get_by_text("loss=hinge")).to_be_visible()
    expect(slider).to_have_attribute("aria-valuetext", re.compile("^now, iteration "))
    assert tab.evaluate(FAINT) > 100, "no ghost"
    wait_for_step(tab, then + 50)
    slider.press("Home")
    expect(view).to_have_attribute("data-shown", "0")
    press(tab, "Now")
    expect(view).not_to_have_attribute("data-shown", "0")
    expect(branch).to_be_disabled()
