"""The lab as a user meets it, in a real Chromium."""

import re
from urllib.parse import parse_qs, urlparse

import pytest
from playwright.sync_api import Page, expect

from tests.browser.steps import open_page, press, step_of, wait_for_step

pytestmark = pytest.mark.browser


def choose(tab: Page, label: str, option: str) -> None:
    tab.get_by_role("combobox", name=re.compile(label)).first.click()
    tab.get_by_role("option", name=option, exact=True).click()


def test_run_switch_pause_reload(tab: Page, url: str) -> None:
    view = open_page(tab, f"{url}/Lab")
    view.evaluate("element => { element.born = 1; }")
    press(tab, "Run")
    wait_for_step(tab, 100)
    expect(view).to_have_attribute("data-state", "running")
    frame = int(view.get_attribute("data-frame") or 0)

    choose(tab, "loss", "WGAN")
    expect(view.get_by_text("loss=wgan")).to_be_visible()
    expect(view.get_by_text("critic value")).to_be_visible()
    wait_for_step(tab, step_of(view) + 50)
    assert int(view.get_attribute("data-frame") or 0) > frame + 3
    assert view.evaluate("element => element.born") == 1, "the view was mounted again"

    press(tab, "Pause")
    expect(view).to_have_attribute("data-state", "paused")
    step, run = step_of(view), view.get_attribute("data-run")
    tab.wait_for_timeout(500)
    assert step_of(view) == step
    assert parse_qs(urlparse(tab.url).query) == {"run": [run], "loss": ["wgan"]}

    tab.reload()
    expect(view).to_have_attribute("data-step", str(step))
    expect(view).to_have_attribute("data-run", str(run))
    expect(view.get_by_text("loss=wgan")).to_be_visible()
    press(tab, "Run")
    wait_for_step(tab, step + 50)


def test_reload_in_the_middle_goes_on(tab: Page, url: str) -> None:
    view = open_page(tab, f"{url}/Lab")
    press(tab, "Run")
    wait_for_step(tab, 50)
    run, step = view.get_attribute("data-run"), step_of(view)
    tab.reload()
    expect(view).to_have_attribute("data-state", "running")
    assert view.get_attribute("data-run") == run
    wait_for_step(tab, step + 50)


def test_divergence_is_explained_and_reset_mends_it(tab: Page, url: str) -> None:
    sure = "generator.optimizer=sgd&generator.lr=10&generator.momentum=0.99"
    sure += f"&{sure.replace('generator', 'discriminator')}&loss=lsgan"
    view = open_page(tab, f"{url}/Lab?{sure}")
    press(tab, "Run")
    expect(view).to_have_attribute("data-state", "diverged")
    expect(tab.get_by_role("alert").filter(has_text="smaller learning rate")).to_be_visible()
    expect(tab.get_by_role("button", name="Run", exact=True)).to_be_disabled()
    press(tab, "Reset")
    expect(view).to_have_attribute("data-state", "idle")
    expect(view).to_have_attribute("data-step", "0")


def test_points_drawn_by_hand_become_the_data(tab: Page, url: str) -> None:
    view = open_page(tab, f"{url}/Lab")
    choose(tab, "data", "Your own points")
    pad = tab.locator(".draw-pad canvas")
    pad.scroll_into_view_if_needed()
    box = pad.bounding_box()
    assert box
    tab.mouse.move(box["x"] + 50, box["y"] + 60)
    tab.mouse.down()
    tab.mouse.move(box["x"] + 150, box["y"] + 160, steps=20)
    tab.mouse.up()
    before = parse_qs(urlparse(tab.url).query)["data.points"]
    press(tab, "Use these points")
    tab.wait_for_function(
        "before => new URLSearchParams(location.search).get('data.points') !== before",
        arg=before[0],
    )
    expect(view).to_have_attribute("aria-label", re.compile("points"))


@pytest.mark.parametrize(("width", "height"), [(1280, 720), (1920, 1080)])
def test_everything_that_matters_is_in_sight(tab: Page, url: str, width: int, height: int) -> None:
    tab.set_viewport_size({"width": width, "height": height})
    view = open_page(tab, f"{url}/Lab")
    press(tab, "Run")
    wait_for_step(tab, 20)
    box = view.bounding_box()
    assert box
    assert box["y"] + box["height"] <= height
    stage = view.locator(".live-figure").first.locator(".nsewdrag").bounding_box()
    assert stage
    assert stage["width"] >= 480
    assert stage["height"] >= 480
