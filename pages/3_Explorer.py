"""The DCGAN explorer: what a trained generator's latent space holds."""

from ganplay.ui import page

page.setup("Explorer")

from ganplay.ui.explorer.page import show  # noqa: E402  torch takes a second to import

show()
