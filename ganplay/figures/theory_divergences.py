"""Two distributions on the line: their densities, how far they are apart, and where that comes from."""

import math
from typing import Any

import numpy as np

from ganplay.figures.panels import title
from ganplay.figures.style import (
    BLEND,
    EDGE,
    FONT,
    GENERATED,
    PAPER,
    REAL,
    Picture,
    axis,
    picture,
)
from ganplay.figures.theory_marks import area, dots, exact, line
from ganplay.theory.bands import Bands
from ganplay.theory.divergences import (
    LOG_2,
    MEASURES,
    Measure,
    doubt,
    kl_to_mean,
    mean_doubt,
    posterior,
)
from ganplay.theory.mixture import Values
from ganplay.theory.quadrature import Density

Trace = dict[str, Any]

EXTENT = 6.0
"""Half the width of the pictures, in units of x."""
TALLEST = 1.15
"""The largest density there is room for."""
MOST = 3.0
"""The largest value of a measure there is room for."""
TOPS = {
    "kl": (-0.5, 3.0),
    "reverse_kl": (-0.5, 3.0),
    "jsd": (-0.01, 0.4),
    "tv": (-0.01, 0.55),
    "w1": (-0.02, 1.05),
}
"""The range of each measure's integrand."""
MARGIN = {"l": 44, "r": 12, "t": 28, "b": 24}
NAMES = [("real, p", REAL), ("generated, q", GENERATED)]


def grid(*densities: Density) -> Values:
    """Places across the picture, ascending, on both sides of each edge."""
    edges = [density.edges() for density in densities if isinstance(density, Bands)]
    both = [edge + side for edge in edges for side in (-1e-9, 1e-9)]
    return np.sort(np.concatenate((np.linspace(-EXTENT, EXTENT, 481), *both)))


def densities(p: Density, q: Density, mean: bool = False) -> Picture:
    """Both as areas, and on request their mean m."""
    x = grid(p, q)
    traces = [area(x, p.pdf(x), REAL, "real"), area(x, q.pdf(x), GENERATED, "generated")]
    names = [*NAMES]
    if mean:
        traces.append(exact(x, (p.pdf(x) + q.pdf(x)) / 2, "mean"))
        names.append(("their mean m = (p + q) / 2", BLEND))
    return over_x(traces, "density", names, axis(range=[-0.02, TALLEST], nticks=4), 0, 3)


def integrand(name: str, p: Density, q: Density) -> Picture:
    """What each place adds to a measure, and for KL where it adds most."""
    measure, x = MEASURES[name], grid(p, q)
    low, high = TOPS[name]
    y = measure.at(p, q, x)
    shown = np.clip(y, low - 1, high + 1)
    heading = f"what each x adds to {measure.name}: the area is {amount(measure.value(p, q), measure.unit)}"
    if measure.unit == "nats" and math.isinf(measure.bound) and y.max() > 0:
        most, (one, other) = x[int(y.argmax())], "pq" if name == "kl" else "qp"
        ratio = abs(float(p.log_pdf(most) - q.log_pdf(most)))
        place = f"{most:.1f}".replace("-", "−")
        heading += (
            f", as {other} = 0 there"
            if math.isinf(ratio)
            else f". Most at x = {place}: {one} is {many(ratio)} × {other}"
        )
    yaxis = axis(range=[low, high], nticks=4)
    return over_x([area(x, shown, BLEND, "integrand")], heading, [], yaxis, 1, 2)


def values(p: Density, q: Density, chosen: str) -> Picture:
    """All measures as bars, with the bounds of those that have one; the chosen one is dark."""
    found = {name: measure.value(p, q) for name, measure in MEASURES.items()}
    places = {name: float(i) for i, name in enumerate(MEASURES)}
    bounds = {name: m.bound for name, m in MEASURES.items() if math.isfinite(m.bound)}
    gap = np.nan
    return picture(
        [
            *(
                {"type": "bar", "name": name, "x": np.array([places[name]]), "width": 0.6,
                 "y": np.array([min(value, MOST)]), "marker": {"color": BLEND if name == chosen else EDGE}}
                for name, value in found.items()
            ),
            {
                "type": "scatter", "mode": "lines", "name": "bounds",
                "x": np.array([place for n in bounds for place in (places[n] - 0.42, places[n] + 0.42, gap)]),
                "y": np.array([height for b in bounds.values() for height in (b, b, gap)]),
                "line": {"color": BLEND, "width": 2, "dash": "dot"},
            },
        ],
        title=title("how far apart", []),
        xaxis=axis(range=[-0.6, len(found) - 0.4], showgrid=False, tickvals=list(places.values()),
                   ticktext=[_words(MEASURES[n], n == chosen) for n in found]),
        yaxis=axis(range=[0, MOST], nticks=4),
        annotations=[*(_height(places[n], v, bounds.get(n)) for n, v in found.items()),
                     *(_bound(places[n], b, "at most ln 2" if b == LOG_2 else "at most 1") for n, b in bounds.items())],
        margin=MARGIN, showlegend=False, meta={"row": 2, "column": 0, "weight": 3, "x_name": "measure"},
    )  # fmt: skip


def _words(measure: Measure, dark: bool) -> str:
    """The name of a bar, with its unit."""
    name = f"<b>{measure.name}</b>" if dark else measure.name
    return f"{name}, {measure.unit}" if measure.unit else name


def _height(x: float, value: float, bound: float | None) -> dict[str, Any]:
    """The number of a bar: above it, clear of its bound, or where it leaves the picture inside it."""
    if value > MOST:
        text = f"↑<br><b>{amount(value, '')}</b>"
        return note(x, MOST, text) | {"bgcolor": PAPER, "yshift": -4}
    return note(x, max(value, bound or 0), f"<b>{amount(value, '')}</b>", yanchor="bottom") | {
        "yshift": 18 if bound else 0
    }


def _bound(x: float, value: float, text: str) -> dict[str, Any]:
    return note(x, value, text, yanchor="bottom")


# ---- mutual information


def source(p: Density, q: Density, sample: float) -> Picture:
    """The chance D*(x) that what lies at x is real, over x, and at the sample."""
    x = grid(p, q)
    chance = float(posterior(p, q, sample))
    found = "none at the mark" if math.isnan(chance) else f"at the mark {chance:.0%}"
    heading = f"chance that a sample at x is real, D*(x) = p / (p + q): {found}"
    yaxis = axis(range=[-0.04, 1.04], tickvals=[0, 0.5, 1], ticktext=["0", "½", "1"])
    traces = [exact(x, posterior(p, q, x), "D*"), *_mark(sample, chance)]
    return over_x(traces, heading, [], yaxis, 1, 2)


def doubts(p: Density, q: Density, sample: float) -> Picture:
    """The doubt that is left about the source of what lies at x, over x, and at the sample."""
    x = grid(p, q)
    left = float(doubt(posterior(p, q, sample)))
    found = "there are no samples at the mark" if math.isnan(left) else f"at the mark {left:.3f}"
    heading = f"doubt about its source, in nats (at most ln 2 = 0.693): {found}"
    yaxis = axis(range=[-0.03, 0.75], tickvals=[0, LOG_2], ticktext=["0", "ln 2"])
    traces = [
        area(x, np.nan_to_num(doubt(posterior(p, q, x))), BLEND, "doubt"),
        *_mark(sample, left),
    ]
    return over_x(traces, heading, [], yaxis, 2, 2)


def two_ways(p: Density, q: Density) -> Picture:
    """ln 2 as a strip, split into the doubt that stays and what was learned; below it the two halves of
    JSD, which are as long."""
    left = mean_doubt(p, q)
    of_p, of_q = kl_to_mean(p, q) / 2, kl_to_mean(q, p) / 2
    strips = [
        ("doubt", 0.0, left, 1.1, EDGE), ("information", left, LOG_2, 1.1, BLEND),
        ("half of p", LOG_2 - of_p - of_q, LOG_2 - of_q, 0.0, REAL), ("half of q", LOG_2 - of_q, LOG_2, 0.0, GENERATED),
    ]  # fmt: skip
    return picture(
        [_strip(*each) for each in strips],
        title=title(
            f"I(X;Z) = ln 2 − {left:.3f} = <b>{LOG_2 - left:.4f}</b> nats    "
            f"JSD = {of_p:.3f} + {of_q:.3f} = <b>{of_p + of_q:.4f}</b> nats", [],
        ),
        xaxis=axis(range=[0, LOG_2], showgrid=False, tickvals=[0, 0.2, 0.4, 0.6, LOG_2],
                   ticktext=["0", "0.2", "0.4", "0.6", "ln 2"]),
        yaxis=axis(range=[-0.05, 2.1], showgrid=False, showticklabels=False),
        annotations=[*_inside("stays: H(Z|X)", 0, left, 1.55, BLEND),
                     *_inside("learned: I(X;Z)", left, LOG_2, 1.55, PAPER),
                     *_inside("½ KL(p‖m)", LOG_2 - of_p - of_q, LOG_2 - of_q, 0.45, PAPER),
                     *_inside("½ KL(q‖m)", LOG_2 - of_q, LOG_2, 0.45, PAPER)],
        margin=MARGIN, showlegend=False, meta={"row": 3, "column": 0, "weight": 2, "x_name": "nats"},
    )  # fmt: skip


def _strip(name: str, start: float, end: float, base: float, colour: str) -> Trace:
    return {
        "type": "bar", "name": name, "x": np.array([(start + end) / 2]), "y": np.array([0.9]),
        "width": end - start, "base": base, "marker": {"color": colour},
    }  # fmt: skip


def _inside(text: str, start: float, end: float, y: float, colour: str) -> list[dict[str, Any]]:
    """Words in a strip that has room for them."""
    if end - start < 0.012 * len(text):
        return []
    words = note((start + end) / 2, y, text, yanchor="middle")
    return [words | {"font": {"size": FONT, "color": colour}}]


def _mark(x: float, y: float) -> list[Trace]:
    return [
        line(np.array([x, x]), np.array([0.0, y]), BLEND, "sample", 1.5),
        dots(np.array([x]), np.array([y]), BLEND, "sample", 9),
    ]


# ---- for all pictures of two distributions


def over_x(
    traces: list[Trace], heading: str, names: list[tuple[str, str]], yaxis: dict[str, Any], row: int, weight: float,
    **more: Any,
) -> Picture:  # fmt: skip
    """A panel over x, as wide as the others."""
    return picture(
        traces, title=title(heading, names), xaxis=axis(range=[-EXTENT, EXTENT], nticks=13), yaxis=yaxis,
        margin=MARGIN, showlegend=False, **{"meta": {"row": row, "column": 0, "weight": weight}, **more},
    )  # fmt: skip


def note(x: float, y: float, text: str, yanchor: str = "top") -> dict[str, Any]:
    """Words at a place."""
    return {"x": x, "y": y, "text": text, "showarrow": False, "yanchor": yanchor, "xanchor": "center",
            "font": {"size": FONT, "color": BLEND}}  # fmt: skip


def amount(value: float, unit: str = "nats") -> str:
    """A number with its unit, as short as it is readable."""
    if math.isinf(value):
        return "∞"
    return f"{value:.{3 if value < 10 else 1}f} {unit}".strip()


def many(log: float) -> str:
    """A ratio that is known by its logarithm."""
    tens = log / math.log(10)
    return f"{math.exp(log):.1f}" if tens < 2 else f"10<sup>{tens:.0f}</sup>"
