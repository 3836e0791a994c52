"""How a standalone script draws real points: for each data set the lines that define `draw_real`.

They draw what the data set's own `sample` draws, bit for bit.
"""

import torch

from ganplay.config import ConfigError, RunConfig
from ganplay.data import Points
from ganplay.data.points import on_device

MOST_POINTS = 40
"""Points of one's own that a script holds: about ten lines."""

CIRCLE = """\
angles = 2 * torch.pi / {data.modes} * torch.arange({data.modes}).double()
centres = ({data.radius} * torch.stack((angles.cos(), angles.sin()), 1)).float()
"""
EQUAL = "shares = torch.arange(1, {data.modes}) / {data.modes}  # of the first mode, the first two, ...\n"
MODES = """
def draw_real(n, rng):  # n real points, each one of the modes plus a Gaussian
    mode = torch.searchsorted(shares, torch.rand(n, generator=rng))
    return centres[mode].add(torch.randn(n, 2, generator=rng), alpha={data.sigma})
"""

CURVE = """\
def draw_real(n, rng):  # n real points, anywhere on {curve}, plus a Gaussian
    t, noise = torch.rand(n, generator=rng), torch.randn(n, 2, generator=rng)
{lines}
    return points.add(noise, alpha={{data.sigma}})
"""
DIGITS = """\
digits = {kind}("data", download=True)
{chosen}

def draw_real(n, rng):  # n real pictures, their pixels from -1 to 1
    which = torch.randint(len(pictures), {shape}, generator=rng)
    return pictures[{index}].float() / 127.5 - 1
"""
WHOLE = "pictures = digits.data[:, None]"
SHIPPED = """\
first = [digits.data[digits.targets == digit][:1000] for digit in range(10)]
pictures = torch.cat(first)[:, None]  # 10,000 of the 60,000, as in the app"""


def _curve(curve: str, *lines: str) -> str:
    return CURVE.format(curve=curve, lines="\n".join(f"    {line}" for line in lines))


DATA: dict[str, str] = {
    "ring": CIRCLE + EQUAL + MODES,
    "grid": """\
side = round({data.modes}**0.5)
ticks = (torch.arange(side).double() - (side - 1) / 2) * {data.spacing}
centres = torch.cartesian_prod(ticks, ticks).float()
"""
    + EQUAL
    + MODES,
    "unbalanced": CIRCLE
    + """\
falling = torch.linspace(0, -math.log({data.ratio}), {data.modes}, dtype=torch.float64)
shares = falling.softmax(0).cumsum(0)[:-1].float()  # each mode is rarer than the one before
"""
    + MODES,
    "two_moons": _curve(
        "two half circles",
        "side = torch.where(t < 0.5, -1.0, 1.0)",
        "angle = 2 * torch.pi * t",
        "moons = torch.stack((angle.cos() + 0.5 * side, angle.sin() + 0.25 * side), -1)",
        "points = moons * (4 / 3)",
    ),
    "spiral": _curve(
        "the two arms of a spiral",
        "start, end = 0.5 * torch.pi, 3 * torch.pi",
        "angle = torch.sqrt(start**2 + (end**2 - start**2) * (2 * t).frac())  # evenly along the arm",
        "radius = torch.where(t < 0.5, angle, -angle) * (2 / end)",
        "points = torch.stack((radius * angle.cos(), radius * angle.sin()), -1)",
    ),
    "swiss_roll": _curve(
        "a rolled-up arm",
        "angle = 1.5 * torch.pi * (1 + 2 * t)",
        "radius = angle * (2 / (4.5 * torch.pi))",
        "points = torch.stack((radius * angle.cos(), radius * angle.sin()), -1)",
    ),
    "line": _curve(
        "a straight segment",
        "along, angle = {data.length} * (t - 0.5), math.radians({data.angle})",
        "points = torch.stack((along * math.cos(angle), along * math.sin(angle)), -1)",
    ),
    "checkerboard": """\
dark = [(x, y) for y in range(-2, 2) for x in range(-2, 2) if (x + y) % 2 == 0]

def draw_real(n, rng):  # n real points, evenly spread over the dark squares of a board
    corners = torch.tensor(dark)[torch.randint(8, (n,), generator=rng)]
    return corners + torch.rand(n, 2, generator=rng)
""",
    "heavy_tail": """\
def draw_real(n, rng):  # n real points; some lie very far out (Student's t)
    beyond, turn = torch.rand(2, n, generator=rng)
    log_beyond, angle = torch.log1p(-beyond), 2 * torch.pi * turn  # a share of points lies beyond
    radius = {data.scale} * torch.sqrt({data.df} * torch.expm1(log_beyond * (-2 / {data.df})))
    return torch.stack((radius * angle.cos(), radius * angle.sin()), -1)
""",
    "points": """\
points = torch.tensor([
{points}
])

def draw_real(n, rng):  # n of the real points, each as likely as any other
    return points[torch.randint(len(points), (n,), generator=rng)]
""",
    "gaussian_1d": """\
def draw_real(n, rng):  # n real numbers from a bell
    torch.rand(n, generator=rng)  # would say from which bell, and there is one
    return {data.mean} + {data.sigma} * torch.randn(n, 1, generator=rng)
""",
    "mixture_1d": """\
def draw_real(n, rng):  # n real numbers, each from one of two bells
    bell = (torch.rand(n, generator=rng) > {data.share}).long()
    noise, means = torch.randn(n, generator=rng), ({data.first_mean}, {data.second_mean})
    sigmas = torch.tensor(({data.first_sigma}, {data.second_sigma}))
    return (torch.tensor(means)[bell] + sigmas[bell] * noise)[:, None]
""",
    "mnist": DIGITS.format(kind="MNIST", chosen="{chosen}", shape="(n,)", index="which"),
    "fashion_mnist": DIGITS.format(kind="FashionMNIST", chosen=WHOLE, shape="(n,)", index="which"),
    "stacked_mnist": DIGITS.format(
        kind="MNIST", chosen="{chosen}", shape="(n, 3)", index="which, 0"
    ),
}
"""Data set -> its lines, in which `{data.x}` stands for its option x."""

REFUSED: dict[str, str] = {
    "images": "data.name: your own pictures are no part of a script; take mnist or fashion_mnist.",
    "faces": "data.name: faces are drawn by ganplay itself; take mnist or fashion_mnist.",
}
"""Data set -> why there is no script."""


def lines(config: RunConfig) -> str:
    """The lines that define `draw_real`. Raises ConfigError where there are none."""
    data = config.data
    if data.name in REFUSED:
        raise ConfigError(REFUSED[data.name])
    chosen = WHOLE if getattr(data, "whole", False) else SHIPPED
    points = _written(data) if isinstance(data, Points) else ""
    return DATA[data.name].format(data=data, chosen=chosen, points=points)


def _written(data: Points) -> str:
    """The points as they are in float32, a few to a line."""
    cloud = on_device(data, torch.device("cpu"), torch.float32).numpy()
    if len(cloud) > MOST_POINTS:
        raise ConfigError(
            f"data.points: {len(cloud):,} points are too many to be written into a script; it holds"
            f" {MOST_POINTS} at most, so keep the CSV file of your points, or give fewer."
        )
    pairs = [f"[{x}, {y}]" for x, y in cloud]
    rows = [", ".join(pairs[i : i + 3]) for i in range(0, len(pairs), 3)]
    return "\n".join(f"    {row}," for row in rows)
