"""Kantorovich-Rubinstein: plans that carry p to q, potentials that bound their cost, and critics."""

from functools import cache

import numpy as np
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from ganplay.figures import theory_transport as figures
from ganplay.figures.style import DISCRIMINATOR, EDGE, GENERATED
from ganplay.theory import transport
from ganplay.theory.mixture import Mixture, Values
from ganplay.ui import address
from ganplay.ui.board import Handle, board
from ganplay.ui.theory.chapter import Chapter
from ganplay.ui.theory.common import layout, slider, switch
from ganplay.ui.theory.transport import critics
from ganplay.ui.theory.transport.critics import REAL_DATA, centred

PARTS = {"line": "Line", "plane": "Plane", "dual": "Dual", "learned": "Learned"}
PLANS = {
    "independent": ("Spread out", transport.independent_plan, transport.independent_cost),
    "reversed": ("Reversed", transport.reversed_plan, transport.reversed_cost),
}
FURTHEST = 4.0
X = np.linspace(-figures.REACH, figures.REACH, 481)
EDGES = np.linspace(-9.0, 9.0, 145)
"""Of the bins of a plan: wider than what is shown, so that they hold all mass."""
POINTS = 40
NEAR = 0.3
"""The least distance of two points of the reader's potential along x."""


def _numbers(default: tuple[float, ...], reach: float, allowed: str) -> address.Field:
    """As many numbers as there are at first, in pairs x,y; as points from left to right, a function
    that is nowhere steeper than 1."""
    field = address.several(default, -reach, reach, len(default), float)

    def parse(text: str) -> tuple[float, ...]:
        values: tuple[float, ...] = field.parse(text)
        x, y = np.diff(values[::2]), np.diff(values[1::2])
        if len(values) != len(default) or (x < NEAR - 0.01).any() or (abs(y) > x + 0.01).any():
            raise ValueError(allowed)
        return values

    return address.Field(default, parse, field.text)


FIELDS = {
    "part": address.choice(*PARTS),
    "generated": address.real(0.0, -FURTHEST, FURTHEST),
    "other": address.choice(*PLANS),
    "portion": address.whole(0, 0, 100),
    "cloud": _numbers((1.5, -1.0), 2.0, "x,y from -2 to 2"),
    "exchanged": address.whole(0, 0, POINTS),
    "own": _numbers(
        (-3.0, 0.6, 0.0, -0.6, 3.0, 0.6),
        figures.REACH,
        "x,y of three points from left to right, no steeper than 1",
    ),
}


def show() -> None:
    words, figure = layout()
    with words:
        switch("part", PARTS, "Part")
    {"line": _line, "plane": _plane, "dual": _dual, "learned": _learned}[address.get("part")](
        words, figure
    )


def _generated() -> Mixture:
    return Mixture((address.get("generated"),), (1.0,))


def _moved_bell(_: str, x: float, __: float) -> None:
    address.put("generated", round(float(np.clip(x, -FURTHEST, FURTHEST)), 2))


# ---- the plan


def _line(words: DeltaGenerator, figure: DeltaGenerator) -> None:
    p, q = REAL_DATA, _generated()
    masses = transport.bins(p, EDGES), transport.bins(q, EDGES)
    middles = (EDGES[1:] + EDGES[:-1]) / 2
    with words:
        st.markdown(
            """
Heaps of earth lie as the green curve; they are wanted as the purple one. A **plan** (left) says how
much goes from where (up) to where (across); what lies on the dotted line stays. Its price is the
mean way of the earth.

The cheapest keeps the order: the leftmost tenth becomes the leftmost tenth. Each grey line (right)
is a fortieth of the earth on its way, so the mean way is **the area between $F$ and $G$**:

$$W_1 = \\min_{\\text{plans}} \\mathbb{E}\\,|x - y| = \\int {|F - G|}\\,dx$$

**Drag the purple bell. Then mix in another plan:** none is cheaper. (Once all must go the same
way, none is dearer either.)
"""
        )
        switch("other", {name: title for name, (title, *_) in PLANS.items()}, "Another plan")
        slider(
            "portion", FIELDS["portion"], "How much of the other plan",
            "0 is the cheapest plan, 100 % the other one: each place to all places, or the leftmost"
            " to the rightmost.", 1, "%d %%",
        )  # fmt: skip
    portion, w1 = address.get("portion") / 100, transport.w1(p, q)
    _, other, price = PLANS[address.get("other")]
    matrix = (1 - portion) * transport.monotone_plan(*masses) + portion * other(*masses)
    spent = (1 - portion) * w1 + portion * price(p, q)
    levels = (np.arange(figures.WAYS) + 0.5) / figures.WAYS
    with figure:
        board(
            "transport:plan",
            {
                "plan": figures.plan(middles, masses, matrix),
                "ways": figures.ways(
                    X, p.cdf(X), q.cdf(X), transport.quantile_ways(p, q, levels), w1
                ),
                "price": figures.gauge([("this plan", spent, EDGE)], w1, 6.0, 1),
            },
            f"A plan that moves the real distribution to the generated one at a mean way of {spent:.3f};"
            f" the least is {w1:.3f}",
            handles=[
                Handle("bell", "ways", q.means[0], 0.5, GENERATED, "Middle of the generated", "x")
            ],
            moved=_moved_bell,
        )


# ---- in the plane


@cache
def _clouds() -> tuple[Values, Values]:
    """Points of two heaps, and of one about 0."""
    rng = np.random.default_rng(4)
    heaps = np.where(np.arange(POINTS)[:, None] % 2, (-2.2, 1.0), (0.2, 2.2))
    return heaps + rng.normal(0, 0.45, (POINTS, 2)), rng.normal(0, 0.7, (POINTS, 2))


def _plane(words: DeltaGenerator, figure: DeltaGenerator) -> None:
    real, about_0 = _clouds()
    x, y = address.get("cloud")
    found = transport.matching(real, about_0 + np.array([x, y]))
    partner = transport.exchanged(found.partner, address.get("exchanged"))
    spent = float(found.ways(partner).mean())
    fall = float((found.potential(found.x) - found.potential(found.y)).mean())
    with words:
        st.markdown(
            """
Each green point has to go to a purple one. The black lines are the plan of the least mean way, found
exactly (a linear program).

The shades are its **dual**: a height $f^*$ that nowhere has a slope above 1, and along every black
line has slope **exactly 1** (Gulrajani et al. 2017, prop. 1: what the gradient penalty asks for).

A line that falls by $f(x) - f(y)$ is at least as long as that. Whatever the plan, the mean fall is
the same, $\\mathbb{E}_p f - \\mathbb{E}_q f$. So no plan is shorter than any such $f$ gains, and here the two meet.

**Drag the purple cloud. Then exchange partners:** the lines get longer, the fall stays.
"""
        )
        slider(
            "exchanged", FIELDS["exchanged"], "Points that exchange partners",
            "So many green points pass their partners round in a circle; 0 is the best plan.", 1,
        )  # fmt: skip
    with figure:
        board(
            "transport:plane",
            {
                "clouds": figures.clouds(found, partner),
                "price": figures.gauge(
                    [("mean way of this plan", spent, EDGE),
                     ("mean fall of f* on it", fall, DISCRIMINATOR)],
                    found.cost, 8.0, 1,
                ),
            },
            f"Two clouds of {POINTS} points joined by a plan of mean way {spent:.3f}; the least is"
            f" {found.cost:.3f}",
            handles=[Handle("cloud", "clouds", x, y, GENERATED, "Middle of the generated cloud")],
            moved=_moved_cloud,
        )  # fmt: skip


def _moved_cloud(_: str, x: float, y: float) -> None:
    address.put("cloud", tuple(round(float(v), 2) for v in np.clip((x, y), -2.0, 2.0)))


# ---- the potential


def _dual(words: DeltaGenerator, figure: DeltaGenerator) -> None:
    p, q = REAL_DATA, _generated()
    points = _pairs(address.get("own"))
    own, best = transport.through(points), transport.potential(p, q)
    w1, gained = transport.w1(p, q), transport.gain(p, q, own)
    with words:
        st.markdown(
            """
Kantorovich and Rubinstein: the least mean way is also the **most** that a function may gain between
$p$ and $q$, if it is nowhere steeper than 1.

$$W_1 = \\max_{|f'| \\le 1} \\; \\mathbb{E}_p f - \\mathbb{E}_q f$$

Without plans, this is something a net can learn: the critic of a WGAN (Arjovsky et al. 2017, eq. 2).

**Drag the three grey points** until your bar is as long as it can be. It never passes $W_1$.

Then look at $f^*$: it falls where earth has to go right and rises where it has to go left, always at
slope 1, and turns where $F$ and $G$ cross. **Drag the purple bell:** it folds anew.
"""
        )
    with figure:
        board(
            "transport:potential",
            {
                "densities": figures.densities(X, p.pdf(X), q.pdf(X)),
                "potentials": figures.potentials(
                    X, centred(best(X), p.pdf(X) + q.pdf(X)), _passing(own(X), points),
                    own.steepest,
                ),
                "value": figures.gauge(
                    [("your f gains", gained, DISCRIMINATOR),
                     ("f* gains", transport.gain(p, q, best), EDGE)],
                    w1, 6.0, 2,
                ),
            },
            f"Your function gains {gained:.3f} between the two distributions; the most is {w1:.3f}",
            handles=[
                Handle("bell", "densities", q.means[0], 0.4, GENERATED, "Middle of the generated", "x"),
                *(Handle(str(i), "potentials", x, y, DISCRIMINATOR, f"Point {i + 1} of your function")
                  for i, (x, y) in enumerate(points)),
            ],
            moved=_moved_potential,
        )  # fmt: skip


def _pairs(values: tuple[float, ...]) -> list[tuple[float, float]]:
    return list(zip(values[::2], values[1::2], strict=True))


def _passing(values: Values, points: list[tuple[float, float]]) -> Values:
    """A function that is known up to a constant, through its points."""
    return values + points[0][1] - np.interp(points[0][0], X, values)


def _moved_potential(name: str, x: float, y: float) -> None:
    if name == "bell":
        _moved_bell(name, x, y)
        return
    points, i = _pairs(address.get("own")), int(name)
    low = points[i - 1][0] + NEAR if i else -figures.REACH
    high = points[i + 1][0] - NEAR if i < 2 else figures.REACH
    x = round(float(np.clip(x, low, high)), 2)
    beside = [points[j] for j in (i - 1, i + 1) if 0 <= j < 3]
    least = max(b - abs(x - a) for a, b in beside)
    most = min(b + abs(x - a) for a, b in beside)
    points[i] = (x, round(float(np.clip(y, max(least, -figures.HIGH), min(most, figures.HIGH))), 2))
    address.put("own", tuple(value for point in points for value in point))


def _learned(words: DeltaGenerator, figure: DeltaGenerator) -> None:
    critics.show(words, figure, FIELDS["generated"])


CHAPTER = Chapter(
    "Kantorovich-Rubinstein",
    "What does it cost to carry one distribution to another, and how can a critic know?",
    FIELDS, show,
)  # fmt: skip
