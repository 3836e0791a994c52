"""How good a generator is, in numbers that have a known answer for a perfect one."""

from ganplay.metrics.coverage import Coverage, coverage
from ganplay.metrics.distances import EMD_SAMPLES, emd, sliced_w2
from ganplay.metrics.divergence import jsd
from ganplay.metrics.floors import SAMPLE_METRICS, floors, quick_floors, sample_metrics

__all__ = [
    "EMD_SAMPLES",
    "SAMPLE_METRICS",
    "Coverage",
    "coverage",
    "emd",
    "floors",
    "jsd",
    "quick_floors",
    "sample_metrics",
    "sliced_w2",
]
