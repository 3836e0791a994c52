"""D's verdict as a landscape."""

from ganplay.figures.stage import verdict_range
from ganplay.figures.style import VERDICT, Picture, axis, picture
from ganplay.losses import LOSSES
from ganplay.snapshot import PlaneSnapshot


def surface(s: PlaneSnapshot) -> Picture:
    """What D says over the plane, in 3-D and in the colours of the stage."""
    low, high = verdict_range(s)
    margin = 0.1 * (high - low)
    # every second cell: half the picture's weight for no visible loss
    z = s.surface[::2, ::2]
    step = 4 * s.extent / (len(s.surface) - 1)
    places = [-s.extent + step * i for i in range(len(z))]
    title = "D(x)" if LOSSES[s.loss].targets else "critic"
    return picture(
        [
            {
                "type": "surface",
                "x": places,
                "y": places,
                "z": z,
                "cmin": low,
                "cmax": high,
                "colorscale": VERDICT,
                "showscale": False,
                "lighting": {"ambient": 0.85, "diffuse": 0.4, "specular": 0.05},
            }
        ],
        scene={
            "xaxis": axis(title={"text": ""}),
            "yaxis": axis(title={"text": ""}),
            "zaxis": axis(title={"text": title}, range=[low - margin, high + margin]),
            "aspectratio": {"x": 1.5, "y": 1.5, "z": 0.6},
            "camera": {"eye": {"x": 0.9, "y": -1.3, "z": 0.9}},
        },
        margin={"l": 0, "r": 0, "t": 0, "b": 0},
    )
