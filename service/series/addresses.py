"""Addresses of a series' pages and pictures. Each names the course, so that a link opens that series alone."""

from service.tenancy.links import NO_COURSE


def series_address(subject_id: str, course_id: str | None, what: str) -> str:
    """The address of ``what`` of a series: ``series/report``, ``series.csv``."""
    return f"/v1/subjects/{subject_id}/{what}?course_id={course_id or NO_COURSE}"


def picture_address(subject_id: str, course_id: str | None, comparison_id: str, which: str) -> str:
    """The address of one of a comparison's aligned photos, within the series."""
    return series_address(subject_id, course_id, f"series/pictures/{comparison_id}/{which}")


def comparison_address(subject_id: str, course_id: str | None, comparison_id: str) -> str:
    """The address of a comparison's report, within the series."""
    return series_address(subject_id, course_id, f"series/compare/{comparison_id}")
