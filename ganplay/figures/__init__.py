"""Pure functions from a Snapshot or a History to a Picture, a plotly figure as plain data."""

from ganplay.figures import pictures
from ganplay.figures.panels import coverage, coverage_over_time, evidence, gradient_norms, losses
from ganplay.figures.stage import stage
from ganplay.figures.surface import surface

__all__ = [
    "coverage",
    "coverage_over_time",
    "evidence",
    "gradient_norms",
    "losses",
    "pictures",
    "stage",
    "surface",
]
