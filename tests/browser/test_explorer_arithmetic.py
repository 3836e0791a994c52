"""Arithmetic in the explorer as a user meets it, in a real Chromium."""

import re
import time
from urllib.parse import parse_qs, urlparse

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser

PAINTED = """canvas => {
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  const seen = new Set();
  for (let k = 0; k < data.length; k += 4) seen.add((data[k] << 16) + (data[k + 1] << 8) + data[k + 2]);
  return seen.size;
}"""
"""How many colours a canvas shows."""


def query(tab: Page) -> dict[str, list[str]]:
    return parse_qs(urlparse(tab.url).query, keep_blank_values=True)


def test_one_exemplar_ten_by_click_and_a_direction(tab: Page, url: str) -> None:
    tab.goto(f"{url}/Explorer?model=faces&view=arithmetic&target=glasses")
    equation = tab.get_by_role("group", name="equation")
    expect(equation).to_be_visible(timeout=60_000)
    exemplars = equation.get_by_role("button", name=re.compile("^exemplar .* of A$"))
    expect(exemplars).to_have_count(10)
    total = equation.get_by_role("img", name="the sum", exact=True)
    assert total.evaluate(PAINTED) > 100
    expect(tab.get_by_text(re.compile("Of 200 equations"))).to_be_visible(timeout=60_000)
    expect(tab.locator(".js-plotly-plot")).to_be_visible()
    for part in (equation, tab.locator(".js-plotly-plot")):
        box = part.bounding_box()
        assert box
        assert box["y"] + box["height"] <= 720, "in sight without scrolling"
    top = total.bounding_box()

    equation.evaluate("element => { element.born = 1; }")
    tab.get_by_role("radio", name="1", exact=True).click()
    expect(exemplars).to_have_count(1)
    assert total.bounding_box() == top, "nothing jumps"
    start = time.monotonic()
    tab.get_by_role("button", name="Another").click()
    tab.wait_for_url(re.compile("equation=2"))
    assert time.monotonic() - start < 5
    assert query(tab) == {
        "model": ["faces"], "view": ["arithmetic"], "target": ["glasses"], "mean": ["1"],
        "equation": ["2"],
    }  # fmt: skip
    assert equation.evaluate("element => element.born") == 1, "it was mounted again"

    tab.get_by_role("radio", name="By click").click()
    sheet = tab.get_by_role("group", name="sample")
    expect(sheet.get_by_role("button")).to_have_count(40)
    sheet.get_by_role("button").nth(6).click()
    expect(exemplars).to_have_count(2)
    expect(sheet.get_by_role("button").nth(6).locator("b")).to_have_text("A")
    equation.get_by_role("button", name="C", exact=False).first.click()
    exemplars.nth(0).click()
    expect(exemplars).to_have_count(1)
    tab.wait_for_url(re.compile("a=6"))

    tab.get_by_role("radio", name="Directions").click()
    row = tab.get_by_role("group", name="sample")
    expect(row.get_by_role("button")).to_have_count(24)
    slider = tab.get_by_role("slider")
    slider.focus()
    slider.press("Home")
    expect(row.get_by_text("−3 along glasses")).to_be_visible()
    expect(tab.get_by_text(re.compile("A step of −3 switches"))).to_be_visible(timeout=60_000)
    tab.wait_for_url(re.compile("alpha=-3"))
