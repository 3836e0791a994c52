"""The anatomy of a step as a user meets it, in a real Chromium."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.steps import open_page, press, step_of, wait_for_step

pytestmark = pytest.mark.browser


def told(view: Locator, part: str = "h4") -> Locator:
    return view.locator(f".anatomy-told {part}")


def test_a_step_is_taken_apart_and_a_part_is_changed(tab: Page, url: str) -> None:
    view = open_page(tab, f"{url}/Theory?chapter=anatomy")
    view.evaluate("element => { element.born = 1; }")
    expect(told(view)).to_have_text("Draw a batch")
    expect(view.locator(".anatomy-part.is-lit")).to_have_count(2)
    expect(view.locator(".anatomy-path.is-lit")).to_have_count(0)

    press(tab, "Next")
    expect(told(view)).to_have_text("G makes points")
    expect(view.locator("[data-path='noise>generator']")).to_have_class(re.compile("is-lit"))
    expect(view.locator("[data-path='losses>predictions']")).not_to_have_class(re.compile("is-lit"))

    view.get_by_role("button", name="G: arrows").click()
    expect(told(view)).to_have_text("The arrows")
    expect(view.locator("[data-path='discriminator>gradients']")).to_have_class(
        re.compile("is-back is-lit")
    )
    expect(told(view, "th").last).to_have_text("−dL/dG(z)")
    press(tab, "Back")
    expect(told(view)).to_have_text("G's loss")
    assert view.evaluate("element => element.born") == 1, "the graph was mounted again"

    view.locator("[data-part=generator]").click()
    expect(view.locator(".live-figure canvas")).to_be_visible()
    expect(view.locator(".live-figure .gtitle")).to_have_text("G's map of the grid")
    layers = tab.get_by_label("G hidden layers").last
    layers.fill("16")
    layers.press("Enter")
    tab.wait_for_function(
        "() => document.querySelector('.anatomy-told h4').textContent === \"G's loss\""
    )
    run = view.get_attribute("data-run")
    press(tab, "The whole graph")
    expect(view.locator("[data-part=losses] i").first).to_have_text(re.compile(r"^D \d"))

    tab.get_by_role("link", name="2-D lab").click()
    expect(tab.locator(".live-view [data-testid=live-view]")).to_have_attribute(
        "data-run", str(run)
    )
    tab.wait_for_url(re.compile("generator.hidden=16"))


def test_slow_motion_and_full_speed(tab: Page, url: str) -> None:
    view = open_page(tab, f"{url}/Theory?chapter=anatomy&speed=8")
    press(tab, "Slow motion")
    wait_for_step(tab, 1)
    press(tab, "Hold")
    press(tab, "Run")
    wait_for_step(tab, 50)
    expect(told(view)).to_have_text("Training, live")
    expect(view).to_have_attribute("data-state", "running")
    press(tab, "Pause")
    expect(told(view)).to_have_text("Draw a batch")
    step, run = step_of(view), view.get_attribute("data-run")
    tab.reload()
    expect(view).to_have_attribute("data-step", str(step))
    expect(view).to_have_attribute("data-run", str(run))


@pytest.mark.parametrize(("width", "height"), [(1280, 720), (1920, 1080)])
@pytest.mark.parametrize("part", ["graph", "discriminator"])
def test_all_of_it_is_in_sight_and_can_be_read(
    tab: Page, url: str, part: str, width: int, height: int
) -> None:
    tab.set_viewport_size({"width": width, "height": height})
    view = open_page(tab, f"{url}/Theory?chapter=anatomy&part={part}")
    view.get_by_role("button", name="D: judge").click()
    expect(told(view)).to_have_text("D judges")
    box = view.bounding_box()
    assert box
    assert box["y"] + box["height"] <= height
    assert box["x"] + box["width"] <= width
    assert box["height"] > 0.75 * height, "half a page of nothing"
    too_small = view.evaluate(
        """element => [...element.querySelectorAll("b, i, td, th, p, small, em, button, text")]
          .filter((node) => node.textContent && parseFloat(getComputedStyle(node).fontSize) < 13)
          .map((node) => node.textContent)"""
    )
    assert not too_small
    cut = view.evaluate(
        """element => [...element.querySelectorAll(".anatomy-part b, .anatomy-part span, .anatomy-told, .anatomy-strip button")]
          .filter((node) => node.offsetParent && (node.scrollWidth > node.clientWidth + 1 || node.scrollHeight > node.clientHeight + 1))
          .map((node) => node.textContent)"""
    )
    assert not cut
