"""All pages for whoever can't see all of them, has no pointer, or asks for less motion."""

import re
from collections.abc import Iterator
from urllib.parse import parse_qs, urlparse

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Locator, Page, expect

from ganplay.ui.page import PATHS
from tests.browser.steps import FIRST, open_page, press, step_of, wait_for_step

pytestmark = pytest.mark.browser

ADDRESSES = {"Talk": "Talk?talk=mode-hopping"}
"""Of pages that want more than their names."""

STREAMLITS = {
    # the box that takes dropped files hides its role, yet has a name; its button is all one needs
    "presentation-role-conflict": "stFileUploaderDropzone",
}
"""Rules that a part of Streamlit breaks, and that part."""

NAMELESS = """() => [...document.querySelectorAll("canvas")].filter((canvas) => canvas.checkVisibility()
  && ![...function* () { for (let node = canvas; node; node = node.parentElement) yield node; }()].some(
    (node) => ["img", "application"].includes(node.role ?? node.getAttribute("role")) && node.ariaLabel
      || node.tagName === "BUTTON" && node.ariaLabel)).map((canvas) => canvas.parentElement.outerHTML.slice(0, 200))"""
"""Pictures on a page that no words stand for."""


def at_rest(tab: Page, address: str) -> None:
    tab.goto(address)
    tab.locator("[data-testid=stMain] :is(canvas, img)").first.wait_for(timeout=FIRST)
    tab.wait_for_selector("[data-test-script-state=notRunning]")
    tab.wait_for_function("() => !document.querySelector('[data-stale=true]')")


def faults(tab: Page) -> list[str]:
    """What axe-core finds wrong, but for what is Streamlit's own."""
    return [
        f"{rule['id']}: {node['html'][:200]} {node['failureSummary']}"
        for rule in Axe().run(tab).response["violations"]
        for node in rule["nodes"]
        if STREAMLITS.get(rule["id"], "no part") not in node["html"]
    ]


@pytest.mark.parametrize("name", PATHS)
def test_every_page_passes_an_audit(tab: Page, url: str, name: str) -> None:
    at_rest(tab, f"{url}/{ADDRESSES.get(name, name)}")
    assert not faults(tab)
    assert tab.evaluate(NAMELESS) == []
    assert tab.evaluate("document.documentElement.lang") == "en"
    assert tab.title()


# ---- by keyboard -----------------------------------------------------------------------------------


def tab_to(tab: Page, there: Locator) -> None:
    """Go to a control by the Tab key alone, and see that it shows; of a field, the border does."""
    for _ in range(100):
        # the browser has no time for it while it runs plotly.js
        if there.evaluate("node => node === document.activeElement", timeout=FIRST):
            break
        tab.keyboard.press("Tab")
    expect(there).to_be_focused()
    if there.evaluate("node => node.tagName") != "INPUT":
        expect(there).not_to_have_css("outline-style", "none")


def ask(tab: Page, name: str) -> str:
    """A choice in the address."""
    return parse_qs(urlparse(tab.url).query, keep_blank_values=True).get(name, [""])[0]


def test_a_run_is_begun_looked_back_at_and_gone_on_from(tab: Page, url: str) -> None:
    view = open_page(tab, f"{url}/Lab")
    tab_to(tab, tab.get_by_role("button", name="Run", exact=True))
    tab.keyboard.press("Enter")
    expect(view).to_have_attribute("data-state", "running")
    wait_for_step(tab, 300)
    tab_to(tab, tab.get_by_role("button", name="Pause", exact=True))
    tab.keyboard.press("Enter")
    expect(view).to_have_attribute("data-state", "paused")
    ended = step_of(view)
    tab_to(tab, tab.get_by_role("slider", name="moment of the run"))
    tab.keyboard.press("ArrowLeft")
    expect(view).not_to_have_attribute("data-shown", str(ended))
    assert int(view.get_attribute("data-shown") or ended) < ended
    tab_to(
        tab,
        tab.get_by_role("group", name="timeline").get_by_role("button", name=re.compile("^Branch")),
    )
    tab.keyboard.press("Enter")
    expect(view).to_have_attribute("data-state", "running")


def test_a_point_of_a_board_is_moved(tab: Page, url: str) -> None:
    at_rest(tab, f"{url}/Theory?chapter=transport")
    handle = tab.get_by_role("slider", name="Middle of the generated")
    tab_to(tab, handle)
    before = float(handle.get_attribute("aria-valuetext") or "nan")
    tab.keyboard.press("ArrowRight")
    expect(handle).not_to_have_attribute("aria-valuetext", f"{before:.2f}")
    assert float(handle.get_attribute("aria-valuetext") or "nan") > before
    tab.wait_for_url(re.compile("generated="))


def test_a_sample_is_picked_and_a_map_is_walked(tab: Page, url: str) -> None:
    at_rest(tab, f"{url}/Explorer?view=walk")
    sample = tab.get_by_role("button", name="sample 3", exact=True)
    tab_to(tab, sample)
    tab.keyboard.press("Enter")
    expect(sample).to_have_attribute("aria-pressed", "true")
    tab_to(tab, tab.get_by_role("application", name="map of pictures"))
    tab.keyboard.press("ArrowUp")
    expect(tab.locator(".walk-side h4")).to_have_text("Under the pointer")
    tab.keyboard.press("Enter")
    tab.wait_for_url(re.compile("spot="))
    assert tab.evaluate(NAMELESS) == []


def test_points_and_pictures_are_drawn(tab: Page, url: str) -> None:
    open_page(tab, f"{url}/Lab")
    tab_to(tab, tab.get_by_role("combobox", name="data"))
    tab.keyboard.type("Your own")
    tab.keyboard.press("Enter")
    pad = tab.get_by_role("application", name="Drawing pad")
    tab_to(tab, pad)
    for key in ("ArrowRight", "ArrowUp", " "):
        tab.keyboard.press(key)
    count = tab.locator(".draw-pad p")
    expect(count).to_have_text(re.compile("^12 of"))
    before = ask(tab, "data.points")
    tab_to(tab, tab.get_by_role("button", name="Use these points"))
    tab.keyboard.press("Enter")
    tab.wait_for_function(
        "before => new URLSearchParams(location.search).get('data.points') !== before", arg=before
    )

    at_rest(tab, f"{url}/Explorer?view=memory&memory=find&strokes=")
    tab_to(tab, tab.get_by_role("application", name="Drawing pad"))
    for key in ("ArrowLeft", " ", "ArrowUp", "ArrowUp", "ArrowRight", " ", "ArrowDown"):
        tab.keyboard.press(key)
    # three of 63 a key, from the middle: the pen moves while it is down alone
    tab.wait_for_url(re.compile("strokes=TWTTTQWQ(&|$)"))


def test_the_parts_of_a_step_are_opened(tab: Page, url: str) -> None:
    at_rest(tab, f"{url}/Theory?chapter=anatomy")
    view = tab.get_by_test_id("live-view")
    tab_to(tab, view.get_by_role("button", name="G: arrows"))
    tab.keyboard.press("Enter")
    expect(view.locator("h4")).to_have_text("The arrows")
    tab_to(tab, view.locator("[data-part=generator]"))
    tab.keyboard.press("Enter")
    expect(view.get_by_role("img", name="generator, enlarged")).to_be_visible()
    assert tab.evaluate(NAMELESS) == []


# ---- motion ----------------------------------------------------------------------------------------

MOVING = "() => document.getAnimations().filter((each) => each.effect.getComputedTiming().endTime === Infinity).length"
"""How much on a page moves without end."""

GLIDING = """() => [...document.querySelectorAll("*")].filter(
  (each) => getComputedStyle(each).transitionDuration.split(", ").some((time) => parseFloat(time) > 0.01)).length"""
"""How much of a page takes a moment to change its looks."""


@pytest.fixture
def still(browser: Browser) -> Iterator[Page]:
    """A tab of somebody who asks for less motion."""
    page = browser.new_page(viewport={"width": 1280, "height": 720}, reduced_motion="reduce")
    yield page
    page.close()


def test_nothing_moves_by_itself_for_whoever_asks(tab: Page, still: Page, url: str) -> None:
    for page, hold in ((tab, "Hold"), (still, "Play")):
        at_rest(page, f"{url}/Explorer?view=between&shape=film")
        film = page.get_by_role("group", name="loop through the anchors")
        expect(film.get_by_role("button")).to_have_text(re.compile(hold))
        slider = film.get_by_role("slider")
        before = slider.input_value()
        page.wait_for_timeout(400)
        assert (slider.input_value() == before) is (page is still)
        assert page.evaluate(NAMELESS) == []

        at_rest(page, f"{url}/Theory?chapter=anatomy")
        press(page, "Next")
        expect(page.locator(".anatomy-path.is-lit").first).to_be_attached()
        assert (page.evaluate(MOVING) == 0) is (page is still)
        assert (page.evaluate(GLIDING) == 0) is (page is still)
