"""The 2-D lab: a small GAN learns a toy distribution, live."""

from ganplay.ui import page

page.setup("2-D lab", live=True)

from ganplay.ui import controls, lab, scenes, session  # noqa: E402  torch takes a second to import

view = session.current_view()
session.show_problem()
if view:
    session.write_address(view)
    lab.live(view)  # before the controls, as it is what one waits for
    scenes.scene_bar()
    controls.settings(view.config)
