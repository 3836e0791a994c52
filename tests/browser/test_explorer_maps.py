"""Feature maps that are switched off and on, and a picture that grows, in a real Chromium."""

import re
from io import BytesIO

import pytest
from PIL import Image
from playwright.sync_api import Locator, Page, expect

pytestmark = pytest.mark.browser

PAINTED = "canvas => canvas.getContext('2d').getImageData(0, 0, 32, 32).data.join()"


def painted(canvas: Locator) -> str:
    return str(canvas.evaluate(PAINTED))


def save(tab: Page, kind: str) -> Image.Image:
    with tab.expect_download() as file:
        tab.get_by_role("button", name=kind).click()
    return Image.open(BytesIO(file.value.path().read_bytes()))


def test_maps_are_clicked_off_and_on(tab: Page, url: str) -> None:
    tab.goto(f"{url}/Explorer?model=faces&view=maps")
    maps = tab.get_by_role("group", name="map", exact=True).get_by_role("button")
    pair = tab.get_by_role("group", name="picture", exact=True)
    before, after = (pair.locator("canvas").nth(n) for n in range(2))
    expect(maps).to_have_count(128)
    start = painted(before)
    assert painted(after) == start
    lowest = tab.get_by_role("group", name="sample").get_by_role("button").last.bounding_box()
    assert lowest
    assert lowest["y"] + lowest["height"] <= 720, "all is seen without scrolling"

    tab.get_by_role("button", name="8 strongest off").click()
    expect(pair).to_contain_text("8 maps off")
    expect(tab.locator(".sheet-item[aria-pressed=true] b", has_text="off")).to_have_count(8)
    assert painted(before) == start
    assert painted(after) != start
    tab.get_by_role("button", name="All on").click()
    expect(pair).to_contain_text("0 maps off")
    assert painted(after) == start

    maps.nth(40).click()
    expect(maps.nth(40).locator("b")).to_have_text("off")
    maps.nth(41).click()
    expect(tab).to_have_url(re.compile("off1=40%2C41"))
    maps.nth(40).click()
    expect(maps.nth(40)).to_have_attribute("aria-pressed", "false")
    expect(tab).to_have_url(re.compile("off1=41"))
    tab.get_by_role("group", name="sample").get_by_role("button").nth(16 + 3).click()
    expect(tab).to_have_url(re.compile("mapped=3"))
    other = painted(before)
    tab.reload()
    expect(maps.nth(41).locator("b")).to_have_text("off")
    assert painted(before) == other != start
    assert save(tab, "PNG").size == (4 * (16 * 33 - 1), 4 * (2 * 33 - 1))


def test_an_attribute_is_forgotten_in_sight(tab: Page, url: str) -> None:
    tab.goto(f"{url}/Explorer?model=faces&view=maps&forget=hat")
    tab.get_by_role("radio", name="Forget an attribute").click()
    rows = tab.get_by_role("group", name="sample", exact=True)
    expect(rows).to_have_count(4)
    expect(rows.first).to_contain_text("“hat”")
    rate = tab.locator("b", has_text=re.compile(r"^\d+%$"))
    expect(rate).to_have_count(3)
    zeroed, switched, random = (int(each.inner_text()[:-1]) for each in rate.all())
    assert switched > max(zeroed, random) + 30
    assert save(tab, "PNG").size == (4 * (10 * 33 - 1), 4 * (4 * 33 - 1))


def test_a_convolution_is_stepped_through_and_plays(tab: Page, url: str) -> None:
    tab.goto(f"{url}/Explorer?model=faces&view=grow")
    picture = tab.locator("img[alt*='the kernel: step']")
    expect(picture).to_have_attribute("alt", "Slide the kernel: step 1 of 25")
    box = picture.bounding_box()
    assert box
    assert box["y"] + box["height"] <= 720
    assert box["width"] >= 900
    tab.get_by_role("button", name="Next", exact=True).click()
    expect(picture).to_have_attribute("alt", re.compile("step 2 of"))
    expect(tab).to_have_url(re.compile("place=2"))
    tab.get_by_role("button", name="Play").click()
    expect(picture).to_have_attribute("alt", re.compile("step 4 of"))
    tab.get_by_role("button", name="Hold").click()
    expect(tab.get_by_role("button", name="Play")).to_be_visible()
    held = str(picture.get_attribute("alt"))
    tab.wait_for_timeout(1000)
    expect(picture).to_have_attribute("alt", held)
    expect(tab).to_have_url(re.compile(f"place={held.split()[-3]}"))
    assert save(tab, "PNG").size == (1800, 880)
    film = save(tab, "GIF")
    assert getattr(film, "n_frames", 1) == 25

    tab.get_by_role("radio", name="From z to the picture").click()
    maps = tab.get_by_role("group", name="map", exact=True)
    expect(maps).to_have_count(3)
    was = painted(maps.first.locator("canvas").first)
    tab.get_by_role("group", name="sample").get_by_role("button").nth(5).click()
    expect(tab).to_have_url(re.compile("grown=5"))
    assert painted(maps.first.locator("canvas").first) != was
