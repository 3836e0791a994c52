"""Ways between samples and walks through z as a user meets them, in a real Chromium."""

import re
from urllib.parse import parse_qs, urlparse

import pytest
from playwright.sync_api import Locator, Page, expect

pytestmark = pytest.mark.browser

PAINTED = "canvas => canvas.getContext('2d').getImageData(0, 0, 32, 32).data.join()"


def query(tab: Page) -> dict[str, list[str]]:
    return parse_qs(urlparse(tab.url).query)


def painted(canvas: Locator) -> str:
    return str(canvas.evaluate(PAINTED))


def switch(tab: Page, name: str) -> None:
    tab.get_by_role("radio", name=name, exact=True).click()


def test_anchors_are_clicked_and_the_film_is_held(tab: Page, url: str) -> None:
    tab.goto(f"{url}/Explorer?model=faces")
    samples = tab.get_by_role("group", name="sample", exact=True).get_by_role("button")
    expect(samples).to_have_count(40)
    samples.nth(7).click()
    expect(samples.nth(7)).to_have_attribute("aria-pressed", "true")
    expect(samples.nth(7).locator("b")).to_have_text("3")
    samples.nth(0).click()
    expect(samples.nth(7).locator("b")).to_have_text("2")
    expect(tab).to_have_url(re.compile("anchors=1%2C7"))
    for n in (9, 12, 9, 1, 12, 1):  # faster than the page follows
        samples.nth(n).click()
    expect(tab).to_have_url(re.compile("anchors=7%2C1$"))
    samples.nth(7).click()
    samples.nth(7).click()
    expect(tab).to_have_url(re.compile("anchors=1%2C7$"))
    strip = tab.get_by_role("group", name="picture on the way")
    expect(strip.get_by_role("img")).to_have_count(27)
    ends = [painted(strip.locator("canvas").nth(n)) for n in (0, 9, 8, 17)]
    assert ends == [painted(samples.nth(n).locator("canvas")) for n in (1, 1, 7, 7)]

    switch(tab, "Film")
    film = tab.get_by_role("group", name="loop through the anchors")
    line, first = film.get_by_role("slider"), film.locator("canvas").first
    expect(film.locator("canvas")).to_have_count(2)
    start = line.input_value()
    tab.wait_for_function(
        "start => document.querySelector('.film input').value !== start", arg=start
    )
    first.click()
    expect(film.get_by_role("button")).to_have_text(re.compile("Play"))
    held, picture = int(line.input_value()), painted(first)
    tab.wait_for_timeout(200)
    assert int(line.input_value()) == held
    tab.keyboard.press("ArrowRight")
    assert int(line.input_value()) == (held + 1) % 48
    assert painted(first) != picture
    tab.keyboard.press("ArrowLeft")
    assert painted(first) == picture
    tab.keyboard.press("Space")
    expect(film.get_by_role("button")).to_have_text(re.compile("Hold"))
    with tab.expect_download() as loop:
        tab.get_by_role("button", name="GIF").click()
    assert loop.value.path().read_bytes().startswith(b"GIF89a")


def test_the_map_is_walked_without_the_server_and_a_click_stays(tab: Page, url: str) -> None:
    asked: list[str] = []
    tab.on("websocket", lambda socket: socket.on("framesent", lambda _: asked.append("")))
    tab.goto(f"{url}/Explorer?model=faces&view=walk")
    area, large = tab.locator(".walk-map"), tab.locator(".walk-side canvas")
    place = tab.locator(".walk-side div")
    expect(place).to_have_text(re.compile("direction 1"))
    box = area.bounding_box()
    assert box
    assert box["y"] + box["height"] <= 720
    assert box["width"] >= 420
    start, sent = painted(large), len(asked)
    seen = set()
    for step in range(1, 6):
        tab.mouse.move(box["x"] + 80 * step, box["y"] + 60)
        seen.add(painted(large))
    assert len(seen) == 5
    assert start not in seen
    assert len(asked) == sent > 0
    assert "spot" not in query(tab)

    tab.mouse.click(box["x"] + 400, box["y"] + 60)
    expect(tab.locator(".walk-side h4")).to_have_text("The chosen place")
    expect(tab).to_have_url(re.compile("spot="))
    words, picture = place.inner_text(), painted(large)
    tab.reload()
    expect(place).to_have_text(words)
    assert painted(large) == picture

    area.focus()
    tab.keyboard.press("ArrowLeft")
    assert painted(large) != picture
    before = query(tab)["spot"]
    tab.keyboard.press("Enter")
    tab.wait_for_function(
        "old => new URLSearchParams(location.search).get('spot') !== old", arg=before[0]
    )
    x, y = (float(each) for each in query(tab)["spot"][0].split(","))
    old_x, old_y = (float(each) for each in before[0].split(","))
    assert old_x - x == pytest.approx(6 / 21, abs=1e-3)
    assert y == pytest.approx(old_y)
