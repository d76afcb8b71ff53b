"""The repeatability of a clinic's photos, from re-captures of faces that did not change."""

from analysis.repeatability.design import pairs_to_compare, why_too_few
from analysis.repeatability.study import evaluate

__all__ = ["evaluate", "pairs_to_compare", "why_too_few"]
