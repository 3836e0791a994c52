"""A recorded page as somebody opens it who has nothing else: from a file, without a network."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from ganplay.export.html import html
from ganplay.export.reel import of_scenario
from tests.browser.steps import press, step_of
from tests.export.recorded import short

pytestmark = pytest.mark.browser

FRAMES = 50
"""Of 40 and 20 iterations at 10 a second, with a rest after each."""


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("recorded") / "a recording.html"
    path.write_bytes(html(of_scenario(short())))
    return path


@pytest.fixture
def opened(browser: Browser, file: Path, request: pytest.FixtureRequest) -> Iterator[Page]:
    """The page in a browser without a network; nothing may be asked for and nothing may go wrong."""
    look = {"viewport": {"width": 1280, "height": 720}} | getattr(request, "param", {})
    context = browser.new_context(offline=True, **look)
    page = context.new_page()
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda said: wrong.append(said.text))
    page.on("request", lambda asked: wrong.append(asked.url))
    page.goto(file.as_uri())
    yield page
    context.close()
    assert wrong == [file.as_uri()]


def shown(page: Page, state: str) -> Locator:
    view = page.get_by_test_id("live-view")
    expect(view).to_have_attribute("data-state", state)
    return view


def test_it_plays_to_its_end_and_again(opened: Page) -> None:
    view = shown(opened, "running")
    expect(view.locator(".main-svg").first).to_be_visible()  # plotly.js is in it
    expect(opened).to_have_title("Collapse, then cure · ganplay")
    expect(opened.get_by_role("heading", name="Mode hopping")).to_be_visible()
    opened.evaluate(
        """() => { window.seen = []; new MutationObserver(() => window.seen.push(
          +document.querySelector('[data-testid=live-view]').dataset.frame)).observe(
          document.querySelector('[data-testid=live-view]'), { attributeFilter: ["data-frame"] }); }"""
    )
    expect(opened.get_by_role("heading", name="Unrolled")).to_be_visible()
    expect(view).to_have_attribute("data-step", "60")
    seen = opened.evaluate("window.seen")
    assert seen == sorted(seen)
    assert len(seen) > (FRAMES - seen[0]) / 2, "it left out most pictures"
    expect(view).to_have_attribute("data-state", "paused")
    expect(opened.get_by_text("0:10 of 0:10")).to_be_visible()
    press(opened, "▶ Play")
    expect(view).to_have_attribute("data-state", "running")
    assert step_of(view) < 40


@pytest.mark.parametrize("opened", [{"reduced_motion": "reduce"}], indirect=True)
def test_it_is_scrubbed_and_read(opened: Page) -> None:
    view = shown(opened, "paused")
    label = view.get_attribute("aria-label") or ""
    assert label.startswith("ring at iteration 0")
    slider = opened.get_by_label("second of the recording")
    slider.fill("4")
    expect(view).to_have_attribute("data-step", "40")
    expect(view).to_have_attribute("data-state", "paused")
    assert "at iteration 40" in (view.get_attribute("aria-label") or "")
    assert "running" not in (view.get_attribute("aria-label") or "")
    slider.press("ArrowLeft")
    expect(view).to_have_attribute("data-frame", "31")
    slider.press("End")
    expect(view).to_have_attribute("data-frame", str(FRAMES - 1))

    stage = view.locator(".live-figure").first
    box = stage.bounding_box()
    assert box
    opened.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    expect(stage.locator(".live-readout")).to_contain_text("critic")
    evidence = view.locator(".live-figure").last
    box = evidence.bounding_box()
    assert box
    opened.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    expect(evidence.locator(".live-readout")).to_contain_text("near modes")
    pixels = evidence.locator("canvas").evaluate(
        "canvas => canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data.some(Boolean)"
    )
    assert pixels, "the curve is not drawn"


@pytest.mark.parametrize(
    "opened", [{"reduced_motion": "reduce", "color_scheme": "dark"}], indirect=True
)
def test_it_is_driven_by_keys_in_the_dark(opened: Page) -> None:
    view = shown(opened, "paused")
    ground = "getComputedStyle(document.querySelector('.screen')).backgroundColor"
    assert sum(map(int, opened.evaluate(ground)[4:-1].split(","))) < 150
    for key, step, title in [
        ("PageDown", "40", "Unrolled"),
        ("PageDown", "40", "Unrolled"),
        ("PageUp", "0", "Mode hopping"),
        ("s", "40", "Unrolled"),
        ("r", "40", "Unrolled"),
    ]:
        opened.keyboard.press(key)
        expect(view).to_have_attribute("data-step", step)
        expect(opened.get_by_role("heading", name=title)).to_be_visible()
    expect(view).to_have_attribute("data-frame", "33")
    opened.keyboard.press(" ")
    expect(view).to_have_attribute("data-state", "running")
    expect(view).not_to_have_attribute("data-frame", "33")
    opened.keyboard.press(" ")
    expect(view).to_have_attribute("data-state", "paused")
    opened.keyboard.press("r")
    expect(view).to_have_attribute("data-frame", "33")
    expect(view).to_have_attribute("data-state", "paused")
    buttons = opened.locator(".screen-buttons button").all_inner_texts()
    assert buttons == ["Run", "Reset", "Back", "Next", "Dark", "Full screen", "Keys"]
    opened.keyboard.press("q")
    expect(opened.get_by_role("dialog")).to_be_hidden()
    opened.keyboard.press("?")
    expect(opened.get_by_role("dialog")).to_contain_text("next scene")
    assert "QR" not in opened.get_by_role("dialog").inner_text()
    opened.keyboard.press("Escape")
    expect(opened.get_by_role("dialog")).to_be_hidden()


@pytest.mark.parametrize("opened", [{"reduced_motion": "reduce"}], indirect=True)
def test_all_of_it_is_in_sight(opened: Page) -> None:
    view = shown(opened, "paused")
    expect(view.locator(".main-svg").first).to_be_visible()
    for width, height in [(1024, 700), (1280, 720), (1920, 1080), (900, 1100)]:
        opened.set_viewport_size({"width": width, "height": height})
        opened.wait_for_timeout(300)
        places = {}
        for part in (".live-figure", ".reel-bar", ".screen-foot"):
            for each in opened.locator(part).all():
                box = each.bounding_box()
                assert box
                places[part] = box
                assert min(box["x"], box["y"]) >= 0
                assert box["x"] + box["width"] <= width + 1
                assert box["y"] + box["height"] <= height + 1
                assert box["width"] * box["height"] > 1000
        evidence, bar = places[".live-figure"], places[".reel-bar"]
        assert evidence["y"] + evidence["height"] <= bar["y"] + 1, "the bar hides a figure"
