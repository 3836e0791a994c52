"""How good a generator is, in numbers that have a known answer for a perfect one."""

from ganplay.metrics.coverage import Coverage, coverage
from ganplay.metrics.distances import EMD_SAMPLES, emd, sliced_w2
from ganplay.metrics.divergence import jsd
from ganplay.metrics.floors import SAMPLE_METRICS, floors, quick_floors, sample_metrics
from ganplay.metrics.judge import Judge
from ganplay.metrics.pictures import (
    PICTURE_METRICS,
    Stacked,
    Verdict,
    perfect_stacked,
    perfect_verdict,
    sharpness,
    stacked_verdict,
    variety,
    verdict,
)

__all__ = [
    "EMD_SAMPLES",
    "PICTURE_METRICS",
    "SAMPLE_METRICS",
    "Coverage",
    "Judge",
    "Stacked",
    "Verdict",
    "coverage",
    "emd",
    "floors",
    "jsd",
    "perfect_stacked",
    "perfect_verdict",
    "quick_floors",
    "sample_metrics",
    "sharpness",
    "sliced_w2",
    "stacked_verdict",
    "variety",
    "verdict",
]
