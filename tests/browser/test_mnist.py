"""The page of digits as a user meets it, in a real Chromium."""

import re
import time
from urllib.parse import parse_qs, urlparse

import pytest
from playwright.sync_api import Page, expect

from tests.browser.steps import open_page, press, step_of, wait_for_step

pytestmark = pytest.mark.browser

SHEET = """() => {
  const canvas = document.querySelector("[data-testid=live-view] .live-figure canvas");
  const { width, height } = canvas;
  const { data } = canvas.getContext("2d").getImageData(0, 0, width, height);
  const counts = { ink: 0, paper: 0, left: 0, right: 0 };
  const colours = new Set();
  for (let k = 0; k < data.length; k += 4) {
    if (!data[k + 3]) continue;
    const light = (data[k] + data[k + 1] + data[k + 2]) / 3;
    counts[light > 250 ? "paper" : "ink"] += 1;
    if (light < 90) counts[(k / 4) % width < width / 2 ? "left" : "right"] += 1;
    colours.add((data[k] << 16) + (data[k + 1] << 8) + data[k + 2]);
  }
  return { ...counts, colours: colours.size, text: canvas.toDataURL() };
}"""
"""What is painted on the stage: pixels of ink and of paper, dark ones in its two halves, how many
colours there are, and all of it as text."""

TILE = """name => {
  const tiles = [...document.querySelectorAll(".live-tile")];
  return tiles.find((tile) => tile.querySelector("span").textContent === name)
    ?.querySelector("b").textContent;
}"""


def wait_for_another_sheet(tab: Page, sheet: str, seconds: float) -> None:
    tab.wait_for_function(f"sheet => ({SHEET})().text !== sheet", arg=sheet, timeout=1000 * seconds)


def test_run_switch_look_back_pause_reset(tab: Page, url: str) -> None:
    view = open_page(tab, f"{url}/MNIST")
    view.evaluate("element => { element.born = 1; }")
    idle = tab.evaluate(SHEET)
    assert idle["colours"] > 30
    assert idle["ink"] > 1000
    assert idle["paper"] > 1000
    assert idle["right"] > 100, "the column of real digits is blank"

    start = time.monotonic()
    press(tab, "Run")
    wait_for_another_sheet(tab, idle["text"], 5)
    assert time.monotonic() - start < 5
    wait_for_step(tab, 20, 60)
    expect(view).to_have_attribute("data-state", "running")
    frame, run = int(view.get_attribute("data-frame") or 0), view.get_attribute("data-run")

    tab.get_by_role("combobox", name=re.compile("loss")).first.click()
    tab.get_by_role("option", name="WGAN", exact=True).click()
    expect(view.get_by_text("loss=wgan")).to_be_visible()
    wait_for_step(tab, step_of(view) + 100, 60)
    assert int(view.get_attribute("data-frame") or 0) > frame + 3
    expect(view).to_have_attribute("data-run", str(run))
    assert view.evaluate("element => element.born") == 1, "the view was mounted again"

    slider = tab.get_by_role("slider", name="moment of the run")
    slider.focus()
    slider.press("Home")
    expect(view).to_have_attribute("data-shown", "0")
    expect(view).to_have_attribute("data-state", "paused")
    tab.wait_for_function(f"() => ({TILE})('iteration') === '0'")
    first, step = tab.evaluate(SHEET)["text"], step_of(view)
    slider.press("End")
    wait_for_another_sheet(tab, first, 20)
    expect(view).to_have_attribute("data-shown", str(step))
    assert int(tab.evaluate(TILE, "iteration").replace(",", "")) == step

    press(tab, "Run")
    wait_for_step(tab, step + 5, 60)
    press(tab, "Pause")
    expect(view).to_have_attribute("data-state", "paused")
    step = step_of(view)
    tab.wait_for_timeout(500)
    assert step_of(view) == step
    assert parse_qs(urlparse(tab.url).query) == {"run": [run], "loss": ["wgan"]}
    press(tab, "Reset")
    expect(view).to_have_attribute("data-state", "idle")
    expect(view).to_have_attribute("data-step", "0")
    expect(view.get_by_text("loss=wgan")).to_be_hidden()


def test_collapse_is_said(tab: Page, url: str) -> None:
    view = open_page(tab, f"{url}/MNIST?scenario=digits-collapse")
    expect(tab.get_by_test_id("stSidebar").get_by_text("Digits that vanish")).to_be_visible()
    end = time.monotonic() + 60
    press(tab, "Run")
    wait_for_step(tab, 400, end - time.monotonic())
    expect(view.locator(".live-reading")).to_have_text(
        re.compile("differ from each other .* the generator has collapsed"),
        timeout=1000 * max(1, end - time.monotonic()),
    )
    expect(view.get_by_text("variety").first).to_be_visible()


def test_a_vae_beside_the_gan_has_its_own_block(tab: Page, url: str) -> None:
    view = open_page(tab, f"{url}/MNIST")
    run = view.get_attribute("data-run")
    expect(view.get_by_text("by VAE")).to_be_hidden()
    tab.get_by_test_id("stSidebar").get_by_text("VAE beside the GAN").click()
    for words in ("GAN", "VAE", "by VAE", "real"):
        expect(view.locator(".annotation-text").get_by_text(words, exact=True)).to_be_visible()
    expect(view).to_have_attribute("data-run", str(run))
    expect(view.locator(".live-tile").filter(has_text="VAE sharpness")).to_be_visible()
    press(tab, "Run")
    wait_for_step(tab, 2, 60)


@pytest.mark.parametrize(("width", "height"), [(1280, 720), (1920, 1080)])
def test_everything_that_matters_is_in_sight(tab: Page, url: str, width: int, height: int) -> None:
    tab.set_viewport_size({"width": width, "height": height})
    view = open_page(tab, f"{url}/MNIST")
    press(tab, "Step")
    wait_for_step(tab, 1)
    box = view.bounding_box()
    assert box
    assert box["y"] + box["height"] <= height
    expect(view.locator(".live-figure .nsewdrag")).to_have_count(5)
    for figure in view.locator(".live-figure").all():
        own = figure.bounding_box()
        assert own
        assert own["x"] + own["width"] <= box["x"] + box["width"] + 1
        assert min(own["width"], own["height"]) >= 120


# ---- the picture of all seeds

TILES = """([url, made]) => import(`${url}/app/static/tiles.js`).then(({ draw }) => {
  const parent = document.body.appendChild(document.createElement("div"));
  parent.style.width = "400px";
  const colors = { real: "#1b9e77", generated: "#7570b3", attention: "#d95f02" };
  const tiles = made.map((each, i) => ({ label: `seed ${i}`, made: each, holds: [true, false, null][i] }));
  draw(parent, { tiles, extent: 2, colors });
  const canvas = parent.querySelector("canvas");
  const paint = canvas.getContext("2d");
  const ratio = devicePixelRatio;
  const side = Math.floor((400 - 8 * 7) / 8);
  const at = (tile, x, y) => [...paint.getImageData(
    Math.round((tile * (side + 8) + x * side) * ratio), Math.round(y * side * ratio), 1, 1).data];
  const places = [0.3, 0.7].flatMap((y) => [0.3, 0.7].map((x) => [x, y]));
  const said = canvas.getAttribute("aria-label");
  parent.remove();
  return { said, tiles: made.map((_, i) => places.map(([x, y]) => at(i, x, y))) };
})"""


def test_tiles_of_pictures_are_ink_on_paper_row_by_row(tab: Page, url: str) -> None:
    """Four pictures in each square: the first is at the top left, and what is dark stays empty."""
    tab.goto(url)
    full, empty = ("/" * 1045 + "w==", "A" * 1046 + "==")  # base 64 of 784 bytes of 255, and of 0
    orders = [[full, empty, empty, empty], [empty, full, empty, full], [empty] * 4]
    found = tab.evaluate(TILES, [url, orders])
    assert found["said"] == "runs in training"
    ink, blank = [0x75, 0x70, 0xB3, 255], [0, 0, 0, 0]
    for order, seen in zip(orders, found["tiles"], strict=True):
        assert seen == [ink if picture == full else blank for picture in order]
