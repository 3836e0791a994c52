"""The 2-D lab: a small GAN learns a toy distribution, live."""

from ganplay.ui import page, tab

page.setup("2-D lab", live=True)

from ganplay.config import RunConfig  # noqa: E402  torch takes a second to import
from ganplay.data import PLANE  # noqa: E402
from ganplay.ui import checkpoints, controls, duel, lab, scenes, session, share  # noqa: E402

view = session.open_page(tab.Page("Lab", RunConfig(), tuple(PLANE)))
tab.show_problem()
if view:
    session.write_address(view)
    lab.live(view)  # before the controls, as it is what one waits for
    scenes.scene_bar(view)
    controls.settings(view.config)
    duel.with_what_if(view)
    share.share(view)
    checkpoints.save_and_load(view)
