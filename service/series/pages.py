"""Pages: the series of a subject and the cohort, which are the reports, opened from within."""

from fastapi import APIRouter
from starlette.datastructures import URL
from starlette.responses import RedirectResponse

from service.screens.shell import ReadingMember
from service.series.routes import OfCourse

router = APIRouter(prefix="/app", include_in_schema=False)


@router.get("/subjects/{subject_id}/series")
def see_series(subject_id: str, _member: ReadingMember, course_id: OfCourse = None) -> RedirectResponse:
    """The report of the latest course, or of the one that is named."""
    report = URL(f"/v1/subjects/{subject_id}/series/report")
    return RedirectResponse(report if course_id is None else report.include_query_params(course_id=course_id), 303)


@router.get("/cohort")
def see_cohort(_member: ReadingMember) -> RedirectResponse:
    """The report on all courses."""
    return RedirectResponse("/v1/cohort/report", 303)
