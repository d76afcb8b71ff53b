"""What the heavy calls cost, each about its share of a processor, an upload being 1."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

_UPLOAD: Final = 1  # one analysis
_SOME: Final = 2  # a comparison of two photos, or a page made of many rows
_PAPER: Final = 5  # typesetting, in this very process

COSTS: Final[Mapping[tuple[str, str], int]] = MappingProxyType(
    {
        ("POST", "/v1/visits/{visit_id}/photos"): _UPLOAD,
        ("POST", "/v1/subjects/{subject_id}/pose-hints"): _UPLOAD,
        ("PUT", "/v1/photos/{photo_id}/corrections/{side}/{contour}"): _SOME,
        ("DELETE", "/v1/photos/{photo_id}/corrections/{side}/{contour}"): _SOME,
        ("PUT", "/v1/subjects/{subject_id}/iris-diameter"): _SOME,
        ("DELETE", "/v1/subjects/{subject_id}/iris-diameter"): _SOME,
        ("POST", "/v1/comparisons"): _SOME,
        ("POST", "/v1/exports"): _SOME,
        ("GET", "/v1/comparisons/{comparison_id}/export-preview"): _SOME,
        ("GET", "/v1/comparisons/{comparison_id}/honest-pair"): _SOME,
        ("POST", "/v1/repeatability-studies"): _SOME,
        ("GET", "/v1/subjects/{subject_id}/series"): _SOME,
        ("GET", "/v1/subjects/{subject_id}/series.csv"): _SOME,
        ("GET", "/v1/subjects/{subject_id}/series/report"): _SOME,
        ("GET", "/v1/cohort"): _SOME,
        ("GET", "/v1/cohort.csv"): _SOME,
        ("GET", "/v1/cohort/report"): _SOME,
        ("GET", "/v1/audit/verification"): _PAPER,
        ("GET", "/v1/comparisons/{comparison_id}/report.pdf"): _PAPER,
        ("GET", "/v1/subjects/{subject_id}/series/report.pdf"): _PAPER,
    }
)
"""By method and the route's template. What is not here costs nothing but a request."""
