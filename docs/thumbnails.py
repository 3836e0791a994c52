"""Draws the gallery's pictures anew, the stage after each scenario's first scene:
`python -m docs.thumbnails [NAME ...]`."""

import sys

from bench.browser import chromium, serve
from ganplay.gallery import FOLDER
from ganplay.scenarios import load, names


def main() -> None:
    """Play each first scene in a browser and keep the stage."""
    with chromium() as browser, serve() as server:
        for name in sys.argv[1:] or names():
            page = browser.new_page(viewport={"width": 1280, "height": 720})
            page.goto(f"{server.url}/{load(name).page}?scenario={name}")
            view = page.get_by_test_id("live-view")
            view.and_(page.locator("[data-frame]")).wait_for()
            page.get_by_role("button", name="Run", exact=True).click()
            page.wait_for_function(
                "step => +document.querySelector('[data-testid=live-view]').dataset.step >= step",
                arg=load(name).scenes[0].iterations,
                timeout=300_000,
            )
            page.get_by_role("button", name="Pause", exact=True).click()
            page.wait_for_timeout(1000)
            stage = view.locator(".live-figure").first.locator(".nsewdrag")
            box = stage.bounding_box()
            assert box
            if load(name).recipe:  # a sheet of pictures: only its middle is large enough to be seen
                side = box["width"] / 2
                box = {"x": box["x"] + side / 2, "y": box["y"], "width": side, "height": side}
            page.screenshot(path=FOLDER / f"{name}.png", clip=box)
            page.close()


if __name__ == "__main__":
    main()
