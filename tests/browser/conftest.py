"""One server and one Chromium for all browser tests; a fresh tab for each."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from bench.browser import chromium, serve

TIMEOUT = 20_000
"""Milliseconds: the machine may be busy with other tests."""
expect.set_options(timeout=TIMEOUT)


@pytest.fixture(scope="session")
def url() -> Iterator[str]:
    with serve() as server:
        yield server.url


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.fixture
def tab(browser: Browser) -> Iterator[Page]:
    """A tab that fails its test for what went wrong in the page's scripts."""
    page = browser.new_page(viewport={"width": 1280, "height": 720})
    page.set_default_timeout(TIMEOUT)
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    # Streamlit looks for its own addresses below the page's first; those answer 404
    page.on(
        "console",
        lambda m: wrong.append(m.text) if m.type == "error" and "404" not in m.text else None,
    )
    page.on(
        "response",
        lambda r: wrong.append(r.url) if r.status >= 400 and "/_stcore/" not in r.url else None,
    )
    yield page
    page.close()
    assert not wrong
