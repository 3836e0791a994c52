"""Talk mode: scenarios for the stage, full-bleed and driven by keys."""

from ganplay.ui import curtain, page

page.setup("Talk", live=True, bare=True)
place = curtain.drawn()

from ganplay.ui import talk  # noqa: E402  torch takes a second to import

talk.give()
place.empty()
