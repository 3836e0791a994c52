"""A duel: two to four runs from the same start, one difference each, on one clock."""

from ganplay.ui import page, tab

page.setup("Duel", live=True)

from ganplay.ui import controls, duel  # noqa: E402  torch takes a second to import

view = duel.open_page()
tab.show_problem()
if view:
    duel.live(view)  # before the controls, as it is what one waits for
    duel.sides(view)
    controls.settings(view.config)
