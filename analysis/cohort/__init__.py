"""What courses changed, over the subjects of a clinic."""

from analysis.cohort.distribution import summarise

__all__ = ["summarise"]
