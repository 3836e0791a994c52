"""Digits: a GAN learns to draw them, live, with a VAE beside it where one is wanted."""

from ganplay.ui import page, tab

page.setup("Digits", live=True)

from ganplay.data import GREY  # noqa: E402  torch takes a second to import
from ganplay.recipes import recipe  # noqa: E402
from ganplay.ui import checkpoints, controls, duel, lab, scenes, session, share  # noqa: E402

view = session.open_page(tab.Page("MNIST", recipe("dcgan"), tuple(GREY)))
tab.show_problem()
if view:
    session.write_address(view)
    lab.live(view)  # before the controls, as it is what one waits for
    scenes.scene_bar(view)
    controls.settings(view.config)
    duel.with_what_if(view)
    share.share(view)
    checkpoints.save_and_load(view)
    checkpoints.to_explorer(view)
