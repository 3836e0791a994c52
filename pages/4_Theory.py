"""The theory: every formula of the subject as something to touch, exact beside learned."""

from ganplay.ui import page

page.setup("Theory", live=True)

from ganplay.ui.theory.page import show  # noqa: E402  torch takes a second to import

show()
