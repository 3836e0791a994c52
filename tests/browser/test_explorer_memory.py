"""Drawing a digit and finding its z, and D's score of it, as a user meets them in a real Chromium."""

import re
from io import BytesIO
from urllib.parse import parse_qs, urlparse

import pytest
from PIL import Image
from playwright.sync_api import Locator, Page, expect

pytestmark = pytest.mark.browser

PAINTED = (
    "canvas => canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data.join()"
)
STEP = re.compile(r"step (\d+) of 300")


def painted(canvas: Locator) -> str:
    return str(canvas.evaluate(PAINTED))


def stroke(tab: Page, pad: Locator, *points: tuple[float, float]) -> None:
    """Draw from point to point, in portions of the pad."""
    box = pad.bounding_box()
    assert box
    places = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in points]
    tab.mouse.move(*places[0])
    tab.mouse.down()
    for place in places[1:]:
        tab.mouse.move(*place, steps=4)
    tab.mouse.up()


def step(tab: Page) -> int:
    found = STEP.search(tab.get_by_test_id("stProgress").inner_text())
    assert found
    return int(found.group(1))


def test_a_digit_is_drawn_and_its_z_is_found(tab: Page, url: str) -> None:
    tab.goto(f"{url}/Explorer?view=memory&memory=find&strokes=")
    pad = tab.locator(".sketch canvas")
    expect(tab.get_by_text("draw or upload one")).to_be_visible()
    expect(tab.get_by_role("button", name="Clear")).to_be_disabled()
    stroke(tab, pad, (0.3, 0.2), (0.7, 0.2), (0.45, 0.85))
    found = tab.get_by_role("group", name="picture", exact=True)
    yours = found.locator("canvas").first
    expect(found.get_by_role("img")).to_have_count(9)
    expect(tab).to_have_url(re.compile("strokes=[0-9A-Za-z_-]{6,}$"))
    one = painted(yours)
    stroke(tab, pad, (0.35, 0.5), (0.65, 0.5))
    tab.wait_for_function(
        f"([canvas, old]) => ({PAINTED})(canvas) !== old", arg=[yours.element_handle(), one]
    )
    expect(tab).to_have_url(re.compile(r"strokes=[\w-]+\.[\w-]+$"))
    two = painted(pad)
    tab.get_by_role("button", name="Undo").click()
    tab.wait_for_function(
        f"([canvas, old]) => ({PAINTED})(canvas) === old", arg=[yours.element_handle(), one]
    )
    stroke(tab, pad, (0.35, 0.5), (0.65, 0.5))
    assert painted(pad) == two

    tab.get_by_role("button", name="Find its z").click()
    expect(tab.get_by_role("button", name="Stop")).to_be_visible()
    tab.wait_for_function(
        "() => +document.querySelector('[data-testid=stProgress]').innerText.match(/step (\\d+)/)[1] > 0"
    )
    tab.get_by_role("button", name="Stop").click()
    expect(tab.get_by_role("button", name="Go on")).to_be_enabled()
    stopped = step(tab)
    assert 0 < stopped < 300
    tab.wait_for_timeout(500)
    assert step(tab) == stopped
    tab.get_by_role("button", name="Go on").click()
    expect(tab.get_by_text("step 300 of 300")).to_be_visible()
    expect(tab.get_by_text(re.compile(r"Yours is rebuilt \d+\.\d% off\."))).to_be_visible()
    rebuilt = found.locator("span").nth(5).inner_text()
    assert float(rebuilt.split()[1].rstrip("%")) < 4, "the sample, whose z exists"
    box = found.bounding_box()
    assert box
    assert box["y"] + box["height"] <= 720
    with tab.expect_download() as film:
        tab.get_by_role("button", name="GIF").click()
    with Image.open(film.value.path()) as gif:
        assert gif.n_frames > 20
        assert gif.size == (4 * (3 * 28 + 2), 4 * (3 * 28 + 2))

    tab.reload()
    expect(found.get_by_role("img")).to_have_count(9)
    assert painted(pad) == two, "the address holds the drawing"
    radio(tab, "What D looks for")
    radio(tab, "Its score")
    radio(tab, "Your own")
    expect(tab.get_by_text(re.compile("D gives it the logit"))).to_be_visible()
    expect(pad).to_be_visible()


def test_the_pad_draws_dots_and_is_full_some_day(tab: Page, url: str) -> None:
    tab.goto(f"{url}/Explorer?view=discriminator&d_shows=score&scored=own&strokes=")
    pad = tab.locator(".sketch canvas")
    empty = painted(pad)
    stroke(tab, pad, (0.5, 0.5))
    expect(tab).to_have_url(re.compile("strokes=[U-X]{2}(&|$)"))
    assert painted(pad) != empty
    box = pad.bounding_box()
    assert box
    pad.evaluate(
        """canvas => {
          const { left, top, width } = canvas.getBoundingClientRect();
          const at = (type, x, y) => canvas.dispatchEvent(new PointerEvent(type,
            { pointerId: 1, clientX: left + x * width, clientY: top + y * width }));
          canvas.setPointerCapture = () => {};
          at("pointerdown", 0, 0);
          for (let i = 1; i < 3000; i++) at("pointermove", (i % 2) * 0.9, (i % 97) / 97);
          at("pointerup", 0, 0);
        }"""
    )
    tab.wait_for_function("() => new URLSearchParams(location.search).get('strokes').length > 1900")
    assert len(parse_qs(urlparse(tab.url).query)["strokes"][0]) <= 2000
    expect(tab.get_by_text(re.compile("D gives it the logit"))).to_be_visible()
    full = painted(pad)
    stroke(tab, pad, (0.1, 0.9), (0.2, 0.8))
    assert painted(pad) == full
    tab.get_by_role("button", name="Clear").click()
    expect(tab.get_by_text("draw or upload one")).to_be_visible()
    assert painted(pad) == empty


def radio(tab: Page, name: str) -> None:
    tab.get_by_role("radio", name=name, exact=True).click()


def test_a_picture_is_uploaded_or_refused(tab: Page, url: str) -> None:
    tab.goto(f"{url}/Explorer?model=faces&view=discriminator&d_shows=score&scored=own")
    verdict = tab.get_by_text(re.compile("D gives it the logit"))
    expect(verdict).to_be_visible()
    first = verdict.inner_text()
    tab.get_by_text("beard", exact=True).click()
    expect(verdict).not_to_have_text(first)
    expect(tab).to_have_url(re.compile("wears=smile%2Cglasses%2Cbeard"))
    red = BytesIO()
    Image.new("RGB", (300, 200), (255, 0, 0)).save(red, "PNG")
    picker = tab.get_by_test_id("stMain").locator("input[type=file]")
    picker.set_input_files({"name": "red.png", "mimeType": "image/png", "buffer": red.getvalue()})
    judged = tab.get_by_role("group", name="judged").locator("canvas")
    tab.wait_for_function(
        "canvas => [...canvas.getContext('2d').getImageData(9, 9, 1, 1).data].join() === '255,0,0,255'",
        arg=judged.element_handle(),
    )
    picker.set_input_files({"name": "no.png", "mimeType": "image/png", "buffer": b"no picture"})
    expect(tab.get_by_text(re.compile("^no.png is broken, or no PNG"))).to_be_visible()
    expect(judged).to_be_hidden()
