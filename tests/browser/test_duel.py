"""A duel as a user meets it, in a real Chromium."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.steps import open_page, press, step_of, wait_for_step

pytestmark = pytest.mark.browser


def test_sides_on_one_clock_looked_back_at_and_joined_by_another(tab: Page, url: str) -> None:
    view = open_page(tab, f"{url}/Duel?b.discriminator.clip=0.1&batch_size=32")
    view.evaluate("element => { element.born = 1; }")
    headings = tab.locator(".board-heading")
    expect(headings).to_have_count(2)
    expect(headings.nth(1)).to_contain_text("BD weight clip c 0.1")
    expect(headings.nth(1)).to_contain_text("high quality")
    press(tab, "Run")
    wait_for_step(tab, 60)
    press(tab, "Pause")
    expect(view).to_have_attribute("data-state", "paused")
    last = step_of(view)
    expect(view).to_have_attribute("data-shown", str(last))
    expect(view.get_by_text("gradient norm of G")).to_be_visible()
    assert tab.evaluate(
        "document.querySelector('[data-testid=stMain]').scrollHeight <= innerHeight"
    )

    assert view.evaluate("element => element.born") == 1, "the view was mounted again"

    numbers = headings.nth(1).locator("p")
    now = numbers.inner_text()
    slider = tab.get_by_role("slider", name="moment of the run")
    slider.press("Home")
    expect(view).to_have_attribute("data-shown", "0")
    expect(numbers).not_to_have_text(now)
    press(tab, "Now")
    expect(view).to_have_attribute("data-shown", str(last))
    expect(numbers).to_have_text(now)

    run = view.get_attribute("data-run")
    tab.reload()
    expect(view).to_have_attribute("data-step", str(last))
    expect(view).to_have_attribute("data-run", str(run))

    press(tab, "Add side")
    tab.get_by_role("menuitem", name="LSGAN").click()
    expect(headings).to_have_count(3)
    expect(headings.nth(2)).to_contain_text("CLSGAN")
    expect(view).to_have_attribute("data-step", "0")
    assert "c.loss=lsgan" in tab.url
