"""Digits: a GAN learns to draw them, live, with a VAE beside it where one is wanted."""

from ganplay.ui import page

page.setup("Digits", live=True)

from ganplay.recipes import recipe  # noqa: E402  torch takes a second to import
from ganplay.ui import checkpoints, controls, lab, pictures, scenes, session  # noqa: E402

view = session.open_page(session.Page("MNIST", recipe("dcgan"), pictures.DATA))
session.show_problem()
if view:
    session.write_address(view)
    lab.live(view, pictures.shown)  # before the controls, as it is what one waits for
    scenes.scene_bar()
    controls.settings(view.config)
    checkpoints.save_and_load(view)
    checkpoints.to_explorer(view)
