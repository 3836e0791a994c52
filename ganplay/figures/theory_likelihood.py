"""Maximum likelihood beside the divergence that it minimises."""

from typing import Any

import numpy as np

from ganplay.figures.panels import title
from ganplay.figures.style import (
    ATTENTION,
    BLEND,
    EDGE,
    FAINT,
    GENERATED,
    PAPER,
    REAL,
    Picture,
    axis,
    picture,
)
from ganplay.figures.theory_divergences import (
    MARGIN,
    TALLEST,
    amount,
    grid,
    note,
    over_x,
)
from ganplay.figures.theory_marks import area, dots, exact, line
from ganplay.theory.divergences import cross_entropy, entropy
from ganplay.theory.divergences import negative_log_likelihood as surprise
from ganplay.theory.mixture import Values
from ganplay.theory.quadrature import Density

MOST = 6.0
"""The largest average negative log-likelihood there is room for, in nats."""
MEANS = np.linspace(-5, 5, 41)
"""Of q, over which its likelihood is drawn."""


def with_samples(p: Density, q: Density, samples: Values) -> Picture:
    """Both densities, and the samples as dots on the ground: orange where q has no density."""
    x = grid(p, q)
    excluded = q.pdf(samples) == 0
    names = [("real, p", REAL), ("model, q", GENERATED)]
    if excluded.any():
        names.append((f"samples that q excludes: {excluded.sum()}", ATTENTION))
    traces = [
        area(x, p.pdf(x), REAL, "real"), area(x, q.pdf(x), GENERATED, "generated"),
        _on_ground(samples[~excluded], REAL, "samples"),
        _on_ground(samples[excluded], ATTENTION, "excluded"),
    ]  # fmt: skip
    return over_x(traces, "density", names, axis(range=[-0.02, TALLEST], nticks=4), 0, 3)


def over_means(
    p: Density, means: Values, family: list[Density], mean: float, samples: Values
) -> Picture:
    """The average negative log-likelihood of each of a family with these means, on samples and on all
    of p; the mark is at the one with this mean."""
    found = np.array([surprise(each, samples) for each in family])
    limit = np.array([cross_entropy(p, each) for each in family])
    own = found[means == mean]
    names = [("of samples", GENERATED), ("H(p) + KL(p‖q)", BLEND)]
    traces = [
        line(means, _finite(found), GENERATED, "samples", 3),
        exact(means, _finite(limit), "limit"),
        dots([mean], _finite(own[:1]), GENERATED, "q"),
    ]  # fmt: skip
    notes = []
    if not np.isfinite(found).all():
        where = (
            "where there is no curve"
            if np.isfinite(found).any()
            else "for each mean of q, at this width"
        )
        notes = [note(0, MOST / 2, f"∞ {where}")]
    yaxis = axis(range=[0, MOST], nticks=4)
    heading = "average of −ln q over q's mean"
    return over_x(traces, heading, names, yaxis, 1, 3, annotations=notes,
                  meta={"row": 1, "column": 0, "weight": 3, "wide": 5})  # fmt: skip


def two_sums(p: Density, q: Density, samples: Values) -> Picture:
    """The average negative log-likelihood on the samples beside H(p) and KL(p || q), one on the other."""
    own, base, limit = surprise(q, samples), entropy(p), cross_entropy(p, q)
    bars = [(0.0, 0.0, own, GENERATED), (1.0, 0.0, base, EDGE), (1.0, base, limit - base, BLEND)]
    return picture(
        [
            {"type": "bar", "name": "sum", "x": np.array([x]), "y": np.array([max(min(y, MOST - start), 0.0)]),
             "base": start, "width": 0.6, "marker": {"color": colour}}
            for x, start, y, colour in bars
        ],
        title=title("in nats", [("KL(p‖q)", BLEND), ("+ H(p)", FAINT)]),
        xaxis=axis(range=[-0.6, 1.6], showgrid=False, tickvals=[0, 1], ticktext=["samples", "exact"]),
        yaxis=axis(range=[0, MOST], nticks=4),
        annotations=[_top(0, own), _top(1, limit)],
        margin=MARGIN, showlegend=False, meta={"row": 1, "column": 1, "weight": 3, "wide": 2},
    )  # fmt: skip


def _top(x: float, value: float) -> dict[str, Any]:
    """The number of a bar: above it, or where it leaves the picture inside it."""
    text = f"<b>{amount(value, '')}</b>"
    if value > 0.9 * MOST:
        return note(x, MOST, f"↑<br>{text}") | {"bgcolor": PAPER, "yshift": -4}
    return note(x, value, text, "bottom")


def _on_ground(x: Values, colour: str, name: str) -> dict[str, Any]:
    return dots(x, np.zeros(len(x)), colour, name, 7) | {"opacity": 0.6}


def _finite(values: Values) -> Values:
    return np.where(np.isfinite(values), values, np.nan)
