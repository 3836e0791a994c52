"""The live view: one component that is mounted once and redrawn with each picture."""

from ganplay.live import View
from ganplay.showing import Shown, pack
from ganplay.ui import timeline
from ganplay.ui.component import SCRIPT, component

_view = component("view", SCRIPT, "it.mount(parentElement, send)", "it.unmount(parentElement)")
_feed = component("feed", SCRIPT, "it.show(data)")

KEY = "live-view"


def live_view() -> None:
    """The view of the page's run, which shows what `feed` sends."""
    _view(key=KEY, on_sent_change=lambda: timeline.act(KEY))


def feed(view: View, shown: Shown) -> None:
    """Send the live view a run's latest picture."""
    _feed(key="feed", data=pack(view, shown, timeline=timeline.of(view)))
