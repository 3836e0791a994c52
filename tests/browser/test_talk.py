"""A talk as a speaker gives it: by the keys of a clicker, in a real Chromium."""

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.steps import open_page, press, step_of, wait_for_step

pytestmark = pytest.mark.browser

SMALLEST = """() => {
  const screen = document.querySelector(".screen");
  const page = screen.querySelector(".screen-page");
  const scale = page.getBoundingClientRect().width / page.offsetWidth;
  const words = document.createTreeWalker(screen, NodeFilter.SHOW_TEXT);
  const found = [];
  while (words.nextNode()) {
    const { textContent, parentElement: node } = words.currentNode;
    if (!textContent.trim() || node.closest("style") || !node.checkVisibility()) continue;
    found.push([scale * parseFloat(getComputedStyle(node).fontSize), textContent.trim()]);
  }
  return [found.length, ...found.reduce((least, each) => (each[0] < least[0] ? each : least))];
}"""
"""How many texts are on the screen, and the size of the smallest in pixels of the window, and it."""

BRIGHTNESS = """view => {
  const { width, height } = view.querySelector("canvas");
  const { data } = view.querySelector("canvas").getContext("2d").getImageData(0, 0, width, height);
  let [sum, count] = [0, 0];
  for (let i = 0; i < data.length; i += 4) if (data[i + 3] === 255) [sum, count] = [sum + data[i + 1], count + 1];
  return sum / count;
}"""
"""Of the stage, 0 to 255."""


def near(tab: Page) -> int:
    """The large number: how many modes have generated points."""
    tile = tab.locator(".screen-numbers div").filter(has_text="near modes")
    return int(tile.locator("b").inner_text())


def wait_for_near(tab: Page, least: int, most: int, seconds: float) -> None:
    tab.wait_for_function(
        """([least, most]) => {
          const near = +document.querySelector(".screen-numbers b").textContent;
          return least <= near && near <= most;
        }""",
        arg=[least, most],
        timeout=1000 * seconds,
    )


GOES_ON_BEFORE = """(step) => {
  const { dataset } = document.querySelector('[data-testid="live-view"]');
  return dataset.state === "running" && +dataset.step < step;
}"""


def heading(tab: Page, text: str) -> None:
    expect(tab.get_by_role("heading", level=1)).to_have_text(text)


def open_talk(tab: Page, url: str, playlist: str) -> Locator:
    view = open_page(tab, f"{url}/Talk?talk={playlist}")
    expect(view.locator(".main-svg").first).to_be_visible()
    return view


def test_from_collapse_to_cure_and_back_for_another(tab: Page, url: str) -> None:
    view = open_page(tab, f"{url}/?talk=mode-hopping")
    heading(tab, "Mode hopping")
    tab.keyboard.press("Space")
    wait_for_step(tab, 60)
    wait_for_near(tab, 1, 2, 20)
    run, collapsed = view.get_attribute("data-run"), step_of(view)
    tab.keyboard.press("PageDown")
    heading(tab, "Unrolled")
    expect(tab.get_by_text("everything else as it was")).to_be_visible()
    wait_for_near(tab, 8, 8, 90)
    cured = step_of(view)
    expect(view).to_have_attribute("data-run", str(run))

    tab.keyboard.press("t")
    line = tab.get_by_role("slider", name="moment of the run")
    expect(line).to_be_focused()
    for _ in range(60):
        tab.keyboard.press("ArrowLeft")
        tab.wait_for_timeout(20)
        shown = int(str(view.get_attribute("data-shown")))
        if 30 <= shown <= collapsed and near(tab) <= 2:
            break
    assert 30 <= shown <= collapsed
    expect(view).to_have_attribute("data-state", "paused")
    expect(tab.get_by_text(f"looking back · iteration {shown}")).to_be_visible()
    tab.get_by_role("combobox", name="branch with").select_option(label="with R1 on D")
    tab.get_by_role("button", name="Branch").click()
    tab.wait_for_function(GOES_ON_BEFORE, arg=cured)
    expect(tab.get_by_text("What if: R1 on D")).to_be_visible()
    heading(tab, "Mode hopping")
    expect(view).to_have_attribute("data-state", "running")
    wait_for_step(tab, shown + 5)
    # what came after is on the curve, faint
    evidence = view.locator(".js-plotly-plot").nth(1)
    assert evidence.evaluate("plot => plot.data.map(({ name }) => name)") == [
        "near modes, left",
        "near modes",
    ]
    expect(view).to_have_attribute("data-run", str(run))


def test_the_last_row_can_read_it(tab: Page, url: str) -> None:
    view = open_talk(tab, url, "vanishing-gradient")
    tab.keyboard.press("t")
    for width, height, least in ((1280, 720, 16), (1920, 1080, 24)):
        tab.set_viewport_size({"width": width, "height": height})
        tab.mouse.move(300, width / 4)  # which has the buttons shown
        for key, panel in (("?", "keys"), ("n", "notes"), ("q", "QR code")):
            tab.keyboard.press(key)
            expect(tab.get_by_role("dialog", name=panel)).to_be_visible()
            count, size, text = tab.evaluate(SMALLEST)
            assert count > 40, "the ticks and the legend are among them"
            assert size >= least - 0.01, text
        box = tab.locator(".screen-page").bounding_box()
        assert box == {"x": 0, "y": 0, "width": width, "height": height}
        # not blurred: as many pixels as are seen
        across = view.locator("canvas").first.evaluate(
            "canvas => [canvas.width, canvas.getBoundingClientRect().width]"
        )
        assert across[0] == pytest.approx(across[1], abs=1)


def test_its_keys_and_its_panels(tab: Page, url: str) -> None:
    tab.set_viewport_size({"width": 1000, "height": 720})  # not 16:9
    view = open_talk(tab, url, "mode-hopping,packing")
    box = tab.locator(".screen-page").bounding_box()
    assert box
    assert box["width"] / box["height"] == pytest.approx(16 / 9, rel=0.01)
    assert box["y"] == pytest.approx((720 - box["height"]) / 2, abs=1)

    panel = tab.get_by_role("dialog")
    tab.keyboard.press("?")
    for key in ("Space", "Page Down", "Page Up", "R", "S", "T", "N", "D", "Q", "P", "F"):
        expect(panel.get_by_text(key).first).to_be_visible()
    tab.keyboard.press("q")
    expect(panel.locator("svg path").first).to_be_visible()
    expect(panel).to_contain_text("/Lab?scenario=mode-hopping&scene=1")
    expect(panel).to_contain_text("of this machine alone")
    tab.keyboard.press("n")
    expect(panel).to_contain_text("where will the purple points go?")
    tab.keyboard.press("PageDown")
    expect(panel).to_contain_text("Press the switch in mid-hop")
    tab.keyboard.press("Escape")
    expect(panel).to_be_hidden()

    light = view.evaluate(BRIGHTNESS)
    tab.keyboard.press("d")
    expect(tab.locator(".screen")).to_have_css("background-color", "rgb(16, 18, 24)")
    assert view.evaluate(BRIGHTNESS) < 100 < 200 < light
    tab.wait_for_url("**/Talk?*dark=on*")

    tab.evaluate("() => { window.held = window.open; window.open = () => null; }")
    tab.keyboard.press("Shift+N")
    expect(tab.get_by_text("allow pop-ups for this address")).to_be_visible()
    tab.evaluate("() => { window.open = window.held; }")
    with tab.expect_popup() as opened:
        tab.keyboard.press("Shift+N")
    notes = opened.value
    expect(notes.get_by_role("heading", name="Unrolled · 2 of 2")).to_be_visible()
    notes.keyboard.press("PageDown")  # the clicker, with that window in front
    heading(tab, "One point at a time")
    expect(notes.get_by_role("heading", name="One point at a time")).to_be_visible()


def test_a_held_key_counts_once_and_quick_ones_all(tab: Page, url: str) -> None:
    open_talk(tab, url, "mode-hopping,packing,good-gan")
    for _ in range(4):
        tab.keyboard.down("PageDown")  # repeats, as a held key does
    tab.keyboard.up("PageDown")
    heading(tab, "Unrolled")
    tab.wait_for_timeout(300)
    heading(tab, "Unrolled")
    tab.evaluate(  # faster than the server can be told one by one
        """() => { for (let i = 0; i < 2; i++) window.dispatchEvent(new KeyboardEvent("keydown", { key: "PageDown" })); }"""
    )
    heading(tab, "Four at once")
    tab.keyboard.press("ArrowRight")
    heading(tab, "R1 and a falling rate")
    tab.keyboard.press("s")
    expect(tab.get_by_text("No switch leads on")).to_be_visible()
    tab.keyboard.press("PageDown")
    expect(tab.get_by_text("This is the last scene.")).to_be_visible()


def test_by_mouse_and_out_and_in_again(tab: Page, url: str) -> None:
    view = open_talk(tab, url, "mode-hopping")
    tab.mouse.move(300, 300)
    press(tab, "Run")
    expect(view).to_have_attribute("data-state", "running")
    wait_for_step(tab, 10)
    press(tab, "Pause")
    expect(view).to_have_attribute("data-state", "paused")
    expect(tab.locator(".screen-buttons button:focus")).to_have_count(0)
    tab.keyboard.press("Space")  # which is not for the button that was clicked on
    expect(view).to_have_attribute("data-state", "running")
    step = step_of(view)
    press(tab, "Reset")
    tab.wait_for_function(
        "step => +document.querySelector('[data-testid=live-view]').dataset.step < step", arg=step
    )
    run = view.get_attribute("data-run")
    press(tab, "Leave")  # from a running run to its page, and back
    sidebar = tab.get_by_test_id("stSidebar")
    expect(sidebar.get_by_text("scene 1 of 2")).to_be_visible()
    tab.wait_for_url("**/Lab?*")
    expect(view).to_have_attribute("data-run", str(run))
    press(tab, "Now unroll 5 steps")
    expect(sidebar.get_by_text("scene 2 of 2")).to_be_visible()
    tab.get_by_role("link", name="Talk mode").click()
    heading(tab, "Unrolled")
    tab.wait_for_url("**/Talk?*talk=mode-hopping*")
    expect(view).to_have_attribute("data-run", str(run))


def test_a_recording_plays_at_once_and_leaves_the_run_as_it_is(tab: Page, url: str) -> None:
    view = open_talk(tab, url, "mode-hopping")
    tab.keyboard.press("Space")
    wait_for_step(tab, 5)
    run = view.get_attribute("data-run")
    tab.keyboard.press("p")
    expect(tab.get_by_text("recording, running")).to_be_visible()
    tab.keyboard.press("PageDown")
    heading(tab, "Unrolled")
    tab.keyboard.press("Space")
    expect(tab.get_by_text("recording, paused")).to_be_visible()
    tab.keyboard.press("p")
    heading(tab, "Mode hopping")
    expect(tab.get_by_text("recording,")).to_be_hidden()
    expect(view).to_have_attribute("data-state", "paused")
    expect(view).to_have_attribute("data-run", str(run))


def test_two_quick_presses_play_one_recording_and_one_may_leave_meanwhile(
    tab: Page, url: str
) -> None:
    view = open_talk(tab, url, "mode-hopping")
    for _ in range(2):
        tab.keyboard.press("p")
    bar = tab.get_by_role("group", name="recording")
    expect(bar).to_have_count(1)
    tab.keyboard.press("p")
    expect(bar).to_have_count(0)
    expect(view).to_have_attribute("data-state", "idle")
    tab.keyboard.press("p")
    tab.keyboard.press("Escape")
    expect(tab.get_by_role("button", name="Run", exact=True)).to_be_visible()
    tab.wait_for_timeout(1500)  # in which a press that is not heard would be said again
    expect(tab.get_by_test_id("stException")).to_have_count(0)
