"""The 2-D lab: a small GAN learns a toy distribution, live."""

from ganplay.ui import page

page.setup("2-D lab", live=True)

from ganplay.config import RunConfig  # noqa: E402  torch takes a second to import
from ganplay.data import PLANE  # noqa: E402
from ganplay.ui import checkpoints, controls, lab, plane, scenes, session  # noqa: E402

view = session.open_page(session.Page("Lab", RunConfig(), tuple(PLANE)))
session.show_problem()
if view:
    session.write_address(view)
    lab.live(view, plane.shown)  # before the controls, as it is what one waits for
    scenes.scene_bar()
    controls.settings(view.config)
    checkpoints.save_and_load(view)
