"""A surface over the plane, in 3-D."""

import math
from typing import Any

import numpy as np
from matplotlib.colors import LightSource
from matplotlib.transforms import Bbox

from ganplay.export.painters import ramp, solid
from ganplay.export.paper import Paper, families
from ganplay.figures.style import CLEAR, Picture

SHADE = 0.2
"""How much darker a slope is that gets no light."""
NEAR = 1.05
"""How near the camera is, so that the surface fills its paper."""


def landscape(paper: Paper, picture: Picture, area: Bbox) -> None:
    """Draw a picture with a `scene`, seen from its camera."""
    (trace,), scene = picture.traces, picture.layout["scene"]
    left, low, wide, tall = area.bounds
    place = left / paper.width, low / paper.height, wide / paper.width, tall / paper.height
    axes: Any = paper.figure.add_axes(place, projection="3d")
    (east, north, up), sides = scene["camera"]["eye"].values(), scene["aspectratio"]
    axes.view_init(
        math.degrees(math.atan2(up, math.hypot(east, north))), math.degrees(math.atan2(north, east))
    )
    axes.set_box_aspect(tuple(sides.values()), zoom=NEAR)
    low, high = trace["cmin"], trace["cmax"]
    z = np.where(np.isfinite(trace["z"]), trace["z"], np.nan).astype(np.float64)
    height = (z - low) / (high - low)
    colours = ramp(trace["colorscale"])(height)[..., :3]
    light = LightSource().hillshade(height, vert_exag=len(height) * sides["z"] / sides["x"])
    lit = colours * (1 - SHADE * (1 - light[..., None]))
    axes.plot_surface(
        *np.meshgrid(trace["x"], trace["y"]), z, facecolors=lit, rstride=1, cstride=1,
        shade=False, antialiased=False, axlim_clip=True,
    )  # fmt: skip
    axes.set(zlim=scene["zaxis"]["range"], zlabel=scene["zaxis"]["title"]["text"])
    for each in (axes.xaxis, axes.yaxis, axes.zaxis):
        each.set_pane_color(solid(CLEAR))
        each.label.set_fontfamily(families())
        each.labelpad = 14
        each.set_tick_params(
            labelsize=scene["zaxis"]["tickfont"]["size"], labelfontfamily=families()
        )
