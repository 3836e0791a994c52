"""What the browser tests do on a page with a live run."""

from playwright.sync_api import Locator, Page, expect

FIRST = 90_000
"""Milliseconds: a server's first page has to import torch, on a machine that may be busy."""


def open_page(tab: Page, address: str) -> Locator:
    """The live view of a page whose run has not begun."""
    tab.goto(address)
    view = tab.get_by_test_id("live-view")
    expect(view).to_have_attribute("data-state", "idle", timeout=FIRST)
    return view


def press(tab: Page, name: str) -> None:
    tab.get_by_role("button", name=name, exact=True).click()


def step_of(view: Locator) -> int:
    return int(view.get_attribute("data-step") or -1)


def wait_for_step(tab: Page, step: int, seconds: float = 20) -> None:
    tab.wait_for_function(
        "step => +document.querySelector('[data-testid=live-view]').dataset.step >= step",
        arg=step,
        timeout=1000 * seconds,
    )
