"""The views of the explorer, in their order, by their names in the address."""

from ganplay.ui.explorer.view import View
from ganplay.ui.explorer.views import arithmetic, between, discriminator, grow, maps, memory, walk

VIEWS: dict[str, View] = {
    "between": between.VIEW,
    "walk": walk.VIEW,
    "arithmetic": arithmetic.VIEW,
    "maps": maps.VIEW,
    "discriminator": discriminator.VIEW,
    "memory": memory.VIEW,
    "grow": grow.VIEW,
}
