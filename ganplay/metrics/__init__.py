"""How good a generator is, in numbers that have a known answer for a perfect one."""

from ganplay.metrics.coverage import Coverage, coverage
from ganplay.metrics.distances import emd, sliced_w2

__all__ = ["Coverage", "coverage", "emd", "sliced_w2"]
